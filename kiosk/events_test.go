package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// line is one line of the event log, as the shell says it.
type line struct {
	name   string
	fields []any // pairs of key and value
}

// kind tells whether a value may stand in the event log under a key.
type kind func(c *service.Catalogue, v any) bool

// yes is true or false.
func yes(_ *service.Catalogue, v any) bool { _, is := v.(bool); return is }

// count is a number: of answers, of payments, of a setting.
func count(_ *service.Catalogue, v any) bool {
	switch v.(type) {
	case int, float32:
		return true
	}
	return false
}

// failure is an error; the log writes down that there was one, never its words (package watch).
func failure(_ *service.Catalogue, v any) bool {
	_, is := v.(error)
	return is || v == nil
}

// word is one of a closed set of words.
func word[W ~string](words ...W) kind {
	return func(_ *service.Catalogue, v any) bool { s, is := v.(string); return is && slices.Contains(words, W(s)) }
}

// screenName is what a screen calls itself.
var screenName = word("about", "accessibility", "advice", "attract", "audience", "case", "code", "done", "form", "help", "home", "imprint", "ineligible", "language", "leaving", "often",
	"outcome", "paused", "pausing", "paying", "prefill", "privacy", "question", "resumed", "scan", "search", "service", "situation", "slip", "summary", "thanked", "ways", "withdraw")

func serviceID(c *service.Catalogue, v any) bool {
	s, is := v.(string)
	_, there := c.Find(s, "")
	return is && there
}

func version(c *service.Catalogue, v any) bool {
	return slices.ContainsFunc(c.Services(), func(s *service.Service) bool { return s.Version == v })
}

// pageID is a page of some service's form, or none.
func pageID(c *service.Catalogue, v any) bool {
	return v == "" || slices.ContainsFunc(c.Services(), func(s *service.Service) bool {
		return s.Online() && slices.ContainsFunc(s.View(form.Answers{}, "de", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)).Pages, func(p form.Page) bool { return p.ID == v })
	})
}

var (
	language_ = word("de", "en", "de-simple")
	problem   = word("draft.gone", "draft.offline", "draft.foreign", "draft.none", "draft.code", "draft.damaged")
)

// mayTell is all that the event log may hold: which event, which keys, what kind of value. Whoever reads a log was not meant to know who stood there: no
// answer, no case number, no name, no error's own words. A new event is a line here.
var mayTell = map[string]map[string]kind{
	"abort":         {},
	"advise":        {"service": serviceID, "goal": word(form.Cost, form.Entitled, form.Papers)},
	"alone":         {"screen": screenName},
	"begin":         {"service": serviceID, "version": version},
	"card":          {"kind": word(visit.NoCard, visit.IdentityCard, visit.HealthCard, visit.Girocard, visit.PaymentCard, visit.OtherCard, visit.Unreadable)},
	"case":          {"state": word(service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn)},
	"cleared":       {"state": word(pay.Approved, pay.Declined, pay.Cancelled, pay.Reversed, pay.Owed)},
	"contrast":      {"set": count},
	"counted":       {"online": yes},
	"device":        {"part": word(visit.PartTerminal, visit.PartReceipt, visit.PartA4, visit.PartScanner, visit.PartCard, visit.PartEID, visit.PartRFID, visit.PartPresence), "state": word("paper", "cover", "away", "back")},
	"draft.dropped": {"ok": yes},
	"form.problem":  {"page": pageID},
	"idle":          {"screen": screenName},
	"lang":          {"lang": language_},
	"paper":         {"ok": yes},
	"pause":         {"service": serviceID, "page": pageID, "paper": yes},
	"pause.failed":  {"reason": word("full", "long", "failed")},
	"pause.printed": {"ok": yes},
	"prefill":       {"from": word(form.OriginCard, form.OriginPermit, form.OriginContact), "answers": count},
	"printed":       {"ok": yes},
	"reach":         {"on": yes},
	"read":          {},
	"read.failed":   {},
	"recover":       {"open": count, "err": failure},
	"renewed":       {},
	"reply":         {"ok": yes},
	"resume":        {"service": serviceID, "changed": yes},
	"resume.failed": {"reason": problem},
	"screen":        {"name": screenName, "lang": language_},
	"submit":        {"service": serviceID, "way": word(pay.Free, pay.Card, pay.Invoice, pay.Counter)},
	"submit.failed": {"reason": word("declined", "cancelled", "full", "busy", "key", "device", "failed")},
	"submitted":     {"unclear": yes, "online": yes},
	"text":          {"factor": count},
	"wipe":          {},
}

// tooMuch says what of a line may not stand in the event log; "" when all of it may.
func tooMuch(c *service.Catalogue, l line) string {
	keys, known := mayTell[l.name]
	switch {
	case !known:
		return fmt.Sprintf("nobody said what the event %q may tell", l.name)
	case len(l.fields)%2 != 0:
		return fmt.Sprintf("%s: a key without a value, or the other way round: %v", l.name, l.fields)
	}
	for i := 0; i < len(l.fields); i += 2 {
		key, value := fmt.Sprint(l.fields[i]), l.fields[i+1]
		switch is, allowed := keys[key]; {
		case !allowed:
			return fmt.Sprintf("%s tells %s=%v", l.name, key, value)
		case !is(c, value):
			return fmt.Sprintf("%s tells of %s more than it may: %v (%T)", l.name, key, value, value)
		}
	}
	return ""
}

// watched lets a test fail at its end if anything that it did told the event log too much.
func (r *rig) watched() {
	r.T.Cleanup(func() {
		said := map[string]bool{}
		for _, l := range r.lines() {
			if what := tooMuch(r.k.o.Catalogue, l); what != "" && !said[what] {
				said[what] = true
				r.T.Error("the event log: " + what)
			}
		}
	})
}

// lines is the event log so far.
func (r *rig) lines() []line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

// told is the event log so far as text, fields and all.
func (r *rig) told() string {
	var b strings.Builder
	for _, l := range r.lines() {
		fmt.Fprintln(&b, append([]any{l.name}, l.fields...)...)
	}
	return b.String()
}

// A whole application, paid by card, with a case at its end: the log says that it was, and nothing of it.
func TestTheEventLogSaysWhatHappenedAndNothingThatWasSaid(t *testing.T) {
	r := newRig(t, portrait)
	r.Tap("start")
	r.k.push(&search{})
	r.types("quast")
	r.k.pop()
	r.k.push(&card{service: r.service("parken"), asked: true, told: true})
	r.Tap("begin")
	r.types("Quastenflosser")
	r.Tap("next", "Ja", "next")
	r.types("MI")
	r.Tap("next", "key.erase", "key.erase")
	r.types("MI-QF1848")
	r.Tap("key.done", "Mir", "next", "Innenstadt Nord", "1 Jahr", "next", "Ja, meine Angaben stimmen.", "send")
	r.WaitFor("Mit Karte")
	r.Tap("Mit Karte")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	number := r.k.top().(*done).receipt.Case
	secret := r.k.top().(*done).receipt.Secret
	r.Tap("end")
	told := r.told()
	for _, happened := range []string{"begin service parken", "form.problem page who", "submit service parken way card", "submitted", "printed ok true", "wipe"} {
		if !strings.Contains(told, happened) {
			t.Errorf("the log does not say %q:\n%s", happened, told)
		}
	}
	for what, said := range map[string]string{"what was searched": "quast", "the name": "Quastenflosser", "the plate": "1848", "the zone": "Innenstadt", "the case's number": number, "the slip's key": secret, "the fee": "30"} {
		if said == "" || strings.Contains(strings.ToLower(told), strings.ToLower(said)) {
			t.Errorf("the log tells %s:\n%s", what, told)
		}
	}
}

// The watchman himself: what is too much is found.
func TestWhatIsTooMuchForTheEventLogIsFound(t *testing.T) {
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []line{
		{"submitted", []any{"case", "BO-26-4T7K-2M9-X"}},
		{"submitted", []any{"unclear", "Renate"}},
		{"search", []any{"query", "ausweis"}},
		{"begin", []any{"service", "MI-RA 1848", "version", "1"}},
		{"form.problem", []any{"page", "/name"}},
		{"screen", []any{"name", "Renate Vogt", "lang", "de"}},
		{"submit.failed", []any{"reason", visit.ErrDeclined.Error()}},
		{"wipe", []any{"who"}},
	} {
		if tooMuch(c, l) == "" {
			t.Errorf("%v passes", l)
		}
	}
	if what := tooMuch(c, line{"begin", []any{"service", "parken", "version", c.Services()[0].Version}}); what != "" {
		t.Error(what)
	}
}
