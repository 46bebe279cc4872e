package service

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// SurveyQuestion is something that a survey asks, as whoever reads its results has to know it.
type SurveyQuestion struct {
	Path    string // of the answer: "/ease"
	Kind    form.Kind
	Label   string
	Options []SurveyOption // in the form's order; none of a number or of own words
	// Bounded tells of a number that it is one of a few: each value can be counted for itself.
	Bounded bool
}

// SurveyOption is an answer that can be chosen.
type SurveyOption struct {
	Value string // see OptionValue
	Label string
}

// manyValues is how many different numbers are counted one by one.
const manyValues = 101

// OptionValue writes a chosen answer in the one way in which it is counted: 1 and 1.0 are "1", true is "true".
func OptionValue(v any) string { return fmt.Sprint(expr.Normal(v)) }

// Questions lists what the form asks, in its order, in a language; day is the day whose tables offer options.
func (s *Service) Questions(lang string, day time.Time) []SurveyQuestion {
	if s.open() != nil || s.form == nil {
		return nil
	}
	offered := map[string][]form.Option{} // out of tables
	for _, p := range s.View(nil, lang, day).Pages {
		for _, f := range p.Fields {
			offered[f.Path] = f.Options
		}
	}
	var list []SurveyQuestion
	for _, f := range s.form.Outline().Fields {
		if f.Kind.Told() {
			continue
		}
		q := SurveyQuestion{Path: f.Path, Kind: f.Kind, Label: s.named(lang, f.Path, "label", f.Path), Bounded: f.Kind == form.Number && bounded(s.Schema(), f.Path)}
		switch {
		case len(f.Options) > 0:
			for _, value := range f.Options {
				q.Options = append(q.Options, SurveyOption{value, s.named(lang, f.Path, "option."+value, value)})
			}
		case f.Kind == form.Bool:
			yes, no := yesAndNo(lang)
			q.Options = []SurveyOption{{"true", s.named(lang, f.Path, "option.true", yes)}, {"false", s.named(lang, f.Path, "option.false", no)}}
		default:
			for _, o := range offered[f.Path] {
				q.Options = append(q.Options, SurveyOption{OptionValue(o.Value), o.Label})
			}
		}
		list = append(list, q)
	}
	return list
}

// named gives a sentence of a field, or what stands for it where there is none.
func (s *Service) named(lang, path, which, otherwise string) string {
	key := "field." + strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".") + "." + which
	if !s.Knows(lang, key) && !s.Knows(text.German, key) {
		return otherwise
	}
	return s.Say(lang, key)
}

func yesAndNo(lang string) (yes, no string) {
	general, err := form.Sentences()
	if err != nil {
		return "true", "false"
	}
	return general.Say(lang, "form.yes"), general.Say(lang, "form.no")
}

// bounded tells whether the schema allows at most manyValues different whole numbers at a path.
func bounded(schema []byte, path string) bool {
	type node struct {
		Type       any             `json:"type"`
		Properties map[string]node `json:"properties"`
		Minimum    *float64        `json:"minimum"`
		Maximum    *float64        `json:"maximum"`
	}
	var at node
	if json.Unmarshal(schema, &at) != nil {
		return false
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		at = at.Properties[name]
	}
	return at.Type == "integer" && at.Minimum != nil && at.Maximum != nil && *at.Maximum-*at.Minimum < manyValues
}
