package escposemu

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"

	qrcode "github.com/skip2/go-qrcode"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"
)

// Measures in dots: font A is 12 by 24, a line is fed by 30.
const (
	cellWidth, cellHeight, lineFeed = 12, 24, 30
	margin                          = 32 // paper beside what the head can reach
	lead                            = 48 // paper between head and knife: empty above every part
	sharp                           = 4  // letters are drawn this much larger and scaled down
)

// glyph names a letter in a size.
type glyph struct {
	r          rune
	bold       bool
	wide, tall int
}

// head is what prints: the letters, and the state that commands set.
type head struct {
	columns    int
	faces      map[bool]font.Face
	glyphs     map[glyph]*image.Gray
	line       []glyph
	bold       bool
	wide, tall int
	align      byte
	page       byte
	module     int
	level      qrcode.RecoveryLevel
	symbol     []byte
	strips     []*image.Gray // what was printed since the last cut
	text       []string      // the same as lines of text
}

func newHead(columns int) (*head, error) {
	h := &head{columns: columns, faces: map[bool]font.Face{}, glyphs: map[glyph]*image.Gray{}}
	for bold, ttf := range map[bool][]byte{false: gomono.TTF, true: gomonobold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		if h.faces[bold], err = opentype.NewFace(f, &opentype.FaceOptions{Size: 20 * sharp, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, err
		}
	}
	h.reset()
	return h, nil
}

func (h *head) reset() {
	h.line, h.bold, h.wide, h.tall, h.align, h.page, h.module, h.level = nil, false, 1, 1, 0, 0, 3, qrcode.Low
}

func (h *head) width() int { return h.columns * cellWidth }

// letters takes text into the line; a line that is full is printed.
func (h *head) letters(b []byte) {
	table := charmap.CodePage437
	switch h.page {
	case 19:
		table = charmap.CodePage858
	case 2:
		table = charmap.CodePage850
	}
	for _, c := range b {
		used := h.wide
		for _, g := range h.line {
			used += g.wide
		}
		if used > h.columns {
			h.feed()
		}
		h.line = append(h.line, glyph{table.DecodeByte(c), h.bold, h.wide, h.tall})
	}
}

// feed prints the line.
func (h *head) feed() {
	tall, width, text := 1, 0, ""
	for _, g := range h.line {
		tall, width, text = max(tall, g.tall), width+g.wide*cellWidth, text+string(g.r)
	}
	strip := h.strip(max(lineFeed, tall*cellHeight+6))
	x := h.left(width)
	for _, g := range h.line {
		cell := h.glyph(g)
		y := tall*cellHeight - g.tall*cellHeight + 3 // all stand on one line
		draw.Draw(strip, cell.Bounds().Add(image.Pt(x, y)), cell, image.Point{}, draw.Src)
		x += g.wide * cellWidth
	}
	h.strips, h.text, h.line = append(h.strips, strip), append(h.text, text), nil
}

func (h *head) left(width int) int {
	switch h.align {
	case 1, '1':
		return (h.width() - width) / 2
	case 2, '2':
		return h.width() - width
	}
	return 0
}

// strip is white paper of that height.
func (h *head) strip(height int) *image.Gray {
	s := image.NewGray(image.Rect(0, 0, h.width(), height))
	for i := range s.Pix {
		s.Pix[i] = 255
	}
	return s
}

func (h *head) empty(dots int) {
	if dots > 0 {
		h.strips = append(h.strips, h.strip(dots))
	}
}

// glyph draws a letter large and scales it into its cells.
func (h *head) glyph(g glyph) *image.Gray {
	if img, ok := h.glyphs[g]; ok {
		return img
	}
	big := image.NewGray(image.Rect(0, 0, cellWidth*sharp, cellHeight*sharp))
	draw.Draw(big, big.Bounds(), image.White, image.Point{}, draw.Src)
	d := font.Drawer{Dst: big, Src: image.Black, Face: h.faces[g.bold], Dot: fixed.P(0, 19*sharp)}
	d.DrawString(string(g.r))
	img := image.NewGray(image.Rect(0, 0, cellWidth*g.wide, cellHeight*g.tall))
	xdraw.CatmullRom.Scale(img, img.Bounds(), big, big.Bounds(), draw.Src, nil)
	h.glyphs[g] = img
	return img
}

// symbolCommand is GS ( k for QR codes.
func (h *head) symbolCommand(arg []byte) {
	if len(arg) < 2 || arg[0] != '1' {
		return
	}
	switch fn := arg[1]; {
	case fn == 'C' && len(arg) == 3:
		h.module = max(1, min(16, int(arg[2])))
	case fn == 'E' && len(arg) == 3:
		h.level = qrcode.RecoveryLevel(max(0, min(3, int(arg[2])-'0')))
	case fn == 'P' && len(arg) > 3:
		h.symbol = append([]byte(nil), arg[3:]...)
	case fn == 'Q':
		q, err := qrcode.New(string(h.symbol), h.level)
		if err != nil { // printers print nothing then
			return
		}
		q.DisableBorder = true
		m := q.Bitmap()
		h.picture(len(m)*h.module, len(m)*h.module, func(x, y int) bool { return m[y/h.module][x/h.module] })
	}
}

// raster is GS v 0.
func (h *head) raster(arg []byte) {
	bytesWide, height, bits := int(binary.LittleEndian.Uint16(arg[2:])), int(binary.LittleEndian.Uint16(arg[4:])), arg[6:]
	h.picture(bytesWide*8, height, func(x, y int) bool { return bits[y*bytesWide+x/8]&(0x80>>(x%8)) != 0 })
}

func (h *head) picture(width, height int, dark func(x, y int) bool) {
	s := h.strip(height)
	x0 := h.left(width)
	for y := range height {
		for x := range width {
			if dark(x, y) && x0+x >= 0 && x0+x < h.width() {
				s.SetGray(x0+x, y, color.Gray{})
			}
		}
	}
	h.strips = append(h.strips, s)
}

// tear gives what was printed since the last cut, as a picture of the paper.
func (h *head) tear() (image.Image, []string) {
	img, text := paper(h.width(), h.strips), h.text
	h.strips, h.text = nil, nil
	return img, text
}

// paper joins strips to a piece of paper with its margins.
func paper(width int, strips []*image.Gray) *image.RGBA {
	height := 2 * lead
	for _, s := range strips {
		height += s.Bounds().Dy()
	}
	img := image.NewRGBA(image.Rect(0, 0, width+2*margin, height))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{253, 252, 248, 255}), image.Point{}, draw.Src)
	var tones [256][3]byte // from the ink of thermal paper to the paper
	for v := range tones {
		tones[v] = [3]byte{22 + byte(v*231/255), 22 + byte(v*230/255), 26 + byte(v*222/255)}
	}
	y := lead
	for _, s := range strips {
		for sy := range s.Bounds().Dy() {
			to := img.Pix[img.PixOffset(margin, y+sy):]
			for x, v := range s.Pix[sy*s.Stride : sy*s.Stride+width] {
				if v < 250 {
					copy(to[4*x:], tones[v][:])
				}
			}
		}
		y += s.Bounds().Dy()
	}
	return img
}
