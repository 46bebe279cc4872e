package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// stands says what the keyboard is on, and what is wrong with how that looks: nothing shows it, it is outside the window, or something lies above it.
const stands = `(()=>{
	const e=document.activeElement;
	if(!e||e===document.body||e===document.documentElement)return ['',''];
	window.stops??=new Map();if(!stops.has(e))stops.set(e,stops.size+1);
	const name=stops.get(e)+' '+[e.tagName.toLowerCase(),e.id,e.name,e.getAttribute('href')||'',(e.textContent||'').trim().replace(/\s+/g,' ').slice(0,40)].filter(Boolean).join(' ');
	const s=getComputedStyle(e),r=e.getBoundingClientRect(),wrong=[];
	if(!e.matches(':focus-visible')||s.outlineStyle==='none'||parseFloat(s.outlineWidth)<2)wrong.push('nothing shows that the keyboard is here');
	if(r.width<1||r.height<1||r.right>innerWidth+1||r.left<-1||r.top>=innerHeight||r.bottom<=0)wrong.push('it is out of sight');
	else{
		const x=Math.min(Math.max(r.left+r.width/2,0),innerWidth-1),y=(Math.max(r.top,0)+Math.min(r.bottom,innerHeight))/2,top=document.elementFromPoint(x,y);
		if(!top||!(e.contains(top)||top.contains(e)))wrong.push('it lies under '+(top?top.className||top.tagName:'nothing'));
	}
	return [name,wrong.join(', ')];
})()`

// raw makes of a key's press what a keyboard's is: a letter that a page did something else for is not typed as well.
func raw(p *input.DispatchKeyEventParams) {
	if p.Type == kb.KeyDown {
		p.Type = kb.KeyRawDown
	}
}

// hands is a clerk without a mouse.
type hands struct {
	t   *testing.T
	ctx context.Context
}

// press presses keys, or types.
func (h hands) press(what string, keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		do(h.t, h.ctx, what, chromedp.KeyEvent(k, raw))
	}
}

// at gives what the keyboard is on, and complains if somebody who looks could not tell.
func (h hands) at() string {
	h.t.Helper()
	quiet(h.ctx)
	on := ask[[]string](h.t, h.ctx, stands)
	if on[1] != "" {
		h.t.Errorf("on %s the keyboard is on %q: %s", ask[string](h.t, h.ctx, "location.pathname"), on[0], on[1])
	}
	return on[0]
}

// to presses Tab until the keyboard is on what the selector finds.
func (h hands) to(selector string) {
	h.t.Helper()
	for range 120 {
		if h.at(); ask[bool](h.t, h.ctx, fmt.Sprintf("!!document.activeElement.matches(%q)", selector)) {
			return
		}
		h.press(selector, kb.Tab)
	}
	h.t.Fatalf("the keyboard never gets to %s on %s", selector, ask[string](h.t, h.ctx, "location.pathname"))
}

// opens presses Enter on what the selector finds, and waits for what comes then.
func (h hands) opens(selector, next string) {
	h.t.Helper()
	h.to(selector)
	do(h.t, h.ctx, selector+" opens "+next, chromedp.KeyEvent(kb.Enter, raw), chromedp.WaitVisible(next))
}

// writes goes to a field and types.
func (h hands) writes(selector, text string) {
	h.t.Helper()
	h.to(selector)
	h.press("type", text)
}

// chooses goes to a group of which one is chosen and takes one by the arrow keys, as screen readers tell how.
func (h hands) chooses(name, label string) {
	h.t.Helper()
	h.to(fmt.Sprintf("[name=%q]", name))
	h.press("choose", " ")
	for range 12 {
		h.at()
		if ask[bool](h.t, h.ctx, fmt.Sprintf("document.activeElement.checked&&document.activeElement.name===%q&&document.activeElement.closest('label').textContent.includes(%q)", name, label)) {
			return
		}
		h.press("choose", kb.ArrowDown)
	}
	h.t.Fatalf("the arrow keys do not get to %q of %s; the keyboard is on %q", label, name, h.at())
}

// free goes once around the page and back: every press of Tab leads on, and at last around again.
func (h hands) free(page string) {
	h.t.Helper()
	h.press(page, kb.Tab)
	for way, tab := range map[string]move{"on": chromedp.KeyEvent(kb.Tab, raw), "back": chromedp.KeyEvent(kb.Tab, raw, chromedp.KeyModifiers(kb.ModifierShift))} {
		first := h.at()
		for last, n := first, 0; ; n++ {
			do(h.t, h.ctx, page, tab)
			on := h.at()
			if on == last && on != "" {
				h.t.Fatalf("%s: on the way %s the keyboard is caught on %q", page, way, on)
			}
			if on == first {
				break
			}
			if n == 150 {
				h.t.Fatalf("%s: on the way %s the keyboard never comes around; it is on %q", page, way, on)
			}
			last = on
		}
	}
}

// Some clerks use no mouse. What their day is made of has to be done by keys alone, and at every press they have to see where they are.
func TestAClerksDayIsDoneByKeysAlone(t *testing.T) {
	house := newHouse(t, false)
	h := hands{t, browse(t)}
	do(t, h.ctx, "sit down", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { // the window is the one that keys go to
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	do(t, h.ctx, "the first page", chromedp.Navigate(house.url+"/anmelden"), chromedp.WaitVisible("#user"))
	if on := h.at(); !strings.Contains(on, "user") {
		t.Errorf("who comes to sign in begins on %q", on)
	}
	h.press("sign in", "b.kowalski", kb.Tab, password)
	h.opens(".btn.primary", "#liste")
	h.free("worklist")
	h.opens(".skip", "#liste")
	if on := h.at(); !strings.Contains(on, "inhalt") {
		t.Errorf("the skip link leads to %q", on)
	}

	h.opens(`.main-link[href="/vorgang/BO-26-BBBB-BBB-B"]`, ".as-seen")
	do(t, h.ctx, "a small window", chromedp.EmulateViewport(390, 700)) // as at 400 %: what sticks to its edges covers much of it
	h.free("case")
	do(t, h.ctx, "a usual window", chromedp.EmulateViewport(1440, 900))
	h.opens(`[data-dialog="d-bewilligen"]`, "#d-bewilligen")
	h.free("dialog")
	h.press("leave the dialog", kb.Escape)
	if on := h.at(); !strings.Contains(on, "bewilligen") {
		t.Errorf("after the dialog the keyboard is on %q", on)
	}
	h.opens(`[data-dialog="d-bewilligen"]`, "#d-bewilligen")
	h.press("a sentence", "Alles Gute.")
	h.opens("#d-bewilligen [type=submit]", `//*[@class="toast"][contains(.,"Bewilligt")]`)
	if c, err := house.book.Get(t.Context(), "BO-26-BBBB-BBB-B"); err != nil || c.State != service.StateApproved || c.History[len(c.History)-1].Text != "Alles Gute." {
		t.Fatalf("%s, %v", c.State, err)
	}

	h.opens(`.crumbs a[href="/arbeitsliste"]`, "#liste")
	h.opens(`.main-link[href="/vorgang/`+opened+`"]`, ".as-seen")
	h.opens(`[data-dialog="d-ablehnen"]`, "#d-ablehnen")
	h.press("the reason", "Kein Hauptwohnsitz.")
	h.opens("#d-ablehnen [type=submit]", `//*[@class="toast"][contains(.,"Erstattung")]`)
	if c, err := house.book.Get(t.Context(), opened); err != nil || c.State != service.StateRejected || c.History[len(c.History)-1].Text != "Kein Hauptwohnsitz." {
		t.Fatalf("%s, %v", c.State, err)
	}
	h.opens(".toast [data-close]", ".as-seen")
	h.free("rejected case")

	h.opens(`a[href$="/ersatzbeleg"]`, `[name=ausweis]`)
	h.free("lost slip")
	h.chooses("ausweis", "Reisepass")
	h.opens("form[data-once] [type=submit]", ".qr svg")
	h.free("slip")
	if c, err := house.book.Get(t.Context(), opened); err != nil || house.book.secrets != 1 || c.History[len(c.History)-1].Text != "Reisepass" {
		t.Fatalf("%d slips, %v", house.book.secrets, err)
	}

	h.opens(`.nav a[href="/erstattungen"]`, `form[action="/erstattungen/`+opened+`/erstattet"]`)
	h.free("refunds")
	h.opens(`form[action="/erstattungen/`+opened+`/erstattet"] button`, `//*[@class="toast"][contains(.,"Als erstattet eingetragen")]`)
	if c, err := house.book.Get(t.Context(), opened); err != nil || c.Refund == nil || !c.Refund.Done {
		t.Fatalf("%+v, %v", c.Refund, err)
	}

	h.opens(`.nav a[href="/erfassen"]`, ".tile")
	h.free("services")
	h.opens(".tile", `[name=weg]`)
	h.free("how it came")
	h.chooses("weg", "am Schalter")
	h.chooses("sprache", "Deutsch")
	h.opens(".card form .btn.primary", "#f-person-name")
	h.free("form")
	h.writes("#f-person-name", "Jens Obermeier")
	h.opens("[name=weiter]", "#fehler")
	if on := h.at(); !strings.Contains(on, "fehler") {
		t.Errorf("after a mistake the keyboard is on %q", on)
	}
	h.opens(`#fehler a[href="#f-person-birth"]`, "#f-person-birth")
	if on := h.at(); !strings.Contains(on, "f-person-birth") {
		t.Errorf("the way to the mistake leads to %q", on)
	}
	h.press("date of birth", "3.4.1980")
	h.writes("#f-person-street", "Weser")
	h.opens("[name=weiter]", "#f-vehicle-plate")
	h.writes("#f-vehicle-plate", "MI-JO 12")
	h.chooses("a:/vehicle/mine", "Nein")
	h.writes("#f-vehicle-reason", "Dienstwagen")
	h.to("#f-vehicle-lasting")
	h.press("tick", " ")
	h.free("form that changes")
	h.opens("[name=weiter]", "#f-permit-zone")
	h.chooses("a:/permit/zone", "Zone B")
	h.chooses("a:/permit/months", "Ein Jahr")
	h.opens("[name=weiter]", "[name=zahlung]")
	h.free("summary")
	h.chooses("zahlung", "Am Schalter bezahlt")
	h.opens(".decide [type=submit]", ".qr svg")
	if house.book.secrets != 2 {
		t.Errorf("%d slips were made", house.book.secrets)
	}
	h.opens(`a[href^="/vorgang/"]`, ".as-seen")
	if heading := ask[string](t, h.ctx, "document.querySelector('.as-seen').textContent"); !strings.Contains(heading, "Jens Obermeier") {
		t.Error("the case is not as it was entered")
	}
}
