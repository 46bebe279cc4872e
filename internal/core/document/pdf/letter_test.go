package pdf

import (
	"math"
	"os"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

func readFonts(t testing.TB) Fonts {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile("../../../../assets/fonts/AtkinsonHyperlegibleNext-" + name + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return Fonts{read("Regular"), read("Bold")}
}

// sheet lays a document out, with letters that are half as wide as they are high.
func sheet(t testing.TB, d document.Document) []*page {
	t.Helper()
	faces, err := loadFaces(readFonts(t))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := layOut(d, faces, func(_ weight, size float64, s string) float64 { return float64(len([]rune(s))) * size * point / 2 })
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func (p *page) find(t testing.TB, words string) text {
	t.Helper()
	for _, fits := range []func(s, words string) bool{func(s, words string) bool { return s == words }, strings.Contains} {
		for _, x := range p.texts {
			if fits(x.s, words) {
				return x
			}
		}
	}
	t.Fatalf("%q is not on the page", words)
	return text{}
}

func post() document.Document {
	return document.Document{Title: "Brief", Lang: "de", Blocks: []document.Block{{Kind: document.Paragraph, Text: "Guten Tag Vera Vogt,"}, {Kind: document.Paragraph, Text: "alles ist gut."}},
		Letter: &document.Letter{From: []string{"Stadt Bad Oeynhausen", "Der Bürgermeister"}, Return: "Stadt Bad Oeynhausen, Ostkorso 8, 32545 Bad Oeynhausen",
			Remarks: []string{"Persönlich", "Einschreiben"}, To: []string{"Vera Vogt", "c/o Firma", "Hinterhaus", "Ostkorso 8", "32545 Bad Oeynhausen", "Deutschland"},
			Info: []document.Info{{Label: "Unser Zeichen", Text: "BO-26-4T7K-2M9-X"}, {Label: "Datum", Text: "23. November 2026"}}, Subject: "Ihr Bewohnerparkausweis",
			Foot: [][]string{{"Rathaus", "Ostkorso 8"}, {"Öffnungszeiten", "8 bis 12 Uhr"}, {"IBAN DE02 1203 0000 0000 2020 51"}}}}
}

// Form B of DIN 5008: the address field lies 45 mm from the upper edge and 20 mm from the left one, 85 mm wide and 45 mm high: 17.7 mm for sender and
// remarks, 27.3 mm for the address. The information block begins at 50 mm and 125 mm, the text at 25 mm, the subject two lines below the field.
func TestALetterKeepsTheMillimetresOfDIN5008FormB(t *testing.T) {
	d := post()
	p := sheet(t, d)[0]
	within := func(words string, x0, y0, x1, y1 float64) {
		t.Helper()
		x := p.find(t, words)
		ascent, descent := x.size*0.75*point, x.size*0.22*point
		if wide := float64(len([]rune(x.s))) * x.size * point / 2; x.x < x0 || x.x+wide > x1+0.01 || x.y-ascent < y0-0.01 || x.y+descent > y1+0.01 {
			t.Errorf("%q lies at %.1f to %.1f by %.1f to %.1f mm, outside of %.1f to %.1f by %.1f to %.1f", words, x.x, x.x+wide, x.y-ascent, x.y+descent, x0, x1, y0, y1)
		}
	}
	within("Stadt Bad Oeynhausen", 25, 0, 190, 45)
	within("Ostkorso 8, 32545", 25, 45, 105, 62.7)
	within("Persönlich", 25, 45, 105, 62.7)
	within("Einschreiben", 25, 45, 105, 62.7)
	for _, line := range d.Letter.To {
		within(line, 25, 62.7, 105, 90)
	}
	if a, b := p.find(t, "Ostkorso 8, 32545").y, p.find(t, "Persönlich").y; a >= b {
		t.Error("the sender stands below the remarks")
	}
	within("BO-26-4T7K-2M9-X", 125, 50, 200, 90)
	within("23. November 2026", 125, 50, 200, 90)
	within("Ihr Bewohnerparkausweis", 25, 98.46, 190, 105)
	if x := p.find(t, "Ihr Bewohnerparkausweis"); x.weight != bold {
		t.Error("the subject is not bold")
	}
	if salutation, subject := p.find(t, "Guten Tag"), p.find(t, "Ihr Bewohner"); salutation.y-subject.y < 2*4.2 {
		t.Errorf("between subject and salutation are %.1f mm, not two empty lines", salutation.y-subject.y)
	}
	within("IBAN", 25, 270, 190, 292)
	for name, y := range map[string]float64{"upper fold": 105, "lower fold": 210, "holes": 148.5} {
		found := false
		for _, r := range p.rects {
			found = found || math.Abs(r.y-y) < 0.01 && r.x < 10 && r.x+r.w < 20 && r.w >= 3
		}
		if !found {
			t.Errorf("the mark for the %s is missing", name)
		}
	}
}

func TestALongAddressStaysInTheWindow(t *testing.T) {
	d := post()
	d.Letter.To = []string{strings.Repeat("Vereinigte Heimatfreunde ", 5), strings.Repeat("x", 90), "Ostkorso 8", "32545 Bad Oeynhausen", "Deutschland", "Europa"}
	p := sheet(t, d)[0]
	for _, words := range []string{"Vereinigte", "xxx", "Europa"} {
		x := p.find(t, words)
		if wide := float64(len([]rune(x.s))) * x.size * point / 2; x.x+wide > 105.01 || x.y > 90 || x.y < 62.7 {
			t.Errorf("%q is not in the window: %.1f mm wide at %.1f", words, wide, x.y)
		}
	}
}

func TestALetterGoesOnWithoutItsHeadAndCountsItsPages(t *testing.T) {
	d := post()
	for range 40 {
		d.Blocks = append(d.Blocks, document.Block{Kind: document.Paragraph, Text: strings.Repeat("Das ist ein Satz. ", 12)})
	}
	pages := sheet(t, d)
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	foot := pages[0].find(t, "IBAN").y
	n := pages[0].find(t, "Seite 1 von ")
	for _, x := range pages[0].texts {
		if strings.HasPrefix(x.s, "Das ist") && x.y > n.y-3 {
			t.Fatalf("the text runs into the page's number: %.1f mm", x.y)
		}
	}
	if n.y > foot-3 {
		t.Error("the page's number stands in the foot")
	}
	pages[1].find(t, "Seite 2 von ")
	for _, x := range pages[1].texts {
		if strings.Contains(x.s, "IBAN") || strings.Contains(x.s, "Vera") {
			t.Errorf("the second page has a head or a foot: %q", x.s)
		}
	}
}
