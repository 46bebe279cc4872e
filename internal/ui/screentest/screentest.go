// Package screentest lets a test use a shell as somebody does who stands before it: look, touch, wait, take a picture.
package screentest

import (
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// patience is how long a test waits for something that has to come.
const patience = time.Minute

// Screen is a shell's window.
type Screen struct {
	T     testing.TB
	W     fyne.Window
	UI    chan func()           // what waits for the UI goroutine, which is the test's own
	Name  func() string         // names the screen shown
	Sheet func() *scroll.Scroll // what scrolls on it; gives nil where nothing does
}

// Wait runs what comes back to the screen until something is so.
func (s *Screen) Wait(what string, so func() bool) {
	s.T.Helper()
	late := time.After(patience)
	for !so() {
		select {
		case f := <-s.UI:
			f()
		case <-late:
			s.T.Fatalf("waited in vain for %s on screen %q:\n%s", what, s.Name(), s.Said())
		}
	}
}

// WaitFor waits until words are on the screen.
func (s *Screen) WaitFor(words string) {
	s.T.Helper()
	s.Wait("“"+words+"”", func() bool { return s.Sees(words) })
}

// WaitScreen waits for the screen with this name.
func (s *Screen) WaitScreen(name string) {
	s.T.Helper()
	s.Wait("the screen "+name, func() bool { return s.Name() == name })
}

// Nodes are what is on the screen.
func (s *Screen) Nodes() []tree.Node { return tree.Of(s.W.Canvas()) }

// Said is everything on the screen as text, for the message of a test that fails.
func (s *Screen) Said() string {
	var b strings.Builder
	for _, n := range s.Nodes() {
		b.WriteString(string(n.Role) + " " + n.Name + " | " + n.Value + " | " + n.Text + " " + n.State + " #" + n.ID + "\n")
	}
	return b.String()
}

// Sees tells whether words are on the screen.
func (s *Screen) Sees(words string) bool {
	for _, n := range s.Nodes() {
		if strings.Contains(n.Name, words) || strings.Contains(n.Value, words) || strings.Contains(n.Text, words) {
			return true
		}
	}
	return false
}

// Find gives what can be touched and has this name or id.
func (s *Screen) Find(what string) (tree.Node, bool) {
	for _, n := range s.Nodes() {
		if n.Touchable() && (n.Name == what || n.ID == what) {
			return n, true
		}
	}
	return tree.Node{}, false
}

// Has tells whether something has this id.
func (s *Screen) Has(id string) bool {
	for _, n := range s.Nodes() {
		if n.ID == id {
			return true
		}
	}
	return false
}

// Tap touches what has these names or ids, one after the other, and scrolls to what is out of sight.
func (s *Screen) Tap(all ...string) {
	s.T.Helper()
	for _, what := range all {
		n, ok := s.Find(what)
		if sheet := s.Sheet(); ok && sheet != nil && n.Role != tree.Key {
			if n.ID != "" {
				sheet.Reveal(n.ID)
			} else if n.Is("hidden") {
				sheet.ScrollTo(sheet.Offset() + float32(n.Bounds.Y) - s.W.Canvas().Size().Height/3)
			}
			n, ok = s.Find(what)
		}
		if !ok {
			s.T.Fatalf("nothing to touch is called %q on screen %q:\n%s", what, s.Name(), s.Said())
		}
		x, y := n.Bounds.Center()
		test.TapCanvas(s.W.Canvas(), fyne.NewPos(float32(x), float32(y)))
	}
}

// Shot writes a picture of the screen into the folder RATHAUSNAH_SHOTS, if there is one and RATHAUSNAH_ONLY (a regular expression) allows its
// name.
func (s *Screen) Shot(name string) {
	s.T.Helper()
	dir := os.Getenv("RATHAUSNAH_SHOTS")
	if dir == "" || !regexp.MustCompile(os.Getenv("RATHAUSNAH_ONLY")).MatchString(name) {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.T.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		s.T.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, s.W.Canvas().Capture()); err != nil {
		s.T.Fatal(err)
	}
}

// Touch finds what can be touched under this id in an object, seen or not; nil: there is none.
func Touch(in fyne.CanvasObject, id string) *look.Touch {
	if t, ok := in.(*look.Touch); ok && t.Describe().ID == id {
		return t
	}
	for _, o := range tree.Inside(in) {
		if found := Touch(o, id); found != nil {
			return found
		}
	}
	return nil
}
