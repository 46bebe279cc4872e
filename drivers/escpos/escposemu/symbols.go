package escposemu

import (
	"encoding/binary"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	qrcode "github.com/skip2/go-qrcode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
)

// mostRows is the height of the highest picture that is printed; the rest is read and thrown away, as printers do.
const mostRows = 4095

// picture is a picture that waits in the print buffer.
type picture struct {
	width, height int
	dark          func(x, y int) bool
}

// draw prints a picture at its place.
func (h *head) draw(p picture) {
	p.height = min(p.height, mostRows)
	s := h.strip(p.height)
	x0 := h.left(p.width)
	for y := range p.height {
		for x := range p.width {
			if at := x0 + x; at >= 0 && at < h.width() && p.dark(x, y) {
				s.Pix[y*s.Stride+at] = 0
			}
		}
	}
	h.print(s)
}

// symbolCommand is GS ( k: QR codes are drawn, of other codes a box says that they were asked for.
func (h *head) symbolCommand(arg []byte) {
	if len(arg) < 2 {
		return
	}
	if arg[0] != '1' {
		if arg[1] == 'Q' {
			h.remark("code " + string(rune(arg[0])))
		}
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
		m, n := q.Bitmap(), h.module
		if side := len(m) * n; side <= h.area {
			h.draw(picture{side, side, func(x, y int) bool { return m[y/n][x/n] }})
		}
	}
}

// raster is GS v 0: the picture follows at once, dots twice as wide or as tall by m.
func (h *head) raster(arg []byte) {
	if len(arg) < 6 {
		return
	}
	le := binary.LittleEndian
	stride, height, bits := int(le.Uint16(arg[2:])), int(le.Uint16(arg[4:])), arg[6:]
	sx, sy := 1+int(arg[1]&1), 1+int(arg[1]>>1&1)
	if stride == 0 || len(bits) < stride*height {
		return
	}
	h.draw(picture{stride * 8 * sx, height * sy, func(x, y int) bool {
		return bits[y/sy*stride+x/sx/8]&(0x80>>(x/sx%8)) != 0
	}})
}

// graphics is GS ( L and GS 8 L: function 112 stores a picture, function 50 prints what is stored.
func (h *head) graphics(arg []byte) {
	if len(arg) < 2 {
		return
	}
	switch arg[1] {
	case 2, 50:
		for _, p := range h.stored {
			h.draw(p)
		}
		h.stored = nil
	case 112:
		if len(arg) < 10 {
			return
		}
		le := binary.LittleEndian
		sx, sy := max(1, min(2, int(arg[3]))), max(1, min(2, int(arg[4])))
		width, height, bits := int(le.Uint16(arg[6:])), int(le.Uint16(arg[8:])), arg[10:]
		stride := (width + 7) / 8
		if stride == 0 || len(bits) < stride*height || len(h.stored) > 15 {
			return
		}
		h.stored = append(h.stored, picture{width * sx, height * sy, func(x, y int) bool {
			return bits[y/sy*stride+x/sx/8]&(0x80>>(x/sx%8)) != 0
		}})
	}
}

// columnPicture is ESC *: a picture in the line, 8 or 24 dots high, sent column by column.
func (h *head) columnPicture(arg []byte) {
	if len(arg) < 3 {
		return
	}
	high, wide, tall := 1, 1, 3
	if arg[0] >= 32 {
		high, tall = 3, 1
	}
	if arg[0]&1 == 0 {
		wide = 2
	}
	columns, bits := int(binary.LittleEndian.Uint16(arg[1:])), arg[3:]
	columns = min(columns, h.area/wide)
	if columns == 0 || len(bits) < columns*high {
		return
	}
	img := white(columns*wide, 24)
	for x := range columns * wide {
		for y := range 24 {
			if bit := y / tall; bits[x/wide*high+bit/8]&(0x80>>(bit%8)) != 0 {
				img.Pix[y*img.Stride+x] = 0
			}
		}
	}
	h.add(item{img: img, glyph: glyph{wide: 1}})
}

// barcode is GS k. Data that cannot be such a code, and a code that is wider than the printing area, print nothing.
func (h *head) barcode(arg []byte) {
	if len(arg) < 2 {
		return
	}
	m, data := arg[0], arg[1:]
	if m >= 65 {
		m, data = m-65, arg[2:]
	}
	said := string(data)
	if m == 8 {
		said = code128(data)
	}
	bars := bars(m, said)
	switch m {
	case 2:
		said = escpos.Readable(escpos.EAN13, said)
	case 3:
		said = escpos.Readable(escpos.EAN8, said)
	}
	n := h.barModule
	if bars == nil || len(bars)*n > h.area {
		return
	}
	if h.barText&1 != 0 {
		h.caption(said)
	}
	h.draw(picture{len(bars) * n, h.barHeight, func(x, _ int) bool { return bars[x/n] }})
	if h.barText&2 != 0 {
		h.caption(said)
	}
}

// caption writes a bar code's text in the middle above or below it.
func (h *head) caption(s string) {
	width := len(s) * cellWidth
	img := white(max(1, width), cellHeight+4)
	for i, r := range s {
		g := h.glyph(glyph{r: r, wide: 1, tall: 1})
		for y := range cellHeight {
			copy(img.Pix[(y+2)*img.Stride+i*cellWidth:], g.Pix[y*g.Stride:y*g.Stride+cellWidth])
		}
	}
	strip := h.strip(img.Bounds().Dy())
	x0 := h.left(width)
	for y := range strip.Bounds().Dy() {
		for x := range width {
			if at := x0 + x; at >= 0 && at < h.width() {
				strip.Pix[y*strip.Stride+at] = img.GrayAt(x, y).Y
			}
		}
	}
	h.print(strip)
	h.text = append(h.text, s)
}

// bars gives the modules of the bar code that GS k calls m (function A's number).
func bars(m byte, data string) []bool {
	kind := -1
	switch m {
	case 2:
		kind = int(escpos.EAN13)
	case 3:
		kind = int(escpos.EAN8)
	case 4:
		kind, data = int(escpos.Code39), strings.Trim(data, "*")
	case 5:
		kind = int(escpos.ITF)
	case 8:
		kind = int(escpos.Code128)
	}
	if kind >= 0 {
		b, err := escpos.Bars(escpos.BarcodeKind(kind), data)
		if err != nil {
			return nil
		}
		return b
	}
	var w gozxing.Writer
	var f gozxing.BarcodeFormat
	switch m {
	case 0:
		w, f = oned.NewUPCAWriter(), gozxing.BarcodeFormat_UPC_A
	case 1:
		w, f = oned.NewUPCEWriter(), gozxing.BarcodeFormat_UPC_E
	case 6:
		w, f = oned.NewCodaBarWriter(), gozxing.BarcodeFormat_CODABAR
	case 7:
		w, f = oned.NewCode93Writer(), gozxing.BarcodeFormat_CODE_93
	default:
		return nil
	}
	if data == "" || len(data) > 80 {
		return nil
	}
	matrix, err := w.Encode(data, f, 0, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		return nil
	}
	b := make([]bool, matrix.GetWidth())
	for x := range b {
		b[x] = matrix.Get(x, 0)
	}
	return b
}

// code128 reads the data of a CODE128 as GS k wants it: "{A", "{B" and "{C" select a code set, "{{" is a brace.
func code128(data []byte) string {
	var s strings.Builder
	pairs := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '{' && i+1 < len(data):
			i++
			switch data[i] {
			case 'C':
				pairs = true
			case 'A', 'B':
				pairs = false
			case '{':
				s.WriteByte('{')
			}
		case pairs && c < 100:
			s.WriteByte('0' + c/10)
			s.WriteByte('0' + c%10)
		case !pairs:
			s.WriteByte(c)
		}
	}
	return s.String()
}
