package port

import (
	"context"
	"time"
)

// Bytes reads a line byte by byte, for one caller at a time.
type Bytes struct {
	p   Port
	in  []byte // read and not given yet; a part of buf
	buf [4096]byte
}

// NewBytes reads the line. Nobody else may.
func NewBytes(p Port) *Bytes { return &Bytes{p: p} }

// Next gives the next byte, and waits for it as Await does, with Await's errors.
func (b *Bytes) Next(ctx context.Context, until time.Time) (byte, error) {
	if len(b.in) == 0 {
		n, err := Await(ctx, b.p, b.buf[:], until)
		if err != nil {
			return 0, err
		}
		b.in = b.buf[:n]
	}
	next := b.in[0]
	b.in = b.in[1:]
	return next, nil
}

// Waiting is how many bytes have been read from the line that Next has not given yet. What waits in the line itself does not count.
func (b *Bytes) Waiting() int { return len(b.in) }

// Drop throws those away, and tells how many they were.
func (b *Bytes) Drop() (n int) {
	n, b.in = len(b.in), nil
	return n
}
