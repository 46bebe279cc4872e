package web

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// wishes is what a browser sends from the page of a daycare application's wishes: the button pressed, and what is chosen in each entry.
func wishes(button, path string, centres ...string) url.Values {
	v := url.Values{"seite": {"wishes"}, button: {path}}
	for i, c := range centres {
		at := fmt.Sprintf("/wishes/%d/centre", i)
		v.Add("gefragt", at)
		if c != "" {
			v.Set("a:"+at, `"`+c+`"`)
		}
	}
	return v
}

// chosen lists what a page shows as chosen, one for each entry of the wishes that is there.
func chosen(r reply) (all []string) {
	seen := html.UnescapeString(r.body)
	for i := 0; strings.Contains(seen, fmt.Sprintf(`name="gefragt" value="/wishes/%d/centre"`, i)); i++ {
		all = append(all, "")
		for _, c := range []string{"rehme", "werste", "lohe"} {
			if strings.Contains(seen, fmt.Sprintf(`name="a:/wishes/%d/centre" value=""%s"" checked`, i, c)) {
				all[i] = c
			}
		}
	}
	return all
}

// daycare begins a daycare application and fills every page before the wishes.
func (h *house) daycare() (draft string) {
	h.t.Helper()
	draft = h.post("/erfassen/betreuungsplatz", "/erfassen/betreuungsplatz", url.Values{"weg": {"counter"}, "sprache": {"de"}}).Header.Get("Location")
	h.page(draft, "parent", "address", "/parent/given", "Renate", "/parent/family", "Vogt", "/phone", "05731 140", "/email", "")
	h.page(draft, "address", "child", "/address/street", "Werrestraße", "/address/number", "12", "/address/postcode", "32545", "/address/town", "Bad Oeynhausen", "/here", `"yes"`)
	h.page(draft, "child", "time", "/child/given", "Mia", "/child/family", "Vogt", "/born", "3.4.25")
	h.page(draft, "time", "wishes", "/start", "1.8.27", "/hours", "35")
	return draft
}

// page answers one page, by path and what is typed, and wants to be led to the next.
func (h *house) page(draft, id, next string, typed ...string) {
	h.t.Helper()
	v := url.Values{"seite": {id}}
	for i := 0; i < len(typed); i += 2 {
		v.Add("gefragt", typed[i])
		v.Set("a:"+typed[i], typed[i+1])
	}
	to := draft + "?seite=" + next
	if next == "" {
		to = draft + "/pruefen"
	}
	h.post(draft+"?seite="+id, draft, v).wantGo(h.t, to)
}

func TestAClerkTakesAWishOutAndTheNextOneMovesUp(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := h.daycare()
	at := draft + "?seite=wishes"
	first := h.get(at)
	first.want(t, 200, "1. Wunsch", "Noch ein Wunsch", `name="mehr" value="/wishes/1"`)
	if got := chosen(first); len(got) != 1 || got[0] != "" || strings.Contains(first.body, `name="weniger"`) {
		t.Fatalf("at first there are %q, and the only one can be taken out", got)
	}
	more := h.post(at, at, wishes("mehr", "/wishes/1", "rehme"))
	more.want(t, 200, "1. Wunsch", "2. Wunsch", "Entfernen")
	if got := chosen(more); fmt.Sprint(got) != "[rehme ]" || strings.Contains(more.body, "aria-invalid") {
		t.Errorf("after one more there are %q, or the new one complains already", got)
	}
	less := h.post(at, at, wishes("weniger", "/wishes/0", "rehme", "werste"))
	less.want(t, 200, "1. Wunsch")
	if got := chosen(less); fmt.Sprint(got) != "[werste]" || strings.Contains(less.body, "2. Wunsch") {
		t.Fatalf("after the first one was taken out there are %q", got)
	}
	if got := chosen(h.get(at)); fmt.Sprint(got) != "[werste]" {
		t.Errorf("when the page is opened again there are %q", got)
	}
	h.post(at, at, wishes("weiter", "", "werste")).wantGo(t, draft+"?seite=siblings")
	h.page(draft, "siblings", "criteria")
	h.page(draft, "criteria", "papers", "/single", "false", "/work", "true", "/language", "false", "/hardship", "false")
	h.page(draft, "papers", "", "/income", "")
	check := h.get(draft + "/pruefen")
	check.want(t, 200, "Renate Vogt", "Werrestraße", "32545", "Mia Vogt", "3. April 2025", "1. August 2027", "1. Wunsch", "Kita Werste", "Es kostet nichts.")
	if strings.Contains(check.body, "Kita Rehme") {
		t.Error("the wish that was taken out is still there")
	}
	h.post(draft+"/pruefen", draft+"/pruefen", url.Values{}).want(t, 200, "Der Antrag ist gestellt", "Kita Werste")
	h.book.mu.Lock()
	defer h.book.mu.Unlock()
	sent := 0
	for _, c := range h.book.m {
		if c.Service != "betreuungsplatz" {
			continue
		}
		sent++
		want := form.Answers{"parent": map[string]any{"given": "Renate", "family": "Vogt"}, "phone": "+495731140", "address": map[string]any{"street": "Werrestraße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"}, "here": "yes",
			"child": map[string]any{"given": "Mia", "family": "Vogt"}, "born": "2025-04-03", "start": "2027-08-01", "hours": 35, "wishes": []any{map[string]any{"centre": "werste"}},
			"single": false, "work": true, "language": false, "hardship": false}
		if fmt.Sprint(c.Application.Answers) != fmt.Sprint(want) || len(c.Warnings) > 0 {
			t.Errorf("the town hall gets %v, %v", c.Application.Answers, c.Warnings)
		}
	}
	if sent != 1 {
		t.Errorf("%d cases were made", sent)
	}
}

func TestAForgedPlaceInAListChangesNothing(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := h.daycare()
	at := draft + "?seite=wishes"
	h.post(at, at, wishes("weiter", "", "rehme")).wantGo(t, draft+"?seite=siblings")
	h.page(draft, "siblings", "criteria")
	h.page(draft, "criteria", "papers", "/single", "false", "/work", "true", "/language", "false", "/hardship", "false")
	h.page(draft, "papers", "", "/income", "")
	summary := func() string {
		t.Helper()
		res := h.get(draft + "/pruefen")
		res.want(t, 200, "Kita Rehme")
		return tokenField.ReplaceAllString(res.body, "")
	}
	before := summary()
	for _, f := range [...][2]string{
		{"mehr", "/wishes"}, {"mehr", "/wishes/0"}, {"mehr", "/wishes/2"}, {"mehr", "/wishes/4"}, {"mehr", "/wishes/9999"}, {"mehr", "/wishes/-1"}, {"mehr", "/wishes/1/centre"},
		{"mehr", "wishes/1"}, {"mehr", "/siblings/0"}, {"mehr", "/parent"}, {"mehr", "/"}, {"mehr", "/__proto__/0"}, {"mehr", "\x00"},
		{"weniger", "/wishes"}, {"weniger", "/wishes/0"}, {"weniger", "/wishes/1"}, {"weniger", "/wishes/0/centre"}, {"weniger", "/parent"}, {"weniger", "/child"}, {"weniger", "/"},
	} {
		res := h.post(at, at, url.Values{"seite": {"wishes"}, f[0]: {f[1]}})
		res.want(t, 200, "1. Wunsch")
		if got := chosen(res); fmt.Sprint(got) != "[rehme]" {
			t.Errorf("%s=%q makes the list %q", f[0], f[1], got)
		}
		if summary() != before {
			t.Fatalf("%s=%q changes the application", f[0], f[1])
		}
	}
	res := h.post(at, at, url.Values{"seite": {"gibt-es-nicht"}, "mehr": {"/wishes/1"}})
	if res.StatusCode != 200 || summary() != before {
		t.Errorf("a page that there is not changes the list: %d", res.StatusCode)
	}
	h.post(at, at, wishes("mehr", "/wishes/1", "rehme")).want(t, 200, "2. Wunsch") // and the true one works still
	if strings.Contains(h.log.String(), "__proto__") || strings.Contains(h.log.String(), "9999") {
		t.Error("the log repeats a forged path")
	}
}
