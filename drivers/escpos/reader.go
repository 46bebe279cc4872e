package escpos

import (
	"context"
	"errors"
	"fmt"
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

// fill reads more bytes; with the zero time only what has arrived already.
func (r *reader) fill(ctx context.Context, until time.Time) error {
	if until.IsZero() {
		until = time.Now()
	}
	var b [256]byte
	n, err := port.Await(ctx, r.p, b[:], until)
	switch {
	case err == nil:
		r.got = append(r.got, b[:n]...)
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("escpos: read: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrSilent
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}
