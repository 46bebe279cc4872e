package place

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
)

// biggest is the largest map that is read, in bytes: a town's streets are a hundredth of it.
const biggest = 16 << 20

// collection is a GeoJSON FeatureCollection (RFC 7946); name, description and license are foreign members (section 6.1).
type collection struct {
	Type        string    `json:"type"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	License     string    `json:"license"`
	Features    []feature `json:"features"`
}

type feature struct {
	Properties struct {
		Kind     string  `json:"kind"`
		Name     string  `json:"name"`
		Class    Class   `json:"class"`
		District string  `json:"district"`
		Houses   int     `json:"houses"`
		Width    float64 `json:"width"`
		Street   string  `json:"street"`
		Number   string  `json:"number"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// Read reads a town's map: a GeoJSON FeatureCollection whose features have the property "kind":
//
//	bounds     Polygon         the town's border; exactly one
//	street     LineString or MultiLineString; name, class (main, street, lane), district, houses (the highest number)
//	park, water, wood          Polygon; name
//	river      LineString; name, width in metres
//	rail       LineString
//	buildings  MultiPolygon
//	trees      MultiPoint
//	landmark   Point; name, street, number
//
// Streets of one name become one. Other kinds are skipped. Of polygons the outer ring counts. The streets come sorted by name.
func Read(data []byte) (*Town, error) {
	if len(data) > biggest {
		return nil, errors.New("place: read map: too large")
	}
	var c collection
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("place: read map: %w", err)
	}
	if c.Type != "FeatureCollection" {
		return nil, fmt.Errorf("place: read map: type is %.40q, want FeatureCollection", c.Type)
	}
	t := &Town{Name: c.Name, Note: c.Description, License: c.License}
	for i, f := range c.Features {
		if err := t.add(f); err != nil {
			return nil, fmt.Errorf("place: read map: feature %d (%.40s): %w", i+1, f.Properties.Kind, err)
		}
	}
	switch {
	case len(t.Border) == 0:
		return nil, errors.New("place: read map: no feature of kind bounds")
	case len(t.Streets) == 0:
		return nil, errors.New("place: read map: no streets")
	}
	slices.SortStableFunc(t.Streets, func(a, b Street) int { return strings.Compare(spelling.Fold(a.Name), spelling.Fold(b.Name)) })
	t.names = searched(t)
	return t, nil
}

func (t *Town) add(f feature) error {
	p := f.Properties
	switch p.Kind {
	case "bounds":
		ring, err := f.ring()
		if err == nil && len(t.Border) > 0 {
			err = errors.New("a second border")
		}
		t.Border = ring
		return err
	case "street":
		lines, err := f.lines()
		if err != nil {
			return err
		}
		return t.addStreet(Street{Name: strings.TrimSpace(p.Name), District: p.District, Class: p.Class, Houses: p.Houses, Lines: lines})
	case "park", "water", "wood":
		ring, err := f.ring()
		t.Areas = append(t.Areas, Area{Kind: p.Kind, Name: p.Name, Ring: ring})
		return err
	case "river", "rail":
		lines, err := f.lines()
		if err != nil {
			return err
		}
		for _, l := range lines {
			if p.Kind == "rail" {
				t.Rails = append(t.Rails, Line{Name: p.Name, Width: p.Width, Line: l})
			} else {
				t.Rivers = append(t.Rivers, Line{Name: p.Name, Width: min(max(p.Width, 1), 2000), Line: l})
			}
		}
	case "buildings":
		polygons, err := read[[][][][]float64](f, "MultiPolygon")
		if err != nil {
			return err
		}
		for _, rings := range polygons {
			ring, err := outer(rings)
			if err != nil {
				return err
			}
			t.Buildings = append(t.Buildings, ring)
		}
	case "trees":
		raw, err := read[[][]float64](f, "MultiPoint")
		if err != nil {
			return err
		}
		t.Trees, err = points(raw)
		return err
	case "landmark":
		raw, err := read[[]float64](f, "Point")
		if err != nil {
			return err
		}
		at, err := point(raw)
		if p.Name == "" && err == nil {
			err = errors.New("no name")
		}
		t.Landmarks = append(t.Landmarks, Landmark{Name: p.Name, Street: p.Street, Number: p.Number, At: at})
		return err
	}
	return nil
}

func (t *Town) addStreet(s Street) error {
	switch {
	case s.Name == "":
		return errors.New("no name")
	case s.Houses < 0 || s.Houses > 9999:
		return errors.New("houses: want 0 to 9999")
	case s.Class != Main && s.Class != Lane:
		s.Class = Side
	}
	for i := range t.Streets {
		if known := &t.Streets[i]; known.Name == s.Name {
			known.Lines, known.Houses = append(known.Lines, s.Lines...), max(known.Houses, s.Houses)
			return nil
		}
	}
	t.Streets = append(t.Streets, s)
	return nil
}

func (f feature) ring() ([]Point, error) {
	rings, err := read[[][][]float64](f, "Polygon")
	if err != nil {
		return nil, err
	}
	return outer(rings)
}

// outer gives a polygon's outer ring without the repeated end.
func outer(rings [][][]float64) ([]Point, error) {
	if len(rings) == 0 {
		return nil, errors.New("no ring")
	}
	ring, err := points(rings[0])
	if err != nil {
		return nil, err
	}
	if len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	if len(ring) < 3 {
		return nil, errors.New("a ring of less than three points")
	}
	return ring, nil
}

func (f feature) lines() ([][]Point, error) {
	var raw [][][]float64
	var err error
	if f.Geometry.Type == "MultiLineString" {
		raw, err = read[[][][]float64](f, "MultiLineString")
	} else {
		var one [][]float64
		one, err = read[[][]float64](f, "LineString")
		raw = [][][]float64{one}
	}
	if err != nil {
		return nil, err
	}
	var lines [][]Point
	for _, r := range raw {
		line, err := points(r)
		if err != nil {
			return nil, err
		}
		if len(line) < 2 {
			return nil, errors.New("a line of less than two points")
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil, errors.New("no line")
	}
	return lines, nil
}

func read[T any](f feature, want string) (into T, err error) {
	if f.Geometry.Type != want {
		return into, fmt.Errorf("geometry is %.40q, want %s", f.Geometry.Type, want)
	}
	return into, json.Unmarshal(f.Geometry.Coordinates, &into)
}

func points(raw [][]float64) ([]Point, error) {
	out := make([]Point, 0, len(raw))
	for _, r := range raw {
		p, err := point(r)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// point reads a GeoJSON position: longitude first, a height may follow.
func point(raw []float64) (Point, error) {
	if len(raw) < 2 {
		return Point{}, errors.New("a position of less than two numbers")
	}
	p := Point{Lat: raw[1], Lon: raw[0]}
	if math.Abs(p.Lat) > 85 || math.Abs(p.Lon) > 180 {
		return Point{}, errors.New("a position that is not in degrees, longitude first")
	}
	return p, nil
}
