package kiosk

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// touch is a sign of life.
func (k *Kiosk) touch() {
	if !k.awake && k.o.Stir != nil {
		k.o.Stir()
	}
	k.awake = true
	k.s.touched, k.quiet = k.o.Now(), 0
	if !k.s.warned.IsZero() {
		k.stay(false)
	}
}

// calm is what is done while nobody touches anything, one after the other, and how long nobody has to be there for it. Fyne forgets what was drawn,
// what somebody typed among it, 4 seconds after it was shown last (package early), but only when it draws, and forgets the widgets of former pages only
// every 10 seconds. The first picture keeps what is shown now, so that the next finger does not wait for it to be drawn anew; the second forgets what was
// shown before the last touch. The third, which forgets its widgets, comes later: without a graphics card a picture costs processor time, and a screen at
// rest has to stay below two percent. The last step comes when nothing moves any more.
func (k *Kiosk) calm() []stillness {
	return []stillness{{1 * time.Second, k.o.Repaint}, {4 * time.Second, k.o.Repaint}, {5 * time.Second, k.o.Quiet},
		{20 * time.Second, k.o.Repaint}, {40 * time.Second, k.o.Quiet}}
}

type stillness struct {
	after time.Duration
	do    func() // or nil
}

// Tick is called every second on the UI goroutine; tests call it with a clock of their own.
func (k *Kiosk) Tick() {
	k.beat++
	now := k.o.Now()
	online := k.o.Status == nil || k.o.Status.Online()
	changed := online != k.online || k.o.Window.Canvas().Scale() != k.s.style.Density
	k.online = online
	changed = k.lookAround() || changed
	s := k.s
	for calm := k.calm(); k.quiet < len(calm) && now.Sub(s.touched) > calm[k.quiet].after; k.quiet++ {
		k.awake = false
		if do := calm[k.quiet].do; do != nil {
			do()
		}
	}
	if len(s.stack) == 1 {
		if changed = k.renew() || changed; changed || (k.beat%10 == 0 && k.o.Board != nil) {
			k.show()
		}
		return
	}
	if k.sheet != nil && k.sheet.Offset() != k.seen {
		k.seen = k.sheet.Offset()
		k.touch()
	}
	if s.moving > 0 || s.silence != nil {
		s.touched, s.warned = now, time.Time{}
		return
	}
	limit := k.o.Idle.Warn
	if s.patient {
		limit = k.o.Idle.More
	}
	switch {
	case s.warned.IsZero() && now.Sub(s.touched) >= limit:
		if k.nothingToLose() {
			k.Wipe()
			return
		}
		s.warned = now
		k.o.Event("idle", "screen", k.top().name())
		k.show()
	case !s.warned.IsZero() && now.Sub(s.warned) >= k.o.Idle.Wipe:
		k.Wipe()
	case !s.warned.IsZero():
		k.show()
	case changed:
		k.show()
	}
}

// nothingToLose tells whether a wipe would cost nobody anything: no answers, no receipt, no case on the screen.
func (k *Kiosk) nothingToLose() bool { return k.s.visit == nil && k.s.kase == nil }

// stay ends the idle warning.
func (k *Kiosk) stay(patient bool) {
	k.s.warned, k.s.touched = time.Time{}, k.o.Now()
	k.s.patient = k.s.patient || patient
	k.show()
}

// ground lies under everything: a touch beside all buttons is a sign of life too.
type ground struct {
	widget.BaseWidget
	touched func()
}

func newGround(touched func()) *ground {
	g := &ground{touched: touched}
	g.ExtendBaseWidget(g)
	return g
}

func (g *ground) Tapped(*fyne.PointEvent)          { g.touched() }
func (g *ground) TappedSecondary(*fyne.PointEvent) { g.touched() }
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}
