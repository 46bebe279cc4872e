package about

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

var shipped = os.DirFS("../../../assets")

func words(t testing.TB, lang string) Words {
	t.Helper()
	texts, err := text.Load(os.DirFS("../../../assets/texts/about"))
	if err != nil {
		t.Fatal(err)
	}
	return Words{texts, lang}
}

func town(t testing.TB) *service.Catalogue {
	t.Helper()
	c, err := service.LoadCatalogue(shipped, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPeopleReadWhenTheOfficeOpens(t *testing.T) {
	tenant := town(t).Tenant()
	for _, c := range []struct{ now, lang, want string }{
		{"2026-11-26 09:12", "de", "Jetzt offen, bis 12 Uhr"},
		{"2026-11-26 12:30", "de", "Öffnet heute um 14 Uhr"},
		{"2026-11-26 18:00", "de", "Öffnet morgen um 8 Uhr"},
		{"2026-11-27 12:00", "de", "Öffnet am Montag um 8 Uhr"},
		{"2026-11-27 12:00", "en", "Opens on Monday at 8:00"},
		{"2026-11-27 12:00", "de-simple", "Jetzt zu. Offen am Montag ab 8 Uhr."},
		{"2026-12-23 13:00", "de", "Öffnet am Montag um 8 Uhr"},   // over Christmas
		{"2026-12-30 12:00", "de", "Öffnet am Montag um 8 Uhr"},   // over New Year
		{"2029-03-29 20:00", "de", "Öffnet am Dienstag um 8 Uhr"}, // over Easter
	} {
		now, err := time.Parse("2006-01-02 15:04", c.now)
		if err != nil {
			t.Fatal(err)
		}
		o, _ := tenant.Office("buergerbuero", c.lang, now)
		if got := words(t, c.lang).Open(o, now); got != c.want {
			t.Errorf("%s in %s: %q, not %q", c.now, c.lang, got, c.want)
		}
	}
	w := words(t, "de")
	if got := w.Open(service.Office{}, time.Now()); got != "" {
		t.Errorf("an office without hours: %q", got)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	far := service.Office{Known: true}
	if got := w.Open(far, now); got != "Gerade geschlossen" {
		t.Error(got)
	}
	if far.Open.Next = now.AddDate(0, 0, 9); w.Open(far, now) != "Öffnet am 2. Dezember 2026 um 9 Uhr" {
		t.Error(w.Open(far, now))
	}
	if got := w.Clock(time.Date(2026, 1, 1, 8, 5, 0, 0, time.UTC)); got != "8.05 Uhr" {
		t.Error(got)
	}
}

// Nothing that a service can say of itself is without words and a picture, in any language.
func TestWhateverAServiceSaysOfItselfHasWords(t *testing.T) {
	for _, lang := range []string{"de", "en", "de-simple"} {
		w := words(t, lang)
		for _, channel := range []string{service.AtTerminal, service.ByPhone, service.OnTheWeb, service.AtCounter, service.ByPost} {
			for _, trust := range []string{"none", "basis", "substantial", "high"} {
				s := &service.Service{Channels: []string{channel}, Trust: trust, Retention: len(trust) - len("none")}
				for _, l := range append(w.Channels(s), w.Conditions(s)...) {
					if strings.Contains(l.Text, "about.") || l.Text == "" {
						t.Errorf("%s: %q", lang, l.Text)
					}
					if _, err := os.Stat("../../../assets/icons/" + l.Icon + ".svg"); err != nil {
						t.Errorf("%s has no picture", l.Text)
					}
				}
			}
		}
	}
	if got := words(t, "de").Conditions(&service.Service{Trust: "none", Retention: 6}); len(got) != 2 || got[1].Text != "6 Monate nach der Entscheidung löschen wir Ihre Angaben." {
		t.Error(got)
	}
	if got := words(t, "de").Conditions(&service.Service{Trust: "none", Retention: 1}); got[1].Text != "Einen Monat nach der Entscheidung löschen wir Ihre Angaben." {
		t.Error(got)
	}
	c := town(t)
	s, _ := c.Find("parkausweis-handwerker", "")
	if got := words(t, "de").For(c, s); got != "Firmen" {
		t.Error(got)
	}
	texts := words(t, "de").Texts
	if de, en := texts.Keys("de"), texts.Keys("en"); !slices.Equal(de, en) {
		t.Errorf("said in one language only: %v %v", de, en)
	}
}

func TestAQueueIsShownOnlyWhileItIsFresh(t *testing.T) {
	now := time.Date(2026, 11, 26, 10, 20, 0, 0, time.UTC)
	w := words(t, "de")
	for _, c := range []struct {
		q    service.Queue
		want string
	}{
		{service.Queue{Office: "buergerbuero", Waiting: 4, At: now.Add(-8 * time.Minute)}, "Gerade warten etwa 4 Personen (Stand 10.12 Uhr)"},
		{service.Queue{Office: "buergerbuero", Waiting: 1, At: now.Add(-8 * time.Minute)}, "Gerade wartet etwa 1 Person (Stand 10.12 Uhr)"},
		{service.Queue{Office: "buergerbuero", Waiting: 0, At: now}, "Gerade wartet niemand (Stand 10.20 Uhr)"},
		{service.Queue{Office: "buergerbuero", Waiting: 4, At: now.Add(-15 * time.Minute)}, ""},
		{service.Queue{Office: "buergerbuero", Waiting: 4, At: now.Add(time.Hour)}, ""}, // from a future that a clock made up
		{service.Queue{Office: "buergerbuero", Waiting: -1, At: now}, ""},
		{service.Queue{Office: "buergerbuero", Waiting: 1e6, At: now}, ""},
		{service.Queue{}, ""},
	} {
		if got := w.Queue(c.q, now); got != c.want {
			t.Errorf("%+v: %q, not %q", c.q, got, c.want)
		}
	}
}
