package mobile

import (
	"slices"
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
)

func TestAPhotoWithItsPlaceIsReportedInFiveTaps(t *testing.T) {
	r := newRig(t, phone)
	r.office.Cut(visit.ErrOffline)
	r.photo("photo", "schlagloch.jpg") // two taps
	r.tap("/category=0")               // Straße
	r.tap("/what=0")                   // Schlagloch
	r.waitScreen("ask")
	r.tap("send")
	r.waitFor("Gespeichert")
	if r.a.Screen() != "sent" {
		t.Fatalf("five taps end at %q", r.a.Screen())
	}
	if !r.sees("Wartet auf Netz") && !r.sees("kein Netz") {
		t.Errorf("nobody is told that it waits:\n%s", r.said())
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

// A photo takes a moment on a slow phone. Who has said everything before it is ready needs no sixth tap.
func TestAFingerFasterThanThePhotoNeedsNoTapMore(t *testing.T) {
	r := newRig(t, phone)
	r.tap("photo")
	r.tap("file.schlagloch.jpg")
	r.waitScreen("foto")
	f := r.a.top().(*foto)
	if f.busy == 0 {
		t.Fatal("the photo is ready before anybody could touch anything")
	}
	r.tap("/category=0")
	r.tap("/what=0")
	r.waitScreen("ask")
	if len(f.draft.visit.Files()) != 1 {
		t.Error("the photo is not there")
	}
}

// A phone that is switched off in the middle of a report: whatever was said at least 300 ms ago is there again.
func TestWhatWasBegunSurvivesAKill(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.tap("/category=1")
	r.tap("/what=0")
	r.waitScreen("ask")
	r.tap("/words")
	r.types("Die dritte Laterne von links.")
	r.wait("the words in the memory", func() bool {
		for _, e := range must1(r.memory.List(t.Context(), shelfDraft)) {
			if strings.Contains(string(e.Data), "von links") {
				return true
			}
		}
		time.AfterFunc(10*time.Millisecond, func() { r.ui <- func() {} })
		return false
	})
	r.start()
	if len(r.a.drafts) != 1 {
		t.Fatalf("%d drafts after the kill", len(r.a.drafts))
	}
	r.tap("mine")
	r.tap("draft." + r.a.drafts[0].id)
	r.tap("go")
	d := r.a.drafts[0]
	words, _ := d.visit.Draft().Answers.Get("/words")
	if len(d.visit.Files()) != 1 || words != "Die dritte Laterne von links." || d.answer(pathWhat) != "laterne-dunkel" {
		t.Errorf("after the kill there are %d photos, the words %q", len(d.visit.Files()), words)
	}
	r.tap("next")
	r.tap("send")
	r.waitScreen("sent")
	if apps := r.opened(); len(apps) != 1 || len(apps[0].Attachments) != 1 {
		t.Errorf("the town hall reads %+v", apps)
	}
}

// Letters that follow each other faster than the draft is written down put the writing off no further: a journey by taps lost a whole sentence.
func TestWhoTypesWithoutAPauseLosesAWordAtMost(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=1")
	r.tap("/what=0")
	r.a.push(&ask{draft: r.a.drafts[0]})
	r.tap("/words")
	for began := time.Now(); time.Since(began) < 3*keepAfter; time.Sleep(keepAfter / 10) {
		r.types("x")
	}
	e := must1(r.memory.List(t.Context(), shelfDraft))
	if len(e) != 1 || !strings.Contains(string(e[0].Data), "xxxx") {
		t.Error("nothing of what was typed is in the memory")
	}
}

func must1[T any](v T, _ error) T { return v }

func TestSeveralReportsCanBeBegunBesideEachOther(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=0")
	r.tap("back")
	r.photo("photo", "klein.jpg")
	r.tap("/category=2")
	r.tap("back")
	r.calm()
	if len(r.a.drafts) != 2 || r.memory.count(shelfDraft) != 2 {
		t.Fatalf("%d drafts are on the screen, %d in the memory", len(r.a.drafts), r.memory.count(shelfDraft))
	}
	r.tap("tab.mine")
	r.tap("draft." + r.a.drafts[0].id)
	r.tap("drop")
	r.tap("keep")
	r.tap("drop")
	r.tap("drop.yes")
	r.calm()
	if len(r.a.drafts) != 1 || r.memory.count(shelfDraft) != 1 || r.memory.count(shelfPhoto) != 0 {
		t.Errorf("after throwing one away: %d drafts, %d photos", r.memory.count(shelfDraft), r.memory.count(shelfPhoto))
	}
}

// What was begun with nothing said is nothing to remember.
func TestAnEmptyReportLeavesNothingBehind(t *testing.T) {
	r := newRig(t, phone)
	r.a.push(&foto{draft: r.a.begin(nil)})
	r.tap("back")
	r.calm()
	if len(r.a.drafts)+r.memory.count(shelfDraft) != 0 {
		t.Error("an empty draft is kept")
	}
}

func TestEveryKindOfBadFileIsSaidInASentenceAndLosesNothing(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=0")
	for file, said := range map[string]string{
		"riesig.jpg": "zu groß", "kaputt.jpg": "beschädigt", "leer.jpg": "beschädigt", "rechnung.jpg": "kein Foto", "iphone.heic": "kann die App nicht lesen",
	} {
		r.photo("take", file)
		if !r.sees(said) {
			t.Errorf("%s: nobody says %q:\n%s", file, said, r.said())
		}
		if f := r.a.top().(*foto); len(f.draft.visit.Files()) != 0 || f.draft.answer(pathCategory) != "strasse" {
			t.Errorf("%s: the draft has changed", file)
		}
	}
	r.photo("take", "atlantik.jpg")
	if !r.sees("nicht aus Bad Oeynhausen") {
		t.Errorf("a photo from the Atlantic: %s", r.said())
	}
	d := r.a.top().(*foto).draft
	if _, placed := d.spot(); placed || len(d.visit.Files()) != 1 {
		t.Error("its place was taken over, or the photo was not")
	}
	r.photo("take", "null.jpg")
	if _, placed := d.spot(); placed || r.sees("1970") {
		t.Error("0°, 0° or the year 1970 were taken over")
	}
}

func TestNoMoreThanFivePhotos(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg", "hochkant.jpg", "klein.jpg", "null.jpg", "atlantik.jpg")
	r.a.push(&foto{draft: d})
	if _, there := r.find("take"); there {
		t.Error("a sixth one is offered")
	}
	f := r.a.top().(*foto)
	r.a.openCover(f, d.visit.Files()[0])
	r.wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	r.a.top().(*cover).view.Tapped(&fyne.PointEvent{Position: fyne.NewPos(150, 300)})
	r.tap("done")
	r.waitScreen("foto")
	if len(d.visit.Files()) != mostPhotos {
		t.Errorf("after covering there are %d photos", len(d.visit.Files()))
	}
}

func TestWhatIsCoveredIsBurnedInAndCanBeUndoneBefore(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg")
	r.a.keep(d, true)
	before := d.visit.Files()[0]
	r.a.push(&foto{draft: d})
	r.tap("cover")
	r.wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	v := r.a.top().(*cover).view
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(120, 320)}, Dragged: fyne.Delta{DX: 20, DY: 20}})
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 380)}, Dragged: fyne.Delta{DX: 80, DY: 60}})
	v.DragEnd()
	if !r.sees("1 Stelle verdeckt") {
		t.Fatalf("nobody says what is covered:\n%s", r.said())
	}
	r.tap("undo")
	if _, there := r.find("undo"); there {
		t.Error("there is still something to undo")
	}
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(180, 340)})
	r.tap("done")
	r.waitScreen("foto")
	r.calm()
	after := d.visit.Files()
	if len(after) != 1 || after[0].Digest == before.Digest {
		t.Fatalf("there are %d photos, the first is the old one: %t", len(after), after[0].Digest == before.Digest)
	}
	if _, old, _ := r.memory.Get(t.Context(), shelfPhoto, before.Digest); old {
		t.Error("the photo before it was covered is still in the memory")
	}
	if _, fresh, _ := r.memory.Get(t.Context(), shelfPhoto, after[0].Digest); !fresh {
		t.Error("the covered photo is not in the memory")
	}
}

func TestNoSpaceLeftIsSaidAndNothingIsLost(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.calm()
	r.memory.full = true
	r.tap("/category=0")
	r.tap("/what=0")
	r.waitFor("Kein Platz mehr")
	r.tap("send")
	r.waitFor("nichts verloren")
	if len(r.memory.sent) != 0 || len(r.a.drafts) != 1 {
		t.Fatal("something was sent, or the draft is gone")
	}
	r.memory.full = false
	r.tap("send")
	r.waitScreen("sent")
	if apps := r.opened(); len(apps) != 1 || len(apps[0].Attachments) != 1 {
		t.Errorf("the town hall reads %+v", apps)
	}
}

func TestThePlaceIsAStreetTypedWithASlipOfTheFinger(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=1")
	r.tap("/what=0")
	r.tap("next")
	r.waitScreen("where")
	r.tap(fieldStreet)
	r.types("klostrstr 14")
	r.tap("street=0")
	d := r.a.drafts[0]
	if spot, _ := d.spot(); spot.Address() != "Klosterstraße 14" || !spot.Located {
		t.Errorf("the place is %+v", spot)
	}
	r.tap("next")
	r.tap("send")
	r.waitScreen("sent")
}

func TestThePlaceCanBeWordsAlone(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=3")
	r.tap("/what=0")
	r.tap("next")
	r.tap(fieldWords)
	r.types("Im Kurpark am Brunnen")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.tap("next")
	r.tap("send")
	r.waitScreen("sent")
	spot, _ := form.SpotOf(must(r.opened()[0].Answers.Get(pathPlace)))
	if spot.Words != "Im Kurpark am Brunnen" {
		t.Errorf("the place is %+v", spot)
	}
}

func TestWordsOrPlaceCanComeFirst(t *testing.T) {
	r := newRig(t, phone)
	r.tap("photo")
	r.tap("back")
	r.a.push(&foto{draft: r.a.begin(nil)})
	r.tap("words.first")
	r.tap("/words")
	r.types("Es scheppert bei Wind.")
	r.a.Back()
	r.tap("/category=0")
	r.tap("/what=0")
	r.tap("send")
	r.waitScreen("where")
	r.tap(fieldWords)
	r.types("Am Bahnhof")
	r.a.Back()
	r.tap("next")
	r.waitScreen("ask")
	r.tap("send")
	r.waitScreen("sent")
}

func TestWhatOthersReportedIsShownBeforeAndSupported(t *testing.T) {
	r := newRig(t, phone)
	for _, p := range r.others() {
		r.publish(p)
	}
	r.start()
	r.photo("photo", "schlagloch.jpg")
	r.tap("/category=0")
	r.tap("/what=0")
	r.waitScreen("where")
	if !r.sees("Schon gemeldet?") {
		t.Fatalf("nobody says that it was reported:\n%s", r.said())
	}
	r.tap("same=1")
	r.tap("yes")
	r.waitScreen("sent")
	apps := r.opened()
	if len(apps) != 1 || apps[0].Kind != service.KindSupport || !slices.Contains([]string{"p1", "p2"}, apps[0].Follows) || len(apps[0].Attachments) != 0 {
		t.Fatalf("the town hall reads %+v", apps)
	}
	if r.memory.count(shelfDraft)+r.memory.count(shelfPhoto) != 0 || len(r.a.reports) != 1 || !r.a.reports[0].Support {
		t.Error("the draft is still there, or the report is not")
	}
}

func TestOnlyWhatIsNearOpenAndRecentCountsAsTheSame(t *testing.T) {
	day := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	here := form.Spot{Lat: 52.2042, Lon: 8.8005, Located: true, Street: "Klosterstraße"}
	all := []published{
		{ID: "near", Category: "strasse", Lat: 52.2045, Lon: 8.8005, Day: "2026-11-20", State: "received"},
		{ID: "far", Category: "strasse", Lat: 52.2142, Lon: 8.8005, Day: "2026-11-20", State: "received"},
		{ID: "other", Category: "licht", Lat: 52.2042, Lon: 8.8005, Day: "2026-11-20", State: "received"},
		{ID: "done", Category: "strasse", Lat: 52.2042, Lon: 8.8005, Day: "2026-11-20", State: "done"},
		{ID: "old", Category: "strasse", Lat: 52.2042, Lon: 8.8005, Day: "2026-09-20", State: "received"},
		{ID: "street", Category: "strasse", Street: "Klosterstraße", Day: "2026-11-20", State: "in_work"},
	}
	var ids []string
	for _, h := range same(all, "strasse", here, day) {
		ids = append(ids, h.ID)
	}
	if !slices.Equal(ids, []string{"near", "street"}) {
		t.Errorf("the same are %q", ids)
	}
}

func TestTheNextReportBeginsWhereTheLastOneWas(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.tap("/category=0")
	r.tap("/what=0")
	r.tap("send")
	r.waitScreen("sent")
	r.tap("again")
	d := r.a.top().(*foto).draft
	if spot, ok := d.spot(); !ok || spot.Street != "Klosterstraße" || d.answer(pathCategory) != "strasse" || d.answer(pathWhat) != "" {
		t.Errorf("the next one begins with %+v", d.visit.Draft().Answers)
	}
}

// A phone that lost its clock shows no date rather than a wrong one.
func TestAClockIn1970ShowsNoDate(t *testing.T) {
	r := newRig(t, phone)
	r.clock = time.Unix(3600, 0).UTC()
	r.a.push(&ask{draft: r.filled()})
	r.tap("send")
	r.waitScreen("sent")
	if r.sees("1970") || r.sees("Heute") || r.sees("00 Uhr") {
		t.Errorf("a date is shown:\n%s", r.said())
	}
}

func TestTheBackKeyLeadsHomeStepByStep(t *testing.T) {
	r := newRig(t, phone)
	r.photo("photo", "schlagloch.jpg")
	r.tap("/category=0")
	r.tap("/what=0")
	r.tap("/words")
	key := func(name fyne.KeyName) {
		if f := r.w.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: name})
			return
		}
		r.w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
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
	n, ok := r.find("tab.setting")
	if !ok {
		t.Fatal(r.said())
	}
	x, y := n.Bounds.Center()
	test.TapSecondaryAt(objectAt(r, "tab.setting"), fyne.NewPos(float32(x), float32(y)))
	if r.a.Screen() != "setting" {
		t.Errorf("on %q", r.a.Screen())
	}
}

func objectAt(r *rig, id string) fyne.SecondaryTappable {
	var found fyne.SecondaryTappable
	walkAll(r.a.root, func(o fyne.CanvasObject) {
		if d, ok := o.(*look.Touch); ok && d.Describe().ID == id {
			found = d
		}
	})
	return found
}

func TestTheSettingStays(t *testing.T) {
	r := newRig(t, phone)
	r.tap("tab.setting")
	r.tap("text.2")
	r.tap("contrast.2")
	r.tap("lang.en")
	r.calm()
	r.start()
	if r.a.style.Text != 2 || r.a.style.Contrast != look.YellowBlack || !r.sees("Good day.") {
		t.Errorf("after a restart: %+v", r.a.style)
	}
}

func TestServicesAreFoundOnThePhoneToo(t *testing.T) {
	r := newRig(t, phone)
	r.tap("tab.services")
	r.tap(fieldSearch)
	r.types("schlagloch")
	r.tap("service." + Report)
	r.tap("report")
	if r.a.Screen() != "foto" {
		t.Errorf("on %q", r.a.Screen())
	}
}

// A demo's taps cannot reach the system's keyboard: the app draws one.
func TestADemoTypesOnAKeyboardOfItsOwn(t *testing.T) {
	r := newRig(t, phone)
	r.keys = true
	r.start()
	r.tap("tab.services")
	r.tap(fieldSearch)
	for _, k := range []string{"key.B", "key.a", "key.d"} {
		r.tap(k)
	}
	if s := r.a.top().(*services); s.query != "Bad" {
		t.Errorf("typed is %q", s.query)
	}
}

// The first thing to do is in sight on every phone, however large the text.
func TestTheFirstButtonIsNeverBelowTheFold(t *testing.T) {
	r := newRig(t, phone)
	for _, size := range []fyne.Size{{Width: 320, Height: 568}, {Width: 360, Height: 640}, {Width: 390, Height: 844}, {Width: 430, Height: 932}} {
		r.w.Resize(size)
		for _, factor := range []float32{1, 1.5, 2} {
			r.a.style.Text = factor
			r.clear()
			b, ok := r.find("photo")
			tab, _ := r.find("tab.start")
			if !ok || b.Bounds.Y+b.Bounds.H > tab.Bounds.Y-20 {
				t.Errorf("%.0f x %.0f, text %.1f: the button ends at %d, the bar begins at %d", size.Width, size.Height, factor, b.Bounds.Y+b.Bounds.H, tab.Bounds.Y)
			}
		}
	}
}
