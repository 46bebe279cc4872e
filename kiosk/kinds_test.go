package kiosk

import (
	"encoding/json"
	"reflect"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Somebody asks for help with the way to school: a person in parts with a birth date chosen step by step, an address by one touch, a school that is
// searched for, a first day in a calendar.
func TestPeopleAddressesAndDaysAreFilledInByFewTouches(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": portrait, "-wide": landscape} {
		t.Run("screen"+name, func(t *testing.T) { fewTouches(t, size, name) })
	}
}

func fewTouches(t *testing.T, size fyne.Size, name string) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, size, func(o *Options) { o.Catalogue = catalogue })
	r.Tap("start")
	s, ok := catalogue.Find("schuelerbefoerderung", "")
	if !ok {
		t.Fatal("the service is gone")
	}
	r.k.push(&card{service: s})
	r.Wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.Tap("begin")
	r.types("Mia")
	r.Tap("key.done")
	r.types("Vogt")
	r.Tap("key.done")
	r.types("0304")
	r.Shot("05-kinds-dotted" + name)
	if !r.Sees("03.04") {
		t.Error("the points of a date do not come by themselves")
	}
	r.Tap("/child/birth=pick")
	r.Shot("05-kinds-birth" + name)
	r.Tap("/child/birth=d3", "/child/birth=m4", "/child/birth=y2010", "/child/birth=y2018")
	if !r.Sees("3. April 2018") {
		t.Error("the day that was chosen step by step is not there:\n" + r.Said())
	}
	r.Tap("next")
	r.types("herfoder str")
	r.Shot("05-kinds-street" + name)
	r.Tap("/home/street=0", "/home/number")
	r.types("12a")
	r.Tap("key.done", "next")
	r.types("Renate")
	r.Tap("key.done")
	r.types("Vogt")
	r.Tap("key.done", "/phone")
	r.types("05731140")
	r.Tap("key.done", "next")
	r.Tap("/school?")
	r.types("gs dehme")
	r.types("e")
	r.Shot("05-kinds-school-none" + name)
	r.Tap("key.erase")
	r.Shot("05-kinds-school" + name)
	if r.Sees("Grundschule Rehme") {
		t.Error("a school that was not searched for is shown")
	}
	r.Tap("Grundschule Dehme")
	if !r.Sees("Grundschule Rehme") {
		t.Error("the list is not whole again after something was found")
	}
	answers := r.k.s.visit.View()
	data, err := json.Marshal(answers.Pages[1].Fields[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	var home map[string]any
	if err := json.Unmarshal(data, &home); err != nil {
		t.Fatal(err)
	}
	if want := map[string]any{"street": "Herforder Straße", "number": "12a", "postcode": "32545", "town": "Bad Oeynhausen"}; !reflect.DeepEqual(home, want) {
		t.Errorf("the address is %v", home)
	}
	r.Tap("next")
	r.Tap("/grade=0", "next")
	r.types("2300")
	r.Tap("key.done", "/danger=1", "next", "/nearest=0", "next", "/help=0", "/from=pick")
	r.Shot("05-kinds-calendar" + name)
	r.Tap("/from=after")
	r.Shot("05-kinds-calendar-next" + name)
	r.Tap("/from=close", "/from=1")
	if v := r.k.s.visit.View(); !v.Complete {
		t.Errorf("%+v", v)
	}
	r.Tap("next")
	if !r.Sees("Herforder Straße 12a, 32545 Bad Oeynhausen") || !r.Sees("Mia Vogt, geboren am 3. April 2018") {
		t.Error("the summary says\n" + r.Said())
	}
	r.Shot("08-kinds-summary" + name)
}
