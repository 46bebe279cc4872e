package fim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	long    = 1000 // above so many characters an answer gets room for several lines; names of organisations have up to 1000 in the catalogue
	longest = 5000 // what a form takes at most in one answer
)

// field puts a field and gives the answer it asks for, if it asks.
func (f *folder) field(c Child, at place) []leaf {
	d := c.Field
	f.tellRules(d.Element)
	if several := c.Max == Many || c.Max > 1; !several || !d.offers() { // several of many can be asked
		if f.often(d.Element, c) {
			return nil
		}
	}
	switch d.Art {
	case "label":
		f.tell(d, at)
		return nil
	case "hidden":
		f.leaveOut(d, LossHidden, "a field that nobody sees"+content(d))
		return nil
	case "locked":
		if d.Content == "" {
			f.leaveOut(d, LossLocked, "a field that nobody can change, and that is empty"+content(d))
			return nil
		}
		f.report.add(d.Element, LossLocked, "a field that nobody can change"+content(d), "told, and not part of the answers")
		f.tell(d, at)
		return nil
	case "input", "select":
	default:
		f.report.add(d.Element, LossArt, fmt.Sprintf("a kind of field that is not known: %q", d.Art), "asked as an input")
	}
	switch d.Type {
	case "file":
		f.report.add(d.Element, LossFile, strings.TrimSpace("a file to hand in "+d.Files), "a sentence that it cannot be handed in here")
		f.info(d, at, "Diese Unterlage können Sie hier nicht abgeben.")
		return nil
	case "obj":
		f.leaveOut(d, LossObject, "a fixed object")
		return nil
	}
	if d.Prefill != "" && d.Prefill != "keine" {
		f.report.add(d.Element, LossContent, "it is to be filled in before: "+d.Prefill, "people fill it in")
	}
	if d.Content != "" {
		f.report.add(d.Element, LossContent, strings.TrimPrefix(content(d), ", "), "people fill it in")
	}
	if d.Files != "" {
		f.report.add(d.Element, LossLimits, d.Files, "not checked")
	}
	return f.answer(c, at)
}

// offers tells whether a field lets choose from values that stand in the document.
func (d *Field) offers() bool {
	return (d.Art == "input" || d.Art == "select") && d.Type != "file" && d.Type != "obj" && slices.ContainsFunc(d.Values, func(v Value) bool { return v.Code != "" })
}

// content says what a field holds from the beginning, and whether something else fills it in.
func content(d *Field) (said string) {
	if d.Content != "" {
		said = ", with the content " + strconv.Quote(d.Content)
	}
	if d.Prefill != "" && d.Prefill != "keine" && d.Art != "input" && d.Art != "select" {
		said += ", to be filled in before: " + d.Prefill
	}
	return said
}

func (f *folder) leaveOut(d *Field, kind Loss, what string) {
	f.report.add(d.Element, kind, what, "left out")
}

// tell shows a label's words.
func (f *folder) tell(d *Field, at place) {
	if d.Type == "obj" || d.Type == "file" {
		f.leaveOut(d, LossObject, "a fixed object to look at or to take along")
		return
	}
	said := d.Content
	if said == "" {
		said = d.Help
	} else if d.Help != "" {
		said += "\n" + d.Help
	}
	if said == "" {
		f.report.add(d.Element, LossEmpty, "a label without content", "its name is shown")
	}
	f.limitsLeft(d, d.Limits)
	f.info(d, at, said)
}

func (f *folder) info(d *Field, at place, said string) {
	path := at.into.path + "/" + d.name(at.into.names)
	f.ask(asked{path: path, kind: "info", comment: comment(d.Element)})
	f.label(d.Element, path, d.title())
	f.say(d.Element, "field", dotted(path)+".text", said)
}

// answer asks for an answer.
func (f *folder) answer(c Child, at place) []leaf {
	d, must := c.Field, c.Min > 0 && !at.part
	name := d.name(at.into.names)
	path := at.into.path + "/" + name
	a := asked{path: path, optional: at.free || !must, comment: comment(d.Element)}
	f.label(d.Element, path, d.title())
	if d.Help != "" {
		f.say(d.Element, "field", dotted(path)+".hint", strings.ReplaceAll(d.Help, "\n", " "))
	}
	var schema []pair
	if d.Art == "select" || len(d.Values) > 0 || d.List != "" {
		schema = f.choice(c, &a)
	}
	if schema == nil {
		schema = f.typed(d, &a)
	}
	f.ask(a)
	at.into.members = append(at.into.members, member{name: name, schema: append(schema, pair{"title", d.title()}, pair{"$comment", "FIM " + id(d.Element)})})
	if must && !at.loose {
		at.into.required = append(at.into.required, name)
	}
	return []leaf{{path, must}}
}

// choice makes options of the values; nil when there are none.
func (f *folder) choice(c Child, a *asked) []pair {
	d := c.Field
	var values []any
	met := map[string]bool{}
	numbers := d.Type == "num_int" && !slices.ContainsFunc(d.Values, func(v Value) bool { return !canonical(v.Code) })
	for _, v := range d.Values {
		switch {
		case v == Value{}:
			continue // told as an unknown element, or empty
		case v.Code == "" || met[v.Code] || utf8.RuneCountInString(v.Code) > 200:
			f.report.add(d.Element, LossList, fmt.Sprintf("a value without a code of its own: %q %q", v.Code, v.Name), "left out")
			continue
		}
		met[v.Code] = true
		said := v.Name
		if said == "" {
			said = v.Code
		}
		if n, err := strconv.ParseInt(v.Code, 10, 64); numbers && err == nil {
			values = append(values, n)
			a.options = append(a.options, v.Code)
		} else {
			values = append(values, v.Code)
			a.options = append(a.options, quote(v.Code))
		}
		f.say(d.Element, "field", dotted(a.path)+".option."+v.Code, said)
		if v.Help != "" {
			f.say(d.Element, "field", dotted(a.path)+".option-hint."+v.Code, v.Help)
		}
	}
	switch {
	case len(values) > 0:
		if d.List != "" {
			f.report.add(d.Element, LossList, "values, and a code list as well: "+d.List, "its values")
		}
		f.limitsLeft(d, d.Limits)
		if c.Max != 1 {
			return f.choices(c, a, values)
		}
		a.kind = "choice"
		return []pair{{"enum", values}}
	case d.Type == "bool" && d.List == "":
		return nil // yes or no need no list
	case d.List != "":
		f.report.add(d.Element, LossList, "a choice out of a code list that is not in the document: "+d.List, "typed; form.yaml can name options, or a tenant's table")
	default:
		f.report.add(d.Element, LossList, "a choice without values and without a code list", "typed")
	}
	if d.Type != "num_int" {
		l := d.Limits
		f.limitsLeft(d, l)
		a.kind = "text"
		return []pair{{"type", "string"}, {"maxLength", 500}}
	}
	return nil
}

// choices asks for several of the values, each at most once.
func (f *folder) choices(c Child, a *asked, values []any) []pair {
	a.kind = "choices"
	schema := []pair{{"type", "array"}, {"items", map[string]any{"enum": values}}, {"uniqueItems", true}}
	low, high := c.Min, c.Max
	if low > len(values) {
		f.report.add(c.Field.Element, LossRepeat, fmt.Sprintf("it has to be there %d times, and there are %d values", low, len(values)), "chosen at least once")
		low = 1
	}
	if low > 0 {
		schema = append(schema, pair{"minItems", low})
	}
	if high != Many && high < len(values) {
		schema = append(schema, pair{"maxItems", high})
	}
	return schema
}

// canonical tells whether a code is a whole number as JSON writes it.
func canonical(code string) bool {
	n, err := strconv.ParseInt(code, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == code && n > -1<<53 && n < 1<<53
}

// typed asks for what is typed, or for yes or no.
func (f *folder) typed(d *Field, a *asked) []pair {
	l := d.Limits
	defer func() { f.limitsLeft(d, l) }()
	switch d.Type {
	case "bool":
		if statement(d.title()) {
			a.kind = "consent"
			f.report.add(d.Element, LossChoice, "yes or no to a statement", "a box to tick: no is no answer")
			return []pair{{"const", true}}
		}
		a.kind, a.more = "bool", "columns: 2"
		return []pair{{"type", "boolean"}}
	case "date":
		a.kind = "date"
		if strings.HasPrefix(strings.ToLower(d.title()), "geburt") {
			a.more = "past: true"
		}
		f.days(d, a.path, &l)
		return []pair{{"type", "string"}, {"format", "date"}}
	case "time":
		a.kind = "time"
		return []pair{{"type", "string"}}
	case "num":
		a.kind = "number"
		return f.between(d, []pair{{"type", "number"}}, &l, 9, false)
	case "num_int":
		a.kind = "number"
		return f.between(d, []pair{{"type", "integer"}}, &l, 0, false)
	case "num_currency":
		a.kind = "money"
		return f.between(d, []pair{{"type", "integer"}}, &l, 2, true)
	case "text_latin":
		f.latin++
	case "text":
	case "datetime":
		f.report.add(d.Element, LossType, "a day with a time", "typed as it comes")
	default:
		f.report.add(d.Element, LossType, fmt.Sprintf("a data type that is not known: %q", d.Type), "typed as it comes")
	}
	return f.text(d, a, &l)
}

// statement tells whether a label is a sentence that somebody says of himself: "Ich nutze das Fahrzeug dauerhaft."
func statement(label string) bool {
	first, rest, _ := strings.Cut(label, " ")
	return rest != "" && (first == "Ich" || first == "Hiermit")
}

// text reads the limits of a text; what it has read is taken out of them.
func (f *folder) text(d *Field, a *asked, l *Limits) []pair {
	schema := []pair{{"type", "string"}}
	low, okLow := length(l.MinLength)
	high, okHigh := length(l.MaxLength)
	if okLow && okHigh && low > high || okHigh && high == 0 || okLow && low > longest {
		okLow, okHigh = false, false // told as limits that are left
	}
	if okHigh && high > longest {
		f.report.add(d.Element, LossLimits, fmt.Sprintf("maxLength %d", high), fmt.Sprintf("maxLength %d", longest))
		high = longest
	}
	if okLow {
		if l.MinLength = ""; low > 0 {
			schema = append(schema, pair{"minLength", low})
		}
	}
	a.kind = "text"
	if okHigh {
		l.MaxLength = ""
		schema = append(schema, pair{"maxLength", high})
	}
	if okHigh && high > long || okLow && low > long {
		a.kind = "longtext"
	}
	if l.Pattern != "" {
		anchored, err := pattern(l.Pattern)
		if err != nil {
			f.report.add(d.Element, LossPattern, fmt.Sprintf("pattern %s: %v", short(l.Pattern, 300), err), "not checked")
		} else {
			schema = append(schema, pair{"pattern", anchored})
			f.say(d.Element, "field", dotted(a.path)+".problem.pattern", "Das passt hier noch nicht. Bitte sehen Sie noch einmal nach.")
		}
		l.Pattern = ""
	}
	return schema
}

// between reads the limits of a number.
func (f *folder) between(d *Field, schema []pair, l *Limits, places int, cents bool) []pair {
	low, okLow := number(l.MinValue, places, cents)
	high, okHigh := number(l.MaxValue, places, cents)
	if okLow && okHigh {
		a, errA := strconv.ParseFloat(low, 64)
		b, errB := strconv.ParseFloat(high, 64)
		if errA != nil || errB != nil || a > b {
			return schema // told as limits that are left
		}
	}
	if okLow {
		schema, l.MinValue = append(schema, pair{"minimum", json.Number(low)}), ""
	}
	if okHigh {
		schema, l.MaxValue = append(schema, pair{"maximum", json.Number(high)}), ""
	}
	return schema
}

// days makes rules of the limits of a day: JSON Schema has none.
func (f *folder) days(d *Field, path string, l *Limits) {
	low, okLow := day(l.MinValue)
	high, okHigh := day(l.MaxValue)
	if okLow && okHigh && high.Before(low) {
		return // told as limits that are left
	}
	name, answer := slug(d.title()), "answers."+dotted(path)
	add := func(rule, compare, value, said string) {
		f.rule(d.Element, rule+"_"+name, path, fmt.Sprintf("%s == null || %s %s %q", answer, answer, compare, value), said)
	}
	if okLow {
		add("ab", ">=", l.MinValue, "Bitte wählen Sie einen Tag ab dem "+low.Format("2.1.2006")+".")
		l.MinValue = ""
	}
	if okHigh {
		add("bis", "<=", l.MaxValue, "Bitte wählen Sie einen Tag bis zum "+high.Format("2.1.2006")+".")
		l.MaxValue = ""
	}
}

// limitsLeft tells the limits that nobody has read.
func (f *folder) limitsLeft(d *Field, l Limits) {
	var left []string
	for _, x := range []struct{ name, value string }{{"minLength", l.MinLength}, {"maxLength", l.MaxLength}, {"minValue", l.MinValue}, {"maxValue", l.MaxValue},
		{"pattern", l.Pattern}, {"", l.Rest}} {
		if x.value != "" {
			left = append(left, strings.TrimSpace(x.name+" "+short(x.value, 300)))
		}
	}
	if len(left) > 0 {
		f.report.add(d.Element, LossLimits, strings.Join(left, ", "), "not checked")
	}
}
