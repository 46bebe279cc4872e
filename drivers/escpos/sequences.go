package escpos

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// Opts says which printer it is. The zero value is a printer of the generic profile.
type Opts struct {
	Profile  Profile       // what it can do; the zero profile is Generic
	Columns  int           // letters of font A on a line, if other than the profile's: 48 (80 mm), 42, or 32 (58 mm)
	CodePage byte          // the number of code page 858 in ESC t, if other than the profile's
	NoQR     bool          // codes are sent as pictures, whatever the profile says
	NoCut    bool          // there is no knife, whatever the profile says
	Mark     string        // printed above what came out already; "" is "KOPIE / COPY"
	Memory   *Memory       // what is known of this printer from earlier lines; nil: nothing
	Timeout  time.Duration // how long an answer to DLE EOT may take, 0 for 2 s
	Limit    time.Duration // how long a part may take to be printed, 0 for 60 s
	Stall    time.Duration // how long the printer may take no data in the middle of a part, 0 for 10 s
}

// full fills in what is left out.
func (o Opts) full() Opts {
	if o.Profile.Name == "" && o.Profile.Columns == 0 {
		o.Profile = Generic()
	}
	p := &o.Profile
	if o.Columns > 0 {
		p.Dots = max(o.Columns*cell, p.Dots*o.Columns/max(1, p.Columns))
		p.Columns = o.Columns
	}
	o.Columns = clamp(p.Columns, 8, 255)
	if o.CodePage != 0 {
		p.Pages = append([]Page{{858, o.CodePage}}, slices.DeleteFunc(slices.Clone(p.Pages), func(p Page) bool { return p.Name == 858 || p.Number == o.CodePage })...)
	}
	if len(newCharset(p.Pages).numbers) == 0 {
		p.Pages = Generic().Pages
	}
	o.NoQR = o.NoQR || p.QR != Yes
	o.NoCut = o.NoCut || p.Cutter != Yes
	if o.Mark == "" {
		o.Mark = "KOPIE / COPY"
	}
	if o.Memory == nil {
		o.Memory = &Memory{}
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Limit <= 0 {
		o.Limit = time.Minute
	}
	if o.Stall <= 0 {
		o.Stall = 10 * time.Second
	}
	return o
}

// Memory is what has to be known of a printer from one line to the next: whether something of a job may still be in it or hang out of it,
// and which parts came out, or may have, in jobs that failed. Whoever opens a new line to the same printer hands the same Memory on. The
// zero Memory knows nothing. It holds no text, only digests.
type Memory struct {
	mu      sync.Mutex
	unclean bool
	out     [][sha256.Size]byte
	jobs    uint32
}

// remembered is how many parts a Memory knows: many more than one job has.
const remembered = 32

func (m *Memory) isUnclean() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.unclean }

func (m *Memory) setUnclean(yes bool) { m.mu.Lock(); defer m.mu.Unlock(); m.unclean = yes }

func (m *Memory) cameOut(part [sha256.Size]byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.out, part)
}

func (m *Memory) remember(parts [][sha256.Size]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range parts {
		if !slices.Contains(m.out, p) {
			m.out = append(m.out, p)
		}
	}
	m.out = m.out[max(0, len(m.out)-remembered):]
}

// process gives the next job's name for GS ( H.
func (m *Memory) process() [4]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.jobs++
	return processID(m.jobs)
}

// processID writes a number with four characters from 21h to 7Eh.
func processID(n uint32) (id [4]byte) {
	for i := range id {
		id[3-i] = byte('!' + n%94)
		n /= 94
	}
	return id
}

// Dev is a printer on a line. Its methods may be called from several goroutines; they wait for each other, and Watch makes room for them.
type Dev struct {
	o    Opts
	p    port.Port
	line reader

	turn    chan struct{} // holds a token while somebody talks to the printer
	mu      sync.Mutex
	waiters int
	idle    context.CancelFunc // ends what Watch reads
	fresh   bool               // no job was sent over this line yet; only whoever has the turn looks at it
	owed    int                // answers to DLE EOT that did not come in time and may still come; only whoever has the turn looks at it
}

// New makes a printer of a line. The line is the printer's alone from now on.
func New(p port.Port, o Opts) *Dev {
	return &Dev{o: o.full(), p: p, line: reader{p: p}, turn: make(chan struct{}, 1), fresh: true}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

// Profile gives the profile that is used, with what Opts changed in it.
func (d *Dev) Profile() Profile { return d.o.Profile }

// take waits for the turn.
func (d *Dev) take(ctx context.Context) error {
	d.mu.Lock()
	d.waiters++
	if d.idle != nil {
		d.idle()
	}
	d.mu.Unlock()
	defer func() { d.mu.Lock(); d.waiters--; d.mu.Unlock() }()
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("escpos: in use: %w", ctx.Err())
	}
}

func (d *Dev) give() { <-d.turn }

// Status asks the printer how it is (DLE EOT 1, 2, 4, and 3 where there is an error). It fails with ErrSilent, ErrLost or ErrGarbled.
func (d *Dev) Status(ctx context.Context) (Status, error) {
	if err := d.take(ctx); err != nil {
		return Status{}, err
	}
	defer d.give()
	return d.status(ctx, nil)
}

// mostStray is how many answers that belong to nothing are read before the other end is taken for something else than a printer.
const mostStray = 512

// status asks; other answers that come in between are given to late, if there is one.
func (d *Dev) status(ctx context.Context, late func(answer)) (Status, error) {
	if late == nil {
		late = func(answer) {}
	}
	var s Status
	if err := d.settle(ctx, late); err != nil {
		return s, err
	}
	for _, n := range []byte{1, 2, 3, 4} {
		if n == 3 && !s.Failed {
			continue
		}
		if err := d.write(ctx, ask(n)); err != nil {
			return s, err
		}
		d.owed++
		until := time.Now().Add(d.o.Timeout)
		for stray := 0; ; stray++ {
			a, err := d.line.next(ctx, until)
			if err != nil {
				return s, err
			}
			if a.kind == realTime {
				d.owed--
				s.read(n, a.bytes[0])
				break
			}
			if late(a); stray > mostStray {
				return s, d.line.garbled("more answers than questions")
			}
		}
	}
	return s, nil
}

// settle reads what is there already and what is owed. No answer to DLE EOT says which question it answers: one that came too late would be taken for
// the answer to the next question, and "offline" for "error" or for nothing.
func (d *Dev) settle(ctx context.Context, late func(answer)) error {
	if err := d.drain(ctx, late); err != nil {
		return err
	}
	for range mostStray {
		if d.owed == 0 {
			return nil
		}
		a, err := d.line.next(ctx, time.Now().Add(d.o.Timeout/2))
		switch {
		case errors.Is(err, ErrSilent):
			d.owed = 0 // it is lost
		case err != nil:
			return err
		case a.kind == realTime:
			d.owed--
		default:
			late(a)
		}
	}
	return d.line.garbled("more answers than questions")
}

// drain reads what is there already, such as answers to questions that were given up, so that they are not taken for new ones.
func (d *Dev) drain(ctx context.Context, late func(answer)) error {
	for range mostStray {
		a, err := d.line.next(ctx, time.Time{})
		switch {
		case err == nil && a.kind == realTime:
			d.owed = max(0, d.owed-1)
		case err == nil:
			late(a)
		case errors.Is(err, ErrSilent):
			return nil
		case err != nil:
			return err
		}
	}
	return d.line.garbled("more answers than questions")
}

// Watch gives the status at the beginning and whenever the printer reports by itself that something changed, until ctx ends or the line
// does. It waits for the printer and asks nothing; other calls may be made meanwhile. A printer whose profile does not say that it reports by
// itself ends it with an error that wraps errors.ErrUnsupported.
func (d *Dev) Watch(ctx context.Context, changed func(Status)) error {
	if d.o.Profile.ASB != Yes {
		return fmt.Errorf("escpos: watch: %s does not report by itself: %w", d.o.Profile.Name, errors.ErrUnsupported)
	}
	first, err := d.Status(ctx)
	if err != nil {
		return err
	}
	changed(first)
	if err := d.take(ctx); err != nil {
		return err
	}
	err = d.write(ctx, automatic(asbAll))
	d.give()
	for last := first; err == nil; {
		var s *Status
		if s, err = d.listen(ctx); s != nil && *s != last {
			last = *s
			changed(last)
		}
	}
	return err
}

// listen waits for a report until somebody else wants to talk to the printer.
func (d *Dev) listen(ctx context.Context) (*Status, error) {
	select { // not through take: whoever only listens hurries nobody
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("escpos: watch: %w", ctx.Err())
	}
	defer d.give()
	until, stop := context.WithCancel(ctx)
	defer stop()
	d.mu.Lock()
	if d.idle = stop; d.waiters > 0 {
		stop()
	}
	d.mu.Unlock()
	defer func() { d.mu.Lock(); d.idle = nil; d.mu.Unlock() }()
	a, err := d.line.next(until, never)
	switch {
	case err == nil && a.kind == byItself:
		s := automaticStatus([4]byte(a.bytes))
		return &s, nil
	case err == nil, ctx.Err() == nil && until.Err() != nil:
		return nil, nil
	}
	return nil, err
}

// Model asks the printer for its maker and model (GS I 66 and 67), such as "EPSON" and "TM-T88V". Not every printer answers: then it is
// ErrSilent. It is answered in turn, so a printer that is offline does not answer either.
func (d *Dev) Model(ctx context.Context) (maker, model string, err error) {
	if err := d.take(ctx); err != nil {
		return "", "", err
	}
	defer d.give()
	if err := d.drain(ctx, func(answer) {}); err != nil {
		return "", "", err
	}
	for _, ask := range []struct {
		n    byte
		into *string
	}{{66, &maker}, {67, &model}} {
		if err := d.write(ctx, askName(ask.n)); err != nil {
			return "", "", err
		}
		until := time.Now().Add(d.o.Timeout)
		for stray := 0; *ask.into == ""; stray++ {
			a, err := d.line.next(ctx, until)
			if err != nil {
				return "", "", err
			}
			if a.kind == block && a.bytes[0] == headName {
				*ask.into = string(a.bytes[1:])
				break
			}
			if stray > mostStray {
				return "", "", d.line.garbled("more answers than questions")
			}
		}
	}
	return maker, model, nil
}
