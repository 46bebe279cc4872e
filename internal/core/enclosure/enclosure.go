// Package enclosure says what a citizen may hand in with an application: documents are known by their bytes, never by their names.
package enclosure

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Media types of what travels. A picture becomes a JPEG on the device.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
)

// Limits of what travels with one application. Sealed, all of it fits through the town hall's door (see sync/wire).
const (
	MaxFile    = 5 << 20   // bytes of a document
	MaxPicture = 400 << 10 // bytes of a picture, as internal/core/photo prepares it
	MaxAll     = 20 << 20  // bytes of everything together
	MaxFiles   = 24
	MaxName    = 100 // characters of a file's name
)

// Why something is not taken.
var (
	ErrEmpty     = errors.New("enclosure: empty")
	ErrFormat    = errors.New("enclosure: neither PDF nor picture")
	ErrLarge     = errors.New("enclosure: too large")
	ErrDamaged   = errors.New("enclosure: a PDF without its end")
	ErrEncrypted = errors.New("enclosure: a PDF with a password")
)

// Sort is what something is by its first bytes.
type Sort int

// The sorts.
const (
	Unknown Sort = iota
	Document
	Picture // JPEG, PNG, and what else internal/core/photo knows
)

// SortOf tells what data is by its first bytes.
func SortOf(data []byte) Sort {
	for _, head := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF8", "BM"} {
		if bytes.HasPrefix(data, []byte(head)) {
			return Picture
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return Document
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP", len(data) >= 12 && string(data[4:8]) == "ftyp": // HEIC: photo says what helps
		return Picture
	}
	return Unknown
}

var (
	pageMark = regexp.MustCompile(`/Type\s*/Page[^a-zA-Z]`)
	cipher   = regexp.MustCompile(`/Encrypt\s*(?:\d{1,10}\s+\d{1,5}\s+R|<<)`)
)

// endWithin is how near the end of a PDF its end mark has to be, in bytes (ISO 32000-1, annex H, note 18).
const endWithin = 1024

// Pages checks that data is a PDF that can be opened by everybody, of at most max bytes, and counts its pages; 0 when they lie in compressed objects and
// cannot be counted without reading it all.
func Pages(data []byte, max int) (int, error) {
	switch {
	case len(data) == 0:
		return 0, ErrEmpty
	case SortOf(data) != Document:
		return 0, ErrFormat
	case len(data) > min(max, MaxFile):
		return 0, ErrLarge
	case !bytes.Contains(data[len(data)-min(len(data), endWithin):], []byte("%%EOF")):
		return 0, ErrDamaged
	case cipher.Match(data):
		return 0, ErrEncrypted
	}
	return len(pageMark.FindAllIndex(data, 10000)), nil
}

// Name makes of what a file is called what may travel and be shown: without folders, signs that nobody sees or that mean something to programs, and not
// longer than MaxName. It may be empty.
func Name(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '.' || r == '-' || r == '_' || r == ',' || r == '(' || r == ')' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	for utf8.RuneCountInString(name) > MaxName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = strings.TrimRight(name[:len(name)-size], ". ")
	}
	return name
}
