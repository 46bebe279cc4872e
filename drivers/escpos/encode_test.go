package escpos

import (
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// onPaper gives what stands on the paper of a printer with that profile.
func onPaper(p Profile, s string) string {
	set := newCharset(p.Pages)
	var out strings.Builder
	for _, g := range set.encode(nil, s) {
		switch {
		case g == hard:
			out.WriteByte(' ')
		case g < 0x80:
			out.WriteByte(byte(g))
		default:
			out.WriteRune(p.Pages[g>>8-1].table().DecodeByte(byte(g)))
		}
	}
	return out.String()
}

func profile(t testing.TB, name string) Profile {
	t.Helper()
	p, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNamesAreWrittenAsTheyAreOrReadably(t *testing.T) {
	full, m30 := profile(t, "epson-tm-t20iii"), profile(t, "epson-tm-m30iii")
	russian := Profile{Name: "russian", Pages: []Page{{866, 17}}}
	for _, c := range []struct{ name, full, generic string }{
		{"Müller-Lüdenscheidt, Größe ẞ", "Müller-Lüdenscheidt, Größe SS", "Müller-Lüdenscheidt, Größe SS"},
		{"Łukasz Wójcik, Świętochłowice, Żółć", "", "Lukasz Wójcik, Swietochlowice, Zólc"},
		{"Şule Yıldız, İğdır, Çağlayan, ÖZGÜR", "", "Sule Yildiz, Igdir, Çaglayan, ÖZGÜR"},
		{"Володимир Зеленський, Київ", "Володимир Зеленський, Київ", "Volodimir Zelenskii, Kiiv"},
		{"Ґалаґан, Їжакевич, Єва", "Галаган, Їжакевич, Єва", "Galagan, Izhakevich, Ieva"},
		{"ЖУКОВ, Жуков, Щербаков", "", "ZHUKOV, Zhukov, Shcherbakov"},
		{"Αθήνα, Ψαρά, ΘΕΟΣ", "Athina, Psara, THEOS", "Athina, Psara, THEOS"},
		{"Nguyễn Thị Ánh", "Nguyen Thi Ánh", "Nguyen Thi Ánh"},
		{"„so“ – ‚nein‘ … 5\u202f€ • ½ 30\u00a0°C →", "„so“ – ‚nein‘ … 5 € • ½ 30 °C ->", `"so" - 'nein' ... 5 € · ½ 30 °C ->`},
		{"a\u0308 o\u0308 e\u0301", "ä ö é", "ä ö é"}, // letters and accents apart, as some keyboards and file names have them
		{"zero\u200bwidth \u202egnirts\u2069", "zerowidth gnirts", "zerowidth gnirts"},
		{"👍 ﬁn ① 漢", "? fin 1 ?", "? fin 1 ?"},
	} {
		want := c.full
		if want == "" {
			want = c.name
		}
		if got := onPaper(full, c.name); strings.ReplaceAll(got, "і", "i") != strings.ReplaceAll(want, "і", "i") {
			t.Errorf("%s: %q, want %q", full.Name, got, want)
		}
		if got := onPaper(Generic(), c.name); got != c.generic {
			t.Errorf("generic: %q, want %q", got, c.generic)
		}
	}
	if got := onPaper(m30, "Größe 5 € – Łódź ─"); got != "Größe 5 € – Łódź ─" {
		t.Errorf("1252 first: %q", got)
	}
	if got := onPaper(russian, "Größe 5 €, Москва"); got != "Groesse 5 EUR, Москва" {
		t.Errorf("Russian letters only: %q", got)
	}
}

// All that the product says itself comes out with no question mark, whatever the printer.
func TestTheProductsTextsNeedNoQuestionMarks(t *testing.T) {
	all, err := Profiles()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = iofs.WalkDir(os.DirFS("../../assets"), ".", func(name string, d iofs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" || strings.Contains(name, "/examples/") { // citizens in examples have names from everywhere
			return err
		}
		b, err := os.ReadFile(filepath.Join("../../assets", name))
		if err != nil {
			return err
		}
		files++
		for _, p := range all {
			for line := range strings.Lines(string(b)) {
				if got := onPaper(p, line); strings.Count(got, "?") != strings.Count(line, "?") {
					t.Errorf("%s: %s prints %q", name, p.Name, got)
				}
			}
		}
		return nil
	})
	if err != nil || files < 4 {
		t.Errorf("%d files of texts, %v", files, err)
	}
}

func TestEveryProfileIsWhole(t *testing.T) {
	all, err := Profiles()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	facts := []Fact{Yes, No, Unknown}
	for _, p := range all {
		for what, f := range map[string]Fact{"qr": p.QR, "barcodes": p.Barcodes, "cutter": p.Cutter, "asb": p.ASB, "process-id": p.ProcessID, "clear": p.Clear} {
			if !slices.Contains(facts, f) {
				t.Errorf("%s: %s is %q", p.Name, what, f)
			}
		}
		if p.Columns < 32 || p.Dots < p.Columns*cell || p.Source == "" || len(p.Pages) == 0 || slices.Contains(names, p.Name) {
			t.Errorf("%+v", p)
		}
		if got := onPaper(p, "äöüÄÖÜß €"); got != "äöüÄÖÜß €" {
			t.Errorf("%s prints %q", p.Name, got)
		}
		names = append(names, p.Name)
	}
	if len(all) < 15 || names[0] != "generic" {
		t.Errorf("%q", names)
	}
	if _, err := Named("epson-tm-x99"); !errors.Is(err, ErrProfile) {
		t.Errorf("an unknown printer: %v", err)
	}
	if p, err := Named(""); err != nil || p.Name != "generic" {
		t.Errorf("no name: %+v, %v", p, err)
	}
	for _, bad := range []string{"858", "x=1", "858=300", "7=1", "="} {
		if err := new(Page).UnmarshalYAML([]byte(bad)); err == nil {
			t.Errorf("page %q is accepted", bad)
		}
	}
}

// No text, whatever it is, gives the printer orders.
func FuzzText(f *testing.F) {
	f.Add("Größe 5 €, Łódź, Жуков, ﬁ, ① \x1b@ \xff\xc3", uint8(48))
	f.Fuzz(func(t *testing.T, s string, columns uint8) {
		for _, p := range []Profile{Generic(), {Name: "x", Columns: 48, Dots: 576, Pages: []Page{{858, 19}, {852, 18}, {866, 17}}}} {
			c := newComposer(Opts{Profile: p, Columns: 8 + int(columns)%60}.full())
			for _, l := range []Line{{Text: s, Wide: 3}, {Kind: Pair, Label: s, Text: s, Wide: 2}, {Kind: Verbatim, Lines: []string{s}}, {Kind: Table, Rows: [][]string{{s, s}, {s}}}} {
				if err := c.line(l); err != nil {
					t.Fatal(err)
				}
			}
			used, wide := 0, 1
			for _, o := range Commands(c.out) {
				switch o.Name {
				case "text":
					used += len(o.Bytes) * wide
				case "LF":
					used = 0
				case "GS !":
					wide = int(o.Args[0]>>4) + 1
				case "ESC t", "ESC a", "ESC @":
				default:
					t.Fatalf("%q: %s % x", s, o.Name, o.Bytes)
				}
				if used > c.o.Columns {
					t.Fatalf("%q: a line of %d on paper of %d", s, used, c.o.Columns)
				}
			}
		}
	})
}
