package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
)

type slipPage struct {
	Heading, Lead, Number, Lang string
	Parts                       []slipPart
}

type slipPart struct {
	Label  string
	Blocks []block
}

// block is a document.Block with its QR code drawn.
type block struct {
	Kind         string
	Level        int
	Bold, Center bool
	Label, Text  string
	Lines        []string
	QR           template.HTML
}

// showSlip draws a slip as the answer to the request that made it: nothing keeps it, so no page can show it again.
func (s *site) showSlip(w http.ResponseWriter, r *http.Request, number, heading, lead string, d document.Document) {
	p := slipPage{Heading: heading, Lead: lead, Number: number, Lang: d.Lang}
	if p.Lang == "" {
		p.Lang = "de"
	}
	for i, part := range d.Parts() {
		x := slipPart{Label: fmt.Sprintf("Teil %d", i+1)}
		for _, b := range part.Blocks {
			y := block{Kind: string(b.Kind), Level: min(max(b.Level, 1), 3), Bold: b.Bold, Center: b.Center, Label: b.Label, Text: b.Text, Lines: b.Lines}
			if b.Kind == document.QR {
				code, err := drawQR(b.Data)
				if err != nil {
					s.fail(w, r, fmt.Errorf("web: slip: %w", err))
					return
				}
				y.QR = code
			}
			x.Blocks = append(x.Blocks, y)
		}
		p.Parts = append(p.Parts, x)
	}
	s.draw(w, r, http.StatusOK, "slip", shell{Title: "Beleg " + number, Nav: "erfassen"}, p)
}

// drawQR writes a code as one path of squares. What it says appears nowhere as text.
func drawQR(data string) (template.HTML, error) {
	m, err := qr.Matrix(data, qr.Medium)
	if err != nil {
		return "", err
	}
	size := len(m) + 2*qr.Quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="QR-Code" shape-rendering="crispEdges"><path class="qr-paper" d="M0 0h%dv%dH0z"/><path class="qr-ink" d="`, size, size, size, size)
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			end := x
			for end < len(row) && row[end] {
				end++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1H%dz", x+qr.Quiet, y+qr.Quiet, end-x, x+qr.Quiet)
			x = end
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}
