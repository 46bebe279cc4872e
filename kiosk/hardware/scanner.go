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
	return &Scanner{newLink(func(ctx context.Context) (*scan.Dev, error) {
		line, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return scan.New(line, o), nil
	})}
}

// Scan returns the next code shown after the call; see visit.Scanner. A code that could not be read whole gives an error that wraps
// scan.ErrTooLong or scan.ErrCutOff: it can be shown again.
func (s *Scanner) Scan(ctx context.Context) (code string, err error) {
	if err := s.take(ctx); err != nil {
		return "", fmt.Errorf("hardware: scanner: %w", err)
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
		return "", fmt.Errorf("hardware: scanner: %w: %w", visit.ErrUnreachable, err)
	}
	return "", fmt.Errorf("hardware: scanner: %w", err)
}
