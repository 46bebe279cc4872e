package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Printer prints slips on a receipt printer. It is a visit.Printer.
type Printer struct {
	*link[*escpos.Dev]
}

// NewPrinter makes a printer whose line open opens. What has to be known of a job that failed is handed from one line to the next.
func NewPrinter(open func(context.Context) (port.Port, error), o escpos.Opts) *Printer {
	if o.Memory == nil {
		o.Memory = &escpos.Memory{}
	}
	return &Printer{newLink(open, func(_ context.Context, line port.Port) (*escpos.Dev, error) { return escpos.New(line, o), nil })}
}

// Ready tells whether a slip could be printed now, and whether the paper is near its end.
func (p *Printer) Ready(ctx context.Context) (low bool, err error) {
	if err := p.take(ctx); err != nil {
		return false, fmt.Errorf("hardware: printer: %w", err)
	}
	defer p.give()
	_, s, err := p.status(ctx)
	if err != nil {
		return false, printerError(err)
	}
	return s.PaperLow, printerError(s.Err())
}

// Look tells whether a slip could be printed now, if nobody uses the printer; see watch.
func (p *Printer) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	var s escpos.Status
	gone, err = p.look(ctx, func(err error) bool { return err != nil }, func(d *escpos.Dev) (err error) {
		s, err = d.Status(ctx)
		return err
	})
	switch {
	case errors.Is(err, errInUse):
		return gone, err
	case err != nil:
		return gone, printerError(err)
	}
	return gone, printerError(s.Err())
}

func (p *Printer) status(ctx context.Context) (dev *escpos.Dev, s escpos.Status, err error) {
	broken := func(err error) bool { return err != nil }
	dev, err = p.try(ctx, broken, func(d *escpos.Dev) (err error) {
		s, err = d.Status(ctx)
		return err
	})
	return dev, s, err
}

// Print prints the document; see visit.Printer. An empty document is done at once. A part that came out in a job that failed, or of which
// nobody can tell, bears the word "copy" when it is printed again.
func (p *Printer) Print(ctx context.Context, d document.Document) (done int, err error) {
	if len(d.Blocks) == 0 {
		return 0, nil
	}
	if err := p.take(ctx); err != nil {
		return 0, fmt.Errorf("hardware: printer: %w", err)
	}
	defer p.give()
	dev, _, err := p.status(ctx)
	if err != nil {
		return 0, printerError(err)
	}
	done, err = dev.Print(ctx, Slip(d, dev.Profile().Columns))
	if errors.Is(err, escpos.ErrLost) || errors.Is(err, escpos.ErrSilent) || errors.Is(err, escpos.ErrGarbled) {
		p.drop()
	}
	return done, printerError(err)
}

func printerError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, escpos.ErrNoPaper):
		return fmt.Errorf("hardware: printer: %w: %w", visit.ErrNoPaper, err)
	case errors.Is(err, escpos.ErrCoverOpen):
		return fmt.Errorf("hardware: printer: %w: %w", visit.ErrCoverOpen, err)
	case errors.Is(err, context.Canceled), errors.Is(err, escpos.ErrData):
		return fmt.Errorf("hardware: printer: %w", err)
	case errors.Is(err, visit.ErrUnreachable):
		return fmt.Errorf("hardware: printer: %w", err)
	}
	return fmt.Errorf("hardware: printer: %w: %w", visit.ErrUnreachable, err)
}
