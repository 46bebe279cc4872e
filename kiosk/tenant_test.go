package kiosk

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// spa is a terminal of the Staatsbad, as its program makes it.
func spa(t testing.TB) *rig {
	t.Helper()
	c, err := content.Begin("staatsbad")()
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, portrait, func(o *Options) {
		o.Catalogue, o.Texts, o.Place = c.Catalogue, c.Texts, "Kurpark, Eingang"
		o.Style.Accent = c.Accent()
	})
}

// The second tenant's terminal has its own look and its own words on every screen that a guest comes to.
func TestTheStaatsbadsTerminalIsTheStaatsbads(t *testing.T) {
	r := spa(t)
	if r.k.s.style.Accent != look.Sloe {
		t.Error("it has the town's colour")
	}
	never := regexp.MustCompile(`(?i)rat-?haus\b|bürger-?büro|town hall|citizens' office`)
	for _, lang := range []string{"de", "en", "de-simple"} {
		r.k.o.Style.Lang = lang
		r.k.Wipe()
		check := func(name string) {
			t.Helper()
			r.Shot("spa-" + name + "-" + lang)
			for _, n := range r.Nodes() {
				if found := never.FindString(n.Name); found != "" {
					t.Errorf("%s in %s says %q: %s", name, lang, found, n.Name)
				}
			}
			for _, f := range tree.Check(r.Nodes(), look.PxPerMM) {
				t.Errorf("%s in %s: %s", name, lang, f)
			}
		}
		check("attract")
		r.k.enter(lang)
		check("home")
		r.k.push(&audience{})
		check("audience")
		r.k.push(&audience{group: "guests"})
		check("audience-guests")
		for _, s := range r.k.o.Catalogue.Services() {
			c := &card{service: s, asked: true, told: true}
			r.k.push(c)
			check(s.ID)
			r.k.push(&allAbout{card: c})
			check(s.ID + "-about")
		}
		r.k.push(&help{})
		check("help")
		r.k.push(&search{query: "qqqqq"})
		check("search-none")
	}
}

// What can be found for a group of people is found at the terminal by two taps.
func TestSomebodyFindsWhatThereIsForGuests(t *testing.T) {
	r := newRig(t, portrait)
	r.k.enter("de")
	r.Tap("audience")
	r.Tap("group-gaeste")
	if !r.Has("service-parken") || !r.Has("service-fundsache") || r.Has("service-ausweis") {
		t.Error("what is for guests is not what is shown")
	}
	r.Tap("service-parken")
	r.Tap("about")
	if r.k.Screen() != "about" {
		t.Error("the office leads nowhere:", r.k.Screen())
	}
}

// How many wait is asked once for a page, in the background, and shown only while it is fresh and the office is open.
func TestTheCardSaysHowManyWait(t *testing.T) {
	at := func(r *rig, minutes int) []byte {
		return []byte(`{"office":"buergerbuero","waiting":4,"at":"` + r.clock.Add(-time.Duration(minutes)*time.Minute).Format(time.RFC3339) + `"}`)
	}
	for _, c := range []struct {
		name    string
		minutes int
		heard   bool
		want    bool
	}{{"just counted", 3, true, true}, {"counted long ago", 16, true, false}, {"the town hall's clock was never heard", 3, false, false}} {
		var r *rig
		r = newRig(t, portrait, func(o *Options) {
			o.Records = published(func() [][]byte { return [][]byte{at(r, c.minutes), []byte("{")} })
			o.Clock = func() (ahead time.Duration, heard bool) { return 0, c.heard }
		})
		r.k.enter("de")
		x := &card{service: r.service("parken"), asked: true, told: true}
		r.k.push(x)
		r.Wait("the queue", func() bool { return x.queues != nil })
		if got := regexp.MustCompile(`Gerade warten etwa 4 Personen`).MatchString(r.said()); got != c.want {
			t.Errorf("%s: said %v: %s", c.name, got, r.said())
		}
	}
}

// published are the records of any collection.
type published func() [][]byte

func (p published) Published(_ context.Context, collection string) ([][]byte, error) {
	if collection != service.CollectionQueues {
		return nil, errors.New("nobody should ask for " + collection)
	}
	return p(), nil
}

// said is everything that the screen says.
func (r *rig) said() string {
	var all []string
	for _, n := range r.Nodes() {
		all = append(all, n.Name, n.Value)
	}
	return strings.Join(all, "\n")
}
