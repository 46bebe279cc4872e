package town_test

import (
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// opines answers the survey at a device.
func opines(t testing.TB, v *visit.Visit, ease int, words string) {
	t.Helper()
	for path, value := range map[string]any{"/ease": ease, "/done": "yes", "/again": "perhaps", "/words": words} {
		v.Answer(path, value)
	}
	r := must[visit.Receipt](t)(v.Submit(t.Context(), pay.Free, nil))
	if !r.Counted || r.Case != "" || r.Secret != "" {
		t.Fatalf("the receipt leads back: %+v", r)
	}
}

// What people say at terminals and on phones, with and without a line, is counted once, and nobody finds a case.
func TestASurveyIsCountedFromTapToTownHall(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	p := phone(t, r, "phone")
	r.arrive(t, p)
	r.Cut()
	opines(t, r.Visit("umfrage"), 1, "Größere Tasten.")
	opines(t, r.Visit("umfrage"), 2, "")
	ok(t, r.RestartTerminal())
	ok(t, r.Join())
	opines(t, p.Visit("umfrage"), 2, "Mehr Licht.")
	r.sync(t)
	ok(t, p.Sync(ctx))
	r.sync(t)
	got := must[surveys.Result](t)(r.Hall.Surveys.Result(ctx, "umfrage", "1"))
	if got.Answers != 3 || got.Refused != 0 || got.Channels["terminal"] != 2 || got.Channels["phone"] != 1 {
		t.Fatalf("%+v", got.Total)
	}
	if ease := got.Questions["/ease"]; ease.Values["1"] != 1 || ease.Values["2"] != 2 {
		t.Errorf("%+v", ease)
	}
	if words := got.Questions["/words"]; len(words.Texts) != 2 || words.Left != 1 {
		t.Errorf("%d texts, %d left out", len(words.Texts), words.Left)
	}
	if waiting := must[int](t)(r.Hall.Intake.Work(ctx)); waiting != 0 {
		t.Errorf("%d envelopes were left", waiting)
	}
	r.drain(t)
}
