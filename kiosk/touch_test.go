package kiosk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// touchables are what can be touched, in order; of the keys that write, one stands for all.
func (r *rig) touchables() []tree.Node {
	var all []tree.Node
	written := false
	for _, n := range r.Nodes() {
		if !n.Touchable() {
			continue
		}
		if n.Role == tree.Key && len([]rune(strings.TrimPrefix(n.ID, "key."))) == 1 {
			if written {
				continue
			}
			written = true
		}
		all = append(all, n)
	}
	return all
}

// changes is what a touch may change: the screen, what is on it (but for the focus, which every touch takes along), the event log.
type changes struct {
	screen string
	tree   []tree.Node
	events int
}

func (c changes) same(d changes) bool {
	return c.screen == d.screen && c.events == d.events && slices.EqualFunc(c.tree, d.tree, func(a, b tree.Node) bool {
		return a.Role == b.Role && a.Name == b.Name && a.Value == b.Value && a.Text == b.Text && a.State == b.State && a.ID == b.ID && a.Bounds == b.Bounds
	})
}

func (r *rig) now() changes {
	nodes := r.Nodes()
	for i, n := range nodes {
		nodes[i].State = strings.TrimSpace(strings.ReplaceAll(" "+n.State+" ", " focused ", " "))
	}
	return changes{r.k.Screen(), nodes, len(r.events)}
}

// idle runs what came back to the screen meanwhile.
func (r *rig) idle() {
	for {
		select {
		case f := <-r.UI:
			f()
		default:
			return
		}
	}
}

// says tells whether the screen says already what a touch would say.
func (r *rig) says(n tree.Node) bool {
	switch {
	case n.Role == tree.Radio && n.Is("checked"): // it is chosen
		return true
	case n.Role == tree.Field && n.Is("focused"): // it is ready to be typed into
		return true
	}
	var at tree.Node
	for _, f := range r.Nodes() {
		if f.Role == tree.Field && r.k.page.typing != nil && f.ID == r.k.page.typing.path {
			at = f
		}
	}
	writes := n.Role == tree.Key && (n.ID == "key.space" || len([]rune(n.ID)) == len("key.x"))
	switch {
	case at.ID == "":
		return false
	case n.ID == "key.erase":
		return at.Value == ""
	case writes && at.Is("full"):
		return true
	case n.ID == "key.space" && at.ID == "/plate": // a whole plate has its blank
		return true
	case n.ID == "next" || n.ID == "key.done": // the code is still the wrong one
		return r.k.Screen() == "code" && at.Is("invalid")
	}
	return false
}

// "Hilfe" was drawn, and did nothing, on the help page itself, while somebody paid, and on the last page.
func TestWhatIsDrawnToBeTouchedDoesSomething(t *testing.T) {
	for _, size := range []fyne.Size{portrait, landscape} {
		for _, all := range everywhere {
			r := all.rig(t, size)
			for _, s := range all.screens {
				seen := 0
				for i := 0; ; i++ {
					r.k.Wipe()
					s.go_(r)
					r.idle()
					nodes := r.touchables()
					if i >= len(nodes) {
						break
					}
					n := nodes[i]
					if sheet := r.k.sheet; sheet != nil && n.Role != tree.Key && n.Full() != n.Bounds || n.Is("hidden") {
						sheet.ScrollTo(sheet.Offset() + float32(n.Bounds.Y) - size.Height/3)
						if n = r.touchables()[i]; n.Is("hidden") {
							t.Errorf("%s: %q cannot be scrolled to", s.name, n.Name)
							continue
						}
					}
					seen++
					if r.says(n) {
						continue
					}
					before := r.now()
					x, y := n.Bounds.Center()
					test.TapCanvas(r.W.Canvas(), fyne.NewPos(float32(x), float32(y)))
					for late := time.After(time.Second); before.same(r.now()); {
						select {
						case f := <-r.UI:
							f()
							continue
						case <-late:
						}
						t.Errorf("%s, %.0f wide: %s %q (#%s) is touched, and nothing happens", s.name, size.Width, n.Role, n.Name, n.ID)
						break
					}
				}
				if seen == 0 && !strings.Contains(s.name, "busy") {
					t.Errorf("%s: there is nothing to touch, not even help for eyes and ears", s.name)
				}
			}
		}
	}
}
