package web

import (
	"fmt"
	"html"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// parts is what a browser sends of a page, by path and what is typed.
func parts(page, button string, typed ...string) url.Values {
	v := url.Values{"seite": {page}}
	if button != "" {
		v.Set("nur", button)
	}
	for i := 0; i < len(typed); i += 2 {
		v.Add("gefragt", typed[i])
		v.Set("a:"+typed[i], typed[i+1])
	}
	return v
}

// value is what stands in an input of a page.
func value(r reply, path string) string {
	_, rest, ok := strings.Cut(html.UnescapeString(r.body), `name="a:`+path+`"`)
	if !ok {
		return "no such field"
	}
	_, rest, _ = strings.Cut(rest[:min(len(rest), 600)], `value="`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}

func TestAClerkChoosesAStreetAndItsPostcodeComesAlong(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := h.post("/erfassen/betreuungsplatz", "/erfassen/betreuungsplatz", url.Values{"weg": {"counter"}, "sprache": {"de"}}).Header.Get("Location")
	h.page(draft, "parent", "address", "/parent/given", "Renate", "/parent/family", "Vogt", "/phone", "05731 140", "/email", "")
	at := draft + "?seite=address"
	h.get(at).want(t, 200, "<fieldset", "Straße", "Hausnummer", "Postleitzahl", "Ort", `<option value="Herforder Straße"`, `list="f-address-street-l" data-live`)
	got := h.post(at, at, parts("address", "ansehen", "/address/street", "Herforder Straße", "/address/number", "", "/address/postcode", "", "/address/town", ""))
	got.want(t, 200)
	if value(got, "/address/postcode") != "32545" || value(got, "/address/town") != "Bad Oeynhausen" || value(got, "/address/street") != "Herforder Straße" {
		t.Errorf("the postcode is %q, the town %q", value(got, "/address/postcode"), value(got, "/address/town"))
	}
	if strings.Contains(got.body, "aria-invalid") {
		t.Error("only looking complains already")
	}
	wrong := h.post(at, at, parts("address", "", "/address/street", "Herforder Straße", "/address/number", "", "/address/postcode", "3254", "/address/town", "Bad Oeynhausen", "/here", `"yes"`))
	wrong.want(t, 422, "Bitte nennen Sie die Hausnummer.", "Die Postleitzahl hat fünf Ziffern.", `href="#f-address-number"`, `href="#f-address-postcode"`)
	if value(wrong, "/address/postcode") != "3254" {
		t.Errorf("what was typed wrongly became %q", value(wrong, "/address/postcode"))
	}
	h.post(at, at, parts("address", "", "/address/street", "Neue Gasse", "/address/number", "1", "/address/postcode", "32545", "/address/town", "Bad Oeynhausen", "/here", `"yes"`)).wantGo(t, draft+"?seite=child")
	h.get(at).want(t, 200, "Diese Straße steht nicht in unserer Liste für Bad Oeynhausen.")
	for _, hostile := range []string{strings.Repeat("x", 5000), "\xff\xfe", "<script>", "💥"} {
		r := h.post(at, at, parts("address", "", "/address/street", hostile, "/address/number", "1", "/address/postcode", "32545", "/address/town", "Bad Oeynhausen", "/here", `"yes"`))
		if r.StatusCode >= 500 || strings.Contains(r.body, "<script>alert") {
			t.Errorf("%.10q: %d", hostile, r.StatusCode)
		}
	}
}

func TestALongListOfBoxesCanBeSearchedInABrowser(t *testing.T) {
	f := form.Field{Path: "/many", Kind: form.Choices, Label: "Welche?", Search: true}
	for i := range 12 {
		f.Options = append(f.Options, form.Option{Value: i, Label: fmt.Sprint("Nummer ", i)})
	}
	if x := draw(f, false); !x.Filter || x.Shape != "options" || len(x.Options) != 12 {
		t.Errorf("%+v", x)
	}
	f.Kind = form.Choice
	if x := draw(f, false); x.Filter || x.Shape != "select" {
		t.Errorf("%+v", x)
	}
}

func TestPartsOfAPersonAreDrawnAsAGroup(t *testing.T) {
	x := draw(form.Field{Path: "/who", Kind: form.Person, Label: "Wer?", Problem: "Bitte nennen Sie den Nachnamen.", Parts: []form.Field{
		{Path: "/who/given", Kind: form.Text, Label: "Vorname(n)"},
		{Path: "/who/family", Kind: form.Text, Label: "Nachname", Problem: "Bitte nennen Sie den Nachnamen."},
		{Path: "/who/birth", Kind: form.Date, Label: "Geburtsdatum"},
	}}, true)
	got := []string{x.Shape, x.Problem}
	for _, p := range x.Parts {
		got = append(got, p.Shape+" "+p.Width+" "+p.Problem)
	}
	if want := []string{"group", "", "input mid ", "input mid Bitte nennen Sie den Nachnamen.", "input short "}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}
