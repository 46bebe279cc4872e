package zvt

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
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
func ParsePrint(c Command, b []byte) (Print, error) { return paper{set: CP437}.parse(c, b) }

// paper is what lines are set on.
type paper struct {
	set   Charset
	width int // characters in a line; 0 is not known, and nothing is centred
}

func (w paper) parse(c Command, b []byte) (Print, error) {
	if c == PrintLine {
		return w.line(b), nil
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
			if err := p.objects(w, f.Value, after-len(f.Value)); err != nil {
				return p, err
			}
		}
		at = after
	}
	return p, nil
}

// objects reads the TLV container of a print command, which begins at base.
func (p *Print) objects(w paper, b []byte, base int) error {
	if v, ok := find(b, TagCharset); ok && len(v) > 0 && Charset(v[len(v)-1]).known() { // P015 3.6: a block may bring its own
		w.set = Charset(v[len(v)-1])
	}
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
			if err := p.texts(w, t.Value, base+value); err != nil {
				return err
			}
		}
		at = after
	}
	return nil
}

// texts reads lines and attributes; an attribute is for all lines that follow it (P015 page 168).
func (p *Print) texts(w paper, b []byte, base int) error {
	var attribute byte
	for at := 0; at < len(b); {
		t, _, after, err := nextTLV(b, at, base)
		if err != nil {
			return err
		}
		at = after
		switch {
		case t.Tag == TagText:
			p.Lines = append(p.Lines, w.indented(attribute, w.set.text(t.Value)))
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

func (w paper) line(b []byte) Print {
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
		if f, after, _, err := next(line, i); err == nil && after == len(line) && p.objects(w, f.Value, 0) == nil {
			line = line[:i]
		}
	}
	p.Lines, p.Last = []string{w.indented(attribute, w.set.text(line))}, last(attribute)
	return p
}

// indented sets a line where its attribute says, further to the right or in the middle: P015 table 16, page 124. Sizes are the printer's affair.
func (w paper) indented(attribute byte, line string) string {
	room := w.width - utf8.RuneCountInString(line)
	switch {
	case line == "":
		return line
	case attribute&0xC0 == 0x40:
		return strings.Repeat(" ", max(0, room/2)) + line
	case attribute&0xC0 == 0:
		return strings.Repeat(" ", int(attribute&0xF)) + line
	}
	return line
}

// last tells whether an attribute says that the receipt ends: P015 table 16, page 124.
func last(attribute byte) bool { return attribute > 0x80 && attribute != 0xFF }
