package escposemu

import (
	"image"
	"image/color"
	"image/draw"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
)

// Measures in dots: font A is 12 by 24, font B 9 by 17, a line is fed by 30.
const (
	cellWidth, cellHeight   = 12, 24
	smallWidth, smallHeight = 9, 17
	lineFeed                = 30
	border                  = 32    // paper beside what the head can reach
	lead                    = 48    // paper between head and knife: empty above every part
	sharp                   = 4     // letters are drawn this much larger and scaled down
	longest                 = 40000 // dots of paper until the next cut: five metres are more than anybody wants to see
)

// glyph names a letter in a size.
type glyph struct {
	r          rune
	small      bool
	bold       bool
	invert     bool
	under      int
	wide, tall int
}

func (g glyph) width() int {
	if g.small {
		return smallWidth * g.wide
	}
	return cellWidth * g.wide
}

func (g glyph) height() int {
	if g.small {
		return smallHeight * g.tall
	}
	return cellHeight * g.tall
}

// item is something at a place in the line: a letter or a picture.
type item struct {
	x int
	glyph
	img *image.Gray
}

func (i item) size() (w, h int) {
	if i.img != nil {
		return i.img.Bounds().Dx(), i.img.Bounds().Dy()
	}
	return i.width(), i.height()
}

// head is what prints: the letters, and the state that commands set.
type head struct {
	columns int
	pages   map[byte]*charmap.Charmap
	faces   map[bool]font.Face
	glyphs  map[glyph]*image.Gray

	line         []item
	pen          int // where the next letter begins
	margin, area int // of the printing area
	spacing, gap int
	small, bold  bool
	invert       bool
	upside       bool
	under        int
	wide, tall   int
	align        byte
	page         byte

	module    int
	level     qrcode.RecoveryLevel
	symbol    []byte
	barHeight int
	barModule int
	barText   byte
	stored    []picture

	strips []*image.Gray // what was printed since the last cut
	text   []string      // the same as lines of text
	used   int           // dots since the last cut
}

func newHead(columns int, profile escpos.Profile) (*head, error) {
	h := &head{columns: columns, faces: map[bool]font.Face{}, glyphs: map[glyph]*image.Gray{}, pages: map[byte]*charmap.Charmap{}}
	pages := []escpos.Page{{Name: 437, Number: 0}, {Name: 850, Number: 2}, {Name: 1252, Number: 16}, {Name: 866, Number: 17}, {Name: 852, Number: 18}, {Name: 858, Number: 19},
		{Name: 1250, Number: 45}, {Name: 1251, Number: 46}, {Name: 1254, Number: 48}}
	if profile.Name != "" {
		pages = append([]escpos.Page{{Name: 437, Number: 0}}, profile.Pages...)
	}
	for _, p := range pages {
		h.pages[p.Number] = table(p.Name)
	}
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

func table(name int) *charmap.Charmap {
	switch name {
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 858:
		return charmap.CodePage858
	case 866:
		return charmap.CodePage866
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1252:
		return charmap.Windows1252
	case 1254:
		return charmap.Windows1254
	}
	return charmap.CodePage437
}

func (h *head) reset() {
	h.line, h.pen, h.margin, h.area, h.spacing, h.gap = nil, 0, 0, h.width(), lineFeed, 0
	h.small, h.bold, h.invert, h.upside, h.under, h.wide, h.tall, h.align, h.page = false, false, false, false, 0, 1, 1, 0, 0
	h.module, h.level, h.symbol, h.stored = 3, qrcode.Low, nil, nil
	h.barHeight, h.barModule, h.barText = 162, 3, 0
}

func (h *head) width() int { return h.columns * cellWidth }

// decode reads a byte in the selected page. Page 1 is Katakana, of which others use the lines only.
func (h *head) decode(c byte) rune {
	if c < 0x80 {
		return rune(c)
	}
	if h.page == 1 && c < 0xA0 {
		return []rune("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯")[c-0x80]
	}
	if t := h.pages[h.page]; t != nil {
		return t.DecodeByte(c)
	}
	return '\uFFFD' // whoever selects a page that is not there sees it
}

// letters takes text into the line; a line that is full is printed.
func (h *head) letters(b []byte) {
	for _, c := range b {
		h.add(item{glyph: glyph{h.decode(c), h.small, h.bold, h.invert, h.under, h.wide, h.tall}})
	}
}

func (h *head) add(i item) {
	w, _ := i.size()
	if h.pen+w > h.area && h.pen > 0 {
		h.feed()
	}
	i.x = h.pen
	h.line = append(h.line, i)
	h.pen += w + h.gap*i.wide
}

// feed prints the line.
func (h *head) feed() {
	height, end := 0, 0
	var text strings.Builder
	for _, i := range h.line {
		w, tall := i.size()
		for gap := (i.x - end) / cellWidth; gap > 0 && end > 0; gap-- {
			text.WriteByte(' ')
		}
		if i.img == nil {
			text.WriteRune(i.r)
		}
		height, end = max(height, tall), max(end, i.x+w)
	}
	pad := 0
	if height > 0 && h.spacing > height {
		pad = min(3, h.spacing-height)
	}
	rows := max(h.spacing, height)
	if height > cellHeight && h.spacing >= lineFeed {
		rows = max(rows, height+6)
	}
	strip := h.strip(rows)
	left := h.left(end)
	for _, i := range h.line {
		img := i.img
		if img == nil {
			img = h.glyph(i.glyph)
		}
		at := image.Pt(left+i.x, pad+height-img.Bounds().Dy()) // all stand on one line
		draw.Draw(strip, img.Bounds().Add(at), img, image.Point{}, draw.Src)
	}
	if h.upside {
		for a, b := 0, len(strip.Pix)-1; a < b; a, b = a+1, b-1 {
			strip.Pix[a], strip.Pix[b] = strip.Pix[b], strip.Pix[a]
		}
	}
	h.print(strip)
	h.text, h.line, h.pen = append(h.text, text.String()), nil, 0
}

// print puts a strip on the paper, as long as there is some.
func (h *head) print(s *image.Gray) {
	if h.used += s.Bounds().Dy(); h.used <= longest && s.Bounds().Dy() > 0 {
		h.strips = append(h.strips, s)
	}
}

// left gives where something of that width begins.
func (h *head) left(width int) int {
	switch h.align {
	case 1, '1':
		return h.margin + (h.area-width)/2
	case 2, '2':
		return h.margin + h.area - width
	}
	return h.margin
}

// strip is white paper of that height.
func (h *head) strip(height int) *image.Gray { return white(h.width(), height) }

func white(width, height int) *image.Gray {
	s := image.NewGray(image.Rect(0, 0, width, height))
	for i := range s.Pix {
		s.Pix[i] = 255
	}
	return s
}

func (h *head) empty(dots int) {
	if dots > 0 {
		h.print(h.strip(dots))
	}
}

// remark writes small and grey what no paper would show.
func (h *head) remark(what string) {
	strip := h.strip(smallHeight + 4)
	for i, r := range []rune("[" + what + "]") {
		g := h.glyph(glyph{r: r, small: true, wide: 1, tall: 1})
		draw.Draw(strip, g.Bounds().Add(image.Pt(i*smallWidth, 2)), g, image.Point{}, draw.Src)
	}
	for i, v := range strip.Pix {
		strip.Pix[i] = 128 + v/2
	}
	h.print(strip)
}

// glyph draws a letter large and scales it into its cells.
func (h *head) glyph(g glyph) *image.Gray {
	if img, ok := h.glyphs[g]; ok {
		return img
	}
	big := white(cellWidth*sharp, cellHeight*sharp)
	d := font.Drawer{Dst: big, Src: image.Black, Face: h.faces[g.bold], Dot: fixed.P(0, 19*sharp)}
	d.DrawString(string(g.r))
	img := image.NewGray(image.Rect(0, 0, g.width(), g.height()))
	xdraw.CatmullRom.Scale(img, img.Bounds(), big, big.Bounds(), draw.Src, nil)
	if g.under > 0 {
		line := image.Rect(0, g.height()-g.under, g.width(), g.height())
		draw.Draw(img, line, image.Black, image.Point{}, draw.Src)
	}
	if g.invert {
		for i, v := range img.Pix {
			img.Pix[i] = 255 - v
		}
	}
	if len(h.glyphs) > 4096 { // noise has many letters
		clear(h.glyphs)
	}
	h.glyphs[g] = img
	return img
}

// tear gives what was printed since the last cut, as a picture of the paper.
func (h *head) tear() (image.Image, []string) {
	img, text := paper(h.width(), h.strips), h.text
	h.strips, h.text, h.used = nil, nil, 0
	return img, text
}

// paper joins strips to a piece of paper with its margins.
func paper(width int, strips []*image.Gray) *image.RGBA {
	height := 2 * lead
	for _, s := range strips {
		height += s.Bounds().Dy()
	}
	img := image.NewRGBA(image.Rect(0, 0, width+2*border, height))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{253, 252, 248, 255}), image.Point{}, draw.Src)
	var tones [256][3]byte // from the ink of thermal paper to the paper
	for v := range tones {
		tones[v] = [3]byte{22 + byte(v*231/255), 22 + byte(v*230/255), 26 + byte(v*222/255)}
	}
	y := lead
	for _, s := range strips {
		for sy := range s.Bounds().Dy() {
			to := img.Pix[img.PixOffset(border, y+sy):]
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
