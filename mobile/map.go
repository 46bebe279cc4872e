package mobile

import (
	"slices"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/townmap"
)

// chart is the map of a page. It stays the same thing while the page around it is drawn anew, so that a finger goes on moving it.
type chart struct {
	view    *townmap.Map
	style   look.Style
	height  float32
	markers []townmap.Marker
	here    *townmap.Here
	state   townmap.State
	set     bool // state holds
}

// draw gives the map, with the pin at the place that was said, and the reports of others on it. The way to the streets stands below it.
func (c *chart) draw(a *App, s *where, at form.Spot, hits []hit) fyne.CanvasObject {
	if a.atlas == nil {
		return nil
	}
	if !c.set {
		c.state, c.set = townmap.State{Pin: a.town.Center(), Zoom: townmap.Widest - 2}, true
		if m, ok := a.town.Find("Rathaus"); ok {
			c.state.Pin = m.At
		}
		if at.Located {
			c.state = townmap.State{Pin: place.Point{Lat: at.Lat, Lon: at.Lon}, Zoom: townmap.Usual}
		}
	}
	if at.How == form.ByPhoto && c.here == nil {
		c.here, c.view = &townmap.Here{At: place.Point{Lat: at.Lat, Lon: at.Lon}, Photo: true}, nil
	}
	markers, of := marks(a, hits)
	h := min(318, 0.36*a.size.Height/a.px(1))
	if c.view != nil && c.style == a.style && c.height == h && slices.Equal(c.markers, markers) {
		return c.view
	}
	c.style, c.height, c.markers = a.style, h, markers
	c.view = townmap.New(a.style, townmap.Opts{
		Atlas: a.atlas, Texts: a.o.Texts, State: c.state, Here: c.here, Markers: markers, Height: h, ID: "map",
		Moved: func(st townmap.State) {
			moved := st.Pin != c.state.Pin
			if c.state = st; moved {
				s.pinned(a, st.Pin)
			}
		},
		Marked: func(i int) {
			if i >= 0 && i < len(of) {
				a.push(&nearby{draft: s.draft, hit: of[i]})
			}
		},
	})
	return c.view
}

// marks are the reports whose place is known, as the map shows them, and which one each of them is. Numbers are those of the list, which has
// them first: same sorts them so.
func marks(a *App, hits []hit) (markers []townmap.Marker, of []hit) {
	for _, h := range hits {
		if h.away >= 0 {
			markers, of = append(markers, townmap.Marker{Name: h.headline(a), At: place.Point{Lat: h.Lat, Lon: h.Lon}}), append(of, h)
		}
	}
	return markers, of
}

// show puts the pin somewhere else.
func (c *chart) show(p place.Point) {
	c.state, c.set, c.view = townmap.State{Pin: p, Zoom: townmap.Usual}, true, nil
}
