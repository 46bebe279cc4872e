package zvt

import (
	"bytes"
	"strings"
	"time"
)

// Progress is an intermediate status: what the terminal is doing (P015 3.7, page 125).
type Progress struct {
	Code byte
	T4   time.Duration // from now on; 0 leaves it as it is
	Text string        // the terminal's own words, lines divided by line feeds; may be empty
}

// ParseProgress reads the data block of an intermediate status with texts in code page 437.
func ParseProgress(b []byte) (Progress, error) { return parseProgress(CP437, b) }

func parseProgress(set Charset, b []byte) (Progress, error) {
	if len(b) == 0 {
		return Progress{}, broken(0, "intermediate status without a code")
	}
	p := Progress{Code: b[0]}
	if len(b) == 1 {
		return p, nil
	}
	// P015 wants the timeout before a container and leaves it out in its own example (5.2): 06 may be either.
	at := 1
	box, err := container(b, at)
	if b[1] != 0x06 || err != nil {
		minutes, bad := BCD(b[1:2])
		if bad != nil {
			return Progress{}, broken(1, "timeout is no number")
		}
		p.T4 = time.Duration(minutes) * time.Minute
		at = 2
		if box, err = container(b, at); err != nil {
			return Progress{}, err
		}
	}
	display, ok := find(box, TagDisplayTexts)
	if !ok {
		return p, nil
	}
	var text strings.Builder
	for i := 0; i < len(display); {
		t, _, after, err := nextTLV(display, i, 0)
		if err != nil {
			return Progress{}, broken(at, "display texts cannot be read")
		}
		if t.Tag == TagText {
			if text.Len() > 0 {
				text.WriteByte('\n')
			}
			set.write(&text, t.Value)
		}
		i = after
	}
	p.Text = strings.TrimSpace(text.String())
	return p, nil
}

// container gives the contents of the first field 06 among the fields from b[at] on; nil if there is none. Its objects have to make sense.
func container(b []byte, at int) ([]byte, error) {
	for at < len(b) {
		f, after, known, err := next(b, at)
		switch {
		case err != nil:
			return nil, err
		case !known:
			return nil, broken(at, "unknown field %02X", f.ID)
		case f.ID == 0x06:
			base := after - len(f.Value)
			for i := 0; i < len(f.Value); {
				if _, _, i, err = nextTLV(f.Value, i, base); err != nil {
					return nil, err
				}
			}
			return f.Value, nil
		}
		at = after
	}
	return nil, nil
}

// The kinds of receipt (TLV 1F07, P015 page 160).
const (
	MerchantReceipt byte = 1
	CustomerReceipt byte = 2
	AdminReceipt    byte = 3
)

// Print is a piece of a receipt (P015 3.5 and 3.6, pages 123 to 125).
type Print struct {
	Kind      byte // MerchantReceipt, CustomerReceipt, AdminReceipt; 0 if not told
	Lines     []string
	Last      bool // the receipt ends here
	Signature bool // TLV 1F37: the customer has to sign on this receipt
	Mandatory bool // TLV 1F37: it has to be printed
}

// ParsePrint reads the data block of a print line or a print block with texts in code page 437.
func ParsePrint(c Command, b []byte) (Print, error) { return parsePrint(CP437, c, b) }

func parsePrint(set Charset, c Command, b []byte) (Print, error) {
	if c == PrintLine {
		return parseLine(set, b), nil
	}
	var p Print
	for at := 0; at < len(b); {
		f, after, known, err := next(b, at)
		if err != nil {
			return p, err
		}
		if !known {
			return p, broken(at, "unknown field %02X", f.ID)
		}
		if f.ID == 0x06 {
			if err := p.objects(set, f.Value, after-len(f.Value)); err != nil {
				return p, err
			}
		}
		at = after
	}
	return p, nil
}

// objects reads the TLV container of a print command, which begins at base.
func (p *Print) objects(set Charset, b []byte, base int) error {
	for at := 0; at < len(b); {
		t, value, after, err := nextTLV(b, at, base)
		if err != nil {
			return err
		}
		switch t.Tag {
		case TagReceiptType:
			if len(t.Value) > 0 {
				p.Kind = t.Value[len(t.Value)-1]
			}
		case TagReceiptInfo:
			if len(t.Value) > 0 {
				p.Signature, p.Mandatory = t.Value[0]&0x02 != 0, t.Value[0]&0x80 != 0
			}
		case TagPrintTexts:
			if err := p.texts(set, t.Value, base+value); err != nil {
				return err
			}
		}
		at = after
	}
	return nil
}

// texts reads lines and attributes; an attribute is for all lines that follow it (P015 page 168).
func (p *Print) texts(set Charset, b []byte, base int) error {
	var attribute byte
	for at := 0; at < len(b); {
		t, _, after, err := nextTLV(b, at, base)
		if err != nil {
			return err
		}
		at = after
		switch {
		case t.Tag == TagText:
			p.Lines = append(p.Lines, indented(attribute, set.text(t.Value)))
		case t.Tag != TagAttribute || len(t.Value) != 1:
		case t.Value[0] == 0xFF: // a line feed
			p.Lines = append(p.Lines, "")
		default:
			attribute = t.Value[0]
			p.Last = p.Last || last(attribute)
		}
	}
	return nil
}

// most is how many empty lines one command may make.
const most = 20

func parseLine(set Charset, b []byte) Print {
	var p Print
	switch {
	case len(b) == 0:
		p.Lines = []string{""}
		return p
	case b[0] == 0xFF: // line feeds
		n := 1
		if len(b) > 1 {
			n = min(int(b[1]), most)
		}
		p.Lines = make([]string, n)
		return p
	}
	attribute, line := b[0], b[1:]
	// Some terminals say whose receipt a line is of: a container behind the text (SMART-ZVT 3.3.5, page 48). No text has a byte 06.
	if i := bytes.IndexByte(line, 0x06); i >= 0 {
		if f, after, _, err := next(line, i); err == nil && after == len(line) && p.objects(set, f.Value, 0) == nil {
			line = line[:i]
		}
	}
	p.Lines, p.Last = []string{indented(attribute, set.text(line))}, last(attribute)
	return p
}

// indented moves a line to the right as its attribute says: P015 table 16, page 124. Whoever prints centres by itself.
func indented(attribute byte, line string) string {
	if attribute&0xC0 != 0 || line == "" {
		return line
	}
	return strings.Repeat(" ", int(attribute&0xF)) + line
}

// last tells whether an attribute says that the receipt ends: P015 table 16, page 124.
func last(attribute byte) bool { return attribute > 0x80 && attribute != 0xFF }
