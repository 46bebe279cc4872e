package visit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// book is a journal in memory: the same rules as the device's, without a disk.
type book struct {
	mu       sync.Mutex
	full     bool
	held     map[string]seal.Envelope // by envelope id
	sent     []seal.Envelope
	payments map[string]pay.Payment
	order    []string // what happened, in order
}

func newBook() *book {
	return &book{held: map[string]seal.Envelope{}, payments: map[string]pay.Payment{}}
}

func (b *book) note(what string) { b.order = append(b.order, what) }

func (b *book) Room(context.Context) error {
	if b.full {
		return ErrFull
	}
	return nil
}

func (b *book) Hold(_ context.Context, e seal.Envelope, p pay.Payment) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[e.ID], b.payments[p.ID] = e, p
	b.note("hold")
	return nil
}

func (b *book) Release(_ context.Context, e seal.Envelope, way pay.Way, _ int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, e)
	b.note("release " + string(way))
	return nil
}

func (b *book) Record(_ context.Context, id string, ev pay.Event) (pay.Payment, pay.Effect, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.payments[id]
	if !ok {
		return p, pay.Nothing, errors.New("no such payment")
	}
	p, effect := pay.Step(p, ev)
	b.payments[id] = p
	b.note(string(ev.Kind))
	switch effect {
	case pay.Release:
		if e, ok := b.held[p.Envelope]; ok {
			b.sent = append(b.sent, e)
			delete(b.held, p.Envelope)
		}
	case pay.Discard:
		delete(b.held, p.Envelope)
	}
	return p, effect, nil
}

func (b *book) Unsettled(context.Context) ([]pay.Payment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var open []pay.Payment
	for _, p := range b.payments {
		if !p.State.Final() {
			open = append(open, p)
		}
	}
	return open, nil
}

func (b *book) state(id string) pay.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.payments[id].State
}

// till is a card terminal that does what its script says, and knows what it took.
type till struct {
	book     *book
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
		if k == pay.Grant && t.book.state(p.ID) != pay.Granted {
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

// office holds the authority's key and answers what the slips' holders ask.
type office struct {
	private seal.Private
	answers map[string][][]byte
	offline bool
}

func (o *office) Ready(context.Context) error { return nil }

func (o *office) Seal(_ context.Context, id string, plain []byte) (seal.Envelope, error) {
	return seal.Seal(o.private.Public(), id, plain)
}

func (o *office) Online() bool { return !o.offline }

func (o *office) Answers(_ context.Context, address string) ([][]byte, error) {
	if o.offline {
		return nil, ErrOffline
	}
	return slices.Clone(o.answers[address]), nil
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
