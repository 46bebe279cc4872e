package keys

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// words stand in for the texts: the key itself.
type words struct{}

func (words) Say(_, key string, _ ...any) string {
	return map[string]string{"keys.erase": "Löschen", "keys.hide": "Zuklappen", "keys.space": "Leerzeichen", "keys.space.short": "Leer", "keys.done": "Fertig", "keys.shift": "Großbuchstaben"}[key]
}

// desk is a keyboard on a screen, with what was typed on it.
type desk struct {
	t      *testing.T
	canvas fyne.Canvas
	keys   *Keyboard
	text   string
	events []string
}

func newDesk(t *testing.T, st look.Style, kind form.Keys, wide bool) *desk {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(st))
	d := &desk{t: t}
	d.keys = New(st, words{}, kind, wide, &Faces{}, Events{
		Rune:  func(r rune) { d.text += string(r); d.keys.Follow(d.text) },
		Erase: func() { d.text = look.Erase(d.text); d.keys.Follow(d.text) },
		Hide:  func() { d.events = append(d.events, "hide") },
		Done:  func() { d.events = append(d.events, "done") },
	})
	d.keys.Follow("")
	d.canvas = software.NewCanvas()
	d.canvas.(interface{ SetPadded(bool) }).SetPadded(false)
	d.canvas.SetContent(d.keys)
	width := float32(1080)
	if wide {
		width = 1104
	}
	d.canvas.(interface{ Resize(fyne.Size) }).Resize(fyne.NewSize(width, d.keys.HeightFor(width)))
	return d
}

// touch touches the key of a name where it is on the screen.
func (d *desk) touch(names ...string) {
	d.t.Helper()
	for _, name := range names {
		found := false
		for _, n := range tree.Of(d.canvas) {
			if n.Name == name || n.ID == "key."+name {
				x, y := n.Bounds.Center()
				test.TapCanvas(d.canvas, fyne.NewPos(float32(x), float32(y)))
				found = true
				break
			}
		}
		if !found {
			d.t.Fatalf("there is no key %q", name)
		}
	}
}

func TestSomebodyTypesANameWithUmlauts(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysText, false)
	d.touch("J", "ö", "r", "g", "Leerzeichen", "S", "t", "r", "ä", "ü", "ß", "l", "Löschen")
	if d.text != "Jörg Sträüß" {
		t.Errorf("typed %q", d.text)
	}
	d.touch("Zuklappen", "Fertig")
	if strings.Join(d.events, " ") != "hide done" {
		t.Errorf("happened: %v", d.events)
	}
}

func TestShiftGivesACapitalOnceAndSignsInPlaceOfDigits(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysText, false)
	d.touch("A", "b", "shift", "C", "d", "shift", "/", "e")
	if d.text != "AbCd/e" {
		t.Errorf("typed %q", d.text)
	}
}

func TestAnEMailAddressStartsSmallAndHasItsSigns(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysEmail, false)
	d.touch("r", ".", "v", "@", "w", "e", "b", ".de")
	if d.text != "r.v@web.de" {
		t.Errorf("typed %q", d.text)
	}
}

func TestANumberPlateIsTypedInCapitals(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysPlate, false)
	d.touch("M", "I", "-", "R", "A", "Leerzeichen", "1", "8")
	if d.text != "MI-RA 18" {
		t.Errorf("typed %q", d.text)
	}
}

func TestOnlyASentencesFirstWordBeginsWithACapital(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysProse, false)
	d.touch("J", "a", ",", "Leerzeichen", "e", "s", ".", "Leerzeichen", "U", "n", "d")
	if d.text != "Ja, es. Und" {
		t.Errorf("typed %q", d.text)
	}
}

func TestADateIsTypedWithDots(t *testing.T) {
	d := newDesk(t, look.Style{Still: true}, form.KeysDate, false)
	d.touch("2", "4", ".", "1", "2", ".")
	if d.text != "24.12." {
		t.Errorf("typed %q", d.text)
	}
}

func TestEveryKeyIsLargeEnoughAndNamedInEveryLayoutAndSize(t *testing.T) {
	for _, kind := range []form.Keys{form.KeysText, form.KeysProse, form.KeysPlate, form.KeysEmail, form.KeysDigits, form.KeysDate} {
		for _, wide := range []bool{false, true} {
			for _, size := range []float32{1, 2} {
				for _, signs := range []bool{false, true} {
					d := newDesk(t, look.Style{Still: true, Text: size}, kind, wide)
					if signs && kind == form.KeysText {
						d.touch("shift")
					}
					for _, f := range tree.Check(tree.Of(d.canvas), look.PxPerMM) {
						if f.Node.Name == "" && f.Node.ID != "" && f.Text == "has no name" {
							continue // signs: their names come from the texts
						}
						t.Errorf("%s wide=%v %v×: %s %s", kind, wide, size, f.Node.ID, f)
					}
				}
			}
		}
	}
}

func TestEveryRowFillsTheWidth(t *testing.T) {
	for _, kind := range []form.Keys{form.KeysText, form.KeysPlate, form.KeysEmail, form.KeysDigits, form.KeysDate} {
		for _, wide := range []bool{false, true} {
			for _, buttons := range [][2]bool{{true, true}, {false, true}, {true, false}, {false, false}} {
				rows := layout(kind, wide, false, false, buttons[0], buttons[1])
				for i, row := range rows {
					if sum(row) != sum(rows[0]) {
						t.Errorf("%s wide=%v hide=%v done=%v: row %d has %v columns, the first %v", kind, wide, buttons[0], buttons[1], i, sum(row), sum(rows[0]))
					}
				}
			}
		}
	}
}

func TestEveryLetterOfGermanIsThere(t *testing.T) {
	for _, wide := range []bool{false, true} {
		var all strings.Builder
		for _, row := range layout(form.KeysText, wide, false, false, true, true) {
			for _, c := range row {
				all.WriteString(c.label)
			}
		}
		for _, r := range "abcdefghijklmnopqrstuvwxyzäöüß0123456789.,-" {
			if !strings.ContainsRune(all.String(), r) {
				t.Errorf("wide=%v: nobody can type %q", wide, r)
			}
		}
	}
}
