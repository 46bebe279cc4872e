package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/calendar"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// Channels are the ways in which a service can be done.
const (
	AtTerminal = "terminal"
	ByPhone    = "phone" // with the app
	OnTheWeb   = "web"
	AtCounter  = "counter" // of the office
	ByPost     = "post"
)

var channels = []string{AtTerminal, ByPhone, OnTheWeb, AtCounter, ByPost}

// Legal is one rule that a service rests on.
type Legal struct {
	Cite string `yaml:"cite"` // as lawyers cite it: "§ 17 BMG"; at most citeMost characters
	Link string `yaml:"link"` // where it can be read, https; may be empty
}

const citeMost, linkMost = 120, 300

// Heading is what services are found under: a target group or a topic.
type Heading struct {
	ID    string
	Title string
	Icon  string // name of an icon
}

// mark is a Heading as tenant.yaml has it; its title is a text.
type mark struct {
	ID   string `yaml:"id"`
	Icon string `yaml:"icon"`
}

// elsewhere is what is different at one of the tenants that share a service.
type elsewhere struct {
	Office     string   `yaml:"office"`
	Situations []string `yaml:"situations"`
	Groups     []string `yaml:"groups"`
	Topics     []string `yaml:"topics"`
}

// at gives the description as it is for a tenant.
func (d description) at(tenant string) description {
	own, ok := d.At[tenant]
	if !ok {
		return d
	}
	if own.Office != "" {
		d.Office = own.Office
	}
	for _, list := range []struct{ own, all *[]string }{{&own.Situations, &d.Situations}, {&own.Groups, &d.Groups}, {&own.Topics, &d.Topics}} {
		if len(*list.own) > 0 {
			*list.all = *list.own
		}
	}
	return d
}

// checkAbout finds what nobody knows in what a service says of itself. What is left out is not wrong: an imported service begins without it.
func (s *Service) checkAbout(name string) error {
	wrong := func(what, value string, there []string) error {
		return fmt.Errorf("%s/service.yaml: %s has no %s %q; there are %s", name, s.tenant.ID, what, value, strings.Join(there, ", "))
	}
	for _, g := range s.Groups {
		if !has(s.tenant.Audience, g) {
			return wrong("group", g, markIDs(s.tenant.Audience))
		}
	}
	for _, t := range s.Topics {
		if !has(s.tenant.Subjects, t) {
			return wrong("topic", t, markIDs(s.tenant.Subjects))
		}
	}
	for i, c := range s.Channels {
		if !slices.Contains(channels, c) {
			return fmt.Errorf("%s/service.yaml: no such channel: %q (%s)", name, c, strings.Join(channels, ", "))
		}
		if slices.Contains(s.Channels[:i], c) {
			return fmt.Errorf("%s/service.yaml: channel %q stands there twice", name, c)
		}
	}
	for _, l := range s.Legal {
		if l.Cite == "" || len([]rune(l.Cite)) > citeMost {
			return fmt.Errorf("%s/service.yaml: legal: a citation of at most %d characters is needed", name, citeMost)
		}
		if l.Link != "" && (!strings.HasPrefix(l.Link, "https://") || len(l.Link) > linkMost || strings.ContainsAny(l.Link, " \t\n")) {
			return fmt.Errorf("%s/service.yaml: legal: %q: a link is an address that begins with https://", name, l.Cite)
		}
	}
	offices := s.tenant.rows("offices", s.tenant.newest())
	if _, ok := offices[s.Office]; s.Office != "" && offices != nil && !ok {
		return wrong("office", s.Office, sortedKeys(offices))
	}
	return nil
}

func has(marks []mark, id string) bool {
	return slices.ContainsFunc(marks, func(m mark) bool { return m.ID == id })
}

func markIDs(marks []mark) (ids []string) {
	for _, m := range marks {
		ids = append(ids, m.ID)
	}
	return ids
}

// Office is who is in charge of something, and where.
type Office struct {
	ID, Name, Address, Phone string
	Hours                    string // in words, as they stand in the table
	Open                     calendar.State
	Known                    bool // Open is known
}

// Office gives the office of a row of the table "offices" as it is at a moment, whose location is the town's; false when there is no such row.
func (t *Tenant) Office(row, lang string, now time.Time) (Office, bool) {
	o, ok := t.rows("offices", now)[row].(map[string]any)
	if !ok {
		return Office{}, false
	}
	say := func(key string) string { return form.InLang(lang, o[key]) }
	hours, err := calendar.Read(o["week"], o["except"])
	office := Office{ID: row, Name: say("name"), Address: say("address"), Phone: say("phone"), Hours: say("hours"), Known: err == nil && hours.Known()}
	if office.Known {
		office.Open = hours.At(now)
	}
	return office, true
}

// Offices lists the rows of the table "offices" at a moment, by their names.
func (t *Tenant) Offices(lang string, now time.Time) []Office {
	var list []Office
	for _, row := range sortedKeys(t.rows("offices", now)) {
		if o, ok := t.Office(row, lang, now); ok {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(a, b Office) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// rows are those of a table that is a map, on a day.
func (t *Tenant) rows(table string, day time.Time) map[string]any {
	rows, _ := t.Tables(day)[table].(map[string]any)
	return rows
}

// checkOffices reads the hours of every office in every version of the table.
func (t *Tenant) checkOffices() error {
	for _, v := range t.tables["offices"].Versions {
		rows, _ := v.Data.(map[string]any)
		for _, id := range sortedKeys(rows) {
			row, _ := rows[id].(map[string]any)
			if _, err := calendar.Read(row["week"], row["except"]); err != nil {
				return fmt.Errorf("%s/tables/offices.yaml: %s: %w", t.ID, id, err)
			}
		}
	}
	return nil
}

// checkMarks finds groups and topics that stand there twice or have no name.
func (t *Tenant) checkMarks() error {
	for _, kind := range []struct {
		name  string
		marks []mark
	}{{"group", t.Audience}, {"topic", t.Subjects}} {
		for i, m := range kind.marks {
			if m.ID == "" || m.Icon == "" || has(kind.marks[:i], m.ID) {
				return fmt.Errorf("%s/tenant.yaml: every %s has an id of its own and an icon: %q", t.ID, kind.name, m.ID)
			}
			if !t.texts.Has("de", kind.name+"."+m.ID) {
				return fmt.Errorf("%s/tenant.yaml: %s %q has no text %s.%s", t.ID, kind.name, m.ID, kind.name, m.ID)
			}
		}
	}
	return nil
}

func (t *Tenant) headings(lang, kind string, marks []mark) []Heading {
	var list []Heading
	for _, m := range marks {
		list = append(list, Heading{m.ID, t.Say(lang, kind+"."+m.ID), m.Icon})
	}
	return list
}

// Groups lists the target groups that there is something for, in the tenant's order.
func (c *Catalogue) Groups(lang string) []Heading { return c.GroupsOf(lang, c.offered().newest) }

// GroupsOf lists the target groups that some of these services are for, in the tenant's order.
func (c *Catalogue) GroupsOf(lang string, list []*Service) []Heading {
	return slices.DeleteFunc(c.tenant.headings(lang, "group", c.tenant.Audience), func(h Heading) bool {
		return !slices.ContainsFunc(list, func(s *Service) bool { return slices.Contains(s.Groups, h.ID) })
	})
}

// For lists the services for a target group, as In does for a situation.
func (c *Catalogue) For(group string) []*Service {
	list := Only(c.offered().newest, group)
	slices.SortStableFunc(list, func(a, b *Service) int {
		switch {
		case a.Online() == b.Online():
			return 0
		case a.Online():
			return -1
		}
		return 1
	})
	return list
}

// Only keeps the services of a list that are for a target group; "" keeps all.
func Only(list []*Service, group string) []*Service {
	var kept []*Service
	for _, s := range list {
		if group == "" || slices.Contains(s.Groups, group) {
			kept = append(kept, s)
		}
	}
	return kept
}

// Chapter is a topic with services that belong to it first of all.
type Chapter struct {
	Heading
	Services []*Service
}

// Chapters puts a list in the order of the tenant's topics. Services without a topic are the last chapter, without a title.
func (c *Catalogue) Chapters(lang string, list []*Service) []Chapter {
	var chapters []Chapter
	for _, h := range append(c.tenant.headings(lang, "topic", c.tenant.Subjects), Heading{}) {
		ch := Chapter{Heading: h}
		for _, s := range list {
			if first := append(slices.Clone(s.Topics), "")[0]; first == h.ID {
				ch.Services = append(ch.Services, s)
			}
		}
		if len(ch.Services) > 0 {
			chapters = append(chapters, ch)
		}
	}
	return chapters
}

// topics are the words under which the search knows a service besides its own.
func (c *Catalogue) topics(lang string, s *Service) string {
	var words []string
	for _, situation := range s.Situations {
		words = append(words, c.tenant.Say(lang, "situation."+situation))
	}
	for _, t := range s.Topics {
		words = append(words, c.tenant.Say(lang, "topic."+t))
	}
	return strings.Join(words, " ")
}

// groupWords are the words by which people call themselves whom a service is for.
func (c *Catalogue) groupWords(lang string, s *Service) string {
	var words []string
	for _, g := range s.Groups {
		words = append(words, c.tenant.Say(lang, "group."+g))
		if key := "group-words." + g; c.tenant.texts.Knows(lang, key) {
			words = append(words, c.tenant.Say(lang, key))
		}
	}
	return strings.Join(words, " ")
}
