package visit

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

// ErrUnsent says that there is nothing to have a copy of.
var ErrUnsent = errors.New("visit: nothing was sent")

// Copy is the whole application as a paper to keep: all that was asked and answered, and what it costs. ErrUnsent before something was sent, when its
// payment failed, and after Wipe.
func (v *Visit) Copy() (document.Document, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sent == nil || v.wiped {
		return document.Document{}, ErrUnsent
	}
	d, err := v.service.Summary(*v.sent)
	if err != nil {
		return document.Document{}, fmt.Errorf("visit: copy: %w", err)
	}
	return d, nil
}

// PrintCopy prints Copy on A4; render draws it as a PDF. ErrUnreachable where no A4 printer is.
func (v *Visit) PrintCopy(ctx context.Context, render func(document.Document) ([]byte, error)) error {
	if v.desk.Sheets == nil {
		return ErrUnreachable
	}
	d, err := v.Copy()
	if err != nil {
		return err
	}
	file, err := render(d)
	if err != nil {
		return fmt.Errorf("visit: print copy: %w", err)
	}
	defer clear(file)
	if err := v.desk.Sheets.PrintPDF(ctx, "Rathausnah", file); err != nil { // printers show a job's name to everybody
		return fmt.Errorf("visit: print copy: %w", err)
	}
	return nil
}
