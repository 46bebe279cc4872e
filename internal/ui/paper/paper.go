// Package paper shows a document on the screen, for whoever has no printer and for whoever wants to see what will be printed: the same blocks as on
// paper, in the reader's text size and contrast.
package paper

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/barcode"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Draw shows a document; each part that is cut off on paper is a sheet of its own. It fails when a code's data is too long for a code (qr.ErrData,
// barcode.ErrData), or a picture cannot be read (document.ErrPicture).
func Draw(st look.Style, d document.Document) (fyne.CanvasObject, error) {
	var sheets []fyne.CanvasObject
	for _, part := range d.Flat().Parts() {
		var blocks []fyne.CanvasObject
		for _, b := range part.Blocks {
			o, err := draw(st, b)
			if err != nil {
				return nil, fmt.Errorf("paper: draw: %w", err)
			}
			if b.Kind == document.Heading && blocks != nil {
				o = look.Inset(o, 0, st.Gap(), 0, 0)
			}
			if o != nil {
				blocks = append(blocks, o)
			}
		}
		sheets = append(sheets, look.Card(st, look.Column(st.Gap()*0.7, blocks...)))
	}
	return look.Column(st.Gap(), sheets...), nil
}

func draw(st look.Style, b document.Block) (fyne.CanvasObject, error) {
	switch b.Kind {
	case document.Heading:
		size := look.Lead
		switch {
		case b.Level <= 1:
			size = look.TitleM
		case b.Level == 2:
			size = look.TitleS
		}
		return look.Text(st, size, b.Text, look.TextOpts{Bold: true, Heading: true, Center: b.Center}), nil
	case document.Paragraph:
		return look.Text(st, look.Body, b.Text, look.TextOpts{Bold: b.Bold, Center: b.Center}), nil
	case document.Row:
		return look.Pair(st, b.Label, b.Text, false), nil
	case document.Mono:
		return mono(st, b.Lines), nil
	case document.QR:
		m, err := qr.Matrix(b.Data, qr.Medium)
		if err != nil {
			return nil, err
		}
		return centered(st, look.QR(st, m, share(st, 330, 200), b.Text), b.Text), nil
	case document.Rule:
		return look.Line(st), nil
	case document.Space:
		return look.Space(st.Size(look.Body) * 0.5), nil
	case document.Table:
		return table(st, b), nil
	case document.List:
		var items []fyne.CanvasObject
		for i, s := range b.Lines {
			mark := document.Mark(b, i)
			if !b.Numbered {
				mark = "•"
			}
			items = append(items, item(st, mark, s))
		}
		return look.Column(st.U(8), items...), nil
	case document.Image:
		img, err := document.Decode(b.Picture)
		if err != nil {
			return nil, err
		}
		wide := b.Width
		if wide <= 0 {
			wide = 40
		}
		return centered(st, picture(img, st.U(float32(wide)*share(st, look.PxPerMM, 3)), b.Text), ""), nil
	case document.Barcode:
		m, err := barcode.Modules(b.Data)
		if err != nil {
			return nil, err
		}
		return centered(st, bars(st, m, b.Data), b.Data), nil
	case document.Signature:
		return signature(st, b), nil
	}
	return nil, nil
}

// share is a size in design pixels on the terminal, another on the phone.
func share(st look.Style, terminal, phone float32) float32 {
	if st.Shell == look.Phone {
		return phone
	}
	return terminal
}

// centered puts something in the middle, with its words below.
func centered(st look.Style, o fyne.CanvasObject, words string) fyne.CanvasObject {
	middle := look.NewScene(0, func(w float32) float32 { return look.HeightFor(o, min(w, o.MinSize().Width)) }, func(size fyne.Size) []fyne.CanvasObject {
		w := min(size.Width, o.MinSize().Width)
		return []fyne.CanvasObject{look.At(o, (size.Width-w)/2, 0, w, size.Height)}
	})
	if words == "" {
		return middle
	}
	return look.Column(st.U(8), middle, look.Text(st, look.Body, words, look.TextOpts{Center: true}))
}

// item is a text behind a mark.
func item(st look.Style, mark, words string) fyne.CanvasObject {
	indent := look.Measure(mark, st.Size(look.Body), false).Width + st.U(16)
	dot, text := look.Text(st, look.Body, mark, look.TextOpts{Quiet: true}), look.Text(st, look.Body, words, look.TextOpts{})
	return look.NewScene(indent+text.MinSize().Width, func(w float32) float32 { return text.HeightFor(w - indent) }, func(size fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(dot, 0, 0, indent, dot.HeightFor(indent)), look.At(text, indent, 0, size.Width-indent, size.Height)}
	})
}

// receiptWidth is how many letters a line of a card terminal's receipt has at most; longer ones are broken.
const receiptWidth = 48

// mono keeps lines as they are, as small as the longest needs; as text for those who hear it.
func mono(st look.Style, lines []string) fyne.CanvasObject {
	longest := 1
	var letters []fyne.CanvasObject
	for _, s := range lines {
		for r := []rune(s); ; r = r[receiptWidth:] {
			part := r[:min(receiptWidth, len(r))]
			longest = max(longest, len(part))
			letters = append(letters, monoText(string(part), st.Colors().Ink))
			if len(r) <= receiptWidth {
				break
			}
		}
	}
	room := fyne.MeasureText("0", 100, fyne.TextStyle{Monospace: true})
	size := func(w float32) float32 { return min(st.Size(look.Body), w/float32(longest)/(room.Width/100+0.01)) }
	line := func(w float32) float32 { return size(w) * (room.Height/100 + 0.02) }
	scene := look.NewScene(0, func(w float32) float32 { return line(w) * float32(len(letters)) }, func(s fyne.Size) []fyne.CanvasObject {
		for i := range letters {
			setMono(letters[i], size(s.Width), s.Width, line(s.Width), float32(i)*line(s.Width))
		}
		return letters
	})
	scene.Node = tree.Node{Role: tree.Text, Name: strings.Join(lines, "\n")}
	return scene
}
