package kiosk

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/paper"
)

// renderPDF draws a document with our fonts.
func renderPDF(d document.Document) ([]byte, error) {
	var fonts pdf.Fonts
	for file, font := range map[string]*[]byte{"Regular": &fonts.Regular, "Bold": &fonts.Bold} {
		data, err := assets.FS.ReadFile("fonts/AtkinsonHyperlegibleNext-" + file + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("kiosk: font: %w", err)
		}
		*font = data
	}
	return pdf.Render(d, fonts)
}

// copies is the part of the last page that prints all answers on A4, where there is a printer for that.
func (d *done) copies(k *Kiosk) []fyne.CanvasObject {
	if k.o.Desk.Sheets == nil || k.s.visit == nil || d.unclear {
		return nil
	}
	var parts []fyne.CanvasObject
	switch d.copy {
	case "printing":
		return []fyne.CanvasObject{k.live(k.say("paper.printing")), k.muted(k.say("paper.printing.text"))}
	case "done":
		return []fyne.CanvasObject{k.note(look.OK, "printer", "", k.say("paper.done"))}
	case "failed":
		parts = append(parts, k.note(look.Warn, "printer", k.say("paper.failed"), k.say("copy.failed.text")))
	}
	return append(parts, k.button(action{label: k.say("copy.print"), icon: "printer", id: "copy", tap: func() { d.printCopy(k) }}))
}

func (d *done) printCopy(k *Kiosk) {
	d.copy = "printing"
	k.s.moving++
	v, ses := k.s.visit, k.s
	k.fresh = true
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(ctx, printTime)
		defer stop()
		err := v.PrintCopy(ctx, renderPDF)
		return func() {
			ses.moving--
			d.copy = "done"
			if err != nil {
				d.copy = "failed"
			}
			k.o.Event("paper", "ok", err == nil)
			k.touch()
			k.refresh(d)
		}
	})
	k.show()
}

// onScreen shows a slip that could not be printed.
type onScreen struct{ slip document.Document }

func (*onScreen) name() string { return "slip" }

func (s *onScreen) draw(k *Kiosk) page {
	p := page{title: k.say("nopaper.look.title"), actions: []action{{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: k.pop}}}
	shown, err := paper.Draw(k.s.style, s.slip)
	if err != nil { // the page before has number and code
		p.body = []fyne.CanvasObject{k.muted(k.say("nopaper.write"))}
		return p
	}
	p.body = []fyne.CanvasObject{shown}
	return p
}
