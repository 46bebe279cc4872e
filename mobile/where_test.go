package mobile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestThePlaceIsAStreetTypedWithASlipOfTheFinger(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=1", "/what=0", "next")
	r.WaitScreen("where")
	r.Tap(fieldStreet)
	r.types("klostrstr 14")
	r.Tap("street=0")
	d := r.a.drafts[0]
	if spot, _ := d.spot(); spot.Address() != "Klosterstraße 14" || !spot.Located {
		t.Errorf("the place is %+v", spot)
	}
	r.Tap("next", "send")
	r.WaitScreen("sent")
}

func TestThePlaceCanBeWordsAlone(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=3", "/what=0", "next", fieldWords)
	r.types("Im Kurpark am Brunnen")
	r.W.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.Tap("next", "send")
	r.WaitScreen("sent")
	spot, _ := form.SpotOf(must(r.opened()[0].Answers.Get(pathPlace)))
	if spot.Words != "Im Kurpark am Brunnen" {
		t.Errorf("the place is %+v", spot)
	}
}

func TestWhatOthersReportedIsShownBeforeAndSupported(t *testing.T) {
	r := newRig(t, phone)
	for _, p := range r.others() {
		r.publish(p)
	}
	r.start()
	r.photo("photo", "schlagloch.jpg")
	r.Tap("/category=0", "/what=0")
	r.WaitScreen("where")
	if !r.Sees("Schon gemeldet?") {
		t.Fatalf("nobody says that it was reported:\n%s", r.Said())
	}
	r.Tap("same=1", "yes")
	r.WaitScreen("sent")
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

// A street that was typed and not yet chosen survives a phone that switches off, and the back key.
func TestATypedStreetIsNotLost(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=1", "/what=0", "next")
	r.WaitScreen("where")
	r.Tap(fieldStreet)
	r.types("klosterstr 14")
	r.Wait("the street in the memory", func() bool {
		for _, e := range must1(r.memory.List(t.Context(), shelfDraft)) {
			if strings.Contains(string(e.Data), "klosterstr") {
				return true
			}
		}
		return false
	})
	r.start()
	d := r.a.drafts[0]
	if spot, _ := d.spot(); spot.Address() != "klosterstr 14" {
		t.Errorf("after a kill the place is %+v", spot)
	}

	r.clear()
	d = r.a.begin(map[string]any{pathCategory: "licht"})
	r.a.push(&where{draft: d})
	r.Tap(fieldStreet)
	r.types("klosterstr 14")
	r.a.Back()
	if spot, _ := d.spot(); spot.Address() != "Klosterstraße 14" || !spot.Located || r.a.Screen() != "where" {
		t.Errorf("after going back the place is %+v, on %q", spot, r.a.Screen())
	}
	r.Tap("street") // there is a place now: what is begun and left changes nothing
	r.types("x")
	r.a.Back()
	if spot, _ := d.spot(); spot.Address() != "Klosterstraße 14" {
		t.Errorf("a change that was not made has changed it to %+v", spot)
	}
}
