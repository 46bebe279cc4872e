package web

import (
	"fmt"
	"math"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
)

// plan is a piece of the town's map as a template draws it: SVG made here, from the town's own data, with nothing from elsewhere.
type plan struct {
	Width, Height int
	Areas         []shape // parks, woods, lakes, blocks of houses: filled
	Water, Rails  []shape
	Streets       []shape // each is drawn twice: a darker edge below, the street above
	Names         []label
	Pins          []pin
	Blank         bool // no map is set up: pins stand on plain ground
	Title         string
	Note          string // what the map says about itself
	Controls      []control
}

type shape struct {
	Class, D    string
	Width, Edge string // of the stroke
}

type label struct {
	Class, X, Y, Turn, Text string
}

type pin struct {
	Tone, Label, Name, URL string // Tone: "bad" is a square, "warn" a triangle, everything else a circle
	X, Y                   string
	Chosen                 bool
	at                     place.Point
}

type control struct{ URL, Icon, Label string }

// frame is which part of the earth is drawn how large.
type frame struct {
	plane         place.Plane
	scale         float64 // units of the picture per metre
	width, height float64
}

// frameOf shows a centre and so many metres to each side of it.
func frameOf(center place.Point, metres float64, width, height int) frame {
	w, h := float64(width), float64(height)
	return frame{plane: place.Plane{Origin: center}, scale: min(w, h) / (2 * metres), width: w, height: h}
}

func (f frame) xy(p place.Point) (x, y float64) {
	east, north := f.plane.XY(p)
	return f.width/2 + east*f.scale, f.height/2 - north*f.scale
}

// path writes points as an SVG path, or "" when they are far outside: a window of another shape shows what is beside the picture as well.
func (f frame) path(points []place.Point, closed bool) string {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	var d strings.Builder
	for i, p := range points {
		x, y := f.xy(p)
		low, high = [2]float64{min(low[0], x), min(low[1], y)}, [2]float64{max(high[0], x), max(high[1], y)}
		sign := "L"
		if i == 0 {
			sign = "M"
		}
		fmt.Fprintf(&d, "%s%.0f %.0f", sign, x, y)
	}
	if high[0] < -f.width || low[0] > 2*f.width || high[1] < -f.height || low[1] > 2*f.height {
		return ""
	}
	if closed {
		d.WriteString("Z")
	}
	return d.String()
}

// draw fills a plan with what the frame shows of the town.
func (f frame) draw(t *place.Town, p *plan) {
	p.Width, p.Height = int(f.width), int(f.height)
	if t == nil {
		p.Blank = true
		return
	}
	p.Note = t.Note
	add := func(to *[]shape, class string, points []place.Point, closed bool, width float64) {
		if d := f.path(points, closed); d != "" {
			*to = append(*to, shape{Class: class, D: d, Width: fmt.Sprintf("%.1f", width), Edge: fmt.Sprintf("%.1f", width+3)})
		}
	}
	for _, a := range t.Areas {
		class := "green"
		if a.Kind == "water" {
			class = "lake"
		}
		add(&p.Areas, class, a.Ring, true, 0)
	}
	if f.scale > 0.12 {
		for _, b := range t.Buildings {
			add(&p.Areas, "built", b, true, 0)
		}
	}
	for _, r := range t.Rivers {
		add(&p.Water, "water", r.Line, false, max(3, r.Width*f.scale))
	}
	for _, r := range t.Rails {
		add(&p.Rails, "rail", r.Line, false, 2)
	}
	grow := min(1.6, max(0.5, math.Sqrt(f.scale/0.25)))
	for _, class := range []place.Class{place.Lane, place.Side, place.Main} {
		width := map[place.Class]float64{place.Lane: 4, place.Side: 7, place.Main: 11}[class] * grow
		for _, s := range t.Streets {
			if s.Class == class {
				for _, line := range s.Lines {
					add(&p.Streets, "", line, false, width)
				}
			}
		}
	}
	f.name(t, p)
}

// name writes names where there is room for them, the important ones first.
func (f frame) name(t *place.Town, p *plan) {
	type box struct{ x, y, w, h float64 }
	var taken []box
	put := func(class, text string, at place.Point, turn float64, wide float64) {
		x, y := f.xy(at)
		length := float64(len([]rune(text))) * 7
		if wide > 0 && length > wide {
			return
		}
		w, h := math.Abs(math.Cos(turn))*length+14, math.Abs(math.Sin(turn))*length+18
		b := box{x - w/2, y - h/2, w, h}
		if b.x < 4 || b.y < 4 || b.x+b.w > f.width-4 || b.y+b.h > f.height-4 {
			return
		}
		for _, o := range taken {
			if b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h {
				return
			}
		}
		taken = append(taken, b)
		l := label{Class: class, Text: text, X: fmt.Sprintf("%.0f", x), Y: fmt.Sprintf("%.0f", y+4)}
		if turn != 0 {
			l.Turn = fmt.Sprintf("rotate(%.0f %.0f %.0f)", turn*180/math.Pi, x, y)
		}
		p.Names = append(p.Names, l)
	}
	for _, pin := range p.Pins { // nothing is written over a pin
		x, y := f.xy(pin.at)
		taken = append(taken, box{x - 16, y - 16, 32, 32})
	}
	for _, r := range t.Rivers {
		if len(r.Line) > 1 && r.Name != "" {
			at, turn, long := f.middle(r.Line)
			put("name w", r.Name, at, turn, long)
		}
	}
	for _, a := range t.Areas {
		if a.Name != "" {
			put("name", a.Name, centre(a.Ring), 0, 0)
		}
	}
	for _, class := range []place.Class{place.Main, place.Side, place.Lane} {
		for _, s := range t.Streets {
			if s.Class != class {
				continue
			}
			at, turn, long := f.middle(s.Lines[0])
			put("name", s.Name, at, turn, long)
		}
	}
}

// middle is the longest stretch of a line that lies in the picture: its middle, its slope so that it reads from left to right, and its length.
func (f frame) middle(line []place.Point) (at place.Point, turn, long float64) {
	for i := 1; i < len(line); i++ {
		mid := place.Point{Lat: (line[i-1].Lat + line[i].Lat) / 2, Lon: (line[i-1].Lon + line[i].Lon) / 2}
		if x, y := f.xy(mid); x < 0 || y < 0 || x > f.width || y > f.height {
			continue
		}
		ax, ay := f.xy(line[i-1])
		bx, by := f.xy(line[i])
		if d := math.Hypot(bx-ax, by-ay); d > long {
			at, long, turn = mid, d, math.Atan2(by-ay, bx-ax)
		}
	}
	if turn > math.Pi/2 {
		turn -= math.Pi
	}
	if turn < -math.Pi/2 {
		turn += math.Pi
	}
	return at, turn, long * 1.6 // a street bends little: its name may be somewhat longer than one stretch
}

func centre(ring []place.Point) place.Point {
	low, high := ring[0], ring[0]
	for _, p := range ring {
		low = place.Point{Lat: min(low.Lat, p.Lat), Lon: min(low.Lon, p.Lon)}
		high = place.Point{Lat: max(high.Lat, p.Lat), Lon: max(high.Lon, p.Lon)}
	}
	return place.Point{Lat: (low.Lat + high.Lat) / 2, Lon: (low.Lon + high.Lon) / 2}
}

// pins puts pins on the plan. Those at one place stand beside each other.
func (f frame) pins(p *plan) {
	const room = 36
	type spot struct{ x, y float64 }
	var had []spot
	for i := range p.Pins {
		x, y := f.xy(p.Pins[i].at)
		for j := 0; j < len(had); j++ {
			if math.Hypot(had[j].x-x, had[j].y-y) < room-1 {
				x, j = x+room, -1
			}
		}
		had = append(had, spot{x, y})
		p.Pins[i].X, p.Pins[i].Y = fmt.Sprintf("%.0f", x), fmt.Sprintf("%.0f", y)
	}
}

// around is the frame that shows all pins, not nearer than a neighbourhood. Without pins it shows the town's streets.
func around(t *place.Town, pins []pin, width, height int, zoom int) frame {
	var points []place.Point
	for _, p := range pins {
		points = append(points, p.at)
	}
	if len(points) == 0 && t != nil {
		for _, s := range t.Streets {
			points = append(points, s.Middle())
		}
	}
	if len(points) == 0 {
		return frameOf(place.Point{}, 1000, width, height)
	}
	low, high := centre(points[:1]), centre(points[:1])
	for _, p := range points {
		low = place.Point{Lat: min(low.Lat, p.Lat), Lon: min(low.Lon, p.Lon)}
		high = place.Point{Lat: max(high.Lat, p.Lat), Lon: max(high.Lon, p.Lon)}
	}
	mid := place.Point{Lat: (low.Lat + high.Lat) / 2, Lon: (low.Lon + high.Lon) / 2}
	east, north := place.Plane{Origin: mid}.XY(high)
	return frameOf(mid, max(500, max(east, north)*1.2)/math.Pow(2, float64(zoom)), width, height)
}
