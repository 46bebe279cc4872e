package visit

import (
	"context"
	"errors"
	"slices"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
)

// till is a card terminal that does what its script says, and knows what it took.
type till struct {
	book     *visittest.Journal
	script   []pay.Kind // what it reports after Ask
	gone     bool       // does not answer at all
	silent   int        // how often it does not answer when asked afterwards
	took     *pay.Evidence
	unstored bool // a Grant was acknowledged before it was stored
	reversed int
}

var errLine = errors.New("line broke")

func (t *till) Ready(context.Context) error {
	if t.gone {
		return ErrUnreachable
	}
	return nil
}

func (t *till) Pay(_ context.Context, p pay.Payment, on func(pay.Event) error, say func(byte, string)) error {
	if err := on(pay.Event{Kind: pay.Ask, At: time.Now()}); err != nil {
		return err
	}
	say(0x0A, "Karte einstecken")
	for _, k := range t.script {
		ev := pay.Event{Kind: k, At: time.Now()}
		switch k {
		case pay.Grant:
			ev.Evidence = &pay.Evidence{Amount: p.Amount, TerminalID: "52500041", Trace: 7, Receipt: 12, Date: "1123", Time: "101500"}
			t.took = ev.Evidence
		case pay.Refuse, pay.Cancel:
			ev.Code, t.took = "6C", nil
		}
		if err := on(ev); err != nil {
			return err
		}
		if k == pay.Grant && t.book.State(p.ID) != pay.Granted {
			t.unstored = true
		}
		if k == pay.Lose {
			return errLine
		}
	}
	return nil
}

func (t *till) Settle(_ context.Context, p pay.Payment) (pay.Event, error) {
	if t.silent != 0 {
		t.silent--
		return pay.Event{}, ErrUnreachable
	}
	if t.took != nil && pay.Compare(p, *t.took) == pay.Ours {
		return pay.Event{Kind: pay.Found, Evidence: t.took}, nil
	}
	return pay.Event{Kind: pay.Absent}, nil
}

func (t *till) Reverse(context.Context, pay.Payment) (pay.Event, error) {
	t.reversed++
	t.took = nil
	return pay.Event{Kind: pay.Reverse}, nil
}

// press is a printer that can run out of paper after some parts.
type press struct {
	left    int // parts until the paper ends
	printed []document.Document
}

func (p *press) Ready(context.Context) (bool, error) {
	if p.left == 0 {
		return false, ErrNoPaper
	}
	return false, nil
}

func (p *press) Print(_ context.Context, d document.Document) (int, error) {
	for i, part := range d.Parts() {
		if p.left == 0 {
			return i, ErrNoPaper
		}
		p.left--
		p.printed = append(p.printed, part)
	}
	return len(d.Parts()), nil
}

type sheets struct{ pdf []byte }

func (s *sheets) Ready(context.Context) error { return nil }
func (s *sheets) PrintPDF(_ context.Context, _ string, pdf []byte) error {
	s.pdf = slices.Clone(pdf)
	return nil
}
