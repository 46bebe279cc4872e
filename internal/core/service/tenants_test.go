package service

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// bad is everything that the second tenant offers.
func bad(t testing.TB) *Catalogue {
	t.Helper()
	return offeredBy(t, "staatsbad")
}

func TestTheStaatsbadsServicesDoWhatTheirExamplesSay(t *testing.T) {
	for _, s := range bad(t).Services() {
		folder, err := fs.Sub(shipped, path.Join("services", s.ID))
		if err != nil {
			t.Fatal(err)
		}
		examples, err := Examples(folder, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(examples) < 7 {
			t.Errorf("%s has only %d examples", s.ID, len(examples))
		}
		for _, e := range examples {
			t.Run(s.ID+"/"+e.Name, func(t *testing.T) {
				for _, d := range s.Try(e, "de", "en") {
					t.Error(d)
				}
				if len(e.Expect.Problems) == 0 && !t.Failed() {
					printAll(t, s, e)
				}
			})
		}
	}
}

func TestTheStaatsbadSaysEverythingInGermanAndEnglish(t *testing.T) {
	c, town := bad(t), catalogue(t)
	own := c.Tenant().Texts()
	if got, want := own.Keys("en"), own.Keys("de"); !slices.Equal(got, want) {
		t.Errorf("the tenant's sentences differ between German and English: %v %v", want, got)
	}
	for _, key := range town.Tenant().Texts().Keys("de") { // what shells want of every tenant; what belongs to the services is each one's own
		if !regexp.MustCompile(`^(situation|law|group|group-words|topic)\.`).MatchString(key) && !own.Has("de", key) {
			t.Errorf("the city says %s, the Staatsbad does not", key)
		}
	}
	for _, key := range []string{"law.only-town", "law.date", "law.readers"} { // what the shared services say
		if !own.Has("de", key) {
			t.Errorf("%s is not said", key)
		}
	}
	for _, s := range c.Situations("de") {
		for _, lang := range []string{"de", "en", "de-simple"} {
			if !own.Has(lang, "situation."+s.ID) {
				t.Errorf("situation.%s is not said in %s", s.ID, lang)
			}
		}
	}
	for _, s := range c.Services() {
		if got, want := s.texts.Keys("en"), s.texts.Keys("de"); !slices.Equal(got, want) {
			t.Errorf("%s: sentences differ between German and English: %v %v", s.ID, want, got)
		}
		for _, lang := range []string{"de", "en"} {
			for _, key := range s.Speechless(lang) {
				t.Errorf("%s: %s is not said in %s", s.ID, key, lang)
			}
		}
		for _, key := range s.texts.Keys("de-simple") {
			if !s.texts.Has("de", key) {
				t.Errorf("%s: %s is said in Leichte Sprache only", s.ID, key)
			}
		}
	}
}

func TestTheStaatsbadsHomeScreenLeadsSomewhereEverywhere(t *testing.T) {
	c := bad(t)
	icon := func(where, name string) {
		if _, err := fs.Stat(shipped, "icons/"+name+".svg"); err != nil {
			t.Errorf("%s: no picture %q", where, name)
		}
	}
	for _, s := range c.Situations("de") {
		icon(s.ID, s.Icon)
		if len(c.In(s.ID)) == 0 {
			t.Errorf("behind %q there is nothing", s.Title)
		}
	}
	if p := c.Popular(); len(p) != 4 || p[0].ID != "kurkarte" {
		t.Error("often used:", p)
	}
	if help := c.Tenant().Helper("de"); !strings.Contains(help, "Kurpark") || len(strings.Split(help, "\n")) < 3 {
		t.Errorf("who is asked for help: %q", help)
	}
	for _, s := range c.Services() {
		icon(s.ID, s.Icon)
		card := s.Card("de")
		if card.Title == "" || card.Kicker == "" || card.Lead == "" || card.Law == "" || len(card.Facts) < 2 || len(card.Needs) == 0 || len(card.Gets) == 0 || card.Promise == "" || !strings.Contains(card.Office, "Kurpark") {
			t.Errorf("the card of %s has gaps: %+v", s.ID, card)
		}
		for _, f := range card.Facts {
			icon(s.ID, f.Icon)
		}
		for _, l := range append(card.Needs, card.Gets...) {
			icon(s.ID, l.Icon)
		}
		for _, p := range s.View(nil, "de", s.tenant.newest()).Pages {
			for _, f := range p.Fields {
				for _, o := range f.Options {
					if name, ok := strings.CutPrefix(o.Mark, "icon:"); ok {
						icon(s.ID+f.Path, name)
					}
				}
			}
		}
	}
	for query, want := range map[string]string{"Kurtaxe": "kurkarte", "Gästekarte": "kurkarte", "Konzert": "veranstaltungsticket", "Eintrittskarten": "veranstaltungsticket",
		"Rechnung bezahlen": "beitragsbescheid", "Ratenzahlung": "beitragsbescheid", "Parkbank kaputt": "parkmeldung", "Gradierwerk": "parkmeldung"} {
		if hits := c.Search("de", query); hits[0].Service.ID != want {
			t.Errorf("%q finds %s first, not %s", query, hits[0].Service.ID, want)
		}
	}
}

// What one tenant has is nowhere to be seen at the other: no name, no office, no service, no table, no sentence.
func TestNothingOfOneTenantLeaksToTheOther(t *testing.T) {
	town, spa := catalogue(t), bad(t)
	for _, pair := range []struct {
		at, other *Catalogue
		never     *regexp.Regexp
	}{
		{spa, town, regexp.MustCompile(`(?i)Stadt Bad Oeynhausen|Rat-?haus|town hall|Bürger-?büro|citizens' office|Ostkorso|Steueramt|Bauhof|\bBO-`)},
		{town, spa, regexp.MustCompile(`(?i)Staats-?bad|Gästeservice|guest service|\bSB-`)},
	} {
		own := pair.at.Tenant()
		look := func(where, said string) {
			if found := pair.never.FindString(said); found != "" {
				t.Errorf("%s: %s says %q", own.ID, where, found)
			}
		}
		look("tenant.yaml", own.Name+"\n"+own.Prefix+"-")
		for _, lang := range []string{"de", "en", "de-simple"} {
			look("the helper", own.Helper(lang))
			for _, key := range own.Texts().Keys(lang) {
				look(key, own.Say(lang, key))
			}
			for _, s := range pair.at.Services() {
				for _, key := range s.texts.Keys(lang) {
					look(s.ID+" "+key, s.Say(lang, key))
				}
			}
		}
		for _, day := range []time.Time{time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), own.newest()} {
			tables, err := json.Marshal(own.Tables(day))
			if err != nil {
				t.Fatal(err)
			}
			look("a table", string(tables))
			for name := range pair.other.Tenant().Tables(day) {
				if _, both := own.Tables(day)[name]; both && name != "offices" && name != "letter" { // everybody has offices and writes letters
					t.Errorf("%s: table %s is there twice: whose is it?", own.ID, name)
				}
			}
		}
		for _, s := range pair.other.Services() {
			if _, found := pair.at.Find(s.ID, ""); found {
				t.Errorf("%s offers %s of %s", own.ID, s.ID, pair.other.Tenant().ID)
			}
		}
	}
	a, b := town.Tenant(), spa.Tenant()
	if a.ID == b.ID || a.Name == b.Name || a.Prefix == b.Prefix || a.Accent == b.Accent {
		t.Error("nobody can tell the tenants apart")
	}
	if s, ok := spa.Find("kurkarte", ""); !ok || s.Digest() == "" {
		t.Error("no spa card")
	} else if folder, err := fs.Sub(shipped, "services/kurkarte"); err != nil {
		t.Error(err)
	} else if _, err := Load(folder, "kurkarte", a); err == nil {
		t.Error("the city can offer the spa card")
	}
}

// A service that tenants share speaks of each one's own house.
func TestASharedServiceSpeaksOfItsOwnHouse(t *testing.T) {
	fsys := small()
	fsys["tenants/dorf/names/de.yaml"] = &fstest.MapFile{Data: []byte("- {for: Rathausnah, say: Rathausnah}\n- {for: ins Rathaus, say: in die Mühle}\n- {for: Rathaus, say: Mühle}\n")}
	fsys["services/melden/texts/de.yaml"] = &fstest.MapFile{Data: []byte("title: Melden\nlead: Das geht ins Rathaus, mit Rathausnah.\nlaw: Gesetz\nsearch: melden\n")}
	c, err := LoadCatalogue(fsys, "dorf")
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := c.Find("melden", ""); s.Say("de", "lead") != "Das geht in die Mühle, mit Rathausnah." {
		t.Error(s.Say("de", "lead"))
	}
	for name, text := range map[string]string{"nothing": "- {for: \"\", say: x}", "filled": "- {for: \"{{.n}}\", say: x}", "unknown key": "- {from: a, to: b}", "no list": "a: b"} {
		fsys["tenants/dorf/names/de.yaml"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := LoadCatalogue(fsys, "dorf"); err == nil || !strings.Contains(err.Error(), "dorf") || !strings.Contains(err.Error(), "de.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPriceIsWrittenAsItIsReckoned(t *testing.T) {
	c := bad(t)
	events, _ := c.Tenant().Tables(c.Tenant().newest())["events"].(map[string]any)
	list, _ := events["list"].([]any)
	if len(list) < 6 {
		t.Fatalf("only %d events", len(list))
	}
	last := ""
	for _, row := range list {
		e := row.(map[string]any)
		day, err := time.Parse(time.DateOnly, e["day"].(string))
		hint := e["hint"].(map[string]any)
		if err != nil || e["day"].(string) < last {
			t.Errorf("%v: the events stand in their order, each on a day", e["id"])
		}
		last = e["day"].(string)
		if !strings.Contains(hint["de"].(string), ". "+[]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}[day.Month()-1]+" "+day.Format("2006")) ||
			!strings.Contains(hint["en"].(string), day.Format("Monday, 2 January 2006")) {
			t.Errorf("%v: what people read is another day: %v", e["id"], hint)
		}
		for _, x := range e["classes"].([]any) {
			class := x.(map[string]any)
			price := money.Cents(class["price"].(int64))
			for _, lang := range []string{"de", "en"} {
				if said := class["hint"].(map[string]any)[lang]; price > 0 && said != price.Format(lang) {
					t.Errorf("%v, %v: %v is written, %s is reckoned", e["id"], class["id"], said, price.Format(lang))
				}
			}
		}
	}
}
