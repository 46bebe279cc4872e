// Package document is the one model of what is printed: a slip at the receipt printer, a permit as PDF, a page on the screen.
package document

// Document is a sequence of blocks.
type Document struct {
	Title  string
	Lang   string // BCP 47
	Blocks []Block
}

// Kind says what a block is.
type Kind string

const (
	Heading   Kind = "heading"   // Text; Level 1 to 3
	Paragraph Kind = "paragraph" // Text
	Row       Kind = "row"       // Label left, Text right (or label above value where the paper is narrow)
	Mono      Kind = "mono"      // Lines kept as they are: a card terminal's receipt
	QR        Kind = "qr"        // Data as QR code, Text below it
	Rule      Kind = "rule"      // a line across
	Space     Kind = "space"     // one empty line
	Cut       Kind = "cut"       // the paper is cut here: two parts of a slip; a new page in a PDF
)

// Block is one piece of a document.
type Block struct {
	Kind   Kind
	Level  int
	Bold   bool
	Center bool
	Label  string
	Text   string
	Lines  []string
	Data   string
}

// Parts splits a document at its cuts.
func (d Document) Parts() []Document {
	parts := []Document{{Title: d.Title, Lang: d.Lang}}
	for _, b := range d.Blocks {
		if b.Kind == Cut {
			parts = append(parts, Document{Title: d.Title, Lang: d.Lang})
			continue
		}
		last := &parts[len(parts)-1]
		last.Blocks = append(last.Blocks, b)
	}
	return parts
}
