package mobile

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// start is where everything begins: a photo, or what it is about.
type start struct{}

func (*start) name() string { return "start" }

func (s *start) draw(a *App) page {
	st := a.style
	p := page{tabs: true, gap: 14}
	photo := tall(a.px(72), look.Button(st, look.ButtonOpts{Label: a.say("start.photo"), Icon: "camera", Primary: true, ID: "photo", Tap: func() { a.take(nil) }}))
	hall, w := a.startHall(), a.size.Width
	need := look.HeightFor(hall, w) + a.px(14) + look.HeightFor(photo, w-2*st.Margin()) + look.HeightFor(a.tabs(), w) + a.px(24)
	if need > a.size.Height { // the question and the first answer have to be in sight
		p.body = append(p.body, a.heading(look.TitleS, strings.ReplaceAll(a.say("start.title"), "\n", " ")))
	} else {
		p.hero = hall
	}
	p.body = append(p.body, photo, a.small(a.say("start.or")))
	p.body = append(p.body, a.categories(a.firstField(), func(o form.Option) {
		d := a.begin(map[string]any{pathCategory: o.Value})
		a.keep(d, true)
		a.push(&foto{draft: d})
	}))
	var own []fyne.CanvasObject
	if len(a.drafts)+len(a.reports) > 0 {
		own = append(own, look.Entry(st, look.EntryOpts{Icon: "list-check", Title: a.say("tab.mine.long"), Hint: a.summary(), ID: "mine", Tap: func() { a.room(&mine{}) }}))
	}
	if !a.online {
		said := a.note(look.Info, "cloud-off", "", a.say("start.offline"))
		if !s.fits(a, p, append([]fyne.CanvasObject{said}, own...)) { // what would be cut by a few pixels is said in less room
			said = look.Remark(st, "cloud-off", a.say("start.offline.short"))
		}
		p.body = append(p.body, said)
	}
	p.body = append(p.body, own...)
	return p
}

// fits tells whether the page and more fit the screen without scrolling.
func (*start) fits(a *App, p page, more []fyne.CanvasObject) bool {
	need := look.HeightFor(look.Column(a.px(p.gap), append(slices.Clone(p.body), more...)...), a.size.Width-2*a.style.Margin()) + a.px(14+16) + look.HeightFor(a.tabs(), a.size.Width)
	if p.hero != nil {
		need += look.HeightFor(p.hero, a.size.Width)
	}
	return need <= a.size.Height
}

// firstField is the form's question what it is about, before anything was said.
func (a *App) firstField() form.Field {
	for _, p := range visit.Begin(a.service(), a.o.Desk, a.options()).View().Pages {
		for _, f := range p.Fields {
			if f.Path == pathCategory {
				return *f
			}
		}
	}
	return form.Field{}
}

// startHall is the large ground at the top: who we are, and the question.
func (a *App) startHall() fyne.CanvasObject {
	st := a.style
	c := st.Colors()
	mark := look.Head(st, look.HeadOpts{Title: a.say("brand"), Sub: a.o.Catalogue.Tenant().Name, OnAccent: true})
	hello := look.Text(st, look.Lead, a.say("start.hello"), look.TextOpts{Color: c.OnHero2})
	title := look.Text(st, look.TitleM, a.say("start.title"), look.TextOpts{Bold: true, Color: c.OnHero})
	words := look.Column(a.px(10), look.Inset(mark, -st.Margin(), -a.px(14), -st.Margin(), 0), look.Column(a.px(2), hello, title))
	return a.hall(words, 150)
}

// summary says in a line how one's own reports stand: "1 in Arbeit, 1 wartet auf Netz".
func (a *App) summary() string {
	count := map[string]int{}
	order := []string{"asked", "stuck", "wait", "work", "draft", "arrived", "done"} // what wants to be known first
	for range a.drafts {
		count["draft"]++
	}
	for _, r := range a.reports {
		count[r.stage()]++
	}
	var parts []string
	for _, k := range order {
		if n := count[k]; n > 0 && len(parts) < 2 {
			parts = append(parts, a.say("count."+k, "n", n))
		}
	}
	return strings.Join(parts, ", ")
}
