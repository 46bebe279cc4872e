package page

import (
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// Aside is what belongs to a page and is no answer: what a long list is searched for, which calendar is open. A shell keeps one for each page it shows and
// gives it to every drawing. Its zero value is ready.
type Aside struct {
	queries map[string]string // by path
	open    string            // path of the date that is pointed at: one at a time
	month   time.Time         // the first of the month that its calendar shows; zero: where it begins by itself
	born    birth
}

// birth is how far a day long ago has been chosen: day, month, the first year of ten. Zero: not yet.
type birth struct{ day, month, decade int }

// searchMark follows a choice's path in the path of its search field.
const searchMark = "?"

// Searching tells whether a path is that of a search field, which holds no answer.
func Searching(path string) bool { return strings.HasSuffix(path, searchMark) }

// Search takes over what was typed into the search field at a path.
func (a *Aside) Search(path, typed string) {
	if a.queries == nil {
		a.queries = map[string]string{}
	}
	a.queries[path] = typed
}

// Point opens the calendar of the date at a path.
func (a *Aside) Point(path string) { a.open, a.month, a.born = path, time.Time{}, birth{} }

// Open is the path of the date that is pointed at; "" for none.
func (a *Aside) Open() string { return a.open }

// Close puts away what is open besides the page's fields.
func (a *Aside) Close() { a.open = "" }

// longestQuery is what fits into a search field, in characters.
const longestQuery = 60

// Inputs are all that can be typed or chosen on a page, in order: its fields, the parts of those that have some, and behind each long list the field to
// search it, whose path no answer has.
func (a *Aside) Inputs(p form.Page) []form.Field {
	var all []form.Field
	for _, f := range p.Inputs() {
		all = append(all, f)
		if f.Search && !f.ReadOnly {
			path := f.Path + searchMark
			all = append(all, form.Field{Path: path, Kind: form.Text, Keys: form.KeysText, Text: a.queries[path], Max: longestQuery})
		}
	}
	return all
}

// Dotted is what stands in a field after another letter was typed. In a date's, the points come by themselves: 0304 is on its way to 03.04.
func Dotted(f form.Field, before, after string) string {
	if f.Kind != form.Date || len(after) != len(before)+1 || after[:len(before)] != before {
		return after
	}
	if last := after[len(after)-1]; last < '0' || last > '9' {
		return after
	}
	digits := 0
	for i := len(before) - 1; i >= 0 && before[i] >= '0' && before[i] <= '9'; i-- {
		digits++
	}
	points := 0
	for _, r := range before {
		switch {
		case r == '.':
			points++
		case r < '0' || r > '9':
			return after
		}
	}
	if digits == 2 && points < 2 {
		return before + "." + after[len(before):]
	}
	return after
}
