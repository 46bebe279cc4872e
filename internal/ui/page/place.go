package page

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// suggested is how many names are offered at once: more than that nobody reads while typing.
const suggested = 4

// place asks for a place where there is no map: street, number and words as fields of their own.
func (d drawer) place(f form.Field) fyne.CanvasObject {
	if f.ReadOnly {
		return look.Column(0, look.Text(d.st, look.Body, f.Label, look.TextOpts{Color: d.st.Colors().Ink2}),
			look.Text(d.st, look.Lead, f.Text, look.TextOpts{Bold: true}))
	}
	gap := d.st.U(30)
	if d.st.Shell == look.Phone {
		gap = d.st.U(20)
	}
	var parts []fyne.CanvasObject
	for _, p := range f.Parts {
		if d.shown[f.Path] && d.problem(p) == "" { // whoever tells the place's problem tells that of its parts
			d.shown = with(d.shown, p.Path)
		}
		names := d.suggestions(p)
		if names == nil {
			parts = append(parts, d.typed(p))
			continue
		}
		if d.st.Factor() > 1 { // the names are better than an example, and there is no room for both above the keyboard
			p.Hint, p.Example = "", ""
		}
		parts = append(parts, look.Column(d.st.U(14), d.typed(p), names))
	}
	f.Missing, f.Problem = false, "" // told at the part
	return d.block(f, look.Column(gap, parts...))
}

// with is a copy of shown in which path is told too: the caller's map is not ours.
func with(shown map[string]bool, path string) map[string]bool {
	more := map[string]bool{path: true}
	for p, yes := range shown {
		more[p] = more[p] || yes
	}
	return more
}

// suggestions offers what somebody could mean while he types; nil when there is nothing to offer.
func (d drawer) suggestions(f form.Field) fyne.CanvasObject {
	if d.ev.Suggest == nil || d.focused != f.Path || f.Text == "" {
		return nil
	}
	names := d.ev.Suggest(f)
	var buttons []fyne.CanvasObject
	for i, name := range names[:min(len(names), suggested)] {
		if name == f.Text { // it is there already
			return nil
		}
		buttons = append(buttons, look.Button(d.st, look.ButtonOpts{Label: name, Icon: "map-pin", Small: true, ID: optionID(f.Path, i), Tap: func() {
			d.answer(f.Path, name)
		}}))
	}
	if buttons == nil {
		return nil
	}
	gap := d.st.U(14)
	if d.st.Shell == look.Phone {
		gap = d.st.U(10)
	}
	return look.Grid(gap, 2, buttons...)
}
