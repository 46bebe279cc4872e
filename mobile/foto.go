package mobile

import (
	"image"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// problemOutside is said of a photo that names a place outside the town. The photo is taken all the same, its place is not.
const problemOutside = "photo.outside"

// steps is how many steps a report has: photo, place, questions.
const steps = 3

// foto is the first step: photos, and what they show.
type foto struct {
	draft   *draft
	at      int    // the photo that is shown large
	busy    int    // 1 to 3: a file is being prepared
	problem string // key of the sentence that says why a file was not taken
	asked   bool   // the way on was touched before it was said what it is about
	ahead   bool   // all is said, and only the file being prepared is waited for
	cat     bool   // another category is wanted
	covered map[string]int
}

func (*foto) name() string { return "foto" }

// fieldOf finds a field of the form as it is now.
func (d *draft) fieldOf(path string) (form.Field, bool) {
	for _, p := range d.visit.View().Pages {
		for _, f := range p.Fields {
			if f.Path == path {
				return *f, true
			}
		}
	}
	return form.Field{}, false
}

// selected is the option of a field that was chosen.
func selected(f form.Field) (form.Option, bool) {
	for _, o := range f.Options {
		if o.Selected {
			return o, true
		}
	}
	return form.Option{}, false
}

// subject says what a report or an application is about, as far as it was said, and with which icon: "Schlagloch".
func (a *App) subject(d *draft) (title, icon string) {
	if !d.report() {
		s := d.visit.Service()
		return s.Title(a.style.Lang), s.Icon
	}
	title, icon = a.say("report"), "alert-triangle"
	for _, path := range []string{pathCategory, pathWhat} {
		f, _ := d.fieldOf(path)
		if o, ok := selected(f); ok {
			if title = o.Label; path == pathCategory {
				icon = strings.TrimPrefix(o.Mark, "icon:")
			}
		}
	}
	return title, icon
}

func (s *foto) draw(a *App) page {
	d := s.draft
	if d.trouble != "" {
		s.problem, d.trouble = d.trouble, ""
	}
	p := page{title: a.say("foto.title"), step: &step{1, steps, a.say("foto.step")}}
	files := d.visit.Files()
	n := s.count(files)
	s.at = min(max(s.at, 0), max(n-1, 0))
	if n > 0 {
		p.body = append(p.body, s.shown(a, files))
	}
	if s.problem != "" && s.problem != problemOutside {
		p.body = append(p.body, a.note(look.Warn, "camera", a.say(s.problem), a.say(s.problem+".text")))
	}
	p.body = append(p.body, s.buttons(a, files))
	cover := a.small(a.say("foto.cover"))
	if n > 0 && a.style.Factor() < 1.5 { // large words would push what is asked off the screen
		p.body = append(p.body, cover)
	}
	p.body = append(p.body, a.about(d, &s.cat, s.asked, func(what bool) {
		if what && len(d.visit.Files()) > 0 && s.busy == 0 {
			a.onward(d, s)
			return
		}
		s.ahead = what && s.busy > 0 // a finger that is faster than the photo need not tap once more
		a.show()
	})...)
	if links := s.others(a); len(links) > 0 {
		p.body = append(p.body, look.Column(0, links...))
	}
	if s.problem == problemOutside { // down here: above, it would move what a finger is about to touch
		p.body = append(p.body, a.note(look.Warn, "map-pin", a.say(s.problem), a.say(s.problem+".text")))
	}
	if len(files) > 0 && s.busy == 0 {
		f := files[s.at]
		if a.style.Factor() >= 1.5 {
			p.body = append(p.body, cover)
		}
		p.body = append(p.body, a.small(a.say("foto.stored")),
			look.Link(a.style, look.LinkOpts{Label: a.say("foto.remove"), Icon: "trash", Name: a.say("foto.remove.name", "n", s.at+1), ID: "remove", Tap: func() {
				d.visit.Detach(pathPhotos, f.Digest)
				s.problem, d.astray = "", false
				a.keep(d, true)
				a.show()
			}}))
	}
	label := a.say("next")
	if n == 0 {
		label = a.say("foto.without")
	}
	p.foot = []look.ButtonOpts{{Label: label, IconRight: look.Arrow(a.style, true), Primary: true, ID: "next", Tap: func() { s.next(a) }}}
	return p
}

// others are the ways to what can be said before a photo and in any order.
func (s *foto) others(a *App) []fyne.CanvasObject {
	var links []fyne.CanvasObject
	if _, ok := s.draft.spot(); !ok {
		links = append(links, look.Link(a.style, look.LinkOpts{Label: a.say("foto.place.first"), Icon: "map-pin", ID: "place.first", Tap: func() { a.push(&where{draft: s.draft}) }}))
	}
	if s.draft.answer(pathWords) == "" {
		links = append(links, look.Link(a.style, look.LinkOpts{Label: a.say("foto.words.first"), Icon: "pencil", ID: "words.first", Tap: func() { a.push(&ask{filling: filling{draft: s.draft}}) }}))
	}
	return links
}

// count is how many photos there are, with the one that is being prepared: it has its room from the beginning, so that nothing below it moves
// when it is ready.
func (s *foto) count(files []visit.File) int {
	if s.busy > 0 {
		return len(files) + 1
	}
	return len(files)
}

// shown is the photo itself, or how far it is, and when there are several, all of them small.
func (s *foto) shown(a *App, files []visit.File) fyne.CanvasObject {
	h := min(a.px(190), a.size.Height*0.25) // what it is about has to be in sight as well
	var view fyne.CanvasObject
	if s.at < len(files) {
		f := files[s.at]
		view = a.photoView(f.Digest, f.Data, h, a.say("foto.name", "n", s.at+1, "of", len(files)))
		if n := s.covered[f.Digest]; n > 0 {
			view = look.On(view, look.Inset(look.Badge(a.style, look.Info, "eye-off", a.say("foto.covered", "n", n)), a.px(12), a.px(12), a.px(12), h-a.px(46)))
		}
	} else {
		view = s.developing(a, h)
	}
	all := []fyne.CanvasObject{view}
	if n := s.count(files); n > 1 {
		var small []fyne.CanvasObject
		for i := range n {
			var img image.Image
			if i < len(files) {
				img = a.picture(files[i].Digest, files[i].Data)
			}
			small = append(small, a.pick(img, i, i == s.at, func() { s.at = i; a.show() }))
		}
		all = append(all, flow(a.px(8), small...))
	}
	return look.Column(a.px(10), all...)
}

// developing stands where the photo will be, as high as it, and says how far the photo is.
func (s *foto) developing(a *App, h float32) fyne.CanvasObject {
	c := a.style.Colors()
	word := a.say("photo.busy")
	if s.ahead {
		word = a.say("photo.ahead")
	}
	in := a.px(20)
	full := look.Progress(a.style, s.busy, 3, word, a.say("photo.stage."+strconv.Itoa(s.busy)))
	short := look.Progress(a.style, s.busy, 3, word, "")
	return look.NewScene(a.px(120), look.Fixed(h), func(size fyne.Size) []fyne.CanvasObject {
		ground := canvas.NewRectangle(c.Sunken)
		ground.CornerRadius = a.px(16)
		objs := []fyne.CanvasObject{look.At(ground, 0, 0, size.Width, size.Height)}
		room := size.Width - 2*in
		words, icon, gap := full, a.px(40), a.px(14)
		if look.HeightFor(words, room) > size.Height-in { // large words on a small phone
			words = short
		}
		need := look.HeightFor(words, room)
		y := (size.Height - need) / 2
		if icon+gap+need <= size.Height-2*in {
			y -= (icon + gap) / 2
			objs = append(objs, look.At(look.Icon(a.style, "camera", icon, c.Accent), in, y, icon, icon))
			y += icon + gap
		}
		return append(objs, look.At(words, in, y, room, need))
	})
}

// pick is a small photo that can be touched; img is nil while it is made.
func (a *App) pick(img image.Image, i int, on bool, tap func()) fyne.CanvasObject {
	side := a.px(64)
	c := a.style.Colors()
	touch := look.Area(a.style, a.say("foto.small", "n", i+1), "photo."+strconv.Itoa(i), on, tap)
	return look.NewScene(side, look.Fixed(side), func(size fyne.Size) []fyne.CanvasObject {
		ground := canvas.NewRectangle(c.Sunken)
		ground.CornerRadius, ground.StrokeColor, ground.StrokeWidth = a.px(10), c.Edge, a.px(1.5)
		if on {
			ground.StrokeColor, ground.StrokeWidth = c.Accent, a.px(4)
		}
		objs := []fyne.CanvasObject{look.At(touch, 0, 0, size.Width, size.Height), look.At(ground, 0, 0, size.Width, size.Height)}
		if img == nil {
			icon := a.px(28)
			return append(objs, look.At(look.Icon(a.style, "camera", icon, c.Ink2), (size.Width-icon)/2, (size.Height-icon)/2, icon, icon))
		}
		pic := canvas.NewImageFromImage(img)
		pic.FillMode, pic.CornerRadius = canvas.ImageFillCover, a.px(7)
		in := a.px(5)
		return append(objs, look.At(pic, in, in, size.Width-2*in, size.Height-2*in))
	})
}

// buttons are what can be done with photos now; while one is being prepared, the room for them.
func (s *foto) buttons(a *App, files []visit.File) fyne.CanvasObject {
	st, d := a.style, s.draft
	take := look.ButtonOpts{Label: a.say("foto.take"), Icon: "camera", ID: "take", Tap: func() { a.take(d) }}
	n := s.count(files)
	if n == 0 {
		return look.Button(st, take)
	}
	row := []look.ButtonOpts{{Label: a.say("foto.hide"), Icon: "eraser", Small: true, ID: "cover", Tap: func() { a.openCover(s, files[s.at]) }}}
	if n < mostPhotos {
		take.Label, take.Small = a.say("foto.more"), true
		row = append(row, take)
	}
	grid := a.row(row...)
	if s.busy > 0 {
		return reserve(grid)
	}
	return grid
}

// row puts small buttons beside each other. Where that needs the room of their signs, they go without: in two lines they would push what is
// asked off a small screen.
func (a *App) row(buttons ...look.ButtonOpts) fyne.CanvasObject {
	gap, room := a.px(10), a.size.Width-2*a.style.Margin()
	made := func(signs bool) fyne.CanvasObject {
		var all []fyne.CanvasObject
		for _, b := range buttons {
			if !signs {
				b.Icon = ""
			}
			all = append(all, look.Button(a.style, b))
		}
		return look.Grid(gap, len(all), all...)
	}
	with, without := made(true), made(false)
	if look.HeightFor(without, room) < look.HeightFor(with, room) {
		return without
	}
	return with
}

// preparing says that a file is being prepared, and how far that is.
func (a *App) preparing(stage int) fyne.CanvasObject {
	return look.Card(a.style, look.Progress(a.style, stage, 3, a.say("photo.busy"), a.say("photo.stage."+strconv.Itoa(stage))))
}

// about asks what the report is about: first the field, then the thing. done is told whether the thing was chosen.
func (a *App) about(d *draft, open *bool, asked bool, done func(what bool)) []fyne.CanvasObject {
	st := a.style
	cat, _ := d.fieldOf(pathCategory)
	chosen, ok := selected(cat)
	var objs []fyne.CanvasObject
	if !ok || *open {
		objs = append(objs, a.heading(look.Lead, cat.Label))
		if asked && !ok {
			objs = append(objs, look.Problem(st, a.say("about.missing")))
		}
		return append(objs, a.categories(cat, func(o form.Option) {
			*open = false
			if !o.Selected {
				d.visit.Answer(pathCategory, o.Value)
				d.visit.Answer(pathWhat, nil)
			}
			a.keep(d, true)
			done(false)
		}))
	}
	objs = append(objs, look.Beside(st.Gap(), a.heading(look.TitleS, chosen.Label),
		look.Link(st, look.LinkOpts{Label: a.say("change"), Icon: "pencil", Name: a.say("about.change"), ID: "category", Tap: func() { *open = true; a.show() }})))
	what, ok := d.fieldOf(pathWhat)
	if !ok {
		return objs
	}
	objs = append(objs, a.heading(look.Lead, what.Label))
	if _, said := selected(what); asked && !said && what.Required {
		objs = append(objs, look.Problem(st, a.say("about.what.missing")))
	}
	var cells []fyne.CanvasObject
	for i, o := range what.Options {
		cells = append(cells, look.Choice(st, look.ChoiceOpts{Title: o.Label, Hint: o.Hint, Selected: o.Selected, ID: pathWhat + "=" + strconv.Itoa(i), Tap: func() {
			d.visit.Answer(pathWhat, o.Value)
			a.keep(d, true)
			done(true)
		}}))
	}
	return append(objs, look.Grid(a.px(10), 2, cells...))
}

// categories are the fields a report can be about, as on the start page.
func (a *App) categories(f form.Field, tap func(o form.Option)) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for i, o := range f.Options {
		cells = append(cells, look.Cell(a.style, look.CellOpts{Icon: strings.TrimPrefix(o.Mark, "icon:"), Title: o.Label, Chosen: o.Selected, Choice: true,
			ID: pathCategory + "=" + strconv.Itoa(i), Tap: func() { tap(o) }}))
	}
	return look.Grid(a.px(10), 3, cells...)
}

func (s *foto) next(a *App) {
	for _, path := range []string{pathCategory, pathWhat} {
		if f, ok := s.draft.fieldOf(path); ok && (f.Missing || path == pathCategory && f.Value == nil) {
			s.asked = true
			a.reveal = path + "=0"
			a.show()
			return
		}
	}
	if s.busy > 0 { // all is said: it goes on by itself when the photo is ready
		s.ahead = true
		a.show()
		return
	}
	a.onward(s.draft, s)
}

// onward goes to the first step behind `from` at which something is still to be said. A place that the photo named is shown with the
// questions; only where others reported the same nearby, they are shown first.
func (a *App) onward(d *draft, from screen) {
	a.keep(d, true)
	if _, atPhoto := from.(*foto); atPhoto {
		if at, ok := d.spot(); !ok || len(a.sameAs(d, at)) > 0 {
			a.push(&where{draft: d})
			return
		}
	}
	if d.answer(pathCategory) == "" && from.name() != "foto" {
		a.push(&foto{draft: d, asked: true})
		return
	}
	a.push(&ask{filling: filling{draft: d}})
}

// back leaves the report: what was begun stays in the list, what is empty goes.
func (s *foto) back(a *App) bool {
	if s.draft.empty() && s.draft.preparing == 0 {
		a.drop(s.draft)
	} else {
		a.keep(s.draft, true)
	}
	return false
}
