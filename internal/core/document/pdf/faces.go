package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// weight is one of the three fonts of a file.
type weight int

const (
	regular weight = iota
	bold
	mono
)

func (w weight) family() string { return [...]string{"regular", "bold", "mono"}[w] }

// face knows which letters a font has.
type face struct {
	font *sfnt.Font
	buf  sfnt.Buffer
}

func loadFaces(fonts Fonts) ([3]*face, error) {
	var faces [3]*face
	for i, ttf := range [3][]byte{fonts.Regular, fonts.Bold, gomono.TTF} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return faces, ErrFonts
		}
		faces[i] = &face{font: f}
	}
	return faces, nil
}

func (f *face) has(r rune) bool {
	if r > 0xFFFF { // the PDF library writes the basic plane only
		return false
	}
	i, err := f.font.GlyphIndex(&f.buf, r)
	return err == nil && i != 0
}

// clean gives the text in letters that the font has. Line breaks stay.
func (f *face) clean(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r == '\t':
			b.WriteByte(' ')
		case r == '\u00a0' || r == '\u202f':
			b.WriteRune('\u00a0') // kept: it holds "30,70 €" together
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		case f.has(r):
			b.WriteRune(r)
		default:
			b.WriteString(f.substitute(r))
		}
	}
	return b.String()
}

func (f *face) substitute(r rune) string {
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, part) && f.has(part) {
			b.WriteRune(part)
		}
	}
	if b.Len() > 0 {
		return b.String()
	}
	switch r {
	case '→':
		return "->"
	case '←':
		return "<-"
	}
	if unicode.Is(unicode.Mn, r) {
		return ""
	}
	return "?"
}
