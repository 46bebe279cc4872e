package mobile

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// Any service but the report is applied for page by page, as at a terminal: the same form, the same summary, the same ways to pay but the card.

// canApply tells whether a service can be applied for on a phone.
func (a *App) canApply(s *service.Service) bool {
	return s.ID != Report && s.Online() && slices.Contains(s.Channels, service.ByPhone) && len(a.ways(s)) > 0
}

// ways are how a service's fee can be paid from a phone.
func (a *App) ways(s *service.Service) []pay.Way {
	var ways []pay.Way
	for _, w := range visit.Ways(a.ctx, s, a.o.Desk) {
		ways = append(ways, w.Way)
	}
	return ways
}

// apply begins a service, or goes on where it was left: it is begun once.
func (a *App) apply(s *service.Service) {
	for _, d := range a.drafts {
		if d.visit.Service().ID == s.ID {
			a.goOn(d)
			return
		}
	}
	a.goOn(a.beginFor(s, nil))
}

// adopt makes an application of what was said to know something beforehand, and goes on with what was not asked yet.
func (a *App) adopt(d *draft) {
	a.add(d)
	for _, p := range d.visit.View().Pages {
		if d.page = p.ID; !p.Answered() {
			break
		}
	}
	a.keep(d, true)
	a.until(func(s screen) bool { _, is := s.(*card); return is })
	a.goOn(d)
}

// goOn shows the page of a draft where somebody left it.
func (a *App) goOn(d *draft) {
	if d.report() {
		a.push(&foto{draft: d})
		return
	}
	pages := d.visit.View().Pages
	if len(pages) == 0 {
		return
	}
	at := slices.IndexFunc(pages, func(p form.Page) bool { return p.ID == d.page })
	if at < 0 && !d.empty() { // it was left at the summary, or at a page that is not asked any more
		at = slices.IndexFunc(pages, func(p form.Page) bool { return !p.Done })
		if at < 0 {
			a.push(&summary{draft: d})
			return
		}
	}
	at = max(at, 0)
	for _, p := range pages[:at+1] { // back leads through what was asked before
		a.stack = append(a.stack, a.question(d, p.ID, false))
	}
	a.arrive()
}

// report tells whether a draft is one of the defect reports, which have screens of their own.
func (d *draft) report() bool { return d.visit.Service().ID == Report }

// question is one page of a form.
type question struct {
	filling
	id     string             // of the page: its number may change with the answers
	amend  bool               // came from the summary, and goes back there
	papers map[string]*papers // how it stands with the files of a field, by path
	goal   form.Goal          // what somebody wants to know without applying
}

func (*question) name() string { return "form" }

func (a *App) question(d *draft, id string, amend bool) *question {
	return &question{filling: filling{draft: d}, id: id, amend: amend}
}

// view is the form as far as it matters: all of it, or what an answer beforehand needs.
func (q *question) view() form.View {
	if q.goal == "" {
		return q.draft.visit.View()
	}
	return q.draft.visit.Advise(q.goal).View
}

func (q *question) find(v form.View) (int, form.Page, bool) {
	i := slices.IndexFunc(v.Pages, func(p form.Page) bool { return p.ID == q.id })
	if i < 0 {
		return 0, form.Page{}, false
	}
	return i, v.Pages[i], true
}

// applySteps is how many steps an application has: its pages, the summary, and the way to pay where something costs.
func (a *App) applySteps(v form.View) int {
	n := len(v.Pages) + 1
	if costs(v) {
		n++
	}
	return n
}

func (q *question) steps(a *App, v form.View) int {
	if q.goal != "" {
		return len(v.Pages) + 1
	}
	return a.applySteps(v)
}

func costs(v form.View) bool { return v.Fee != nil && v.Fee.Amount > 0 }

func (q *question) draw(a *App) page {
	d := q.draft
	v := q.view()
	i, pg, ok := q.find(v)
	if !ok { // another answer made this page needless
		return page{title: d.visit.Service().Title(a.style.Lang), body: []fyne.CanvasObject{a.lead(a.say("apply.needless"))}}
	}
	p := page{title: pg.Title, step: &step{i + 1, q.steps(a, v), d.visit.Service().Title(a.style.Lang)}, gap: 20}
	if p.title == "" {
		p.title = d.visit.Service().Title(a.style.Lang)
	}
	if d.changed {
		p.body = append(p.body, a.note(look.Warn, "info-circle", "", a.say("pickup.changed")))
	}
	p.body = append(p.body, uipage.Draw(a.style, a.o.Texts, v, i, q.events(a), q.shown, q.focus))
	for _, f := range q.aside.Inputs(pg) {
		if f.Path == q.focus && f.Keys != form.KeysNone && !f.ReadOnly {
			p.typing = q.typing(a, f, func() { q.step(f.Path) })
		}
	}
	if costs(v) && p.typing == nil && q.goal == "" {
		p.body = append(p.body, look.Note(a.style, look.NoteOpts{Kind: look.Info, Icon: "coin-euro", Text: a.say("apply.fee"), Value: v.Fee.Amount.Format(a.style.Lang)}))
	}
	p.foot = []look.ButtonOpts{{Label: a.say("next"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "next", Tap: func() { q.next(a) }}}
	return p
}

// events are those of every form, and what only a whole one has: files, and streets while a street is typed.
func (q *question) events(a *App) uipage.Events {
	ev := q.filling.events(a)
	ev.Own = func(f form.Field) fyne.CanvasObject {
		if f.Kind != form.Place || f.ReadOnly {
			return nil
		}
		return q.place(a, f)
	}
	ev.Files = func(f form.Field) fyne.CanvasObject { return q.files(a, f) }
	ev.Suggest = func(f form.Field) []string {
		if !strings.HasSuffix(f.Path, "/street") || strings.TrimSpace(f.Text) == "" {
			return nil
		}
		return a.town.Suggest(f.Text, 4)
	}
	return ev
}

// place shows the place that was said, and leads to the map.
func (q *question) place(a *App, f form.Field) fyne.CanvasObject {
	label := f.Label
	if !f.Required {
		label += " " + a.o.Texts.Say(a.style.Lang, "page.optional")
	}
	var objs []fyne.CanvasObject
	if _, pg, _ := q.find(q.view()); f.Label != pg.Title {
		objs = append(objs, a.heading(look.Lead, label))
	}
	switch {
	case q.shown[f.Path] && f.Problem != "":
		objs = append(objs, look.Problem(a.style, f.Problem))
	case f.Hint != "":
		objs = append(objs, a.small(f.Hint))
	}
	entry := look.EntryOpts{Icon: "map-pin", Title: a.say("where.pick"), Hint: a.say("where.pick.hint"), ID: f.Path, Tap: func() { a.push(&where{draft: q.draft, of: f.Path}) }}
	if spot, ok := form.SpotOf(f.Value); ok {
		entry.Title, entry.Hint, entry.Action, entry.Name = a.spotText(spot), a.how(spot), a.say("change"), a.say("ask.change.where", "where", a.spotText(spot))
	}
	return look.Column(a.px(10), append(objs, look.Entry(a.style, entry))...)
}

// step goes from a typed field to the next one of the page, or puts the keyboard away.
func (q *question) step(path string) {
	_, pg, _ := q.find(q.view())
	q.leave("")
	after := false
	for _, f := range pg.Inputs() {
		switch {
		case f.Path == path:
			after = true
		case after && f.Keys != form.KeysNone && !f.ReadOnly:
			q.focus = f.Path
			return
		case after && !f.Kind.Told():
			return
		}
	}
}

// back ends typing first.
func (q *question) back(a *App) bool {
	a.keep(q.draft, true)
	if q.focus == "" {
		return false
	}
	q.leave("")
	a.show()
	return true
}

func (q *question) next(a *App) {
	d := q.draft
	v := q.view()
	i, pg, ok := q.find(v)
	if !ok {
		a.Back()
		return
	}
	q.leave("")
	if q.preparing() { // a moment more: without it the page would not be whole
		return
	}
	if a.reveal = q.problems(pg); a.reveal != "" {
		a.o.Event("form.problem", "page", q.id)
		a.show()
		return
	}
	d.changed = false
	switch {
	case q.goal != "":
		a.advised(q, v, i)
	case v.Eligible != nil && !v.Eligible.OK:
		a.push(&ineligible{draft: d})
	case q.amend && a.until(func(s screen) bool { _, is := s.(*summary); return is }):
	case i+1 < len(v.Pages):
		d.page = v.Pages[i+1].ID
		a.keep(d, true)
		a.push(a.question(d, d.page, false))
	default:
		d.page = ""
		a.keep(d, true)
		a.push(&summary{draft: d})
	}
}

// problems tells what is wrong on a page from now on, and gives the first place to see it.
func (q *question) problems(pg form.Page) (first string) {
	for _, f := range pg.Fields { // a place is asked for as a whole here
		if f.Kind == form.Place && (f.Missing || f.Problem != "") {
			q.tell(f.Path)
			first = cmp.Or(first, f.Path)
		}
	}
	for _, f := range pg.Inputs() {
		if !f.Missing && f.Problem == "" {
			continue
		}
		q.tell(f.Path)
		if first != "" {
			continue
		}
		if first = f.Path; len(f.Options) > 0 {
			first += "=0"
		}
	}
	return first
}

// ineligible explains calmly why a service cannot be had with these answers.
type ineligible struct{ draft *draft }

func (*ineligible) name() string { return "ineligible" }

func (s *ineligible) draw(a *App) page {
	p := page{title: a.say("ineligible.title"), body: []fyne.CanvasObject{a.lead(a.say("ineligible.lead"))}}
	verdict := s.draft.visit.View().Eligible
	if verdict == nil {
		return p
	}
	change := ""
	for _, r := range verdict.Reasons {
		p.body = append(p.body, a.note(look.Info, "info-circle", "", r.Text))
		if r.Page != "" {
			change = r.Page
		}
	}
	p.body = append(p.body, look.Remark(a.style, "building-bank", a.say("ineligible.help")))
	if change != "" {
		p.foot = []look.ButtonOpts{{Label: a.say("ineligible.change"), Icon: "pencil", Primary: true, ID: "change", Tap: func() {
			if !a.until(func(x screen) bool { q, is := x.(*question); return is && q.id == change }) {
				a.replace(a.question(s.draft, change, false))
			}
		}}}
	}
	return p
}

// send seals an application and puts it on its way.
func (a *App) send(d *draft, way pay.Way, st *sending, on screen) {
	st.busy, st.problem = true, ""
	a.show()
	s := d.visit.Service()
	a.submit(d, way, reportData{Title: s.Title(a.style.Lang), Service: s.ID}, func(kept *reportData, problem string) {
		st.busy, st.problem = false, problem
		if kept == nil {
			a.refresh(on)
			return
		}
		if s.Counted() {
			a.o.Event("sent", "kind", "survey")
			a.thank(d)
			return
		}
		a.o.Event("sent", "kind", "application")
		a.sent(d, *kept)
	})
}

// submit seals what a draft says and puts it on its way; done hears what the phone remembers of it, or the key of a sentence that says why nothing
// was sent. Once that is done it is on this phone for good, whatever the network does.
func (a *App) submit(d *draft, way pay.Way, note reportData, done func(kept *reportData, problem string)) {
	refs := a.leftovers(d)
	if d.timer != nil {
		d.timer.Stop()
	}
	d.dropped.Store(true) // what is sent must not be written as a draft once more
	a.shelf.do(func(ctx context.Context) {
		if files := d.visit.Files(); len(files) > 0 && files[0].Type == "image/jpeg" {
			note.Thumb = thumb(files[0].Data)
		}
		d.keeper.prepare(note, refs)
		_, err := d.visit.Submit(ctx, way, nil)
		kept := d.keeper.last()
		a.gently(func() {
			problem := ""
			if kept == nil {
				d.dropped.Store(false)
				problem = sendProblem(err)
				a.o.Event("refused", "why", problem)
				a.keep(d, true)
			}
			done(kept, problem)
		})
	})
}
