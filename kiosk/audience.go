package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// audience lists what is there for a target group, by topic. Without one it asks for whom.
type audience struct{ group string }

func (*audience) name() string { return "audience" }

func (a *audience) draw(k *Kiosk) page {
	st, lang := k.s.style, k.s.style.Lang
	groups := k.o.Catalogue.Groups(lang)
	p := page{title: k.say("about.for"), actions: []action{k.goBack()}, gap: 20}
	if a.group == "" {
		var tiles []fyne.CanvasObject
		for _, g := range groups {
			tiles = append(tiles, look.Tile(st, look.TileOpts{Title: g.Title, Icon: g.Icon, Small: k.hasHall(), ID: "group-" + g.ID, Tap: k.tap(func() { k.push(&audience{group: g.ID}) })}))
		}
		p.body = append(p.body, look.Grid(k.px(16), 2, tiles...))
		return p
	}
	for _, g := range groups {
		if g.ID == a.group {
			p.title = g.Title
		}
	}
	for _, c := range k.o.Catalogue.Chapters(lang, k.o.Catalogue.For(a.group)) {
		p.body = append(p.body, k.chapter(c))
	}
	return p
}

// chapter is a topic with its services.
func (k *Kiosk) chapter(c service.Chapter) fyne.CanvasObject {
	if c.Title == "" {
		return k.services(c.Services)
	}
	return look.Column(k.px(16), k.heading(look.TitleS, c.Title), k.services(c.Services))
}
