package escpos

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// shape is a command with a fixed number of arguments.
type shape struct {
	name   string // without what it begins with
	args   int
	params string // the arguments' names, separated by spaces; two bytes are one number where the name ends in "16"
	does   string
}

// known gives the commands that always have the same number of argument bytes (ESC/POS Command Reference).
func known(lead, op byte) (shape, bool) {
	switch lead {
	case esc:
		return knownESC(op)
	case fs:
		return knownFS(op)
	case gs:
		return knownGS(op)
	case dle:
		if op == enq {
			return shape{"ENQ", 1, "n", "real-time request: 1 goes on after an error, 2 goes on with empty buffers"}, true
		}
	}
	return shape{}, false
}

func knownESC(op byte) (shape, bool) {
	switch op {
	case '@':
		return shape{"@", 0, "", "initialize"}, true
	case ' ':
		return shape{"SP", 1, "n", "space at the right of letters"}, true
	case '!':
		return shape{"!", 1, "n", "print modes"}, true
	case '$':
		return shape{"$", 2, "n16", "absolute position"}, true
	case '%':
		return shape{"%", 1, "n", "user-defined letters"}, true
	case '-':
		return shape{"-", 1, "n", "underline"}, true
	case '2':
		return shape{"2", 0, "", "default line spacing"}, true
	case '3':
		return shape{"3", 1, "n", "line spacing"}, true
	case '=':
		return shape{"=", 1, "n", "select device"}, true
	case '?':
		return shape{"?", 1, "n", "cancel user-defined letter"}, true
	case 'E':
		return shape{"E", 1, "n", "bold"}, true
	case 'G':
		return shape{"G", 1, "n", "double strike"}, true
	case 'J':
		return shape{"J", 1, "n", "print and feed dots"}, true
	case 'K':
		return shape{"K", 1, "n", "print and feed back"}, true
	case 'L':
		return shape{"L", 0, "", "page mode"}, true
	case 'M':
		return shape{"M", 1, "n", "font"}, true
	case 'R':
		return shape{"R", 1, "n", "international letters"}, true
	case 'S':
		return shape{"S", 0, "", "standard mode"}, true
	case 'T':
		return shape{"T", 1, "n", "direction in page mode"}, true
	case 'V':
		return shape{"V", 1, "n", "turn by 90 degrees"}, true
	case 'W':
		return shape{"W", 8, "x16 y16 width16 height16", "area in page mode"}, true
	case '\\':
		return shape{"\\", 2, "n16", "relative position"}, true
	case 'a':
		return shape{"a", 1, "n", "align: 0 left, 1 middle, 2 right"}, true
	case 'c':
		return shape{"c", 2, "what n", "paper sensors and buttons"}, true
	case 'd':
		return shape{"d", 1, "n", "print and feed lines"}, true
	case 'e':
		return shape{"e", 1, "n", "print and feed lines back"}, true
	case 'i':
		return shape{"i", 0, "", "cut, one point left"}, true
	case 'm':
		return shape{"m", 0, "", "cut, three points left"}, true
	case 'p':
		return shape{"p", 3, "m on off", "open the drawer"}, true
	case 'r':
		return shape{"r", 1, "n", "colour"}, true
	case 't':
		return shape{"t", 1, "n", "code page"}, true
	case 'u':
		return shape{"u", 1, "n", "ask for the drawer's state"}, true
	case 'v':
		return shape{"v", 0, "", "ask for the paper's state"}, true
	case '{':
		return shape{"{", 1, "n", "upside down"}, true
	case '\f':
		return shape{"FF", 0, "", "print page"}, true
	}
	return shape{}, false
}

func knownFS(op byte) (shape, bool) {
	switch op {
	case '!':
		return shape{"!", 1, "n", "Kanji print modes"}, true
	case '&':
		return shape{"&", 0, "", "Kanji on"}, true
	case '.':
		return shape{".", 0, "", "Kanji off"}, true
	case '-':
		return shape{"-", 1, "n", "Kanji underline"}, true
	case 'C':
		return shape{"C", 1, "n", "Kanji code system"}, true
	case 'S':
		return shape{"S", 2, "left right", "space beside Kanji"}, true
	case 'W':
		return shape{"W", 1, "n", "Kanji four times as large"}, true
	case 'p':
		return shape{"p", 2, "n m", "print stored picture"}, true
	}
	return shape{}, false
}

func knownGS(op byte) (shape, bool) {
	switch op {
	case '!':
		return shape{"!", 1, "n", "size of letters"}, true
	case '$':
		return shape{"$", 2, "n16", "absolute vertical position"}, true
	case '/':
		return shape{"/", 1, "m", "print downloaded picture"}, true
	case ':':
		return shape{":", 0, "", "begin or end of a macro"}, true
	case 'B':
		return shape{"B", 1, "n", "white on black"}, true
	case 'E':
		return shape{"E", 1, "n", "head control"}, true
	case 'H':
		return shape{"H", 1, "n", "text at bar codes: 1 above, 2 below, 3 both"}, true
	case 'I':
		return shape{"I", 1, "n", "ask for the printer's name"}, true
	case 'L':
		return shape{"L", 2, "n16", "left margin"}, true
	case 'P':
		return shape{"P", 2, "x y", "motion units"}, true
	case 'T':
		return shape{"T", 1, "n", "to the line's beginning"}, true
	case 'W':
		return shape{"W", 2, "n16", "width of the printing area"}, true
	case '\\':
		return shape{"\\", 2, "n16", "relative vertical position"}, true
	case '^':
		return shape{"^", 3, "r t m", "play macro"}, true
	case 'a':
		return shape{"a", 1, "n", "automatic status"}, true
	case 'b':
		return shape{"b", 1, "n", "smoothing"}, true
	case 'f':
		return shape{"f", 1, "n", "font of text at bar codes"}, true
	case 'h':
		return shape{"h", 1, "n", "height of bar codes"}, true
	case 'j':
		return shape{"j", 1, "n", "automatic status about ink"}, true
	case 'r':
		return shape{"r", 1, "n", "ask for status, in turn"}, true
	case 'w':
		return shape{"w", 1, "n", "module width of bar codes"}, true
	}
	return shape{}, false
}

// Does says in few words what the command does; "" where nothing is known of it.
func (c Command) Does() string {
	if s, ok := c.shape(); ok {
		return s.does
	}
	switch c.Name {
	case "LF":
		return "print and feed a line"
	case "DLE EOT":
		return "ask for status, at once"
	case "DLE DC4":
		if len(c.Args) > 0 && c.Args[0] == 8 {
			return "empty the buffers, at once"
		}
		return "open the drawer or switch the power, at once"
	case "GS V":
		return "cut"
	case "GS k":
		return "print bar code"
	case "GS v 0":
		return "print picture"
	case "GS ( L", "GS 8 L":
		return "pictures"
	case "GS ( k":
		return "two-dimensional codes"
	case "GS ( H":
		return "ask for an answer when this is printed"
	case "ESC *":
		return "picture in the line"
	}
	return ""
}

func (c Command) shape() (shape, bool) {
	if len(c.Bytes) < 2 || c.Name == "unknown" || c.Name == "incomplete" || c.Name == "text" {
		return shape{}, false
	}
	return known(c.Bytes[0], c.Bytes[1])
}

// Params gives the arguments by their names: numbers, and longer data in hexadecimal digits.
func (c Command) Params() map[string]any {
	if s, ok := c.shape(); ok {
		return s.named(c.Args)
	}
	a := c.Args
	le := binary.LittleEndian
	switch {
	case len(a) == 0 || c.Name == "text":
		return nil
	case c.Name == "GS v 0" && len(a) >= 6:
		return map[string]any{"m": int(a[1]), "width": 8 * int(le.Uint16(a[2:])), "height": int(le.Uint16(a[4:]))}
	case c.Name == "ESC *" && len(a) >= 3:
		return map[string]any{"m": int(a[0]), "width": int(le.Uint16(a[1:]))}
	case c.Name == "GS k" && a[0] >= 65 && len(a) >= 2:
		return map[string]any{"m": int(a[0]), "data": readable(a[2:])}
	case c.Name == "GS k":
		return map[string]any{"m": int(a[0]), "data": readable(a[1:])}
	case c.Name == "GS ( k" && len(a) >= 2:
		return map[string]any{"cn": int(a[0]), "fn": int(a[1]), "data": readable(a[2:])}
	case c.Name == "GS ( H" && len(a) == 6:
		return map[string]any{"fn": int(a[0]), "m": int(a[1]), "id": readable(a[2:])}
	case (c.Name == "GS ( L" || c.Name == "GS 8 L") && len(a) >= 2:
		m := map[string]any{"m": int(a[0]), "fn": int(a[1])}
		if len(a) >= 10 && a[1] == 112 {
			m["width"], m["height"] = int(le.Uint16(a[6:])), int(le.Uint16(a[8:]))
		}
		return m
	case c.Name == "GS V" && len(a) == 2:
		return map[string]any{"m": int(a[0]), "n": int(a[1])}
	case len(a) == 1:
		return map[string]any{"n": int(a[0])}
	}
	return map[string]any{"data": hex.EncodeToString(a)}
}

func (s shape) named(args []byte) map[string]any {
	if s.params == "" {
		return nil
	}
	m := map[string]any{}
	for _, name := range strings.Fields(s.params) {
		if short, two := strings.CutSuffix(name, "16"); two {
			m[short], args = int(binary.LittleEndian.Uint16(args)), args[2:]
			continue
		}
		m[name], args = int(args[0]), args[1:]
	}
	return m
}

// readable gives printable ASCII as it is and all else in hexadecimal digits.
func readable(b []byte) string {
	for _, c := range b {
		if c < 0x20 || c > 0x7E {
			return "hex " + hex.EncodeToString(b)
		}
	}
	return string(b)
}
