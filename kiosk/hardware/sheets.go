package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Sheets prints A4 pages over IPP. It is a visit.Sheets.
type Sheets struct{ dev *ipp.Dev }

// NewSheets makes an A4 printer of the driver. Every request is a connection of its own, so there is nothing to keep.
func NewSheets(dev *ipp.Dev) *Sheets { return &Sheets{dev} }

// Ready tells whether a page could be printed now.
func (s *Sheets) Ready(ctx context.Context) error { return sheetsError(s.dev.Ready(ctx)) }

// Look tells whether a page could be printed now; see watch. The printer may be asked while it prints.
func (s *Sheets) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	return nil, s.Ready(ctx)
}

// Waiting takes back what still waits at the printer from visits that are over, and tells how many pages that were: for the start of a terminal.
func (s *Sheets) Waiting(ctx context.Context) (int, error) {
	n, err := s.dev.Purge(ctx)
	return n, sheetsError(err)
}

// PrintPDF prints the file and returns when the printer says that it is done. name stands on the printer's lists: nothing about a person.
func (s *Sheets) PrintPDF(ctx context.Context, name string, pdf []byte) error {
	return sheetsError(s.dev.Print(ctx, name, pdf))
}

func sheetsError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ipp.ErrNoPaper):
		return fmt.Errorf("hardware: a4: %w: %w", visit.ErrNoPaper, err)
	case errors.Is(err, ipp.ErrCoverOpen):
		return fmt.Errorf("hardware: a4: %w: %w", visit.ErrCoverOpen, err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("hardware: a4: %w", err)
	}
	return fmt.Errorf("hardware: a4: %w: %w", visit.ErrUnreachable, err)
}
