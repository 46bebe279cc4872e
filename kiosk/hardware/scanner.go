package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Scanner reads codes. It is a visit.Scanner.
type Scanner struct{ *link[*scan.Dev] }

// NewScanner makes a scanner whose line open opens.
func NewScanner(open func(context.Context) (port.Port, error), o scan.Opts) *Scanner {
	return &Scanner{newLink(open, func(_ context.Context, line port.Port) (*scan.Dev, error) { return scan.New(line, o), nil })}
}

// Look tells whether the scanner's line stands, if nobody uses it; see watch. A scanner says nothing of itself.
func (s *Scanner) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	gone, err = s.look(ctx, func(error) bool { return true }, func(*scan.Dev) error { return nil })
	if err != nil && !errors.Is(err, errInUse) {
		err = fmt.Errorf("hardware: scanner: %w", err)
	}
	return gone, err
}

// Scan returns the next code shown after the call as text; see visit.Scanner and Read.
func (s *Scanner) Scan(ctx context.Context) (string, error) {
	code, err := s.Read(ctx)
	return code.Text(), err
}

// Read returns the next code shown after the call. A code that could not be read whole gives an error that wraps scan.ErrTooLong, scan.ErrCutOff
// or scan.ErrNoise: it can be shown again.
func (s *Scanner) Read(ctx context.Context) (code scan.Code, err error) {
	if err := s.take(ctx); err != nil {
		return scan.Code{}, fmt.Errorf("hardware: scanner: %w", err)
	}
	defer s.give()
	broken := func(err error) bool { return errors.Is(err, scan.ErrLost) }
	_, err = s.try(ctx, broken, func(d *scan.Dev) (err error) {
		code, err = d.Read(ctx)
		return err
	})
	switch {
	case err == nil:
		return code, nil
	case broken(err):
		return scan.Code{}, fmt.Errorf("hardware: scanner: %w: %w", visit.ErrUnreachable, err)
	}
	return scan.Code{}, fmt.Errorf("hardware: scanner: %w", err)
}
