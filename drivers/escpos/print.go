package escpos

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// job is a part made ready.
type job struct {
	bytes  []byte
	digest [sha256.Size]byte // of the part without a mark
	id     [4]byte
}

// jobs makes parts ready. What came out before, or may have, gets the mark.
func (d *Dev) jobs(parts []Part) ([]job, error) {
	out := make([]job, len(parts))
	for i, p := range parts {
		c := newComposer(d.o)
		if err := c.part(p, ""); err != nil {
			return nil, err
		}
		out[i] = job{digest: sha256.Sum256(c.out), id: d.o.Memory.process()}
		if d.o.Memory.cameOut(out[i].digest) {
			c = newComposer(d.o)
			if err := c.part(p, d.o.Mark); err != nil {
				return nil, err
			}
		}
		out[i].bytes = append(c.out, c.question(out[i].id)...)
	}
	return out, nil
}

// Print prints the parts and cuts after each. It returns when the printer confirmed the last one; done is how many it confirmed, so that a
// repeat can print the others only. Nothing is sent when the printer says beforehand that it cannot print. Ending ctx gives the job up.
//
// A part that came out in a job that failed, and one of which nobody can tell, is printed again only below Opts.Mark.
func (d *Dev) Print(ctx context.Context, parts []Part) (done int, err error) {
	if err := d.take(ctx); err != nil {
		return 0, err
	}
	defer d.give()
	jobs, err := d.jobs(parts)
	if err != nil || len(jobs) == 0 {
		return 0, err
	}
	head, err := d.ready(ctx)
	if err != nil {
		return 0, err
	}
	d.fresh = false
	d.o.Memory.setUnclean(true)
	var out [][sha256.Size]byte
	for _, j := range jobs {
		sent, err := d.send(ctx, join(head, j.bytes))
		if err == nil {
			err = d.confirmed(ctx, j.id)
		}
		if err != nil {
			confirmed, empty := d.giveUp(ctx, err, j.id)
			if confirmed {
				done++
			}
			if done == len(jobs) {
				break
			}
			if confirmed || sent && inDoubt(err, empty) {
				out = append(out, j.digest)
			}
			d.o.Memory.remember(out)
			return done, err
		}
		out = append(out, j.digest)
		head = nil
		done++
	}
	d.o.Memory.setUnclean(false)
	return done, nil
}

// ready empties the printer if something may be in it, looks whether it can print, and gives what a job begins with.
func (d *Dev) ready(ctx context.Context) (head []byte, err error) {
	unclean := d.o.Memory.isUnclean()
	if d.fresh || unclean {
		if _, _, err := d.clear(ctx, [4]byte{}); err != nil {
			return nil, err
		}
	}
	s, err := d.status(ctx, nil)
	if err != nil {
		return nil, err
	}
	if s.Failed && !s.Fatal && !s.Passing && !s.CoverOpen && !s.PaperOut { // a jam that somebody may have cleared meanwhile
		if err := d.write(ctx, recovered()); err != nil {
			return nil, err
		}
		if s, err = d.status(ctx, nil); err != nil {
			return nil, err
		}
	}
	if err := s.stops(); err != nil {
		return nil, err
	}
	begin := newComposer(d.o).begin()
	if unclean && !d.o.NoCut { // what was half printed shall not hang on this slip
		return join(begin, cutPartial(), begin), nil
	}
	return begin, nil
}

// inDoubt tells whether a part that was sent and not confirmed may have come out whole, or may still do so. It cannot where the printer said
// that it forgot what was not printed; but a cutter that fails has the whole part before it.
func inDoubt(cause error, empty bool) bool { return !empty || errors.Is(cause, ErrFailed) }

// patience is how many status requests in a row may stay unanswered while something is printed.
const patience = 3

// confirmed waits for the answer that says that the part is printed, and asks now and then why it does not come.
func (d *Dev) confirmed(ctx context.Context, id [4]byte) error {
	limit := time.Now().Add(d.o.Limit)
	for unanswered, stray := 0, 0; ; {
		a, err := d.line.next(ctx, time.Now().Add(min(time.Second, d.o.Timeout)))
		switch {
		case err == nil && d.confirms(a, id):
			return d.judge(a)
		case err == nil && a.kind == byItself:
			if err := automaticStatus([4]byte(a.bytes)).stops(); err != nil {
				return err
			}
		case err != nil && !errors.Is(err, ErrSilent):
			return err
		}
		if time.Now().After(limit) {
			return fmt.Errorf("%w that it is done", ErrSilent)
		}
		if err == nil { // an answer to an earlier question, or a report without consequence
			if stray++; stray > mostStray {
				return d.line.garbled("more answers than questions")
			}
			continue
		}
		var answered *answer
		s, err := d.status(ctx, func(a answer) {
			if d.confirms(a, id) {
				answered = &a
			}
		})
		switch {
		case answered != nil:
			return d.judge(*answered)
		case errors.Is(err, ErrSilent) && unanswered < patience: // cutting and drawing keep small printers from answering
			unanswered++
		case err != nil:
			return err
		case s.stops() != nil:
			return s.stops()
		default:
			unanswered = 0
		}
	}
}

// confirms tells whether an answer is the one to the question that ends a part.
func (d *Dev) confirms(a answer, id [4]byte) bool {
	if d.o.Profile.ProcessID == Yes {
		return a.isProcess(id)
	}
	return a.kind == inTurn
}

// judge reads the answer to GS r. Some printers throw away what they have no paper for and still answer: they say so in the same byte.
func (d *Dev) judge(a answer) error {
	if a.kind == inTurn && paperEnded(a.bytes[0]) {
		return ErrNoPaper
	}
	return nil
}

// giveUp empties the printer, so that it does not print the rest when somebody puts paper in. It tells whether the part was confirmed at the
// last moment, and whether the printer said that it is empty.
func (d *Dev) giveUp(ctx context.Context, cause error, id [4]byte) (confirmed, empty bool) {
	if errors.Is(cause, ErrLost) {
		return false, false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	confirmed, empty, err := d.clear(ctx, id)
	return err == nil && confirmed, err == nil && empty
}

// clear empties the printer's buffers and reads what was still on its way. Not every printer answers the order, so silence is no error.
func (d *Dev) clear(ctx context.Context, id [4]byte) (confirmed, empty bool, err error) {
	order := clearAll()
	if d.o.Profile.Clear == No {
		order = recovered()
	}
	if err := d.write(ctx, order); err != nil {
		return false, false, err
	}
	until := time.Now().Add(min(400*time.Millisecond, d.o.Timeout))
	for range mostStray {
		a, err := d.line.next(ctx, until)
		switch {
		case errors.Is(err, ErrSilent):
			return confirmed, false, nil
		case errors.Is(err, ErrGarbled): // whatever it was, it is read
			continue
		case err != nil:
			return confirmed, false, err
		case a.isCleared():
			return confirmed, true, nil
		case d.confirms(a, id) && d.judge(a) == nil:
			confirmed = true
		}
	}
	return confirmed, false, d.line.garbled("more answers than questions")
}

// chunk is how much is written at once. Between two chunks a job can still be given up.
const chunk = 1024

// send writes a part. A printer that stands still takes no more once its buffer is full: one that reports by itself is listened to meanwhile,
// so that the cause is known. sent tells that all was taken.
func (d *Dev) send(ctx context.Context, b []byte) (sent bool, err error) {
	if d.o.Profile.ASB != Yes {
		err := d.chunks(ctx, b)
		return err == nil, err
	}
	writing, stop := context.WithCancel(ctx)
	defer stop()
	listening, written := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		result <- d.chunks(writing, b)
		written()
	}()
	var cause error
	var early []answer // the confirmation may be faster than we notice that all is written
	for range mostStray {
		a, err := d.line.next(listening, never)
		if err != nil {
			if listening.Err() == nil {
				cause = err
			}
			break
		}
		if a.kind != byItself {
			early = append(early, a)
			continue
		}
		if cause = automaticStatus([4]byte(a.bytes)).stops(); cause != nil {
			time.AfterFunc(d.o.Timeout, stop) // the rest may still fit; who waits longer waits for paper
			break
		}
	}
	err = <-result
	d.line.early = append(d.line.early, early...)
	switch {
	case err == nil:
		return true, cause
	case cause != nil:
		return false, fmt.Errorf("%w: %w", cause, err)
	}
	return false, err
}

// chunks writes b piece by piece.
func (d *Dev) chunks(ctx context.Context, b []byte) error {
	for len(b) > 0 {
		n := min(len(b), chunk)
		if err := d.write(ctx, b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// write sends bytes. A printer that takes no more of them for too long, or the end of ctx, closes the line: there is no other way to end
// a write, and the next caller opens it anew.
func (d *Dev) write(ctx context.Context, b []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("escpos: write: %w", err)
	}
	wctx, cancel := context.WithTimeout(ctx, d.o.Stall)
	defer cancel()
	stop := context.AfterFunc(wctx, func() { _ = d.p.Close() })
	_, err := d.p.Write(b)
	if !stop() && err == nil && wctx.Err() != nil {
		err = wctx.Err()
	}
	switch {
	case err == nil:
		return nil
	case wctx.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("%w: it takes no more data: %w: %w", ErrOffline, ErrLost, err)
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}
