package surveys_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// walk is a survey with every kind of question.
var walk = fstest.MapFS{
	"service.yaml": {Data: []byte(`id: spaziergang
version: "1"
kind: survey
tenants: [stadt]
icon: message-2
situations: [schaden-melden]
groups: [residents]
topics: [taking-part]
channels: [terminal]
ways: [free]
trust: none
office: buergerbuero
`)},
	"schema.json": {Data: []byte(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Spaziergang", "type": "object", "additionalProperties": false, "required": ["dog", "age"], "properties": {
  "dog": {"type": "boolean"}, "breed": {"type": "string", "maxLength": 40}, "age": {"type": "integer", "minimum": 0, "maximum": 100},
  "far": {"type": "number"}, "steps": {"type": "integer", "minimum": 0, "maximum": 100000}, "where": {"type": "object", "additionalProperties": false, "properties": {"park": {"enum": ["kurpark", "sielpark"]}}}}}`)},
	"form.yaml": {Data: []byte(`pages:
  - id: all
    fields:
      - {path: /dog, kind: bool}
      - {path: /breed, kind: text, optional: true, visible: answers.dog == true}
      - {path: /age, kind: number}
      - {path: /far, kind: number, optional: true}
      - {path: /steps, kind: number, optional: true}
      - {path: /where/park, kind: choice, optional: true, options: [{value: kurpark}, {value: sielpark}]}
`)},
	"texts/de.yaml": {Data: []byte(`title: Spaziergang
lead: Wie gehen Sie spazieren?
law: Freiwillig
search: Hund
page: {all: {title: Fragen}}
field:
  dog: {label: Haben Sie einen Hund?}
  breed: {label: Welchen?}
  age: {label: Wie alt sind Sie?}
  far: {label: Wie weit?}
  steps: {label: Wie viele Schritte?}
  where.park: {label: Wo?}
  where.park.option: {kurpark: Im Kurpark, sielpark: Im Sielpark}
`)},
}

var monday = time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)

func office(t *testing.T) (*surveys.Office, *service.Service) {
	t.Helper()
	c, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := service.Load(fs.FS(walk), "spaziergang", c.Tenant())
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return monday }
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	find := func(id, version string) (*service.Service, bool) {
		if id == s.ID && (version == "" || version == s.Version) {
			return s, true
		}
		return c.Find(id, version)
	}
	return surveys.New(surveys.Options{Store: store, Tenant: "stadt", Find: find, Now: now}), s
}

func TestEveryKindOfQuestionIsCountedInItsWay(t *testing.T) {
	x, s := office(t)
	for _, a := range []form.Answers{
		{"dog": true, "breed": "  Dackel ", "age": 41, "far": 2.5, "steps": 4000, "where": map[string]any{"park": "kurpark"}},
		{"dog": true, "age": 41, "far": 4},
		{"dog": false, "age": 7, "breed": "Wurde vorher geschrieben"},
	} {
		if err := x.Enter(t.Context(), s, a, "paper", monday); err != nil {
			t.Fatal(err)
		}
	}
	r, err := x.Result(t.Context(), "spaziergang", "1")
	if err != nil || r.Answers != 3 || r.Channels["paper"] != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	for path, want := range map[string]map[string]int{"/dog": {"true": 2, "false": 1}, "/age": {"41": 2, "7": 1}, "/where/park": {"kurpark": 1}, "/far": {}, "/steps": {}} {
		if got := r.Questions[path].Values; !maps.Equal(got, want) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if far := r.Questions["/far"]; far.Answered != 2 || far.Left != 1 || far.Sum != 6.5 || far.Small != 2.5 || far.High != 4 {
		t.Errorf("%+v", far)
	}
	if steps := r.Questions["/steps"]; steps.Sum != 4000 || steps.Left != 2 {
		t.Errorf("%+v", steps)
	}
	// Who has no dog was not asked for its breed, and did not leave that out.
	if breed := r.Questions["/breed"]; breed.Answered != 1 || breed.Left != 1 || len(breed.Texts) != 1 || breed.Texts[0].Text != "Dackel" {
		t.Errorf("%+v", breed)
	}
}

func TestWhatAClerkTypedWrongIsNotCounted(t *testing.T) {
	x, s := office(t)
	if err := x.Enter(t.Context(), s, form.Answers{"dog": true, "age": 141}, "paper", monday); !errors.Is(err, surveys.ErrAnswers) {
		t.Error(err)
	}
	if all, err := x.Totals(t.Context()); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

func TestQuestionsAreToldInTheFormsOrderWithTheirOptions(t *testing.T) {
	_, s := office(t)
	var told []string
	for _, q := range s.Questions("de", monday) {
		line := q.Path + " " + q.Label
		for _, o := range q.Options {
			line += " " + o.Value + "=" + o.Label
		}
		if q.Bounded {
			line += " (few)"
		}
		told = append(told, line)
	}
	want := `/dog Haben Sie einen Hund? true=Ja false=Nein
/breed Welchen?
/age Wie alt sind Sie? (few)
/far Wie weit?
/steps Wie viele Schritte?
/where/park Wo? kurpark=Im Kurpark sielpark=Im Sielpark`
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("%s", got)
	}
}

func TestOnlySurveysAreCounted(t *testing.T) {
	x, _ := office(t)
	for name, q := range map[string]struct {
		app  service.Application
		want error
	}{
		"another service":    {service.Application{Service: "hundesteuer", Version: "1"}, surveys.ErrNone},
		"an unknown service": {service.Application{Service: "raumfahrt", Version: "1", Case: "BO-26-4T7K-2M9-X"}, surveys.ErrNone},
		"an unknown survey":  {service.Application{Service: "raumfahrt", Version: "1"}, surveys.ErrVersion},
		"nothing":            {service.Application{}, surveys.ErrNone},
		"an unknown version": {service.Application{Service: "spaziergang", Version: "2"}, surveys.ErrVersion},
	} {
		if err := x.Receive(context.Background(), "e", q.app, monday); !errors.Is(err, q.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
