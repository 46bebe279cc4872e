package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
)

// field is a form.Field as the templates draw it.
type field struct {
	ID, Path, Name, Label, Hint, Example, Note, Problem, Text string
	Shape                                                     string // "input", "area", "options", "select", "consent", "group", "photos", "info", "output"
	Type                                                      string // of the input
	Mode                                                      string // inputmode
	Width                                                     string // class
	Describes                                                 string // aria-describedby
	Columns                                                   int
	Required, Checked, Plain                                  bool
	Options                                                   []fieldOption
	Parts                                                     []field      // of a group
	Photos                                                    []fieldPhoto // that are there already
	Base                                                      string       // address under which they are shown
	List                                                      []string     // what the browser offers while somebody types
	Full                                                      bool         // no more fit
	Accept                                                    string       // of files: what the browser offers
	Later                                                     bool         // of files: they may be handed in later
	Drawing                                                   string       // of a signature that was drawn: a path
	Live                                                      bool         // what is typed changes other fields
	Filter                                                    bool         // of a long list: it can be searched
}

type fieldPhoto struct {
	Digest, Label string
	Document      bool
}

type fieldOption struct {
	Token, Label, Hint, Mark string
	Selected                 bool
}

// mark is the letter of an option; icons are not drawn here.
func mark(o form.Option) string {
	if strings.HasPrefix(o.Mark, "icon:") {
		return ""
	}
	return o.Mark
}

// selectFrom is from how many options on a list is easier than radio buttons.
const selectFrom = 9

// draw turns a field into what its template needs. say: also what is wrong with it.
func draw(f form.Field, say bool) field {
	x := field{ID: anchor(f.Path), Path: f.Path, Name: "a:" + f.Path, Label: f.Label, Hint: f.Hint, Example: f.Example, Note: f.Note, Text: f.Text, Columns: f.Columns, Required: f.Required, Type: "text"}
	if say {
		x.Problem = f.Problem
	}
	var list []form.Option
	switch {
	case f.Kind == form.Info:
		x.Shape = "info"
		return x
	case f.Kind == form.Entry:
		x.Shape, x.Full = "entry", !f.Remove
		return x
	case f.Kind == form.Repeat:
		x.Shape, x.Path, x.Full = "repeat", f.Add, f.Add == ""
		return x
	case f.Kind == form.Computed || f.ReadOnly:
		x.Shape = "output"
		if a := answer(f); !a.Blank {
			x.Text = a.Text
		}
	case len(f.Parts) > 0:
		x.Shape, x.Problem = "group", "" // told at the part
		for _, part := range f.Parts {
			y := draw(part, say)
			for _, o := range part.Offers {
				y.List, y.Live = append(y.List, o.Text), y.Live || len(o.With) > 0
			}
			switch {
			case strings.HasSuffix(part.Path, "/number"), strings.HasSuffix(part.Path, "/postcode"):
				y.Width = "short"
			case strings.HasSuffix(part.Path, "/words"):
				y.Width = ""
			}
			x.Parts = append(x.Parts, y)
		}
	case f.Kind == form.Photos:
		x.Shape = "photos"
		for i, digest := range form.Digests(f.Value) {
			x.Photos = append(x.Photos, fieldPhoto{Digest: digest, Label: "Foto " + strconv.Itoa(i+1)})
		}
		x.Full = f.Max > 0 && len(x.Photos) >= f.Max
	case f.Kind == form.Files:
		x.Shape, x.Later, x.Checked = "files", f.Later, form.Later(f.Value)
		x.Accept = acceptOf(f)
		for i, digest := range form.Digests(f.Value) {
			x.Photos = append(x.Photos, fieldPhoto{Digest: digest, Label: strconv.Itoa(i + 1)})
		}
		x.Full = f.Max > 0 && len(x.Photos) >= f.Max
		x.Later = x.Later && len(x.Photos) == 0
	case f.Kind == form.Signature:
		x.Shape, x.Checked, x.Drawing = "signature", f.Value == signature.OnPaper, drawing(f.Value)
		if x.Checked {
			x.Text = ""
		}
	case f.Kind == form.LongText:
		x.Shape = "area"
	case f.Kind == form.Consent:
		x.Shape, x.Checked = "consent", form.Same(f.Value, true)
	case f.Kind == form.Choices:
		x.Shape, x.Type, list, x.Filter = "options", "checkbox", f.Options, f.Search
	case f.Kind == form.Choice && len(f.Options) >= selectFrom:
		x.Shape, list = "select", f.Options
	case f.Kind == form.Choice || f.Kind == form.Bool:
		x.Shape, x.Type, list = "options", "radio", options(f)
	default:
		x.Shape = "input"
		x.input(f)
	}
	for _, o := range list {
		x.Options = append(x.Options, fieldOption{Token: token(o.Value), Label: o.Label, Hint: o.Hint, Mark: mark(o), Selected: o.Selected})
	}
	if x.Hint != "" && x.Example != "" && !strings.ContainsRune(".!?:", rune(x.Hint[len(x.Hint)-1])) {
		x.Hint += "." // the example is the next sentence
	}
	var ids []string
	if x.Hint != "" || x.Example != "" {
		ids = append(ids, x.ID+"-h")
	}
	if x.Problem != "" {
		ids = append(ids, x.ID+"-e")
	}
	x.Describes = strings.Join(ids, " ")
	return x
}

// say tells what is wrong with the field.
func (x *field) say(problem string) {
	if x.Problem == "" {
		x.Describes = strings.TrimSpace(x.Describes + " " + x.ID + "-e")
	}
	x.Problem = problem
}

func (x *field) input(f form.Field) {
	x.Width = "mid"
	if f.Kind.Short() {
		x.Width = "short"
	}
	switch f.Keys {
	case form.KeysDigits:
		x.Mode = "numeric"
		if f.Kind == form.Phone {
			x.Mode = "tel"
		}
	case form.KeysEmail:
		x.Mode = "email"
	}
	x.Plain = f.Kind == form.Plate || f.Keys == form.KeysPlate
	if f.Secret {
		x.Type = "password"
	}
}

// acceptOf is what a browser offers for a field of files.
func acceptOf(f form.Field) string {
	var types []string
	for _, a := range f.Takes {
		types = append(types, map[string]string{form.AcceptPDF: "application/pdf", form.AcceptJPEG: "image/jpeg", form.AcceptPNG: "image/png"}[a])
	}
	return strings.Join(types, ",")
}

// anchor is the id of a path's field: it stays the same when other fields appear or go.
func anchor(path string) string {
	return "f" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, path)
}

// token writes an option's value so that it survives the way through a form: as JSON.
func token(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // an option is a JSON scalar
		return ""
	}
	return string(b)
}

// inputs are a page's fields as a browser's form has them: a signature is one field here, however somebody signed.
func inputs(p form.Page) []form.Field {
	p.Fields = slices.Clone(p.Fields)
	for i, f := range p.Fields {
		if f.Kind == form.Signature {
			whole := *f
			whole.Parts, p.Fields[i] = nil, &whole
		}
	}
	return p.Inputs()
}

// parser reads what somebody typed; *service.Service is one.
type parser interface{ Parse(path, typed string) any }

// apply takes over what a page's form says. look gives the page's fields for given answers: an answer can make a field appear, and
// what was filled in there counts as well. A field that the page did not ask for keeps its answer.
func apply(p parser, answers form.Answers, sent url.Values, look func(form.Answers) []form.Field) form.Answers {
	done := map[string]bool{}
	for again := true; again; {
		again = false
		for _, f := range look(answers) {
			if done[f.Path] || !slices.Contains(sent["gefragt"], f.Path) || f.ReadOnly || f.Kind.Told() || f.Kind == form.Photos || f.Kind == form.Files {
				continue // see takeFiles
			}
			done[f.Path], again = true, true
			answers = answers.With(f.Path, read(p, f, sent["a:"+f.Path]))
		}
	}
	return answers
}

// read gives the value of one field; nil when it is empty or is none of the options.
func read(p parser, f form.Field, sent []string) any {
	switch f.Kind {
	case form.Signature:
		switch {
		case slices.Contains(sent, signature.OnPaper):
			return signature.OnPaper
		case f.Value != signature.OnPaper: // signed elsewhere
			return f.Value
		}
		return nil
	case form.Consent:
		if slices.Contains(sent, "true") {
			return true
		}
		return nil
	case form.Choice, form.Choices, form.Bool:
		var chosen []any
		for _, o := range options(f) {
			if slices.Contains(sent, token(o.Value)) {
				chosen = append(chosen, o.Value)
			}
		}
		switch {
		case len(chosen) == 0:
			return nil
		case f.Kind == form.Choices:
			return chosen
		}
		return chosen[0]
	}
	if len(sent) == 0 {
		return nil
	}
	typed := strings.TrimSpace(strings.ReplaceAll(sent[0], "\r\n", "\n"))
	if typed == "" {
		return nil
	}
	return p.Parse(f.Path, strings.ToValidUTF8(typed, "\uFFFD"))
}
