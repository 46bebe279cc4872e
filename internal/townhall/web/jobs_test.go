package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
)

// boardOf keeps vacancies in memory.
type boardOf struct {
	offers []jobs.Offer
	clerks []string
}

func (b *boardOf) Offers(context.Context) ([]jobs.Offer, error) { return b.offers, nil }

func (b *boardOf) Add(_ context.Context, clerk string, o jobs.Offer) (jobs.Offer, error) {
	o.ID, o.From = "j1", "2026-11-23"
	b.offers, b.clerks = append(b.offers, o), append(b.clerks, clerk)
	return o, nil
}

func (b *boardOf) Close(_ context.Context, clerk, id string) error {
	for i := range b.offers {
		if b.offers[i].ID == id {
			b.offers[i].Closed = "2026-11-23"
			b.clerks = append(b.clerks, clerk)
			return nil
		}
	}
	return jobs.ErrNotFound
}

func TestAVacancyIsOfferedAndClosed(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.get("/stellen").want(t, 404) // where none are kept
	b := &boardOf{}
	h = newHouseWith(t, false, nil, func(o *Options) { o.Jobs = b })
	h.get("/stellen").wantGo(t, "/anmelden?weiter=%2Fstellen")
	h.signIn()
	h.get("/stellen").want(t, 200, "Zurzeit ist keine Stelle offen.", `aria-current="page"`)
	whole := url.Values{"titel": {"Gärtner (m/w/d)"}, "bereich": {"Bauhof"}, "entgelt": {"TVöD E 5"}, "bis": {"2026-12-31"}, "text": {"Sie pflegen den Kurpark."}}
	for name, says := range map[string]string{"titel": "Bitte nennen Sie die Stelle", "bereich": "den Bereich", "bis": "einen Tag zwischen heute", "text": "Bitte beschreiben Sie die Stelle"} {
		v := url.Values{}
		for k := range whole {
			v[k] = whole[k]
		}
		v.Set(name, "")
		h.post("/stellen", "/stellen", v).want(t, 422, says, "Fehler: Stellen", `aria-invalid="true"`)
	}
	past := url.Values{"titel": {"<b>Gärtner"}, "bereich": {"Bauhof"}, "bis": {"22.11.2026"}, "text": {"Sie pflegen den Kurpark."}}
	res := h.post("/stellen", "/stellen", past)
	res.want(t, 422, "<b>Gärtner", "Sie pflegen den Kurpark.") // what was typed stays
	if strings.Contains(res.body, "<b>Gärtner") {
		t.Error("what was typed becomes part of the page")
	}
	if len(b.offers) != 0 {
		t.Fatal("something that is not whole is offered")
	}
	h.post("/stellen", "/stellen", whole).wantGo(t, "/stellen")
	h.get("/stellen").want(t, 200, "ausgeschrieben", "Gärtner (m/w/d)", "Bauhof, TVöD E 5", "Seit 23.11.2026, bis 31.12.2026", "Schließen")
	h.post("/stellen", "/stellen/j1/schliessen", url.Values{}).wantGo(t, "/stellen")
	h.get("/stellen").want(t, 200, "Vorbei", "23.11.2026 geschlossen", "Zurzeit ist keine Stelle offen.")
	h.post("/stellen", "/stellen/j9/schliessen", url.Values{}).want(t, 404)
	if len(b.clerks) != 2 || b.clerks[0] == "" || b.clerks[0] != b.clerks[1] {
		t.Errorf("nobody knows who did it: %v", b.clerks)
	}
}
