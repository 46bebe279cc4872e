package page

import (
	"cmp"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Advice shows what the form says beforehand about a goal, explained step by step: what the service of this title costs, whether somebody is entitled, what
// has to be brought along. refused says that nobody with these answers is entitled.
func Advice(st look.Style, texts look.Texts, g form.Goal, title string, a form.Advice) (body []fyne.CanvasObject, refused bool) {
	d := drawer{st: st, texts: texts}
	refused = slices.ContainsFunc(a.Rulings, func(r form.Ruling) bool { return !r.OK })
	switch {
	case g == form.Cost && a.Fee != nil && a.Fee.Amount == 0:
		body = append(body, d.told(look.OK, "check", d.say("summary.free")))
	case g == form.Cost && a.Fee != nil:
		body = d.cost(title, a.Fee)
	case g == form.Entitled && a.Rulings != nil:
		body = d.rulings(a.Rulings, refused, a.View.Complete)
	case g == form.Papers && len(a.Needs) > 0:
		body = append(body, Needs(st, texts, a.Needs))
	case g == form.Papers && a.View.Complete:
		body = append(body, d.told(look.OK, "check", d.say("advice.papers.none")))
	default:
		body = append(body, d.told(look.Info, "info-circle", d.say("advice.unknown")))
	}
	return body, refused
}

// Needs lists what has to be brought along; nil when it is nothing.
func Needs(st look.Style, texts look.Texts, needs []form.Need) fyne.CanvasObject {
	if len(needs) == 0 {
		return nil
	}
	d := drawer{st: st, texts: texts}
	rows := []fyne.CanvasObject{d.heading(d.say("advice.bring"))}
	for _, n := range needs {
		rows = append(rows, d.marked(cmp.Or(n.Icon, "certificate"), st.Colors().Accent, d.terminal(48, 28), n.Text))
	}
	return look.Column(d.terminal(14, 10), rows...)
}

// cost is a fee with its steps.
func (d drawer) cost(title string, f *form.Fee) []fyne.CanvasObject {
	objs := []fyne.CanvasObject{look.Note(d.st, look.NoteOpts{Kind: look.Info, Icon: "coin-euro", Text: title, Value: f.Amount.Format(d.st.Lang)})}
	var rows []fyne.CanvasObject
	for i, step := range f.Steps {
		if i > 0 {
			rows = append(rows, look.Line(d.st))
		}
		rows = append(rows, look.Pair(d.st, step.Label, step.Value, false))
	}
	if rows == nil {
		return objs
	}
	return append(objs, d.heading(d.say("advice.steps")), look.Card(d.st, look.Column(d.terminal(16, 12), rows...)))
}

// rulings says yes or no, and why: each rule with a sign and a sentence.
func (d drawer) rulings(list []form.Ruling, refused, complete bool) []fyne.CanvasObject {
	kind, icon, word := look.OK, "check", "advice.yes"
	switch {
	case refused:
		kind, icon, word = look.Warn, "info-circle", "advice.no"
	case !complete:
		kind, icon, word = look.Info, "info-circle", "advice.unknown"
	}
	var rows []fyne.CanvasObject
	for _, r := range list {
		icon, ink := "check", d.st.Colors().OK
		if !r.OK {
			icon, ink = "x", d.st.Colors().Error
		}
		rows = append(rows, d.marked(icon, ink, d.terminal(44, 26), r.Text))
	}
	return []fyne.CanvasObject{d.told(kind, icon, d.say(word)), d.heading(d.say("advice.why")), look.Card(d.st, look.Column(d.terminal(18, 14), rows...))}
}

func (d drawer) told(kind look.Kind, icon, text string) fyne.CanvasObject {
	return look.Note(d.st, look.NoteOpts{Kind: kind, Icon: icon, Text: text})
}

func (d drawer) heading(text string) fyne.CanvasObject {
	return look.Text(d.st, look.TitleS, text, look.TextOpts{Bold: true, Heading: true})
}

// marked is a sentence behind a sign of this size.
func (d drawer) marked(icon string, ink color.Color, size float32, text string) fyne.CanvasObject {
	gap, sign, said := d.terminal(20, 12), look.Icon(d.st, icon, size, ink), look.Text(d.st, look.Body, text, look.TextOpts{})
	height := func(w float32) float32 { return max(size, look.HeightFor(said, w-size-gap)) }
	return look.NewScene(size+gap+d.terminal(112, 60), height, func(s fyne.Size) []fyne.CanvasObject {
		h := look.HeightFor(said, s.Width-size-gap)
		return []fyne.CanvasObject{look.At(sign, 0, (s.Height-size)/2, size, size), look.At(said, size+gap, (s.Height-h)/2, s.Width-size-gap, h)}
	})
}

// terminal is the first measure at a terminal and the second on a phone, in the screen's own.
func (d drawer) terminal(there, phone float32) float32 {
	if d.st.Shell == look.Phone {
		return d.st.U(phone)
	}
	return d.st.U(there)
}
