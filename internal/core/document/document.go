// Package document is the one model of what is printed: a slip at the receipt printer, a permit or a letter as PDF, a page on the screen.
package document

import "strconv"

// Document is a sequence of blocks.
type Document struct {
	Title  string
	Lang   string // BCP 47
	Blocks []Block
	Letter *Letter // what stands around the blocks of a letter; nil for everything else
	Files  []File  // travel inside a PDF; paper and screen go without them
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
	Table     Kind = "table"     // Rows in Columns; the head is repeated on every page
	List      Kind = "list"      // Lines, each with a bullet, or numbered
	Image     Kind = "image"     // Picture, Text says what it shows
	Barcode   Kind = "barcode"   // Data as Code 128, readable below it
	Signature Kind = "signature" // Strokes above a line with Label (place and day) and Text (who signs) below; without strokes to be signed by hand
)

// Block is one piece of a document.
type Block struct {
	Kind     Kind
	Level    int
	Bold     bool
	Center   bool
	Numbered bool // of a List
	Label    string
	Text     string
	Lines    []string
	Data     string
	Columns  []Column
	Rows     []Cells
	Picture  []byte  // PNG or JPEG; see CheckPicture
	Width    float64 // in millimetres, less where the paper is narrower: of an Image, where 0 is 40; of a QR code on A4, where 0 is what an arm's length needs
	Strokes  []Stroke
}

// Column is a column of a table.
type Column struct {
	Label string // its head; a table whose columns all have none has no head
	Right bool   // amounts and measured values are set to the right
}

// Cells is a row of a table, one text for each column; missing ones are empty.
type Cells struct {
	Texts []string
	Bold  bool // a sum
}

// Stroke is one line of a drawn signature, from where the finger came down to where it went up.
type Stroke []Point

// Point is a place on the field that a signature was drawn on. Both axes have the same unit; y grows downwards.
type Point struct{ X, Y float64 }

// File is something for a machine to read that travels inside a PDF.
type File struct {
	Name string // "answers.json"
	Type string // media type
	Text string // what it is, for people
	Data []byte
}

// Head tells whether a table has a head.
func (b Block) Head() bool {
	for _, c := range b.Columns {
		if c.Label != "" {
			return true
		}
	}
	return false
}

// Mark is what stands before the i-th line of a list where there is no better sign: "-", or its number.
func Mark(b Block, i int) string {
	if b.Numbered {
		return strconv.Itoa(i+1) + "."
	}
	return "-"
}

// Parts splits a document at its cuts.
func (d Document) Parts() []Document {
	parts := []Document{{Title: d.Title, Lang: d.Lang, Letter: d.Letter}}
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
