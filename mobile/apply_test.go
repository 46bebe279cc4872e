package mobile

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// applied is a draft of a parking permit with everything said, but for what is changed.
func (r *rig) applied(changed map[string]any) *draft {
	r.T.Helper()
	s, _ := r.a.o.Catalogue.Find("parkausweis-bewohner", "")
	d := r.a.beginFor(s, nil)
	answerAll(r.T, d, "own-car")
	for path, v := range changed {
		d.visit.Answer(path, v)
	}
	return d
}

// answerAll says what an example of the draft's service says.
func answerAll(t testing.TB, d *draft, example string) service.Example {
	t.Helper()
	s := d.visit.Service()
	folder, err := fs.Sub(assets.FS, "services/"+s.ID)
	if err != nil {
		t.Fatal(err)
	}
	all, err := service.Examples(folder, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name != example {
			continue
		}
		for name, v := range e.Answers {
			d.visit.Answer("/"+name, v)
		}
		return e
	}
	t.Fatalf("%s has no example %q", s.ID, example)
	return service.Example{}
}

// through touches "Weiter" until the summary is there.
func (r *rig) through() {
	r.T.Helper()
	for n := 0; r.a.Screen() == "form"; n++ {
		if n > 30 {
			r.T.Fatal("the form has no end")
		}
		page := r.a.top()
		r.Tap("next")
		if r.a.top() == page {
			r.T.Fatalf("a page does not let on: %q", r.Said())
		}
	}
	r.WaitScreen("summary")
}

// Who applies by phone says the same as at the terminal, pays later, and it arrives once.
func TestAParkingPermitIsAppliedForByPhoneWithoutANetwork(t *testing.T) {
	r := newRig(t, phone)
	r.clock = time.Date(2026, 11, 23, 10, 24, 0, 0, time.UTC)
	r.office.Cut(visit.ErrOffline)
	r.a.look()
	r.Tap("tab.services", "situation.auto-parken", "service.parkausweis-bewohner", "begin")
	r.WaitScreen("form")
	answerAll(t, r.a.drafts[0], "own-car")
	r.a.show()
	r.through()
	r.Tap("send")
	if !r.Sees(r.a.say("summary.agree.first")) {
		t.Error("it is sent without anybody having said that it is right")
	}
	r.Tap("agree", "send")
	r.WaitScreen("ways")
	if r.Has("way.card") || !r.Sees("30,70") {
		t.Error(r.Said())
	}
	r.Tap("way.invoice")
	r.WaitScreen("sent")
	apps := r.opened()
	if len(apps) != 1 || apps[0].Service != "parkausweis-bewohner" || apps[0].Way != pay.Invoice || apps[0].Fee != 3070 || apps[0].Channel != "phone" {
		t.Fatalf("%+v", apps)
	}
	s, _ := r.a.o.Catalogue.Find(apps[0].Service, apps[0].Version)
	if problems := s.Check(apps[0].Answers, r.clock); len(problems) > 0 {
		t.Error("the town hall does not accept it:", problems)
	}
	if len(r.a.drafts) != 0 || r.memory.count(shelfDraft) != 0 || r.memory.count(shelfReport) != 1 {
		t.Error("the draft is still there, or nothing is remembered")
	}
	r.Tap("home", "tab.mine")
	if !r.Sees(s.Title("de")) {
		t.Error(r.Said())
	}
}

// A phone that is switched off in the middle of a form loses nothing, and goes on at the page where it was.
func TestAnApplicationGoesOnWhereItWasLeft(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("tab.services", "situation.auto-parken", "service.parkausweis-bewohner", "begin")
	answerAll(t, r.a.drafts[0], "own-car")
	r.a.show()
	r.Tap("next", "next")
	at := r.a.top().(*question).id
	said := len(r.a.drafts[0].visit.Draft().Answers)
	r.a.Close()
	r.calm()
	r.start()
	r.Tap("tab.mine", "draft."+r.a.drafts[0].id, "go")
	if q, is := r.a.top().(*question); !is || q.id != at || len(r.a.drafts[0].visit.Draft().Answers) != said {
		t.Fatalf("%s, %d answers", r.a.Screen(), len(r.a.drafts[0].visit.Draft().Answers))
	}
	if !r.a.Back() || r.a.Screen() != "form" {
		t.Error("there is no way back to what was asked before")
	}
	// the card leads to it as well: it is begun once
	r.a.room(&services{})
	r.Tap("situation.auto-parken", "service.parkausweis-bewohner", "begin")
	if len(r.a.drafts) != 1 {
		t.Errorf("%d drafts", len(r.a.drafts))
	}
	r.through()
}

func TestWhoIsNotEntitledIsToldBeforeTheEnd(t *testing.T) {
	r := newRig(t, phone)
	s, _ := r.a.o.Catalogue.Find("parkausweis-bewohner", "")
	d := r.a.beginFor(s, nil)
	answerAll(t, d, "second-permit")
	d.page = d.visit.View().Pages[0].ID
	r.a.goOn(d)
	for n := 0; r.a.Screen() == "form" && n < 20; n++ {
		r.Tap("next")
	}
	r.WaitScreen("ineligible")
	r.Tap("change")
	if r.a.Screen() != "form" || len(r.opened()) != 0 {
		t.Error(r.a.Screen())
	}
}

// What the list of ways says is so: with the app goes what has a form and asks for no bank card, and nothing else. The survey asks how the
// terminal was, and only who stands at one knows.
func TestAServiceNamesThePhoneWhenThePhoneTakesIt(t *testing.T) {
	r := newRig(t, phone)
	for _, s := range r.a.o.Catalogue.Services() {
		payable := slices.ContainsFunc(s.Ways, func(w pay.Way) bool { return w != pay.Card })
		if want := s.Online() && payable && s.ID != "umfrage"; slices.Contains(s.Channels, service.ByPhone) != want {
			t.Errorf("%s says that it goes by %v; by phone: %t", s.ID, s.Channels, want)
		} else if got := r.a.canApply(s) || s.ID == Report; got != want {
			t.Errorf("%s can be applied for by phone: %t; it says %v", s.ID, got, s.Channels)
		}
	}
}

// A card promises what the phone can give: no slip from a printer, no bank card.
func TestTheCardOnAPhoneIsTrue(t *testing.T) {
	r := newRig(t, phone)
	for _, s := range r.a.o.Catalogue.Services() {
		if !r.a.canApply(s) {
			continue
		}
		for _, lang := range []string{text.German, "en", "de-simple"} {
			c := s.CardFor(lang, r.clock, service.ByPhone)
			words := c.Lead
			for _, f := range c.Facts {
				words += "\n" + f.Value + " " + f.Label
			}
			for _, l := range append(c.Needs, c.Gets...) {
				words += "\n" + l.Text
			}
			for _, wrong := range []string{"aus diesem Gerät", "aus dem Gerät", "Bankkarte", "Bank-Karte", "bank card", "this device", "this machine", "vor den Leser", "gilt der Beleg"} {
				if strings.Contains(words, wrong) {
					t.Errorf("%s, %s: the card on a phone says %q:\n%s", s.ID, lang, wrong, words)
				}
			}
		}
	}
}

// Every service that can be applied for at all is applied for by phone, with what one of its good examples says.
func TestEveryServiceCanBeAppliedForByPhone(t *testing.T) {
	r := newRig(t, phone)
	for _, s := range r.a.o.Catalogue.Services() {
		if !r.a.canApply(s) {
			continue
		}
		folder, err := fs.Sub(assets.FS, "services/"+s.ID)
		if err != nil {
			t.Fatal(err)
		}
		examples, err := service.Examples(folder, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range examples {
			if len(e.Expect.Problems) > 0 || hasFiles(s, e.Answers) {
				continue
			}
			r.clear()
			r.clock = e.On().Add(10 * time.Hour)
			before := r.memory.sends()
			d := r.a.beginFor(s, nil)
			for name, v := range e.Answers {
				d.visit.Answer("/"+name, v)
			}
			d.page = d.visit.View().Pages[0].ID
			r.a.goOn(d)
			r.through()
			r.Tap("agree", "send")
			if e.Expect.Fee > 0 {
				r.WaitScreen("ways")
				r.Tap("way." + string(r.a.ways(s)[0]))
			}
			r.WaitScreen("sent")
			apps := r.opened()
			if len(apps) != before+1 || int64(apps[before].Fee) != e.Expect.Fee || len(s.Check(apps[before].Answers, e.On())) > 0 {
				t.Errorf("%s, %s: %d sent", s.ID, e.Name, len(apps)-before)
			}
			break
		}
	}
}

// hasFiles tells whether the answers name files that only exist in an example.
func hasFiles(s *service.Service, a form.Answers) bool {
	for _, f := range s.Files() {
		if v, _ := a.Get(f.Path); len(form.Digests(v)) > 0 {
			return true
		}
	}
	return false
}

// Who only wants to know is asked what the answer needs, and nothing of it is on the phone, unless he then applies.
func TestWhoWantsToKnowBeforehandLeavesNothingBehind(t *testing.T) {
	r := newRig(t, phone)
	s, _ := r.a.o.Catalogue.Find("parkausweis-bewohner", "")
	r.a.push(&card{service: s})
	r.Tap("goal.cost")
	if r.Sees("Vorname") {
		t.Error("a name is asked for to know a price")
	}
	r.a.top().(*question).draft.visit.Answer("/months", 12)
	r.a.show()
	r.Tap("next")
	if r.a.Screen() != "advice" || !r.Sees("30,70") {
		t.Fatal(r.Said())
	}
	r.a.Close()
	r.calm()
	if r.memory.count(shelfDraft) != 0 || len(r.a.drafts) != 0 {
		t.Error("what somebody only wanted to know is kept")
	}
	r.Tap("begin")
	if r.a.Screen() != "form" || len(r.a.drafts) != 1 {
		t.Fatal(r.a.Screen())
	}
	r.a.Close()
	r.calm()
	if r.memory.count(shelfDraft) != 1 {
		t.Error("the application is not kept")
	}
	if v, _ := r.a.drafts[0].visit.Draft().Answers.Get("/months"); form.Same(v, 12) == false {
		t.Error("what was said has to be said again")
	}
}

// A permit that the town hall sends can be saved, printed and passed on; when that fails it is still there.
func TestAPermitCanBeSaved(t *testing.T) {
	r := newRig(t, phone)
	d := r.applied(nil)
	r.a.push(&payWays{draft: d})
	r.Tap("way.invoice")
	r.WaitScreen("sent")
	app := r.opened()[0]
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateApproved, Text: "Bitte sehr.", At: r.clock,
		Papers: []service.Paper{{Name: "ausweis.pdf", Title: "Bewohnerparkausweis", Type: "application/pdf", Data: []byte("%PDF-1.7")}}})
	r.memory.deliver(time.Time{})
	rep := r.a.reports[0]
	r.a.fetch(rep, nil)
	r.Wait("the answer", func() bool { return rep.Answer != nil })
	r.a.openDetail(rep)
	r.saved.err = visit.ErrFull
	r.Tap("paper.ausweis.pdf")
	r.WaitFor(r.a.say("paper.failed"))
	r.saved.err = nil
	r.Tap("paper.ausweis.pdf")
	r.WaitFor("ist gespeichert")
	if string(r.saved.files["ausweis.pdf"]) != "%PDF-1.7" {
		t.Error("something else was saved")
	}
}

// The place of a construction site is pointed at on the map, as that of a report is, and comes back to the form.
func TestThePlaceOfAnApplicationIsPointedAtOnTheMap(t *testing.T) {
	r := newRig(t, phone)
	s, _ := r.a.o.Catalogue.Find("sondernutzung", "")
	d := r.a.beginFor(s, nil)
	page := ""
	for _, p := range d.visit.View().Pages {
		for _, f := range p.Fields {
			if f.Path == "/place" {
				page = p.ID
			}
		}
	}
	r.a.push(r.a.question(d, page, false))
	r.Tap("next")
	if !r.Sees(r.a.o.Texts.Say("de", "form.problem.missing")) && r.a.Screen() != "form" {
		t.Fatal(r.a.Screen())
	}
	r.Tap("/place")
	r.WaitScreen("where")
	if r.Has("later") {
		t.Error("a question of a form is put away as a report is")
	}
	r.Tap(fieldStreet)
	r.types("Klosterstr 14")
	r.Tap("street=0")
	if spot, ok := r.a.top().(*where).spot(); !ok || !spot.Located || spot.Street != "Klosterstraße" {
		t.Fatalf("%+v", spot)
	}
	r.Tap("next")
	r.WaitScreen("form")
	if !r.Sees("Klosterstraße 14") {
		t.Error(r.Said())
	}
	if v, _ := d.visit.Draft().Answers.Get("/place"); v == nil {
		t.Error("the place is not an answer")
	}
}
