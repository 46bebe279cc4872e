package page

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// A list that is longer than longList shows its first ones only, until somebody searches it. A search shows found ones at most.
const (
	longList = 24
	firstOf  = 8
	found    = 8
)

// searched gives which options are shown now, by their places in the list, and how many are left out. What is chosen stays in sight, on top of what was found.
func searched(options []form.Option, query string) (shown []int, left int) {
	var chosen, others []int
	switch {
	case strings.TrimSpace(query) != "":
		var labels []string
		for _, o := range options {
			labels = append(labels, o.Label+" "+o.Hint)
		}
		others = spelling.Search(labels, query, found)
	case len(options) > longList:
		for i := range options[:firstOf] {
			others = append(others, i)
		}
		left = len(options) - firstOf
	default:
		for i := range options {
			others = append(others, i)
		}
		return others, 0
	}
	for i, o := range options {
		if o.Selected {
			chosen = append(chosen, i)
		}
	}
	shown = chosen
	for _, i := range others {
		if !options[i].Selected {
			shown = append(shown, i)
		}
	}
	return shown, left
}

// searchField is the field above a long list.
func (d drawer) searchField(f form.Field) fyne.CanvasObject {
	path := f.Path + searchMark
	query := d.ev.Aside.queries[path]
	o := look.FieldOpts{
		Label: d.say("page.search.what", "what", strings.TrimRight(f.Label, "?:. ")), NoLabel: true, Example: d.say("page.search"), Icon: "search", Pill: true,
		Text: query, Focused: d.focused == path, Max: longestQuery, ID: path,
		Full: d.ev.Brim.Says(d.texts, d.st.Lang, path, query, longestQuery),
		Tap:  func() { d.focus(path) },
		Typed: func(text string, over bool) {
			if d.ev.Brim != nil {
				d.ev.Brim.Note(path, over)
			}
			d.ev.Aside.Search(path, text)
			d.show()
		},
	}
	if d.ev.Enter != nil {
		o.Enter = func() { d.ev.Enter(path) }
	}
	return look.Field(d.st, o)
}

// found are the options of a long list that are shown now, below the field to search it, as cells for the places given.
func (d drawer) found(f form.Field, cell func(place int) fyne.CanvasObject) fyne.CanvasObject {
	query := d.ev.Aside.queries[f.Path+searchMark]
	shown, left := searched(f.Options, query)
	gap := d.choiceGap()
	objs := []fyne.CanvasObject{d.searchField(f)}
	if len(shown) == 0 || strings.TrimSpace(query) != "" && !anyOther(f.Options, shown) {
		objs = append(objs, look.Remark(d.st, "info-circle", d.say("page.search.none")))
	}
	var cells []fyne.CanvasObject
	for _, i := range shown {
		cells = append(cells, cell(i))
	}
	objs = append(objs, look.Grid(gap, max(f.Columns, 1), cells...))
	if left > 0 {
		objs = append(objs, look.Remark(d.st, "search", d.say("page.search.more", "n", left)))
	}
	return look.Column(gap, objs...)
}

// anyOther tells whether something besides what is chosen is shown.
func anyOther(options []form.Option, shown []int) bool {
	for _, i := range shown {
		if !options[i].Selected {
			return true
		}
	}
	return false
}

func (d drawer) choiceGap() float32 {
	if d.st.Shell == look.Phone {
		return d.st.U(10)
	}
	return d.st.U(18)
}

func (d drawer) focus(path string) {
	if d.ev.Focus != nil {
		d.ev.Focus(path)
	}
}

func (d drawer) show() {
	if d.ev.Show != nil {
		d.ev.Show()
	}
}
