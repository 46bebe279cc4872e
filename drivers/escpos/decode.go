package escpos

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Command is one piece of what is sent to a printer.
type Command struct {
	Offset int    // of its first byte
	Name   string // as Epson's reference writes it, such as "GS V"; "text", "unknown", or "incomplete" at the end
	Bytes  []byte // all of it
	Args   []byte // what follows the name; where the command has a length, what the length counts
	Text   string // of "text": in the code page selected before, as Epson numbers them
}

// MostBytes is the longest command that is taken for one. What says that it is longer is unknown: it is more likely noise.
const MostBytes = 4 << 20

// Commands takes apart what is sent to a printer. Nothing is lost: the bytes of all commands, one after the other, are b.
func Commands(b []byte) []Command {
	var out []Command
	page := Page{437, 0}
	for offset := 0; offset < len(b); {
		c, n := Cut(b[offset:])
		if n == 0 {
			c, n = Command{Name: "incomplete", Bytes: b[offset:]}, len(b)-offset
		}
		c.Offset = offset
		offset += n
		switch c.Name {
		case "text":
			c.Text = page.text(c.Bytes)
		case "ESC t":
			page = Page{epsonPage(c.Args[0]), c.Args[0]}
		case "ESC @":
			page = Page{437, 0}
		}
		if last := len(out) - 1; c.Name == "unknown" && last >= 0 && out[last].Name == "unknown" { // noise is one thing
			out[last].Bytes = b[out[last].Offset:offset]
			continue
		}
		out = append(out, c)
	}
	return out
}

// text reads bytes in a code page; in one that is not known, what is no ASCII is U+FFFD.
func (p Page) text(b []byte) string {
	var s strings.Builder
	t := p.table()
	for _, c := range b {
		switch {
		case c < 0x80:
			s.WriteByte(c)
		case t == nil:
			s.WriteRune(utf8.RuneError)
		default:
			s.WriteRune(t.DecodeByte(c))
		}
	}
	return s.String()
}

// epsonPage gives the code page that Epson's printers have at a number of ESC t, 0 where it is not known here.
func epsonPage(n byte) int {
	switch n {
	case 0:
		return 437
	case 2:
		return 850
	case 16:
		return 1252
	case 17:
		return 866
	case 18:
		return 852
	case 19:
		return 858
	case 45:
		return 1250
	case 46:
		return 1251
	case 48:
		return 1254
	}
	return 0
}

// Cut takes the first command off b; n is 0 while it is not complete. Bytes that begin no command that is known here are "unknown", as many as
// printers skip: one, or two after ESC, FS, GS and DLE.
func Cut(b []byte) (c Command, n int) {
	if len(b) == 0 {
		return Command{}, 0
	}
	switch first := b[0]; {
	case first >= 0x20 && first != 0x7F:
		for n < len(b) && b[n] >= 0x20 && b[n] != 0x7F {
			n++
		}
		return Command{Name: "text", Bytes: b[:n], Args: b[:n]}, n
	case first == esc || first == fs || first == gs || first == dle:
		if len(b) < 2 {
			return Command{}, 0
		}
		return cutLead(b)
	default:
		if name := control(first); name != "" {
			return Command{Name: name, Bytes: b[:1]}, 1
		}
		return Command{Name: "unknown", Bytes: b[:1]}, 1
	}
}

func control(b byte) string {
	switch b {
	case '\t':
		return "HT"
	case lf:
		return "LF"
	case '\f':
		return "FF"
	case '\r':
		return "CR"
	case 0x18:
		return "CAN"
	case 0:
		return "NUL" // nothing: what is sent to wake a printer, or left of a command that was given up
	}
	return ""
}

// leads names what commands begin with.
func leads(b byte) string {
	switch b {
	case esc:
		return "ESC "
	case fs:
		return "FS "
	case gs:
		return "GS "
	}
	return "DLE "
}

// cutLead cuts a command that begins with ESC, FS, GS or DLE.
func cutLead(b []byte) (Command, int) {
	if s, ok := known(b[0], b[1]); ok {
		return take(b, leads(b[0])+s.name, 2, s.args)
	}
	le := binary.LittleEndian
	switch [2]byte{b[0], b[1]} {
	case [2]byte{dle, eot}: // what asks for extended status has two bytes
		return takeIf(b, "DLE EOT", 2, func(a []byte) int {
			if a[0] == 7 || a[0] == 8 || a[0] == 18 {
				return 2
			}
			return 1
		})
	case [2]byte{dle, dc4}:
		return takeIf(b, "DLE DC4", 2, func(a []byte) int {
			switch a[0] {
			case 7:
				return 2
			case 8:
				return 8
			}
			return 3
		})
	case [2]byte{gs, 'V'}:
		return takeIf(b, "GS V", 2, func(a []byte) int {
			switch a[0] {
			case 'A', 'B', 'a', 'b', 'g', 'h':
				return 2
			}
			return 1
		})
	case [2]byte{gs, '('}, [2]byte{fs, '('}: // the kind, a length, and as many bytes
		if len(b) < 5 {
			return Command{}, 0
		}
		if b[2] < 0x20 || b[2] > 0x7E {
			break
		}
		return take(b, leads(b[0])+"( "+string(rune(b[2])), 5, int(le.Uint16(b[3:])))
	case [2]byte{gs, '8'}: // the same with a longer length
		if len(b) < 7 {
			return Command{}, 0
		}
		if b[2] != 'L' {
			break
		}
		return take(b, "GS 8 L", 7, int(le.Uint32(b[3:])))
	case [2]byte{gs, 'v'}: // 0 m xL xH yL yH and the dots
		if len(b) < 8 {
			return Command{}, 0
		}
		return take(b, "GS v 0", 2, 6+int(le.Uint16(b[4:]))*int(le.Uint16(b[6:])))
	case [2]byte{esc, '*'}: // m nL nH and one or three bytes a column
		if len(b) < 5 {
			return Command{}, 0
		}
		high := 1
		if b[2] >= 32 {
			high = 3
		}
		return take(b, "ESC *", 2, 3+high*int(le.Uint16(b[3:])))
	case [2]byte{gs, '*'}: // x y and as many times eight bytes
		return takeIf2(b, "GS *", func(a []byte) int { return 2 + 8*int(a[0])*int(a[1]) })
	case [2]byte{gs, 'k'}:
		return cutBarcode(b)
	case [2]byte{esc, 'D'}: // tabs, up to NUL
		return takeNUL(b, "ESC D", 2, 33)
	}
	return Command{Name: "unknown", Bytes: b[:2]}, 2
}

// cutBarcode cuts GS k: function A ends with NUL, function B has a length.
func cutBarcode(b []byte) (Command, int) {
	if len(b) < 3 {
		return Command{}, 0
	}
	if b[2] <= 6 {
		return takeNUL(b, "GS k", 3, 256)
	}
	if b[2] < 65 || b[2] > 79 {
		return Command{Name: "unknown", Bytes: b[:2]}, 2
	}
	return takeIf2(b, "GS k", func(a []byte) int { return 2 + int(a[1]) })
}

// take cuts a command whose name and length take head bytes, with args bytes after them.
func take(b []byte, name string, head, args int) (Command, int) {
	n := head + args
	switch {
	case n > MostBytes || n < head:
		return Command{Name: "unknown", Bytes: b[:2]}, 2
	case len(b) < n:
		return Command{}, 0
	}
	return Command{Name: name, Bytes: b[:n], Args: b[head:n]}, n
}

func takeIf(b []byte, name string, head int, count func(args []byte) int) (Command, int) {
	if len(b) <= head {
		return Command{}, 0
	}
	return take(b, name, head, count(b[head:]))
}

func takeIf2(b []byte, name string, count func(args []byte) int) (Command, int) {
	if len(b) < 4 {
		return Command{}, 0
	}
	return take(b, name, 2, count(b[2:]))
}

// takeNUL cuts a command that ends with the first NUL at or after from; after most bytes there is none.
func takeNUL(b []byte, name string, from, most int) (Command, int) {
	for i := from; i < len(b) && i < from+most; i++ {
		if b[i] == 0 {
			return Command{Name: name, Bytes: b[:i+1], Args: b[2:i]}, i + 1
		}
	}
	if len(b) >= from+most {
		return Command{Name: "unknown", Bytes: b[:2]}, 2
	}
	return Command{}, 0
}

// MarshalJSON writes offset, name, what it does, its parameters by their names, and the text or the bytes in hexadecimal digits.
func (c Command) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Offset int            `json:"offset"`
		Name   string         `json:"name"`
		Does   string         `json:"does,omitempty"`
		Text   string         `json:"text,omitempty"`
		Params map[string]any `json:"params,omitempty"`
		Bytes  string         `json:"bytes"`
	}{c.Offset, c.Name, c.Does(), c.Text, c.Params(), hex.EncodeToString(c.Bytes)})
}
