package storetest

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// opinion is an answer to a survey: a rating, several of many, a number that can be any, and a word.
func opinion(day, channel, rating, word string, helps []string, number float64) surveys.Tally {
	return surveys.Tally{Survey: "umfrage", Version: "1", Day: day, Channel: channel, Questions: []surveys.Asked{
		{Path: "/ease", Values: []string{rating}}, {Path: "/helps", Values: helps, Left: len(helps) == 0},
		{Path: "/far", Number: &number}, {Path: "/words", Text: word, Left: word == ""},
	}}
}

func countedSurveys(t *testing.T, s Store) {
	ctx := t.Context()
	if r := must(s.SurveyResult(ctx, "umfrage", "1"))(t); r.Answers != 0 || len(must(s.SurveyTotals(ctx))(t)) != 0 {
		t.Fatal("there is something before anybody answered")
	}
	ok(t, s.CountSurvey(ctx, "", opinion("2026-11-23", "terminal", "1", "Gut.", []string{"larger", "aloud"}, 2.5)))
	ok(t, s.CountSurvey(ctx, "", opinion("2026-11-20", "phone", "1", "", nil, -1)))
	ok(t, s.CountSurvey(ctx, "", opinion("2026-11-23", "terminal", "4", "Laut.", []string{"aloud"}, 8)))
	ok(t, s.CountSurvey(ctx, "", surveys.Tally{Survey: "umfrage", Version: "1", Refused: true}))
	ok(t, s.CountSurvey(ctx, "", surveys.Tally{Survey: "umfrage", Version: "2", Refused: true}))
	ok(t, s.CountSurvey(ctx, "", surveys.Tally{Survey: "andere", Version: "1", Day: "2026-01-01", Channel: "paper"}))
	want := []surveys.Total{{Survey: "andere", Version: "1", Answers: 1, First: "2026-01-01", Last: "2026-01-01"},
		{Survey: "umfrage", Version: "1", Answers: 3, Refused: 1, First: "2026-11-20", Last: "2026-11-23"}, {Survey: "umfrage", Version: "2", Refused: 1}}
	if got := must(s.SurveyTotals(ctx))(t); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	r := must(s.SurveyResult(ctx, "umfrage", "1"))(t)
	if r.Total != want[1] || !maps.Equal(r.Days, map[string]int{"2026-11-20": 1, "2026-11-23": 2}) || !maps.Equal(r.Channels, map[string]int{"phone": 1, "terminal": 2}) {
		t.Errorf("%+v", r)
	}
	ease, helps, far, words := r.Questions["/ease"], r.Questions["/helps"], r.Questions["/far"], r.Questions["/words"]
	if ease.Answered != 3 || ease.Left != 0 || !maps.Equal(ease.Values, map[string]int{"1": 2, "4": 1}) {
		t.Errorf("%+v", ease)
	}
	if helps.Answered != 2 || helps.Left != 1 || !maps.Equal(helps.Values, map[string]int{"larger": 1, "aloud": 2}) {
		t.Errorf("%+v", helps)
	}
	if far.Answered != 3 || far.Sum != 9.5 || far.Small != -1 || far.High != 8 {
		t.Errorf("%+v", far)
	}
	if words.Answered != 2 || words.Left != 1 || len(words.Texts) != 2 {
		t.Errorf("%d answered, %d left, %d texts", words.Answered, words.Left, len(words.Texts))
	}
}

func countedOnce(t *testing.T, s Store) {
	ctx := t.Context()
	item := wire.Item{ID: "e1", Kind: wire.KindEnvelope, Key: "k", Body: "sealed", Outcome: "signed"}
	take := func(i wire.Item) wire.Status {
		t.Helper()
		return must(s.Keep(ctx, "Terminal", proof.PublicKey{}, []wire.Item{i}, Day()))(t)[0]
	}
	if got := take(item); got != wire.Stored {
		t.Fatal(got)
	}
	is(t, s.CountSurvey(ctx, "e2", opinion("2026-11-23", "terminal", "1", "", nil, 1)), surveys.ErrCounted) // nobody brought it
	var good sync.Map
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			if s.CountSurvey(ctx, "e1", opinion("2026-11-23", "terminal", "1", "Gut.", nil, 1)) == nil {
				good.Store(n, true)
			}
		})
	}
	all.Wait()
	won := 0
	good.Range(func(any, any) bool { won++; return true })
	r := must(s.SurveyResult(ctx, "umfrage", "1"))(t)
	if won != 1 || r.Answers != 1 || len(r.Questions["/words"].Texts) != 1 {
		t.Fatalf("counted %d times: %d answers", won, r.Answers)
	}
	ok(t, s.Mark(ctx, "e1", intake.Fresh, "")) // whatever somebody does afterwards
	if left := must(s.In(ctx, intake.Fresh, 0, 10))(t); len(left) != 0 {
		t.Error("it would be opened again")
	}
	done := must(s.In(ctx, intake.Done, 0, 10))(t)
	if len(done) != 1 || done[0].Item.Body != "" || done[0].Item.Outcome != "" || done[0].Device != "" || !done[0].At.IsZero() {
		t.Errorf("of the envelope is left: %+v", done)
	}
	if got := take(item); got != wire.Dup {
		t.Error("brought again:", got)
	}
	item.Body = "another"
	if got := take(item); got != wire.Conflict {
		t.Error("another one under its id:", got)
	}
}

func struckTexts(t *testing.T, s Store) {
	ctx := t.Context()
	at := Day().Add(time.Minute)
	ok(t, s.CountSurvey(ctx, "", opinion("2026-11-23", "terminal", "1", "Gut.", nil, 1)))
	ok(t, s.CountSurvey(ctx, "", surveys.Tally{Survey: "umfrage", Version: "2", Refused: true}))
	other := opinion("2026-11-23", "terminal", "1", "Anders.", nil, 1)
	other.Survey = "andere"
	ok(t, s.CountSurvey(ctx, "", other))
	key := must(s.SurveyResult(ctx, "umfrage", "1"))(t).Questions["/words"].Texts[0].Key
	is(t, s.StrikeText(ctx, key, surveys.Event{Survey: "andere", Clerk: "kowalski", What: surveys.EventStruck, At: at}), surveys.ErrNotFound)
	ok(t, s.StrikeText(ctx, key, surveys.Event{Survey: "umfrage", Clerk: "kowalski", What: surveys.EventStruck, At: at}))
	is(t, s.StrikeText(ctx, key, surveys.Event{Survey: "umfrage", Clerk: "kowalski", What: surveys.EventStruck, At: at}), surveys.ErrNotFound)
	if q := must(s.SurveyResult(ctx, "umfrage", "1"))(t).Questions["/words"]; len(q.Texts) != 0 || q.Answered != 1 {
		t.Errorf("%d texts, %d answered", len(q.Texts), q.Answered)
	}
	ok(t, s.EmptySurvey(ctx, surveys.Event{Survey: "umfrage", Clerk: "meyer", What: surveys.EventEmptied, At: at}))
	if all := must(s.SurveyTotals(ctx))(t); len(all) != 1 || all[0].Survey != "andere" || all[0].Answers != 1 {
		t.Errorf("%+v", all)
	}
	if r := must(s.SurveyResult(ctx, "umfrage", "1"))(t); r.Answers != 0 || len(r.Questions) != 0 || len(r.Channels) != 0 {
		t.Errorf("%+v", r)
	}
	if len(must(s.SurveyResult(ctx, "andere", "1"))(t).Questions["/words"].Texts) != 1 {
		t.Error("another survey was emptied with it")
	}
	events := must(s.SurveyEvents(ctx, "umfrage"))(t)
	if len(events) != 2 || events[0].What != surveys.EventEmptied || events[0].Clerk != "meyer" || events[1].What != surveys.EventStruck || !events[1].At.Equal(at) {
		t.Errorf("%+v", events)
	}
}
