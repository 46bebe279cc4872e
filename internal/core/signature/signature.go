// Package signature is a signature drawn by a finger, as an answer can hold it: lines in a box, written compactly.
//
// The text of a drawing is its strokes, parted by ";". A stroke is its points, parted by blanks, each "x,y": the first from the box's top left corner, every
// other from the point before it. There is one way only to write a drawing, so that what is read is written again to the same bytes.
package signature

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// The box that is signed in, in units; x goes to the right, y down.
const (
	Width  = 1000
	Height = 300
)

// Limits of a drawing.
const (
	MaxBytes = 8 << 10 // of its text
	MinInk   = 150     // units that all its strokes are long together: a dot is no signature
)

// Longest name of somebody who confirms in writing, in characters.
const MaxName = 120

// Answers that are no drawing.
const (
	StartName = "name:" // a full name follows; alone, somebody has chosen to type it
	OnPaper   = "paper" // the paper that was signed by hand is at the town hall
)

// Why something is no signature.
var (
	ErrForm  = errors.New("signature: not a drawing")
	ErrShort = errors.New("signature: too little ink")
	ErrLong  = errors.New("signature: longer than a signature may be")
	ErrName  = errors.New("signature: not a full name")
)

// Point is a place in the box.
type Point struct{ X, Y int }

// Stroke is one line, from where the finger came down to where it was lifted.
type Stroke []Point

// Signature is how somebody signed: exactly one of the three.
type Signature struct {
	Strokes []Stroke // drawn
	Name    string   // the full name, typed by somebody who cannot or does not want to draw
	Paper   bool     // the paper that was signed by hand is at the town hall
}

// Read reads an answer of a form: a drawing, "name:" and a full name, or "paper". The error is one of the package's and tells nothing of what was read.
func Read(answer string) (Signature, error) {
	if answer == OnPaper {
		return Signature{Paper: true}, nil
	}
	if name, typed := strings.CutPrefix(answer, StartName); typed {
		if len(name) > 4*MaxName || len([]rune(name)) > MaxName || strings.TrimSpace(name) != name || len(strings.Fields(name)) < 2 {
			return Signature{}, ErrName
		}
		return Signature{Name: name}, nil
	}
	strokes, err := Parse(answer)
	return Signature{Strokes: strokes}, err
}

// OfName is the answer of somebody who types the full name instead of signing.
func OfName(name string) string { return StartName + strings.Join(strings.Fields(name), " ") }

// TypedName is the name in an answer, also while it is still being typed; false when the answer is none of a name.
func TypedName(answer string) (string, bool) { return strings.CutPrefix(answer, StartName) }

// Parse reads the text of a drawing, strictly. ErrLong, ErrForm, or ErrShort, with the strokes that there are.
func Parse(text string) ([]Stroke, error) {
	if len(text) > MaxBytes {
		return nil, ErrLong
	}
	var strokes []Stroke
	for s := range strings.SplitSeq(text, ";") {
		stroke, ok := parseStroke(s)
		if !ok {
			return nil, ErrForm
		}
		strokes = append(strokes, stroke)
	}
	if Ink(strokes) < MinInk {
		return strokes, ErrShort
	}
	return strokes, nil
}

// Begun reads a drawing that may still be too short to be a signature.
func Begun(text string) ([]Stroke, error) {
	strokes, err := Parse(text)
	if errors.Is(err, ErrShort) {
		return strokes, nil
	}
	return strokes, err
}

func parseStroke(text string) (Stroke, bool) {
	var stroke Stroke
	at := Point{}
	for pair := range strings.SplitSeq(text, " ") {
		x, y, ok := strings.Cut(pair, ",")
		dx, ok1 := number(x)
		dy, ok2 := number(y)
		if !ok || !ok1 || !ok2 || len(stroke) > 0 && dx == 0 && dy == 0 {
			return nil, false
		}
		if at = (Point{at.X + dx, at.Y + dy}); !at.inside() {
			return nil, false
		}
		stroke = append(stroke, at)
	}
	return stroke, true
}

// number reads a whole number as it is written in one way only.
func number(s string) (int, bool) {
	if len(s) == 0 || len(s) > 5 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && strconv.Itoa(n) == s
}

func (p Point) inside() bool { return p.X >= 0 && p.X <= Width && p.Y >= 0 && p.Y <= Height }

// Ink is how long the strokes are together, in units.
func Ink(strokes []Stroke) float64 {
	all := 0.0
	for _, s := range strokes {
		for i := 1; i < len(s); i++ {
			all += math.Hypot(float64(s[i].X-s[i-1].X), float64(s[i].Y-s[i-1].Y))
		}
	}
	return all
}

// Format writes strokes as they are, with points outside the box brought to its edge. It is empty when there are none.
func Format(strokes []Stroke) string {
	var b strings.Builder
	for _, s := range strokes {
		last := Point{}
		for i, p := range s {
			p.X, p.Y = min(max(p.X, 0), Width), min(max(p.Y, 0), Height)
			if i > 0 && p == last {
				continue
			}
			switch {
			case i > 0:
				b.WriteByte(' ')
			case b.Len() > 0:
				b.WriteByte(';')
			}
			b.WriteString(strconv.Itoa(p.X - last.X))
			b.WriteByte(',')
			b.WriteString(strconv.Itoa(p.Y - last.Y))
			last = p
		}
	}
	return b.String()
}

// Text writes what a finger drew as an answer: simplified as little as it takes to fit into MaxBytes. Somebody may still be at it, so that it can be
// too short to be a signature.
func Text(strokes []Stroke) string {
	for tolerance := 1.0; ; tolerance *= 1.5 {
		plain := make([]Stroke, len(strokes))
		for i, s := range strokes {
			plain[i] = Simplify(s, tolerance)
		}
		text := Format(plain)
		if len(text) <= MaxBytes {
			return text
		}
		if tolerance > Width { // each stroke is its two ends: there are too many
			strokes = strokes[:len(strokes)*9/10]
		}
	}
}

// Simplify leaves out the points of a stroke without which it still passes all of them at most tolerance units away (Douglas and Peucker, 1973).
func Simplify(s Stroke, tolerance float64) Stroke {
	if len(s) < 3 {
		return s
	}
	keep := make([]bool, len(s))
	keep[0], keep[len(s)-1] = true, true
	for parts := [][2]int{{0, len(s) - 1}}; len(parts) > 0; {
		from, to := parts[len(parts)-1][0], parts[len(parts)-1][1]
		parts = parts[:len(parts)-1]
		far, at := tolerance, -1
		for i := from + 1; i < to; i++ {
			if d := Distance(s[i], s[from], s[to]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			parts = append(parts, [2]int{from, at}, [2]int{at, to})
		}
	}
	var plain Stroke
	for i, p := range s {
		if keep[i] {
			plain = append(plain, p)
		}
	}
	return plain
}

// Distance is how far p lies, in units, from the line between a and b.
func Distance(p, a, b Point) float64 {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	px, py := float64(p.X-a.X), float64(p.Y-a.Y)
	long := dx*dx + dy*dy
	if long == 0 {
		return math.Hypot(px, py)
	}
	t := min(max((px*dx+py*dy)/long, 0), 1)
	return math.Hypot(px-t*dx, py-t*dy)
}

// Path is a drawing as the path data of SVG, in the box's units.
func Path(strokes []Stroke) string {
	var b strings.Builder
	for _, s := range strokes {
		for i, p := range s {
			sign := "L"
			if i == 0 {
				sign = "M"
			}
			b.WriteString(sign + strconv.Itoa(p.X) + " " + strconv.Itoa(p.Y))
		}
		if len(s) == 1 { // a dot
			b.WriteString("h1")
		}
	}
	return b.String()
}
