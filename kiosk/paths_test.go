package kiosk

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
)

// atPaying brings a filled permit to the choice of how to pay.
func (r *rig) atPaying() {
	r.T.Helper()
	r.filled()
	r.k.push(&summary{agreed: true})
	r.Tap("send")
	r.WaitFor("Mit Karte")
}

func TestADeclinedCardCostsNothingAndKeepsTheAnswers(t *testing.T) {
	r := newRig(t, portrait)
	r.card.end = pay.Refuse
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Ihre Karte wurde nicht angenommen. Sie haben nichts bezahlt.")
	if r.memory.Held() != 0 || len(r.memory.Sent()) != 0 {
		t.Error("an unpaid application was kept")
	}
	r.card.end = pay.Complete
	r.Tap("again")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if len(r.memory.Sent()) != 1 {
		t.Error("the second try did not go out")
	}
}

func TestAbortingAPaymentPaysNothing(t *testing.T) {
	r := newRig(t, portrait)
	r.card.hold = make(chan struct{})
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Bitte Karte einstecken oder auflegen")
	if r.Has("end") {
		t.Error("“Beenden” is offered while money moves")
	}
	r.clock = r.clock.Add(time.Hour)
	r.k.Tick()
	if r.k.Screen() != "paying" || !r.k.s.warned.IsZero() {
		t.Error("idleness interrupts a payment")
	}
	r.Tap("abort")
	r.WaitFor("Zahlung abgebrochen")
	r.Tap("other")
	r.WaitFor("Auf Rechnung")
	r.Tap("way-invoice")
	r.WaitFor("Die Rechnung kommt vom Rathaus.")
}

func TestAnUnclearPaymentIsSaidAndNotAskedAgain(t *testing.T) {
	r := newRig(t, portrait)
	r.card.end = pay.Lose
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Die Zahlung ist noch nicht klar")
	r.WaitFor("Ihre Nummer")
	if r.Has("again") {
		t.Error("paying again is offered though the money may be taken already")
	}
	if r.memory.Held() != 1 {
		t.Error("the application was not kept")
	}
	r.Wait("the slip", func() bool { return r.Has("end") })
	r.Tap("end")
	r.k.enter("de")
	r.k.push(&card{service: r.service("parken")})
	r.WaitFor("Eine frühere Zahlung wird noch geklärt.")
}

func TestWithoutPaperTheCodeIsTheSlipAndPrintingIsOfferedAgain(t *testing.T) {
	r := newRig(t, portrait)
	r.printer.set(visit.ErrNoPaper)
	r.atPaying()
	r.WaitFor("Das Papier ist leer.") // said before paying, though it ended after the service's page was read
	r.WaitFor("Sie können trotzdem bezahlen.")
	r.Tap("way-card")
	r.WaitFor("Ihr Beleg ist dieser Code")
	if !r.Sees("Das Papier ist leer.") || !r.Sees("Aufs Handy mitnehmen") {
		t.Error("no code to take along")
	}
	r.Tap("end")
	r.WaitFor("Haben Sie den Code?")
	r.Tap("back")
	r.printer.set(nil)
	r.Tap("reprint")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if n := len(r.printer.printed); n != 1 {
		t.Errorf("%d slips came out", n)
	}
}

func TestTroubleIsSaidBeforeAnythingIsTyped(t *testing.T) {
	r := newRig(t, portrait)
	r.card.gone = true
	r.printer.set(visit.ErrNoPaper)
	r.k.enter("de")
	r.k.push(&card{service: r.service("parken")})
	r.WaitFor("Kartenzahlung geht gerade nicht.")
	r.WaitFor("Das Papier ist leer.")
	r.memory.Fill(visit.ErrFull)
	r.k.replace(&card{service: r.service("parken")})
	r.WaitFor("Dieses Gerät kann gerade nichts annehmen.")
	if r.Has("begin") {
		t.Error("a form is offered that cannot be handed in")
	}
}

// A finger may be quicker than a device: what does not work is said before anything is typed all the same, and who touches "begin" has not touched in
// vain.
func TestAQuickFingerHearsOfTroubleBeforeItTypes(t *testing.T) {
	for name, c := range map[string]struct {
		gone    bool
		printer error
		want    string
	}{
		"card terminal": {true, nil, "Kartenzahlung geht gerade nicht."},
		"paper":         {false, visit.ErrNoPaper, "Das Papier ist leer."},
		"cover":         {false, visit.ErrCoverOpen, "Der Drucker ist offen."},
		"printer":       {false, visit.ErrUnreachable, "Der Drucker antwortet nicht."},
		"nothing":       {false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, portrait)
			r.card.late, r.card.gone = make(chan struct{}), c.gone
			r.printer.set(c.printer)
			r.k.enter("de")
			r.k.push(&card{service: r.service("parken")})
			r.Tap("begin")
			if r.k.Screen() != "service" || !r.Sees("Wir prüfen die Geräte") || r.Has("begin") {
				t.Fatalf("on %s: %s", r.k.Screen(), r.Said())
			}
			close(r.card.late)
			if c.want == "" {
				r.WaitScreen("form")
				return
			}
			r.WaitFor(c.want)
			if r.k.Screen() != "service" {
				t.Fatal("the form came before the word about", name)
			}
			r.Tap("begin") // told, one may begin all the same
			r.WaitScreen("form")
		})
	}
}

// Who has begun to read on stays where she is when the devices answer.
func TestWhatDevicesSayDoesNotTurnThePageBack(t *testing.T) {
	r := newRig(t, landscape, town(t))
	r.card.late = make(chan struct{})
	r.k.enter("de")
	c := &card{service: r.service("parkausweis-bewohner")}
	r.k.push(c)
	r.Tap("more")
	at := r.k.sheet.Offset()
	if at == 0 {
		t.Fatal("the page does not turn")
	}
	close(r.card.late)
	r.Wait("the devices' word", func() bool { return c.told })
	if now := r.k.sheet.Offset(); now != at {
		t.Errorf("the page was at %v and is at %v", at, now)
	}
}

func TestGoingBackKeepsTheAnswers(t *testing.T) {
	r := newRig(t, portrait)
	r.k.enter("de")
	r.k.push(&card{service: r.service("parken"), asked: true, told: true})
	r.Tap("begin")
	r.types("Jürgen Weiß")
	r.Tap("Ja", "next", "back", "back", "begin")
	if !r.Sees("Jürgen Weiß") {
		t.Errorf("the name is gone:\n%s", r.Said())
	}
}

func TestWhatIsMissingIsSaidAtItsField(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.s.visit.Type("/plate", "MI-RA")
	r.k.push(newFormPage(r.k, "car", false))
	before := r.Said()
	r.Tap("next")
	if r.k.Screen() != "form" || r.Said() == before {
		t.Error("the page went on, or says nothing")
	}
	if f := r.k.top().(*formPage).focus; f != "/plate" {
		t.Errorf("the field with the problem is not ready to be typed into: %q", f)
	}
}

func TestWhoIsNotEntitledIsToldCalmlyAndCanChange(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.s.visit.Answer("/resident", false)
	r.k.push(newFormPage(r.k, "who", false))
	r.Tap("next")
	r.WaitFor("Den Ausweis gibt es nur für Menschen, die hier gemeldet sind.")
	r.Tap("change", "Ja", "next")
	if !r.Sees("Ihr Fahrzeug") {
		t.Error("after the change it does not go on")
	}
}

func TestNobodyThereIsWarnedAndThenWiped(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.push(&summary{})
	pass := func(d time.Duration) { r.clock = r.clock.Add(d); r.k.Tick() }
	pass(59 * time.Second)
	if r.Sees("Sind Sie noch da?") {
		t.Fatal("warned too early")
	}
	pass(time.Second)
	r.WaitFor("Sind Sie noch da?")
	r.WaitFor("30 Sekunden")
	pass(29 * time.Second)
	r.WaitFor("1 Sekunde")
	r.Tap("patient")
	if r.k.Screen() != "summary" || !r.Sees("MI-RA 1848") {
		t.Fatal("more time did not bring the page back")
	}
	pass(4 * time.Minute)
	if r.Sees("Sind Sie noch da?") {
		t.Error("five minutes are not five minutes")
	}
	pass(time.Minute)
	pass(30 * time.Second)
	if r.k.Screen() != "attract" {
		t.Error("nothing was wiped")
	}
}

func TestWhoOnlyLookedIsNotAskedWhetherHeIsThere(t *testing.T) {
	r := newRig(t, portrait)
	r.k.enter("en")
	r.clock = r.clock.Add(time.Minute)
	r.k.Tick()
	if r.k.Screen() != "attract" || r.k.Lang() != "de" {
		t.Error("the next one finds the last one's page or language")
	}
}

// holds looks for a word in everything that can be reached from a value.
func holds(v reflect.Value, word string, seen map[uintptr]bool) string {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), word) {
			return v.String()
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return ""
		}
		seen[v.Pointer()] = true
		if pkg := v.Type().Elem().PkgPath(); strings.HasPrefix(pkg, "fyne.io") && !strings.Contains(pkg, "canvas") && pkg != "fyne.io/fyne/v2" {
			return ""
		}
		return holds(v.Elem(), word, seen)
	case reflect.Interface:
		if !v.IsNil() {
			return holds(v.Elem(), word, seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.CanAddr() {
				f = reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
			}
			if s := holds(f, word, seen); s != "" {
				return v.Type().Field(i).Name + ": " + s
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			if strings.Contains(string(v.Bytes()), word) {
				return "bytes"
			}
			return ""
		}
		for i := range v.Len() {
			if s := holds(v.Index(i), word, seen); s != "" {
				return s
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if s := holds(v.MapIndex(key), word, seen); s != "" {
				return s
			}
		}
	}
	return ""
}

func TestAfterTheWipeNothingOfTheVisitIsLeft(t *testing.T) {
	const planted = "Quastenflosser"
	r := newRig(t, portrait)
	r.k.enter("de")
	r.k.push(&search{query: planted})
	r.k.pop()
	r.k.push(&card{service: r.service("parken"), asked: true, told: true})
	r.Tap("begin")
	r.types(planted)
	visitBefore, sessionBefore := r.k.s.visit, r.k.s
	if holds(reflect.ValueOf(r.k), planted, map[uintptr]bool{}) == "" {
		t.Fatal("the search for the planted word finds nothing even before the wipe")
	}
	r.k.Wipe()
	for name, v := range map[string]any{"shell": r.k, "visit": visitBefore, "session": sessionBefore} {
		if where := holds(reflect.ValueOf(v), planted, map[uintptr]bool{}); where != "" {
			t.Errorf("the %s still holds what was typed: %s", name, where)
		}
	}
	if strings.Contains(r.Said(), planted) {
		t.Error("it is still on the screen")
	}
}

func TestASlipShowsItsCaseTakesAnAnswerAndPrintsThePaper(t *testing.T) {
	r := newRig(t, portrait)
	secret := r.answer(asked())
	r.k.enter("de")
	r.Tap("scan")
	r.scanner.codes <- "4006381333931"
	r.WaitFor("Das ist kein Code von einem Beleg.")
	r.scanner.codes <- secret
	r.WaitFor("Frage aus dem Rathaus")
	r.Tap("paper")
	r.WaitFor("Bitte nehmen Sie Ihr Blatt mit.")
	if r.sheets.got != 1 {
		t.Error("no page came out")
	}
	r.Tap("answer", "send")
	if r.k.Screen() != "question" || !r.k.top().(*question).empty {
		t.Error("an empty answer is not noticed")
	}
	r.types("Ostkorso 8")
	r.Tap("send")
	r.WaitFor("auf dem Weg")
	if len(r.memory.Sent()) != 1 {
		t.Error("the answer did not go out")
	}
}

func TestWithdrawingAsksFirst(t *testing.T) {
	r := newRig(t, portrait)
	r.case_()
	r.k.push(&caseState{})
	r.Tap("withdraw")
	if len(r.memory.Sent()) != 0 {
		t.Fatal("withdrawn without being asked")
	}
	r.Tap("withdraw")
	r.WaitFor("auf dem Weg")
}

func TestWithoutALineTheApplicationIsDeliveredLater(t *testing.T) {
	r := newRig(t, landscape)
	r.town.Cut(visit.ErrOffline)
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Wird später zugestellt")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	r.Tap("else")
	if r.k.Screen() != "home" || r.k.s.visit != nil {
		t.Error("“Noch etwas” does not begin anew")
	}
}

func TestHelpsForEyesAndArms(t *testing.T) {
	said := make(chan string, 1)
	r := newRig(t, portrait, func(o *Options) {
		o.Speak = func(_ context.Context, lang, words string) error { said <- lang + " " + words; return nil }
	})
	r.k.enter("de")
	for _, id := range []string{"larger", "larger", "larger", "contrast", "contrast", "contrast", "reach"} {
		r.Tap(id)
		r.Shot("helps-" + id + "-" + r.k.Screen())
	}
	r.low("home")
	r.Tap("read")
	if words := <-said; !strings.HasPrefix(words, "de ") || !strings.Contains(words, "Was möchten Sie erledigen?") {
		t.Errorf("read aloud: %q", words)
	}
	r.Tap("lang-en")
	if !r.Sees("Car") {
		t.Error("the language did not change")
	}
}

func TestAHardwareKeyboardTypesIntoTheFocusedField(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.push(&formPage{id: "car", focus: "/plate", shown: map[string]bool{}})
	r.W.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	r.W.Canvas().OnTypedRune()('9')
	if !r.Sees("MI-RA 1849") {
		t.Errorf("typed, but the field says:\n%s", r.Said())
	}
}

func TestTheTabKeyTakesTheCaretAlong(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.push(&formPage{id: "who", focus: "/name", shown: map[string]bool{}})
	c := r.W.Canvas()
	for range 10 { // past "Beenden" and the name
		c.FocusNext()
		if r.k.page.typing.path == "/email" {
			break
		}
	}
	for _, letter := range "x@y" {
		c.Focused().TypedRune(letter) // each letter draws the page anew
	}
	with := 0
	for _, n := range r.Nodes() {
		if n.Is("focused") {
			with++
			if n.ID != "/email" || n.Value != "x@y" {
				t.Errorf("the focus is on %q, which says %q", n.ID, n.Value)
			}
		}
	}
	if with != 1 {
		t.Errorf("%d things look as if they had the focus", with)
	}
	r.Tap("key.hide")
	if r.k.page.typing != nil && !r.k.s.keysShut {
		t.Error("a keyboard that was put away comes back by itself")
	}
}

func TestTheSearchFindsWhileTyping(t *testing.T) {
	r := newRig(t, portrait)
	r.k.enter("de")
	r.Tap("search")
	r.types("ausweis")
	if !r.Sees("Personalausweis beantragen") {
		t.Errorf("no hit:\n%s", r.Said())
	}
	r.Tap("service-ausweis")
	if r.Has("begin") {
		t.Error("a service that only informs offers a form")
	}
	if !slices.Contains(r.events, "screen") || strings.Contains(screentest.Told(r.lines()), "ausweis") {
		t.Error("the event log is empty or tells what was typed")
	}
}

func TestAFreeServiceIsSentWithoutPaying(t *testing.T) {
	r := newRig(t, portrait)
	r.k.enter("de")
	r.k.push(&card{service: r.service("fundsache"), asked: true, told: true})
	r.Tap("begin")
	r.types("Ein Schirm")
	r.Tap("next", "agree", "send")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if len(r.memory.Sent()) != 1 {
		t.Error("nothing was sent")
	}
}
