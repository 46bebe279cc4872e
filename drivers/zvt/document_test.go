package zvt

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// p015 reads the document's tables: the words behind each line's first one, by that.
func p015(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/p015.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if kind == "result" {
			all[kind] = append(all[kind], rest)
		} else if kind != "#" {
			all[kind] = append(all[kind], strings.Fields(rest)...)
		}
	}
	return all
}

func hexNumber(t *testing.T, s string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

// A field whose length is read wrong makes everything behind it unreadable, the amount too.
func TestEveryFieldIsAsLongAsTheDocumentSays(t *testing.T) {
	want := map[byte]int{}
	for _, f := range p015(t)["fields"] {
		id, length, _ := strings.Cut(f, "=")
		n, ok := map[string]int{"LL": llVar, "LLL": lllVar, "TLV": inTLV}[length]
		if !ok {
			n = mustNumber(t, length)
		}
		want[byte(hexNumber(t, id))] = n
	}
	if len(want) != 75 {
		t.Errorf("the table has %d fields", len(want))
	}
	for id := range 256 {
		if got := size(byte(id)); got != want[byte(id)] {
			t.Errorf("field %02X: %d, the document says %d", id, got, want[byte(id)])
		}
		if name := (Field{ID: byte(id)}).Name(); (name != "") != (want[byte(id)] != 0) {
			t.Errorf("field %02X is called %q", id, name)
		}
	}
}

func mustNumber(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// contents makes a field with contents that every kind of it may have: digits.
func contents(id byte) []byte {
	switch n := size(id); n {
	case llVar, lllVar:
		v := []byte{0x12, 0x34}
		if id == 0x60 {
			v = (&Totals{First: 1, Last: 2, Visa: Total{1, 100}}).append(nil)
		}
		return appendVar(nil, id, v)
	case inTLV:
		return AppendContainer(nil, TLV{TagExtraResult, []byte("Z1")})
	default:
		b := []byte{id}
		for range n {
			b = append(b, 0x12)
		}
		return b
	}
}

// Whatever field of its table a terminal sends, in whatever order: it is read, what follows it is read, and it is kept unless it is a card's.
func TestEveryFieldOfAStatusInformationIsReadAndKept(t *testing.T) {
	for _, s := range p015(t)["status"] {
		id := byte(hexNumber(t, s))
		f := contents(id)
		for _, b := range [][]byte{append(f[:len(f):len(f)], 0x87, 0x01, 0x23), append([]byte{0x87, 0x01, 0x23}, f...)} {
			if id == 0x87 {
				b = f
			}
			got, err := ParseStatus(b)
			if err != nil || got.Rest != nil || got.Unread != nil || (got.Receipt != 123 && id != 0x87) {
				t.Errorf("field %s: %+v, %v", s, got, err)
				continue
			}
			got.Receipt = 0
			if id == 0x87 {
				got.Receipt = 1212
			}
			kept := fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", Status{})
			if secret := (Field{ID: id}).Secret(); kept == secret {
				t.Errorf("field %s: secret %v, kept %v", s, secret, kept)
			}
		}
	}
	for _, s := range p015(t)["objects"] {
		tag := Tag(hexNumber(t, s))
		got, err := ParseStatus(AppendContainer(nil, TLV{tag, []byte{0x13, 0x02, 'Z', '1'}}, TLV{TagExtraResult, []byte("Y3")}))
		if err != nil || got.Unread != nil || got.ExtraResult != "Y3" {
			t.Errorf("object %s: %+v, %v", s, got, err)
		}
		if kept := len(got.TLV) == 2; kept == (TLV{Tag: tag}).Secret() {
			t.Errorf("object %s: kept %v", s, kept)
		}
	}
}

func TestEveryObjectOfTheDocumentHasAName(t *testing.T) {
	all := p015(t)["tags"]
	for _, s := range all {
		tag := Tag(hexNumber(t, s))
		if tag.Name() == "" || tag.String() != s {
			t.Errorf("%s: %s is called %q", s, tag, tag.Name())
		}
		back, err := ParseTLV(AppendTLV(nil, TLV{tag, []byte{1}}, TLV{TagText, nil}))
		if err != nil || len(back) != 2 || back[0].Tag != tag {
			t.Errorf("%s is read again as %v, %v", s, back, err)
		}
	}
	if n := len(tables()["tags-en"]); len(all) != n {
		t.Errorf("%d names for %d objects", n, len(all))
	}
}

func TestEveryCodeOfTheDocumentIsKnownAndNoOther(t *testing.T) {
	doc := p015(t)
	for name, codes := range map[string][]string{"intermediate": doc["progress"], "states": doc["states"]} {
		for _, lang := range []string{"de", "en"} {
			got := tables()[name+"-"+lang]
			n := len(codes)
			if name == "intermediate" {
				n += 5 - 1 // 5E and 6A to 6D are of later revisions; FF has no words of its own
			}
			if len(got) != n {
				t.Errorf("%s in %s: %d codes, want %d", name, lang, len(got), n)
			}
			for _, c := range codes {
				if _, ok := got[hexNumber(t, c)]; !ok && c != "FF" {
					t.Errorf("%s in %s: %s is missing", name, lang, c)
				}
			}
		}
	}
	for _, r := range doc["result"] {
		hex, words, _ := strings.Cut(r, " ")
		c := Code(hexNumber(t, hex))
		if got := c.Text("en"); got != words {
			t.Errorf("%s is %q, the document says %q", hex, got, words)
		}
		if de := c.Text("de"); de == "" || de == words || strings.HasPrefix(de, "unbekannt") {
			t.Errorf("%s in German: %q", hex, de)
		}
	}
	if en, de := len(tables()["results-en"]), len(tables()["results-de"]); en != len(doc["result"]) || de != en {
		t.Errorf("%d results in English, %d in German, %d in the document", en, de, len(doc["result"]))
	}
}

// One terminal's wrong object must not cost the town all its payments: the container says how long it is, and all else is read.
func TestAContainerThatCannotBeReadTakesNothingElseAlong(t *testing.T) {
	for s, want := range map[string]int{"06 02 1F FF": 1, "06 05 13 01 5A 07 7F": 1 + 4, "06 04 24 82 00 01": 1 + 1} {
		b := append(unhex(t, s), unhex(t, "27 00 04 00 00 00 00 30 70 87 01 23")...)
		got, err := ParseStatus(b)
		if err != nil || !got.Good() || got.Amount != 3070 || got.Receipt != 123 || got.Unread == nil {
			t.Errorf("%s: %+v, %v", s, got, err)
			continue
		}
		if place := got.Unread.(*SyntaxError).Offset; place < want {
			t.Errorf("%s: wrong at byte %d", s, place)
		}
	}
}

// A card's number has no place in a journal, however deep it lies and whatever stands before it.
func TestNoCardNumberIsKeptWhereverItStands(t *testing.T) {
	for name, s := range map[string]string{
		"its field":                        "27 00 22 F0 F5 67 98 76 54 78",
		"an object in an object":           "27 00 06 09 30 07 1F 1A 04 98 76 54 32",
		"an object in an object in one":    "27 00 06 0B 63 09 30 07 1F 1A 04 98 76 54 32",
		"a PIN for a telephone":            "27 00 06 08 63 06 80 04 98 76 54 32",
		"an account for a debit":           "27 00 06 08 1F 5E 05 98 76 54 32 10",
		"behind a field of unknown length": "27 00 98 01 22 F0 F5 67 98 76 54 78 23 F0 F4 98 76 54 32",
	} {
		got, err := ParseStatus(unhex(t, s))
		if err != nil || !got.Good() {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if all := fmt.Sprintf("%x", got.Rest) + fmt.Sprintf("%x", got.TLV) + fmt.Sprintf("%x", got.Other); strings.Contains(all, "9876") {
			t.Errorf("%s: kept %s", name, all)
		}
		m, _ := Explain(APDU{StatusInfo, unhex(t, s)}.Append(nil))
		if all := fmt.Sprintf("%+v", m); strings.Contains(all, "9876") || m.Error != "" {
			t.Errorf("%s: told %s", name, all)
		}
	}
}

func TestEveryMessageOfTheDocumentsIsToldInWords(t *testing.T) {
	for _, b := range vectors(t) {
		m, n := Explain(b)
		if n != len(b) || m.Error != "" || m.Name == "" {
			t.Errorf("% X: %+v", b, m)
		}
		for _, p := range m.Parts {
			if p.Name == "" {
				t.Errorf("% X: nobody knows %+v", b, p)
			}
		}
	}
}
