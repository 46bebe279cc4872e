package form

import "testing"

func TestWhatHasAFormOfItsOwnIsReadAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		parse func(string) (string, string)
		typed string
		value string
		wrong string
	}{
		{"IBAN", ParseIBAN, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", ""},
		{"IBAN", ParseIBAN, " iban: de89370400440532013000", "DE89370400440532013000", ""},
		{"IBAN", ParseIBAN, "GB82-WEST-1234-5698-7654-32", "GB82WEST12345698765432", ""},
		{"IBAN", ParseIBAN, "DE89 3704 0044 0532 0130 0", "", "iban-length"},
		{"IBAN", ParseIBAN, "DE89 3704 0044 0532 0130 01", "", "iban-check"},
		{"IBAN", ParseIBAN, "1234567890", "", "iban"},
		{"IBAN", ParseIBAN, "🏦", "", "iban"},
		{"e-mail", ParseEmail, " renate.vogt@Beispiel.DE ", "renate.vogt@beispiel.de", ""},
		{"e-mail", ParseEmail, "renate+amt@post.bücher.de", "renate+amt@post.bücher.de", ""},
		{"e-mail", ParseEmail, "renate@beispiel", "", "email"},
		{"e-mail", ParseEmail, "renate vogt@beispiel.de", "", "email"},
		{"e-mail", ParseEmail, "Renate <renate@beispiel.de>", "", "email"},
		{"e-mail", ParseEmail, "renate@beispiel..de", "", "email"},
		{"e-mail", ParseEmail, "renate@beispiel.de\r\nBcc: all@beispiel.de", "", "email"},
		{"telephone", ParsePhone, "05731 14-0", "+495731140", ""},
		{"telephone", ParsePhone, "+49 (0)5731/140", "+495731140", ""},
		{"telephone", ParsePhone, "0043 1 58858", "+43158858", ""},
		{"telephone", ParsePhone, "0170.1234567", "+491701234567", ""},
		{"telephone", ParsePhone, "14-0 555", "", "phone-area"},
		{"telephone", ParsePhone, "05731", "", "phone"},
		{"telephone", ParsePhone, "05731 abc", "", "phone"},
		{"telephone", ParsePhone, "0123456789012345678", "", "phone"},
		{"time", ParseTime, "9", "09:00", ""},
		{"time", ParseTime, "9.30 Uhr", "09:30", ""},
		{"time", ParseTime, "0930", "09:30", ""},
		{"time", ParseTime, "23:59", "23:59", ""},
		{"time", ParseTime, "24:00", "", "time"},
		{"time", ParseTime, "9:60", "", "time"},
		{"time", ParseTime, "bald", "", "time"},
	} {
		value, wrong := c.parse(c.typed)
		if value != c.value || wrong != c.wrong {
			t.Errorf("%s %q: %q, %q", c.name, c.typed, value, wrong)
		}
		if again, wrong := c.parse(value); c.wrong == "" && (again != value || wrong != "") {
			t.Errorf("%s %q does not stay itself: %q, %q", c.name, value, again, wrong)
		}
	}
	if got := groups("DE89370400440532013000"); got != "DE89 3704 0044 0532 0130 00" {
		t.Error(got)
	}
}

func FuzzKnown(f *testing.F) {
	for _, s := range []string{"DE89 3704 0044 0532 0130 00", "a@b.de", "05731 140", "9.30 Uhr", "", "\xff", "+", "IBAN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, parse := range []func(string) (string, string){ParseIBAN, ParseEmail, ParsePhone, ParseTime} {
			value, wrong := parse(typed)
			if (value == "") == (wrong == "") {
				t.Fatalf("%q and %q", value, wrong)
			}
			if again, _ := parse(value); value != "" && again != value {
				t.Fatalf("%q becomes %q", value, again)
			}
		}
	})
}
