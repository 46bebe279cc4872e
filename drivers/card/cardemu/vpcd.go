package cardemu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
)

// What vpcd says to a card besides commands (vsmartcard, "Virtual Smart Card", section "Creating a Virtual Card"): one byte.
const (
	off   = 0x00
	on    = 0x01
	reset = 0x02
	atr   = 0x04
)

// ErrFrame says that bytes are no message of vpcd.
var ErrFrame = errors.New("cardemu: not a message of vpcd")

// ReadMessage reads a message: its length in two bytes, the high one first, and as many bytes. The end between two messages is io.EOF.
func ReadMessage(r io.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if err == io.EOF {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%w: it ends in its length: %w", ErrFrame, err)
	}
	b := make([]byte, int(head[0])<<8|int(head[1]))
	if n, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: it ends after %d of %d bytes: %w", ErrFrame, n, len(b), err)
	}
	return b, nil
}

// WriteMessage writes a message.
func WriteMessage(w io.Writer, b []byte) error {
	if len(b) > 0xFFFF {
		return fmt.Errorf("%w: %d bytes", ErrFrame, len(b))
	}
	if _, err := w.Write(append([]byte{byte(len(b) >> 8), byte(len(b))}, b...)); err != nil {
		return fmt.Errorf("cardemu: write: %w", err)
	}
	return nil
}

// Serve plays the card on a connection to vpcd: while it stands, the card lies on the reader. It ends when ctx does (the card is taken away) or
// the reader hangs up, and closes the connection; both are no errors.
func (c *Card) Serve(ctx context.Context, line net.Conn) error {
	defer line.Close()
	defer context.AfterFunc(ctx, func() { line.Close() })()
	for {
		b, err := ReadMessage(line)
		switch {
		case ctx.Err() != nil, err == io.EOF, errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		var answer []byte
		switch {
		case len(b) == 1 && b[0] == atr:
			answer = c.ATR()
		case len(b) == 1 && (b[0] == off || b[0] == on || b[0] == reset), len(b) == 0:
			continue
		default:
			torn := false
			if answer, torn = c.Answer(b); torn {
				return nil
			}
		}
		if err := WriteMessage(line, answer); err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
	}
}

// Dial puts the card on a reader of vpcd that listens at address, and serves it until ctx ends.
func (c *Card) Dial(ctx context.Context, address string) error {
	var d net.Dialer
	line, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cardemu: dial: %w", err)
	}
	return c.Serve(ctx, line)
}
