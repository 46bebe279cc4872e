package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Await reads what has arrived, and waits for it until until (the zero time: without end) or until ctx ends; n is at least 1 without an error.
// The error wraps os.ErrDeadlineExceeded when until has passed, and ctx's error when that ended; every other one says that the line has ended.
// A deadline that was set before counts no more.
func Await(ctx context.Context, p Port, buf []byte, until time.Time) (n int, err error) {
	stop := context.AfterFunc(ctx, func() { _ = p.SetReadDeadline(time.Now()) })
	defer stop()
	for {
		if err := p.SetReadDeadline(until); err != nil {
			return 0, err
		}
		if err := ctx.Err(); err != nil { // it may have ended before the deadline was set, which would then stand for ever
			return 0, fmt.Errorf("port: await: %w", err)
		}
		n, err := p.Read(buf)
		switch {
		case n > 0:
			return n, nil
		case ctx.Err() != nil:
			return 0, fmt.Errorf("port: await: %w", ctx.Err())
		case errors.Is(err, os.ErrDeadlineExceeded) && (until.IsZero() || time.Now().Before(until)):
			// a deadline that an earlier call's end left behind
		case err == nil:
			return 0, fmt.Errorf("port: await: %w", io.ErrNoProgress)
		default:
			return 0, err
		}
	}
}
