package card_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
)

// lines reads a file of vectors.
func lines(t testing.TB, name string) (out []string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		if text := s.Text(); text != "" && text[0] != '#' {
			out = append(out, text)
		}
	}
	return out
}

func TestAnswersToResetSayWhatTheListsSay(t *testing.T) {
	all := lines(t, "testdata/atr.txt")
	if len(all) < 20 {
		t.Errorf("only %d vectors were read", len(all))
	}
	for _, line := range all {
		f := strings.SplitN(line, " ", 5)
		raw, err := hex.DecodeString(strings.Trim(f[0], "-"))
		if err != nil {
			t.Fatal(line, err)
		}
		a, err := card.ParseATR(raw)
		if f[1] == "!" {
			if want := strings.Join(f[2:], " "); !errors.Is(err, card.ErrATR) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", line, err)
			}
			continue
		}
		sort := "-"
		switch {
		case a.Memory():
			sort = "m"
		case a.Contactless():
			sort = "c"
		}
		protocols := strings.ReplaceAll(strings.Trim(fmt.Sprint(a.Protocols()), "[]"), " ", ",")
		if got := fmt.Sprint(protocols, " ", sort, " ", len(a.Historical)); err != nil || got != strings.Join(f[1:4], " ") {
			t.Errorf("%s: %s, %v", line, got, err)
		}
		if !bytes.Equal(a.Bytes(), raw) {
			t.Errorf("%s is written %X", line, a.Bytes())
		}
	}
}

func FuzzParseATR(f *testing.F) {
	for _, line := range lines(f, "testdata/atr.txt") {
		raw, err := hex.DecodeString(strings.Trim(strings.Fields(line)[0], "-"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := card.ParseATR(b)
		if err != nil {
			if !errors.Is(err, card.ErrATR) || a.Groups != nil || a.Historical != nil {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(a.Bytes(), b) {
			t.Fatalf("%X is written %X", b, a.Bytes())
		}
		if len(a.Protocols()) == 0 || len(a.Historical) > 15 || a.Memory() && !a.Contactless() {
			t.Fatalf("%X: %+v", b, a)
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	for _, s := range []string{"\x90\x00", "\x6A\x82", "\x6E\x40\x1B\xA8\x90\x00", "\x61\x10", "\x60\x00", "\x90", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := card.ParseAnswer(b)
		if err != nil {
			if !errors.Is(err, card.ErrAnswer) || a.Data != nil || a.SW != 0 {
				t.Fatal(err)
			}
			return
		}
		if again := append(append([]byte(nil), a.Data...), byte(a.SW>>8), byte(a.SW)); !bytes.Equal(again, b) {
			t.Fatalf("%X is read as %X", b, again)
		}
	})
}

// Whoever prints an event by mistake prints nobody's number.
func TestNothingOfACardIsPrinted(t *testing.T) {
	e := card.Event{What: card.Inserted, Reader: "Counter", Card: card.Card{Kind: card.Tag, ATR: card.Private{0x3B, 0xAB, 0xCD}, UID: card.Private{0xAB, 0xCD, 0xEF, 0x12}}}
	var all strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "%s", "%q", "%d"} {
		fmt.Fprintf(&all, verb+"\n", e)
		fmt.Fprintf(&all, verb+"\n", e.Card.UID)
	}
	if err := json.NewEncoder(&all).Encode(e); err != nil {
		t.Fatal(err)
	}
	text := strings.ToUpper(all.String())
	for _, secret := range []string{"ABCD", "171", "AB, 0XCD", "Q83V", "AB CD"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in\n%s", secret, text)
		}
	}
	if e.Card.UID.Hex() != "ABCDEF12" {
		t.Error("who asks for it gets", e.Card.UID.Hex())
	}
}
