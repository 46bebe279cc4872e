// Package scanemu plays a bar code scanner in serial mode: it sends the code it sees and a carriage return, and hears nothing.
package scanemu

import (
	"context"
	"fmt"
	"io"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// Scanner is a scanner. It survives its lines, as a real one does.
type Scanner struct{ codes chan string }

// New makes a Scanner.
func New() *Scanner { return &Scanner{codes: make(chan string)} }

// Show holds a code before the scanner until a line takes it, or ctx ends: then it gives the cause. A code is sent once, whoever is connected.
func (s *Scanner) Show(ctx context.Context, code string) error {
	select {
	case s.codes <- code:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Serve plays the scanner on a line until its other end is gone or ctx ends, and closes it. An error says that a code could not be sent.
func (s *Scanner) Serve(ctx context.Context, p port.Port) error {
	defer p.Close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, p) // nobody says anything to a scanner; it ends when the other end is gone
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-gone:
			return nil
		case code := <-s.codes:
			if _, err := io.WriteString(p, code+"\r"); err != nil {
				return fmt.Errorf("scanemu: send: %w", err)
			}
		}
	}
}
