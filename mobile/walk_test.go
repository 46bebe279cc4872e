package mobile

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fynemobile "fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
)

func TestAPhotoWithItsPlaceIsReportedInFiveTaps(t *testing.T) {
	r := newRig(t, phone)
	r.office.Cut(visit.ErrOffline)
	r.photo("photo", "schlagloch.jpg") // two taps
	r.Tap("/category=0")               // Straße
	r.Tap("/what=0")                   // Schlagloch
	r.WaitScreen("ask")
	r.Tap("send")
	r.WaitFor("Gespeichert")
	if r.a.Screen() != "sent" {
		t.Fatalf("five taps end at %q", r.a.Screen())
	}
	if !r.Sees("Wartet auf Netz") && !r.Sees("kein Netz") {
		t.Errorf("nobody is told that it waits:\n%s", r.Said())
	}
	apps := r.opened()
	if len(apps) != 1 || apps[0].Kind != service.KindApplication || apps[0].Service != Report || apps[0].Channel != "phone" || len(apps[0].Attachments) != 1 {
		t.Fatalf("the town hall reads %+v", apps)
	}
	spot, ok := form.SpotOf(must(apps[0].Answers.Get(pathPlace)))
	if !ok || spot.Street != "Klosterstraße" || spot.How != form.ByPhoto {
		t.Errorf("the place is said to be %+v", spot)
	}
	if n := r.memory.count(shelfDraft) + r.memory.count(shelfPhoto); n != 0 || r.memory.count(shelfReport) != 1 {
		t.Errorf("after sending %d things of the draft are left, %d reports", n, r.memory.count(shelfReport))
	}
}

func must(v any, _ bool) any { return v }

// A phone that is switched off in the middle of a report: whatever was said at least 300 ms ago is there again.
func TestWhatWasBegunSurvivesAKill(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.Tap("/category=1", "/what=0")
	r.WaitScreen("ask")
	r.Tap("/words")
	r.types("Die dritte Laterne von links.")
	r.Wait("the words in the memory", func() bool {
		for _, e := range must1(r.memory.List(t.Context(), shelfDraft)) {
			if strings.Contains(string(e.Data), "von links") {
				return true
			}
		}
		return false
	})
	r.start()
	if len(r.a.drafts) != 1 {
		t.Fatalf("%d drafts after the kill", len(r.a.drafts))
	}
	r.Tap("mine", "draft."+r.a.drafts[0].id, "go")
	d := r.a.drafts[0]
	words, _ := d.visit.Draft().Answers.Get("/words")
	if len(d.visit.Files()) != 1 || words != "Die dritte Laterne von links." || d.answer(pathWhat) != "laterne-dunkel" {
		t.Errorf("after the kill there are %d photos, the words %q", len(d.visit.Files()), words)
	}
	r.Tap("next", "send")
	r.WaitScreen("sent")
	if apps := r.opened(); len(apps) != 1 || len(apps[0].Attachments) != 1 {
		t.Errorf("the town hall reads %+v", apps)
	}
}

// Letters that follow each other faster than the draft is written down put the writing off no further: a journey by taps lost a whole sentence.
func TestWhoTypesWithoutAPauseLosesAWordAtMost(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=1", "/what=0")
	r.a.push(&ask{filling: filling{draft: r.a.drafts[0]}})
	r.Tap("/words")
	r.Wait("what was typed in the memory", func() bool {
		r.types("x")
		time.AfterFunc(keepAfter/10, func() { r.UI <- func() {} }) // the next letter
		e := must1(r.memory.List(t.Context(), shelfDraft))
		return len(e) == 1 && strings.Contains(string(e[0].Data), "xx")
	})
}

func must1[T any](v T, _ error) T { return v }

func TestSeveralReportsCanBeBegunBesideEachOther(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=0", "back")
	r.photo("photo", "klein.jpg")
	r.Tap("/category=2", "back")
	r.calm()
	if len(r.a.drafts) != 2 || r.memory.count(shelfDraft) != 2 {
		t.Fatalf("%d drafts are on the screen, %d in the memory", len(r.a.drafts), r.memory.count(shelfDraft))
	}
	r.Tap("tab.mine", "draft."+r.a.drafts[0].id, "drop", "keep", "drop", "drop.yes")
	r.calm()
	if len(r.a.drafts) != 1 || r.memory.count(shelfDraft) != 1 || r.memory.count(shelfPhoto) != 0 {
		t.Errorf("after throwing one away: %d drafts, %d photos", r.memory.count(shelfDraft), r.memory.count(shelfPhoto))
	}
}

// What was begun with nothing said is nothing to remember.
func TestAnEmptyReportLeavesNothingBehind(t *testing.T) {
	r := newRig(t, phone)
	r.a.push(&foto{draft: r.a.begin(nil)})
	r.Tap("back")
	r.calm()
	if len(r.a.drafts)+r.memory.count(shelfDraft) != 0 {
		t.Error("an empty draft is kept")
	}
}

func TestNoSpaceLeftIsSaidAndNothingIsLost(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.calm()
	r.memory.fill(true)
	r.Tap("/category=0", "/what=0")
	r.WaitFor("Kein Platz mehr")
	r.Tap("send")
	r.WaitFor("nichts verloren")
	if n := strings.Count(r.Said(), "Kein Platz mehr"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, r.Said())
	}
	if r.memory.sends() != 0 || len(r.a.drafts) != 1 {
		t.Fatal("something was sent, or the draft is gone")
	}
	r.memory.fill(false)
	r.Tap("send")
	r.WaitScreen("sent")
	if apps := r.opened(); len(apps) != 1 || len(apps[0].Attachments) != 1 {
		t.Errorf("the town hall reads %+v", apps)
	}
}

// Who stands in the rain takes the photo first, who sits at home knows the street, and somebody else wants to say it in words.
func TestPhotoPlaceAndWordsComeInAnyOrder(t *testing.T) {
	say := map[string]func(r *rig){
		"photo": func(r *rig) { r.photo("take", "klein.jpg") },
		"place": func(r *rig) {
			r.Tap("place.first", fieldWords)
			r.types("Am Bahnhof")
			r.a.Back() // the keyboard
			r.Tap("back")
		},
		"words": func(r *rig) {
			r.Tap("words.first", "/words")
			r.types("Es scheppert.")
			r.a.Back()
			r.Tap("back")
		},
	}
	for _, order := range [][]string{{"photo", "place", "words"}, {"photo", "words", "place"}, {"place", "photo", "words"}, {"place", "words", "photo"},
		{"words", "photo", "place"}, {"words", "place", "photo"}} {
		t.Run(strings.Join(order, "-"), func(t *testing.T) {
			r := newRig(t, phone)
			r.a.push(&foto{draft: r.a.begin(nil)})
			for _, what := range order {
				say[what](r)
				r.WaitScreen("foto")
			}
			r.Tap("/category=0", "/what=0")
			r.WaitScreen("ask")
			r.Tap("send")
			r.WaitScreen("sent")
			app := r.opened()[0]
			spot, _ := form.SpotOf(must(app.Answers.Get(pathPlace)))
			if words := must(app.Answers.Get(pathWords)); len(app.Attachments) != 1 || spot.Words != "Am Bahnhof" || words != "Es scheppert." {
				t.Errorf("the town hall reads %d photos, %+v and %q", len(app.Attachments), spot, words)
			}
		})
	}
}

func TestWordsOrPlaceCanComeFirst(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("photo", "back")
	r.a.push(&foto{draft: r.a.begin(nil)})
	r.Tap("words.first", "/words")
	r.types("Es scheppert bei Wind.")
	r.a.Back()
	r.Tap("/category=0", "/what=0", "send")
	r.WaitScreen("where")
	r.Tap(fieldWords)
	r.types("Am Bahnhof")
	r.a.Back()
	r.Tap("next")
	r.WaitScreen("ask")
	r.Tap("send")
	r.WaitScreen("sent")
}

func TestTheNextReportBeginsWhereTheLastOneWas(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.Tap("/category=0", "/what=0", "send")
	r.WaitScreen("sent")
	r.Tap("again")
	d := r.a.top().(*foto).draft
	if spot, ok := d.spot(); !ok || spot.Street != "Klosterstraße" || d.answer(pathCategory) != "strasse" || d.answer(pathWhat) != "" {
		t.Errorf("the next one begins with %+v", d.visit.Draft().Answers)
	}
}

// A phone that lost its clock shows no date rather than a wrong one.
func TestAClockIn1970ShowsNoDate(t *testing.T) {
	r := newRig(t, phone)
	r.clock = time.Unix(3600, 0).UTC()
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	if r.Sees("1970") || r.Sees("Heute") || r.Sees("00 Uhr") {
		t.Errorf("a date is shown:\n%s", r.Said())
	}
}

func TestTheBackKeyLeadsHomeStepByStep(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.Tap("/category=0", "/what=0", "/words")
	key := func(name fyne.KeyName) {
		if f := r.W.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: name})
			return
		}
		r.W.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
	}
	key(fynemobile.KeyBack)
	if r.a.Screen() != "ask" || r.a.page.typing != nil {
		t.Fatalf("the first one puts the keyboard away; now on %q", r.a.Screen())
	}
	for _, want := range []string{"foto", "start"} {
		key(fyne.KeyEscape)
		if r.a.Screen() != want {
			t.Errorf("on %q instead of %q", r.a.Screen(), want)
		}
	}
	if r.a.Back() {
		t.Error("there is something behind the start")
	}
}

// Who holds a button long means to tap it.
func TestALongPressIsATap(t *testing.T) {
	r := newRig(t, phone)
	n, ok := r.Find("tab.setting")
	if !ok {
		t.Fatal(r.Said())
	}
	x, y := n.Bounds.Center()
	test.TapSecondaryAt(screentest.Touch(r.a.root, "tab.setting"), fyne.NewPos(float32(x), float32(y)))
	if r.a.Screen() != "setting" {
		t.Errorf("on %q", r.a.Screen())
	}
}

func TestTheSettingStays(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("tab.setting", "text.2", "contrast.2", "lang.en")
	r.calm()
	r.start()
	if r.a.style.Text != 2 || r.a.style.Contrast != look.YellowBlack || !r.Sees("Good day.") {
		t.Errorf("after a restart: %+v", r.a.style)
	}
}

func TestServicesAreFoundOnThePhoneToo(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("tab.services", fieldSearch)
	r.types("schlagloch")
	r.Tap("service."+Report, "report")
	if r.a.Screen() != "foto" {
		t.Errorf("on %q", r.a.Screen())
	}
}

// A demo's taps cannot reach the system's keyboard: the app draws one.
func TestADemoTypesOnAKeyboardOfItsOwn(t *testing.T) {
	r := newRig(t, phone)
	r.keys = true
	r.start()
	r.Tap("tab.services", fieldSearch)
	for _, k := range []string{"key.B", "key.a", "key.d"} {
		r.Tap(k)
	}
	if s := r.a.top().(*services); s.query != "Bad" {
		t.Errorf("typed is %q", s.query)
	}
}

// The first thing to do is in sight on every phone, however large the text.
func TestTheFirstButtonIsNeverBelowTheFold(t *testing.T) {
	r := newRig(t, phone)
	for _, size := range []fyne.Size{{Width: 320, Height: 568}, {Width: 360, Height: 640}, {Width: 390, Height: 844}, {Width: 430, Height: 932}} {
		r.W.Resize(size)
		for _, factor := range []float32{1, 1.5, 2} {
			r.a.style.Text = factor
			r.clear()
			b, ok := r.Find("photo")
			tab, _ := r.Find("tab.start")
			if !ok || b.Bounds.Y+b.Bounds.H > tab.Bounds.Y-20 {
				t.Errorf("%.0f x %.0f, text %.1f: the button ends at %d, the bar begins at %d", size.Width, size.Height, factor, b.Bounds.Y+b.Bounds.H, tab.Bounds.Y)
			}
		}
	}
}

// Who reported something finds the way to it whole on the first page, with a network and without.
func TestOnesOwnReportsAreInSightOnTheFirstPage(t *testing.T) {
	r := newRig(t, phone)
	for _, size := range []fyne.Size{{Width: 390, Height: 844}, {Width: 430, Height: 932}} {
		r.W.Resize(size)
		for _, online := range []bool{true, false} {
			r.clear()
			r.reports()
			r.a.online = online
			r.a.show()
			n, ok := r.Find("mine")
			if !ok || n.Is("hidden") || n.Bounds != n.Full() || r.a.sheet.More() {
				t.Errorf("%.0f wide, online %t: the way to one's own reports is cut: %v of %v", size.Width, online, n.Bounds, n.Full())
			}
		}
	}
}
