package mobile

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// fieldAt is the field with this id, as it is told.
func (r *rig) fieldAt(id string) tree.Node {
	r.T.Helper()
	for _, n := range r.Nodes() {
		if n.ID == id && n.Role == tree.Field {
			return n
		}
	}
	r.T.Fatalf("there is no field %s on screen %q:\n%s", id, r.a.Screen(), r.Said())
	return tree.Node{}
}

// long is what a phone's clipboard may hold: 10,000 letters.
var long = strings.Repeat("Überlänge ", 1000)

// Pasted letters past a field's room vanished without a word, and a text was sent that ended in the middle.
func TestAFieldWithoutRoomSaysSoAtOnceAndKeepsWhatWasPasted(t *testing.T) {
	for lang, says := range map[string]string{
		"de":        "Hier ist Platz für %d Zeichen. Mehr geht nicht.",
		"en":        "There is room for %d characters. No more will fit.",
		"de-simple": "Hier passen nur %d Zeichen hinein.",
	} {
		for path, c := range map[string]struct {
			room int
			open func(r *rig)
		}{
			"/name": {100, func(r *rig) {
				q := r.a.question(r.applied(map[string]any{"/name": nil}), "person", false)
				q.focus = "/name"
				r.a.push(q)
			}},
			fieldStreet: {80, func(r *rig) {
				r.a.push(&where{draft: r.a.begin(nil), edit: true, focus: "street"})
			}},
			fieldWords:  {300, func(r *rig) { r.a.push(&where{draft: r.filled(), focus: "words"}) }},
			fieldSearch: {60, func(r *rig) { r.a.room(&services{focused: true}) }},
			fieldCode:   {60, func(r *rig) { r.a.push(&pickup{focused: true}) }},
			fieldReply: {2000, func(r *rig) {
				r.reports()
				r.a.push(&reply{of: &detail{report: r.a.reports[4]}, question: r.a.reports[4].Answer.Questions[0], focused: true, text: string([]rune(long)[:1990])})
			}},
		} {
			if lang != "de" && path != "/name" { // one field is enough to know its language
				continue
			}
			t.Run(lang+path, func(t *testing.T) {
				r := newRig(t, phone)
				r.a.style.Lang = lang
				c.open(r)
				r.a.show()
				sentence := fmt.Sprintf(says, c.room)
				was := r.fieldAt(path)
				if was.Is("full") || was.Text != "" {
					t.Errorf("an empty field says %q", was.Text)
				}
				r.types(long)
				if f := r.fieldAt(path); f.Value != was.Value+string([]rune(long)[:c.room-len([]rune(was.Value))]) || !f.Is("full") || f.Is("invalid") || f.Text != sentence {
					t.Errorf("the field says %q, state %q, and holds %d letters", f.Text, f.State, len([]rune(f.Value)))
				}
				r.Shot("p10-full" + strings.ReplaceAll(path, "/", "-") + "-" + lang)
				for _, f := range tree.CheckAt(r.Nodes(), 1, leastTouch) {
					t.Error(f)
				}
				r.W.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
				if f := r.fieldAt(path); f.Is("full") || f.Text != "" || len([]rune(f.Value)) != c.room-1 {
					t.Errorf("a letter was taken away, and the field says %q and holds %d letters", f.Text, len([]rune(f.Value)))
				}
				r.types("x")
				if f := r.fieldAt(path); f.Is("full") {
					t.Error("a letter that fits is said not to")
				}
			})
		}
	}
}

// Signs that registers cannot hold get a sentence when the field is left; names of other scripts are names.
func TestEmojiAndOtherScriptsAreKeptAndSpokenOf(t *testing.T) {
	for _, c := range []struct{ path, page, typed, says string }{
		{"/name", "person", "👨‍👩‍👧 Renate", "Bitte nur Buchstaben, Ziffern und übliche Satzzeichen. Bildzeichen gehen hier nicht."},
		{"/name", "person", "רחל לוי", ""},
		{"/plate", "vehicle", "רחל לוי", "Das sieht noch nicht wie ein Kennzeichen aus. Ein Beispiel ist MI-AB 123."},
		{"/plate", "vehicle", "ABC", "Hier fehlt noch die Zahl am Ende."},
	} {
		r := newRig(t, phone)
		q := r.a.question(r.applied(map[string]any{c.path: nil}), c.page, false)
		q.focus = c.path
		r.a.push(q)
		r.types(c.typed)
		r.a.rest()
		if f := r.fieldAt(c.path); f.Value != c.typed || f.Text != c.says || f.Is("invalid") != (c.says != "") {
			t.Errorf("%s: of %q the field holds %q and says %q", c.path, c.typed, f.Value, f.Text)
		}
	}
}
