package escposemu

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
)

// do carries out one command.
func (p *Printer) do(c escpos.Command) (answer []byte, err error) {
	if c.Name == "ESC @" {
		p.finish()
	}
	if p.current == nil {
		p.current = &Slip{Number: p.number()}
	}
	p.current.Raw = append(p.current.Raw, c.Bytes...)
	profile := p.o.Profile
	switch c.Name {
	case "LF":
		p.head.feed()
		p.line()
	case "ESC @":
		p.head.reset()
		p.asb = 0
	case "ESC J", "ESC d":
		dots := int(c.Args[0])
		if c.Name == "ESC d" {
			dots *= p.head.spacing
		}
		p.flush()
		p.head.empty(dots)
	case "ESC p":
		p.note("drawer")
	case "GS a":
		if p.can(profile.ASB) {
			p.asb = c.Args[0]
			return p.report(true), nil
		}
	case "GS I":
		return p.name(c.Args[0]), nil
	case "GS r":
		if p.fault == DiesLate {
			return nil, p.die()
		}
		if err := p.tear(c); err != nil {
			return nil, err
		}
		b := byte(0)
		if p.fault == NearEnd && (c.Args[0] == 1 || c.Args[0] == '1') {
			b = 0x03
		}
		return []byte{b}, nil
	case "GS ( H":
		if len(c.Args) == 6 && c.Args[0] == '0' && p.can(profile.ProcessID) {
			if p.fault == DiesLate {
				return nil, p.die()
			}
			return append(append([]byte{0x37, 0x22}, c.Args[2:]...), 0), p.tear(c)
		}
	case "GS ( k":
		if p.can(profile.QR) {
			p.flush()
			p.head.symbolCommand(c.Args)
		}
	case "GS k":
		if p.can(profile.Barcodes) {
			p.flush()
			p.head.barcode(c.Args)
		}
	case "GS V", "ESC i", "ESC m":
		if p.can(profile.Cutter) {
			return nil, p.cut(c)
		}
	case "unknown":
		p.unknown++
	default:
		p.head.set(c)
	}
	return nil, nil
}

// die forgets everything, as without power.
func (p *Printer) die() error {
	p.queue, p.partial, p.asb = nil, nil, 0
	return errDied
}

// line counts a printed line and, in a slow printer, its time.
func (p *Printer) line() {
	p.lines++
	if p.fault == Slow {
		p.resume = time.Now().Add(p.o.Line)
	}
}

// note keeps what happened besides printing, in words and small on the paper.
func (p *Printer) note(what string) {
	if p.current == nil {
		p.current = &Slip{Number: p.number()}
	}
	p.current.Notes = append(p.current.Notes, what)
	p.head.remark(what)
}

func (p *Printer) flush() {
	if len(p.head.line) > 0 {
		p.head.feed()
		p.line()
	}
}

// finish ends the slip that is being printed, if anything of it is on paper.
func (p *Printer) finish() {
	if p.current != nil && (len(p.current.Parts) > 0 || len(p.head.strips) > len(p.current.Notes)) { // notes are no print
		p.slips = append(p.slips, *p.current) // what was not cut hangs on the next slip
		p.current = nil
	} else if p.current != nil {
		p.current.Raw = nil
	}
}

func (p *Printer) number() int {
	n := len(p.slips) + 1
	if p.o.Dir == "" {
		return n
	}
	for ; ; n++ {
		if _, err := os.Stat(p.file(n, "", "bin")); err != nil {
			return n
		}
	}
}

func (p *Printer) file(n int, part, ext string) string {
	return filepath.Join(p.o.Dir, fmt.Sprintf("slip-%d%s.%s", n, part, ext))
}

// tear is what people do at a printer without a knife when it is done.
func (p *Printer) tear(c escpos.Command) error {
	if p.can(p.o.Profile.Cutter) || len(p.head.strips) == 0 {
		return nil
	}
	return p.cut(c)
}

// cut ends a part and writes the pictures. A jam leaves the order in the buffer.
func (p *Printer) cut(c escpos.Command) error {
	p.flush()
	if p.fault == Cutter {
		p.jammed = true
		p.queue = append([]escpos.Command{c}, p.queue...)
		return nil
	}
	img, text := p.head.tear()
	s := p.current
	s.Parts, s.Text = append(s.Parts, img), append(s.Text, text)
	if p.o.Dir == "" {
		return nil
	}
	if err := os.WriteFile(p.file(s.Number, "", "bin"), s.Raw, 0o600); err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	if err := save(p.file(s.Number, fmt.Sprintf("-part-%d", len(s.Parts)), "png"), img); err != nil {
		return err
	}
	return save(p.file(s.Number, "", "png"), s.Picture())
}

// Picture shows the parts one below the other, as they fall out of the printer.
func (s Slip) Picture() image.Image {
	const gap = 10
	width, height := 0, -gap
	for _, p := range s.Parts {
		width, height = max(width, p.Bounds().Dx()), height+p.Bounds().Dy()+gap
	}
	img := image.NewRGBA(image.Rect(0, 0, max(1, width), max(1, height))) // transparent between the parts
	y := 0
	for _, p := range s.Parts {
		draw.Draw(img, p.Bounds().Add(image.Pt(0, y)), p, image.Point{}, draw.Src)
		y += p.Bounds().Dy() + gap
	}
	return img
}

func save(name string, img image.Image) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".slip-*") // whoever watches the folder sees whole pictures only
	if err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	defer os.Remove(f.Name())
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	return nil
}

// set carries out what changes how the head prints.
func (h *head) set(c escpos.Command) {
	a, le := c.Args, binary.LittleEndian
	switch c.Name {
	case "text":
		h.letters(a)
	case "HT":
		h.pen = min(h.pen/(8*cellWidth)*(8*cellWidth)+8*cellWidth, h.area-cellWidth)
	case "ESC !":
		h.small, h.bold, h.wide, h.tall = a[0]&1 != 0, a[0]&8 != 0, 1+int(a[0]>>5&1), 1+int(a[0]>>4&1)
		h.under = int(a[0] >> 7)
	case "ESC t":
		h.page = a[0]
	case "ESC a":
		h.align = a[0]
	case "ESC E", "ESC G":
		h.bold = a[0]&1 != 0
	case "ESC M":
		h.small = a[0] == 1 || a[0] == '1'
	case "ESC -":
		h.under = int(a[0] & 3)
	case "ESC {":
		h.upside = a[0]&1 != 0
	case "ESC SP":
		h.gap = int(a[0])
	case "ESC 2":
		h.spacing = lineFeed
	case "ESC 3":
		h.spacing = int(a[0])
	case "ESC $":
		h.pen = min(int(le.Uint16(a)), h.area)
	case "ESC \\":
		h.pen = max(0, min(h.pen+int(int16(le.Uint16(a))), h.area))
	case "ESC *":
		h.columnPicture(a)
	case "GS B":
		h.invert = a[0]&1 != 0
	case "GS !":
		h.wide, h.tall = int(a[0]>>4&7)+1, int(a[0]&7)+1
	case "GS L":
		h.margin = min(int(le.Uint16(a)), h.width()-cellWidth)
		h.area = min(h.area, h.width()-h.margin)
	case "GS W":
		h.area = max(cellWidth, min(int(le.Uint16(a)), h.width()-h.margin))
	case "GS h":
		h.barHeight = max(1, int(a[0]))
	case "GS w":
		h.barModule = max(1, min(6, int(a[0])))
	case "GS H":
		h.barText = a[0] & 3
	case "GS v 0":
		h.raster(a)
	case "GS ( L", "GS 8 L":
		h.graphics(a)
	}
}
