package kiosk

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// field is the field with this path, as it is told; the path is its id.
func (r *rig) field(path string) tree.Node {
	r.T.Helper()
	for _, n := range r.Nodes() {
		if n.ID == path && n.Role == tree.Field {
			return n
		}
	}
	r.T.Fatalf("there is no field %s on screen %q:\n%s", path, r.k.Screen(), r.Said())
	return tree.Node{}
}

// painted is every line of words that is drawn and in sight as a whole, one after the other.
func (r *rig) painted() string {
	var b strings.Builder
	var walk func(o fyne.CanvasObject, top, foot float32)
	walk = func(o fyne.CanvasObject, top, foot float32) {
		if !o.Visible() {
			return
		}
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		if _, is := o.(tree.Viewport); is {
			top, foot = max(top, y), min(foot, y+o.Size().Height)
		}
		if t, is := o.(*canvas.Text); is && y >= top-1 && y+t.MinSize().Height <= foot+1 {
			b.WriteString(t.Text + " ")
		}
		for _, inside := range tree.Inside(o) {
			walk(inside, top, foot)
		}
	}
	walk(r.W.Canvas().Content(), 0, r.W.Canvas().Size().Height)
	return b.String()
}

// pastes writes what came in at once, letter by letter as every keyboard hands it over: a hardware one, a scanner that types, a phone that pastes.
func (r *rig) pastes(text string) {
	r.T.Helper()
	for _, letter := range text {
		r.W.Canvas().OnTypedRune()(letter)
	}
}

// at opens a page of the parking permit with a field ready to be typed into.
func (r *rig) at(page, path string) {
	r.filled()
	r.k.s.visit.Answer(path, nil)
	r.k.push(&formPage{id: page, focus: path, shown: map[string]bool{}})
}

// Letters past a field's room vanished without a word, and who looked at the keys did not see it.
func TestAFieldWithoutRoomSaysSoAtOnceAndKeepsWhatWasTyped(t *testing.T) {
	sentences := map[string]string{
		"de":        "Hier ist Platz für 60 Zeichen. Mehr geht nicht.",
		"en":        "There is room for 60 characters. No more will fit.",
		"de-simple": "Hier passen nur 60 Zeichen hinein.",
	}
	for _, size := range []fyne.Size{portrait, landscape} {
		for lang, sentence := range sentences {
			t.Run(fmt.Sprintf("%s-%.0f", lang, size.Width), func(t *testing.T) {
				r := newRig(t, size)
				r.k.o.Style.Lang = lang
				r.k.Wipe()
				r.at("who", "/name")
				whole := strings.Repeat("Ab ", 19) + "Abc"
				r.pastes(whole)
				quiet := func(when string) {
					t.Helper()
					if f := r.field("/name"); f.Is("full") || f.Text != "" || strings.Contains(r.painted(), sentence) {
						t.Errorf("%s the field says that it is full: %q", when, f.Text)
					}
				}
				quiet("with its last letter, which still fits,")
				r.Tap("key.d")
				f := r.field("/name")
				if f.Value != whole {
					t.Errorf("typed was %q, the field says %q", whole, f.Value)
				}
				if !f.Is("full") || f.Is("invalid") || f.Text != sentence {
					t.Errorf("the letter that found no room is passed over: %q, state %q", f.Text, f.State)
				}
				if !strings.Contains(r.painted(), sentence) || !strings.Contains(r.painted(), "Abc") {
					t.Errorf("the sentence is told, but it is not in sight together with what was typed:\n%s", r.painted())
				}
				if !strings.Contains(r.k.words(), sentence) {
					t.Error("the sentence is not read aloud")
				}
				r.Shot("06-form-full-" + lang + fmt.Sprintf("-%.0f", size.Width))
				r.Tap("key.erase")
				quiet("with a letter taken away")
				r.Tap("key.d")
				quiet("with a letter in its place")
				r.Tap("key.d", "key.done")
				if f := r.field("/name"); !f.Is("full") || f.Value != whole[:len(whole)-1]+"d" {
					t.Errorf("left, the field forgets that letters found no room: %+v", f)
				}
			})
		}
	}
}

// A hardware keyboard that found the field by the tab key writes past the shell's own keyboard.
func TestAFieldWithTheFocusSaysToo(t *testing.T) {
	r := newRig(t, portrait)
	r.at("who", "/name")
	r.W.Canvas().FocusNext()
	for range 10 {
		if d, is := r.W.Canvas().Focused().(tree.Describer); is && d.Describe().ID == "/name" {
			break
		}
		r.W.Canvas().FocusNext()
	}
	for range 61 {
		r.W.Canvas().Focused().TypedRune('x')
	}
	if f := r.field("/name"); !f.Is("full") || f.Value != strings.Repeat("x", 60) {
		t.Errorf("%+v", f)
	}
	r.W.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if f := r.field("/name"); f.Is("full") || f.Value != strings.Repeat("x", 59) {
		t.Errorf("with a letter taken away: %+v", f)
	}
}

// What nobody would write into a form comes all the same, pasted or by somebody's cat. Each gets a calm sentence, and nothing that was taken is lost.
func TestWhatDoesNotFitGetsASentenceAndLosesNothing(t *testing.T) {
	const (
		family = "👨‍👩‍👧 Renate"
		hebrew = "רחל לוי"
		turned = "\u202eVogt\u202c Renate"
	)
	long := strings.Repeat("Überlänge ", 1000) // 10,000 letters
	full := func(n int) string {
		return fmt.Sprintf("Hier ist Platz für %d Zeichen. Mehr geht nicht.", n)
	}
	const (
		letters = "Bitte nur Buchstaben, Ziffern und übliche Satzzeichen. Bildzeichen gehen hier nicht."
		plate   = "Das sieht noch nicht wie ein Kennzeichen aus. Ein Beispiel ist MI-AB 123."
	)
	for _, c := range []struct {
		name, page, path string
		typed, kept      string // what came in, and what stands in the field
		at, after        string // the sentence while it is typed, and after "Weiter"
		value            string // the answer in the end
	}{
		{"overlong", "who", "/name", string([]rune(long)[:70]), string([]rune(long)[:60]), full(60), full(60), strings.TrimSpace(string([]rune(long)[:60]))},
		{"emoji", "who", "/name", family, family, "", letters, family},
		{"emoji in a plate", "car", "/plate", "MI-🚗 18", "MI-🚗 18", "", plate, "MI-🚗 18"},
		{"right to left", "who", "/name", hebrew, hebrew, "", "", hebrew},
		{"turned round", "who", "/name", turned, turned, "", "", "Vogt Renate"},
		{"right to left in a plate", "car", "/plate", hebrew, hebrew, "", plate, hebrew},
		{"wrong plate", "car", "/plate", "ABC", "ABC", "", "Hier fehlt noch die Zahl am Ende.", "ABC"},
		{"10,000 letters", "who", "/name", long, string([]rune(long)[:60]), full(60), full(60), strings.TrimSpace(string([]rune(long)[:60]))},
		{"10,000 letters in a plate", "car", "/plate", strings.Repeat("MI-RX1848 ", 1000), "MI-RX 1848MI-R", full(14), plate + " " + full(14), "MI-RX 1848MI-R"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, portrait)
			r.at(c.page, c.path)
			r.pastes(c.typed)
			if f := r.field(c.path); f.Value != c.kept || f.Text != c.at {
				t.Errorf("while it is typed the field holds %q and says %q", f.Value, f.Text)
			}
			r.Tap("next")
			if _, gone := r.k.top().(*formPage); gone && r.k.top().(*formPage).id != c.page {
				r.Tap("back")
			}
			if f := r.field(c.path); f.Value != c.kept || f.Text != c.after {
				t.Errorf("after “Weiter” the field holds %q and says %q", f.Value, f.Text)
			}
			for _, words := range strings.SplitAfter(c.after, ". ") {
				if !strings.Contains(r.painted(), strings.TrimSpace(words)) {
					t.Errorf("what the field says is not to be seen: %q", words)
				}
			}
			for _, p := range r.k.s.visit.View().Pages {
				for _, f := range p.Inputs() {
					if f.Path == c.path && f.Value != c.value {
						t.Errorf("%q counts, not %q", f.Value, c.value)
					}
				}
			}
		})
	}
}

// 10,000 letters that come from elsewhere at once (a draft of another program, a code) are held as they are, and there is a sentence for them.
func TestWhatComesInTooLongIsHeldAsItCame(t *testing.T) {
	long := strings.Repeat("Überlänge ", 1000)
	r := newRig(t, portrait)
	r.at("who", "/name")
	r.k.s.visit.Type("/name", long)
	r.k.show()
	r.Tap("next")
	if f := r.field("/name"); f.Value != long || f.Text != "Das ist zu lang. Hier passen höchstens 60 Zeichen hinein." {
		t.Errorf("the field says %q and holds %d letters", f.Text, len([]rune(f.Value)))
	}
	if faults := tree.Check(r.Nodes(), look.PxPerMM); len(faults) > 0 {
		t.Error(faults)
	}
}

// An answer to the town hall, a search and a code have room of their own, and say so too.
func TestEveryOtherFieldSaysThatItIsFull(t *testing.T) {
	for _, c := range []struct {
		path string
		room int
		open func(r *rig)
	}{
		{"question", 500, func(r *rig) { r.case_(); r.k.push(&question{id: "q1", text: "Wo?"}) }},
		{"search", 60, func(r *rig) { r.k.enter("de"); r.k.push(&search{}) }},
		{"code", 60, func(r *rig) { r.k.enter("de"); r.k.push(&typeCode{}) }},
	} {
		r := newRig(t, portrait)
		c.open(r)
		text := strings.Repeat("Wort ", 2000)
		r.pastes(text)
		if f := r.field(c.path); f.Value != text[:c.room] {
			t.Errorf("%s holds %q", c.path, f.Value)
		}
		sentence := fmt.Sprintf("Hier ist Platz für %d Zeichen.", c.room)
		if !r.Sees(sentence) || !strings.Contains(r.painted(), sentence) {
			t.Errorf("%s passes the rest over:\n%s", c.path, r.Said())
		}
		r.Shot("06-full-" + c.path)
		r.Tap("key.erase")
		if r.Sees(sentence) {
			t.Errorf("%s says so though letters were taken away", c.path)
		}
	}
}
