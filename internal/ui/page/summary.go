package page

import (
	"strconv"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Summary shows all answers on a card, page by page, each with a button to change it. change is told the page's number.
func Summary(st look.Style, texts look.Texts, v form.View, change func(page int)) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for i, p := range v.Pages {
		var said []fyne.CanvasObject
		name := ""
		for _, f := range p.Fields {
			if f.Kind == form.Entry {
				said = append(said, look.Text(st, look.Lead, f.Label, look.TextOpts{Bold: true, Heading: true}))
				continue
			}
			if f.Kind == form.Info || f.Kind == form.Repeat || f.Kind == form.Photos && f.Text == "" { // nobody misses photos where there is no camera
				continue
			}
			if name == "" {
				name = f.Label
			}
			said = append(said, answer(st, texts, *f))
		}
		if said == nil {
			continue
		}
		if len(said) > 1 && p.Title != "" {
			name = p.Title
		}
		if rows != nil {
			rows = append(rows, look.Line(st))
		}
		button := look.Button(st, look.ButtonOpts{Label: texts.Say(st.Lang, "page.change"), Name: texts.Say(st.Lang, "page.change.what", "what", name),
			Icon: "pencil", Small: true, ID: "change." + strconv.Itoa(i), Tap: func() {
				if change != nil {
					change(i)
				}
			}})
		rows = append(rows, look.Beside(st.Gap(), look.Column(st.U(14), said...), button))
	}
	return look.Card(st, look.Column(st.U(20), rows...))
}

// answer is one answer with its name above.
func answer(st look.Style, texts look.Texts, f form.Field) fyne.CanvasObject {
	if value, ok := f.Value.(string); ok && f.Kind == form.Signature && f.Text != "" {
		d := drawer{st: st, texts: texts}
		return look.Column(0, look.Text(st, look.Body, f.Label, look.TextOpts{Color: st.Colors().Ink2}), d.signed(f.Label, value, f.Text))
	}
	value, none := f.Text, false
	switch {
	case f.Kind == form.Consent && f.Value == true:
		value = texts.Say(st.Lang, "page.agreed")
	case value == "":
		value, none = texts.Say(st.Lang, "page.none"), true
	case f.Secret:
		value = tree.Mask(value)
	}
	return look.Pair(st, f.Label, value, none)
}
