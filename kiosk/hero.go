package kiosk

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// onAccent is a text on the petrol ground; in the contrast themes that ground is plain.
func (k *Kiosk) onAccent(size look.Size, s string, bold bool) fyne.CanvasObject {
	c := k.s.style.Colors()
	ink := c.OnAccent2
	if bold {
		ink = c.OnAccent
	}
	if k.s.style.Contrast != look.Normal {
		ink = c.Ink
	}
	return look.Text(k.s.style, size, s, look.TextOpts{Bold: bold, Color: ink})
}

// lively tells whether somebody was here a moment ago: a picture drawn for nobody does not begin to move.
func (k *Kiosk) lively() bool { return k.o.Now().Sub(k.s.touched) < look.MotionTime }

func (k *Kiosk) accentGround() *canvas.Rectangle {
	c := k.s.style.Colors()
	if k.s.style.Contrast != look.Normal {
		return canvas.NewRectangle(c.Ground)
	}
	return canvas.NewRectangle(c.Accent)
}

// attractPanel covers the whole screen: a touch anywhere begins.
func (k *Kiosk) attractPanel() fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	center := func(size look.Size, s string, bold bool) fyne.CanvasObject {
		ink := c.OnAccent2
		if bold {
			ink = c.OnAccent
		}
		if st.Contrast != look.Normal {
			ink = c.Ink
		}
		return look.Text(st, size, s, look.TextOpts{Bold: bold, Center: true, Color: ink})
	}
	touch := k.startButton()
	var pills []fyne.CanvasObject
	for _, l := range k.o.Texts.Languages() {
		pills = append(pills, look.Button(st, look.ButtonOpts{Label: k.o.Texts.Say(l, "kiosk.lang"), Pill: true, OnAccent: true, ID: "lang-" + l, Tap: func() { k.enter(l) }}))
	}
	if k.landscape() && st.Text > 1 { // no room for all their names: they are on a page of their own
		pills = []fyne.CanvasObject{look.Button(st, look.ButtonOpts{Label: k.say("home.language"), Icon: "language", Pill: true, OnAccent: true, ID: "languages",
			Tap: func() { k.enter(st.Lang); k.push(&language{}) }})}
	}
	title := look.Display
	if k.landscape() {
		title = look.TitleL
		if st.Text > 1 {
			title = look.TitleM
		}
	}
	lead := k.say("attract.lead")
	if k.landscape() { // a line of its own for each sentence
		lead = strings.ReplaceAll(lead, ". ", ".\n")
	}
	words := look.Column(k.px(18), center(title, k.say("attract.title"), true), center(look.Lead, lead, false))
	line := ""
	if !k.online {
		line = k.say("attract.offline")
	}
	if k.o.Board != nil {
		if list := k.o.Board(st.Lang); len(list) > 0 && (k.online || k.beat/10%2 == 1) {
			line = list[k.beat/10%len(list)].Text
		}
	}
	board := center(look.Body, line, false)
	wide := k.landscape()
	mark := k.wordmark()
	return look.NewScene(k.px(300), look.Fixed(k.px(300)), func(s fyne.Size) []fyne.CanvasObject {
		sky := look.Gradient(c.AttractTop, c.AttractBottom)
		any := newGround(func() { k.enter(k.s.style.Lang) })
		m := st.Margin()
		objs := []fyne.CanvasObject{look.At(sky, 0, 0, s.Width, s.Height), look.At(any, 0, 0, s.Width, s.Height)}
		left, w := m, s.Width-2*m
		textTop, foot := float32(0), s.Height-k.px(60)
		if wide {
			left, w = s.Width*0.52, s.Width*0.48-k.px(48)
		}
		// from the foot upwards: board, languages, the button, the words; what remains is the fountain's
		bh := look.HeightFor(board, w)
		if line != "" {
			foot -= bh
			objs = append(objs, look.At(board, left, foot, w, bh))
			foot -= k.px(28)
		}
		grid := look.Grid(k.px(13), max(len(pills), 2), pills...)
		gh := look.HeightFor(grid, w)
		foot -= gh
		objs = append(objs, look.At(grid, left, foot, w, gh))
		th := max(k.px(172), look.HeightFor(touch, w))
		if wide {
			th = max(k.px(130), look.HeightFor(touch, w))
		}
		foot -= th + k.px(40)
		objs = append(objs, look.At(touch, left, foot, w, th))
		wh := look.HeightFor(words, w)
		if wide && (st.Text > 1 || foot < wh+k.px(80)) { // no room for more than the title
			words = look.Column(0, center(title, k.say("attract.title"), true))
			wh = look.HeightFor(words, w)
		}
		foot -= wh + k.px(44)
		textTop = foot
		objs = append(objs, look.At(words, left, textTop, w, wh))
		mw := s.Width - k.px(128)
		if wide {
			mw = s.Width*0.5 - k.px(64)
		}
		objs = append(objs, look.At(mark, k.px(64), k.px(56), mw, k.px(110)))
		// the fountain with its basin and the sun behind it
		fx, fw, fy, ff := k.px(40), s.Width-k.px(80), k.px(190), textTop-k.px(58)
		if wide {
			fw, fy, ff = s.Width*0.46, k.px(190), s.Height-k.px(80)
		}
		if ff-fy > k.px(120) {
			sun := canvas.NewCircle(c.Gold)
			d := min(k.px(340), (ff-fy)*0.42)
			if st.Contrast == look.Normal {
				objs = append(objs, look.At(sun, fx+fw*0.55, fy+(ff-fy)*0.12, d, d))
			}
			spring := look.Sprudel(st, fw/k.px(1), (ff-fy)/k.px(1), look.SprudelOpts{OnAccent: true, Moving: k.lively()})
			basin := canvas.NewRectangle(c.OnAccent)
			if st.Contrast != look.Normal {
				basin.FillColor = c.Ink
			}
			basin.CornerRadius = k.px(17)
			objs = append(objs, look.At(spring, fx, fy, fw, ff-fy), look.At(basin, fx, ff, fw, k.px(34)))
		}
		return objs
	})
}

// hallMark is the same for the narrow hall: the town's name has a line of its own.
func (k *Kiosk) hallMark() fyne.CanvasObject {
	d := k.px(80)
	return look.Column(0, led(k.px(200), d, d, k.px(20), false, k.mark(), k.onAccent(look.TitleS, k.say("kiosk.brand"), true)),
		k.onAccent(look.Body, k.o.Catalogue.Tenant().Name, false))
}

// wordmark is the head's mark and names on the accent, without the head's ground.
func (k *Kiosk) wordmark() fyne.CanvasObject {
	words := look.Column(0, k.onAccent(look.TitleS, k.say("kiosk.brand"), true))
	if k.s.style.Text <= 1 || !k.landscape() {
		words.Add(k.onAccent(look.Body, k.o.Catalogue.Tenant().Name, false))
	}
	d := k.px(80)
	return led(k.px(200), d, d, k.px(20), false, k.mark(), words)
}

func (k *Kiosk) mark() fyne.CanvasObject {
	c := k.s.style.Colors()
	bar := c.OnAccent
	if k.s.style.Contrast != look.Normal {
		bar = c.Ink
	}
	d := k.px(80)
	return look.NewScene(d, look.Fixed(d), func(s fyne.Size) []fyne.CanvasObject {
		u := d / 80
		var objs []fyne.CanvasObject
		for _, b := range [][3]float32{{4, 52, 24}, {19.25, 38, 38}, {34.5, 24, 52}, {49.75, 38, 38}, {65, 52, 24}} {
			r := canvas.NewRectangle(bar)
			r.CornerRadius = 4 * u
			objs = append(objs, look.At(r, b[0]*u, b[1]*u, 11*u, b[2]*u))
		}
		drop := canvas.NewCircle(c.Gold)
		return append(objs, look.At(drop, 32*u, 2*u, 16*u, 16*u))
	})
}

// heroHead is a petrol head: mark and "Beenden" above, content, the Sprudel at the right, the arches below. The spring's foot lies so far
// below the head; 0: it stands on the arches.
func (k *Kiosk) heroHead(end bool, springW, springH, springBelow float32, content fyne.CanvasObject) fyne.CanvasObject {
	st := k.s.style
	o := look.HeadOpts{Title: k.say("kiosk.brand"), Sub: k.o.Catalogue.Tenant().Name, OnAccent: true}
	if end && !k.endInPlinth() && !st.Reach {
		o.End, o.Tap = k.say("kiosk.end"), k.tap(k.finish)
	}
	head := look.Head(st, o)
	frieze := look.Frieze(st)
	var spring fyne.CanvasObject
	if st.Text == 1 && st.Contrast == look.Normal {
		spring = look.Sprudel(st, springW, springH, look.SprudelOpts{Bars: 11, OnAccent: true})
	}
	m := st.Margin()
	height := func(w float32) float32 {
		return look.HeightFor(head, w) + look.HeightFor(content, w-2*m) + k.px(30) + frieze.HeightFor(w)
	}
	return look.NewScene(k.px(300), height, func(s fyne.Size) []fyne.CanvasObject {
		hh := look.HeightFor(head, s.Width)
		fh := frieze.HeightFor(s.Width)
		ch := look.HeightFor(content, s.Width-2*m)
		objs := []fyne.CanvasObject{look.At(k.accentGround(), 0, 0, s.Width, s.Height), look.At(head, 0, 0, s.Width, hh)}
		if spring != nil {
			w, h := k.px(springW), k.px(springH)
			below := hh + k.px(springBelow)
			if springBelow == 0 {
				below = s.Height - fh
			}
			objs = append(objs, look.At(spring, s.Width-m-w-k.px(10), below-h, w, h))
		}
		return append(objs, look.At(content, m, hh, s.Width-2*m, ch), look.At(frieze, 0, s.Height-fh, s.Width, fh))
	})
}

// searchBelow tells whether the search field stands below the head: in reach mode it must be low, in landscape it is in the hall if there
// is one.
func (k *Kiosk) searchBelow() bool {
	if k.landscape() {
		return !k.hasHall()
	}
	return k.s.style.Reach
}

func (k *Kiosk) homeHero() fyne.CanvasObject {
	st := k.s.style
	if k.landscape() {
		return nil
	}
	if st.Reach {
		return k.reachPanel(k.say("home.title"), k.say("home.lower"), k.size.Height-k.px(low))
	}
	title := k.onAccent(look.TitleM, k.say("home.title"), true)
	words := []fyne.CanvasObject{title}
	if st.Text < 2 {
		words = []fyne.CanvasObject{k.onAccent(look.Lead, k.say("home.greeting"), false), title}
	}
	narrow := fyne.CanvasObject(look.Column(k.px(8), words...))
	if st.Text == 1 {
		narrow = look.Inset(narrow, 0, k.px(8), k.px(420), 0)
	}
	hint := k.say("home.search.hint")
	if st.Text > 1 {
		hint = k.say("home.search")
	}
	return k.heroHead(true, 330, 254, 280, look.Column(k.px(34), narrow, k.searchBar(hint)))
}

// hasHall tells whether the left hall is drawn: in landscape, as long as the text is small enough for it.
func (k *Kiosk) hasHall() bool { return k.landscape() && k.s.style.Text <= 1 }

// homeHall is the left part of the landscape home screen.
func (k *Kiosk) homeHall() fyne.CanvasObject {
	if !k.hasHall() {
		return nil
	}
	st := k.s.style
	m := k.px(20)
	buttons := []fyne.CanvasObject{k.searchBar(k.say("home.search")),
		look.Button(st, look.ButtonOpts{Label: k.say("home.language"), Icon: "language", Small: true, OnAccent: true, ID: "language", Tap: k.tap(func() { k.push(&language{}) })}),
		look.Button(st, look.ButtonOpts{Label: k.say("kiosk.end"), Icon: "logout", Small: true, OnAccent: true, ID: "end", Tap: k.tap(k.finish)})}
	words := []fyne.CanvasObject{k.hallMark(), k.onAccent(look.Lead, k.say("home.greeting"), false)}
	words = append(words, k.onAccent(look.TitleS, k.say("home.title"), true))
	return k.hall(look.Inset(look.Column(k.px(16), append(words, buttons...)...), m, k.px(24), m, k.px(12)))
}

func (k *Kiosk) hall(content fyne.CanvasObject) fyne.CanvasObject {
	st := k.s.style
	frieze := look.Frieze(st)
	return look.NewScene(k.px(400), look.Fixed(k.px(600)), func(s fyne.Size) []fyne.CanvasObject {
		objs := []fyne.CanvasObject{look.At(k.accentGround(), 0, 0, s.Width, s.Height)}
		fh := frieze.HeightFor(s.Width)
		ch := look.HeightFor(content, s.Width)
		if ch+fh <= s.Height {
			objs = append(objs, look.At(frieze, 0, s.Height-fh, s.Width, fh))
		}
		return append(objs, look.At(content, 0, 0, s.Width, ch))
	})
}

func (k *Kiosk) doneHero(title, text string) fyne.CanvasObject {
	if k.landscape() {
		return nil
	}
	if k.s.style.Reach {
		return k.reachPanel(title, text, k.size.Height-k.px(low))
	}
	words := look.Inset(look.Column(k.px(10), k.tick(), k.onAccent(look.TitleM, title, true), k.onAccent(look.Lead, text, false)), 0, k.px(18), k.px(260), k.px(10))
	if k.s.style.Text > 1 {
		words = look.Inset(look.Column(k.px(10), k.onAccent(look.TitleM, title, true), k.onAccent(look.Lead, text, false)), 0, 0, 0, k.px(10))
	}
	return k.heroHead(false, 260, 380, 0, words)
}

func (k *Kiosk) doneHall(title, text string) fyne.CanvasObject {
	if !k.hasHall() {
		return nil
	}
	m := k.px(20)
	return k.hall(look.Inset(look.Column(k.px(20), k.hallMark(), k.tick(), k.onAccent(look.TitleM, title, true), k.onAccent(look.Lead, text, false)), m, k.px(28), m, m))
}

// tick is the large sign for "done".
func (k *Kiosk) tick() fyne.CanvasObject {
	c := k.s.style.Colors()
	d := k.px(112)
	return look.NewScene(d, look.Fixed(d), func(fyne.Size) []fyne.CanvasObject {
		disc := canvas.NewCircle(c.Surface)
		return []fyne.CanvasObject{look.At(disc, 0, 0, d, d), look.At(look.Icon(k.s.style, "check", d*0.66, c.OK), d*0.17, d*0.17, d*0.66, d*0.66)}
	})
}

// reachPanel is the head in reach mode: picture and question only, everything to touch is below it.
func (k *Kiosk) reachPanel(title, text string, h float32) fyne.CanvasObject {
	st := k.s.style
	m := st.Margin()
	head := look.Head(st, look.HeadOpts{Title: k.say("kiosk.brand"), Sub: k.o.Catalogue.Tenant().Name, OnAccent: true})
	words := look.Column(k.px(8), k.onAccent(look.TitleM, title, true))
	if text != "" {
		words = look.Column(k.px(8), k.onAccent(look.TitleM, title, true), k.onAccent(look.Lead, text, false))
	}
	frieze := look.Frieze(st)
	return look.NewScene(k.px(300), func(w float32) float32 {
		return max(h, look.HeightFor(head, w)+look.HeightFor(words, w-2*m)+frieze.HeightFor(w)+k.px(12))
	}, func(s fyne.Size) []fyne.CanvasObject {
		hh, wh, fh := look.HeightFor(head, s.Width), look.HeightFor(words, s.Width-2*m), frieze.HeightFor(s.Width)
		objs := []fyne.CanvasObject{look.At(k.accentGround(), 0, 0, s.Width, s.Height), look.At(head, 0, 0, s.Width, hh), look.At(frieze, 0, s.Height-fh, s.Width, fh)}
		y := max(s.Height-fh-k.px(40)-wh, hh)
		if room := y - hh - k.px(60); room > k.px(120) {
			w := s.Width - 2*m
			spring := look.Sprudel(st, w/k.px(1), room/k.px(1), look.SprudelOpts{OnAccent: true, Moving: k.lively()})
			objs = append(objs, look.At(spring, m, hh, w, room))
			basin := canvas.NewRectangle(st.Colors().OnAccent)
			if st.Contrast != look.Normal {
				basin.FillColor = st.Colors().Ink
			}
			basin.CornerRadius = k.px(9)
			objs = append(objs, look.At(basin, m, hh+room, w, k.px(18)))
		}
		return append(objs, look.At(words, m, y, s.Width-2*m, wh))
	})
}

// reachHead is the same for any page; with the keyboard it is lower, as the field must be seen above the keys.
func (k *Kiosk) reachHead(p page, keysOn bool) fyne.CanvasObject {
	h := k.size.Height - k.px(low)
	if keysOn {
		h = k.px(300)
	}
	return k.reachPanel(p.title, "", h)
}

// idlePage asks whether anybody is still there, while the spring sinks.
func (k *Kiosk) idlePage() page {
	st := k.s.style
	c := st.Colors()
	left := k.o.Idle.Wipe - k.o.Now().Sub(k.s.warned)
	seconds := max(int(math.Ceil(left.Seconds())), 0)
	fill := float32(max(left, 0)) / float32(k.o.Idle.Wipe)
	h := float32(380)
	if st.Text > 1 {
		h = 240
	}
	number := strconv.Itoa(seconds) + " " + k.say("idle.seconds", "n", seconds)
	size := look.TitleXL
	if k.landscape() {
		size = look.TitleL
	}
	p := page{noEnd: true}
	p.body = []fyne.CanvasObject{
		look.SprudelBars(st, 860, h, fill, k.say("idle.title"), number),
		look.Text(st, size, k.say("idle.title"), look.TextOpts{Bold: true, Center: true}),
		look.Text(st, look.Lead, k.idleText(), look.TextOpts{Center: true}),
		look.Text(st, look.TitleL, number, look.TextOpts{Bold: true, Center: true, Color: c.Accent}),
	}
	switch {
	case st.Reach && !k.landscape(): // the head asks
		p.title, p.body = k.say("idle.title"), p.body[2:]
	case st.Text >= 2 || k.landscape(): // no room for an ornament
		p.body = p.body[1:]
	}
	small := k.landscape()
	if small && st.Text > 1 {
		p.body = []fyne.CanvasObject{p.body[0], p.body[2]} // question and seconds
	}
	p.foot = []fyne.CanvasObject{
		look.Button(st, look.ButtonOpts{Small: small, Label: k.say("idle.yes"), Icon: "hand-finger", Primary: true, ID: "stay", Tap: func() { k.stay(false) }}),
		look.Button(st, look.ButtonOpts{Small: small, Label: k.say("idle.more", "minutes", int(k.o.Idle.More/time.Minute)), Icon: "clock-plus", ID: "patient", Tap: func() { k.stay(true) }}),
		look.Button(st, look.ButtonOpts{Small: small, Label: k.say("idle.end"), Icon: "logout", ID: "finish", Tap: k.Wipe}),
	}
	if small {
		p.gap = 8
		p.foot = p.foot[:2] // who waits ends it as well
	}
	if k.mayPauseNow() { // beside the way to end it, so that the page needs no more room
		pause := look.Button(st, look.ButtonOpts{Small: small, Label: k.say("pause.button"), Icon: "player-pause", ID: "pause", Tap: func() { k.stay(false); k.pause() }})
		p.foot = append(p.foot[:2:2], append([]fyne.CanvasObject{pause}, p.foot[2:]...)...)
	}
	return p
}
