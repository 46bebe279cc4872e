package escpos

import (
	"fmt"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	qrcode "github.com/skip2/go-qrcode"
)

// capacity gives how many bytes a QR code of each version holds at level M (ISO/IEC 18004, table 7).
func capacity() [40]int {
	return [...]int{14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
		711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331}
}

// qr prints a QR code that fills about six tenths of the paper's width.
func (c *composer) qr(data string) error {
	version := 0
	for i, most := range capacity() {
		if len(data) <= most {
			version = i + 1
			break
		}
	}
	if version == 0 || data == "" {
		return ErrData
	}
	side := 17 + 4*version
	if !c.o.NoQR && realTimeAt([]byte(data), 0) < 0 {
		module := clamp(c.dots*6/10/side, 2, 8)
		c.margin(24)
		c.align(1)
		c.out = append(c.out, qrModel2()...)
		c.out = append(c.out, qrModule(module)...)
		c.out = append(c.out, qrLevelM()...)
		c.out = append(c.out, qrStore(data)...)
		c.out = append(c.out, qrPrint()...)
		c.align(0)
		c.margin(32)
		return nil
	}
	q, err := qrcode.New(data, qrcode.Medium)
	if err != nil {
		return ErrData
	}
	q.DisableBorder = true
	m := q.Bitmap()
	module := clamp(c.dots*6/10/len(m), 2, 8)
	c.margin(24)
	c.align(1)
	c.bands(len(m)*module, len(m)*module, func(x, y int) bool { return m[y/module][x/module] })
	c.align(0)
	c.margin(32)
	return nil
}

// margin feeds by dots: the quiet border above and below a code.
func (c *composer) margin(dots byte) { c.out = append(c.out, esc, 'J', dots) }

// BarcodeKind names a kind of bar code.
type BarcodeKind int

const (
	Code128 BarcodeKind = iota // printable ASCII
	Code39                     // 0-9, A-Z, space and $%+-./
	EAN13                      // 12 digits, or 13 with the check digit
	EAN8                       // 7 digits, or 8 with the check digit
	ITF                        // an even number of digits
)

// barcodeHeight is the height of a bar code's bars in dots: 10 mm.
const barcodeHeight = 80

// Bars gives a bar code's modules, true for black, without the quiet zone at its sides. It fails with ErrData.
func Bars(kind BarcodeKind, data string) ([]bool, error) {
	var w gozxing.Writer
	var f gozxing.BarcodeFormat
	switch kind {
	case Code128:
		w, f = oned.NewCode128Writer(), gozxing.BarcodeFormat_CODE_128
	case Code39:
		w, f = oned.NewCode39Writer(), gozxing.BarcodeFormat_CODE_39
	case EAN13:
		w, f = oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13
	case EAN8:
		w, f = oned.NewEAN8Writer(), gozxing.BarcodeFormat_EAN_8
	case ITF:
		w, f = oned.NewITFWriter(), gozxing.BarcodeFormat_ITF
	default:
		return nil, fmt.Errorf("%w: unknown kind %d", ErrData, kind)
	}
	if !sayable(kind, data) {
		return nil, ErrData
	}
	m, err := w.Encode(data, f, 0, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil { // its words would repeat the data
		return nil, ErrData
	}
	bars := make([]bool, m.GetWidth())
	for x := range bars {
		bars[x] = m.Get(x, 0)
	}
	return bars, nil
}

// Readable gives what is written at a bar code: its data, with the check digit where the data left it out.
func Readable(kind BarcodeKind, data string) string {
	if kind == EAN13 && len(data) == 12 || kind == EAN8 && len(data) == 7 {
		sum := 0
		for i := range data { // from the right, every other digit counts three times
			n := int(data[len(data)-1-i] - '0')
			if i%2 == 0 {
				n *= 3
			}
			sum += n
		}
		return data + string(rune('0'+(10-sum%10)%10))
	}
	return data
}

// sayable tells whether the data can be a code of that kind, whoever draws it.
func sayable(kind BarcodeKind, data string) bool {
	digits := strings.Trim(data, "0123456789") == ""
	switch n := len(data); kind {
	case Code128:
		for i := range n {
			if data[i] < 0x20 || data[i] > 0x7E {
				return false
			}
		}
		return n > 0 && n <= 80
	case Code39:
		return n > 0 && n <= 80 && strings.Trim(data, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%+-./") == ""
	case EAN13:
		return digits && (n == 12 || n == 13)
	case EAN8:
		return digits && (n == 7 || n == 8)
	case ITF:
		return digits && n > 0 && n <= 80 && n%2 == 0
	}
	return false
}

// barcode prints a bar code in modules of 3 dots, or 2 where the paper is narrow.
func (c *composer) barcode(l Line) error {
	bars, err := Bars(l.Code, l.Data)
	if err != nil {
		return err
	}
	module := 3
	if len(bars)*module > c.dots*9/10 {
		module = 2
	}
	if len(bars)*module > c.dots {
		return fmt.Errorf("%w: too wide for the paper", ErrData)
	}
	c.margin(16)
	c.align(1)
	if c.o.Profile.Barcodes == Yes {
		m, data := native(l.Code, l.Data)
		c.out = append(c.out, gs, 'w', byte(module), gs, 'h', barcodeHeight, gs, 'f', 0, gs, 'H', 2, gs, 'k', m, byte(len(data)))
		c.out = append(c.out, data...)
	} else {
		c.bands(len(bars)*module, barcodeHeight, func(x, _ int) bool { return bars[x/module] })
		c.feed(c.set.encode(c.text[:0], Readable(l.Code, l.Data)))
	}
	c.align(0)
	c.margin(16)
	return nil
}

// native gives the number and the data of a bar code for GS k, function B. CODE128 names its code set: C, with two digits in a byte, for
// numbers, B for all else.
func native(kind BarcodeKind, data string) (m byte, d string) {
	switch kind {
	case Code39:
		return 69, data
	case EAN13:
		return 67, data[:12]
	case EAN8:
		return 68, data[:7]
	case ITF:
		return 70, data
	}
	if len(data) >= 4 && len(data)%2 == 0 && strings.Trim(data, "0123456789") == "" {
		pairs := []byte("{C")
		for i := 0; i < len(data); i += 2 {
			pairs = append(pairs, (data[i]-'0')*10+data[i+1]-'0')
		}
		if realTimeAt(pairs, 0) < 0 {
			return 73, string(pairs)
		}
	}
	return 73, "{B" + strings.ReplaceAll(data, "{", "{{")
}
