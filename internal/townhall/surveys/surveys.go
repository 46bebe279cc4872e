// Package surveys counts what was answered in surveys.
//
// Of an answer nothing stays together: each question is counted for itself, what was written in own words is kept alone, under a random key, without
// day, channel or other answers. There is no case, and nothing leads back to whoever answered.
package surveys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Least is how many answers there have to be before anybody sees results: among fewer somebody could be recognised.
const Least = 5

// What can go wrong.
var (
	ErrNone     = errors.New("surveys: this is no answer to a survey")
	ErrVersion  = errors.New("surveys: this version of the survey is not known here yet")
	ErrCounted  = errors.New("surveys: this envelope was counted")
	ErrAnswers  = errors.New("surveys: the answers do not fit the survey")
	ErrNotFound = errors.New("surveys: no such text")
)

// ChannelOther stands for channels that nobody here knows: what a device calls its own could be anything.
const ChannelOther = "other"

// Channels lists the ways in which answers come, ChannelOther last.
func Channels() []string {
	return []string{"terminal", "phone", "web", "counter", "telephone", "paper", ChannelOther}
}

// Tally is what one answer adds to the counts.
type Tally struct {
	Survey, Version string
	Refused         bool   // the answers did not pass the check: one more that is not counted, and nothing else
	Day             string // "2026-11-23"
	Channel         string
	Questions       []Asked
}

// Asked is what one answer adds to one question.
type Asked struct {
	Path   string
	Left   bool     // it was asked, and left out
	Values []string // what was chosen, see service.OptionValue
	Number *float64 // a number that is only summed up, because it can be any
	Text   string   // in own words
}

// Total is how much there is of one version of a survey.
type Total struct {
	Survey, Version  string
	Answers, Refused int
	First, Last      string // days, "" without an answer
}

// Result is everything that is known of one version of a survey.
type Result struct {
	Total
	Days      map[string]int // answers by day
	Channels  map[string]int // answers by channel
	Questions map[string]Counted
}

// Counted is what is known of one question.
type Counted struct {
	Answered, Left   int
	Values           map[string]int // how often each was chosen
	Sum, Small, High float64        // of numbers that can be any: sum, least and greatest
	Texts            []Text         // in an order that says nothing
}

// Text is something in own words.
type Text struct{ Key, Text string }

// Event is what was done with a survey's results.
type Event struct {
	Survey, Clerk, What string // What: "struck", "emptied"
	At                  time.Time
}

// What was done with results.
const (
	EventStruck  = "struck"  // a text was taken out
	EventEmptied = "emptied" // it was begun anew
)

// Store keeps the counts. Every method returns only when it is on disk.
type Store interface {
	// CountSurvey adds a tally. With an envelope's id it notes in the same transaction that the envelope had its effect, and forgets all of it but its
	// id and digest; ErrCounted when it had its effect before.
	CountSurvey(ctx context.Context, envelope string, t Tally) error
	// SurveyTotals lists what there is, by survey and version.
	SurveyTotals(ctx context.Context) ([]Total, error)
	// SurveyResult gives everything of a version; an empty result when there is nothing.
	SurveyResult(ctx context.Context, survey, version string) (Result, error)
	// StrikeText takes a text out; ErrNotFound. Its answer stays counted.
	StrikeText(ctx context.Context, key string, e Event) error
	// EmptySurvey forgets all counts and texts of a survey.
	EmptySurvey(ctx context.Context, e Event) error
	// SurveyEvents lists what was done with a survey's results, newest first.
	SurveyEvents(ctx context.Context, survey string) ([]Event, error)
}

// Options of an Office. Every field but Log is required.
type Options struct {
	Store  Store
	Tenant string
	// Find gives a version of a service, "" the one that is offered.
	Find func(id, version string) (*service.Service, bool)
	Now  func() time.Time
	Log  *slog.Logger // nil: nothing is logged
}

// Office is where surveys are counted.
type Office struct{ o Options }

// New makes an Office.
func New(o Options) *Office {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Office{o}
}

// Receive counts an application that is an answer to a survey: once for each envelope. ErrNone when it is none and has to become a case, ErrCounted
// when it was counted before.
//
// An answer to a version that is not known here can neither be checked nor counted, and as a case it would be kept as nobody was told it would be.
// ErrVersion asks to leave it sealed until the version is there: nothing is lost, and nobody reads it. Where the whole survey is unknown or withdrawn, it is
// told by what every other application has: a case number, or somebody to answer.
func (x *Office) Receive(ctx context.Context, envelope string, app service.Application, arrived time.Time) error {
	s, ok := x.o.Find(app.Service, app.Version)
	if !ok {
		s, ok = x.o.Find(app.Service, "")
		if ok && s.Counted() || !ok && app.Service != "" && app.Case == "" && app.Recipient == "" {
			return ErrVersion
		}
		return ErrNone
	}
	if !s.Counted() {
		return ErrNone
	}
	t, err := tally(s, app.Answers, app.Channel, app.Day, arrived)
	if err != nil || app.Tenant != x.o.Tenant {
		t = Tally{Survey: s.ID, Version: s.Version, Refused: true}
	}
	return x.o.Store.CountSurvey(ctx, envelope, t)
}

// Enter counts what a clerk typed in. ErrAnswers when the answers do not fit; then nothing is counted.
func (x *Office) Enter(ctx context.Context, s *service.Service, a form.Answers, channel string, day time.Time) error {
	t, err := tally(s, s.Clean(a, day), channel, day.Format(time.DateOnly), day)
	if err != nil {
		return err
	}
	return x.o.Store.CountSurvey(ctx, "", t)
}

// longAgo is how much older than its arrival an answer can be: its device had no line, or its clock is wrong.
const longAgo = 92 * 24 * time.Hour

// tally checks the answers, with the same rules as the device did, and takes them apart. ErrAnswers when they do not fit.
func tally(s *service.Service, a form.Answers, channel, day string, arrived time.Time) (Tally, error) {
	on, err := time.ParseInLocation(time.DateOnly, day, arrived.Location())
	if err != nil {
		on = arrived
	}
	if len(s.Check(a, on)) > 0 {
		return Tally{}, ErrAnswers
	}
	if !slices.Contains(Channels(), channel) {
		channel = ChannelOther
	}
	t := Tally{Survey: s.ID, Version: s.Version, Day: on.Format(time.DateOnly), Channel: channel}
	if on.After(arrived) || arrived.Sub(on) > longAgo {
		t.Day = arrived.Format(time.DateOnly)
	}
	asked := map[string]bool{}
	for _, p := range s.View(a, "de", on).Pages {
		for _, f := range p.Fields {
			asked[f.Path] = true
		}
	}
	for _, q := range s.Questions("de", on) {
		if asked[q.Path] {
			v, _ := a.Get(q.Path)
			t.Questions = append(t.Questions, answered(q, v))
		}
	}
	return t, nil
}

// answered is what an answer adds to its question.
func answered(q service.SurveyQuestion, v any) Asked {
	said := Asked{Path: q.Path}
	switch v := expr.Normal(v).(type) {
	case nil:
	case []any:
		for _, one := range v {
			said.Values = append(said.Values, service.OptionValue(one))
		}
	case int64:
		if q.Kind == form.Number && !q.Bounded {
			n := float64(v)
			said.Number = &n
			break
		}
		said.Values = []string{service.OptionValue(v)}
	case float64:
		if q.Kind == form.Number {
			said.Number = &v
			break
		}
		said.Values = []string{service.OptionValue(v)}
	case string:
		if q.Kind == form.Text || q.Kind == form.LongText {
			said.Text = strings.TrimSpace(v)
			break
		}
		said.Values = []string{v}
	default:
		said.Values = []string{service.OptionValue(v)}
	}
	said.Left = len(said.Values) == 0 && said.Number == nil && said.Text == ""
	return said
}

// Totals lists how much there is, by survey and version.
func (x *Office) Totals(ctx context.Context) ([]Total, error) { return x.o.Store.SurveyTotals(ctx) }

// Result gives everything that is known of a version. Nobody may see more than the Total while it has fewer than Least answers.
func (x *Office) Result(ctx context.Context, survey, version string) (Result, error) {
	return x.o.Store.SurveyResult(ctx, survey, version)
}

// Service gives a version of a service, for its sentences.
func (x *Office) Service(id, version string) (*service.Service, bool) { return x.o.Find(id, version) }

// Events lists what was done with a survey's results, newest first.
func (x *Office) Events(ctx context.Context, survey string) ([]Event, error) {
	return x.o.Store.SurveyEvents(ctx, survey)
}

// Strike takes a text out; ErrNotFound. It is noted who did it, and not what stood there.
func (x *Office) Strike(ctx context.Context, clerk, survey, key string) error {
	if err := x.o.Store.StrikeText(ctx, key, Event{survey, clerk, EventStruck, x.o.Now()}); err != nil {
		return fmt.Errorf("surveys: strike: %w", err)
	}
	x.o.Log.Info("a text of a survey was struck", "survey", survey, "who", clerk)
	return nil
}

// Empty begins a survey anew: all its counts and texts are gone. What was counted before is not counted again when a device brings it once more.
func (x *Office) Empty(ctx context.Context, clerk, survey string) error {
	if err := x.o.Store.EmptySurvey(ctx, Event{survey, clerk, EventEmptied, x.o.Now()}); err != nil {
		return fmt.Errorf("surveys: empty: %w", err)
	}
	x.o.Log.Info("a survey was emptied", "survey", survey, "who", clerk)
	return nil
}
