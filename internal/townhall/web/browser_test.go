package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

//go:embed testdata/axe.min.js
var axe string

// theBrowser is started once for all tests; TestMain ends it.
var theBrowser struct {
	sync.Once
	ctx context.Context
	end []func()
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range slices.Backward(theBrowser.end) {
		end()
	}
	os.Exit(code)
}

func startBrowser(program string) error {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1440, 900), chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, leave := chromedp.NewContext(ctx)
	theBrowser.ctx, theBrowser.end = ctx, []func(){func() { os.RemoveAll(dir) }, stop, leave}
	_, err = chromedp.Run(ctx, chromedp.Evaluate[int]("1"))
	return err
}

// browse opens a window that knows nothing of the other tests'; the test is skipped where there is no browser.
func browse(t *testing.T) context.Context {
	t.Helper()
	const chromium = "/usr/bin/chromium"
	if _, err := os.Stat(chromium); err != nil {
		t.Skip("no Chromium at " + chromium + ": the pages are not tried in a browser")
	}
	if testing.Short() {
		t.Skip("short: the pages are not tried in a browser")
	}
	theBrowser.Do(func() { theBrowser.err = startBrowser(chromium) })
	if theBrowser.err != nil {
		t.Fatalf("the browser does not start: %v", theBrowser.err)
	}
	ctx, leave := chromedp.NewContext(theBrowser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	do(t, ctx, "open a window", chromedp.EmulateViewport(1440, 900))
	ctx, leave = context.WithTimeout(ctx, 6*time.Minute) // a guard against a browser that hangs, no measure
	t.Cleanup(leave)
	return ctx
}

// move is one thing that somebody does in a browser.
type move = chromedp.Action[chromedp.Void]

func do(t *testing.T, ctx context.Context, what string, steps ...move) {
	t.Helper()
	for _, step := range steps {
		quiet(ctx)
		err := chromedp.Do(ctx, step)
		// A live form is exchanged while somebody types. Where that happens between finding a thing and aiming at it, the browser's tool loses the
		// thing before it did anything; a finger would not, so it looks again.
		for try := 0; err != nil && try < 5 && strings.Contains(err.Error(), "Could not find node with given id"); try++ {
			err = chromedp.Do(ctx, step)
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// quiet waits, a few seconds at most, while a live form waits for its answer: it is about to be exchanged, and a person would see that happen.
func quiet(ctx context.Context) {
	for range 60 {
		busy, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.querySelector('.htmx-request')`))
		if err != nil || !busy { // between two pages there is nothing to ask
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// ask lets the page answer a question.
func ask[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.60s: %v", script, err)
	}
	return v
}

func signInWith(h *house) move {
	return chromedp.Steps(chromedp.Navigate(h.url+"/anmelden"), chromedp.SendKeys("#user", "b.kowalski"), chromedp.SendKeys("#pw", password+kb.Enter), chromedp.WaitVisible("#liste"))
}

// shoot keeps a picture of the whole page in the folder WEB_SHOTS, for people to look at.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("WEB_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("picture %s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// focus tells what the keyboard is on, by its text or name.
const focus = `(()=>{const e=document.activeElement;return (e.id||e.name||'')+'|'+(e.textContent||'').trim().slice(0,60)})()`

// tabTo presses Tab until the element that matches has the focus, as somebody without a mouse does.
func tabTo(selector string) move {
	return func(ctx context.Context, at *chromedp.Target) (none chromedp.Void, err error) {
		there := chromedp.Evaluate[bool](fmt.Sprintf("!!document.activeElement.matches(%q)", selector))
		for range 80 {
			if ok, err := there(ctx, at); err != nil || ok {
				return none, err
			}
			if _, err := chromedp.KeyEvent(kb.Tab)(ctx, at); err != nil {
				return none, err
			}
		}
		return none, fmt.Errorf("the keyboard never gets to %s", selector)
	}
}

func TestACaseIsWorkedByKeyboardAlone(t *testing.T) {
	h := newHouse(t, false)
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(h))
	do(t, ctx, "skip link", chromedp.KeyEvent(kb.Tab))
	if on := ask[string](t, ctx, focus); !strings.Contains(on, "Zum Inhalt springen") {
		t.Errorf("the first stop is %q", on)
	}
	do(t, ctx, "Alt+S", chromedp.KeyEvent("s", chromedp.KeyModifiers(kb.ModifierAlt)))
	if on := ask[string](t, ctx, focus); !strings.HasPrefix(on, "q|") {
		t.Errorf("Alt+S leads to %q", on)
	}
	const href = "document.activeElement.getAttribute('href')||''"
	do(t, ctx, "to the list", tabTo(".main-link"))
	first := ask[string](t, ctx, href)
	do(t, ctx, "arrow", chromedp.KeyEvent(kb.ArrowDown))
	if second := ask[string](t, ctx, href); first != "/vorgang/"+opened || second != "/vorgang/BO-26-BBBB-BBB-B" {
		t.Errorf("the arrow keys go from %s to %s", first, second)
	}
	do(t, ctx, "open", chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".as-seen"))
	do(t, ctx, "take over", tabTo(`[action$="/uebernehmen"] button`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".toast"))
	do(t, ctx, "ask back", tabTo(`[data-dialog="d-rueckfrage"]`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#d-rueckfrage"))
	if on := ask[string](t, ctx, focus); !strings.HasPrefix(on, "t-rueckfrage|") {
		t.Errorf("the dialog opens with the keyboard on %q", on)
	}
	shoot(t, ctx, "vorgang-dialog-1440")
	do(t, ctx, "escape", chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible("#d-rueckfrage"))
	if on := ask[string](t, ctx, "document.activeElement.dataset.dialog||''"); on != "d-rueckfrage" {
		t.Errorf("after the dialog the keyboard is on %q", on)
	}
	do(t, ctx, "send", chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#d-rueckfrage"), chromedp.KeyEvent("Bis wann?"), tabTo("#d-rueckfrage button[type=submit]"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`//b[contains(.,"Rückfrage gesendet")]`))
	c, err := h.book.Get(t.Context(), "BO-26-BBBB-BBB-B")
	if err != nil || len(c.Questions) != 1 || c.Questions[0].Text != "Bis wann?" || c.Clerk != "b.kowalski" {
		t.Errorf("the question did not arrive: %+v %v", c.Questions, err)
	}
}

func TestTheListFollowsTheFilterWithoutAnotherPage(t *testing.T) {
	h := newHouse(t, false)
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(h))
	ask[int](t, ctx, "window.same=1")
	do(t, ctx, "filter", chromedp.SendKeys("#wort", "BO-26-CCCC"), chromedp.WaitVisible(`//a[contains(@class,"chip")][contains(.,"Suche: BO-26-CCCC")]`))
	if same, at := ask[int](t, ctx, "window.same||0"), ask[string](t, ctx, "location.href"); same != 1 || !strings.Contains(at, "suche=") || strings.Contains(at, "CCCC") {
		t.Errorf("the page was loaded anew (%d), or its address is wrong: %s", same, at)
	}
}

func TestAnApplicationIsEnteredInABrowser(t *testing.T) {
	h := newHouse(t, false)
	ctx := browse(t)
	choose := func(label string) move {
		return chromedp.Click(fmt.Sprintf(`//label[contains(@class,"choice")][contains(.,%q)]`, label))
	}
	const on = "document.activeElement.id"
	do(t, ctx, "start", signInWith(h), chromedp.Navigate(h.url+"/erfassen"), chromedp.Click(".tile"), chromedp.WaitVisible(`[name=weg]`), choose("am Schalter"), chromedp.Click(".card form .btn.primary"), chromedp.WaitVisible("#f-person-name"))
	do(t, ctx, "a mistake", chromedp.SendKeys("#f-person-name", "Jens Obermeier"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#fehler"))
	shoot(t, ctx, "erfassen-fehler-1440")
	if got := ask[string](t, ctx, on); got != "fehler" {
		t.Errorf("after a mistake the keyboard is on %q", got)
	}
	accessible(t, ctx, "form with mistakes")
	do(t, ctx, "person", chromedp.SendKeys("#f-person-birth", "3.4.1980"), chromedp.SetValue("#f-person-street", `"weser"`), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-vehicle-plate"))
	do(t, ctx, "vehicle", chromedp.SendKeys("#f-vehicle-plate", "MI-JO 12"), choose("Nein"), chromedp.WaitVisible("#f-vehicle-reason"))
	if got := ask[string](t, ctx, on); got != "f-vehicle-mine-1" {
		t.Errorf("when a question appears, the keyboard jumps to %q", got)
	}
	if plate := ask[string](t, ctx, "document.getElementById('f-vehicle-plate').value"); plate != "MI-JO 12" {
		t.Errorf("what was typed became %q", plate)
	}
	do(t, ctx, "reason", chromedp.SendKeys("#f-vehicle-reason", "Dienstwagen"), chromedp.Click("#f-vehicle-lasting"), chromedp.WaitVisible("#f-vehicle-lasting:checked"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-permit-zone"))
	do(t, ctx, "permit", choose("Zone B"), chromedp.WaitVisible(".fieldnote"), choose("Ein Jahr"), chromedp.WaitVisible(".points"))
	shoot(t, ctx, "erfassen-formular-1440")
	accessible(t, ctx, "form")
	do(t, ctx, "check", chromedp.Click("[name=weiter]"), chromedp.WaitVisible("[name=zahlung]"))
	shoot(t, ctx, "erfassen-pruefen-1440")
	accessible(t, ctx, "summary")
	do(t, ctx, "send", choose("Am Schalter bezahlt"), chromedp.Click(".decide button"), chromedp.WaitVisible(".qr svg"))
	shoot(t, ctx, "beleg-1440")
	accessible(t, ctx, "slip")
	if dir := os.Getenv("WEB_SHOTS"); dir != "" {
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "beleg-druck.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// htmx notes which page it is on, and no page itself
	if kept := ask[string](t, ctx, "JSON.stringify({...localStorage,...sessionStorage})"); !regexp.MustCompile(`^\{("htmx-current-path-for-history":"[^"]*")?\}$`).MatchString(kept) {
		t.Errorf("the browser keeps %s", kept)
	}
}

// accessible runs axe-core, and looks for a page that is wider than its window. It looks at the page's top: what is half below the head of a page that
// was scrolled is no small target.
func accessible(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	ask[int](t, ctx, "window.scrollTo(0,0);0")
	axeRun(t, ctx, name, "{resultTypes:['violations'],runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}")
	if wide := ask[int](t, ctx, "document.documentElement.scrollWidth-document.documentElement.clientWidth"); wide > 0 {
		t.Errorf("%s is %d pixels wider than its window", name, wide)
	}
}

func axeRun(t *testing.T, ctx context.Context, name, rules string) {
	t.Helper()
	if ask[string](t, ctx, "typeof axe") != "object" {
		ask[int](t, ctx, axe+";0")
	}
	raw := ask[string](t, ctx, `axe.run(document,`+rules+`).then(r=>JSON.stringify(r.violations.map(v=>v.id+': '+v.help+' '+v.nodes.map(n=>n.target.join(' ')+' '+(n.failureSummary||'')).join('; '))))`)
	var found []string
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s: %s", name, v)
	}
}

// stickingOut names the buttons that are wider than the room in their card.
const stickingOut = `[...document.querySelectorAll('.card .btn')].filter(b=>{const c=b.closest('.card').getBoundingClientRect(),r=b.getBoundingClientRect();return r.width>0&&(r.right>c.right-4||r.left<c.left+4)}).map(b=>b.textContent.trim()).join(', ')`

// lookAt opens a page, and looks whether everybody can use it in every window and in both colours.
func lookAt(t *testing.T, ctx context.Context, h *house, path, name string) {
	t.Helper()
	do(t, ctx, path, chromedp.Navigate(h.url+path), chromedp.WaitVisible("#inhalt"))
	for _, width := range []int64{1440, 390} {
		for _, scheme := range []string{"light", "dark"} {
			id := fmt.Sprintf("%s-%d-%s", name, width, scheme)
			do(t, ctx, id, chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
				return err
			}))
			if scheme == "light" {
				accessible(t, ctx, id)
			} else { // the same page in other colours
				axeRun(t, ctx, id, "{resultTypes:['violations'],runOnly:{type:'rule',values:['color-contrast']}}")
			}
			shoot(t, ctx, id)
		}
	}
	do(t, ctx, path, chromedp.EmulateViewport(1280, 900))
	shoot(t, ctx, name+"-1280")
	if out := ask[string](t, ctx, stickingOut); out != "" {
		t.Errorf("%s: buttons stick out of their card: %s", path, out)
	}
	do(t, ctx, path, chromedp.EmulateViewport(320, 600)) // as wide as a page at 400 %
	if wide := ask[int](t, ctx, "document.documentElement.scrollWidth-document.documentElement.clientWidth"); wide > 0 {
		t.Errorf("%s is %d pixels wider than a window of 320", path, wide)
	}
}

func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	h := newHouse(t, false)
	ctx := browse(t)
	names := regexp.MustCompile(`[^a-z]+`)
	lookAt(t, ctx, h, "/anmelden", "anmelden")
	do(t, ctx, "sign in", signInWith(h))
	for _, path := range append(every[:], "/gibt-es-nicht", "/vorgang/BO-26-EEEE-EEE-E") {
		if strings.HasSuffix(path, "/rueckfrage") || strings.HasSuffix(path, "/bewilligen") {
			continue // the same page as /ablehnen with other words
		}
		lookAt(t, ctx, h, path, strings.Trim(names.ReplaceAllString(strings.ToLower(path), "-"), "-"))
	}
	lookAt(t, ctx, h, "/vorgang/BO-26-DDDD-DDD-D", "vorgang-entschieden")
	if err := h.book.Erase(t.Context(), "BO-26-DDDD-DDD-D", "b.kowalski", "Auf Wunsch gelöscht, Art. 17 DSGVO.", 1); err != nil {
		t.Fatal(err)
	}
	lookAt(t, ctx, h, "/vorgang/BO-26-DDDD-DDD-D", "vorgang-geloescht")
}

// What only some towns keep: vacancies, and how many wait.
func TestVacanciesAndQueuesAreAccessible(t *testing.T) {
	words := func(de string) publish.Words { return publish.Words{De: de} }
	b := &boardOf{offers: []jobs.Offer{
		{ID: "j1", Title: words("Gärtnerin oder Gärtner (m/w/d) für Grünflächen und Friedhöfe"), Department: "Bauhof", Salary: "TVöD E 5", From: "2026-11-02", Until: "2026-12-31", Text: words("Sie pflegen den Kurpark und die Friedhöfe.")},
		{ID: "j2", Title: words("Sachbearbeitung Wohngeld"), Department: "Soziales", From: "2026-10-01", Until: "2026-11-30", Closed: "2026-11-20", Text: words("Sie prüfen Anträge.")}}}
	h := newHouseWith(t, false, shipped(t), func(o *Options) { o.Jobs = b })
	if err := h.queues.Count(t.Context(), "buergerbuero", 4); err != nil {
		t.Fatal(err)
	}
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(h))
	lookAt(t, ctx, h, "/stellen", "stellen")
	lookAt(t, ctx, h, "/wartende", "wartende")
}

// Everybody can read the results: the charts have words, and fit into every window.
func TestResultsOfASurveyAreAccessible(t *testing.T) {
	p := newPolled(t, true, nil)
	for n := range 9 {
		p.ratings()
		p.wait(time.Duration(n) * 60 * time.Hour)
	}
	p.answer("telephone", form.Answers{"ease": 3, "done": "partly", "again": "yes", "words": "Die Tasten könnten größer sein, und das Vorlesen ist zu leise, wenn im Foyer viele Menschen stehen. Sonst war alles gut zu finden, und ich komme gern wieder."})
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(p.house))
	for path, name := range map[string]string{"/umfragen": "umfragen", "/umfrage/umfrage": "umfrage", "/umfrage/umfrage/leeren": "umfrage-leeren", "/erfassen/umfrage?weg=paper": "umfrage-erfassen"} {
		lookAt(t, ctx, p.house, path, name)
	}
	do(t, ctx, "tables", chromedp.Navigate(p.url+"/umfrage/umfrage"), chromedp.WaitVisible("#f1"))
	if open := ask[int](t, ctx, `(()=>{const all=document.querySelectorAll('.chart-data');all.forEach(d=>d.open=true);return all.length})()`); open < 6 {
		t.Errorf("%d charts have a table", open)
	}
	accessible(t, ctx, "results with tables")
	shoot(t, ctx, "umfrage-tabellen")
	choose := func(label string) move {
		return chromedp.Click(fmt.Sprintf(`//label[contains(@class,"choice")][contains(.,%q)]`, label))
	}
	do(t, ctx, "paper", chromedp.EmulateViewport(1280, 900), chromedp.Navigate(p.url+"/erfassen/umfrage"), chromedp.Click(`.card form .btn.primary`), chromedp.WaitVisible("#f-ease-0"))
	for _, page := range [][2]string{{"Schwer", "#f-done-0"}, {"Zum Teil", "#f-helps-0"}, {"Vorlesen", "#f-again-0"}, {"Gern", "#f-words"}} {
		do(t, ctx, page[0], choose(page[0]), chromedp.Click("[name=weiter]"), chromedp.WaitVisible(page[1]))
	}
	do(t, ctx, "check", chromedp.Click("[name=weiter]"), chromedp.WaitVisible(".decide"))
	accessible(t, ctx, "check")
	shoot(t, ctx, "umfrage-pruefen")
	do(t, ctx, "count", chromedp.Click(".decide button"), chromedp.WaitVisible(`//p[contains(.,"Gezählt. Vielen Dank.")]`))
	accessible(t, ctx, "counted")
	shoot(t, ctx, "umfrage-gezaehlt")
	do(t, ctx, "results", chromedp.Click(`//a[contains(.,"Zum Ergebnis")]`), chromedp.WaitVisible("#f1"))
	first := chromedp.Click(`//a[contains(.,"Streichen")]`)
	do(t, ctx, "strike", first, chromedp.WaitVisible("blockquote"))
	accessible(t, ctx, "strike")
	shoot(t, ctx, "umfrage-streichen")
	do(t, ctx, "gone", chromedp.Click(`.btn.danger`), chromedp.WaitVisible(".toast"))
}
