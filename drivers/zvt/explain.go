package zvt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Message is one message in words, for technicians. Passwords and what may be a card's number are hidden.
type Message struct {
	Command string `json:"command"`         // "04 0F"
	Name    string `json:"name,omitempty"`  // "status information"; empty for a command that the driver does not know
	Code    string `json:"code,omitempty"`  // of an answer 84 xx or an abort
	Means   string `json:"means,omitempty"` // the code's meaning
	Parts   []Part `json:"parts,omitempty"`
	Error   string `json:"error,omitempty"`  // what is wrong with it, if something is
	Offset  int    `json:"offset,omitempty"` // where, counted from the message's first byte
}

// Part is a piece of a message: a parameter, a field or a data object.
type Part struct {
	Offset int    `json:"offset"`          // of its first byte in the message
	ID     string `json:"id,omitempty"`    // "27", "1F07"; empty for a parameter that has its place only
	Name   string `json:"name,omitempty"`  // empty for one that the documents do not know
	Value  string `json:"value,omitempty"` // as people read it
	Hex    string `json:"hex,omitempty"`   // its bytes; left out where they are hidden
	Parts  []Part `json:"parts,omitempty"`
}

const hidden = "hidden"

// Explain reads the message at the beginning of b. n is its length; 0 means that it is not complete, and the message's Offset and Error tell
// from where on. A message that stops making sense is explained up to there.
func Explain(b []byte) (m Message, n int) {
	a, n := ParseAPDU(b)
	if n == 0 {
		if len(b) >= 2 {
			c := Command(b[0])<<8 | Command(b[1])
			m.Command, m.Name = c.String(), c.Name()
		}
		m.Error, m.Offset = fmt.Sprintf("message is cut off after %d bytes", len(b)), len(b)
		return m, 0
	}
	m = Message{Command: a.Command.String(), Name: a.Command.Name()}
	e := explainer{b: a.Data, base: n - len(a.Data), m: &m}
	e.data(a.Command)
	return m, n
}

// explainer walks through a data block.
type explainer struct {
	b    []byte
	at   int
	base int // of the data block in the message
	m    *Message
}

func (e *explainer) fail(err error, base int) {
	var s *SyntaxError
	if errors.As(err, &s) {
		e.m.Error, e.m.Offset = s.What, base+s.Offset
	}
}

func (e *explainer) add(p Part) { e.m.Parts = append(e.m.Parts, p) }

// fixed takes a parameter that has its place only.
func (e *explainer) fixed(name string, n int, value func([]byte) string) bool {
	if e.m.Error != "" || e.at >= len(e.b) {
		return false
	}
	if len(e.b)-e.at < n {
		e.m.Error, e.m.Offset = name+" is cut off", e.base+e.at
		return false
	}
	v := e.b[e.at : e.at+n]
	p := Part{Offset: e.base + e.at, Name: name, Hex: fmt.Sprintf("%X", v)}
	if value != nil {
		if p.Value = value(v); p.Value == hidden {
			p.Hex = ""
		}
	}
	e.add(p)
	e.at += n
	return true
}

func hide([]byte) string { return hidden }

func (e *explainer) code(v []byte) string {
	e.m.Code, e.m.Means = fmt.Sprintf("%02X", v[0]), Code(v[0]).Text("en")
	return e.m.Means
}

// data explains what stands before the fields of each command, and then those.
func (e *explainer) data(c Command) {
	password := func() bool { return e.fixed("password", 3, hide) }
	switch c {
	case Register:
		if password() && e.fixed("configuration", 1, func(v []byte) string { return Config(v[0]).String() }) {
			e.fixed("currency", 2, nil)
		}
	case Reversal, Refund, EndOfDay, SendTotals, Repeat, Initialise, SetTime, Enquire:
		password()
	case ReadCard:
		e.fixed("timeout in seconds", 1, nil)
	case Intermediate:
		if e.fixed("code", 1, func(v []byte) string { return StatusText("en", v[0]) }) && e.at < len(e.b) {
			if box, err := container(e.b, e.at); e.b[e.at] != 0x06 || err != nil || box == nil {
				e.fixed("timeout in minutes", 1, nil)
			}
		}
	case Aborted:
		e.fixed("result", 1, e.code)
	case PrintLine:
		p := paper{set: CP437}.line(e.b)
		e.fixed("attribute", 1, nil)
		if n := len(e.b) - e.at; n > 0 {
			e.fixed("line", n, func([]byte) string { return strings.Join(p.Lines, "\n") })
		}
		return
	case Completion:
		if v, rest := version(e.b); rest < len(e.b) && (rest > 0 || len(e.b) == 1 || stateFirst(e.b)) {
			if rest > 0 {
				e.fixed("software", rest, func([]byte) string { return v })
			}
			e.fixed("state", 1, func(v []byte) string { return StateCode(v[0]).Text("en") })
		}
	default:
		if c.Answer() && !c.Positive() {
			e.code([]byte{c.Code()})
		}
	}
	e.fields()
}

// fields explains the rest of the data block.
func (e *explainer) fields() {
	for e.m.Error == "" && e.at < len(e.b) {
		f, after, known, err := next(e.b, e.at)
		if err != nil {
			e.fail(err, e.base)
			return
		}
		p := Part{Offset: e.base + e.at, ID: fmt.Sprintf("%02X", f.ID), Name: f.Name()}
		switch {
		case !known: // it cannot be skipped: what follows stays as it is
			p.Hex, p.Value = fmt.Sprintf("%X", veil(e.b[e.at:])), "unknown field: the rest of the message cannot be told apart"
			after = len(e.b)
		case f.Secret():
			p.Value = hidden
		case f.ID == 0x06:
			base := e.base + after - len(f.Value)
			p.Parts = e.objects(f.Value, base)
		default:
			p.Value, p.Hex = f.show(), fmt.Sprintf("%X", f.Value)
			if f.ID == 0x27 && len(f.Value) == 1 {
				e.code(f.Value)
			}
		}
		e.add(p)
		e.at = after
	}
}

// readable tells whether an object that no document knows holds objects: something secret may be among them.
func readable(t TLV) bool {
	_, err := t.Parts()
	return err == nil
}

// objects explains a TLV container that begins at base in the message.
func (e *explainer) objects(b []byte, base int) []Part {
	var all []Part
	for at := 0; at < len(b); {
		t, value, after, err := nextTLV(b, at, base)
		if err != nil {
			e.fail(err, 0)
			return all
		}
		p := Part{Offset: base + at, ID: t.Tag.String(), Name: t.Tag.Name()}
		switch {
		case t.Secret():
			p.Value = hidden
		case t.Constructed() && (p.Name != "" || readable(t)):
			p.Parts = e.objects(t.Value, base+value)
		default:
			p.Value, p.Hex = t.show(), fmt.Sprintf("%X", t.Value)
		}
		all = append(all, p)
		if e.m.Error != "" {
			return all
		}
		at = after
	}
	return all
}

func (f Field) show() string {
	v := f.Value
	switch f.ID {
	case 0x04:
		return cents(v)
	case 0x27:
		return Code(v[0]).Text("en")
	case 0x0B, 0x0C, 0x0D, 0x17, 0x29, 0x37, 0x49, 0x87, 0x88, 0xAA:
		return strings.ToUpper(hex.EncodeToString(v))
	case 0x01, 0x02, 0x05, 0x8A, 0x8C, 0xF0, 0xF9:
		return fmt.Sprint(v[0])
	case 0x2A, 0x3B, 0x3C, 0x8B:
		return CP437.text(v)
	}
	if f.Name() == "text line" {
		return CP437.text(v)
	}
	return ""
}

func cents(v []byte) string {
	n, err := BCD(v)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

func (t TLV) show() string {
	switch t.Tag {
	case TagCommand:
		if len(t.Value) == 2 {
			return (Command(t.Value[0])<<8 | Command(t.Value[1])).Name()
		}
	case TagTip, TagCashback, 0x1F20:
		return cents(t.Value)
	case TagText, TagExtraResult, TagLabel, TagPreferredName, TagErrorText, TagDeviceName, TagSoftware, 0x0B, 0x0C, 0x15, 0x46, 0x47, 0x4A, 0x1F1C, 0x1F27, 0x1F2A, 0x1F2C, 0x1F59:
		return CP437.text(t.Value)
	case TagWidth, TagReceiptNumber, TagDate, TagTime, TagSerial, TagTerminalID, TagLongTrace, 0x1F21, 0x1F73:
		return strings.ToUpper(hex.EncodeToString(t.Value))
	}
	return ""
}

// String writes the tag as the documents do.
func (t Tag) String() string {
	if t <= 0xFF {
		return fmt.Sprintf("%02X", uint32(t))
	}
	return fmt.Sprintf("%04X", uint32(t))
}

// Name is what P015 9.4.1 (pages 151 to 156) calls the object; "" for one that it does not know.
func (t Tag) Name() string { return tables()["tags-en"][uint32(t)] }
