package escpos

import (
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// page858 is the number of code page 858 (Western Europe with the euro sign) for ESC t on Epson's printers and most others.
const page858 = 19

// plain gives what code page 858 has no letter for, as a reader would write it on an old typewriter.
var plain = strings.NewReplacer(
	"„", `"`, "“", `"`, "”", `"`, "‚", "'", "‘", "'", "’", "'", "‹", "'", "›", "'",
	"–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "…", "...", "•", "·", "→", "->", "←", "<-", "✓", "x", "≤", "<=", "≥", ">=",
	"\u202f", "\u00a0", "\u2009", "\u00a0", "\t", " ",
	"ł", "l", "Ł", "L", "ı", "i", "đ", "d", "Đ", "D", "œ", "oe", "Œ", "OE", "ẞ", "SS", "ŋ", "ng", "Ŋ", "NG", "ə", "e", "Ə", "E",
	// Cyrillic, as passports write it (ICAO 9303).
	"А", "A", "Б", "B", "В", "V", "Г", "G", "Ґ", "G", "Д", "D", "Е", "E", "Є", "IE", "Ж", "ZH", "З", "Z", "И", "I", "І", "I", "Ї", "I",
	"Й", "I", "К", "K", "Л", "L", "М", "M", "Н", "N", "О", "O", "П", "P", "Р", "R", "С", "S", "Т", "T", "У", "U", "Ф", "F", "Х", "KH",
	"Ц", "TS", "Ч", "CH", "Ш", "SH", "Щ", "SHCH", "Ъ", "IE", "Ы", "Y", "Ь", "", "Э", "E", "Ю", "IU", "Я", "IA", "Ё", "E", "Ј", "J", "Њ", "NJ", "Љ", "LJ",
	"а", "a", "б", "b", "в", "v", "г", "g", "ґ", "g", "д", "d", "е", "e", "є", "ie", "ж", "zh", "з", "z", "и", "i", "і", "i", "ї", "i",
	"й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh",
	"ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "ie", "ы", "y", "ь", "", "э", "e", "ю", "iu", "я", "ia", "ё", "e", "ј", "j", "њ", "nj", "љ", "lj",
)

// encode gives the text in code page 858, one byte a column. Control characters are dropped, so that no text can give the printer orders.
func encode(s string) []byte {
	var out []byte
	for _, r := range plain.Replace(norm.NFC.String(s)) {
		out = append(out, letter(r)...)
	}
	return out
}

func letter(r rune) []byte {
	if r < 0x20 || r == 0x7F || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
		return nil
	}
	if b, ok := charmap.CodePage858.EncodeRune(r); ok {
		return []byte{b}
	}
	var out []byte
	for _, part := range norm.NFKD.String(string(r)) {
		if b, ok := charmap.CodePage858.EncodeRune(part); ok && part >= 0x20 {
			out = append(out, b)
		}
	}
	if out == nil {
		return []byte{'?'}
	}
	return out
}
