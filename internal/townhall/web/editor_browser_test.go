package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// inEditor is what stands in the editor.
const inEditor = "document.getElementById('text').value"

// write puts a text into the editor, as somebody who types it all anew.
func write(text string) move {
	return chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](fmt.Sprintf("(()=>{const t=document.getElementById('text');t.value=%q;t.dispatchEvent(new Event('input',{bubbles:true}));return true})()", text))(ctx, at)
		return err
	})
}

func TestAClerkWritesAServiceInABrowser(t *testing.T) {
	s := newShelf(t, true)
	ctx := browse(t)
	look := func(name string) {
		t.Helper()
		for _, width := range []int64{1440, 390} {
			do(t, ctx, name, chromedp.EmulateViewport(width, 900))
			accessible(t, ctx, name)
			shoot(t, ctx, fmt.Sprintf("%s-%d", name, width))
		}
		do(t, ctx, name, chromedp.EmulateViewport(1280, 900))
		if out := ask[string](t, ctx, stickingOut); out != "" {
			t.Errorf("%s: buttons stick out of their card: %s", name, out)
		}
	}
	do(t, ctx, "begin", signInWith(s.house), chromedp.Navigate(s.url+"/leistung/umfrage"), chromedp.Click(`[action$="/bearbeiten"] button`), chromedp.WaitVisible(".nums span"))
	look("editor")
	do(t, ctx, "open the texts", chromedp.Click(`.files a[href*="de.yaml"]`), chromedp.WaitVisible(`//h2[.="texts/de.yaml"]`))
	text := ask[string](t, ctx, inEditor)
	if lines := strings.Count(text, "\n") + 1; ask[int](t, ctx, "document.querySelectorAll('.nums span').length") != lines {
		t.Errorf("%d lines are numbered otherwise", lines)
	}

	do(t, ctx, "Tab writes", chromedp.Focus("#text"), chromedp.KeyEvent(kb.Home, chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.KeyEvent(kb.Tab))
	if got := ask[string](t, ctx, inEditor); got != "  "+text {
		t.Errorf("Tab writes %.20q", got)
	}
	do(t, ctx, "Esc and Tab lead on", chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Tab))
	if on := ask[string](t, ctx, "document.activeElement.textContent"); !strings.Contains(on, "Speichern") {
		t.Errorf("the keyboard is on %q", on)
	}

	changed := strings.Replace(text, "Umfrage zu diesem Gerät", "Was denken Sie?", 1)
	do(t, ctx, "a mistake", write(strings.Replace(changed, "lead:", "lead: [", 1)), chromedp.Focus("#text"), chromedp.KeyEvent("s", chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.WaitVisible(".mistakes"))
	where := ask[string](t, ctx, "document.querySelector('.mistakes a').textContent")
	if !strings.HasPrefix(where, "texts/de.yaml, Zeile ") {
		t.Errorf("the mistake is at %q", where)
	}
	do(t, ctx, "to the line", chromedp.Click(".mistakes a"), chromedp.WaitVisible(".nums .here"))
	if got := ask[string](t, ctx, "(()=>{const t=document.getElementById('text');return t.value.slice(t.selectionStart,t.selectionEnd)})()"); got == "" || !strings.Contains(changed, strings.TrimPrefix(got, "lead: [")) {
		t.Errorf("the line that is marked is %q", got)
	}
	look("editor-fehler")

	do(t, ctx, "mended, on the way to another file", write(changed), chromedp.Click(`.files a[href*="form.yaml"]`), chromedp.WaitVisible(`//h2[.="form.yaml"]`))
	if n := ask[int](t, ctx, "document.querySelectorAll('.mistakes').length"); n != 0 {
		t.Error("the mistake is still there")
	}
	do(t, ctx, "preview", chromedp.Click(`.tabs a[href$="/vorschau"]`), chromedp.WaitVisible(".preview-form"), chromedp.SetValue("#bsp", "content"), chromedp.Click(".filterbar button"), chromedp.WaitVisible(`.pagelist a[href*="beispiel=content"]`))
	look("editor-vorschau")
	do(t, ctx, "what changes", chromedp.Click(`.tabs a[href$="/aenderungen"]`), chromedp.WaitVisible(`[action$="/nummer"]`))
	look("editor-aenderungen")
	do(t, ctx, "publish", chromedp.Click(`[action$="/nummer"] button`), chromedp.WaitVisible(`[action$="/veroeffentlichen"]`), chromedp.Click(`[action$="/veroeffentlichen"] button`), chromedp.WaitVisible(`[action^="/leistungen/pruefen/"]`),
		chromedp.Click(`[action^="/leistungen/pruefen/"] button`), chromedp.WaitVisible(`//b[.="gilt jetzt"] | //td[contains(.,"gilt jetzt")]`))
	do(t, ctx, "at the counter", chromedp.Navigate(s.url+"/erfassen"), chromedp.WaitVisible(`//*[contains(text(),"Was denken Sie?")]`))
}

func TestThePagesOfTheEditorAreAccessible(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	first := stand(t, s.get(surveyDraft))
	s.save("form.yaml", "pages: [\n", "").wantGo(t, surveyDraft+"?datei=form.yaml")
	s.post("/leistungen/neu", "/leistungen/neu", map[string][]string{"id": {"laternenumzug"}, "titel": {"Laternenumzug anmelden"}, "amt": {"buergerbuero"}, "anlass": {"schaden-melden"}}).wantGo(t, "/leistung/laternenumzug/entwurf")
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(s.house))
	for path, name := range map[string]string{
		"/leistungen": "leistungen-entwuerfe", "/leistungen/neu": "leistung-neu", "/leistung/umfrage": "leistung-entwurf", surveyDraft + "?datei=form.yaml&zeile=1": "entwurf-fehler",
		surveyDraft + "?stand=" + first: "entwurf-frueher", surveyDraft + "/vorschau": "vorschau-fehler", surveyDraft + "/aenderungen": "aenderungen-fehler", surveyDraft + "/verwerfen": "entwurf-verwerfen", "/leistung/laternenumzug/entwurf?ansicht=texte": "entwurf-texte",
		"/leistung/laternenumzug/entwurf/vorschau?beispiel=too-short&seite=what": "vorschau-problem", "/leistung/laternenumzug/entwurf/vorschau?beispiel=good&ende=1": "vorschau-ende", "/leistung/laternenumzug/entwurf/aenderungen": "aenderungen-neu",
	} {
		lookAt(t, ctx, s.house, path, name)
	}
}

// What two people write at the same time is told on a page that everybody can use, and leaving it loses nothing.
func TestInABrowserNobodyLosesATextToSomebodyElse(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	ctx := browse(t)
	do(t, ctx, "open", signInWith(s.house), chromedp.Navigate(s.url+surveyDraft+"?datei=form.yaml"), chromedp.WaitVisible(".nums span"))
	s.save("form.yaml", "theirs: true\n", "").wantGo(t, surveyDraft+"?datei=form.yaml")
	do(t, ctx, "save mine", write("mine: true\n"), chromedp.Focus("#text"), chromedp.KeyEvent("s", chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.WaitVisible("#fehler"))
	if got := ask[string](t, ctx, inEditor); got != "mine: true\n" {
		t.Errorf("mine became %q", got)
	}
	do(t, ctx, "look at theirs", chromedp.Click("#fehler summary"), chromedp.WaitVisible("#fehler pre"))
	accessible(t, ctx, "conflict")
	shoot(t, ctx, "entwurf-zwei")
	do(t, ctx, "mine counts", chromedp.Click("[data-editor-form] .btn.primary"), chromedp.WaitVisible(`//div[@class="toast"]`))
	if got := written(t, s.get(surveyDraft+"?datei=form.yaml")); got != "mine: true\n" {
		t.Errorf("in the end it is %q", got)
	}
	if s.get(surveyDraft).StatusCode != http.StatusOK {
		t.Error("the page is gone")
	}
}
