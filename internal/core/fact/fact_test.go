package fact

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

func permitCode(t testing.TB, kind string, claims map[string]any) string {
	t.Helper()
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	code, err := proof.Sign(key, kind, claims)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestACodeTellsWhatNobodyHasToTypeAgain(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		from form.Origin
		want map[string]string
	}{
		"parking permit": {permitCode(t, proof.Permit, map[string]any{"number": "BO-26-4T7K-2M9-X", "plate": "MI-RA 1848", "zone": "A", "from": "2025-12-01", "until": "2026-11-30"}),
			form.OriginPermit, map[string]string{"permit.number": "BO-26-4T7K-2M9-X", "permit.plate": "MI-RA 1848", "permit.zone": "A", "permit.from": "2025-12-01", "permit.until": "2026-11-30"}},
		"vCard 3.0": {"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Vogt;Renate;;;\r\nFN:Renate Vogt\r\nitem1.TEL;TYPE=CELL:+49 5731 14\r\nEMAIL;TYPE=INTERNET:renate@exam\r\n ple.org\r\nADR;TYPE=HOME:;;Herforder Straße 12 a;Bad Oeynhausen;;32545;\r\nEND:VCARD",
			form.OriginContact, map[string]string{"contact.name": "Renate Vogt", "contact.given": "Renate", "contact.family": "Vogt", "contact.phone": "+49 5731 14", "contact.email": "renate@example.org",
				"contact.street": "Herforder Straße", "contact.number": "12 a", "contact.town": "Bad Oeynhausen", "contact.postcode": "32545"}},
		"vCard 4.0 without FN": {"BEGIN:VCARD\nVERSION:4.0\nN:Öz\\, Dr.;Ay\\;se;;;\nTEL;VALUE=uri:tel:+495731140\nEND:VCARD",
			form.OriginContact, map[string]string{"contact.name": "Ay;se Öz, Dr.", "contact.given": "Ay;se", "contact.family": "Öz, Dr.", "contact.phone": "+495731140"}},
		"MeCard": {"MECARD:N:Vogt,Renate;TEL:0573114;EMAIL:r\\:v@example.org;ADR:,,Klosterstraße 14,Bad Oeynhausen,,32545,DE;;",
			form.OriginContact, map[string]string{"contact.name": "Renate Vogt", "contact.given": "Renate", "contact.family": "Vogt", "contact.phone": "0573114", "contact.email": "r:v@example.org",
				"contact.street": "Klosterstraße", "contact.number": "14", "contact.town": "Bad Oeynhausen", "contact.postcode": "32545"}},
	} {
		f, err := Read(c.code)
		if err != nil || f.Origin != c.from || !maps.Equal(f.Values, c.want) {
			t.Errorf("%s: %v %v", name, f, err)
		}
		for key := range f.Values {
			if !slices.Contains(form.Facts(), key) {
				t.Errorf("%s: no form knows %s", name, key)
			}
		}
	}
}

func TestForeignAndHostileCodesTellNothing(t *testing.T) {
	for name, code := range map[string]string{
		"nothing": "", "an address of the web": "https://example.org/", "a signed receipt": permitCode(t, "receipt", map[string]any{"plate": "MI-RA 1848"}),
		"a permit that says other things": permitCode(t, proof.Permit, map[string]any{"plate": map[string]any{"x": 1}}),
		"too long":                        "BEGIN:VCARD\nFN:" + strings.Repeat("x", 5000),
		"control signs":                   "BEGIN:VCARD\nFN:a\x1b[2Jb\nEND:VCARD",
		"no letters":                      "MECARD:;;;;",
		"broken UTF-8":                    "MECARD:N:\xff\xfe;;",
		"a name without end":              "MECARD:N:" + strings.Repeat("y", 300) + ";;",
	} {
		if f, err := Read(code); !errors.Is(err, ErrNone) || len(f.Values) != 0 {
			t.Errorf("%s: %v %v", name, f, err)
		}
	}
}

func TestAnIdentityCardTellsWhoAndWhere(t *testing.T) {
	street, number := SplitStreet("Herforder Straße 12 a")
	f := Person{Given: "Renate", Family: "Vogt", Birth: "1980-04-03", Street: street, Number: number}.Facts()
	if want := map[string]string{"card.given": "Renate", "card.family": "Vogt", "card.birth": "1980-04-03", "card.street": "Herforder Straße", "card.number": "12 a"}; !maps.Equal(f.Values, want) || f.Origin != form.OriginCard {
		t.Fatal(f)
	}
	for line, want := range map[string][2]string{"Straße des 17. Juni 5": {"Straße des 17. Juni", "5"}, "Markt": {"Markt", ""}, " ": {"", ""}} {
		if s, n := SplitStreet(line); [2]string{s, n} != want {
			t.Errorf("%q: %q %q", line, s, n)
		}
	}
	f.Wipe()
	if len(f.Values) != 0 {
		t.Fatal("it is still there")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("BEGIN:VCARD\nN:a;b\nADR:;;c 1;d;;e\nEND:VCARD")
	f.Add("MECARD:N:a\\,b,c;ADR:d 1;;")
	f.Add(permitCode(f, proof.Permit, map[string]any{"plate": "MI-A 1"}))
	f.Fuzz(func(t *testing.T, code string) {
		got, err := Read(code)
		if err != nil && len(got.Values) > 0 || err == nil && len(got.Values) == 0 {
			t.Fatal(got, err)
		}
		for key, v := range got.Values {
			if !slices.Contains(form.Facts(), key) || len(v) > maxValue || v != strings.TrimSpace(v) {
				t.Fatalf("%s %q", key, v)
			}
		}
	})
}
