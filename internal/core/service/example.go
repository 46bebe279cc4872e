package service

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Example is examples/<name>.yaml of a service: answers, and what has to come out. Whoever changes a rule sees from them what else changes.
type Example struct {
	Name    string       `yaml:"-"`
	Day     string       `yaml:"day"` // on which the answers are given
	Answers form.Answers `yaml:"answers"`
	Expect  struct {
		Fee      int64             `yaml:"fee"`      // cents
		Until    string            `yaml:"until"`    // the claim "until" of the finished paper
		Said     map[string]string `yaml:"said"`     // what computed fields (and others) say in German, by their names: "waste-total: 262,00 €"
		Needs    []string          `yaml:"needs"`    // names of the papers to bring along; left out: not looked at
		Office   string            `yaml:"office"`   // that it belongs to; left out: not looked at
		Problems []string          `yaml:"problems"` // "/path" for an answer that does not fit, else the name of the rule that does not hold
	} `yaml:"expect"`
}

// Examples reads the examples in the folder of a service, by name. Errors name file and line.
func Examples(folder fs.FS, service string) ([]Example, error) {
	files, err := fs.Glob(folder, "examples/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("service: examples: %w", err)
	}
	var all []Example
	for _, file := range files {
		data, err := limit.Read(folder, file)
		if err != nil {
			return nil, fmt.Errorf("service: examples: %w", err)
		}
		e := Example{Name: strings.TrimSuffix(path.Base(file), ".yaml")}
		if err := form.Decode(service, file, data, &e); err != nil {
			return nil, fmt.Errorf("service: examples: %w", err)
		}
		if _, err := time.Parse(time.DateOnly, e.Day); err != nil {
			return nil, fmt.Errorf("service: examples: %s/%s: day is no day such as 2026-11-23", service, file)
		}
		all = append(all, e)
	}
	return all, nil
}

// On is the day on which the answers are given.
func (e Example) On() time.Time {
	day, _ := time.Parse(time.DateOnly, e.Day) // Examples has read it
	return day
}

// Try tells where the service does something else than an example expects, in words; empty when nowhere. A good one has to be complete in all the
// languages, to cost what it should, and to stay itself when it is cleaned twice.
func (s *Service) Try(e Example, langs ...string) (differences []string) {
	if err := s.open(); err != nil {
		return []string{err.Error()}
	}
	differ := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	day := e.On()
	got, want := map[string]bool{}, map[string]bool{}
	var texts []string
	for _, p := range s.Check(e.Answers, day) {
		name := p.Rule
		if name == "schema" {
			name = p.Path
		}
		got[name] = true
		texts = append(texts, fmt.Sprintf("%s: %s", cmp.Or(name, "the whole"), p.Text))
		if p.Text == "" || strings.Contains(p.Text, "form.problem") {
			differ("%s has no sentence", name)
		}
	}
	for _, p := range e.Expect.Problems {
		want[p] = true
	}
	if !maps.Equal(got, want) {
		differ("the town hall says %v, not %v%s", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)), strings.Join(append([]string{""}, texts...), " | "))
	}
	for _, at := range s.View(e.Answers, text.German, day).Broken {
		differ("%s has no value for these answers, although all it reads is there", at)
	}
	if len(want) > 0 || len(differences) > 0 {
		return differences
	}
	clean := s.Clean(e.Answers, day)
	if len(e.Expect.Said) > 0 {
		_, said := s.form.Said(form.Input{Answers: clean, Lang: text.German, Day: day})
		for _, name := range slices.Sorted(maps.Keys(e.Expect.Said)) {
			if got, _ := said[name].(string); strings.ReplaceAll(got, "\u00a0", " ") != e.Expect.Said[name] {
				differ("%s says %q, not %q", name, got, e.Expect.Said[name])
			}
		}
	}
	if names := needed(s.View(clean, text.German, day)); e.Expect.Needs != nil && !slices.Equal(names, e.Expect.Needs) {
		differ("it wants %v, not %v", names, e.Expect.Needs)
	}
	if office := s.OfficeFor(clean, day); e.Expect.Office != "" && office != e.Expect.Office {
		differ("it goes to %q, not %q", office, e.Expect.Office)
	}
	for _, lang := range langs {
		v := s.View(clean, lang, day)
		switch {
		case !v.Complete:
			differ("in %s it is not complete", lang)
		case v.Fee == nil || int64(v.Fee.Amount) != e.Expect.Fee:
			differ("in %s it costs %+v, not %d cents", lang, v.Fee, e.Expect.Fee)
		}
	}
	if problems := s.Check(clean, day); len(problems) > 0 {
		differ("cleaned answers are not accepted: %v", problems)
	}
	if again := s.Clean(clean, day); fmt.Sprint(again) != fmt.Sprint(clean) {
		differ("cleaning twice changes something")
	}
	for _, lang := range langs {
		differences = append(differences, s.printed(clean, lang, day)...)
	}
	if len(s.claims) == 0 {
		return differences
	}
	claims, err := s.Claims(Application{Answers: clean, Day: e.Day, Case: exampleCase}, day)
	if err != nil || e.Expect.Until != "" && claims["until"] != e.Expect.Until {
		differ("its paper says %v, %v", claims, err)
	}
	return differences
}

// printed makes every paper of the service for every way to pay, and tells which cannot be made.
func (s *Service) printed(a form.Answers, lang string, day time.Time) (wrong []string) {
	fee := s.View(a, lang, day).Fee
	if fee == nil {
		return nil // said already
	}
	for _, name := range s.Documents() {
		for _, way := range s.Ways {
			app := Application{Answers: a, Lang: lang, Day: day.Format(time.DateOnly), Case: exampleCase, Fee: fee.Amount, Way: way}
			d := Data{Application: app, Secret: exampleSecret, Attestation: "a.b.c", Today: day, Settled: true}
			if way == pay.Card {
				d.Outcome = &pay.Outcome{Amount: fee.Amount, Way: way, At: day, Evidence: &pay.Evidence{}}
			}
			if _, err := s.Document(name, d); err != nil {
				wrong = append(wrong, fmt.Sprintf("documents/%s.yaml, paid by %s, cannot be made in %s: %v", name, way, lang, err))
				break
			}
		}
	}
	return wrong
}

// What an application has that nobody made: a number, and a key that opens nothing.
const (
	exampleCase   = "BO-26-4T7K-2M9-X"
	exampleSecret = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP"
)

// Sample is an application of these answers on this day with a letter about it, for somebody who wants to see the papers. All that is not answered is
// made up.
func (s *Service) Sample(answers form.Answers, lang string, day time.Time) Data {
	answers = s.Clean(answers, day)
	app := Application{Kind: KindApplication, Case: exampleCase, Service: s.ID, Version: s.Version, Tenant: s.tenant.ID, Lang: lang,
		Day: day.Format(time.DateOnly), Answers: answers, Way: pay.Free, Channel: AtTerminal, At: day}
	if fee := s.View(answers, lang, day).Fee; fee != nil && fee.Amount > 0 && len(s.Ways) > 0 {
		app.Fee, app.Way = fee.Amount, s.Ways[0]
	}
	d := Data{Application: app, Secret: exampleSecret, Attestation: "muster", Today: day, Settled: true}
	if app.Way == pay.Card {
		d.Outcome = &pay.Outcome{Amount: app.Fee, Way: app.Way, At: day, Evidence: &pay.Evidence{Customer: []string{"** Kundenbeleg **", "girocard", "EUR " + app.Fee.String()}}}
	}
	to := s.Address(app, day)
	if to == nil {
		to = []string{"Vera Vogt", "Ostkorso 8", "32545 Bad Oeynhausen"}
	}
	words := "Ihr Antrag ist bewilligt.\n\nSie müssen nichts weiter tun. Wenn sich etwas ändert, sagen Sie uns bitte Bescheid. Unsere Nummer steht oben rechts."
	if lang == "en" {
		words = "Your application has been approved.\n\nThere is nothing else you have to do. Please tell us if anything changes."
	}
	d.Letter = &Letter{To: to, Text: words, Clerk: "Birgit Kowalski", Granted: true, Salutation: "Guten Tag " + to[0] + ","}
	return d
}

func needed(v form.View) (names []string) {
	for _, n := range v.Needs {
		names = append(names, n.Name)
	}
	return names
}
