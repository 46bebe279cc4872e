package escpos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// Opts says which printer it is. The zero value is a printer for 80 mm paper with a knife, native QR codes and code page 858 as number 19.
type Opts struct {
	Columns  int           // letters of font A on a line: 48 (80 mm, the default), 42, or 32 (58 mm)
	CodePage byte          // the number of code page 858 in ESC t, 0 for 19
	NoQR     bool          // the printer knows no GS ( k: codes are sent as pictures
	NoCut    bool          // there is no knife
	Unclean  bool          // the last job on this printer was not confirmed: what is left of it is thrown away and cut off first
	Timeout  time.Duration // how long an answer to DLE EOT may take, 0 for 2 s
	Limit    time.Duration // how long a part may take to be printed, 0 for 60 s
}

// What can go wrong. They are wrapped with the cause.
var (
	ErrNoPaper   = errors.New("escpos: no paper")
	ErrCoverOpen = errors.New("escpos: cover open")
	ErrFailed    = errors.New("escpos: printer reports an error")
	ErrOffline   = errors.New("escpos: printer is offline")
	ErrSilent    = errors.New("escpos: printer does not answer")
	ErrLost      = errors.New("escpos: line is gone")
)

// Dev is a printer on a line. Its methods may be called from several goroutines; they wait for each other.
type Dev struct {
	o Opts
	p port.Port

	mu      sync.Mutex
	fresh   bool // no job was sent over this line yet
	unclean bool // the last job was not confirmed
}

// New makes a printer of a line. The line is the printer's alone from now on.
func New(p port.Port, o Opts) *Dev {
	if o.Columns <= 0 {
		o.Columns = 48
	}
	if o.CodePage == 0 {
		o.CodePage = page858
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Limit <= 0 {
		o.Limit = time.Minute
	}
	return &Dev{o: o, p: p, fresh: true, unclean: o.Unclean}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

// Err is what a status means for a job: nil, or the most helpful of ErrCoverOpen, ErrNoPaper, ErrFailed and ErrOffline.
func (s Status) Err() error {
	switch {
	case s.CoverOpen: // an open cover also hides the paper from its sensor
		return ErrCoverOpen
	case s.PaperOut:
		return ErrNoPaper
	case s.Failed:
		return ErrFailed
	case s.Offline:
		return ErrOffline
	}
	return nil
}

// Status asks the printer how it is (DLE EOT 1, 2, 4). It fails with ErrSilent, ErrLost or ErrGarbled.
func (d *Dev) Status(ctx context.Context) (Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.status(ctx, nil)
}

// status asks; an answer to GS r that comes in between is given to late, if there is one.
func (d *Dev) status(ctx context.Context, late func(byte)) (Status, error) {
	var s Status
	for _, n := range []byte{1, 2, 4} {
		if err := d.write(ctx, ask(n)); err != nil {
			return s, err
		}
		until := time.Now().Add(d.o.Timeout)
		for {
			b, err := d.read(ctx, until)
			if err != nil {
				return s, err
			}
			if inTurn(b) { // of a question that was given up, or of the part that is being printed
				if late != nil {
					late(b)
				}
				continue
			}
			if err := s.read(n, b); err != nil {
				return s, err
			}
			break
		}
	}
	return s, nil
}

// Print prints the parts and cuts after each. It returns when the printer confirmed the last one; done is how many it confirmed, so that a
// repeat can print the others only. Nothing is sent when the printer says beforehand that it cannot print. Ending ctx gives the job up.
func (d *Dev) Print(ctx context.Context, parts []Part) (done int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	jobs := make([][]byte, len(parts))
	for i, p := range parts {
		if jobs[i], err = compose(d.o, p); err != nil {
			return 0, err
		}
	}
	if d.fresh || d.unclean {
		if _, err := d.clear(ctx); err != nil {
			return 0, err
		}
	}
	s, err := d.status(ctx, nil)
	if err != nil {
		return 0, err
	}
	if err := s.Err(); err != nil {
		return 0, err
	}
	head := begin(d.o)
	if d.unclean && !d.o.NoCut {
		head = join(head, cutPartial, reset, begin(d.o)) // what was half printed shall not hang on this slip
	}
	d.fresh, d.unclean = false, true
	for _, job := range jobs {
		err := d.write(ctx, join(head, job, askPaper))
		if err == nil {
			err = d.confirmed(ctx)
		}
		if err != nil {
			if d.giveUp(ctx, err) {
				done++
			}
			if done == len(jobs) {
				d.unclean = false
				return done, nil
			}
			return done, err
		}
		head = nil
		done++
	}
	d.unclean = false
	return done, nil
}

// patience is how many status requests in a row may stay unanswered while something is printed.
const patience = 3

// confirmed waits for the answer to GS r and asks now and then why it does not come.
func (d *Dev) confirmed(ctx context.Context) error {
	limit := time.Now().Add(d.o.Limit)
	for unanswered := 0; ; {
		b, err := d.read(ctx, time.Now().Add(min(time.Second, d.o.Timeout)))
		switch {
		case err == nil && inTurn(b):
			return d.judge(b)
		case err == nil: // a real-time answer that came late
			continue
		case !errors.Is(err, ErrSilent):
			return err
		case time.Now().After(limit):
			return ErrSilent
		}
		var answer *byte
		s, err := d.status(ctx, func(b byte) { answer = &b })
		switch {
		case answer != nil:
			return d.judge(*answer)
		case errors.Is(err, ErrSilent) && unanswered < patience: // cutting and drawing keep small printers from answering
			unanswered++
		case err != nil:
			return err
		case s.Err() != nil:
			return s.Err()
		default:
			unanswered = 0
		}
	}
}

// judge reads the answer to GS r. Some printers throw away what they have no paper for and still answer: they say so in the same byte.
func (d *Dev) judge(b byte) error {
	if paperEnded(b) {
		return ErrNoPaper
	}
	return nil
}

// giveUp empties the printer, so that it does not print the rest when somebody puts paper in. It tells whether the part was confirmed at
// the last moment.
func (d *Dev) giveUp(ctx context.Context, cause error) (confirmed bool) {
	if errors.Is(cause, ErrLost) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	confirmed, err := d.clear(ctx)
	return err == nil && confirmed
}

// clear empties the printer's buffers and reads what was still on its way. Not every printer answers the order, so silence is no error.
func (d *Dev) clear(ctx context.Context) (confirmed bool, err error) {
	if err := d.write(ctx, clearAll); err != nil {
		return false, err
	}
	until := time.Now().Add(min(400*time.Millisecond, d.o.Timeout))
	for got := 0; got < len(clearedOK); {
		b, err := d.read(ctx, until)
		if errors.Is(err, ErrSilent) {
			break
		}
		if err != nil {
			return confirmed, err
		}
		switch {
		case b == clearedOK[got]:
			got++
		case inTurn(b) && !paperEnded(b):
			confirmed = true
		}
	}
	return confirmed, nil
}

// read gives the next byte, or ErrSilent when none came until then.
func (d *Dev) read(ctx context.Context, until time.Time) (byte, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("escpos: read: %w", err)
	}
	if err := d.p.SetReadDeadline(until); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrLost, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = d.p.SetReadDeadline(time.Now()) })
	defer stop()
	var b [1]byte
	for {
		n, err := d.p.Read(b[:])
		switch {
		case n == 1:
			return b[0], nil
		case ctx.Err() != nil:
			return 0, fmt.Errorf("escpos: read: %w", ctx.Err())
		case errors.Is(err, os.ErrDeadlineExceeded):
			if time.Now().Before(until) { // a deadline that an earlier call's end left behind
				if err := d.p.SetReadDeadline(until); err != nil {
					return 0, fmt.Errorf("%w: %w", ErrLost, err)
				}
				continue
			}
			return 0, ErrSilent
		case err == nil:
			err = io.ErrNoProgress
			fallthrough
		default:
			return 0, fmt.Errorf("%w: %w", ErrLost, err)
		}
	}
}

// write sends bytes. A printer that takes no more of them for too long, or the end of ctx, closes the line: there is no other way to end
// a write, and the next caller opens it anew.
func (d *Dev) write(ctx context.Context, b []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("escpos: write: %w", err)
	}
	wctx, cancel := context.WithTimeout(ctx, max(5*d.o.Timeout, 10*time.Second))
	defer cancel()
	stop := context.AfterFunc(wctx, func() { _ = d.p.Close() })
	_, err := d.p.Write(b)
	if !stop() && err == nil && wctx.Err() != nil {
		err = wctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return nil
}

// Unclean tells whether something of a job that was not confirmed may still be in the printer or hang out of it. Whoever opens a new line
// to the same printer hands it on as Opts.Unclean.
func (d *Dev) Unclean() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.unclean
}
