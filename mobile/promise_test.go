package mobile

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynemobile "fyne.io/fyne/v2/driver/mobile"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// A slow finger stays longer on a button than the system calls a tap. Nothing on any screen answers only quick ones.
func TestASlowFingerIsUnderstoodEverywhere(t *testing.T) {
	r := newRig(t, phone)
	for _, s := range screens {
		r.clear()
		s.go_(r)
		quick, slow := 0, 0
		var look func(o fyne.CanvasObject)
		look = func(o fyne.CanvasObject) {
			if _, taps := o.(fyne.Tappable); taps {
				quick++
				if _, long := o.(fyne.SecondaryTappable); long {
					slow++
				} else {
					t.Errorf("%s: a long press on %T does nothing", s.name, o)
				}
			}
			for _, i := range tree.Inside(o) {
				look(i)
			}
		}
		look(r.a.root)
		if quick == 0 || slow != quick {
			t.Errorf("%s: %d things can be touched, %d of them slowly", s.name, quick, slow)
		}
	}
}

// The line comes back just while a slow finger is on a button: drawn anew under it, the button would not notice that it goes up. By hand a first
// report was begun, and nothing happened.
func TestASlowFingerIsNotLostWhenTheLineComes(t *testing.T) {
	r := newRig(t, phone)
	r.a.online = false
	r.a.show()
	b := screentest.Touch(r.a.root, "photo")
	finger := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	b.MouseDown(finger)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.a.Run(ctx); close(done) }()
	(<-r.UI)() // it wants to look how the reports stand
	if !gentle.Touched(r.a.root) || r.a.online {
		t.Error("the screen was drawn anew under the finger")
	}
	b.MouseUp(finger)
	b.Tapped(&fyne.PointEvent{})
	if r.a.Screen() != "album" {
		t.Errorf("on %q", r.a.Screen())
	}
	r.Wait("the line", func() bool { return r.a.online })
	stop()
	<-done
}

// Whatever somebody opened: the phone's own key leads home, and out of the app only from there.
func TestTheBackKeyLeadsHomeFromEverywhere(t *testing.T) {
	r := newRig(t, phone)
	for _, s := range screens {
		if strings.HasSuffix(s.name, "-busy") {
			continue // what is being sealed is not left in the middle
		}
		r.clear()
		s.go_(r)
		for n := 0; r.a.Screen() != "start"; n++ {
			if n == 6 {
				t.Errorf("%s: six times back, and still on %q", s.name, r.a.Screen())
				break
			}
			key := &fyne.KeyEvent{Name: fynemobile.KeyBack}
			if f := r.W.Canvas().Focused(); f != nil {
				f.TypedKey(key)
			} else {
				r.W.Canvas().OnTypedKey()(key)
			}
			if c, covers := r.a.top().(*cover); covers && c.saving {
				r.Wait("what is covered to be burned in", func() bool { return r.a.top() != screen(c) })
			}
		}
	}
}

// The thumb of the hand that holds the phone reaches the lower part. The way on is there, and the rooms are; only where large words leave no room
// on a small phone, they come at the end of the page.
func TestOneHandIsEnough(t *testing.T) {
	r := newRig(t, phone)
	for _, size := range []fyne.Size{{Width: 320, Height: 568}, {Width: 390, Height: 844}, {Width: 430, Height: 932}} {
		r.W.Resize(size)
		for _, factor := range []float32{1, 2} {
			r.a.style.Text = factor
			for _, s := range screens {
				r.clear()
				s.go_(r)
				low := lowest(r)
				for _, n := range low {
					if _, y := n.Bounds.Center(); y < int(size.Height*0.5) {
						t.Errorf("%s, %.0f wide, text %.0f: %q is at %d, out of a thumb's reach", s.name, size.Width, factor, n.Name, y)
					}
				}
				for _, b := range r.a.page.foot {
					if !slices.ContainsFunc(low, func(n tree.Node) bool { return n.ID == b.ID }) && factor == 1 {
						t.Errorf("%s, %.0f wide: %q is not at the foot", s.name, size.Width, b.Label)
					}
				}
			}
		}
	}
}

// lowest is what can be touched below all that scrolls.
func lowest(r *rig) []tree.Node {
	edge := float32(0)
	if s := r.a.sheet; s != nil {
		edge = fyne.CurrentApp().Driver().AbsolutePositionForObject(s).Y + s.Size().Height
	} else {
		edge = r.a.size.Height / 2
	}
	return slices.DeleteFunc(r.Nodes(), func(n tree.Node) bool {
		return !n.Touchable() || n.Role == tree.Key || float32(n.Bounds.Y) < edge-1 || n.Is("hidden")
	})
}

// What is stored and what is sent is said in a sentence, before it happens, and the sentence is true.
func TestWhatIsStoredAndWhatIsSentIsSaidAndTrue(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg")
	d.visit.Answer(pathWords, "Am Zebrastreifen.")
	r.a.keep(d, true)
	r.a.push(&foto{draft: d})
	if !r.Sees("Bis zum Absenden bleibt alles verschlüsselt auf Ihrem Handy.") {
		t.Errorf("beside the photo nobody says where it is:\n%s", r.Said())
	}
	r.a.push(&begun{draft: d})
	if !r.Sees("Das liegt nur auf Ihrem Handy, verschlüsselt. Gesendet ist noch nichts.") {
		t.Errorf("of what was begun nobody says where it is:\n%s", r.Said())
	}
	r.calm()
	if r.memory.sends() != 0 {
		t.Error("something is sent already")
	}
	r.a.push(&ask{filling: filling{draft: d}})
	if !r.Sees("Gesendet werden nur Ihre Angaben, die Fotos ohne versteckte Daten und der Ort. Kein Name.") ||
		!r.Sees("Auf dem Handy bleiben die Nummer und ein kleines Bild, verschlüsselt.") {
		t.Errorf("nobody says what is sent and what stays:\n%s", r.Said())
	}
	r.Tap("send")
	r.WaitScreen("sent")
	r.calm()
	app := r.opened()[0]
	answers, err := json.Marshal(app.Answers)
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(answers, &sent); err != nil {
		t.Fatal(err)
	}
	for key := range sent {
		if !slices.Contains([]string{"category", "what", "size", "danger", "place", "words", "photos"}, key) {
			t.Errorf("sent is also %q", key)
		}
	}
	if files, err := json.Marshal(app.Attachments); err != nil || strings.Contains(string(files), "schlagloch") {
		t.Errorf("the file's name is sent: %s, %v", files, err)
	}
	if n := r.memory.count(shelfDraft) + r.memory.count(shelfPhoto); n != 0 || r.memory.count(shelfReport) != 1 {
		t.Errorf("%d things of the draft stay on the phone", n)
	}
	for _, e := range must1(r.memory.List(t.Context(), shelfReport)) {
		if strings.Contains(string(e.Data), "Zebrastreifen") {
			t.Error("the words stay on the phone")
		}
	}
}

// How a report stands is a word, a sign and a colour, in this order of importance: no two states share word or sign, and both the list and the
// report's own page say them.
func TestEveryStateIsAWordAndASign(t *testing.T) {
	r := newRig(t, phone)
	day := r.clock
	at := func(state service.State) *service.Answer { return &service.Answer{State: state, At: day} }
	words, signs := map[string]string{}, map[string]string{}
	for _, s := range []struct {
		name   string
		online bool
		report reportData
		stand  Standing
		word   string
	}{
		{"saved", true, reportData{At: day}, Waiting, "Gespeichert"},
		{"waiting for network", false, reportData{At: day}, Waiting, "Wartet auf Netz"},
		{"arrived", true, reportData{At: day, Arrived: day}, Arrived, "Angekommen"},
		{"in work", true, reportData{At: day, Arrived: day, Answer: at(service.StateInWork)}, Arrived, "In Arbeit"},
		{"done", true, reportData{At: day, Arrived: day, Answer: at(service.StateApproved)}, Arrived, "Erledigt"},
	} {
		r.clear()
		s.report.Title, s.report.Category, s.report.Envelope, s.report.Read = "Schlagloch", "strasse", "e", day
		rep := &report{reportData: s.report, standing: s.stand}
		r.a.online, r.a.reports = s.online, []*report{rep}
		_, sign, word := r.a.stateOf(rep)
		if word != s.word || sign == "" {
			t.Errorf("%s: %q with the sign %q", s.name, word, sign)
		}
		if other := words[word]; other != "" {
			t.Errorf("%s and %s are both %q", s.name, other, word)
		}
		if other := signs[sign]; other != "" {
			t.Errorf("%s and %s have the same sign", s.name, other)
		}
		words[word], signs[sign] = s.name, s.name
		if !look.HasIcon(sign) {
			t.Errorf("%s: there is no sign %q", s.name, sign)
		}
		r.a.room(&mine{})
		if n, ok := r.Find("report.e"); !ok || !strings.Contains(strings.ToLower(n.Value), strings.ToLower(s.word)) {
			t.Errorf("%s: the list says %q", s.name, n.Value)
		}
		r.a.push(&detail{report: rep})
		if !r.Sees(s.word) {
			t.Errorf("%s: its page says\n%s", s.name, r.Said())
		}
	}
}
