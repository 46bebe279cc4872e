package web

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// search sends the filter's form and gives the address that it leads to.
func (h *house) search(v url.Values) string {
	h.t.Helper()
	res := h.post("/arbeitsliste", "/arbeitsliste", v)
	if res.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("a search is answered with %d", res.StatusCode)
	}
	return res.Header.Get("Location")
}

// A citizen's name stood in the address of the list: in the browser's history and in every log on the way.
func TestNoAddressHasTheWordsOfASearch(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	to := h.search(url.Values{"sicht": {"alle"}, "wort": {" Parkausweis "}, "stand": {"received"}, "sortiert": {"neu"}})
	if strings.Contains(strings.ToLower(to), "park") || !strings.Contains(to, "stand=received") || !strings.Contains(to, "sortiert=neu") || !strings.Contains(to, "sicht=alle") {
		t.Fatalf("the search leads to %s", to)
	}
	page := h.get(to)
	page.want(t, 200, "Suche: Parkausweis", `value="Parkausweis"`, "Stand: ")
	for _, link := range strings.Split(page.body, "href=\"")[1:] {
		if link, _, _ = strings.Cut(link, "\""); strings.Contains(strings.ToLower(link), "parkausweis") && strings.Contains(link, "arbeitsliste") {
			t.Errorf("a link has the word: %s", link)
		}
	}
	if !strings.Contains(page.body, "seite=2") {
		t.Error("the test has too few cases for a second page")
	}
	if again := h.search(url.Values{"sicht": {"alle"}, "wort": {"Parkausweis"}, "stand": {"received"}, "sortiert": {"neu"}}); again != to {
		t.Error("the same search has two addresses")
	}
	if strings.Contains(h.log.String(), "Parkausweis") {
		t.Error("the log has the word")
	}
	// The address means something to its clerk only, and only for today.
	mine := h.c.Jar
	var err error
	if h.c.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {"t.lindemann"}, "passwort": {password}}).wantGo(t, "/arbeitsliste")
	if res := h.get(to); strings.Contains(res.body, "Suche: ") || !strings.Contains(res.body, "Die Suche ist nicht mehr da.") {
		t.Error("somebody else's address shows what was searched for")
	}
	h.c.Jar = mine
	h.wait(workday)
	h.get(to).want(t, 200, "Die Suche ist nicht mehr da.")
	to = h.search(url.Values{"wort": {"Tiemann"}})
	h.post("/arbeitsliste", "/abmelden", url.Values{})
	h.signIn()
	h.get(to).want(t, 200, "Die Suche ist nicht mehr da.")
	h.get("/arbeitsliste?suche=Tiemann").want(t, 200, "Die Suche ist nicht mehr da.")
}

func TestASearchFromElsewhereIsRefused(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	req, _ := http.NewRequest(http.MethodPost, h.url+"/arbeitsliste", strings.NewReader("wort=Tiemann"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", h.url)
	h.do(req).want(t, http.StatusForbidden)
}

func TestOnlyTheLastSearchesAreRemembered(t *testing.T) {
	s := newSearches(func() time.Time { return monday })
	first := s.keep("a", "0")
	for n := range maxSearches - 1 {
		s.keep("a", fmt.Sprint(n+1))
	}
	if s.keep("a", "0") != first {
		t.Fatal("a search was forgotten too early")
	}
	for n := range maxSearches {
		s.keep("a", fmt.Sprint(-1-n))
	}
	if _, ok := s.find("a", first); ok || len(s.m["a"]) != maxSearches {
		t.Errorf("%d searches are remembered", len(s.m["a"]))
	}
}

func TestASearchInABrowserLeavesNoNameInItsHistory(t *testing.T) {
	h := newHouse(t, false)
	ctx := browse(t)
	const at, shown, steps = "location.href", "document.querySelector('#wort').value", "history.length"
	clean := func(when string) {
		t.Helper()
		if a := ask[string](t, ctx, at); strings.Contains(a, "BBBB") {
			t.Errorf("%s the address is %s", when, a)
		}
		if n := ask[int](t, ctx, "[...document.querySelectorAll('a[href]')].filter(a=>a.getAttribute('href').includes('arbeitsliste')&&a.href.includes('BBBB')).length"); n > 0 {
			t.Errorf("%s %d links have the word", when, n)
		}
	}
	found := chromedp.WaitVisible(`//a[contains(@class,"chip")][contains(.,"Suche: BO-26-BBBB")]`)
	all := chromedp.WaitVisible(`//span[@role="status"][contains(.,"1 bis 20 von 26")]`)
	do(t, ctx, "sign in", signInWith(h), all)
	before := ask[int](t, ctx, steps)
	do(t, ctx, "type", chromedp.SendKeys("#wort", "BO-26-"), chromedp.WaitVisible(`//a[contains(@class,"chip")][contains(.,"Suche: BO-26-")]`), chromedp.SendKeys("#wort", "BBBB"), found)
	clean("while typing")
	if n := ask[int](t, ctx, steps) - before; n != 1 {
		t.Errorf("typing one word is %d steps for Back", n)
	}
	ask[bool](t, ctx, "(()=>{const s=document.querySelector('#sortiert');s.value='neu';return s.dispatchEvent(new Event('change',{bubbles:true}))})()")
	do(t, ctx, "filter", chromedp.WaitVisible(`//th[@aria-sort="descending"]`), found)
	clean("with a filter")
	do(t, ctx, "reload", chromedp.Reload(), found)
	if v := ask[string](t, ctx, shown); v != "BO-26-BBBB" {
		t.Errorf("after a reload the field says %q", v)
	}
	clean("after a reload")
	do(t, ctx, "back", chromedp.NavigateBack(), chromedp.WaitVisible(`//th[@aria-sort="ascending"]`), found)
	do(t, ctx, "back once more", chromedp.NavigateBack(), all)
	if v := ask[string](t, ctx, shown); v != "" {
		t.Errorf("back at the whole list the field says %q", v)
	}
	do(t, ctx, "search in the head", chromedp.SendKeys("#q", "BO-26-BBBB"+kb.Enter), found)
	clean("from the head")
	if v := ask[string](t, ctx, "document.querySelector('#q').value"); v != "BO-26-BBBB" {
		t.Errorf("the head's field says %q", v)
	}
	shoot(t, ctx, "arbeitsliste-suche-1440")
	accessible(t, ctx, "found")
	do(t, ctx, "open and back", chromedp.Click(".main-link"), chromedp.WaitVisible(".as-seen"), chromedp.NavigateBack(), found)
	clean("back from a case")
}
