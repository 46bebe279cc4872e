// Package pdf renders a document as an A4 file: real text that can be searched and read aloud, embedded fonts, QR codes as vectors.
//
// How a block looks: headings of level 1 are large, and the largest of all when centred (the plate on a permit); rows are a table, and a
// bold row shows its value big enough to be read through a windscreen; lines of a card terminal stand in a frame of their own. A letter is set after
// DIN 5008, form B, for an envelope with a window.
package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gomono"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

// Fonts are the TrueType files that are embedded. Both are needed; what a font has no letter for is written without its accents, or as "?".
type Fonts struct {
	Regular []byte
	Bold    []byte
}

// ErrFonts says that a font is missing or no TrueType file.
var ErrFonts = errors.New("pdf: font is missing or cannot be read")

// made is the day in every file's metadata. A document carries no day of its own, and equal documents must give equal bytes: the town hall
// compares them by digest.
var made = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Render gives the document as a PDF file; each Cut begins a new page. Equal input gives equal bytes. It fails with ErrFonts, or when a QR
// code's data is too long for a code (qr.ErrData, barcode.ErrData), or a picture cannot be read (document.ErrPicture).
func Render(d document.Document, fonts Fonts) ([]byte, error) {
	s, err := newSetter(fonts, hasMono(d))
	if err != nil {
		return nil, err
	}
	f := s.file
	f.SetTitle(s.faces[regular].clean(d.Title), true)
	f.SetLang(d.Lang)
	pages, err := layOut(d, s.faces, s.measure)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		f.AddPage()
		p.draw(f)
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: render: %w", err)
	}
	return attach(out.Bytes(), d.Files)
}

// setter is an empty file with its fonts.
type setter struct {
	file  *fpdf.Fpdf
	faces [3]*face
}

func newSetter(fonts Fonts, withMono bool) (*setter, error) {
	faces, err := loadFaces(fonts)
	if err != nil {
		return nil, err
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetProducer("Rathausnah", true)
	f.SetCreator("Rathausnah", true)
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	// The library takes the bytes as its own while it cuts the fonts down to the letters used: each file gets a copy.
	f.AddUTF8FontFromBytes(regular.family(), "", bytes.Clone(fonts.Regular))
	f.AddUTF8FontFromBytes(bold.family(), "", bytes.Clone(fonts.Bold))
	if withMono {
		f.AddUTF8FontFromBytes(mono.family(), "", bytes.Clone(gomono.TTF))
	}
	if err := f.Error(); err != nil {
		return nil, fmt.Errorf("pdf: render: %w", err)
	}
	return &setter{f, faces}, nil
}

// measure gives the width of a line in millimetres.
func (s *setter) measure(w weight, size float64, line string) float64 {
	s.file.SetFont(w.family(), "", size)
	return s.file.GetStringWidth(line)
}

func hasMono(d document.Document) bool {
	return slices.ContainsFunc(d.Blocks, func(b document.Block) bool { return b.Kind == document.Mono })
}

func (p *page) draw(f *fpdf.Fpdf) {
	for _, r := range p.rects {
		f.SetFillColor(r.ink.r, r.ink.g, r.ink.b)
		f.Rect(r.x, r.y, r.w, r.h, "F")
	}
	for _, t := range p.texts {
		f.SetFont(t.weight.family(), "", t.size)
		f.SetTextColor(t.ink.r, t.ink.g, t.ink.b)
		f.Text(t.x, t.y, t.s)
	}
	for _, i := range p.pictures {
		name := digest(i.data)
		f.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: i.kind}, bytes.NewReader(i.data))
		f.ImageOptions(name, i.x, i.y, i.w, i.h, false, fpdf.ImageOptions{}, 0, "")
	}
	f.SetDrawColor(solid.r, solid.g, solid.b)
	f.SetLineCapStyle("round")
	f.SetLineJoinStyle("round")
	for _, s := range p.strokes {
		f.SetLineWidth(s.width)
		f.MoveTo(s.points[0].X, s.points[0].Y)
		for _, at := range s.points[1:] {
			f.LineTo(at.X, at.Y)
		}
		f.DrawPath("D")
	}
}

// digest names a picture by what it is: a picture that is there twice is in the file once.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
