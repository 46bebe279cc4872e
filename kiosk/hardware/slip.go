package hardware

import (
	"image"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/draw"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

// What a receipt printer's head draws on a millimetre, and on a column of letters.
const (
	dotsPerMillimetre = 8
	dotsPerColumn     = 12
)

// Slip sets a document for a receipt printer with that many columns: 48 on paper of 80 mm, 32 on paper of 58 mm. Pictures that cannot be read are
// left out: a slip is worth more than what is printed on it for show.
func Slip(d document.Document, columns int) []escpos.Part {
	var parts []escpos.Part
	for _, part := range d.Flat().Parts() {
		var lines escpos.Part
		for _, b := range part.Blocks {
			lines = append(lines, set(b, columns)...)
		}
		parts = append(parts, lines)
	}
	return parts
}

func set(b document.Block, columns int) []escpos.Line {
	switch b.Kind {
	case document.Heading:
		l := escpos.Line{Text: b.Text, Bold: true, Center: b.Center}
		switch {
		case b.Level <= 1 && b.Center && utf8.RuneCountInString(b.Text)*3 <= columns:
			l.Wide, l.Tall = 3, 3 // a plate, a zone: to be read through a windscreen
		case b.Level <= 1:
			l.Wide, l.Tall = 2, 2
		case b.Level == 2:
			l.Tall = 2
		}
		return []escpos.Line{l}
	case document.Paragraph:
		return []escpos.Line{{Text: b.Text, Bold: b.Bold, Center: b.Center}}
	case document.Row:
		l := escpos.Line{Kind: escpos.Pair, Label: b.Label, Text: b.Text, Bold: b.Bold}
		if b.Bold && utf8.RuneCountInString(b.Label)+2+2*utf8.RuneCountInString(b.Text) <= columns {
			l.Wide, l.Tall = 2, 2
		}
		return []escpos.Line{l}
	case document.Mono:
		return []escpos.Line{{Kind: escpos.Verbatim, Lines: b.Lines}}
	case document.QR:
		return captioned(escpos.Line{Kind: escpos.QR, Data: b.Data}, b.Text)
	case document.Rule:
		return []escpos.Line{{Kind: escpos.Rule}}
	case document.Space:
		return []escpos.Line{{Kind: escpos.Feed}}
	case document.Table:
		return table(b, columns)
	case document.List:
		return list(b)
	case document.Image:
		return picture(b, columns)
	case document.Barcode:
		return bars(b, columns)
	case document.Signature:
		return signature(b, columns)
	}
	return nil
}

func captioned(l escpos.Line, caption string) []escpos.Line {
	if caption == "" {
		return []escpos.Line{l}
	}
	return []escpos.Line{l, {Text: caption, Center: true}}
}

// table sets columns beside each other where every row fits on a line, two columns as pairs, and each row as pairs below each other where it does not
// fit. A sum stands below a line.
func table(b document.Block, columns int) []escpos.Line {
	switch {
	case len(b.Columns) == 2 && b.Columns[1].Right:
		return pairs(b)
	case width(b) <= columns:
		return beside(b, columns)
	}
	lines := []escpos.Line{{Kind: escpos.Rule}}
	for _, r := range b.Rows {
		for i, s := range r.Texts {
			label := ""
			if i < len(b.Columns) {
				label = b.Columns[i].Label
			}
			switch {
			case s == "":
			case i == 0 || label == "":
				lines = append(lines, escpos.Line{Text: s, Bold: true})
			default:
				lines = append(lines, escpos.Line{Kind: escpos.Pair, Label: label, Text: s, Bold: r.Bold})
			}
		}
		lines = append(lines, escpos.Line{Kind: escpos.Rule})
	}
	return lines
}

// pairs sets the first column at the left and the second one at the right edge.
func pairs(b document.Block) []escpos.Line {
	var lines []escpos.Line
	if b.Head() {
		lines = append(lines, escpos.Line{Kind: escpos.Pair, Label: b.Columns[0].Label, Text: b.Columns[1].Label}, escpos.Line{Kind: escpos.Rule})
	}
	for i, r := range b.Rows {
		texts := append(append([]string{}, r.Texts...), "", "")
		if r.Bold && i > 0 {
			lines = append(lines, escpos.Line{Kind: escpos.Rule})
		}
		lines = append(lines, escpos.Line{Kind: escpos.Pair, Label: texts[0], Text: texts[1], Bold: r.Bold})
	}
	return lines
}

// width is how many letters a table's rows need.
func width(b document.Block) int {
	widths := make([]int, len(b.Columns))
	look := func(i int, s string) {
		if i < len(widths) {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	for i, c := range b.Columns {
		look(i, c.Label)
	}
	for _, r := range b.Rows {
		for i, s := range r.Texts {
			look(i, s)
		}
	}
	sum := max(0, len(widths)-1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// beside sets a table whose rows fit. What is left of the paper's width widens the first column: amounts stand at the right edge.
func beside(b document.Block, columns int) []escpos.Line {
	if len(b.Columns) == 0 {
		return nil
	}
	var right []bool
	head := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		right, head[i] = append(right, c.Right), c.Label
	}
	first := 0
	rows := b.Rows
	if b.Head() {
		rows = append([]document.Cells{{Texts: head}}, rows...)
	}
	for _, r := range rows {
		if len(r.Texts) > 0 {
			first = max(first, utf8.RuneCountInString(r.Texts[0]))
		}
	}
	first += columns - width(b)
	widths := make([]int, len(b.Columns))
	for _, r := range rows {
		for i, s := range r.Texts {
			if i < len(widths) {
				widths[i] = max(widths[i], utf8.RuneCountInString(s))
			}
		}
	}
	widths[0] = first
	var lines []escpos.Line
	for i, r := range rows {
		texts := append([]string{}, r.Texts...)
		for len(texts) < len(widths) {
			texts = append(texts, "")
		}
		for j := range widths { // every row is a table of its own, so that a sum can be bold: all are padded to the same widths
			texts[j] = pad(texts[j], widths[j], right[j])
		}
		if r.Bold && i > 0 {
			lines = append(lines, escpos.Line{Kind: escpos.Rule})
		}
		lines = append(lines, escpos.Line{Kind: escpos.Table, Rows: [][]string{texts[:len(widths)]}, Right: right, Bold: r.Bold})
		if i == 0 && b.Head() {
			lines = append(lines, escpos.Line{Kind: escpos.Rule})
		}
	}
	return lines
}

// pad fills a text up with spaces that nothing breaks at.
func pad(s string, width int, right bool) string {
	fill := strings.Repeat("\u00a0", max(0, width-utf8.RuneCountInString(s)))
	if right {
		return fill + s
	}
	return s + fill
}

func list(b document.Block) []escpos.Line {
	rows := make([][]string, len(b.Lines))
	for i, s := range b.Lines {
		rows[i] = []string{document.Mark(b, i), s}
	}
	return []escpos.Line{{Kind: escpos.Table, Rows: rows}}
}

// picture scales an image to its width on paper.
func picture(b document.Block, columns int) []escpos.Line {
	img, err := document.Decode(b.Picture)
	if err != nil {
		return nil
	}
	width := b.Width
	if width <= 0 {
		width = 40
	}
	size := img.Bounds().Size()
	w := min(int(width*dotsPerMillimetre), columns*dotsPerColumn)
	h := max(1, size.Y*w/size.X)
	if most := 3000; h > most {
		w, h = max(1, w*most/h), most
	}
	scaled := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(scaled, scaled.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), img, img.Bounds(), draw.Over, nil)
	return captioned(escpos.Line{Kind: escpos.Picture, Image: scaled}, b.Text)
}

// bars is a bar code, or its text alone where the paper is too narrow to hold it.
func bars(b document.Block, columns int) []escpos.Line {
	m, err := escpos.Bars(escpos.Code128, b.Data)
	if err != nil || len(m)*2 > columns*dotsPerColumn {
		return []escpos.Line{{Text: b.Data, Center: true}}
	}
	return []escpos.Line{{Kind: escpos.Barcode, Code: escpos.Code128, Data: b.Data}}
}

// signature is a line to sign on, below what was drawn on the screen.
func signature(b document.Block, columns int) []escpos.Line {
	var lines []escpos.Line
	if b.Data != "" || b.Label != "" {
		lines = append(lines, escpos.Line{Kind: escpos.Feed})
		if b.Data != "" {
			lines = append(lines, escpos.Line{Text: b.Data})
		} else {
			lines = append(lines, escpos.Line{Kind: escpos.Feed})
		}
		lines = append(lines, escpos.Line{Kind: escpos.Rule}, escpos.Line{Text: b.Label})
	}
	if img := document.Sketch(b.Strokes, columns*dotsPerColumn*3/4, 15*dotsPerMillimetre); img != nil {
		lines = append(lines, escpos.Line{Kind: escpos.Picture, Image: img})
	} else {
		lines = append(lines, escpos.Line{Kind: escpos.Feed}, escpos.Line{Kind: escpos.Feed}, escpos.Line{Kind: escpos.Feed})
	}
	return append(lines, escpos.Line{Kind: escpos.Rule}, escpos.Line{Text: b.Text})
}
