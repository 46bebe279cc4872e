package look

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Frieze is the row of arches under an accent ground: the Wandelhalle. It is drawn on the accent and its arches are the ground below.
func Frieze(st Style) *Drawn {
	w, h, pitch := st.U(40), st.U(56), st.U(54)
	if st.Shell == Phone {
		w, h, pitch = st.U(18), st.U(24), st.U(24)
	}
	if st.Contrast != Normal {
		h = 0 // soft fills go in the contrast themes
	}
	zero := func(*pen) float32 { return 0 }
	return newDrawn(st, zero, func(*pen, float32) float32 { return h }, func(p *pen, s fyne.Size) {
		if h == 0 {
			return
		}
		p.fill(0, 0, s.Width, s.Height, 0, p.c.Hero)
		n := int(s.Width/pitch) + 1
		x := (s.Width - float32(n-1)*pitch - w) / 2
		for range n {
			o := canvas.NewRectangle(p.c.Ground)
			o.TopLeftCornerRadius, o.TopRightCornerRadius = w/2, w/2
			// An arch at the edge of the screen is cut by it, as a row of arches is.
			p.add(o, x, s.Height-h, w, h)
			x += pitch
		}
	}, nil)
}

// SprudelOpts says how the spring is drawn.
type SprudelOpts struct {
	Bars     int     // 0 = 17
	Fill     float32 // 0..1: how much of it still stands, for the countdown; 0 = 1 unless Sinking
	Sinking  bool    // draw Fill even when it is 0
	OnAccent bool    // light bars on the accent
	Name     string  // what it says to those who cannot see it; empty: an ornament
	Value    string
	Moving   bool // ±6 % in six seconds, unless the style is still
}

// SprudelBars is the spring as a countdown: its bars sink from 1 to 0, and the drop with them.
func SprudelBars(st Style, w, h, fill float32, name, value string) *Drawn {
	return Sprudel(st, w, h, SprudelOpts{Bars: 9, Fill: fill, Sinking: true, Name: name, Value: value})
}

// Sprudel is the spring: round-ended bars, the highest in the middle, a golden drop on top. w and h are design pixels.
func Sprudel(st Style, w, h float32, o SprudelOpts) *Drawn {
	if o.Bars == 0 {
		o.Bars = 17
	}
	if o.Fill == 0 && !o.Sinking {
		o.Fill = 1
	}
	f := &fountain{st: st, w: w, o: o}
	d := newDrawn(st, func(*pen) float32 { return st.U(w) }, func(*pen, float32) float32 { return st.U(h) }, f.paint, func() tree.Node {
		if o.Name == "" {
			return tree.Node{}
		}
		return tree.Node{Role: tree.Picture, Name: o.Name, Value: o.Value}
	})
	if o.Moving && !st.Quiet() {
		d.moves = true
		f.start(d)
		d.stop = f.anim.Stop
		d.pace = func() time.Duration {
			if f.still {
				return 0
			}
			return springFrame
		}
	}
	return d
}

type fountain struct {
	st   Style
	w    float32 // design pixels
	o    SprudelOpts
	anim *fyne.Animation
	// still says that it came to rest.
	still bool
	bars  []*canvas.Rectangle
	drop  []*canvas.Circle // above each bar, or nil
	full  []float32        // each bar's height at rest
	foot  float32
}

func (f *fountain) paint(p *pen, s fyne.Size) {
	n := f.o.Bars
	w := min(s.Width, p.st.U(f.w))
	left := (s.Width - w) / 2
	pitch := w / float32(n)
	bar := pitch * 0.56
	drop := bar * 0.68
	top := 2.6 * drop
	f.bars, f.drop, f.full, f.foot = nil, nil, nil, s.Height
	mid := n / 2
	k := 0.34 + 0.016*float64(max(17-n, 0)) // fewer bars fall more steeply
	for i := range n {
		away := i - mid
		if away < 0 {
			away = -away
		}
		h := max((s.Height-top)*float32(math.Exp(-k*float64(away)))*f.o.Fill, min(bar*1.6, s.Height*0.1)*min(f.o.Fill*4, 1))
		x := left + float32(i)*pitch + (pitch-bar)/2
		c := f.color(p, away, mid)
		bars := len(f.bars)
		if h > 0 {
			f.bars = append(f.bars, p.fill(x, s.Height-h, bar, h, bar/2, c))
			f.full = append(f.full, h)
			f.drop = append(f.drop, nil)
		}
		var above *canvas.Circle
		switch {
		case away == 0:
			above = p.circle(x+bar/2, s.Height-h-drop*1.5, drop, p.c.Gold)
		case f.o.Fill == 1 && away < mid:
			r := drop * 0.55 * (1 - 0.6*float32(away)/float32(mid))
			above = p.circle(x+bar/2, s.Height-h-drop*(1.1+0.3*float32(away%2)), r, c)
		}
		if above != nil && h > 0 {
			f.drop[bars] = above
		}
	}
}

func (f *fountain) color(p *pen, away, mid int) color.Color {
	if f.st.Contrast != Normal {
		return p.c.Ink
	}
	shades := []color.Color{p.c.Accent, p.c.Accent, p.c.Fount3, p.c.Fount2, p.c.OnAccent2}
	if f.o.OnAccent {
		shades = []color.Color{p.c.OnAccent, p.c.OnAccent, p.c.OnAccent2, p.c.Fount2, p.c.Fount3}
	}
	return shades[min(away*len(shades)/(mid+1), len(shades)-1)]
}

// MotionTime is how long a spring moves after it was drawn: a screen that nobody touches costs nothing.
const MotionTime = 30 * time.Second

// moment tells the time by which things move. Tests replace it.
var moment = time.Now

// springFrame is the time between two pictures of the spring. Its bars move slowly: more pictures would only cost more.
const springFrame = 50 * time.Millisecond

// start moves the bars until MotionTime is over or the spring has left the screen, whatever comes first.
func (f *fountain) start(d *Drawn) {
	begun := moment()
	last, looked := begun, begun
	f.anim = fyne.NewAnimation(motionFountain, func(done float32) {
		now := moment()
		if now.Sub(last) < springFrame {
			return
		}
		last = now
		rest := MotionTime - now.Sub(begun)
		if now.Sub(looked) > time.Second {
			looked = now
			if !tree.Shows(fyne.CurrentApp().Driver().CanvasForObject(d), d) {
				rest = 0
			}
		}
		// The last two seconds it comes to rest.
		way := 0.06 * min(max(rest.Seconds(), 0)/2, 1)
		for i, b := range f.bars {
			h := f.full[i] * float32(1+way*math.Sin(2*math.Pi*(float64(done)+float64(i)*0.13)))
			b.Resize(fyne.NewSize(b.Size().Width, h))
			was := b.Position()
			b.Move(fyne.NewPos(was.X, f.foot-h))
			if o := f.drop[i]; o != nil {
				at := o.Position()
				o.Move(fyne.NewPos(at.X, at.Y+f.foot-h-was.Y))
			}
		}
		if rest <= 0 {
			f.still = true
			f.anim.Stop()
		}
	})
	f.anim.Curve = fyne.AnimationLinear
	f.anim.RepeatCount = fyne.AnimationRepeatForever
	f.anim.Start()
}
