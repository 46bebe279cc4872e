package web

import (
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// feeLines is a fee with its steps, as text.
type feeLines struct {
	Amount string
	Steps  []form.Step
}

func fee(f *form.Fee) *feeLines {
	if f == nil {
		return nil
	}
	return &feeLines{Amount: f.Amount.String(), Steps: f.Steps}
}

// asked is one page of a form as it was answered.
type asked struct {
	Title  string
	Rows   []answered
	Change string // address where it can be changed, or ""
}

type answered struct {
	Label, Text string
	Options     []string // what else was chosen with it
	Problem     string
	Blank       bool   // nothing was answered
	Secret      bool   // only shown on demand
	Later       bool   // to be handed in later
	Drawing     string // a signature as the path of a picture
}

// readOnly writes the pages of a view as question and answer. change gives the address for a page, or is nil.
func readOnly(v form.View, change func(page string) string) []asked {
	var out []asked
	for _, p := range v.Pages {
		a := asked{Title: p.Title}
		if change != nil {
			a.Change = change(p.ID)
		}
		for _, f := range p.Fields {
			if f.Kind == form.Info || f.Kind == form.Repeat {
				continue
			}
			a.Rows = append(a.Rows, answer(*f))
		}
		if len(a.Rows) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func answer(f form.Field) answered {
	a := answered{Label: f.Label, Text: f.Text, Secret: f.Secret}
	if !f.Missing {
		a.Problem = f.Problem
	}
	var chosen []form.Option
	for _, o := range options(f) {
		if o.Selected {
			chosen = append(chosen, o)
		}
	}
	switch {
	case f.Kind == form.Files && form.Later(f.Value):
		a.Later = true
	case f.Kind == form.Signature:
		a.Drawing = drawing(f.Value)
	case f.Kind == form.Consent:
		a.Text = "nicht bestätigt"
		if form.Same(f.Value, true) {
			a.Text = "bestätigt"
		}
	case len(chosen) == 1:
		a.Text = chosen[0].Label
		if m := mark(chosen[0]); m != "" && !strings.HasSuffix(a.Text, " "+m) {
			a.Text += " (" + m + ")"
		}
		if chosen[0].Hint != "" {
			a.Options = []string{chosen[0].Hint}
		}
	case len(chosen) > 1:
		a.Text = ""
		for i, o := range chosen {
			if i > 0 {
				a.Text += ", "
			}
			a.Text += o.Label
		}
	}
	if a.Text == "" {
		a.Text, a.Blank, a.Secret = "nicht angegeben", true, false
	}
	return a
}

// options are a field's choices. A yes-or-no question has two, also where its form does not name them.
func options(f form.Field) []form.Option {
	if f.Kind != form.Bool || len(f.Options) > 0 {
		return f.Options
	}
	return []form.Option{
		{Value: true, Label: "Ja", Selected: form.Same(f.Value, true)},
		{Value: false, Label: "Nein", Selected: form.Same(f.Value, false)},
	}
}
