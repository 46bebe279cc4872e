package townmap

import (
	"errors"
	"math"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// atStreet is how far from its middle something still lies at a street, in metres.
const atStreet = 60

// Where says in words where a point is: "Klosterstraße 14", "120 m neben Dehmer Straße"; outside the town it says that.
func Where(st look.Style, texts look.Texts, town *place.Town, p place.Point) string {
	if problem := Sentence(st, texts, town, town.Check(p)); problem != "" {
		return problem
	}
	near := town.Nearest(p)
	if near.Distance <= atStreet {
		return place.Address(near.Street, near.Number)
	}
	return texts.Say(st.Lang, "map.off", "metres", int(math.Round(near.Distance/10))*10, "place", near.Street)
}

// Sentence is what a screen says about a position that cannot be used; empty for no error and for errors of other rooms.
func Sentence(st look.Style, texts look.Texts, town *place.Town, err error) string {
	switch {
	case errors.Is(err, place.ErrOutside):
		return texts.Say(st.Lang, "map.outside", "town", town.Name)
	case errors.Is(err, place.ErrNoPosition):
		return texts.Say(st.Lang, "map.noposition")
	}
	return ""
}

// Streets is the way to a place without the map: the streets and landmarks that fit what was typed, at most `most`, as rows to touch. With
// nothing typed it begins the list of all streets. Where nothing fits it says so.
func Streets(st look.Style, texts look.Texts, town *place.Town, typed string, most int, choose func(place.Match)) fyne.CanvasObject {
	found := town.Search(typed, most)
	if street, _ := place.Split(typed); street == "" {
		for _, s := range town.Streets[:min(most, len(town.Streets))] {
			found = append(found, place.Match{Street: s.Name, District: s.District, At: s.Middle(), Score: 1})
		}
	}
	if len(found) == 0 {
		return look.Remark(st, "info-circle", texts.Say(st.Lang, "map.unknown"))
	}
	var rows []fyne.CanvasObject
	for _, m := range found {
		title, hint, icon := place.Address(m.Street, m.Number), m.District, "road"
		if m.Landmark != "" {
			title, hint, icon = m.Landmark, title, "map-pin"
		}
		rows = append(rows, look.Row(st, look.RowOpts{Icon: icon, Title: title, Hint: hint, ID: "street=" + m.Text(), Tap: func() { choose(m) }}))
	}
	return look.Column(st.Gap(), rows...)
}
