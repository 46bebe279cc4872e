package service

import (
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// Card is what a citizen reads before he begins.
type Card struct {
	Kicker, Title, Lead  string
	Facts                []Fact
	Needs, Gets          []Line
	Promise, Office, Law string
}

// Fact is one of the few things to know at a glance: "30,70 €" "für ein Jahr".
type Fact struct{ Icon, Value, Label string }

// Line is something needed or given, with its icon.
type Line struct{ Icon, Text string }

// Card gives the card as a terminal has it with the newest tables. CardFor knows the day and the channel.
func (s *Service) Card(lang string) Card { return s.CardFor(lang, s.tenant.newest(), AtTerminal) }

// CardFor gives the card as it is on a day for who comes by a channel, AtTerminal or ByPhone: what a phone cannot give, its card does not promise.
func (s *Service) CardFor(lang string, day time.Time, channel string) Card {
	_ = s.open() // one that is broken has a card without facts
	vars := s.vars(Data{Today: day, Application: Application{Channel: channel}}, lang)
	holds := func(when *expr.Rule) bool {
		if when == nil {
			return true
		}
		yes, err := when.Bool(vars)
		return err == nil && yes
	}
	card := Card{Title: s.Title(lang), Lead: s.Say(lang, "lead"), Law: s.Say(lang, "law"), Office: s.tenant.office(s.Office, lang, day),
		Kicker: s.tenant.Say(lang, "situation."+s.Situations[0])}
	if s.card.promise != "" {
		card.Promise = s.Say(lang, s.card.promise)
	}
	for _, f := range s.card.facts {
		if !holds(f.when) {
			continue
		}
		value, ok := f.value.Write(lang, vars)
		if f.text != nil {
			value, ok = f.text.Say(lang, vars)
		}
		label, ok2 := f.label.Say(lang, vars)
		if ok && ok2 {
			card.Facts = append(card.Facts, Fact{f.icon, value, label})
		}
	}
	lines := func(rules []lineRule) (said []Line) {
		for _, r := range rules {
			if t, ok := r.text.Say(lang, vars); ok && holds(r.when) {
				said = append(said, Line{r.icon, t})
			}
		}
		return said
	}
	card.Needs, card.Gets = lines(s.card.needs), lines(s.card.gets)
	return card
}

// office is name, address and hours of an office, each on its line.
func (t *Tenant) office(row, lang string, day time.Time) string {
	offices, _ := t.Tables(day)["offices"].(map[string]any)
	o, _ := offices[row].(map[string]any)
	var lines []string
	for _, key := range []string{"name", "address", "hours", "phone"} {
		if line := form.InLang(lang, o[key]); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
