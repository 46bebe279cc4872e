package place

import (
	"math"
	"strconv"
	"strings"
)

// Class says how wide a street is drawn.
type Class string

// The classes of streets.
const (
	Main Class = "main"   // a through road
	Side Class = "street" // a street
	Lane Class = "lane"   // a small one
)

// Street is a street with everything known of its course.
type Street struct {
	Name     string
	District string    // "Rehme"; may be empty
	Class    Class     // of its first part
	Houses   int       // the highest house number; 0 when numbers are not known
	Lines    [][]Point // at least one, each with at least two points
}

// Area is something with a surface on the map.
type Area struct {
	Kind string // "park", "water" or "wood"
	Name string // may be empty
	Ring []Point
}

// Line is a river or a railway.
type Line struct {
	Name  string
	Width float64 // metres
	Line  []Point
}

// Landmark is a place that people name without its street.
type Landmark struct {
	Name           string
	Street, Number string // where it is; may be empty
	At             Point
}

// Town is a town with its map. It does not change after Read, so several goroutines may ask it.
type Town struct {
	Name    string
	Note    string // what the map says about itself: where it comes from, how exact it is
	License string

	Border    []Point // a ring
	Streets   []Street
	Areas     []Area
	Rivers    []Line
	Rails     []Line
	Trees     []Point
	Buildings [][]Point // rings
	Landmarks []Landmark

	names []name // what is searched
}

// Center is the middle of the rectangle around the town.
func (t *Town) Center() Point {
	low, high := t.Box()
	return Point{(low.Lat + high.Lat) / 2, (low.Lon + high.Lon) / 2}
}

// Box is the rectangle around the town: its south-west and its north-east corner.
func (t *Town) Box() (low, high Point) {
	low, high = t.Border[0], t.Border[0]
	for _, p := range t.Border {
		low = Point{min(low.Lat, p.Lat), min(low.Lon, p.Lon)}
		high = Point{max(high.Lat, p.Lat), max(high.Lon, p.Lon)}
	}
	return low, high
}

// Check tells whether a position, such as a photo's, can be used: nil, ErrNoPosition or ErrOutside.
func (t *Town) Check(p Point) error {
	if err := Plausible(p); err != nil {
		return err
	}
	if !inside(p, t.Border) {
		return ErrOutside
	}
	return nil
}

func inside(p Point, ring []Point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+len(ring)-1)%len(ring)]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lon < (b.Lon-a.Lon)*(p.Lat-a.Lat)/(b.Lat-a.Lat)+a.Lon {
			in = !in
		}
	}
	return in
}

// Street finds a street by its exact name.
func (t *Town) Street(name string) (Street, bool) {
	for _, s := range t.Streets {
		if s.Name == name {
			return s, true
		}
	}
	return Street{}, false
}

// Locate is where a house of a street is. A number that the map does not know, or none, gives the middle of the street. ok tells whether
// there is such a street.
func (t *Town) Locate(street, number string) (p Point, ok bool) {
	s, ok := t.Street(street)
	if !ok {
		return Point{}, false
	}
	for _, l := range t.Landmarks {
		if number != "" && l.Street == street && l.Number == number {
			return l.At, true
		}
	}
	if p, known := s.House(number); known {
		return p, true
	}
	return s.Middle(), true
}

// Near is the street that something lies at.
type Near struct {
	Street   string
	Number   string  // about which house; empty when the street's numbers are not known
	Distance float64 // metres to the middle of the street
}

// Nearest is the street nearest to a point. There is always one; how far it is says Distance.
func (t *Town) Nearest(p Point) Near {
	best := Near{Distance: math.Inf(1)}
	flat := Plane{p}
	for _, s := range t.Streets {
		done, left, length := 0.0, false, s.length()
		at := 0.0
		nearer := false
		for _, line := range s.Lines {
			for i := 1; i < len(line); i++ {
				ax, ay := flat.XY(line[i-1])
				bx, by := flat.XY(line[i])
				dx, dy := bx-ax, by-ay
				long := math.Hypot(dx, dy)
				if long == 0 {
					continue
				}
				f := min(max(-(ax*dx+ay*dy)/(long*long), 0), 1)
				if d := math.Hypot(ax+f*dx, ay+f*dy); d < best.Distance {
					best = Near{Street: s.Name, Distance: d}
					at, left, nearer = (done+f*long)/length, dx*-ay-dy*-ax > 0, true
				}
				done += long
			}
		}
		if nearer && s.Houses > 0 {
			best.Number = strconv.Itoa(s.number(at, left))
		}
	}
	return best
}

// number is the house at a part of the street's length, odd numbers at the left.
func (s Street) number(part float64, left bool) int {
	odd := 0
	if left {
		odd = 1
	}
	n := 2*int(math.Round((part*float64(s.Houses)+0.5-float64(odd))/2)) + odd
	for n < 1 {
		n += 2
	}
	for n > s.Houses && n > 2 {
		n -= 2
	}
	return n
}

// aside is how far houses stand from the middle of their street, in metres.
const aside = 12

// House is about where a house is: spread evenly along the street, odd numbers on the left. number may carry a letter or a range, "14a",
// "14-16"; the first number counts. known is false for numbers that the street does not have.
func (s Street) House(number string) (p Point, known bool) {
	end := 0
	for end < len(number) && number[end] >= '0' && number[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(number[:end])
	if err != nil || n < 1 || n > s.Houses {
		return Point{}, false
	}
	side := float64(-aside)
	if n%2 == 1 {
		side = aside
	}
	return s.along((float64(n)-0.5)/float64(s.Houses), side), true
}

// Middle is the point halfway along the street.
func (s Street) Middle() Point { return s.along(0.5, 0) }

// along is the point at a part of the length, so many metres to the left of it.
func (s Street) along(part, left float64) Point {
	rest := part * s.length()
	last := s.Lines[0][0]
	for _, line := range s.Lines {
		for i := 1; i < len(line); i++ {
			flat := Plane{line[i-1]}
			x, y := flat.XY(line[i])
			long := math.Hypot(x, y)
			if long == 0 {
				continue
			}
			if rest <= long {
				f := rest / long
				return flat.At(f*x-left*y/long, f*y+left*x/long)
			}
			rest -= long
			last = line[i]
		}
	}
	return last
}

func (s Street) length() float64 {
	sum := 0.0
	for _, line := range s.Lines {
		for i := 1; i < len(line); i++ {
			sum += math.Hypot(Plane{line[i-1]}.XY(line[i]))
		}
	}
	return max(sum, 1e-9)
}

// Address is a street and a house as they are written: "Klosterstraße 14a". Either may be empty.
func Address(street, number string) string { return strings.TrimSpace(street + " " + number) }
