package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// agreed is an application about which nobody contradicts anybody.
func agreed() statements {
	return statements{
		number: "BO-26-4T7K-2M9-X",
		page:   "Vorgang BO-26-4T7K-2M9-X Bezahlt 30,70 € Weg Karte Terminal 52500041 Beleg 0001 Spur 000107",
		slip:   "Nummer BO-26-4T7K-2M9-X Betrag 30,70 EUR Terminal-ID 52500041 TA-Nr. 000107 BNr. 0001",
		journal: `{"kind":"payment","amount":3070,"trace":107,"receipt":1,"terminal":"52500041"}
`,
	}
}

func TestWhoSaysTheSameAgrees(t *testing.T) {
	s := agreed()
	if err := s.agree(); err != nil {
		t.Fatal(err)
	}
	// A first try that was given back, and one that was declined, are no payments.
	s.journal = `{"kind":"payment","amount":3070,"trace":105,"receipt":1,"terminal":"52500041"}
{"kind":"reversal","amount":3070,"trace":106,"receipt":2,"terminal":"52500041","of":105}
{"kind":"declined","amount":3070,"trace":0,"receipt":0,"terminal":"52500041"}
` + s.journal
	if err := s.agree(); err != nil {
		t.Fatal(err)
	}
}

// A slip that was printed before the payment's end was known claims nothing of it.
func TestASlipThatCouldNotKnowSaysSo(t *testing.T) {
	s := agreed()
	s.unclear = true
	if err := s.agree(); err == nil {
		t.Error("it names a payment that nobody knew of")
	}
	s.slip = "Nummer BO-26-4T7K-2M9-X Gebühr 30,70 EUR"
	if err := s.agree(); err == nil {
		t.Error("it says nothing of what is not known")
	}
	s.slip += " Ob die Zahlung geklappt hat, wissen wir noch\nnicht."
	if err := s.agree(); err != nil {
		t.Error(err)
	}
	s.unclear = false
	if err := s.agree(); err == nil {
		t.Error("a slip without a payment is taken for one with")
	}
}

func TestWhoeverContradictsIsNamed(t *testing.T) {
	swap := func(text *string, old, new string) { *text = strings.Replace(*text, old, new, 1) }
	for name, c := range map[string]struct {
		spoil func(*statements)
		want  string
	}{
		"no number":                {func(s *statements) { s.number = "" }, "does not name the case"},
		"another case's slip":      {func(s *statements) { swap(&s.slip, "2M9-X", "2M9-Y") }, "slip does not name"},
		"another case's page":      {func(s *statements) { swap(&s.page, "2M9-X", "2M9-Y") }, "page does not name"},
		"nothing was taken":        {func(s *statements) { s.journal = "" }, "0 payments"},
		"taken twice":              {func(s *statements) { s.journal += s.journal }, "2 payments"},
		"given back":               {func(s *statements) { s.journal += `{"kind":"reversal","amount":3070,"trace":108,"receipt":2,"of":107}` }, "0 payments"},
		"the journal is torn":      {func(s *statements) { s.journal = s.journal[:20] }, "journal"},
		"the clerk sees no money":  {func(s *statements) { swap(&s.page, "Bezahlt", "Offen") }, `page does not say "Bezahlt"`},
		"less at the clerk's":      {func(s *statements) { swap(&s.page, "30,70 €", "15,40 €") }, `page does not say "30,70 €"`},
		"less on the slip":         {func(s *statements) { swap(&s.slip, "30,70", "15,40") }, `slip does not say "30,70"`},
		"less in the journal":      {func(s *statements) { swap(&s.journal, "3070", "1540") }, `does not say "15,40`},
		"another terminal's money": {func(s *statements) { swap(&s.journal, "52500041", "52500042") }, "52500042"},
		"another receipt":          {func(s *statements) { swap(&s.page, "Beleg 0001", "Beleg 0002") }, "Beleg 0001"},
		"another receipt, printed": {func(s *statements) { swap(&s.slip, "BNr. 0001", "BNr. 0011") }, "BNr. 0001"},
		"another trace":            {func(s *statements) { swap(&s.page, "Spur 000107", "Spur 000108") }, "Spur 000107"},
		"another trace, printed":   {func(s *statements) { swap(&s.slip, "TA-Nr. 000107", "TA-Nr. 000106") }, "TA-Nr. 000107"},
	} {
		t.Run(name, func(t *testing.T) {
			s := agreed()
			c.spoil(&s)
			if err := s.agree(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something with %q", err, c.want)
			}
		})
	}
}

// What was typed is known again however it is kept; what clocks and keys have by chance is not taken for it.
func TestWhatWasTypedIsKnownAgain(t *testing.T) {
	words := traces([]string{"Renate Vogt", "3.4.1980", "12", "MI-RA", "1848"})
	for _, want := range []string{"Renate Vogt", "3.4.1980", "1980-04-03", "MI-RA", "MI-RA1848", "MI-RA 1848"} {
		if !slices.Contains(words, want) {
			t.Errorf("%q is not looked for", want)
		}
	}
	for _, chance := range []string{"12", "1848"} {
		if slices.Contains(words, chance) {
			t.Errorf("%q is looked for, and it is in many a clock", chance)
		}
	}
}

// What the terminal remembers is found wherever it keeps things.
func TestWhatTheTerminalRemembersIsFound(t *testing.T) {
	home := t.TempDir()
	at := &town{home: home, logs: filepath.Join(home, "logs")}
	put := func(name, text string) string {
		t.Helper()
		file := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	put("kiosk/store.db", "sealed")
	put("kiosk/store.db-wal", "sealed")
	put("events.jsonl", `{"event":"wipe"}`)
	put("logs/kiosk.log", "well")
	words := []string{"Renate Vogt", "1980-04-03"}
	if found, err := at.remembered(words); err != nil || found != "" {
		t.Fatal(found, err)
	}
	for _, name := range []string{"kiosk/store.db-wal", "kiosk/deep/er", "events.jsonl", "logs/kiosk.log"} {
		for _, word := range []string{"renate vogt", "RENATE VOGT", "born 1980-04-03."} {
			was, _ := os.ReadFile(filepath.Join(home, name))
			file := put(name, "x"+word+"y")
			if found, err := at.remembered(words); err != nil || found != file {
				t.Errorf("%s in %s: found in %q, %v", word, name, found, err)
			}
			put(name, string(was))
		}
	}
}
