package main

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/paper"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// press takes a document on every kind of paper, and on the screen.
type press struct {
	t       *testing.T
	fonts   pdf.Fonts
	screens []*screenPress
	seen    map[string]bool
	drawn   map[string]bool // shapes of documents whose file was written
	papers  int
}

type screenPress struct {
	st    look.Style
	c     software.WindowlessCanvas
	width float32
}

func newPress(t *testing.T) *press {
	t.Helper()
	fonts, err := paperFonts()
	if err != nil {
		t.Fatal(err)
	}
	p := &press{t: t, fonts: fonts, seen: map[string]bool{}, drawn: map[string]bool{}}
	app := test.NewTempApp(t)
	for _, s := range []screenPress{{st: look.Style{Text: 1, Still: true}, width: 952}, {st: look.Style{Text: 2, Still: true, Shell: look.Phone}, width: 350}} {
		app.Settings().SetTheme(look.Theme(s.st))
		s.c = test.NewCanvas()
		s.c.SetPadded(false)
		p.screens = append(p.screens, &s)
	}
	return p
}

// shape is what a document looks like without its words: documents of one shape are written as a file, and drawn on the screen, once.
func shape(d document.Document) string {
	var b strings.Builder
	fmt.Fprint(&b, d.Lang, d.Letter != nil)
	for _, x := range d.Blocks {
		fmt.Fprint(&b, x.Kind, x.Level, x.Bold, x.Label, len(x.Text)/60, len(x.Lines), len(x.Columns), len(x.Rows))
	}
	return b.String()
}

func (p *press) take(name string, d document.Document) {
	p.papers++
	words := fmt.Sprintf("%+v", d)
	if p.seen[words] {
		return // letters to somebody who is not asked for an address are all alike
	}
	p.seen[words] = true
	if pages, outside, err := pdf.Overflow(d, p.fonts); err != nil || outside > 0 || pages == 0 {
		p.t.Errorf("%s: on %d pages of A4 %d things leave the paper (%v)", name, pages, outside, err)
	}
	for _, columns := range []int{32, 48} {
		p.slip(name, d, columns)
	}
	if s := name[:strings.IndexByte(name, '/')] + shape(d); p.drawn[s] {
		return
	} else {
		p.drawn[s] = true
	}
	if file, err := pdf.Render(d, p.fonts); err != nil || len(file) < 1000 {
		p.t.Errorf("%s: a file of %d bytes (%v)", name, len(file), err)
	}
	for _, s := range p.screens {
		s.draw(p.t, name, d)
	}
}

func (p *press) slip(name string, d document.Document, columns int) {
	parts := hardware.Slip(d, columns)
	file, err := escpos.Encode(escpos.Opts{Columns: columns}, parts)
	if err != nil {
		p.t.Errorf("%s: on %d columns: %v", name, columns, err)
		return
	}
	for _, part := range parts {
		for _, l := range part {
			if l.Kind != escpos.Table {
				continue // the printer's driver breaks all else between words
			}
			for _, row := range l.Rows {
				if wide := utf8.RuneCountInString(strings.Join(row, " ")); wide > columns && len(row) > 2 {
					p.t.Errorf("%s: on %d columns a row needs %d", name, columns, wide)
				}
			}
		}
	}
	line, widest := 0, 0
	for _, c := range escpos.Commands(file) {
		switch c.Name {
		case "text":
			line += utf8.RuneCountInString(c.Text)
		case "LF":
			widest, line = max(widest, line), 0
		}
	}
	if widest > columns {
		p.t.Errorf("%s: a line of %d letters on %d columns", name, widest, columns)
	}
}

func (s *screenPress) draw(t *testing.T, name string, d document.Document) {
	st := s.st
	st.Lang = d.Lang
	o, err := paper.Draw(st, d)
	if err != nil {
		t.Errorf("%s: on the screen: %v", name, err)
		return
	}
	s.c.SetContent(o)
	s.c.Resize(fyne.NewSize(s.width, max(look.HeightFor(o, s.width), 10)))
	for _, f := range tree.Check(tree.Of(s.c), 1) {
		t.Errorf("%s: on the screen: %s", name, f)
	}
}

// service makes every paper of a service out of each of its good examples, in every language: as a PDF, on both widths of receipt paper, and on the
// screens of terminal and phone. Nothing is cut off.
func (p *press) service(s *service.Service) {
	for _, e := range examplesOf(p.t, s) {
		if len(e.Expect.Problems) > 0 {
			continue
		}
		for _, lang := range []string{"de", "en", "de-simple"} {
			d := s.Sample(e.Answers, lang, e.On())
			for _, name := range append(s.Documents(), "letter", "summary") {
				doc, err := sampleDocument(s, name, d)
				if err != nil {
					p.t.Errorf("%s/%s: %s in %s: %v", s.ID, e.Name, name, lang, err)
					continue
				}
				if said := fmt.Sprintf("%+v", doc); strings.Contains(said, "paper.") || strings.Contains(said, "<no value>") {
					p.t.Errorf("%s/%s: %s in %s lacks a sentence", s.ID, e.Name, name, lang)
				}
				p.take(s.ID+"/"+e.Name+": "+name+" in "+lang, doc)
			}
		}
	}
}

// A word that no line can hold, a table that no page holds, and an address of six long lines.
func TestTheLongestDocumentIsWholeEverywhere(t *testing.T) {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitän", 3)
	table := document.Block{Kind: document.Table, Columns: []document.Column{{Label: "Erste Spalte"}, {Label: long}, {Label: "Betrag", Right: true}, {Label: "Noch eine", Right: true}}}
	for i := range 80 {
		table.Rows = append(table.Rows, document.Cells{Texts: []string{fmt.Sprint(i), strings.Repeat("Wort ", i), "1.234.567,89 €", long}, Bold: i == 79})
	}
	d := document.Document{Title: long, Lang: "de", Blocks: []document.Block{
		{Kind: document.Heading, Level: 1, Center: true, Text: long}, {Kind: document.Paragraph, Text: long}, {Kind: document.Row, Label: long, Text: long, Bold: true}, table,
		{Kind: document.List, Lines: []string{long, strings.Repeat("Wort ", 300)}}, {Kind: document.Barcode, Data: strings.Repeat("W", 80)},
		{Kind: document.Signature, Label: long, Data: long, Text: long}, {Kind: document.QR, Data: strings.Repeat("x", 700), Text: long}, {Kind: document.Mono, Lines: []string{long}},
	}, Letter: &document.Letter{From: []string{long, long}, Return: long, Remarks: []string{long, long}, To: []string{long, long, long}, Subject: long,
		Info: []document.Info{{Label: long, Text: long}}, Foot: [][]string{{long}, {long, long}, {long}}}}
	newPress(t).take("long/est", d)
}
