package escpos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// never is a deadline that nobody lives to see.
var never = time.Unix(1<<40, 0)

// reader cuts what a printer says into answers.
type reader struct {
	p     port.Port
	got   []byte   // what was read and is no answer yet
	early []answer // what was read while nobody could use it
	read  int      // bytes that answers were made of, for messages
}

// next gives the next answer. It fails with ErrSilent when none came until then (at the zero time it only looks), with ErrGarbled for what no
// printer says, with ErrLost at the end of the line, and with ctx's error.
func (r *reader) next(ctx context.Context, until time.Time) (answer, error) {
	if len(r.early) > 0 {
		a := r.early[0]
		r.early = r.early[1:]
		return a, nil
	}
	for {
		if a, n := cutAnswer(r.got); n > 0 {
			a.bytes = append([]byte(nil), a.bytes...)
			r.got = r.got[n:]
			r.read += n
			if a.kind == garbage {
				r.read -= n
				err := r.garbled(fmt.Sprintf("byte %02X", a.bytes[0]))
				r.read += n
				return answer{}, err
			}
			return a, nil
		}
		err := r.fill(ctx, until)
		if errors.Is(err, ErrSilent) && len(r.got) > 0 && !until.IsZero() {
			err = r.garbled("an answer ends in its middle")
			r.read, r.got = r.read+len(r.got), nil
		}
		if err != nil {
			return answer{}, err
		}
	}
}

func (r *reader) garbled(why string) error {
	return fmt.Errorf("%w: at byte %d: %s", ErrGarbled, r.read, why)
}

// fill reads more bytes.
func (r *reader) fill(ctx context.Context, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("escpos: read: %w", err)
	}
	look := until.IsZero()
	if look {
		until = time.Now()
	}
	if err := r.p.SetReadDeadline(until); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = r.p.SetReadDeadline(time.Now()) })
	defer stop()
	var b [256]byte
	for {
		n, err := r.p.Read(b[:])
		switch {
		case n > 0:
			r.got = append(r.got, b[:n]...)
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("escpos: read: %w", ctx.Err())
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !look && time.Now().Before(until) { // a deadline that an earlier call's end left behind
				if err := r.p.SetReadDeadline(until); err != nil {
					return fmt.Errorf("%w: %w", ErrLost, err)
				}
				continue
			}
			return ErrSilent
		case err == nil:
			err = io.ErrNoProgress
			fallthrough
		default:
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
	}
}
