package pdf

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"

// edge is what every A4 printer leaves white at the sides, in millimetres.
const edge = 4.0

// Overflow tells how many pages a document has, and how many of its texts, lines and pictures would leave the part of the paper that every printer
// reaches: 0 for a document of which nothing is cut off. It fails as Render does.
func Overflow(d document.Document, fonts Fonts) (pages, outside int, err error) {
	s, err := newSetter(fonts, true)
	if err != nil {
		return 0, 0, err
	}
	set, err := layOut(d, s.faces, s.measure)
	if err != nil {
		return 0, 0, err
	}
	count := func(x, y, w, h float64) {
		if x < edge || y < edge || x+w > pageWidth-edge || y+h > pageHeight-edge {
			outside++
		}
	}
	for _, p := range set {
		for _, t := range p.texts {
			count(t.x, t.y-t.size*0.75*point, s.measure(t.weight, t.size, t.s), t.size*point)
		}
		for _, r := range p.rects {
			count(r.x, r.y, r.w, r.h)
		}
		for _, i := range p.pictures {
			count(i.x, i.y, i.w, i.h)
		}
		for _, line := range p.strokes {
			for _, at := range line.points {
				count(at.X, at.Y, 0, 0)
			}
		}
	}
	return len(set), outside, nil
}
