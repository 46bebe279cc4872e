package document

import (
	"fmt"
	"strings"
)

// Letter is what stands around the blocks of a letter after DIN 5008, form B. Its blocks begin with the salutation.
type Letter struct {
	From    []string   // letterhead: who writes, then the lines below
	Logo    []byte     // PNG or JPEG at the right of the letterhead; nil for none
	Return  string     // the sender in one small line, to be read through the window of an envelope that comes back
	Remarks []string   // above the address: "Persönlich"; at most LetterRemarks
	To      []string   // the address; at most LetterLines
	Info    []Info     // the block at the right: our sign, office, phone, day
	Subject string     // bold
	Foot    [][]string // columns at the foot of the first page: address, hours, bank
}

// Info is a line of a letter's information block.
type Info struct{ Label, Text string }

// How many lines the zones of the address field have (DIN 5008:2020).
const (
	LetterRemarks = 4 // besides the line of the sender
	LetterLines   = 6
)

// Flat gives a letter as a document that narrow paper and screens can show from top to bottom; any other document as it is.
func (d Document) Flat() Document {
	l := d.Letter
	if l == nil {
		return d
	}
	var blocks []Block
	paragraph := func(bold bool, lines ...string) {
		if text := strings.Join(lines, "\n"); text != "" {
			blocks = append(blocks, Block{Kind: Paragraph, Bold: bold, Text: text}, Block{Kind: Space})
		}
	}
	paragraph(true, l.From...)
	paragraph(false, append(append([]string{}, l.Remarks...), l.To...)...)
	for _, i := range l.Info {
		blocks = append(blocks, Block{Kind: Row, Label: i.Label, Text: i.Text})
	}
	if l.Subject != "" {
		blocks = append(blocks, Block{Kind: Space}, Block{Kind: Heading, Level: 2, Text: l.Subject}, Block{Kind: Space})
	}
	blocks = append(blocks, d.Blocks...)
	for i, column := range l.Foot {
		if i == 0 {
			blocks = append(blocks, Block{Kind: Rule})
		}
		paragraph(false, column...)
	}
	d.Letter, d.Blocks = nil, blocks
	return d
}

// PageOf says which page it is: "Seite 2 von 3".
func PageOf(lang string, page, of int) string {
	if base, _, _ := strings.Cut(lang, "-"); base == "en" {
		return fmt.Sprintf("Page %d of %d", page, of)
	}
	return fmt.Sprintf("Seite %d von %d", page, of)
}
