package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing/fstest"
)

// bigForm is a form of many fields as data, out of which both the folder of a service and the same form for the peer are written: what is measured is
// one form.
type bigForm struct {
	pages [][]bigField
	fee   []string // the numbers that it is made of
}

// bigField is one field. What stands in two languages, ours and the peer's, is a bigRule.
type bigField struct {
	name     string // "p3_n2": its path is /p3/n2
	kind     string // as our forms call it
	options  []string
	min, max int // of a number
	long     int // of a text: its most characters
	pattern  string
	optional bool
	visible  *bigRule
	required *bigRule
	value    *bigRule // computed
	holds    *bigRule
	words    []string // what is typed into it, one after another
}

// bigRule is an expression in CEL and in the peer's language.
type bigRule struct{ cel, peer string }

// bigPages and bigPerPage make two hundred fields.
const (
	bigPages   = 10
	bigPerPage = 20
)

func answer(name string) string { return "answers." + strings.ReplaceAll(name, "_", ".") }

func is(name, literal string) *bigRule {
	return &bigRule{answer(name) + " == " + strings.ReplaceAll(literal, "'", `"`), "{" + name + "} = " + literal}
}

func said(name string) *bigRule {
	return &bigRule{answer(name) + " != null", "{" + name + "} notempty"}
}

func atMost(a, b string) *bigRule {
	return &bigRule{fmt.Sprintf("%s == null || %s == null || %s <= %s", answer(a), answer(b), answer(a), answer(b)),
		fmt.Sprintf("{%s} empty or {%s} empty or {%s} <= {%s}", a, b, a, b)}
}

func sum(names []string) *bigRule {
	var cel, peer []string
	for _, n := range names {
		cel = append(cel, fmt.Sprintf("(%s == null ? 0 : %s)", answer(n), answer(n)))
		peer = append(peer, "{"+n+"}")
	}
	return &bigRule{strings.Join(cel, " + "), strings.Join(peer, " + ")}
}

// newBigForm makes the form: on each page words, numbers, days, choices, a chain in which each question shows the next one, two that are computed out of
// this page and out of this and the one before, rules between two answers; the last three pages are there as the one before says; the fee is made of a
// number of each page.
func newBigForm() bigForm {
	var f bigForm
	var before []string
	for p := range bigPages {
		at := func(name string) string { return fmt.Sprintf("p%d_%s", p, name) }
		words := []string{"R", "Re", "Ren", "Rena", "Renat", "Renate"}
		numbers := []string{at("n0"), at("n1"), at("n2"), at("n3")}
		options := []string{"first", "second", "third", "other"}
		page := []bigField{
			{name: at("t0"), kind: "text", long: 60, pattern: `^[A-Za-z .-]+$`, words: append(words, "Renate9", "Renate")},
			{name: at("t1"), kind: "text", long: 40, words: words},
			{name: at("t2"), kind: "text", long: 5, optional: true, words: append(words, "Rena")},
			{name: at("mail"), kind: "email", optional: true, words: []string{"r", "r@", "r@example.org"}},
			{name: at("n0"), kind: "number", min: 0, max: 900, words: []string{"1", "12", "120"}},
			{name: at("n1"), kind: "number", min: 0, max: 500, words: []string{"3", "30"}},
			{name: at("n2"), kind: "number", min: 0, max: 500, words: []string{"4", "45"}, holds: atMost(at("n1"), at("n2"))},
			{name: at("n3"), kind: "number", min: 1, max: 50, optional: true, words: []string{"7", "77", "7"}},
			{name: at("d0"), kind: "date", words: []string{"2026-12-01"}},
			{name: at("d1"), kind: "date", words: []string{"2026-11-01", "2026-12-24"}, holds: atMost(at("d0"), at("d1"))},
			{name: at("b0"), kind: "bool", words: []string{"false", "true"}},
			{name: at("c0"), kind: "choice", options: options, visible: is(at("b0"), "true"), words: []string{"first", "other"}},
			{name: at("t3"), kind: "text", long: 60, visible: is(at("c0"), "'other'"), words: words},
			{name: at("t4"), kind: "longtext", long: 500, visible: said(at("t3")), optional: true, words: append(words, "Renate und Kurt")},
			{name: at("c1"), kind: "choice", options: options, words: []string{"second", "third"}},
			{name: at("c2"), kind: "choice", options: options, optional: true, required: is(at("c1"), "'third'"), words: []string{"first"}},
			{name: at("t5"), kind: "text", long: 60, optional: true, required: is(at("c1"), "'second'"), words: words},
			{name: at("b1"), kind: "bool", words: []string{"false", "true"}},
			{name: at("sum"), kind: "computed", value: sum(numbers)},
			{name: at("both"), kind: "computed", value: sum(append(before, numbers...))},
		}
		f.pages, before = append(f.pages, page), numbers
		f.fee = append(f.fee, at("n0"))
	}
	return f
}

// shownBy is the question of the page before that shows a page, "": it is always there.
func shownBy(page int) string {
	if page < bigPages-3 {
		return ""
	}
	return fmt.Sprintf("p%d_b1", page-1)
}

// changes is everything that is typed and touched, field by field.
func (f bigForm) changes() (all []bigChange) {
	for _, p := range f.pages {
		for _, fd := range p {
			for _, w := range fd.words {
				all = append(all, bigChange{fd.name, w, fd.json(w)})
			}
		}
	}
	return all
}

// bigChange is one of them: what is typed, and its value for the peer, which is handed values.
type bigChange struct {
	Name, typed string
	Value       any
}

func (fd bigField) json(typed string) any {
	var v any
	if fd.kind == "number" || fd.kind == "bool" {
		_ = json.Unmarshal([]byte(typed), &v)
		return v
	}
	return typed
}

// path is the field's path in ours.
func (c bigChange) path() string { return "/" + strings.ReplaceAll(c.Name, "_", "/") }

// folder writes the form as the folder of a service.
func (f bigForm) folder(id string) fstest.MapFS {
	var layout, texts strings.Builder
	properties := map[string]any{}
	texts.WriteString("title: Grosses Formular\nlead: Viele Fragen.\nlaw: Keines.\nsearch: viele fragen\npage:\n")
	for p := range f.pages {
		fmt.Fprintf(&texts, "  page%d: {title: Seite %d}\n", p, p)
	}
	texts.WriteString("field:\n")
	layout.WriteString("pages:\n")
	for p, page := range f.pages {
		fmt.Fprintf(&layout, "  - id: page%d\n", p)
		if by := shownBy(p); by != "" {
			fmt.Fprintf(&layout, "    visible: '%s'\n", is(by, "true").cel)
		}
		layout.WriteString("    fields:\n")
		fmt.Fprintf(&texts, "  p%d:\n", p)
		inner := map[string]any{}
		for _, fd := range page {
			_, name, _ := strings.Cut(fd.name, "_")
			fmt.Fprintf(&texts, "    %s: {label: 'Frage %s', hint: 'Bitte beantworten Sie das.'%s}\n", name, fd.name, fd.optionTexts())
			layout.WriteString(fd.yaml())
			if fd.kind != "computed" {
				inner[name] = fd.schema()
			}
		}
		properties[fmt.Sprintf("p%d", p)] = map[string]any{"type": "object", "additionalProperties": false, "properties": inner}
	}
	layout.WriteString("rules:\n")
	texts.WriteString("rule:\n")
	for _, page := range f.pages {
		for _, fd := range page {
			if fd.holds != nil {
				fmt.Fprintf(&layout, "  - {name: %s, path: /%s, holds: '%s'}\n", fd.name, strings.ReplaceAll(fd.name, "_", "/"), fd.holds.cel)
				fmt.Fprintf(&texts, "  %s: Das passt nicht zueinander.\n", fd.name)
			}
		}
	}
	fmt.Fprintf(&layout, "fee: {amount: '%s'}\n", sum(f.fee).cel)
	schema, _ := json.Marshal(map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "properties": properties})
	about := "id: " + id + "\nversion: '1'\ntenants: [stadt]\nicon: home\nsituations: [" + bigSituation + "]\nways: [card]\ntrust: none\noffice: buergerbuero\n"
	return fstest.MapFS{"service.yaml": {Data: []byte(about)}, "form.yaml": {Data: []byte(layout.String())}, "schema.json": {Data: schema},
		"texts/de.yaml": {Data: []byte(texts.String())}}
}

// bigSituation is one of the town's life situations, under which the service stands.
const bigSituation = "umzug-wohnen"

func (fd bigField) optionTexts() string {
	if len(fd.options) == 0 {
		return ""
	}
	var said []string
	for _, o := range fd.options {
		said = append(said, o+": "+o)
	}
	return ", option: {" + strings.Join(said, ", ") + "}"
}

func (fd bigField) yaml() string {
	parts := []string{"path: /" + strings.ReplaceAll(fd.name, "_", "/"), "kind: " + fd.kind}
	if fd.optional {
		parts = append(parts, "optional: true")
	}
	for _, rule := range []struct {
		key string
		r   *bigRule
	}{{"visible", fd.visible}, {"required", fd.required}, {"value", fd.value}} {
		if rule.r != nil {
			parts = append(parts, rule.key+": '"+rule.r.cel+"'")
		}
	}
	if len(fd.options) > 0 {
		parts = append(parts, "options: [{value: "+strings.Join(fd.options, "}, {value: ")+"}]")
	}
	return "      - {" + strings.Join(parts, ", ") + "}\n"
}

func (fd bigField) schema() map[string]any {
	switch fd.kind {
	case "number":
		return map[string]any{"type": "integer", "minimum": fd.min, "maximum": fd.max}
	case "bool":
		return map[string]any{"type": "boolean"}
	case "date":
		return map[string]any{"type": "string", "format": "date"}
	case "choice":
		return map[string]any{"enum": fd.options}
	case "email":
		return map[string]any{"type": "string", "format": "email"}
	}
	s := map[string]any{"type": "string", "maxLength": fd.long}
	if fd.pattern != "" {
		s["pattern"] = fd.pattern
	}
	return s
}

// survey writes the form as survey-core wants it.
func (f bigForm) survey() []byte {
	var pages []any
	for p, page := range f.pages {
		var elements []any
		for _, fd := range page {
			elements = append(elements, fd.question())
		}
		one := map[string]any{"name": fmt.Sprintf("page%d", p), "elements": elements}
		if by := shownBy(p); by != "" {
			one["visibleIf"] = is(by, "true").peer
		}
		pages = append(pages, one)
	}
	first := pages[0].(map[string]any)
	first["elements"] = append(first["elements"].([]any), map[string]any{"type": "expression", "name": "fee", "expression": sum(f.fee).peer})
	data, _ := json.Marshal(map[string]any{"checkErrorsMode": "onValueChanged", "textUpdateMode": "onTyping", "pages": pages})
	return data
}

// question writes a field as one of survey-core's questions.
func (fd bigField) question() map[string]any {
	q := map[string]any{"name": fd.name, "title": "Frage " + fd.name, "description": "Bitte beantworten Sie das.", "type": "text"}
	var validators []any
	switch fd.kind {
	case "computed":
		q["type"], q["expression"] = "expression", fd.value.peer
		return q
	case "number":
		q["inputType"] = "number"
		validators = append(validators, map[string]any{"type": "numeric", "minValue": fd.min, "maxValue": fd.max})
	case "bool":
		q["type"] = "boolean"
	case "date":
		q["inputType"] = "date"
	case "choice":
		q["type"], q["choices"] = "radiogroup", fd.options
	case "email":
		validators = append(validators, map[string]any{"type": "email"})
	case "longtext":
		q["type"] = "comment"
		fallthrough
	default:
		validators = append(validators, map[string]any{"type": "text", "maxLength": fd.long})
	}
	if fd.pattern != "" {
		validators = append(validators, map[string]any{"type": "regex", "regex": fd.pattern})
	}
	if fd.holds != nil {
		validators = append(validators, map[string]any{"type": "expression", "expression": fd.holds.peer})
	}
	if len(validators) > 0 {
		q["validators"] = validators
	}
	if !fd.optional {
		q["isRequired"] = true
	}
	if fd.visible != nil {
		q["visibleIf"] = fd.visible.peer
	}
	if fd.required != nil {
		q["requiredIf"] = fd.required.peer
	}
	return q
}
