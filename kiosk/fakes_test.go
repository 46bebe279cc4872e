package kiosk

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// cardTerminal approves, declines or loses; with hold it waits for the citizen until it is told to go on or to abort.
type cardTerminal struct {
	end  pay.Kind // Complete, Refuse, Cancel or Lose
	gone bool
	late chan struct{} // closed when Ready may answer; nil: at once
	hold chan struct{}
	says pay.Kind // what it tells of an unclear payment when it is asked later; "": it is silent
}

func (c *cardTerminal) Ready(context.Context) error {
	if c.late != nil {
		<-c.late
	}
	if c.gone {
		return visit.ErrUnreachable
	}
	return nil
}

func (c *cardTerminal) Pay(ctx context.Context, p pay.Payment, on func(pay.Event) error, say func(byte, string)) error {
	if err := on(pay.Event{Kind: pay.Ask, At: time.Unix(0, 0)}); err != nil {
		return err
	}
	say(0x0A, "Karte einstecken")
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			return on(pay.Event{Kind: pay.Cancel, Code: "6C"})
		}
	}
	switch c.end {
	case pay.Complete:
		ev := &pay.Evidence{Amount: p.Amount, TerminalID: "52500041", Trace: 7, Receipt: 12, Date: "1123", Time: "101500"}
		if err := on(pay.Event{Kind: pay.Grant, Evidence: ev}); err != nil {
			return err
		}
		return on(pay.Event{Kind: pay.Complete, Evidence: ev})
	case pay.Lose:
		if err := on(pay.Event{Kind: pay.Lose}); err != nil {
			return err
		}
		return errors.New("line broke")
	}
	return on(pay.Event{Kind: c.end, Code: "6C"})
}

func (c *cardTerminal) Settle(_ context.Context, p pay.Payment) (pay.Event, error) {
	switch c.says {
	case pay.Found:
		return pay.Event{Kind: pay.Found, Evidence: &pay.Evidence{Amount: p.Amount, TerminalID: "52500041", Trace: 7, Receipt: 12, Date: "1123", Time: "101500"}}, nil
	case pay.Absent:
		return pay.Event{Kind: pay.Absent}, nil
	}
	return pay.Event{}, visit.ErrUnreachable
}

func (c *cardTerminal) Reverse(context.Context, pay.Payment) (pay.Event, error) {
	return pay.Event{}, visit.ErrUnreachable
}

// printer prints until its paper ends; with hold it waits in the middle.
type printer struct {
	mu      sync.Mutex
	err     error
	hold    chan struct{}
	printed []document.Document
}

func (p *printer) Ready(context.Context) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return false, p.err
}

func (p *printer) Print(ctx context.Context, d document.Document) (int, error) {
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			return 0, visit.ErrUnreachable
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return 0, p.err
	}
	p.printed = append(p.printed, d)
	return len(d.Parts()), nil
}

func (p *printer) set(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// scanner gives the codes that a test shows to it.
type scanner struct{ codes chan string }

func (s *scanner) Scan(ctx context.Context) (string, error) {
	select {
	case c := <-s.codes:
		return c, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

type sheetPrinter struct {
	err  error
	got  int
	page []byte // the last one
}

func (s *sheetPrinter) Ready(context.Context) error { return s.err }
func (s *sheetPrinter) PrintPDF(_ context.Context, _ string, pdf []byte) error {
	s.got++
	s.page = bytes.Clone(pdf)
	return s.err
}

// oneKey is made once for all tests: RSA keys take a while.
var oneKey = sync.OnceValues(seal.Generate)
