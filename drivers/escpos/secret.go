package escpos

// Hide takes what a slip keeps secret out of a stream of bytes to a printer, for those who write down what is said on the line: the data of two-dimensional
// codes (GS ( k, function 180) and the dots of pictures (GS v 0), which may be such a code. As many bytes stay as there were, each an x. A stream is
// hidden piece by piece, however it is cut; the zero value begins one.
type Hide struct {
	head []byte // a command that has begun, as far as it is known
	left int    // so many bytes of it are secret
}

// Bytes gives a copy of the next piece of the stream without what is secret.
func (h *Hide) Bytes(piece []byte) []byte {
	out := make([]byte, len(piece))
	for i, b := range piece {
		if h.left > 0 {
			h.left--
			out[i] = 'x'
			continue
		}
		out[i] = b
		h.head = append(h.head, b)
		for len(h.head) > 0 {
			begun, secret := secretAfter(h.head)
			if begun && secret < 0 {
				break
			}
			if begun {
				h.left, h.head = secret, h.head[:0]
				break
			}
			h.head = h.head[1:] // no such command begins here; one may begin at the next byte
		}
	}
	return out
}

// secretAfter tells whether bytes are the beginning of a command with something secret in it, and how many secret bytes follow; -1 when that is not known
// yet.
func secretAfter(head []byte) (begun bool, secret int) {
	for _, c := range []struct {
		form []int // -1 is any byte
		size func(b []byte) int
	}{
		{[]int{gs, '(', 'k', -1, -1, '1', 'P', -1}, func(b []byte) int { return max(int(b[3])|int(b[4])<<8-3, 0) }},
		{[]int{gs, 'v', '0', -1, -1, -1, -1, -1}, func(b []byte) int { return (int(b[4]) | int(b[5])<<8) * (int(b[6]) | int(b[7])<<8) }},
	} {
		fits := len(head) <= len(c.form)
		for i := range head {
			fits = fits && (c.form[i] < 0 || int(head[i]) == c.form[i])
		}
		switch {
		case fits && len(head) == len(c.form):
			return true, c.size(head)
		case fits:
			return true, -1
		}
	}
	return false, 0
}
