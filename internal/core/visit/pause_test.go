package visit

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
)

// withDrafts lets the visit be put away.
func withDrafts(s setting) *visittest.Drafts {
	d := &visittest.Drafts{Gone: ErrGone}
	s.Visit.desk.Drafts = d
	return d
}

func find(t *testing.T) func(id, version string) (*service.Service, bool) {
	t.Helper()
	c, err := town()
	if err != nil {
		t.Fatal(err)
	}
	return c.Find
}

func paused(t *testing.T, s setting, page string) Ticket {
	t.Helper()
	ticket, err := s.Pause(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func TestAVisitThatWasPutAwayGoesOnWhereItWasLeft(t *testing.T) {
	s := atTheCounter(t)
	drafts := withDrafts(s)
	s.Type("/plate", "MI-RA") // half of it
	before := s.Draft()
	ticket := paused(t, s, "vehicle")
	if !IsDraft(ticket.Code) || !IsDraft(ticket.Text) || ticket.Title == "" || !ticket.Until.Equal(s.opts.Now().Add(Term)) || ticket.Away {
		t.Fatalf("%+v", ticket)
	}
	lies := drafts.Lie()
	if len(lies) != 1 || bytes.Contains(lies[0].Data, []byte("MI-RA")) {
		t.Fatal("what was put away can be read")
	}
	s.Wipe()
	saved, err := Fetch(t.Context(), s.desk, " "+strings.ToLower(ticket.Text), s.opts)
	if err != nil || saved.Page != "vehicle" {
		t.Fatal(saved.Page, err)
	}
	v, changed, err := Continue(find(t), s.desk, s.opts, saved)
	if err != nil || changed {
		t.Fatal(changed, err)
	}
	was, _ := json.Marshal(before.Answers)
	is, _ := json.Marshal(v.Draft().Answers)
	if !bytes.Equal(was, is) {
		t.Fatalf("%s became %s", was, is)
	}
	for _, p := range v.View().Pages {
		for _, f := range p.Inputs() {
			if f.Path == "/plate" && f.Source != "Aus Ihrem Entwurf" {
				t.Fatalf("nobody says where it comes from: %q", f.Source)
			}
		}
	}
	saved.Wipe()
	if saved.Draft.Answers != nil || saved.key != (seal.DraftKey{}) {
		t.Fatal("what was fetched is still there")
	}
}

func TestWhatIsSentIsNotContinuedAnyMore(t *testing.T) {
	s := atTheCounter(t)
	drafts := withDrafts(s)
	ticket := paused(t, s, "")
	saved, err := Fetch(t.Context(), s.desk, ticket.Code, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := Continue(find(t), s.desk, s.opts, saved)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Submit(t.Context(), pay.Invoice, nil); err != nil {
		t.Fatal(err)
	}
	if len(drafts.Lie()) != 0 || v.Paused() {
		t.Fatal("the draft is still there")
	}
	if _, err := Fetch(t.Context(), s.desk, ticket.Code, s.opts); !errors.Is(err, ErrGone) {
		t.Fatal(err)
	}
}

func TestAPaymentThatEndsBadlyLeavesTheDraft(t *testing.T) {
	s := atTheCounter(t, pay.Refuse)
	drafts := withDrafts(s)
	paused(t, s, "")
	if _, err := s.Submit(t.Context(), pay.Card, nil); !errors.Is(err, ErrDeclined) {
		t.Fatal(err)
	}
	if len(drafts.Lie()) != 1 {
		t.Fatal("nothing was sent, and the draft is gone")
	}
}

func TestPuttingAwayAgainReplacesTheDraft(t *testing.T) {
	s := atTheCounter(t)
	drafts := withDrafts(s)
	first := paused(t, s, "")
	second := paused(t, s, "")
	if len(drafts.Lie()) != 1 || first.Code == second.Code {
		t.Fatal("two drafts of one visit")
	}
	if _, err := Fetch(t.Context(), s.desk, first.Code, s.opts); !errors.Is(err, ErrGone) {
		t.Fatal(err)
	}
	drafts.Break(ErrOffline)
	if err := s.Discard(t.Context()); !errors.Is(err, ErrOffline) || !s.Paused() {
		t.Fatalf("it still lies there, and who wants it gone cannot try again: %v", err)
	}
	drafts.Break(nil)
	if err := s.Discard(t.Context()); err != nil || len(drafts.Lie()) != 0 || s.Paused() {
		t.Fatal(err)
	}
}

func TestWhatCannotBeKeptIsSaidAndNothingIsLost(t *testing.T) {
	s := atTheCounter(t)
	if _, err := s.Pause(t.Context(), ""); !errors.Is(err, ErrNoDrafts) {
		t.Fatal(err)
	}
	drafts := withDrafts(s)
	drafts.Break(ErrFull)
	if _, err := s.Pause(t.Context(), ""); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	drafts.Break(nil)
	s.Answer("/name", strings.Repeat("x", seal.MaxDraft))
	if _, err := s.Pause(t.Context(), ""); !errors.Is(err, ErrLong) {
		t.Fatal(err)
	}
	s.Answer("/name", "Renate Vogt")
	if s.Paused() || !s.View().Complete {
		t.Fatal("something was lost")
	}
	s.Wipe()
	if _, err := s.Pause(t.Context(), ""); !errors.Is(err, ErrWiped) {
		t.Fatal(err)
	}
}

func TestForeignTamperedAndHostileCodesOpenNothing(t *testing.T) {
	s := atTheCounter(t)
	drafts := withDrafts(s)
	ticket := paused(t, s, "")
	secret, _, _ := seal.NewSlip()
	for name, code := range map[string]string{"a slip": secret, "nothing": "", "an address": "https://example.org", "long": strings.Repeat("A", 1<<20), "signs": "RN-WEITER:\x00\x1b"} {
		if _, err := Fetch(t.Context(), s.desk, code, s.opts); !errors.Is(err, seal.ErrKey) {
			t.Error(name, err)
		}
	}
	if _, err := Fetch(t.Context(), s.desk, seal.DraftKey{1}.Code(), s.opts); !errors.Is(err, ErrGone) {
		t.Error("a code that nobody made:", err)
	}
	o := s.opts
	o.Tenant = "staatsbad"
	if _, err := Fetch(t.Context(), s.desk, ticket.Code, o); !errors.Is(err, ErrForeign) {
		t.Error("another town hall:", err)
	}
	drafts.Spoil()
	if _, err := Fetch(t.Context(), s.desk, ticket.Code, s.opts); !errors.Is(err, ErrNewer) {
		t.Error("a changed draft:", err)
	}
}

// lay puts a text away as only somebody with a program of his own could.
func lay(t *testing.T, d Drafts, plain string) string {
	t.Helper()
	k := seal.DraftKey{7}
	sealed, err := k.Draft([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Keep(t.Context(), sealed); err != nil {
		t.Fatal(err)
	}
	return k.Code()
}

func TestADraftThatNoProgramOfOursMadeDoesNoHarm(t *testing.T) {
	s := atTheCounter(t)
	drafts := withDrafts(s)
	for name, plain := range map[string]string{
		"no JSON": "hello", "newer": `{"v":2,"tenant":"stadt","service":"parkausweis-bewohner"}`, "no service": `{"v":1,"tenant":"stadt"}`,
	} {
		if _, err := Fetch(t.Context(), s.desk, lay(t, drafts, plain), s.opts); !errors.Is(err, ErrNewer) {
			t.Error(name, err)
		}
	}
	for name, c := range map[string]struct {
		plain string
		gone  bool
	}{
		"a service that is not offered": {`{"v":1,"tenant":"stadt","service":"nowhere"}`, true},
		"a service that only informs":   {`{"v":1,"tenant":"stadt","service":"personalausweis"}`, true},
		"answers of another shape":      {`{"v":1,"tenant":"stadt","service":"parkausweis-bewohner","version":"1","answers":{"name":{"a":[1,{"b":2}]},"plate":[[[]]],"zone":7,"months":"x","evil":"` + strings.Repeat("y", 9999) + `"}}`, false},
		"another version":               {`{"v":1,"tenant":"stadt","service":"parkausweis-bewohner","version":"0","answers":{"name":"Renate Vogt","zone":"no such","months":7,"old":true}}`, false},
	} {
		saved, err := Fetch(t.Context(), s.desk, lay(t, drafts, c.plain), s.opts)
		if err != nil {
			t.Error(name, err)
			continue
		}
		v, changed, err := Continue(find(t), s.desk, s.opts, saved)
		if c.gone {
			if !errors.Is(err, ErrGone) {
				t.Error(name, err)
			}
			continue
		}
		if err != nil || v.View().Complete {
			t.Error(name, err)
			continue
		}
		if _, strange := v.Draft().Answers["evil"]; strange {
			t.Error(name, "what nobody asks for is kept")
		}
		if changed {
			if want := (form.Answers{"name": "Renate Vogt"}); !reflect.DeepEqual(v.Draft().Answers, want) {
				t.Error(name, v.Draft().Answers)
			}
		}
	}
}

func TestPhotosStayBehindAndTheRestGoesOn(t *testing.T) {
	v, _, _, _ := onThePhone(t)
	v.desk.Drafts = &visittest.Drafts{Gone: ErrGone}
	if err := v.Attach("/photos", file("a photo")); err != nil {
		t.Fatal(err)
	}
	ticket, err := v.Pause(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := Fetch(t.Context(), v.desk, ticket.Code, v.opts)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Continue(find(t), v.desk, v.opts, saved)
	if err != nil || len(again.Files()) != 0 || !again.View().Complete {
		t.Fatal(err, again.Files())
	}
	if photos, ok := again.Draft().Answers.Get("/photos"); ok {
		t.Fatal("a photo is named that is not there:", photos)
	}
}

func known(values map[string]string) fact.Facts {
	return fact.Facts{Origin: form.OriginCard, Values: values}
}

func fieldOf(t *testing.T, v *Visit, path string) form.Field {
	t.Helper()
	for _, p := range v.View().Pages {
		for _, f := range p.Inputs() {
			if f.Path == path {
				return f
			}
		}
	}
	t.Fatal("nobody asks for", path)
	return form.Field{}
}

func TestWhatIsKnownIsFilledInAndSaysWhereItComesFrom(t *testing.T) {
	s := atTheCounter(t)
	for _, path := range []string{"/name", "/birthdate", "/house", "/plate"} {
		s.Answer(path, nil)
	}
	s.Type("/plate", "HF-XX 1")
	if n := s.Prefill(known(map[string]string{"card.given": "Renate", "card.family": "Vogt", "card.birth": "1980-04-03", "card.street": "Klosterstraße", "card.number": "no house"})); n != 2 {
		t.Fatal(n, "answers were given")
	}
	if f := fieldOf(t, s.Visit, "/name"); f.Text != "Renate Vogt" || f.Source != "Aus Ihrem Ausweis" {
		t.Fatalf("%q %q", f.Text, f.Source)
	}
	if f := fieldOf(t, s.Visit, "/birthdate"); f.Text != "03.04.1980" && f.Text != "3. April 1980" && f.Text != "3.4.1980" {
		t.Fatalf("%q", f.Text)
	}
	if f := fieldOf(t, s.Visit, "/street"); f.Text != "Herforder Straße" || f.Source != "" {
		t.Fatalf("what was typed was overwritten: %q %q", f.Text, f.Source)
	}
	if f := fieldOf(t, s.Visit, "/house"); f.Text != "" || f.Value != nil {
		t.Fatalf("what does not fit was filled in: %q", f.Text)
	}
	s.Type("/name", "Renate Vogts")
	if f := fieldOf(t, s.Visit, "/name"); f.Source != "" {
		t.Fatal("it was changed, and is still said to be the card's")
	}
	s.Wipe()
	if s.from != nil {
		t.Fatal("where answers came from is still there")
	}
}
