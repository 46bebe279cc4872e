package kiosk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// idReader gives the card that a test puts in.
type idReader struct {
	person chan fact.Person
	err    error
}

func (i *idReader) Ready(context.Context) error { return nil }

func (i *idReader) Read(ctx context.Context) (fact.Person, error) {
	if i.err != nil {
		return fact.Person{}, i.err
	}
	select {
	case p := <-i.person:
		return p, nil
	case <-ctx.Done():
		return fact.Person{}, ctx.Err()
	}
}

// pauseRig is a terminal at which something can be put away, and a card can be read.
func pauseRig(t testing.TB, size fyne.Size, change ...func(*Options)) (*rig, *visittest.Drafts, *idReader) {
	t.Helper()
	drafts, ids := &visittest.Drafts{Gone: visit.ErrGone}, &idReader{person: make(chan fact.Person)}
	r := newRig(t, size, append([]func(*Options){func(o *Options) { o.Desk.Drafts, o.Desk.IDs = drafts, ids }}, change...)...)
	return r, drafts, ids
}

// town is the rig's terminal with the services that ship.
func town(t testing.TB) func(*Options) {
	t.Helper()
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Catalogue = catalogue }
}

func ticket() visit.Ticket {
	k := seal.DraftKey{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	return visit.Ticket{Code: k.Code(), Text: k.Text(), Title: "Bewohnerparkausweis", Until: time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC)}
}

// left is a parking permit that was begun and left at its second page.
func (r *rig) left() {
	r.filled()
	r.k.push(newFormPage(r.k, "who", false))
	r.k.push(newFormPage(r.k, "car", false))
}

var pauseScreens = []place{
	{"40-form", func(r *rig) { r.left() }},
	{"40-summary", func(r *rig) { r.filled(); r.k.push(&summary{}) }},
	{"41-pausing", func(r *rig) { r.left(); r.k.push(&pausing{}) }},
	{"41-pausing-failed", func(r *rig) { r.left(); r.k.push(&pausing{said: "full"}) }},
	{"41-pausing-busy", func(r *rig) { r.left(); r.k.push(&pausing{busy: true}) }},
	{"42-paused-slip", func(r *rig) { r.left(); r.k.push(&paused{ticket: ticket(), paper: true, begun: true, printed: true}) }},
	{"42-paused-printing", func(r *rig) { r.left(); r.k.push(&paused{ticket: ticket(), paper: true, begun: true, printing: true}) }},
	{"42-paused-phone", func(r *rig) { r.left(); r.k.push(&paused{ticket: ticket()}) }},
	{"42-paused-away", func(r *rig) {
		r.left()
		x := ticket()
		x.Away = true
		r.k.push(&paused{ticket: x, paper: true, begun: true, err: visit.ErrNoPaper})
	}},
	{"42-paused-sure", func(r *rig) { r.left(); r.k.push(&paused{ticket: ticket(), sure: true}) }},
	{"43-scan", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true}) }},
	{"43-scan-gone", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true, said: "draft.gone"}) }},
	{"43-scan-offline", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&scan{begun: true, said: "draft.offline"}) }},
	{"43-type", func(r *rig) { r.k.enter(r.k.s.style.Lang); r.k.push(&typeCode{typed: "04106-105V"}) }},
	{"43-type-wrong", func(r *rig) {
		r.k.enter(r.k.s.style.Lang)
		r.k.push(&typeCode{typed: "04106-105V", said: "draft.code"})
	}},
	{"44-resumed", func(r *rig) { r.left(); r.k.push(&resumed{changed: false}) }},
	{"44-resumed-changed", func(r *rig) { r.left(); r.k.push(&resumed{changed: true}) }},
	{"45-leaving", func(r *rig) { r.left(); r.k.push(&leaving{}) }},
	{"45-leaving-draft", func(r *rig) {
		r.left()
		if _, err := r.k.s.visit.Pause(context.Background(), ""); err != nil {
			r.T.Fatal(err)
		}
		r.k.push(&leaving{failed: true})
	}},
	{"46-idle", func(r *rig) { r.left(); r.k.s.warned = r.clock.Add(-8 * time.Second); r.k.show() }},
	{"47-prefill-permit", func(r *rig) { r.left(); r.k.push(&prefill{kind: "permit", wait: true}) }},
	{"47-prefill-contact", func(r *rig) { r.left(); r.k.push(&prefill{kind: "contact", wait: true}) }},
	{"47-prefill-card", func(r *rig) { r.left(); r.k.push(&prefill{kind: "card", wait: true}) }},
	{"47-prefill-wrong", func(r *rig) { r.left(); r.k.push(&prefill{kind: "permit", said: "wrong"}) }},
}

func TestPuttingAwayCanBeReadAndTouchedOnEveryScreen(t *testing.T) {
	for _, size := range []fyne.Size{portrait, landscape} {
		r, _, _ := pauseRig(t, size)
		base := r.k.o.Style
		for _, v := range views() {
			if v.Reach && size == landscape {
				continue
			}
			r.k.o.Style = base
			r.k.o.Style.Lang, r.k.o.Style.Text, r.k.o.Style.Contrast, r.k.o.Style.Reach = v.Lang, v.Text, v.Contrast, v.Reach
			for _, s := range pauseScreens {
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
					for _, key := range []string{"pause.", "resume.", "prefill.", "scan.", "{{", "<no value>"} {
						if strings.Contains(n.Name, key) {
							t.Errorf("%s: a text is missing: %q", name, n.Name)
						}
					}
				}
			}
		}
	}
}

// scanned holds a code under the scanner until it was read.
func (r *rig) scanned(code string) {
	r.T.Helper()
	go func() { r.scanner.codes <- code }()
}

func TestASlipTakesTheFormAlongAndBringsItBackAtTheSamePage(t *testing.T) {
	r, drafts, _ := pauseRig(t, portrait)
	r.left()
	r.k.s.visit.Type("/plate", "MI-RA")
	r.k.show()
	r.Tap("pause", "slip")
	r.WaitFor("Bitte nehmen Sie Ihren Zettel mit.")
	if len(r.printer.printed) != 1 || len(drafts.Lie()) != 1 {
		t.Fatal("nothing came out, or nothing was kept")
	}
	slip := r.printer.printed[0]
	code := ""
	for _, b := range slip.Blocks {
		for _, said := range []string{"Renate", "Vogt", "MI-RA"} {
			if strings.Contains(b.Text+b.Data+b.Label, said) {
				t.Error("the slip tells", said)
			}
		}
		code += b.Data
	}
	v := r.k.s.visit
	r.Tap("end")
	if r.k.Screen() != "attract" || len(v.Draft().Answers) != 0 || v.Paused() {
		t.Fatal("something of the visit is left")
	}
	r.k.enter("en")
	r.k.push(&scan{})
	r.k.show()
	r.scanned(code)
	r.WaitScreen("resumed")
	if r.k.Lang() != "de" {
		t.Error("it goes on in another language")
	}
	r.Tap("next")
	f, is := r.k.top().(*formPage)
	if !is || f.id != "car" {
		t.Fatal("it does not go on where it was left:", r.k.Screen())
	}
	if !r.Sees("Aus Ihrem Entwurf") || !r.Sees("MI-RA") {
		t.Error("what was said is not there, or nobody says where it comes from")
	}
	r.Tap("back")
	if f, is := r.k.top().(*formPage); !is || f.id != "who" {
		t.Error("there is no way back to the page before")
	}
	if len(drafts.Lie()) != 1 {
		t.Error("the draft went before anything was sent")
	}
}

func TestWithoutPaperTheCodeIsOnTheScreenAndNothingIsLost(t *testing.T) {
	r, drafts, _ := pauseRig(t, portrait)
	r.printer.set(visit.ErrNoPaper)
	r.left()
	r.Tap("pause", "slip")
	r.WaitFor("Das Papier ist leer.")
	if !r.Sees("Ihr Code zum Weitermachen") {
		t.Error("there is no code")
	}
	r.printer.set(nil)
	r.Tap("reprint")
	r.WaitFor("Bitte nehmen Sie Ihren Zettel mit.")
	r.Tap("form")
	if f, is := r.k.top().(*formPage); !is || f.id != "car" || len(drafts.Lie()) != 1 {
		t.Error("there is no way back to the form")
	}
}

func TestAFullTerminalSaysSoAndTheFormGoesOn(t *testing.T) {
	r, drafts, _ := pauseRig(t, portrait)
	drafts.Break(visit.ErrFull)
	r.left()
	r.Tap("pause", "phone")
	r.WaitFor("Hier ist gerade kein Platz mehr.")
	r.Tap("back")
	if !r.k.s.visit.View().Complete {
		t.Error("something was lost")
	}
}

func TestWhoTakesTheCodeByPhoneIsAskedBeforeItIsGone(t *testing.T) {
	r, _, _ := pauseRig(t, portrait)
	r.left()
	r.Tap("pause", "phone")
	r.WaitScreen("paused")
	r.Tap("end")
	if !r.Sees("Haben Sie den Code?") {
		t.Fatal("nobody asks")
	}
	r.Tap("finish")
	if r.k.Screen() != "attract" {
		t.Fatal(r.k.Screen())
	}
}

func TestTheIdleWarningOffersToGoOnLater(t *testing.T) {
	for _, size := range []fyne.Size{portrait, landscape} {
		r, drafts, _ := pauseRig(t, size)
		r.left()
		r.clock = r.clock.Add(61 * time.Second)
		r.k.Tick()
		r.Tap("pause")
		if r.k.Screen() != "pausing" {
			t.Fatal(r.k.Screen())
		}
		r.Tap("phone")
		r.WaitScreen("paused")
		r.clock = r.clock.Add(61 * time.Second)
		r.k.Tick()
		r.clock = r.clock.Add(31 * time.Second)
		r.k.Tick()
		if r.k.Screen() != "attract" || len(drafts.Lie()) != 1 {
			t.Fatal("the code stays on the screen, or the draft went with it")
		}
	}
}

func TestACodeThatOpensNothingIsSaid(t *testing.T) {
	r, drafts, _ := pauseRig(t, portrait)
	for what, c := range map[string]struct {
		err  error
		says string
	}{
		"gone": {nil, "Diese Eingaben gibt es nicht mehr."}, "offline": {visit.ErrOffline, "Ihre Eingaben liegen im Rathaus."},
	} {
		r.k.Wipe()
		r.k.enter("de")
		r.k.push(&scan{})
		drafts.Break(c.err)
		r.scanned(seal.DraftKey{3}.Code())
		r.WaitFor(c.says)
		if r.k.s.visit != nil {
			t.Error(what, "something began")
		}
		r.k.top().(*scan).leave()
	}
}

func TestACodeCanBeTyped(t *testing.T) {
	r, _, _ := pauseRig(t, portrait)
	r.left()
	ticket, err := r.k.s.visit.Pause(t.Context(), "car")
	if err != nil {
		t.Fatal(err)
	}
	r.k.Wipe()
	r.k.enter("de")
	r.k.push(&typeCode{})
	r.types("ABC")
	r.Tap("next")
	if s := r.k.top().(*typeCode); s.said != "draft.code" || s.fetching {
		t.Fatal("a wrong code is taken")
	}
	s := r.k.top().(*typeCode)
	s.typed = ""
	r.k.show()
	r.types(ticket.Text)
	r.Tap("next")
	r.WaitScreen("resumed")
}

func TestTheDraftCanBeThrownAwayWithTheRest(t *testing.T) {
	r, drafts, _ := pauseRig(t, portrait)
	r.left()
	if _, err := r.k.s.visit.Pause(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.k.finish()
	drafts.Break(visit.ErrOffline)
	r.Tap("drop")
	if r.Has("drop") { // it works, and cannot be told so twice
		t.Error("nothing shows that the draft is being thrown away")
	}
	r.Wait("the word that it did not work", func() bool { return r.k.top().(*leaving).failed })
	drafts.Break(nil)
	r.Tap("drop")
	r.WaitScreen("attract")
	if len(drafts.Lie()) != 0 {
		t.Fatal("it is still there")
	}
}

func permitOf(t testing.TB) string {
	t.Helper()
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	code, err := proof.Sign(key, proof.Permit, map[string]any{"number": "BO-26-4T7K-2M9-X", "plate": "MI-RA 1848", "zone": "A", "from": "2025-12-01", "until": "2026-11-30"})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestAnIdentityCardFillsInThePageAndEverythingCanBeChanged(t *testing.T) {
	r, _, ids := pauseRig(t, portrait, town(t))
	r.k.enter("de")
	r.k.begin(r.service("parkausweis-bewohner"))
	r.k.push(newFormPage(r.k, "person", false))
	r.Tap("prefill.card")
	ids.person <- fact.Person{Given: "Renate", Family: "Vogt", Birth: "1980-04-03", Street: "Herforder Straße", Number: "12"}
	r.WaitScreen("form")
	if !r.Sees("2 Angaben sind ausgefüllt.") && !r.Sees("4 Angaben sind ausgefüllt.") {
		t.Error("nobody says how much was filled in:", r.Said())
	}
	r.Shot("48-filled")
	if !r.Sees("Aus Ihrem Ausweis") || !r.Sees("Renate Vogt") {
		t.Error(r.Said())
	}
	r.Tap("/name")
	r.types("s")
	if v, _ := r.k.s.visit.Draft().Answers.Get("/name"); v != "Renate Vogts" {
		t.Error("it cannot be changed:", v)
	}
	if r.Has("prefill.card") {
		t.Error("what is filled in is offered again")
	}
}

func TestACardThatIsNotReadIsSaid(t *testing.T) {
	r, _, ids := pauseRig(t, portrait, town(t))
	ids.err = visit.ErrRefused
	r.k.enter("de")
	r.k.begin(r.service("parkausweis-bewohner"))
	r.k.push(newFormPage(r.k, "person", false))
	r.Tap("prefill.card")
	r.WaitFor("Sie haben nicht zugestimmt. Sie können die Angaben selbst eintippen.")
	r.Tap("back")
	r.Tap("prefill.contact")
	r.scanned("https://example.org")
	r.WaitFor("Dieser Code sagt uns nichts.")
	r.Tap("retry")
	r.scanned("MECARD:N:Vogt,Renate;;")
	r.WaitScreen("form")
	if !r.Sees("Aus Ihrer Kontaktkarte") {
		t.Error(r.Said())
	}
}

func TestAnOldParkingPermitFillsInItsRenewal(t *testing.T) {
	for _, id := range []string{"parkausweis-verlaengern", "parkausweis-fahrzeugwechsel"} {
		r, _, _ := pauseRig(t, portrait, town(t))
		r.k.enter("de")
		r.k.begin(r.service(id))
		r.k.push(newFormPage(r.k, "permit", false))
		r.Shot("48-" + id)
		r.Tap("prefill.permit")
		r.scanned(permitOf(t))
		r.WaitScreen("form")
		r.Shot("48-" + id + "-filled")
		answers := r.k.s.visit.Draft().Answers
		if answers["plate"] != "MI-RA 1848" || answers["zone"] != "A" || answers["expires"] != "2026-11-30" || answers["number"] != "BO-26-4T7K-2M9-X" {
			t.Error(id, answers)
		}
		if !r.Sees("4 Angaben sind ausgefüllt.") || !r.Sees("Aus Ihrem Parkausweis") {
			t.Error(r.Said())
		}
	}
}
