// Package pwg writes and reads PWG raster, the pictures of pages that every IPP Everywhere printer takes (PWG 5102.4-2012).
//
// A document is the word "RaS2" followed by pages; a page is a head of 1796 bytes (section 4.3, table 1) and its lines, each preceded by how often it repeats and
// packed as in section 4.4. Only what this house sends is known here: 8 bit grey (sgray_8) and 8 bit sRGB (srgb_8), chunky, on one side.
package pwg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Page is a picture of a page: Width times Height pixels from the upper left, one byte of grey each or three of red, green and blue; 255 is
// light.
type Page struct {
	Width, Height int
	DPI           int
	Colour        bool
	Pix           []byte
}

// Limits of a page that Decode takes: A3 at 600 dpi.
const (
	mostSide = 10000
	mostDPI  = 1200
)

// ErrFormat says that bytes are no PWG raster, or of a kind that this package does not know. It is wrapped with the place.
var ErrFormat = errors.New("pwg: not PWG raster")

const (
	sync     = "RaS2"
	headSize = 1796
	sizeName = "iso_a4_210x297mm"
	grey     = 18 // cupsColorSpace: sGray
	colour   = 19 // sRGB
)

// Offsets in the head of a page, PWG 5102.4 table 1; integers are 4 bytes, the highest first.
const (
	atClass      = 0    // "PwgRaster"
	atResolution = 276  // across, along
	atCopies     = 340  // NumCopies, 0 leaves it to the job
	atPageSize   = 352  // in points
	atWidth      = 372  // in pixels
	atHeight     = 376  // in pixels
	atBits       = 384  // per colour
	atPixelBits  = 388  // per pixel
	atLineBytes  = 392  // per line
	atOrder      = 396  // 0: chunky
	atSpace      = 400  // colour space
	atColours    = 420  // how many
	atAcross     = 456  // CrossFeedTransform
	atAlong      = 460  // FeedTransform
	atImageBox   = 464  // left, top, right, bottom
	atName       = 1732 // PageSizeName
)

// A4 gives the size of an A4 page in pixels, rounded down as PWG 5101.1's hundredths of a millimetre want it.
func A4(dpi int) (width, height int) { return 21000 * dpi / 2540, 29700 * dpi / 2540 }

// Begin starts a document.
func Begin() []byte { return []byte(sync) }

func (p Page) deep() int {
	if p.Colour {
		return 3
	}
	return 1
}

// Append adds the page to a document. It fails if the picture is not as long as it says.
func (p Page) Append(doc []byte) ([]byte, error) {
	deep := p.deep()
	if p.Width < 1 || p.Height < 1 || p.Width > mostSide || p.Height > mostSide || p.DPI < 1 || p.DPI > mostDPI || len(p.Pix) != p.Width*p.Height*deep {
		return nil, fmt.Errorf("pwg: append: %d bytes are no page of %d by %d", len(p.Pix), p.Width, p.Height)
	}
	head := make([]byte, headSize)
	put := func(at int, n ...int) {
		for i, v := range n {
			binary.BigEndian.PutUint32(head[at+4*i:], uint32(v))
		}
	}
	copy(head[atClass:], "PwgRaster")
	put(atResolution, p.DPI, p.DPI)
	put(atCopies, 0)
	put(atPageSize, (p.Width*72+p.DPI/2)/p.DPI, (p.Height*72+p.DPI/2)/p.DPI)
	put(atWidth, p.Width)
	put(atHeight, p.Height)
	put(atBits, 8)
	put(atPixelBits, 8*deep)
	put(atLineBytes, p.Width*deep)
	put(atSpace, map[bool]int{false: grey, true: colour}[p.Colour])
	put(atColours, deep)
	put(atAcross, 1)
	put(atAlong, 1)
	put(atImageBox, 0, 0, p.Width, p.Height)
	if w, h := A4(p.DPI); p.Width == w && p.Height == h {
		copy(head[atName:], sizeName)
	}
	doc = append(doc, head...)
	for y := 0; y < p.Height; {
		row := p.row(y)
		again := 1
		for again < 256 && y+again < p.Height && bytes.Equal(p.row(y+again), row) {
			again++
		}
		doc = pack(append(doc, byte(again-1)), row, deep)
		y += again
	}
	return doc, nil
}

func (p Page) row(y int) []byte {
	n := p.Width * p.deep()
	return p.Pix[y*n : (y+1)*n]
}

// pack writes a line (section 4.4): 0 to 127 says that the next pixel comes one time more than that; 129 to 255 that 257 minus it
// pixels follow as they are.
func pack(doc, row []byte, deep int) []byte {
	same := func(a, b int) bool { return bytes.Equal(row[a:a+deep], row[b:b+deep]) }
	for at := 0; at < len(row); {
		run := 1
		for run < 128 && at+run*deep < len(row) && same(at, at+run*deep) {
			run++
		}
		if run > 1 || at+deep == len(row) {
			doc = append(append(doc, byte(run-1)), row[at:at+deep]...)
			at += run * deep
			continue
		}
		n := 1 // as they are, until two are alike
		for n < 128 && at+n*deep < len(row) && (at+(n+1)*deep >= len(row) || !same(at+n*deep, at+(n+1)*deep)) {
			n++
		}
		if n == 1 {
			doc = append(append(doc, 0), row[at:at+deep]...)
		} else {
			doc = append(append(doc, byte(257-n)), row[at:at+n*deep]...)
		}
		at += n * deep
	}
	return doc
}

// Decode reads a document whose pictures are no longer than most bytes together; a few bytes may say that a line repeats for ever. Errors wrap ErrFormat and
// name the place.
func Decode(doc []byte, most int) ([]Page, error) {
	if !bytes.HasPrefix(doc, []byte(sync)) {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrFormat, sync)
	}
	var pages []Page
	for at := len(sync); at < len(doc); {
		p, n, err := decode(doc[at:], most)
		if err != nil {
			return nil, fmt.Errorf("%w: page %d, at %d: %w", ErrFormat, len(pages)+1, at+n, err)
		}
		pages, at, most = append(pages, p), at+n, most-len(p.Pix)
	}
	return pages, nil
}

// decode reads one page and tells how long it is; with an error, how far it came.
func decode(b []byte, most int) (Page, int, error) {
	if len(b) < headSize {
		return Page{}, len(b), errors.New("the head is cut off")
	}
	get := func(at int) int { return int(binary.BigEndian.Uint32(b[at:])) }
	p := Page{Width: get(atWidth), Height: get(atHeight), DPI: get(atResolution), Colour: get(atSpace) == colour}
	deep := p.deep()
	switch {
	case !bytes.HasPrefix(b, []byte("PwgRaster\x00")):
		return Page{}, atClass, errors.New("it is another kind of raster")
	case p.Width < 1 || p.Width > mostSide || p.Height < 1 || p.Height > mostSide:
		return Page{}, atWidth, errors.New("its size cannot be")
	case p.DPI < 1 || p.DPI > mostDPI || get(atResolution+4) != p.DPI:
		return Page{}, atResolution, errors.New("its resolution is not known here")
	case get(atSpace) != grey && !p.Colour, get(atBits) != 8, get(atPixelBits) != 8*deep, get(atOrder) != 0, get(atColours) != deep:
		return Page{}, atBits, errors.New("its colours are not known here")
	case get(atLineBytes) != p.Width*deep:
		return Page{}, atLineBytes, errors.New("its lines are not as long as it is wide")
	}
	line := p.Width * deep
	if line*p.Height > most {
		return Page{}, atWidth, errors.New("it is larger than allowed")
	}
	at := headSize
	for have := 0; have < p.Height; {
		if at >= len(b) {
			return Page{}, at, errors.New("it is cut off")
		}
		again := int(b[at]) + 1
		at++
		if have+again > p.Height {
			return Page{}, at - 1, errors.New("a line repeats beyond the page")
		}
		start := len(p.Pix)
		for len(p.Pix)-start < line {
			if at >= len(b) {
				return Page{}, at, errors.New("a line is cut off")
			}
			code := int(b[at])
			at++
			n, times := 1, code+1
			if code == 128 {
				return Page{}, at - 1, errors.New("128 says nothing")
			} else if code > 128 {
				n, times = 257-code, 1
			}
			if len(p.Pix)-start+n*times*deep > line {
				return Page{}, at - 1, errors.New("a line is longer than the page is wide")
			}
			if at+n*deep > len(b) {
				return Page{}, at, errors.New("a line is cut off")
			}
			for range times {
				p.Pix = append(p.Pix, b[at:at+n*deep]...)
			}
			at += n * deep
		}
		for range again - 1 {
			p.Pix = append(p.Pix, p.Pix[start:start+line]...)
		}
		have += again
	}
	return p, at, nil
}
