package web

import (
	"net/url"
	"strings"
	"testing"
)

func TestAnAnswerCanBeHadAsALetter(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/" + opened
	h.get(at).want(t, 200, "Als Brief (PDF)", "Zusammenfassung (PDF)")
	h.get(at+"/brief").want(t, 200, "Weserstraße 4", "Guten Tag Marlies Tiemann,", "Ihr Antrag ist bei uns angekommen.")
	h.post(at+"/brief", at+"/brief", url.Values{"anschrift": {"Marlies Tiemann"}, "text": {"Alles ist gut."}}).want(t, 422, "jedes in eine Zeile", "Alles ist gut.")
	h.post(at+"/brief", at+"/brief", url.Values{"anschrift": {"Marlies Tiemann\r\nWeserstraße 4"}, "text": {" "}}).want(t, 422, "Ohne ihn geht es nicht weiter", "Weserstraße 4")
	sent := h.post(at+"/brief", at+"/brief", url.Values{"anschrift": {"Marlies Tiemann\r\n\r\n Weserstraße 4 \r\n32545 Bad Oeynhausen"}, "betreff": {"Ihr Ausweis"}, "anrede": {"Guten Tag,"},
		"text": {"Alles\r\nist gut."}})
	if want := "%PDF-1.7 Marlies Tiemann|Weserstraße 4|32545 Bad Oeynhausen|Ihr Ausweis|Guten Tag,|Alles\nist gut.|Birgit Kowalski"; sent.body != want {
		t.Errorf("the letter says %q, not %q", sent.body, want)
	}
	if d := sent.Header.Get("Content-Disposition"); sent.Header.Get("Content-Type") != "application/pdf" || d != `attachment; filename="`+opened+`-brief.pdf"` {
		t.Errorf("it is sent as %q, %q", sent.Header.Get("Content-Type"), d)
	}
	h.get(at).want(t, 200, "Als Brief ausgegeben.")
}

func TestTheSummaryOfACaseCanBeFetched(t *testing.T) {
	h := newHouseWith(t, false, nil, func(o *Options) { o.Home = "https://rathaus.example" })
	h.signIn()
	at := "/vorgang/" + opened
	file := h.get(at + "/zusammenfassung")
	if file.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(file.body, "%PDF-1.7 "+opened+" https://rathaus.example") {
		t.Errorf("%s: %q", file.Header.Get("Content-Type"), file.body)
	}
	h.book.mu.Lock()
	h.book.m[opened].ServiceVersion = "0"
	h.book.mu.Unlock()
	h.get(at+"/zusammenfassung").want(t, 404, "Dazu gibt es keine Zusammenfassung")
	h.get("/vorgang/BO-26-XXXX-XXX-X/zusammenfassung").want(t, 404, "Diesen Vorgang gibt es nicht")
}
