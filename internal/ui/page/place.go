package page

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// suggested is how many names are offered at once: more than that nobody reads while typing.
const suggested = 4

// place asks for an answer made of parts, each a field of its own: an address, a person, and a place where there is no map.
func (d drawer) place(f form.Field) fyne.CanvasObject {
	if f.ReadOnly {
		return look.Column(0, look.Text(d.st, look.Body, f.Label, look.TextOpts{Color: d.st.Colors().Ink2}),
			look.Text(d.st, look.Lead, d.shownText(f), look.TextOpts{Bold: true}))
	}
	gap := d.st.U(30)
	if d.st.Shell == look.Phone {
		gap = d.st.U(20)
	}
	if d.shown[f.Path] { // whoever tells the whole's problem tells that of its parts
		for _, p := range f.Parts {
			if d.problem(p) == "" {
				d.shown = with(d.shown, p.Path)
			}
		}
	}
	var parts []fyne.CanvasObject
	for i := 0; i < len(f.Parts); i++ {
		p := f.Parts[i]
		names := d.suggestions(f, p)
		if names != nil && d.st.Factor() > 1 { // the names are better than an example, and there is no room for both above the keyboard
			p.Hint, p.Example = "", ""
		}
		pair := func(p form.Field) fyne.CanvasObject { // a narrow one has no room for an example before somebody types
			if d.focused != p.Path && d.problem(p) == "" {
				p.Example = ""
			}
			return d.typed(p)
		}
		line := d.picked(p, d.typed(p))
		if i+1 < len(f.Parts) && f.Kind == form.Address && d.st.Shell == look.Terminal && d.st.Factor() == 1 { // what people write on one line
			if shares := together(p.Path, f.Parts[i+1].Path); shares != nil {
				i++
				line = look.Shares(d.st.Gap(), shares, pair(p), pair(f.Parts[i]))
			}
		}
		if names != nil {
			line = look.Column(d.st.U(14), line, names)
		}
		parts = append(parts, line)
	}
	if f.Note != "" && d.problem(f) == "" && !strings.HasPrefix(d.focused, f.Path+"/") { // below, and not while somebody types: it would move what he types into
		parts = append(parts, d.note(f.Note))
	}
	f.Note, f.Missing, f.Problem = "", false, "" // told at the part
	return d.block(f, look.Column(gap, parts...))
}

// together gives the shares of two parts of an address that stand on one line: a street and its number, a postcode and its town.
func together(a, b string) []float32 {
	switch {
	case strings.HasSuffix(a, "/street") && strings.HasSuffix(b, "/number"):
		return []float32{5, 3}
	case strings.HasSuffix(a, "/postcode") && strings.HasSuffix(b, "/town"):
		return []float32{3, 5}
	}
	return nil
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
func (d drawer) suggestions(whole, f form.Field) fyne.CanvasObject {
	if d.focused != f.Path || f.Text == "" {
		return nil
	}
	if len(f.Offers) > 0 {
		return d.offers(whole, f)
	}
	if d.ev.Suggest == nil {
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
	return d.offered(buttons)
}

// offered puts what is offered two beside each other; nil for nothing.
func (d drawer) offered(buttons []fyne.CanvasObject) fyne.CanvasObject {
	if buttons == nil {
		return nil
	}
	gap := d.st.U(14)
	if d.st.Shell == look.Phone {
		gap = d.st.U(10)
	}
	return look.Grid(gap, 2, buttons...)
}

// offers are those of a part's offers that could be meant. One touch fills in what goes along with it, too.
func (d drawer) offers(whole, f form.Field) fyne.CanvasObject {
	var texts []string
	for _, o := range f.Offers {
		texts = append(texts, o.Text)
	}
	typed := f.Text
	if at := form.ParseSpot(typed); strings.HasSuffix(f.Path, "/street") && at.Number != "" { // the number may be typed along with it
		typed = at.Street
	}
	icon := "chevron-right"
	if strings.HasSuffix(f.Path, "/street") {
		icon = "map-pin"
	}
	var buttons []fyne.CanvasObject
	for i, n := range spelling.Search(texts, typed, suggested) {
		o := f.Offers[n]
		if o.Text == f.Text { // it is there already
			return nil
		}
		buttons = append(buttons, look.Button(d.st, look.ButtonOpts{Label: o.Text, Icon: icon, Small: true, ID: optionID(f.Path, i), Tap: func() {
			d.answer(whole.Accept(f.Path[strings.LastIndexByte(f.Path, '/')+1:], o))
		}}))
	}
	return d.offered(buttons)
}
