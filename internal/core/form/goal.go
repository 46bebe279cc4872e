package form

import (
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// Goal is what somebody wants to know from a form without handing it in. The rules are those of the form; only what they read is asked.
type Goal string

// The goals.
const (
	Cost     Goal = "cost"     // what it will cost
	Entitled Goal = "entitled" // whether one is entitled
	Papers   Goal = "papers"   // what has to be brought along
)

// Need is a paper that has to be brought along or handed in, for these answers.
type Need struct {
	Name string // of the rule
	Icon string
	Text string // what it is, and why: "Eine Bescheinigung des Halters, weil das Auto nicht auf Sie zugelassen ist."
}

// Ruling is one rule of eligibility, and what it says about the answers.
type Ruling struct {
	Rule string
	OK   bool
	Text string // the sentence for what it says: what is fulfilled, or what would help
	Page string // the page where an answer could be changed, or ""
}

// Advice is what a form tells about a goal. View has the pages that matter for it, and of those the fields that do; it is Complete when the answer
// is known.
type Advice struct {
	View    View
	Fee     *Fee     // Cost
	Rulings []Ruling // Entitled, in the order of the form
	Needs   []Need   // Papers: nil as long as it cannot be said, empty when nothing is needed
}

// Goals lists what the form has to say beforehand: only where the answer depends on what somebody says.
func (f *Form) Goals() []Goal {
	var goals []Goal
	for _, g := range []Goal{Entitled, Cost, Papers} {
		if len(f.wants(g)) > 0 {
			goals = append(goals, g)
		}
	}
	return goals
}

// rulesOf are the rules that a goal is about.
func (f *Form) rulesOf(g Goal) []*expr.Rule {
	var rules []*expr.Rule
	switch g {
	case Cost:
		if f.fee != nil {
			rules = append(rules, f.fee.amount)
		}
	case Entitled:
		for _, r := range f.elig {
			rules = append(rules, r.holds)
		}
	case Papers:
		for _, n := range f.needs {
			rules = append(rules, n.when)
		}
	}
	return rules
}

// wants gives the paths of what has to be asked for a goal: what its rules read, and what those questions depend on.
func (f *Form) wants(g Goal) map[string]bool {
	paths := map[string]bool{}
	var add func(r *expr.Rule)
	var whole func(fd *field)
	whole = func(fd *field) {
		if paths[fd.Path] {
			return
		}
		paths[fd.Path] = true
		for _, x := range f.fields { // a list is asked with its entries, an entry with its list
			if x.in == fd || fd.in == x || fd.in != nil && x.in == fd.in && x.index == fd.index {
				whole(x)
			}
		}
		for _, r := range []*expr.Rule{fd.visible, fd.required, fd.initial, fd.rows} {
			add(r)
		}
		for _, o := range fd.options {
			add(o.visible)
		}
		for _, p := range f.pages {
			if p.ID == fd.page {
				add(p.visible)
			}
		}
	}
	add = func(r *expr.Rule) {
		if r == nil {
			return
		}
		for _, path := range r.Reads("answers") {
			if fd := f.nearest(path); fd != nil {
				whole(fd)
			}
		}
	}
	for _, r := range f.rulesOf(g) {
		add(r)
	}
	return paths
}

// Advise tells what the form says about a goal for the answers given so far.
func (f *Form) Advise(g Goal, in Input) Advice {
	s := f.evaluate(in)
	whole := f.View(in)
	wants := f.wants(g)
	a := Advice{View: View{Complete: true, Fee: whole.Fee, Eligible: whole.Eligible}}
	for _, p := range whole.Pages {
		var fields []*Field
		done := true
		for i, fd := range p.Fields {
			beside := fd.Kind == Info && i+1 < len(p.Fields) && wants[p.Fields[i+1].Path] // what explains the next question
			if !wants[fd.Path] && !beside {
				continue
			}
			fields = append(fields, fd)
			done = done && !fd.Missing && fd.Problem == ""
		}
		if !slices.ContainsFunc(fields, func(x *Field) bool { return x.Kind != Info }) {
			continue
		}
		p.Fields, p.Done = fields, done
		a.View.Pages = append(a.View.Pages, p)
		a.View.Complete = a.View.Complete && done
	}
	known := true
	switch g {
	case Cost:
		a.Fee = whole.Fee
		known = a.Fee != nil
	case Entitled:
		a.Rulings, known = s.rulings()
	case Papers:
		a.Needs = whole.Needs
		for _, r := range f.rulesOf(Papers) {
			known = known && (r == nil || s.known(r))
		}
	}
	a.View.Complete = a.View.Complete && known
	return a
}

// rulings are the rules of eligibility that can be told already, and whether those are all, or enough to say no.
func (s *state) rulings() (list []Ruling, known bool) {
	known = true
	refused := false
	for _, r := range s.f.elig {
		if !s.known(r.holds) {
			known = false
			continue
		}
		holds, err := r.holds.Bool(s.vars)
		if err != nil {
			known = false
			continue
		}
		text := s.rules(r)
		if holds {
			if text = s.optional("met." + r.Name); text == "" {
				continue
			}
		}
		refused = refused || !holds
		list = append(list, Ruling{Rule: r.Name, OK: holds, Text: text, Page: r.Page})
	}
	return list, known || refused
}

// papers are what has to be brought along, as far as that can be said.
func (s *state) papers() []Need {
	var list []Need
	for _, n := range s.f.needs {
		if n.when != nil && (!s.known(n.when) || !s.holds(n.when, false)) {
			continue
		}
		if said, ok := n.say.Say(s.in.Lang, s.vars); ok {
			list = append(list, Need{n.Name, n.Icon, said})
		}
	}
	return list
}

// Route names the office that the answers belong to: a row of the tenant's table "offices". "" means the service's own.
func (f *Form) Route(in Input) string {
	if f.route == nil {
		return ""
	}
	office, err := f.route.Text(f.evaluate(in).vars)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(office)
}

// need is one paper and when it is needed.
type need struct {
	needLayout
	when *expr.Rule
	say  *Sayer
}

type needLayout struct {
	Name string `yaml:"name"`
	Icon string `yaml:"icon"`
	When Source `yaml:"when"` // left out: always
	Text Saying `yaml:"text"`
}

func (f *Form) compileNeeds(c *Compiler, layouts []needLayout, asked []string) {
	for _, l := range layouts {
		n := need{l, c.Rule(l.When, "needs."+l.Name), c.Say(&l.Text)}
		if l.Name == "" || n.say == nil {
			c.fail("needs: each has a name and a text")
		}
		c.asked(n.when, asked)
		f.needs = append(f.needs, n)
	}
}

// Answered tells whether everything that a page asks has an answer that fits, also what could be left out.
func (p Page) Answered() bool {
	return p.Done && !slices.ContainsFunc(p.Fields, func(f *Field) bool { return !f.Kind.Told() && f.Value == nil })
}
