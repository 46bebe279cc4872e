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
	k.s.touched = k.o.Now()
	k.stir()
	if !k.s.warned.IsZero() {
		k.stay(false)
	}
}

// stir begins the stillness anew: somebody touched something, or another screen came.
func (k *Kiosk) stir() { k.still, k.quiet = k.o.Now(), 0 }

// calm is what is done while nothing happens, one after the other, and for how long nothing has to. Fyne forgets what was drawn, what somebody typed among
// it, 4 seconds after it was shown last (package early), but only when it draws, and forgets the widgets of former pages only every 10 seconds. The first
// picture keeps what is shown now, so that the next finger does not wait for it to be drawn anew; the second forgets what was shown before. The third,
// which forgets its widgets, comes later: without a graphics card a picture costs processor time, and a screen at rest has to stay below two percent. The
// last step comes when nothing moves any more.
func (k *Kiosk) calm() []stillness {
	return []stillness{{1 * time.Second, k.rest}, {4 * time.Second, k.rest}, {5 * time.Second, k.o.Quiet},
		{20 * time.Second, k.rest}, {40 * time.Second, k.o.Quiet}}
}

// rest draws what is shown once more, to be kept for the next finger until it would be asked whether anybody is there, and no longer. Where that is not
// asked yet, it is drawn again in time.
func (k *Kiosk) rest() {
	if k.o.Repaint == nil {
		return
	}
	k.rested = k.o.Now()
	keep := k.patience()
	if !k.lasting() {
		keep -= k.rested.Sub(k.s.touched)
	}
	k.o.Repaint(max(keep, keepLeast))
}

// keepLeast: what is shown is not forgotten from one second to the next.
const keepLeast = 4 * time.Second

// lasting tells whether the screen stays as it is for as long as nobody touches it.
func (k *Kiosk) lasting() bool { return len(k.s.stack) == 1 || k.s.moving > 0 || k.s.silence != nil }

// patience is how long nobody has to touch anything until it is asked whether anybody is there.
func (k *Kiosk) patience() time.Duration {
	if k.s.patient {
		return k.o.Idle.More
	}
	return k.o.Idle.Warn
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
	calm := k.calm()
	for ; k.quiet < len(calm) && now.Sub(k.still) > calm[k.quiet].after; k.quiet++ {
		k.awake = false
		if do := calm[k.quiet].do; do != nil {
			do()
		}
	}
	if k.quiet == len(calm) && k.lasting() && now.Sub(k.rested) >= k.patience()/2 {
		k.rest()
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
	switch {
	case s.warned.IsZero() && now.Sub(s.touched) >= k.patience():
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
