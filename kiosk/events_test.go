package kiosk

import (
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
)

// screenName is what a screen calls itself.
var screenName = screentest.Word("about", "accessibility", "advice", "attract", "audience", "case", "code", "done", "form", "help", "home", "imprint", "ineligible", "language", "leaving", "often",
	"outcome", "paused", "pausing", "paying", "prefill", "privacy", "question", "resumed", "scan", "search", "service", "situation", "slip", "summary", "thanked", "ways", "withdraw")

var (
	language_ = screentest.Word("de", "en", "de-simple")
	problem   = screentest.Word("draft.gone", "draft.offline", "draft.foreign", "draft.none", "draft.code", "draft.damaged")
)

// mayTell is all that the event log may hold. A new event is a line here.
var mayTell = screentest.MayTell{
	"abort":         {},
	"advise":        {"service": screentest.ServiceID, "goal": screentest.Word(form.Cost, form.Entitled, form.Papers)},
	"alone":         {"screen": screenName},
	"begin":         {"service": screentest.ServiceID, "version": screentest.Version},
	"card":          {"kind": screentest.Word(visit.NoCard, visit.IdentityCard, visit.HealthCard, visit.Girocard, visit.PaymentCard, visit.OtherCard, visit.Unreadable)},
	"case":          {"state": screentest.Word(service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn)},
	"cleared":       {"state": screentest.Word(pay.Approved, pay.Declined, pay.Cancelled, pay.Reversed, pay.Owed)},
	"contrast":      {"set": screentest.Count},
	"counted":       {"online": screentest.Yes},
	"device":        {"part": screentest.Word(visit.PartTerminal, visit.PartReceipt, visit.PartA4, visit.PartScanner, visit.PartCard, visit.PartEID, visit.PartRFID, visit.PartPresence), "state": screentest.Word("paper", "cover", "away", "back")},
	"draft.dropped": {"ok": screentest.Yes},
	"form.problem":  {"page": screentest.PageID},
	"idle":          {"screen": screenName},
	"lang":          {"lang": language_},
	"paper":         {"ok": screentest.Yes},
	"pause":         {"service": screentest.ServiceID, "page": screentest.PageID, "paper": screentest.Yes},
	"pause.failed":  {"reason": screentest.Word("full", "long", "failed")},
	"pause.printed": {"ok": screentest.Yes},
	"prefill":       {"from": screentest.Word(form.OriginCard, form.OriginPermit, form.OriginContact), "answers": screentest.Count},
	"printed":       {"ok": screentest.Yes},
	"reach":         {"on": screentest.Yes},
	"read":          {},
	"read.failed":   {},
	"recover":       {"open": screentest.Count, "err": screentest.Failure},
	"renewed":       {},
	"reply":         {"ok": screentest.Yes},
	"resume":        {"service": screentest.ServiceID, "changed": screentest.Yes},
	"resume.failed": {"reason": problem},
	"screen":        {"name": screenName, "lang": language_},
	"submit":        {"service": screentest.ServiceID, "way": screentest.Word(pay.Free, pay.Card, pay.Invoice, pay.Counter)},
	"submit.failed": {"reason": screentest.Word("declined", "cancelled", "full", "busy", "key", "device", "failed")},
	"submitted":     {"unclear": screentest.Yes, "online": screentest.Yes},
	"text":          {"factor": screentest.Count},
	"wipe":          {},
}

// lines is the event log so far.
func (r *rig) lines() []screentest.Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
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
	told := screentest.Told(r.lines())
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
	for _, l := range []screentest.Line{
		{Name: "submitted", Fields: []any{"case", "BO-26-4T7K-2M9-X"}},
		{Name: "submitted", Fields: []any{"unclear", "Renate"}},
		{Name: "search", Fields: []any{"query", "ausweis"}},
		{Name: "begin", Fields: []any{"service", "MI-RA 1848", "version", "1"}},
		{Name: "form.problem", Fields: []any{"page", "/name"}},
		{Name: "screen", Fields: []any{"name", "Renate Vogt", "lang", "de"}},
		{Name: "submit.failed", Fields: []any{"reason", visit.ErrDeclined.Error()}},
		{Name: "wipe", Fields: []any{"who"}},
	} {
		if mayTell.TooMuch(c, l) == "" {
			t.Errorf("%v passes", l)
		}
	}
	if what := mayTell.TooMuch(c, screentest.Line{Name: "begin", Fields: []any{"service", "parken", "version", c.Services()[0].Version}}); what != "" {
		t.Error(what)
	}
}
