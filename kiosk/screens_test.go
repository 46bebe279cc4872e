package kiosk

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// filled begins a parking permit and gives good answers.
func (r *rig) filled() {
	r.k.enter(r.k.s.style.Lang)
	s, _ := r.k.o.Catalogue.Find("parken", "")
	r.k.push(&card{service: s, asked: true, told: true})
	r.k.begin(s)
	for path, v := range map[string]any{"/name": "Renate Vogt", "/resident": true, "/plate": "MI-RA 1848", "/owner": "me", "/zone": "A", "/months": float64(12)} {
		r.k.s.visit.Answer(path, v)
	}
}

func (r *rig) service(id string) *service.Service {
	s, ok := r.k.o.Catalogue.Find(id, "")
	if !ok {
		r.T.Fatal("no service", id)
	}
	return s
}

// answer is what the town hall sealed for a slip; it gives the slip's key.
func (r *rig) answer(a service.Answer) string {
	r.T.Helper()
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		r.T.Fatal(err)
	}
	plain, err := json.Marshal(a)
	if err != nil {
		r.T.Fatal(err)
	}
	sealed, err := seal.SealTo(recipient, plain)
	if err != nil {
		r.T.Fatal(err)
	}
	r.town.Tell(seal.Address(recipient), sealed)
	return secret
}

// waiting is a card at a time when four people wait at the open office.
func (r *rig) waiting() *card {
	return &card{service: r.service("parken"), asked: true, told: true, counted: true,
		queues: map[string]service.Queue{"buergerbuero": {Office: "buergerbuero", Waiting: 4, At: r.clock.Add(-3 * time.Minute)}}}
}

func asked() service.Answer {
	day := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	return service.Answer{Case: "BO-26-4T7K-2M9-X", Service: "parken", Title: "Bewohnerparkausweis", State: service.StateAsked, Text: "Wir brauchen noch etwas von Ihnen.",
		Questions: []service.Question{{ID: "q1", Text: "Wie heißt die Straße, in der Sie wohnen?"}}, Token: "t",
		Papers: []service.Paper{{Name: "p.pdf", Title: "Bewohnerparkausweis", Type: "application/pdf", Data: []byte("%PDF")}},
		Steps:  []service.Entry{{State: service.StateReceived, At: day}, {State: service.StateInWork, Text: "Frau Muster prüft.", At: day}, {State: service.StateAsked, At: day}}}
}

// shownSlip has a bit of everything that slips have.
func shownSlip() document.Document {
	return document.Document{Title: "Beleg", Lang: "de", Blocks: []document.Block{
		{Kind: document.Paragraph, Center: true, Text: "Stadt Bad Oeynhausen"}, {Kind: document.Heading, Level: 1, Center: true, Text: "Ihr Beleg"}, {Kind: document.Rule},
		{Kind: document.Row, Bold: true, Label: "Nummer", Text: "BO-26-4T7K-2M9-X"},
		{Kind: document.Table, Columns: []document.Column{{Label: "Wofür"}, {Label: "Betrag", Right: true}}, Rows: []document.Cells{{Texts: []string{"12 Monate, Zone A", "30,70 €"}}, {Texts: []string{"Zusammen", "30,70 €"}, Bold: true}}},
		{Kind: document.Mono, Lines: []string{"** Kundenbeleg **", "girocard EUR 30,70"}},
		{Kind: document.QR, Data: "AGE-SECRET-KEY-1TEST", Text: "Mit diesem Code sehen Sie, wie es steht."},
		{Kind: document.Cut}, {Kind: document.Heading, Level: 1, Center: true, Text: "MI-RA 1848"}, {Kind: document.List, Lines: []string{"Hinter die Scheibe legen", "Den Code nicht zeigen"}}}}
}

// place is a screen and how somebody comes there.
type place struct {
	name string
	go_  func(r *rig)
}

// screens brings a terminal to every screen there is.
var screens = []place{
	{"01-attract", func(r *rig) {}},
	{"02-home", func(r *rig) { r.k.enter(r.k.s.style.Lang) }},
	{"02-often", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&often{}) }},
	{"02-audience", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&audience{}) }},
	{"02-audience-group", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&audience{group: "gaeste"}) }},
	{"02-language", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&language{}) }},
	{"02-situation", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&situation{id: "auto"}) }},
	{"02-situation-empty", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&situation{id: "umzug"}) }},
	{"03-search", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&search{}) }},
	{"03-search-hits", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&search{query: "ausweiss"}) }},
	{"03-search-none", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&search{query: "qqqqq"}) }},
	{"04-service", func(r *rig) {
		r.k.enter(r.k.s.style.Lang)
		r.k.push(&card{service: r.service("parken"), asked: true, told: true})
	}},
	{"04-service-trouble", func(r *rig) {
		r.k.enter(r.k.s.style.Lang)
		r.k.push(&card{service: r.service("parken"), asked: true, told: true, printer: visit.ErrNoPaper,
			ways: []visit.WayState{{Way: pay.Card, Err: visit.ErrUnreachable}, {Way: pay.Invoice}}})
	}},
	{"04-service-information", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&card{service: r.service("ausweis")}) }},
	{"04-service-about", func(r *rig) {
		r.k.enter(r.k.s.style.Lang)
		c := r.waiting()
		r.k.push(c)
		r.k.push(&allAbout{card: c})
	}},
	{"04-service-waiting", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(r.waiting()) }},
	{"05-form", func(r *rig) { r.filled(); r.k.push(&formPage{id: "car", focus: "/plate", shown: map[string]bool{}}) }},
	{"05-form-first", func(r *rig) { r.filled(); r.k.push(newFormPage(r.k, "who", false)) }},
	{"06-form-problem", func(r *rig) {
		r.filled()
		r.k.s.visit.Type("/plate", "MI-RA")
		r.k.push(&formPage{id: "car", focus: "/plate", shown: map[string]bool{"/plate": true}})
	}},
	{"06-form-full", func(r *rig) {
		r.filled()
		r.k.s.visit.Type("/name", strings.Repeat("Renate ", 9)[:60])
		r.k.push(&formPage{id: "who", focus: "/name", shown: map[string]bool{}})
		r.k.letter('x')
	}},
	{"07-form-choice", func(r *rig) { r.filled(); r.k.push(newFormPage(r.k, "zone", false)) }},
	{"07-ineligible", func(r *rig) { r.filled(); r.k.s.visit.Answer("/resident", false); r.k.push(&ineligible{}) }},
	{"12-advice-cost", func(r *rig) { r.filled(); r.k.s.goal = form.Cost; r.k.push(&advice{}) }},
	{"12-advice-entitled", func(r *rig) { r.filled(); r.k.s.goal = form.Entitled; r.k.push(&advice{}) }},
	{"12-advice-no", func(r *rig) {
		r.filled()
		r.k.s.visit.Answer("/resident", false)
		r.k.s.goal = form.Entitled
		r.k.push(&advice{})
	}},
	{"08-summary", func(r *rig) { r.filled(); r.k.push(&summary{agreed: true}) }},
	{"09-ways", func(r *rig) {
		r.filled()
		r.k.push(&ways{asked: true, told: true, states: []visit.WayState{{Way: pay.Card}, {Way: pay.Invoice}}})
	}},
	{"09-ways-trouble", func(r *rig) {
		r.filled()
		r.k.push(&ways{asked: true, told: true, states: []visit.WayState{{Way: pay.Card, Err: visit.ErrBusy}, {Way: pay.Invoice}}})
	}},
	{"10-paying", func(r *rig) {
		r.filled()
		r.k.push(&paying{way: pay.Card, amount: "30,70 €", stage: visit.Paying, code: 0x0A, text: "x"})
	}},
	{"10-sending", func(r *rig) { r.filled(); r.k.push(&paying{way: pay.Invoice}) }},
	{"10-declined", func(r *rig) { r.filled(); r.k.push(&outcome{err: visit.ErrDeclined}) }},
	{"10-cancelled", func(r *rig) { r.filled(); r.k.push(&outcome{err: visit.ErrCancelled}) }},
	{"10-unclear", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), unclear: true, begun: true, printed: true})
	}},
	{"10-cleared", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), cleared: true, stale: true, begun: true, printed: true})
	}},
	{"10-cleared-printed", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), cleared: true, begun: true, printed: true})
	}},
	{"10-cleared-none", func(r *rig) {
		r.filled()
		ended := receipt(pay.Card, true)
		ended.State = pay.Cancelled
		r.k.push(&done{receipt: ended, cleared: true, begun: true, printed: true})
	}},
	{"10-cleared-owed", func(r *rig) {
		r.filled()
		ended := receipt(pay.Card, true)
		ended.State = pay.Owed
		r.k.push(&done{receipt: ended, cleared: true, begun: true, printed: true})
	}},
	{"11-done", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, printing: true})
	}},
	{"11-done-copied", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, printed: true, copy: "done"})
	}},
	{"11-done-copy-failed", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, printed: true, copy: "failed"})
	}},
	{"11-slip", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, err: visit.ErrNoPaper, code: true})
		r.k.push(&onScreen{shownSlip()})
	}},
	{"11-done-code", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, printed: true, code: true})
	}},
	{"12-idle", func(r *rig) {
		r.filled()
		r.k.push(&summary{})
		r.k.s.warned = r.clock.Add(-8 * time.Second)
		r.k.show()
	}},
	{"15-girocard", func(r *rig) { r.filled(); r.k.push(&summary{}); r.k.carded(visit.Girocard) }},
	{"15-unreadable", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.carded(visit.Unreadable) }},
	{"12-leaving", func(r *rig) { r.filled(); r.k.push(&leaving{}) }},
	{"13-no-paper", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, err: visit.ErrNoPaper, code: true})
	}},
	{"13-no-paper-sure", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Card, true), begun: true, err: visit.ErrNoPaper, leaving: true})
	}},
	{"14-later", func(r *rig) {
		r.filled()
		r.k.push(&done{receipt: receipt(pay.Invoice, false), begun: true, printed: true})
	}},
	{"14-thanked", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&thanked{online: true}) }},
	{"14-thanked-later", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&thanked{}) }},
	{"20-scan", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true}) }},
	{"20-scan-wrong", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true, said: "wrong"}) }},
	{"20-scan-offline", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true, said: "offline"}) }},
	{"21-case", func(r *rig) { r.case_(); r.k.push(&caseState{}) }},
	{"22-question", func(r *rig) {
		r.case_()
		r.k.push(&caseState{})
		r.k.push(&question{id: "q1", text: asked().Questions[0].Text})
	}},
	{"23-withdraw", func(r *rig) { r.case_(); r.k.push(&caseState{}); r.k.push(&withdraw{}) }},
	{"25-replied", func(r *rig) { r.case_(); r.k.push(&caseState{said: "sent"}) }},
	{"24-paper", func(r *rig) { r.case_(); r.k.push(&caseState{paper: "failed", said: "failed"}) }},
	{"30-help", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&help{}) }},
	{"31-privacy", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&legal{key: "privacy"}) }},
}

// everywhere is every screen, with a terminal that has what it shows. Two terminals at a time are one too many: the last one is Fyne's current program.
var everywhere = []struct {
	rig     func(t testing.TB, size fyne.Size) *rig
	screens []place
}{
	{func(t testing.TB, size fyne.Size) *rig { return newRig(t, size) }, screens},
	{func(t testing.TB, size fyne.Size) *rig { r, _, _ := pauseRig(t, size); return r }, pauseScreens},
}

func receipt(way pay.Way, online bool) visit.Receipt {
	return visit.Receipt{Case: "BO-26-4T7K-2M9-X", Title: "Bewohnerparkausweis", Amount: 3070, Way: way, State: pay.Approved,
		Secret: "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", Online: online}
}

// case_ puts a case on the table that the town hall has a question about.
func (r *rig) case_() { r.follow(asked()) }

// follow puts a case on the table, as a scanned slip does.
func (r *rig) follow(a service.Answer) {
	r.T.Helper()
	r.k.enter(r.k.s.style.Lang)
	secret := r.answer(a)
	c, err := visit.Follow(r.k.s.ctx, r.k.o.Desk, secret, r.k.visitOptions())
	if err != nil {
		r.T.Fatal(err)
	}
	r.k.s.kase = c
}

// views are the ways in which a citizen may set a screen: everything has to have a name, 20 mm and room for its words in each.
func views() []look.Style {
	var all []look.Style
	for _, factor := range []float32{1, 1.5, 2} {
		for _, contrast := range []look.Contrast{look.Normal, look.BlackWhite, look.YellowBlack} {
			all = append(all, look.Style{Lang: "de", Text: factor, Contrast: contrast})
		}
		all = append(all, look.Style{Lang: "en", Text: factor}, look.Style{Lang: "de-simple", Text: factor}, look.Style{Lang: "de", Text: factor, Reach: true})
	}
	return all
}

// low looks whether everything can be reached from a wheelchair in reach mode: it lies in the lower part of the screen, all of it. While the keyboard is
// open, what is typed into is looked at above the keys, and the rest of the page with it; keys, actions and helps are low, and among them is the key that
// puts the keyboard away: then the page is low too.
func (r *rig) low(name string) {
	r.T.Helper()
	typing := r.k.page.typing != nil && !r.k.s.keysShut && r.k.page.cover == nil
	top := r.W.Canvas().Size().Height - low*r.k.s.style.Scale
	for _, n := range r.Nodes() {
		if typing && (n.ID == "search" || n.ID == "back" && r.k.Screen() == "search") { // above what was found
			continue
		}
		if typing && r.inside(n) {
			continue
		}
		if n.Touchable() && !n.Is("hidden") && float32(n.Bounds.Y) < top-1 {
			r.T.Errorf("%s: in reach mode %s %q lies at %d px, above what an arm reaches from a wheelchair", name, n.Role, n.Name, n.Bounds.Y)
		}
	}
	if typing {
		if !r.Has("key.hide") {
			r.T.Errorf("%s: in reach mode nothing puts the keyboard away, and the page cannot be reached", name)
			return
		}
		r.Tap("key.hide")
		r.low(name + ", the keyboard put away")
	}
}

// inside tells whether a thing lies in the part of the page that scrolls.
func (r *rig) inside(n tree.Node) bool {
	if r.k.sheet == nil {
		return false
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.k.sheet).Y
	y := float32(n.Bounds.Y)
	return y >= at-1 && y < at+r.k.sheet.Size().Height
}

func TestEverythingCanBeReadAndTouchedOnEveryScreen(t *testing.T) {
	for _, size := range []fyne.Size{portrait, landscape} {
		r := newRig(t, size)
		base := r.k.o.Style
		for _, v := range views() {
			if v.Reach && size == landscape {
				continue // not offered: the whole screen lies low
			}
			r.k.o.Style = base
			r.k.o.Style.Lang, r.k.o.Style.Text, r.k.o.Style.Contrast, r.k.o.Style.Reach = v.Lang, v.Text, v.Contrast, v.Reach
			for _, s := range screens {
				name := fmt.Sprintf("%s-%.0fx%.0f-%s-%g-%d-%t", s.name, size.Width, size.Height, v.Lang, v.Text, v.Contrast, v.Reach)
				r.k.Wipe()
				s.go_(r)
				r.Shot(name)
				nodes := r.Nodes()
				for _, f := range tree.Check(nodes, look.PxPerMM) {
					t.Errorf("%s: %s", name, f)
				}
				if v.Reach {
					r.low(name)
				}
				for _, n := range nodes {
					if strings.Contains(n.Name, "kiosk.") || strings.Contains(n.Name, "{{") || strings.Contains(n.Name, "<no value>") {
						t.Errorf("%s: a text is missing: %q", name, n.Name)
					}
				}
			}
		}
	}
}

// Other terminals have other screens: a coarse one and a fine one, upright and across. What is touched is 20 mm high on each, by the millimetres that
// kiosk.yaml gives (screen.density), and nothing is cut off.
func TestEverythingCanBeReadAndTouchedOnOtherScreens(t *testing.T) {
	for _, screen := range []struct {
		density float64 // pixels a millimetre
		size    fyne.Size
	}{
		{2.2, fyne.NewSize(768, 1366)},
		{2.2, fyne.NewSize(900, 560)},
		{5.0, fyne.NewSize(1680, 2880)},
		{5.0, fyne.NewSize(2000, 1250)},
	} {
		for _, all := range everywhere {
			r := all.rig(t, screen.size)
			r.k.o.Style.Scale = float32(screen.density / look.PxPerMM) // as cmd/kiosk does
			for _, v := range []look.Style{{Text: 1}, {Text: 1.5}, {Text: 2}, {Text: 1, Reach: true}} {
				if v.Reach && screen.size.Width > screen.size.Height {
					continue
				}
				r.k.o.Style.Text, r.k.o.Style.Reach = v.Text, v.Reach
				for _, s := range all.screens {
					name := fmt.Sprintf("%s-%.1f-%.0fx%.0f-%g-%t", s.name, screen.density, screen.size.Width, screen.size.Height, v.Text, v.Reach)
					r.k.Wipe()
					s.go_(r)
					r.Shot(name)
					nodes := r.Nodes()
					for _, f := range tree.Check(nodes, screen.density) {
						t.Errorf("%s: %s", name, f)
					}
					if len(nodes) == 0 {
						t.Errorf("%s: the screen is empty", name)
					}
					if v.Reach {
						r.low(name)
					}
				}
			}
		}
	}
}

func TestEveryServiceOfTheTownCanBeReadAndTouched(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	for _, lang := range []string{"de", "en", "de-simple"} {
		r.k.o.Style.Lang = lang
		r.k.Wipe()
		r.k.enter(lang)
		check := func(name string) {
			if lang == "de" {
				r.Shot("town-" + name)
			}
			for _, f := range tree.Check(r.Nodes(), look.PxPerMM) {
				t.Errorf("%s, %s: %s", name, lang, f)
			}
		}
		check("home")
		for _, s := range catalogue.Services() {
			r.k.push(&card{service: s, asked: true, told: true})
			check(s.ID)
			if s.Online() {
				r.k.begin(s)
				for _, p := range r.k.s.visit.View().Pages {
					r.k.push(newFormPage(r.k, p.ID, false))
					check(s.ID + "-" + p.ID)
				}
			}
		}
	}
}
