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

// table sets columns beside each other where every row fits on a line, and each row as pairs below each other where it does not. A sum stands below a
// line.
func table(b document.Block, columns int) []escpos.Line {
	if len(b.Columns) == 2 && !wide(b, columns/2, 1) || !wide(b, columns, 0) {
		return beside(b)
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

// wide tells whether the columns from first on are wider than room.
func wide(b document.Block, room, first int) bool {
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
	sum := len(widths) - 1 - first
	for _, w := range widths[min(first, len(widths)):] {
		sum += w
	}
	return sum > room
}

func beside(b document.Block) []escpos.Line {
	body := escpos.Line{Kind: escpos.Table}
	var lines []escpos.Line
	for _, c := range b.Columns {
		body.Right = append(body.Right, c.Right)
	}
	if b.Head() {
		var head []string
		for _, c := range b.Columns {
			head = append(head, c.Label)
		}
		body.Rows = append(body.Rows, head)
	}
	flush := func() {
		if len(body.Rows) > 0 {
			lines = append(lines, body)
			body.Rows = nil
		}
	}
	for _, r := range b.Rows {
		if !r.Bold || len(r.Texts) == 0 {
			body.Rows = append(body.Rows, r.Texts)
			continue
		}
		flush()
		last := len(r.Texts) - 1
		var names []string
		for _, s := range r.Texts[:last] {
			if s != "" {
				names = append(names, s)
			}
		}
		lines = append(lines, escpos.Line{Kind: escpos.Rule}, escpos.Line{Kind: escpos.Pair, Label: strings.Join(names, " "), Text: r.Texts[last], Bold: true})
	}
	flush()
	return lines
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
