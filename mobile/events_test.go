package mobile

import (
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
)

var (
	problem = screentest.Word("ask.full", "ask.nokey", "ask.failed", "photo.large", "photo.format", "photo.none", "photo.broken", "photo.many", "photo.unread",
		"papers.locked", "papers.large", "papers.broken", "papers.format", "papers.many", "papers.much", "papers.unread",
		"pickup.gone", "pickup.offline", "pickup.foreign", "pickup.code", "pickup.damaged", "pickup.unread", "pickup.slip")
	language = screentest.Word("de", "en", "de-simple")
)

// mayTell is all that the phone's event log may hold. A new event is a line here.
var mayTell = screentest.MayTell{
	"advise":        {"service": screentest.ServiceID, "goal": screentest.Word(form.Cost, form.Entitled, form.Papers)},
	"answer":        {"state": screentest.Word(service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn)},
	"arrived":       {},
	"begin":         {"service": screentest.ServiceID},
	"code":          {"found": screentest.Yes},
	"covered":       {"areas": screentest.Count},
	"file":          {"type": screentest.Word("application/pdf", "image/jpeg"), "bytes": screentest.Count},
	"file.refused":  {"why": problem},
	"form.problem":  {"page": screentest.PageID},
	"handover":      {"ok": screentest.Yes},
	"memory":        {"full": screentest.Yes, "unreadable": screentest.Yes},
	"paper":         {"saved": screentest.Yes},
	"photo":         {"bytes": screentest.Count},
	"photo.refused": {"why": problem},
	"pick":          {},
	"pickup":        {"service": screentest.ServiceID, "changed": screentest.Yes},
	"pickup.failed": {"why": problem},
	"place":         {"how": screentest.Word(form.ByPhoto, form.ByStreet, form.ByMap, form.ByWords)},
	"refused":       {"why": problem},
	"remember":      {"drafts": screentest.Count, "reports": screentest.Count},
	"renewed":       {},
	"replied":       {},
	"reply.arrived": {},
	"screen": {"lang": language, "name": screentest.Word("about", "advice", "album", "form", "ineligible", "ask", "cover", "detail", "foto", "handover", "mine", "begun",
		"nearby", "pickup", "reply", "sent", "services", "card", "setting", "start", "summary", "ways", "thanked", "where", "privacy", "imprint", "accessibility")},
	"sent":    {"kind": screentest.Word("survey", "application", "report", "support")},
	"setting": {"text": screentest.Count, "contrast": screentest.Count, "lang": language},
	"web":     {"shown": screentest.Yes},
}

// The watchman himself: what is too much is found.
func TestWhatIsTooMuchForThePhonesEventLogIsFound(t *testing.T) {
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []screentest.Line{
		{Name: "sent", Fields: []any{"kind", "report", "case", "BO-26-4T7K-2M9-X"}},
		{Name: "place", Fields: []any{"how", "Klosterstraße 3"}},
		{Name: "search", Fields: []any{"query", "ausweis"}},
		{Name: "file.refused", Fields: []any{"why", "lebenslauf.pdf"}},
	} {
		if mayTell.TooMuch(c, l) == "" {
			t.Errorf("%v passes", l)
		}
	}
}
