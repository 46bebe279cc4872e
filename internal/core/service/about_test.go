package service

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/calendar"
)

// moment is a Thursday in the break at noon.
var moment = time.Date(2026, 11, 26, 12, 30, 0, 0, time.UTC)

func TestEveryServiceSaysForWhomWhereHowAndByWhatRight(t *testing.T) {
	for _, c := range []*Catalogue{catalogue(t), bad(t)} {
		for _, s := range c.Services() {
			if len(s.Groups) == 0 || len(s.Topics) == 0 || len(s.Channels) == 0 {
				t.Errorf("%s: for %v, about %v, by %v", s.ID, s.Groups, s.Topics, s.Channels)
			}
			voluntary := strings.Contains(s.Say("de", "law"), "reiwillig") || strings.Contains(s.Say("de", "law"), "richtlinie")
			if (len(s.Legal) == 0) != voluntary {
				t.Errorf("%s rests on %v and says %q", s.ID, s.Legal, s.Say("de", "law"))
			}
			if s.Online() && !slices.Contains(s.Channels, AtTerminal) {
				t.Errorf("%s has a form, but cannot be done at a terminal", s.ID)
			}
			if !s.Online() && slices.Contains(s.Channels, AtTerminal) {
				t.Errorf("%s has no form for a terminal", s.ID)
			}
			o, ok := c.Tenant().Office(s.Office, "de", moment)
			if !ok || o.Name == "" || o.Address == "" || !o.Known {
				t.Errorf("%s: the office %+v", s.ID, o)
			}
		}
	}
}

// What people read of opening hours and what programs count with are written side by side: they must not drift apart.
func TestTheHoursInWordsAreTheHoursInFigures(t *testing.T) {
	number := regexp.MustCompile(`\b\d{1,2}\b`)
	for _, c := range []*Catalogue{catalogue(t), bad(t)} {
		for _, o := range c.Tenant().Offices("de", moment) {
			row := c.Tenant().rows("offices", moment)[o.ID].(map[string]any)
			hours, err := calendar.Read(row["week"], row["except"])
			if err != nil {
				t.Fatal(err)
			}
			var figures []int
			for d := range 7 {
				for _, s := range hours.On(time.Date(2026, 11, 16+d, 0, 0, 0, 0, time.UTC)) { // a week without a holiday
					figures = append(figures, s.From/60, s.Until/60)
				}
			}
			for _, lang := range []string{"de", "en"} {
				said, _ := c.Tenant().Office(o.ID, lang, moment)
				for _, n := range figures {
					if !slices.ContainsFunc(number.FindAllString(said.Hours, -1), func(w string) bool { return w == figure(n) }) {
						t.Errorf("%s: %d o'clock is in the table, but nobody reads it in %q", o.ID, n, said.Hours)
					}
				}
				for _, w := range number.FindAllString(said.Hours, -1) {
					if !slices.ContainsFunc(figures, func(n int) bool { return figure(n) == w }) {
						t.Errorf("%s: %q is read in %q, but the table does not know it", o.ID, w, said.Hours)
					}
				}
			}
		}
	}
}

func figure(n int) string {
	return strings.TrimLeft(time.Date(1, 1, 1, n, 0, 0, 0, time.UTC).Format("15"), "0")
}

func TestAnOfficeKnowsWhetherItIsOpen(t *testing.T) {
	office, ok := catalogue(t).Tenant().Office("buergerbuero", "en", moment)
	if !ok || office.Name != "Citizens' office" || office.Open.Open || !office.Open.Next.Equal(time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", office)
	}
	if _, ok := catalogue(t).Tenant().Office("raumfahrt", "de", moment); ok {
		t.Error("the town has an office for space")
	}
}

func TestServicesAreFoundByWhomTheyAreFor(t *testing.T) {
	c := catalogue(t)
	if g := c.Groups("de"); len(g) < 8 || g[0].ID != "residents" || slices.ContainsFunc(g, func(h Heading) bool { return h.ID == "council" || h.ID == "staff" }) {
		t.Errorf("groups: %v", g)
	}
	for _, cat := range []*Catalogue{c, bad(t)} {
		for _, g := range cat.Groups("de") {
			list := cat.For(g.ID)
			if len(list) == 0 || g.Title == "" {
				t.Errorf("nothing is for %q", g.Title)
			}
			n := 0
			for _, chapter := range cat.Chapters("de", list) {
				if chapter.Title == "" {
					t.Errorf("%v have no topic", chapter.Services)
				}
				n += len(chapter.Services)
			}
			if n != len(list) {
				t.Errorf("%s: %d of %d services stand in a chapter", g.ID, n, len(list))
			}
		}
	}
	firms := c.For("firms")
	if !firms[0].Online() || firms[len(firms)-1].Online() {
		t.Error("what can be done here does not come first")
	}
	for _, query := range []struct{ lang, words, group string }{
		{"de", "Senioren", "seniors"}, {"de", "Rentner", "seniors"}, {"de", "Verein", "clubs"}, {"de", "Firma", "firms"}, {"de", "Kurgäste", "guests"}, {"de", "Behinderung", "disabled"},
		{"en", "elderly", "seniors"}, {"en", "company", "firms"}, {"en", "club", "clubs"},
	} {
		found := c.Ask(query.lang, query.words)
		if found.None || !slices.Contains(found.Hits[0].Service.Groups, query.group) {
			t.Errorf("%q finds %v first, which is not for %s: %s", query.words, found.Hits[0].Service.ID, query.group, c.Why(query.lang, query.words, found.Hits[0].Service))
		}
	}
	if found := bad(t).Ask("de", "Senioren"); found.None {
		t.Error("the Staatsbad has nothing for older people")
	}
}

// small is a tenant with one service, to be spoiled.
func small() fstest.MapFS {
	files := map[string]string{
		"tenants/dorf/tenant.yaml":         "id: dorf\nname: Dorf\nprefix: DO\nsituations: [{id: wohnen, icon: home}]\ngroups: [{id: firms, icon: tool}]\ntopics: [{id: living, icon: home}]\n",
		"tenants/dorf/texts/de.yaml":       "situation: {wohnen: Wohnen}\ngroup: {firms: Firmen}\ntopic: {living: Wohnen}\n",
		"tenants/dorf/tables/offices.yaml": "versions:\n  - from: \"2020-01-01\"\n    data:\n      amt: {name: Amt, address: Hof 1, hours: \"8 bis 12\", week: {mon: \"08:00-12:00\"}}\n      hof: {name: Hof, address: Hof 2}\n",
		"services/melden/service.yaml":     "id: melden\nversion: \"1\"\ntenants: [dorf]\nicon: home\nsituations: [wohnen]\ngroups: [firms]\ntopics: [living]\nchannels: [counter]\nlegal: [{cite: § 1 BMG, link: \"https://example.org/1\"}]\nways: []\ntrust: none\noffice: amt\n",
		"services/melden/texts/de.yaml":    "title: Melden\nlead: Hier.\nlaw: Gesetz\nsearch: melden\n",
		"search/de.yaml":                   "[]\n",
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestWhatNobodyKnowsIsRefusedWithItsPlace(t *testing.T) {
	if _, err := LoadCatalogue(small(), "dorf"); err != nil {
		t.Fatal(err)
	}
	const s, o, tenant = "services/melden/service.yaml", "tenants/dorf/tables/offices.yaml", "tenants/dorf/tenant.yaml"
	for name, c := range map[string]struct{ file, old, new, says string }{
		"group":           {s, "groups: [firms]", "groups: [giants]", `no group "giants"`},
		"topic":           {s, "topics: [living]", "topics: [flying]", `no topic "flying"`},
		"channel":         {s, "channels: [counter]", "channels: [pigeon]", `no such channel: "pigeon"`},
		"channel twice":   {s, "channels: [counter]", "channels: [counter, counter]", "twice"},
		"citation":        {s, "cite: § 1 BMG", `cite: ""`, "citation"},
		"link":            {s, "https://example.org/1", "javascript:1", "https://"},
		"office":          {s, "office: amt", "office: schloss", `no office "schloss"`},
		"key":             {s, "trust: none", "trust: none\nkey: \"99\"", "14 digits"},
		"retention":       {s, "trust: none", "trust: none\nretention: 361", "retention: months after the decision, 1 to 360"},
		"no end":          {s, "trust: none", "trust: none\nretention: -1", "retention: months"},
		"erased report":   {s, "trust: none", "trust: none\nkind: report\nretention: 6", "only applications are erased"},
		"hours":           {o, "08:00-12:00", "morgens", "offices.yaml: amt: opening hours: mon"},
		"weekday":         {o, "mon:", "montag:", "no such day of the week"},
		"group text":      {tenant, "{id: firms, icon: tool}", "{id: firms, icon: tool}, {id: clubs, icon: star}", "no text group.clubs"},
		"topic twice":     {tenant, "{id: living, icon: home}]", "{id: living, icon: home}, {id: living, icon: bed}]", "every topic"},
		"nobody's office": {s, "tenants: [dorf]", "tenants: [dorf]\nat: {dorf: {office: turm}}", `no office "turm"`},
	} {
		fsys := maps.Clone(small())
		text := string(fsys[c.file].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: %q is not there", name, c.old)
		}
		fsys[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		if _, err := LoadCatalogue(fsys, "dorf"); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATenantThatSharesAServiceHasItsOwnOffice(t *testing.T) {
	fsys := small()
	text := string(fsys["services/melden/service.yaml"].Data) + "at:\n  dorf: {office: hof}\n"
	fsys["services/melden/service.yaml"] = &fstest.MapFile{Data: []byte(text)}
	c, err := LoadCatalogue(fsys, "dorf")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := c.Find("melden", "")
	o, ok := c.Tenant().Office(s.Office, "de", moment)
	if !ok || o.Name != "Hof" || o.Known || s.Situations[0] != "wohnen" {
		t.Errorf("%+v %v", o, s.Situations)
	}
}
