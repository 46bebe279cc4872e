package form

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// View shows the form for the given answers. It is pure: the same input gives the same view. Who shows a form again and again while its answers
// change lets a Session do it.
func (f *Form) View(in Input) View {
	s := f.start(in)
	s.run(len(f.graph.tasks))
	return s.view()
}

// view puts together what was drawn.
func (s *state) view() View {
	v := View{Complete: true, Fee: s.cost, Eligible: s.entitled, Needs: s.brings, Broken: s.places()}
	v.Pages = slices.Grow(v.Pages, len(s.pages))
	for i, p := range s.f.pages {
		if s.pages[p.ID] {
			v.Pages = append(v.Pages, s.frames[i])
			v.Complete = v.Complete && s.frames[i].Done
		}
	}
	v.Complete = v.Complete && len(s.broken) == 0 && s.wrong.keyword == "" && v.Fee != nil && v.Eligible != nil && v.Eligible.OK
	return v
}

// page puts together a page out of its fields as they are drawn.
func (s *state) page(p page, number int) Page {
	head := s.heading(p, number)
	drawn := Page{ID: p.ID, Title: head.label, Lead: head.hint, Done: true}
	n := 0
	for _, fd := range p.fields {
		if s.at[fd.number].shown {
			n++
		}
	}
	drawn.Fields = slices.Grow(drawn.Fields, n)
	for _, fd := range p.fields {
		if !s.at[fd.number].shown {
			continue
		}
		drawn.Fields = append(drawn.Fields, s.drawn[fd.number])
		drawn.Done = drawn.Done && s.at[fd.number].wrong.keyword == ""
	}
	return drawn
}

func (s *state) field(fd *field) Field {
	s.vars["item"] = s.item(fd)
	defer func() { s.vars["item"] = nil }()
	switch fd.Kind {
	case Entry:
		return s.entry(fd)
	case Repeat:
		return s.more(fd)
	}
	raw, words := lookup(s.in.Answers, fd.trail), s.words(fd)
	d := Field{
		Path: fd.Path, Kind: fd.Kind, Columns: fd.Columns, ReadOnly: fd.ReadOnly, Secret: fd.Secret, Max: fd.room(), Prefill: fd.Prefill,
		Label:    words.label,
		Hint:     words.hint,
		Example:  words.example,
		Keys:     fd.keys(),
		Required: s.at[fd.number].needed,
		Options:  slices.Clone(s.at[fd.number].options), // which are selected is noted in them
		Note:     s.note(fd),
	}
	switch fd.Kind {
	case Info:
		d.Text = s.optional(fd.say.text)
		return d
	case Computed:
		d.Text, d.ReadOnly = s.computed(fd)
		return d
	}
	d.Value = s.at[fd.number].value
	if d.Value == nil && !empty(raw) {
		d.Value = raw
	}
	d.Text = s.written(fd, raw)
	if t := s.at[fd.number].wrong; t.keyword != "" {
		d.Missing = t.keyword == "missing"
		d.Problem = s.sentence(fd, t)
	}
	switch {
	case fd.Kind == Place:
		d.Parts = s.parts(fd, d)
	case fd.Kind == Signature:
		d.Parts = s.nameOf(fd, d)
	case fd.Kind == Files:
		d.Takes, d.Size, d.Later = fd.Accept, fd.size(), fd.fieldLayout.Later
	case fd.whole != nil:
		d.Parts = s.drawParts(fd, d, raw)
	case fd.Kind == Date:
		d.Pick = fd.pick()
	}
	d.Search = fd.searched(len(d.Options))
	for i, o := range d.Options {
		list, _ := d.Value.([]any)
		d.Options[i].Selected = Same(o.Value, d.Value) || slices.ContainsFunc(list, func(v any) bool { return Same(v, o.Value) })
	}
	return d
}

// written gives the answer as people write it. What is typed stays exactly as it was typed.
func (s *state) written(fd *field, raw any) string {
	typed, isText := raw.(string)
	v := s.at[fd.number].value
	switch fd.Kind {
	case Text, LongText:
		if isText {
			return typed
		}
	case Choice, Choices, Bool:
		list, _ := v.([]any)
		var said []string
		for _, o := range s.at[fd.number].options {
			if v != nil && (Same(o.Value, v) || slices.ContainsFunc(list, func(x any) bool { return Same(x, o.Value) })) {
				label := o.Label
				if o.Mark != "" && !strings.HasPrefix(o.Mark, "icon:") {
					label = o.Mark + ", " + label
				}
				said = append(said, label)
			}
		}
		return strings.Join(said, "; ")
	case Consent:
		if v == true {
			return s.say("form.yes")
		}
		return ""
	case Photos:
		if n := len(Digests(v)); n > 0 {
			return s.say("form.photos", "n", n)
		}
		return ""
	case Files:
		return s.filesText(v)
	case Signature:
		return s.signatureText(v)
	case Place:
		return s.spotText(v)
	case Address, Person, Organisation:
		if m, ok := object(v); ok {
			return s.compositeText(fd.Kind, m)
		}
		return typed
	}
	if isText && (v == nil || typed != v) {
		return typed
	}
	return Written(fd.Kind, s.in.Lang, v)
}

// Written writes a value as people do: an amount, a day, a number with a decimal comma.
func Written(k Kind, lang string, v any) string {
	switch n := expr.Normal(v).(type) {
	case int64:
		if k == Money {
			return money.Cents(n).Format(lang)
		}
		return strconv.FormatInt(n, 10)
	case float64:
		t := strconv.FormatFloat(n, 'f', -1, 64)
		if base, _, _ := strings.Cut(lang, "-"); base != "en" {
			t = strings.Replace(t, ".", ",", 1)
		}
		return t
	case string:
		if day, err := time.Parse(time.DateOnly, n); err == nil && k == Date {
			return text.Date(lang, day)
		}
		if k == IBAN {
			return groups(n)
		}
		return n
	}
	return ""
}

// computed writes a computed field, and says that nobody can change it.
func (s *state) computed(fd *field) (string, bool) {
	w := &Writer{text: fd.value}
	switch fd.As {
	case "cents":
		w = &Writer{cents: fd.value}
	case "date":
		w = &Writer{date: fd.value}
	}
	if !s.known(fd.value) {
		return "", true
	}
	said, ok := w.Write(s.in.Lang, s.vars)
	if !ok {
		s.unsaid(fd.value)
	}
	return said, true
}

func (s *state) note(fd *field) string {
	for _, n := range fd.notes {
		if s.holds(n.when, true) {
			if said, ok := n.say.Say(s.in.Lang, s.vars); ok {
				return said
			}
			s.unsaid(n.say.rules()...)
		}
	}
	return s.unknownStreet(fd)
}

// Said gives the answers that count, as rules see them (null where nothing was said), and as people write them, by the names of the
// fields ("vehicle.plate"), computed fields too. Hidden fields are not among what was said.
func (f *Form) Said(in Input) (answers, said map[string]any) {
	s := f.evaluate(in)
	said = map[string]any{}
	for _, fd := range f.graph.fields {
		if !s.at[fd.number].shown {
			continue
		}
		path := fd.Path
		s.vars["item"] = s.item(fd)
		switch fd.Kind {
		case Info, Entry, Repeat:
		case Computed:
			said[entryName(path)], _ = s.computed(fd)
		default:
			raw, _ := in.Answers.Get(path)
			said[entryName(path)] = s.written(fd, raw)
			s.sayParts(fd, said)
		}
	}
	return s.vars["answers"].(map[string]any), said
}

// choices lists the options as they are now.
func (s *state) choices(fd *field) []Option {
	var list []Option
	if fd.Kind == Bool && len(fd.options) == 0 {
		for _, v := range []bool{true, false} {
			key := fmt.Sprintf("field.%s.option.%v", fd.name, v)
			label := s.optional(key)
			if label == "" {
				label = s.say(map[bool]string{true: "form.yes", false: "form.no"}[v])
			}
			list = append(list, Option{Value: v, Label: label})
		}
	}
	for _, o := range fd.options {
		vars := maps.Clone(s.vars)
		vars["value"] = o.Value
		if o.visible != nil {
			yes, err := o.visible.Bool(vars)
			if err != nil {
				s.fault(o.visible)
			}
			if err != nil || !yes {
				continue
			}
		}
		hint := s.optional(fmt.Sprintf("field.%s.option-hint.%v", fd.name, o.Value))
		if said, ok := o.hint.Say(s.in.Lang, vars); ok && said != "" {
			hint = said
		}
		list = append(list, Option{Value: o.Value, Label: s.say(fmt.Sprintf("field.%s.option.%v", fd.name, o.Value)), Hint: hint, Mark: o.Mark})
	}
	if fd.rows == nil {
		return list
	}
	rows, err := fd.rows.Any(s.vars)
	if err != nil {
		s.fault(fd.rows)
	}
	all, _ := rows.([]any)
	for _, r := range all {
		row, ok := r.(map[string]any)
		if !ok || row[fd.From.Value] == nil {
			continue
		}
		opt := Option{Value: row[fd.From.Value], Label: InLang(s.in.Lang, row[fd.From.Label]), Hint: InLang(s.in.Lang, row[fd.From.Hint]), Mark: InLang(s.in.Lang, row[fd.From.Mark])}
		if fd.beside != nil {
			vars := maps.Clone(s.vars)
			vars["value"] = opt.Value
			opt.Hint, _ = fd.beside.Say(s.in.Lang, vars)
		}
		list = append(list, opt)
	}
	return list
}

func (s *state) fee() *Fee {
	if s.f.fee == nil {
		return &Fee{}
	}
	if !s.known(s.f.fee.amount) {
		return nil
	}
	n, err := s.f.fee.amount.Int(s.vars)
	if err != nil || n < 0 || money.Cents(n) > money.Max {
		s.failed(s.f.fee.amount)
		return nil
	}
	fee := &Fee{Amount: money.Cents(n)}
	for _, st := range s.f.fee.steps {
		if !s.holds(st.when, true) {
			continue
		}
		label, ok := st.label.Say(s.in.Lang, s.vars)
		value, ok2 := st.value.Write(s.in.Lang, s.vars)
		if ok && ok2 {
			fee.Steps = append(fee.Steps, Step{label, value})
		} else {
			s.unsaid(append(st.label.rules(), st.value.rules()...)...)
		}
	}
	return fee
}

func (s *state) verdict() *Verdict {
	v := &Verdict{OK: true}
	open := false
	for _, r := range s.f.elig {
		if !s.known(r.holds) {
			open = true
			continue
		}
		holds, err := r.holds.Bool(s.vars)
		if err != nil {
			s.failed(r.holds)
			open = true
		} else if !holds {
			v.OK = false
			v.Reasons = append(v.Reasons, Reason{Rule: r.Name, Text: s.rules(r), Page: r.Page})
		}
	}
	if open && v.OK {
		return nil
	}
	return v
}

// ruled says what a rule between answers wants.
func (s *state) ruled(name string) string {
	for _, r := range s.f.rules {
		if r.Name == name {
			return s.rules(r)
		}
	}
	for _, fd := range s.f.graph.fields {
		for _, r := range fd.rules {
			if r.Name == name {
				return s.rules(r)
			}
		}
	}
	return s.say("form.problem.unclear")
}

// rules says what a rule wants. Where a value of its sentence is missing it says in general that something does not fit: a sentence with a hole in it
// helps nobody.
func (s *state) rules(r rule) string {
	if said, ok := r.says.Say(s.in.Lang, s.vars); ok {
		return said
	}
	return s.say("form.problem.unclear")
}

// sentence says what is wrong with an answer: in the service's words for the field, or in general ones for its kind or for everything.
func (s *state) sentence(fd *field, t trouble) string {
	if t.rule != "" {
		return s.ruled(t.rule)
	}
	if fd.Kind == Files && fd.fieldLayout.Later && t.keyword == "missing" && s.optional("field."+fd.name+".problem.missing") == "" {
		return s.say("form.problem.files.missing-later")
	}
	if said := s.partSentence(fd, t); said != "" {
		return said
	}
	if said := s.optional("field."+fd.name+".problem."+t.keyword, t.args...); said != "" {
		return said
	}
	if said := s.optional("form.problem."+string(fd.Kind)+"."+t.keyword, t.args...); said != "" {
		return said
	}
	if said := s.optional("form.problem."+t.keyword, t.args...); said != "" {
		return said
	}
	return s.say("form.problem.unclear")
}

func (s *state) say(key string, args ...any) string { return s.f.texts.Say(s.in.Lang, key, args...) }

// optional says nothing where say would give the key.
func (s *state) optional(key string, args ...any) string {
	if said := s.say(key, args...); said != key {
		return said
	}
	return ""
}

func (f *field) keys() Keys {
	switch {
	case f.Keys != "":
		return f.Keys
	case f.Kind == Text:
		return KeysText
	case f.Kind == LongText:
		return KeysProse
	case f.Kind == Number || f.Kind == Money:
		return KeysDigits
	case f.Kind == Date || f.Kind == Time:
		return KeysDate
	case f.Kind == Phone:
		return KeysDigits
	case f.Kind == Email:
		return KeysEmail
	case f.Kind == Plate || f.Kind == IBAN:
		return KeysPlate
	}
	return KeysNone
}

func troubleOf(k jsonschema.ErrorKind) trouble {
	switch k := k.(type) {
	case *kind.MaxLength:
		return trouble{keyword: "maxLength", args: []any{"n", k.Want}}
	case *kind.MinLength:
		return trouble{keyword: "minLength", args: []any{"n", k.Want}}
	case *kind.MaxItems:
		return trouble{keyword: "maxItems", args: []any{"n", k.Want}}
	case *kind.MinItems:
		return trouble{keyword: "minItems", args: []any{"n", k.Want}}
	case *kind.Minimum:
		return trouble{keyword: "minimum", args: []any{"limit", k.Want.RatString()}}
	case *kind.Maximum:
		return trouble{keyword: "maximum", args: []any{"limit", k.Want.RatString()}}
	case *kind.Format:
		return trouble{keyword: "format-" + k.Want}
	case *kind.Pattern:
		return trouble{keyword: "pattern"}
	case *kind.Enum, *kind.Const:
		return trouble{keyword: "choice"}
	case *kind.Type:
		return trouble{keyword: "type"}
	}
	return trouble{keyword: "unclear"}
}
