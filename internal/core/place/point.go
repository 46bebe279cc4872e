// Package place knows where things are in the town: streets, the town's border, the way from a typed street to a point and back, and the
// geometry of a simple map. It is pure: it is handed the map's bytes and knows no files, no clock and no screen.
//
// Positions are WGS84 degrees, as cameras and GeoJSON (RFC 7946) have them; distances are metres. Within a town the earth is flat enough
// for a plane (see Plane): the error is below a metre in ten kilometres.
package place

import (
	"errors"
	"math"
)

// What can be wrong with a position. Screens choose their sentence by these.
var (
	// ErrNoPosition: these numbers are no position on the earth that anybody stood at, but what a camera writes that does not know:
	// 0°/0° ("null island"), a pole, or no numbers at all.
	ErrNoPosition = errors.New("place: no position")
	// ErrOutside: a position, but not in the town.
	ErrOutside = errors.New("place: outside the town")
)

// Point is a position on the earth in WGS84 degrees, north and east positive.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// earth is the mean radius in metres (IUGG R1).
const earth = 6371008.8

// Distance is how far two points are apart, in metres along the ground (haversine).
func (p Point) Distance(q Point) float64 {
	lat1, lat2 := radians(p.Lat), radians(q.Lat)
	a, b := math.Sin((lat2-lat1)/2), math.Sin(radians(q.Lon-p.Lon)/2)
	h := a*a + math.Cos(lat1)*math.Cos(lat2)*b*b
	return 2 * earth * math.Asin(math.Sqrt(min(h, 1)))
}

// Plausible tells whether somebody can have taken a photo there: nil, or ErrNoPosition. Whether it is in the town says Town.Check.
func Plausible(p Point) error {
	switch {
	case math.IsNaN(p.Lat), math.IsNaN(p.Lon), math.Abs(p.Lat) > 90, math.Abs(p.Lon) > 180:
		return ErrNoPosition
	case math.Abs(p.Lat) > 89: // where nobody is, and where cameras without a position sometimes are
		return ErrNoPosition
	case math.Abs(p.Lat) < 0.01 && math.Abs(p.Lon) < 0.01: // a kilometre around 0°/0°, rounding included
		return ErrNoPosition
	}
	return nil
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }

// Plane is a flat map around an origin: metres to the east and to the north of it. The zero value has its origin at 0°/0°.
type Plane struct{ Origin Point }

// XY gives a point's metres to the east and to the north of the origin.
func (pl Plane) XY(p Point) (east, north float64) {
	return radians(p.Lon-pl.Origin.Lon) * earth * math.Cos(radians(pl.Origin.Lat)), radians(p.Lat-pl.Origin.Lat) * earth
}

// At is the point so many metres to the east and to the north of the origin.
func (pl Plane) At(east, north float64) Point {
	return Point{
		Lat: pl.Origin.Lat + north/earth*180/math.Pi,
		Lon: pl.Origin.Lon + east/(earth*math.Cos(radians(pl.Origin.Lat)))*180/math.Pi,
	}
}

// View is a rectangle of a screen or a drawing that shows a part of the map, north up.
type View struct {
	Center        Point
	Scale         float64 // metres for one unit of the drawing; above 0
	Width, Height float64 // in units of the drawing
}

// XY is where a point is seen, from the upper left corner. Points out of sight have places beyond the edges.
func (v View) XY(p Point) (x, y float64) {
	east, north := Plane{v.Center}.XY(p)
	return v.Width/2 + east/v.Scale, v.Height/2 - north/v.Scale
}

// At is the point that is seen at x, y.
func (v View) At(x, y float64) Point {
	return Plane{v.Center}.At((x-v.Width/2)*v.Scale, (v.Height/2-y)*v.Scale)
}

// Fit is the closest view of this size that shows all points at least pad units from its edges, but not closer than least metres a unit.
// Without points it shows nothing in particular.
func Fit(width, height, pad, least float64, points ...Point) View {
	v := View{Scale: least, Width: width, Height: height}
	if len(points) == 0 {
		return v
	}
	low, high := points[0], points[0]
	for _, p := range points[1:] {
		low = Point{min(low.Lat, p.Lat), min(low.Lon, p.Lon)}
		high = Point{max(high.Lat, p.Lat), max(high.Lon, p.Lon)}
	}
	v.Center = Point{(low.Lat + high.Lat) / 2, (low.Lon + high.Lon) / 2}
	east, north := Plane{v.Center}.XY(high)
	v.Scale = max(least, 2*east/max(width-2*pad, 1), 2*north/max(height-2*pad, 1))
	return v
}
