package escpos

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// glyph is one column of text: the byte that prints it, and above it the index of its code page plus one. ASCII is the same in all pages and
// has none.
type glyph uint16

// hard is the space at which no line is broken. It is printed as a normal space.
const hard glyph = 0x00A0

// charset is what a printer has letters for.
type charset struct {
	tables   []*charmap.Charmap
	numbers  []byte // of ESC t
	cyrillic bool
}

func newCharset(pages []Page) charset {
	var c charset
	for _, p := range pages {
		if t := p.table(); t != nil {
			c.tables, c.numbers = append(c.tables, t), append(c.numbers, p.Number)
			c.cyrillic = c.cyrillic || p.Name == 866 || p.Name == 1251
		}
	}
	return c
}

// encode appends the text, one glyph a column. Control characters are dropped, so that no text can give the printer orders. What no code page
// has is written as a reader would on an old typewriter: by its nearest letters.
func (c charset) encode(dst []glyph, s string) []glyph {
	for _, r := range s {
		if r >= 0x300 { // the first letter that may have to be put together with the one before it
			s = norm.NFC.String(s)
			break
		}
	}
	page := 0
	for i, r := range s {
		if r >= 0x20 && r < 0x7F {
			dst = append(dst, glyph(r))
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[min(len(s), i+utf8.RuneLen(r)):]) // invalid bytes are read as U+FFFD, which is longer
		dst, page = c.letter(dst, r, page, unicode.IsLower(next))
	}
	return dst
}

// letter appends a letter, from the page that the one before it came from if that has it. small tells that a small letter follows: what stands
// for a capital has only its first letter large then.
func (c charset) letter(dst []glyph, r rune, page int, small bool) ([]glyph, int) {
	switch {
	case r == '\t':
		return append(dst, ' '), page
	case r < 0x20 || r == 0x7F:
		return dst, page
	case r < 0x7F:
		return append(dst, glyph(r)), page
	case r == 0xA0 || r == 0x202F || r == 0x2009:
		return append(dst, hard), page
	case r < 0xA0 || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r):
		return dst, page
	}
	if g, p, ok := c.find(r, page); ok {
		return append(dst, g), p
	}
	if c.cyrillic {
		if like, ok := alike(r); ok {
			return c.letter(dst, like, page, small)
		}
	}
	if s := plain(r); s != "" {
		for i, part := range s {
			if i > 0 && small {
				part = unicode.ToLower(part)
			}
			dst, page = c.letter(dst, part, page, small)
		}
		return dst, page
	}
	if silent(r) {
		return dst, page
	}
	known := false
	for _, part := range norm.NFKD.String(string(r)) {
		if part == r || part < 0x20 || unicode.Is(unicode.Mn, part) {
			continue
		}
		if _, _, ok := c.find(part, page); !ok && part >= 0x7F && plain(part) == "" {
			continue
		}
		dst, page = c.letter(dst, part, page, small)
		known = true
	}
	if !known {
		dst = append(dst, '?')
	}
	return dst, page
}

// find looks in the page last used, then in all by their order.
func (c charset) find(r rune, page int) (g glyph, at int, ok bool) {
	if r > 0x20 && r < 0x7F {
		return glyph(r), page, true
	}
	if page < len(c.tables) {
		if b, ok := c.tables[page].EncodeRune(r); ok && b >= 0x80 {
			return glyph(page+1)<<8 | glyph(b), page, true
		}
	}
	for i, t := range c.tables {
		if b, ok := t.EncodeRune(r); ok && b >= 0x80 {
			return glyph(i+1)<<8 | glyph(b), i, true
		}
	}
	return 0, page, false
}

// alike gives the letter that looks the same where Cyrillic is printed as such: code page 866 is Russian, names are not.
func alike(r rune) (rune, bool) {
	switch r {
	case 'і':
		return 'i', true
	case 'І':
		return 'I', true
	case 'ј':
		return 'j', true
	case 'Ј':
		return 'J', true
	case 'ѕ':
		return 's', true
	case 'Ѕ':
		return 'S', true
	case 'ґ':
		return 'г', true
	case 'Ґ':
		return 'Г', true
	}
	return 0, false
}

// silent tells of letters that have no sound of their own.
func silent(r rune) bool { return r == 'ь' || r == 'Ь' }

// plain gives what a reader would write for a letter or sign on an old typewriter, or "". Cyrillic and Greek are written as passports write
// them (ICAO 9303).
func plain(r rune) string {
	switch r {
	case '„', '“', '”', '«', '»', '‟', '″':
		return `"`
	case '‚', '‘', '’', '‹', '›', '‛', '′', 'ʼ', 'ʻ':
		return "'"
	case '–', '—', '‐', '‑', '−', '─', '━':
		return "-"
	case '│', '┃':
		return "|"
	case '…':
		return "..."
	case '•', '●', '■', '▪':
		return "·"
	case '·':
		return "*"
	case '→':
		return "->"
	case '←':
		return "<-"
	case '✓', '✔', '☑', '×':
		return "x"
	case '≤':
		return "<="
	case '≥':
		return ">="
	case '€':
		return "EUR"
	case '§':
		return "Par."
	case '°':
		return "Grad"
	case 'ä':
		return "ae"
	case 'ö':
		return "oe"
	case 'ü':
		return "ue"
	case 'ß':
		return "ss"
	case 'ẞ':
		return "SS"
	case 'Ä':
		return "Ae"
	case 'Ö':
		return "Oe"
	case 'Ü':
		return "Ue"
	}
	if r >= 0x370 && r < 0x530 {
		return script(r)
	}
	return latin(r)
}

func latin(r rune) string {
	switch r {
	case 'ł':
		return "l"
	case 'Ł':
		return "L"
	case 'ı':
		return "i"
	case 'đ', 'ð':
		return "d"
	case 'Đ', 'Ð':
		return "D"
	case 'œ':
		return "oe"
	case 'Œ':
		return "OE"
	case 'æ':
		return "ae"
	case 'Æ':
		return "AE"
	case 'ø':
		return "o"
	case 'Ø':
		return "O"
	case 'þ':
		return "th"
	case 'Þ':
		return "TH"
	case 'ŋ':
		return "ng"
	case 'Ŋ':
		return "NG"
	case 'ə':
		return "e"
	case 'Ə':
		return "E"
	case 'ħ':
		return "h"
	case 'Ħ':
		return "H"
	}
	return ""
}

// script writes a Greek or Cyrillic letter with Latin ones. The letters stand in the order of their alphabets' code points.
func script(r rune) string {
	lower := unicode.ToLower(r)
	s := ""
	switch {
	case lower >= 'α' && lower <= 'ω':
		s = [...]string{"a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o"}[lower-'α']
	case lower >= 'а' && lower <= 'я':
		s = [...]string{"a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "ie", "y", "", "e", "iu", "ia"}[lower-'а']
	case lower >= 'ѐ' && lower <= 'џ':
		s = [...]string{"e", "e", "dj", "g", "ie", "dz", "i", "i", "j", "lj", "nj", "c", "k", "i", "u", "dz"}[lower-'ѐ']
	case lower == 'ґ':
		s = "g"
	}
	if r == lower || s == "" {
		return s
	}
	upper := []byte(s)
	for i := range upper {
		upper[i] -= 'a' - 'A'
	}
	return string(upper)
}
