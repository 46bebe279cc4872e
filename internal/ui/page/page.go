// Package page draws a form.View: its pages as widgets, and the summary "Stimmt alles?".
package page

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Events is what a shell is told of what a citizen does on a page, and what it is asked while the page is drawn. Each may be nil.
type Events struct {
	Answer func(path string, v any) // something was chosen; v is the new value, nil when it was taken back
	Focus  func(path string)        // a field to type into was touched
	Enter  func(path string)        // Enter on a hardware keyboard
	// Typed is told that a hardware keyboard changed the text of a field; over: its letter found no room, and the text is as it was.
	Typed func(path, text string, over bool)
	// Brim knows which fields are full to the brim.
	Brim *Brim

	Gone string // path of a list that an entry was taken out of just now: Undo puts it back
	Undo func()

	// Own draws a field in the shell's own way: photos where there is a camera, a place where there is a map. nil for a field that is drawn as
	// everywhere.
	Own func(f form.Field) fyne.CanvasObject
	// Files draws what a shell offers to give files with, and those that are there; nil where no file can be given.
	Files func(f form.Field) fyne.CanvasObject
	// Suggest gives what somebody could mean who typed f.Text into a field, best first: names of streets. The first four are offered.
	Suggest func(f form.Field) []string

	// Aside is what the page remembers besides answers: with it long lists are searched and days are pointed at. Show draws the page anew after it has
	// changed. Day is today; Days tells which days could be the answer of a date (nil: all).
	Aside *Aside
	Show  func()
	Day   time.Time
	Days  func(path string, days []time.Time) []bool
}

// Draw draws the fields of one page, below each other, without the page's title, which belongs to the shell. shown names the paths whose
// problem is told (after "Weiter", or when the field was left); focused is the field that is typed into. Every field carries its path as
// ID in the screen tree; an option the path, "=" and its number: "/zone=0".
func Draw(st look.Style, texts look.Texts, v form.View, index int, ev Events, shown map[string]bool, focused string) fyne.CanvasObject {
	if index < 0 || index >= len(v.Pages) {
		return look.Column(0)
	}
	d := drawer{st: st, texts: texts, ev: ev, shown: shown, focused: focused, page: v.Pages[index]}
	var objs []fyne.CanvasObject
	if d.page.Lead != "" {
		objs = append(objs, look.Text(st, look.Lead, d.page.Lead, look.TextOpts{Color: st.Colors().Ink2}))
	}
	for _, f := range d.page.Fields {
		objs = append(objs, d.field(*f))
	}
	gap := st.U(38)
	if st.Shell == look.Phone {
		gap = st.U(24)
	}
	return look.Column(gap, objs...)
}

type drawer struct {
	st      look.Style
	texts   look.Texts
	ev      Events
	shown   map[string]bool
	focused string
	page    form.Page
}

func (d drawer) say(key string, args ...any) string { return d.texts.Say(d.st.Lang, key, args...) }

// problem is what is told to be wrong with a field now.
func (d drawer) problem(f form.Field) string {
	if !d.shown[f.Path] {
		return ""
	}
	if f.Problem == "" && f.Missing {
		return d.say("page.missing")
	}
	return f.Problem
}

func (d drawer) field(f form.Field) fyne.CanvasObject {
	if d.ev.Own != nil {
		if o := d.ev.Own(f); o != nil {
			return o
		}
	}
	switch f.Kind {
	case form.Photos:
		if d.ev.Files != nil {
			return d.block(f, d.ev.Files(f))
		}
		return look.Note(d.st, look.NoteOpts{Icon: "camera", Text: d.say("page.photos"), Value: f.Text})
	case form.Files:
		return d.files(f)
	case form.Signature:
		return d.signature(f)
	case form.Place, form.Address, form.Person, form.Organisation:
		return d.place(f)
	case form.Info:
		return d.info(f)
	case form.Entry:
		return d.entry(f)
	case form.Repeat:
		return d.more(f)
	case form.Computed:
		return d.withNote(f, look.Note(d.st, look.NoteOpts{Icon: "info-circle", Text: f.Label, Value: f.Text}))
	case form.Bool, form.Choice, form.Choices:
		return d.choices(f)
	case form.Consent:
		return d.consent(f)
	}
	if f.ReadOnly {
		return look.Column(0, look.Text(d.st, look.Body, f.Label, look.TextOpts{Color: d.st.Colors().Ink2}),
			look.Text(d.st, look.Lead, d.shownText(f), look.TextOpts{Bold: true}))
	}
	return d.withNote(f, d.picked(f, d.typed(f)))
}

func (d drawer) shownText(f form.Field) string {
	if f.Secret {
		return tree.Mask(f.Text)
	}
	return f.Text
}

// withNote puts below a field what helps, and where its answer comes from.
func (d drawer) withNote(f form.Field, o fyne.CanvasObject) fyne.CanvasObject {
	objs := []fyne.CanvasObject{o}
	if f.Source != "" {
		objs = append(objs, d.source(f))
	}
	if f.Note != "" && d.problem(f) == "" {
		objs = append(objs, d.note(f.Note))
	}
	if len(objs) == 1 {
		return o
	}
	return look.Column(d.st.U(14), objs...)
}

// source says where an answer comes from that nobody typed here.
func (d drawer) source(f form.Field) fyne.CanvasObject { return look.Remark(d.st, "copy", f.Source) }

// note is a helpful sentence with a small sign.
func (d drawer) note(text string) fyne.CanvasObject {
	return look.Remark(d.st, "bulb", text)
}

func (d drawer) info(f form.Field) fyne.CanvasObject {
	text := f.Hint
	if text == "" {
		text = f.Text
	}
	if text == "" {
		return look.Note(d.st, look.NoteOpts{Text: f.Label})
	}
	return look.Note(d.st, look.NoteOpts{Title: f.Label, Text: text})
}

// entry is the head of one of several: a child, a vehicle.
func (d drawer) entry(f form.Field) fyne.CanvasObject {
	head := look.Text(d.st, look.TitleS, f.Label, look.TextOpts{Bold: true, Heading: true})
	if !f.Remove {
		return head
	}
	return look.Beside(d.st.Gap(), head, look.Button(d.st, look.ButtonOpts{Label: d.say("page.remove"), Name: d.say("page.remove.what", "what", f.Label), Icon: "trash", Small: true,
		ID: f.Path, Tap: func() { d.answer(f.Path, nil) }}))
}

// more begins another one.
func (d drawer) more(f form.Field) fyne.CanvasObject {
	var objs []fyne.CanvasObject
	if problem := d.problem(f); problem != "" {
		objs = append(objs, look.Problem(d.st, problem))
	}
	if f.Hint != "" {
		objs = append(objs, look.Text(d.st, look.Body, f.Hint, look.TextOpts{Color: d.st.Colors().Ink2}))
	}
	if f.Path == d.ev.Gone && d.ev.Undo != nil {
		objs = append(objs, look.Beside(d.st.Gap(), look.Text(d.st, look.Body, d.say("page.gone"), look.TextOpts{}),
			look.Button(d.st, look.ButtonOpts{Label: d.say("page.undo"), Icon: "refresh", Small: true, ID: f.Path + ".undo", Tap: d.ev.Undo})))
	}
	if f.Add != "" {
		objs = append(objs, look.Button(d.st, look.ButtonOpts{Label: f.Label, Icon: "plus", ID: f.Path, Tap: func() { d.answer(f.Add, map[string]any{}) }}))
	}
	return look.Column(d.st.U(14), objs...)
}

// label is the field's name; a field that may stay empty says so.
func (d drawer) label(f form.Field) string {
	if f.Required || f.Label == "" {
		return f.Label
	}
	return f.Label + " " + d.say("page.optional")
}

func (d drawer) typed(f form.Field) fyne.CanvasObject {
	problem := d.problem(f)
	hint := f.Hint
	example := ""
	if f.Example != "" {
		example = d.say("page.example", "example", f.Example)
		switch {
		case problem != "":
			hint, example = example, ""
		case d.focused == f.Path && (hint == "" || d.st.Factor() < 2): // it stays in sight while somebody types
			hint, example = strings.TrimSpace(hint+"\n"+example), ""
		}
	}
	o := look.FieldOpts{
		Label: d.label(f), Hint: hint, Example: example, Problem: problem, Text: f.Text, Plate: f.Kind == form.Plate, Secret: f.Secret,
		Focused: d.focused == f.Path, OK: f.Value != nil && f.Problem == "" && f.Text != "", Max: f.Max, ID: f.Path,
		Full: d.ev.Brim.Says(d.texts, d.st.Lang, f.Path, f.Text, f.Max),
		Tap: func() {
			if d.ev.Focus != nil {
				d.ev.Focus(f.Path)
			}
		},
		Typed: func(text string, over bool) {
			if d.ev.Typed != nil {
				d.ev.Typed(f.Path, Dotted(f, f.Text, text), over)
			}
		},
	}
	if d.ev.Enter != nil {
		o.Enter = func() { d.ev.Enter(f.Path) }
	}
	if f.Kind == form.LongText {
		o.Lines = 4
	}
	return look.Field(d.st, o)
}

func (d drawer) answer(path string, v any) {
	if d.ev.Answer != nil {
		d.ev.Answer(path, v)
	}
}

func (d drawer) choices(f form.Field) fyne.CanvasObject {
	options, cols := f.Options, max(f.Columns, 1)
	if f.Kind == form.Bool {
		cols = 2
		if len(options) == 0 {
			options = []form.Option{
				{Value: true, Label: d.say("page.yes"), Selected: f.Value == true},
				{Value: false, Label: d.say("page.no"), Selected: f.Value == false},
			}
		}
	}
	cell := func(i int) fyne.CanvasObject {
		o := options[i]
		c := look.ChoiceOpts{Mark: o.Mark, Title: o.Label, Hint: o.Hint, Selected: o.Selected, Box: f.Kind == form.Choices, ID: optionID(f.Path, i)}
		if cols > 1 && o.Hint != "" && strings.HasSuffix(o.Hint, "€") {
			c.Hint, c.Value = "", o.Hint // a price beside others is what one chooses by
		}
		c.Tap = func() {
			if d.ev.Aside != nil {
				d.ev.Aside.Search(f.Path+searchMark, "") // it is found
			}
			if f.Kind == form.Choices {
				d.answer(f.Path, toggled(options, i))
				return
			}
			d.answer(f.Path, o.Value)
		}
		return look.Choice(d.st, c)
	}
	if f.Search && d.ev.Aside != nil {
		return d.block(f, d.found(f, cell))
	}
	var objs []fyne.CanvasObject
	for i := range options {
		objs = append(objs, cell(i))
	}
	return d.block(f, look.Grid(d.choiceGap(), cols, objs...))
}

func optionID(path string, i int) string { return path + "=" + strconv.Itoa(i) }

// toggled are the chosen values after one was touched, in the order of the options; nil when none is left.
func toggled(options []form.Option, i int) any {
	var chosen []any
	for j, o := range options {
		if o.Selected != (i == j) {
			chosen = append(chosen, o.Value)
		}
	}
	if chosen == nil {
		return nil
	}
	return chosen
}

func (d drawer) consent(f form.Field) fyne.CanvasObject {
	on := f.Value == true
	c := look.Choice(d.st, look.ChoiceOpts{Title: f.Label, Hint: f.Hint, Selected: on, Box: true, ID: f.Path, Tap: func() {
		if on {
			d.answer(f.Path, nil)
			return
		}
		d.answer(f.Path, true)
	}})
	f.Label, f.Hint = "", ""
	return d.block(f, c)
}

// block puts label, problem, hint and note above the options, and a bar beside all of it when something is wrong.
func (d drawer) block(f form.Field, options fyne.CanvasObject) fyne.CanvasObject {
	st := d.st
	c := st.Colors()
	var head []fyne.CanvasObject
	if f.Label != "" && f.Label != d.page.Title {
		size := look.TitleS
		if d.types() {
			size = look.Lead
		}
		head = append(head, look.Text(st, size, d.label(f), look.TextOpts{Bold: true, Heading: true}))
	}
	problem := d.problem(f)
	if problem != "" {
		head = append(head, look.Problem(st, problem))
	}
	if f.Hint != "" {
		head = append(head, look.Text(st, look.Body, f.Hint, look.TextOpts{Color: c.Ink2}))
	}
	if f.Note != "" && problem == "" {
		head = append(head, d.note(f.Note))
	}
	if f.Source != "" {
		head = append(head, d.source(f))
	}
	all := options
	if len(head) > 0 {
		all = look.Column(st.U(18), look.Column(st.U(6), head...), options)
	}
	if problem != "" {
		return look.Wrong(st, all)
	}
	return all
}

// types tells whether something on the page is typed: then its labels are all of one size.
func (d drawer) types() bool {
	for _, f := range d.page.Fields {
		if f.Kind.Typed() {
			return true
		}
	}
	return false
}
