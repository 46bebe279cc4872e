package kiosk

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

func (k *Kiosk) note(kind look.Kind, icon, title, text string) fyne.CanvasObject {
	return look.Note(k.s.style, look.NoteOpts{Kind: kind, Icon: icon, Title: title, Text: text})
}

// amount is a sum of money with what it is for.
func (k *Kiosk) amount(icon, what, sum string) fyne.CanvasObject {
	if icon == "" {
		icon = "coin-euro"
	}
	return look.Note(k.s.style, look.NoteOpts{Kind: look.Info, Icon: icon, Text: what, Value: sum})
}

func (k *Kiosk) heading(size look.Size, s string) fyne.CanvasObject {
	return look.Text(k.s.style, size, s, look.TextOpts{Bold: true, Heading: true})
}

func (k *Kiosk) muted(s string) fyne.CanvasObject {
	return look.Text(k.s.style, look.Body, s, look.TextOpts{Color: k.s.style.Colors().Ink2})
}

func (k *Kiosk) button(a action) fyne.CanvasObject { return look.Button(k.s.style, k.opts(a)) }

func (k *Kiosk) cardBox(o fyne.CanvasObject) fyne.CanvasObject { return look.Card(k.s.style, o) }

// led puts an object of a fixed size at the left of one that takes the rest.
func led(least, w, h, gap float32, top bool, left, right fyne.CanvasObject) fyne.CanvasObject {
	height := func(width float32) float32 { return max(h, look.HeightFor(right, width-w-gap)) }
	return look.NewScene(least, height, func(s fyne.Size) []fyne.CanvasObject {
		rh := look.HeightFor(right, s.Width-w-gap)
		ly, ry := (s.Height-h)/2, (s.Height-rh)/2
		if top {
			ly, ry = 0, 0
		}
		return []fyne.CanvasObject{look.At(left, 0, ly, w, h), look.At(right, w+gap, ry, s.Width-w-gap, rh)}
	})
}

// leftmost leaves a button its width, but not less than other buttons of the bar of actions have.
func (k *Kiosk) leftmost(b fyne.CanvasObject) fyne.CanvasObject {
	w := max(b.MinSize().Width, k.px(300))
	return look.NewScene(w, func(float32) float32 { return look.HeightFor(b, w) }, func(s fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(b, 0, 0, min(w, s.Width), s.Height)}
	})
}

// shares puts two objects beside each other, the first with this share of the width; below each other where one would not fit.
func (k *Kiosk) shares(first float32, a, b fyne.CanvasObject) fyne.CanvasObject {
	gap := k.px(20)
	split := func(w float32) (wa, wb float32, ok bool) {
		wa = (w - gap) * first
		wb = w - gap - wa
		return wa, wb, wa >= a.MinSize().Width && wb >= b.MinSize().Width
	}
	height := func(w float32) float32 {
		if wa, wb, ok := split(w); ok {
			return max(look.HeightFor(a, wa), look.HeightFor(b, wb))
		}
		return look.HeightFor(a, w) + gap + look.HeightFor(b, w)
	}
	return look.NewScene(max(a.MinSize().Width, b.MinSize().Width), height, func(s fyne.Size) []fyne.CanvasObject {
		if wa, wb, ok := split(s.Width); ok {
			return []fyne.CanvasObject{look.At(a, 0, 0, wa, s.Height), look.At(b, wa+gap, 0, wb, s.Height)}
		}
		ha := look.HeightFor(a, s.Width)
		return []fyne.CanvasObject{look.At(a, 0, 0, s.Width, ha), look.At(b, 0, ha+gap, s.Width, s.Height-ha-gap)}
	})
}

// iconLine is a sentence with a sign before it.
func (k *Kiosk) iconLine(icon, text string) fyne.CanvasObject { return k.signed(icon, text, false) }

func (k *Kiosk) boldLine(icon, text string) fyne.CanvasObject { return k.signed(icon, text, true) }

func (k *Kiosk) signed(icon, text string, bold bool) fyne.CanvasObject {
	st := k.s.style
	size := k.px(48)
	return led(k.px(180), size, size, k.px(20), strings.Contains(text, "\n"),
		look.Icon(st, icon, size, st.Colors().Accent), look.Text(st, look.Body, text, look.TextOpts{Bold: bold}))
}

// niche is a pictogram in a round-topped niche of the Arkade.
func (k *Kiosk) niche(icon string, w, h float32, fill, ink color.Color) fyne.CanvasObject {
	p := look.NewScene(w, look.Fixed(h), func(s fyne.Size) []fyne.CanvasObject {
		r := canvas.NewRectangle(fill)
		r.TopLeftCornerRadius, r.TopRightCornerRadius = s.Width/2, s.Width/2
		r.BottomLeftCornerRadius, r.BottomRightCornerRadius = k.px(12), k.px(12)
		if k.s.style.Contrast != look.Normal {
			r.StrokeColor, r.StrokeWidth = k.s.style.Colors().Ink, k.px(4)
		}
		i := s.Width * 0.52
		return []fyne.CanvasObject{look.At(r, 0, 0, s.Width, s.Height), look.At(look.Icon(k.s.style, icon, i, ink), (s.Width-i)/2, (s.Height-i)/2+s.Height*0.04, i, i)}
	})
	return p
}

// serviceHead is niche, situation and name of a service.
func (k *Kiosk) serviceHead(icon, kicker, title string) fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	words := look.Column(k.px(4), k.muted(kicker), look.Text(st, look.TitleL, title, look.TextOpts{Bold: true}))
	if st.Text >= 2 || k.landscape() {
		return words
	}
	w, h := k.px(140), k.px(162)
	return led(k.px(400), w, h, k.px(36), false, k.niche(icon, w, h, c.AccentSoft, c.Accent), words)
}

// stateHead is a title with the sign of a state in a niche of warm colour.
func (k *Kiosk) stateHead(icon, title string) fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	text := look.Text(st, look.TitleL, title, look.TextOpts{Bold: true})
	if st.Text >= 2 {
		return text
	}
	w, h := k.px(132), k.px(156)
	return led(k.px(400), w, h, k.px(32), false, k.niche(icon, w, h, c.WarnSoft, c.Warn), text)
}

// live is what happens just now: a small Sprudel whose middle bar is gold, and words.
func (k *Kiosk) live(words string) fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	text := look.Text(st, look.TitleM, words, look.TextOpts{Bold: true, Color: c.OnAccent})
	w, h := k.px(96), k.px(100)
	bars := look.NewScene(w, look.Fixed(h), func(s fyne.Size) []fyne.CanvasObject {
		var objs []fyne.CanvasObject
		for i, part := range []float32{0.35, 0.6, 1, 0.6, 0.35} {
			r := canvas.NewRectangle(c.OnAccent)
			if i == 2 && st.Contrast == look.Normal {
				r.FillColor = c.Gold
			}
			bw := s.Width / 7
			r.CornerRadius = bw / 2
			objs = append(objs, look.At(r, float32(i)*(s.Width-bw)/4, s.Height*(1-part), bw, s.Height*part))
		}
		return objs
	})
	return look.On(look.Panel(st, c.Accent, nil, 28), look.Inset(led(k.px(300), w, h, k.px(32), false, bars, text), k.px(36), k.px(32), k.px(36), k.px(32)))
}

// bigAmount is what is paid just now.
func (k *Kiosk) bigAmount(what, sum string) fyne.CanvasObject {
	st := k.s.style
	size := look.Number
	if k.landscape() {
		size = look.TitleL
	}
	return look.Column(0, look.Text(st, look.Lead, what, look.TextOpts{Center: true, Color: st.Colors().Ink2}), look.Text(st, size, sum, look.TextOpts{Bold: true, Center: true}))
}

// dots are three numbered steps, one of them now.
func (k *Kiosk) dots(at3 int, words ...string) fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	var cells []fyne.CanvasObject
	for i, word := range words {
		d := k.px(76) * (1 + (st.Factor()-1)*0.4)
		dot := look.NewScene(d, look.Fixed(d), func(s fyne.Size) []fyne.CanvasObject {
			ring := canvas.NewCircle(c.Surface)
			ring.StrokeColor, ring.StrokeWidth = c.Edge, k.px(3)
			ink := c.Ink2
			if i <= at3 {
				ring.FillColor, ring.StrokeColor, ink = c.Accent, c.Accent, c.OnAccent
			}
			objs := []fyne.CanvasObject{look.At(ring, (s.Width-d)/2, 0, d, d)}
			if i < at3 {
				return append(objs, look.At(look.Icon(st, "check", d*0.6, ink), (s.Width-d*0.6)/2, d*0.2, d*0.6, d*0.6))
			}
			n := look.Letters(string(rune('1'+i)), ink, st.Size(look.Lead), true)
			m := n.MinSize()
			return append(objs, look.At(n, (s.Width-m.Width)/2, (d-m.Height)/2, m.Width, m.Height))
		})
		cells = append(cells, look.Column(k.px(12), dot, look.Text(st, look.Body, word, look.TextOpts{Bold: i == at3, Center: true})))
	}
	return look.Grid(k.px(12), len(words), cells...)
}

// When a step of a path lies.
type when int

const (
	past when = iota
	now
	open
)

// step is one station of a path.
type step struct {
	icon, title, text string
	when              when
}

// path shows stations under each other, joined by a line: what was, what is now, what comes.
func (k *Kiosk) path(steps ...step) fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	var rows []fyne.CanvasObject
	d := k.px(84)
	for i, s := range steps {
		last := i == len(steps)-1
		words := []fyne.CanvasObject{look.Text(st, look.Lead, s.title, look.TextOpts{Bold: true})}
		if s.text != "" {
			words = append(words, k.muted(s.text))
		}
		text := look.Column(0, words...)
		gapBelow := k.px(28)
		if last {
			gapBelow = 0
		}
		height := func(w float32) float32 { return max(d, look.HeightFor(text, w-d-k.px(28))) + gapBelow }
		rows = append(rows, look.NewScene(k.px(400), height, func(size fyne.Size) []fyne.CanvasObject {
			ring := canvas.NewCircle(c.Surface)
			ring.StrokeColor, ring.StrokeWidth = c.Edge, k.px(3)
			ink := c.Ink2
			switch s.when {
			case past:
				ring.FillColor, ring.StrokeColor, ink = c.OK, c.OK, c.Surface
			case now:
				ring.FillColor, ring.StrokeColor, ink = c.Gold, c.Gold, c.Ink
				if st.Contrast != look.Normal {
					ink = c.Surface
				}
			}
			var objs []fyne.CanvasObject
			if !last {
				line := canvas.NewRectangle(c.Line)
				if s.when == past {
					line.FillColor = c.OK
				}
				objs = append(objs, look.At(line, d/2-k.px(2), d+k.px(4), k.px(4), max(size.Height-d-k.px(8), 0)))
			}
			th := look.HeightFor(text, size.Width-d-k.px(28))
			return append(objs, look.At(ring, 0, 0, d, d), look.At(look.Icon(st, s.icon, d*0.52, ink), d*0.24, d*0.24, d*0.52, d*0.52),
				look.At(text, d+k.px(28), max((d-th)/2, 0), size.Width-d-k.px(28), th))
		}))
	}
	return look.Column(0, rows...)
}

// qr draws a code of this size in design pixels; an error of the encoder (the text is far too long) leaves a sentence in its place.
func (k *Kiosk) qr(data, name string, size float32) fyne.CanvasObject {
	modules, err := qr.Matrix(data, qr.Medium)
	if err != nil {
		return k.muted(name)
	}
	return look.QR(k.s.style, modules, size, name)
}

// languages are the pills of the languages there are.
func (k *Kiosk) languages() fyne.CanvasObject {
	var pills []fyne.CanvasObject
	for _, l := range k.o.Texts.Languages() {
		pills = append(pills, look.Button(k.s.style, look.ButtonOpts{Label: k.o.Texts.Say(l, "kiosk.lang"), Pill: true, Chosen: l == k.s.style.Lang, ID: "lang-" + l,
			Tap: k.tap(func() { k.setLang(l) })}))
	}
	return look.Grid(k.px(14), max(len(pills), 3), pills...)
}

// searchBar is the closed search field of the home screen: a touch opens the search.
func (k *Kiosk) searchBar(words string) fyne.CanvasObject {
	return look.Field(k.s.style, look.FieldOpts{Label: k.say("home.search"), NoLabel: true, Example: words, Icon: "search", Pill: true, ID: "search",
		Tap: k.tap(func() { k.push(&search{}) })})
}

// searchField is the open one, with the way back beside it.
func (k *Kiosk) searchField(s *search) fyne.CanvasObject {
	st := k.s.style
	field := look.Field(st, look.FieldOpts{Label: k.say("home.search"), NoLabel: true, Text: s.query, Icon: "search", Focused: !k.s.keysShut, ID: "search", Max: longestQuery,
		Tap: k.tap(func() { k.s.keysShut = false; k.show() }), Typed: func(q string, over bool) { k.touch(); k.s.brim.Note("search", over); s.query = q; k.show() }})
	back := look.Button(st, k.opts(k.goBack()))
	w := back.MinSize().Width
	row := fyne.CanvasObject(led(k.px(400), w, look.HeightFor(back, w), k.px(20), true, back, field))
	if st.Text >= 1.5 && !k.landscape() {
		row = look.Column(k.px(16), back, field)
	}
	return row
}

// large is a row with a pictogram in its niche: a service.
func (k *Kiosk) large(icon, title, hint, id string, tap func()) fyne.CanvasObject {
	return k.onward(look.TileOpts{Icon: icon, Title: title, Hint: hint, ID: id, Tap: k.tap(tap)})
}

// tall is a row that is one of few on its page: a way to pay.
func (k *Kiosk) tall(icon, title, hint, id string, tap func()) fyne.CanvasObject {
	room := !k.landscape() && !k.s.style.Reach
	return k.onward(look.TileOpts{Icon: icon, Title: title, Hint: hint, ID: id, Tall: room, Tap: k.tap(tap)})
}

// onward is a tile with a sign that it leads on, where there is room for one.
func (k *Kiosk) onward(o look.TileOpts) fyne.CanvasObject {
	st := k.s.style
	tile := look.Tile(st, o)
	size, lead, side := k.px(44), look.Lead, k.px(240)
	if o.Tall {
		lead, side = look.TitleS, k.px(300)
	}
	return look.NewScene(tile.MinSize().Width, tile.HeightFor, func(s fyne.Size) []fyne.CanvasObject {
		objs := []fyne.CanvasObject{look.At(tile, 0, 0, s.Width, s.Height)}
		words := max(look.Measure(o.Title, st.Size(lead), true).Width, look.Measure(o.Hint, st.Size(look.Body), false).Width)
		if words < s.Width-side {
			objs = append(objs, look.At(look.Icon(st, "chevron-right", size, st.Colors().Accent), s.Width-size-k.px(24), (s.Height-size)/2, size, size))
		}
		return objs
	})
}
