package escposemu

import "encoding/binary"

// command is one order of the byte stream, with the bytes it was made of.
type command struct {
	op  string // "" for letters, otherwise the command's name as the reference writes it
	raw []byte
	arg []byte
}

// fixedLength gives the commands that always have the same number of argument bytes.
func fixedLength(b0, b1 byte) (op string, n int) {
	switch b0 {
	case 0x10:
		if b1 == 0x04 {
			return "DLE EOT", 1
		}
	case 0x1B:
		switch b1 {
		case '@', '2':
			return "ESC " + string(rune(b1)), 0
		case 't', 'a', 'E', 'J', 'd', 'M', '-', '3', 'R':
			return "ESC " + string(rune(b1)), 1
		}
	case 0x1C:
		if b1 == '.' {
			return "FS .", 0
		}
	case 0x1D:
		switch b1 {
		case '!', 'a', 'r', 'B':
			return "GS " + string(rune(b1)), 1
		}
	}
	return "", 0
}

// next cuts one command off the front of b; n is 0 while it is not complete. Whatever is no known command is skipped with its two bytes, as
// printers do.
func next(b []byte) (c command, n int) {
	if len(b) == 0 {
		return command{}, 0
	}
	switch b[0] {
	case 0x1B, 0x1C, 0x1D, 0x10:
	case '\n', '\r', '\t':
		return command{op: map[byte]string{'\n': "LF", '\r': "CR", '\t': "HT"}[b[0]], raw: b[:1]}, 1
	default:
		for n < len(b) && b[n] >= 0x20 {
			n++
		}
		if n == 0 {
			return command{op: "unknown", raw: b[:1]}, 1
		}
		return command{raw: b[:n], arg: b[:n]}, n
	}
	if len(b) < 2 {
		return command{}, 0
	}
	if op, n := fixedLength(b[0], b[1]); op != "" {
		return cut(op, b, 2, n)
	}
	switch [2]byte{b[0], b[1]} {
	case [2]byte{0x10, 0x14}: // DLE DC4: function 8 has seven more bytes, the others two
		if len(b) < 3 {
			return command{}, 0
		}
		if b[2] == 8 {
			return cut("DLE DC4", b, 2, 8)
		}
		return cut("DLE DC4", b, 2, 3)
	case [2]byte{0x1D, 'V'}:
		if len(b) < 3 {
			return command{}, 0
		}
		if b[2] == 'A' || b[2] == 'B' {
			return cut("GS V", b, 2, 2)
		}
		return cut("GS V", b, 2, 1)
	case [2]byte{0x1D, '('}: // the kind, a length, and as many bytes
		if len(b) < 5 {
			return command{}, 0
		}
		return cut("GS ( "+string(b[2:3]), b, 5, int(binary.LittleEndian.Uint16(b[3:])))
	case [2]byte{0x1D, 'v'}: // 0 m xL xH yL yH and the dots
		if len(b) < 8 {
			return command{}, 0
		}
		return cut("GS v", b, 2, 6+int(binary.LittleEndian.Uint16(b[4:]))*int(binary.LittleEndian.Uint16(b[6:])))
	}
	return command{op: "unknown", raw: b[:2]}, 2
}

func cut(op string, b []byte, head, n int) (command, int) {
	if len(b) < head+n {
		return command{}, 0
	}
	return command{op: op, raw: b[:head+n], arg: b[head : head+n]}, head + n
}
