package zvt

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestAMessageIsToldInWordsWithoutPasswordsAndCardNumbers(t *testing.T) {
	for s, want := range map[string][]string{
		"06 00 14 12 34 56 9E 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00": {"registration", "prints payments", "print block", "message sequence id"},
		"06 01 0A 04 00 00 00 00 30 70 49 09 78":                               {"authorisation", `"30.70"`, "currency"},
		"84 83 00":                                                             {"refused", `"83"`, "function not possible"},
		"84 9C 00":                                                             {"goods are being issued"},
		"06 1E 01 6C":                                                          {"abort by the terminal", "abort via timeout or abort-key"},
		"06 0F 00":                                                             {"completion"},
		"04 FF 01 0A":                                                          {"intermediate status", "Insert card"},
		"04 0F 05 27 00 98 01 02":                                              {"unknown field", `"980102"`},
		"04 0F 07 06 05 FF 55 01 02 03":                                        {"status information"},
		"06 D1 03 00 48 69":                                                    {"print line", "Hi"},
	} {
		b := unhex(t, s)
		m, n := Explain(b)
		out, err := json.Marshal(m)
		if err != nil || n != len(b) {
			t.Errorf("%s: read %d of %d, %v", s, n, len(b), err)
		}
		for _, w := range want {
			if !strings.Contains(string(out), w) {
				t.Errorf("%s: %s, want %q", s, out, w)
			}
		}
	}
	for _, secret := range []string{
		"06 30 06 98 76 54 87 01 23",                   // a password
		"04 0F 0A 27 00 22 F0 F5 67 98 76 54 78",       // a card number
		"04 0F 08 27 00 06 05 4D 03 98 76 54",          // a chip file
		"04 0F 0A 27 00 06 07 FF 55 04 4D 02 98 76 54", // one in an object that no document knows
	} {
		m, _ := Explain(unhex(t, secret))
		out, err := json.Marshal(m)
		if err != nil || strings.Contains(string(out), "9876") {
			t.Errorf("%s: told: %s, %v", secret, out, err)
		}
	}
}

func TestTheFirstByteThatMakesNoSenseIsNamed(t *testing.T) {
	for s, want := range map[string]int{
		"04 0F 04 27 00 04 00":             6 - 1, // the amount begins at 5 and is cut off
		"04 0F 08 27 00 04 00 00 00 00 3A": 3 + 2,
		"04 0F 06 27 00 06 02 0B 7F":       3 + 4, // a data object of 127 bytes
		"04 0F 05 27":                      4,     // the message itself is cut off
		"06":                               1,
	} {
		b := unhex(t, s)
		m, _ := Explain(b)
		if m.Error == "" || m.Offset != want {
			t.Errorf("%s: %q at %d, want %d", s, m.Error, m.Offset, want)
		}
	}
}

// A status information comes in the middle of a payment on a small machine: no more memory than its texts and lists need.
func TestAFullStatusInformationIsReadInTenAllocations(t *testing.T) {
	all := Status{
		HasResult: true, Amount: 3070, Trace: 1234, OriginalTrace: 1200, Receipt: 17, Turnover: 99, TerminalID: "65000028", Date: "1129", Time: "143501", CardType: 5,
		CardName: "girocard", CardSequence: 1, OperatorCard: 5, PaymentType: 0x70, Currency: "0978", Contract: "123456789012345", Authorisation: "A000042",
		Text: "Zahlung erfolgt", TLV: []TLV{{TagLongTrace, []byte{0, 0x47, 0x11}}, Container(TagTimestamp, TLV{TagDate, []byte{0x20, 0x26, 0x11, 0x29}}), {TagErrorText, []byte("OK")}},
		Totals: &Totals{First: 1, Last: 17, Girocard: Total{17, 5000}},
	}.Append(nil)
	if s, err := ParseStatus(all); err != nil || s.Contract == "" || s.Totals == nil || len(s.TLV) != 3 || s.FullDate != "20261129" {
		t.Fatalf("%+v, %v", s, err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = ParseStatus(all) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzExplain(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v)
	}
	f.Add(unhex(f, "04 0F 0A 27 00 06 07 FF 55 04 4D 02 98 76 54"))
	f.Add(unhex(f, "06 1E 0B B8 87 00 01 06 06 23 04 08 02 00 01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, n := Explain(b)
		if n > len(b) || m.Offset > len(b) || m.Offset < 0 || n == 0 && m.Error == "" {
			t.Fatalf("%d bytes: read %d, %q at %d", len(b), n, m.Error, m.Offset)
		}
		var walk func([]Part)
		walk = func(all []Part) {
			for _, p := range all {
				if p.Offset < 0 || p.Offset >= len(b) {
					t.Fatalf("a part at %d of %d bytes", p.Offset, len(b))
				}
				walk(p.Parts)
			}
		}
		walk(m.Parts)
	})
}

// FuzzAnswers reads everything as every answer that a terminal may give.
func FuzzAnswers(f *testing.F) {
	f.Add(unhex(f, "B8 87 00 01 06 06 23 04 08 02 00 01"))
	f.Add(unhex(f, "F0 F0 F3 31 2E 30 00 06 06 1F 44 03 65 00 28"))
	f.Add(unhex(f, "19 00 29 65 00 00 28 49 09 78 06 06 26 04 0A 02 06 D3"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = parseState(b)
		_, _ = parseReservations(b)
		_, _ = parseInfo(b, UTF8)
		if s, err := ParseStatus(b); err == nil {
			if c := parseCard(s); c.Code != s.Result {
				t.Fatal("a card with another result")
			}
			if s.RestOffset+len(s.Rest) > len(b) {
				t.Fatal("more rest than there is")
			}
			for _, f := range s.Other {
				if f.Secret() {
					t.Fatal("a secret field was kept")
				}
			}
			if !bytes.Equal(veil(s.Rest), s.Rest) {
				t.Fatal("a secret field was kept in what cannot be told apart")
			}
			var walk func([]TLV)
			walk = func(all []TLV) {
				for _, o := range all {
					if o.Secret() {
						t.Fatal("a secret object was kept")
					}
					if parts, err := o.Parts(); err == nil && o.Constructed() {
						walk(parts)
					}
				}
			}
			walk(s.TLV)
		}
		for _, set := range []Charset{CP437, Latin1, UTF8, 0x42} {
			_, _ = paper{set, 32}.parse(PrintLine, b)
			_, _ = paper{set, 32}.parse(PrintBlock, b)
			_, _ = parseProgress(set, b)
		}
	})
}
