package signature_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
)

// loops is a stroke as fingers draw it.
func loops(points int) signature.Stroke {
	var s signature.Stroke
	for i := range points {
		t := float64(i) / 12
		s = append(s, signature.Point{X: 60 + i*880/points + int(30*math.Cos(t*3)), Y: 150 + int(90*math.Sin(t*3))})
	}
	return s
}

func TestWhatIsDrawnIsReadAgainAsItWas(t *testing.T) {
	drawn := []signature.Stroke{loops(400), {{X: 500, Y: 20}, {X: 520, Y: 24}}, {{X: 3, Y: 4}}}
	text := signature.Text(drawn)
	if len(text) > signature.MaxBytes {
		t.Fatalf("%d bytes", len(text))
	}
	read, err := signature.Parse(text)
	if err != nil || len(read) != 3 {
		t.Fatal(err, len(read))
	}
	if again := signature.Format(read); again != text {
		t.Errorf("written again it is another text")
	}
	if got, want := signature.Ink(read), signature.Ink(drawn); math.Abs(got-want) > want/20 {
		t.Errorf("%.0f units of ink became %.0f", want, got)
	}
	for _, p := range drawn[0] { // nothing is further from what was drawn than a pen is wide
		near := math.Inf(1)
		for i := 1; i < len(read[0]); i++ {
			near = min(near, away(p, read[0][i-1], read[0][i]))
		}
		if near > 1.5 {
			t.Fatalf("%v is %.1f units away from the line", p, near)
		}
	}
}

func away(p, a, b signature.Point) float64 {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	px, py := float64(p.X-a.X), float64(p.Y-a.Y)
	k := min(max((px*dx+py*dy)/(dx*dx+dy*dy), 0), 1)
	return math.Hypot(px-k*dx, py-k*dy)
}

// Somebody scribbles for minutes: what is kept still fits.
func TestAScribbleWithoutEndFits(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	many := []signature.Stroke{loops(60000)}
	for i := range 3000 {
		many = append(many, signature.Stroke{{X: i % 1000, Y: i % 300}, {X: (i * 7) % 1000, Y: (i * 13) % 300}})
	}
	text := signature.Text(many)
	if _, err := signature.Parse(text); err != nil || len(text) > signature.MaxBytes {
		t.Errorf("%d bytes: %v", len(text), err)
	}
}

func TestWhatIsNoSignatureIsRefused(t *testing.T) {
	long := "0,0 900,0"
	for text, want := range map[string]error{
		"":                        signature.ErrForm,
		"10,10":                   signature.ErrShort,
		"10,10 1,1 2,2":           signature.ErrShort,
		long + ";":                signature.ErrForm,
		";" + long:                signature.ErrForm,
		long + " 0,0":             signature.ErrForm,
		long + "  1,1":            signature.ErrForm,
		"0,0 +900,0":              signature.ErrForm,
		"0,0 0900,0":              signature.ErrForm,
		"-0,0 900,0":              signature.ErrForm,
		"0,0 1001,0":              signature.ErrForm,
		"0,0 900,301":             signature.ErrForm,
		"0,0 900,-1":              signature.ErrForm,
		"0,0,0 900,0":             signature.ErrForm,
		"0;0 900;0":               signature.ErrForm,
		"a,b c,d":                 signature.ErrForm,
		"0,0 99999999999999,0":    signature.ErrForm,
		strings.Repeat("1,", 9e3): signature.ErrLong,
		"name:Renate":             signature.ErrName,
		"name: Renate Vogt":       signature.ErrName,
		"name:" + strings.Repeat("a ", 100) + "b": signature.ErrName,
		"papers": signature.ErrForm,
	} {
		if _, err := signature.Read(text); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", text, err, want)
		}
	}
}

func TestASignatureIsADrawingANameOrPaper(t *testing.T) {
	if s, err := signature.Read("0,150 900,0"); err != nil || len(s.Strokes) != 1 || s.Strokes[0][1] != (signature.Point{X: 900, Y: 150}) {
		t.Error("a drawing", s, err)
	}
	if s, err := signature.Read(signature.OfName("  Renate   Vogt ")); err != nil || s.Name != "Renate Vogt" || s.Strokes != nil {
		t.Error("a name", s, err)
	}
	if s, err := signature.Read(signature.OnPaper); err != nil || !s.Paper {
		t.Error("paper", s, err)
	}
	if p := signature.Path([]signature.Stroke{{{X: 1, Y: 2}, {X: 30, Y: 40}}, {{X: 5, Y: 6}}}); p != "M1 2L30 40M5 6h1" {
		t.Error(p)
	}
}

// What can be read is written again to the same bytes, lies inside the box, and nothing makes the reader fail.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0,150 900,0", "10,10 5,5;900,10 -300,200 4,-4", "0,0 +1,1", "name:A B", signature.Text([]signature.Stroke{loops(300)})} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		strokes, err := signature.Parse(text)
		if err != nil {
			return
		}
		if again := signature.Format(strokes); again != text {
			t.Fatalf("%q became %q", text, again)
		}
		for _, s := range strokes {
			for _, p := range s {
				if p.X < 0 || p.X > signature.Width || p.Y < 0 || p.Y > signature.Height {
					t.Fatal("a point lies outside")
				}
			}
		}
		if len(signature.Path(strokes)) == 0 {
			t.Fatal("nothing is drawn")
		}
	})
}
