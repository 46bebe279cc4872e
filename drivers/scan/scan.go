// Package scan reads bar and QR codes from a scanner on a serial line (or on USB as a serial port).
//
// How a scan ends is a setting of the scanner, and this is what is understood without any setting here:
//
//   - CR ends a scan, and CR LF does when the line is silent after it.
//   - STX begins and ETX ends a scan; between them every byte belongs to it.
//   - LF alone never ends a scan, nor does CR LF with more right behind it: codes for bank transfers (EPC069-12) have lines.
//
// A code that never ends is dropped when the line is silent for a while, so that it cannot hang on the next one.
package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// What can go wrong. None of them repeats what was scanned.
var (
	ErrTooLong = errors.New("scan: code is longer than any that is expected")
	ErrCutOff  = errors.New("scan: code has no end; the scanner has to send CR, CR LF or STX and ETX")
	ErrLost    = errors.New("scan: line is gone")
)

// Opts says what to expect. The zero value is good for most scanners.
type Opts struct {
	Max   int           // longest code in bytes, 0 for 4096 (a QR code holds 2953)
	Gap   time.Duration // silence after CR LF that ends a scan, 0 for 60 ms
	Stale time.Duration // silence after which a code without an end is dropped, 0 for 1 s
}

// Dev is a scanner on a line.
type Dev struct {
	o  Opts
	p  port.Port
	mu sync.Mutex
	in []byte // read and not looked at yet
}

// New makes a scanner of a line. The line is the scanner's alone from now on.
func New(p port.Port, o Opts) *Dev {
	if o.Max <= 0 {
		o.Max = 4096
	}
	if o.Gap <= 0 {
		o.Gap = 60 * time.Millisecond
	}
	if o.Stale <= 0 {
		o.Stale = time.Second
	}
	return &Dev{o: o, p: p}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

// Read returns the next code shown to the scanner after the call, as UTF-8 text. What was scanned before is thrown away: it may have been
// somebody else's. It waits until ctx ends. ErrTooLong and ErrCutOff leave the scanner usable, ErrLost does not.
func (d *Dev) Read(ctx context.Context) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.forget(ctx); err != nil {
		return "", err
	}
	var f framer
	for {
		wait := time.Time{}
		switch {
		case f.maybe():
			wait = time.Now().Add(d.o.Gap)
		case f.begun():
			wait = time.Now().Add(d.o.Stale)
		}
		b, err := d.next(ctx, wait)
		switch {
		case errors.Is(err, errSilence) && f.maybe():
			if code := f.code(); len(code) > 0 {
				return readable(code), nil
			}
			f = framer{}
		case errors.Is(err, errSilence):
			return "", ErrCutOff
		case err != nil:
			return "", err
		default:
			done, unread := f.feed(b)
			if unread {
				d.in = append([]byte{b}, d.in...)
			}
			if done {
				if code := f.code(); len(code) > 0 {
					return readable(code), nil
				}
				f = framer{} // an empty line is no scan
			}
			if len(f.data) > d.o.Max {
				return "", d.skip(ctx)
			}
		}
	}
}

// forget throws away what arrived before the call, to its end if it is still coming in.
func (d *Dev) forget(ctx context.Context) error {
	d.in = nil
	for wait := time.Millisecond; ; wait = d.o.Gap {
		_, err := d.next(ctx, time.Now().Add(wait))
		if errors.Is(err, errSilence) {
			return nil
		}
		if err != nil {
			return err
		}
		d.in = nil
	}
}

// skip waits until an endless code is over.
func (d *Dev) skip(ctx context.Context) error {
	if err := d.forget(ctx); err != nil {
		return err
	}
	return ErrTooLong
}

var errSilence = errors.New("scan: silence")

// next gives the next byte, or errSilence when none came until then; the zero time waits as long as it takes.
func (d *Dev) next(ctx context.Context, until time.Time) (byte, error) {
	if len(d.in) == 0 {
		if err := d.fill(ctx, until); err != nil {
			return 0, err
		}
	}
	b := d.in[0]
	d.in = d.in[1:]
	return b, nil
}

func (d *Dev) fill(ctx context.Context, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("scan: read: %w", err)
	}
	if err := d.p.SetReadDeadline(until); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = d.p.SetReadDeadline(time.Now()) })
	defer stop()
	var buf [512]byte
	for {
		n, err := d.p.Read(buf[:])
		switch {
		case n > 0:
			d.in = append(d.in, buf[:n]...)
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("scan: read: %w", ctx.Err())
		case errors.Is(err, os.ErrDeadlineExceeded) && (until.IsZero() || time.Now().Before(until)):
			// a deadline that an earlier call's end left behind
			if err := d.p.SetReadDeadline(until); err != nil {
				return fmt.Errorf("%w: %w", ErrLost, err)
			}
		case errors.Is(err, os.ErrDeadlineExceeded):
			return errSilence
		case err == nil:
			return fmt.Errorf("%w: %w", ErrLost, io.ErrNoProgress)
		default:
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
	}
}

const (
	stx = 0x02
	etx = 0x03
	cr  = '\r'
	lf  = '\n'
)

// framer finds the end of a scan in a stream of bytes.
type framer struct {
	data   []byte
	framed bool // STX came first
	tail   int  // 1 after CR, 2 after CR LF, which may be the end
}

// begun tells whether something of a scan is here.
func (f *framer) begun() bool { return f.framed || len(f.data) > 0 }

// maybe tells whether silence would end the scan.
func (f *framer) maybe() bool { return f.tail > 0 }

// feed takes a byte. done: the scan has ended; unread: the byte belongs to the next one.
func (f *framer) feed(b byte) (done, unread bool) {
	if f.framed {
		if b == etx {
			return true, false
		}
		f.data = append(f.data, b)
		return false, false
	}
	switch f.tail {
	case 1:
		if b != lf {
			return true, b != etx // a CR with something else behind it was the end
		}
		f.tail = 2
		return false, false
	case 2: // the CR LF stood within the code
		f.data, f.tail = append(f.data, cr, lf), 0
	}
	switch {
	case b == stx && len(bytes.Trim(f.data, "\r\n")) == 0:
		f.framed, f.data = true, nil
	case b == cr:
		f.tail = 1
	default:
		f.data = append(f.data, b)
	}
	return false, false
}

// code is what was scanned, without the ends that a scanner may send in addition.
func (f *framer) code() []byte { return bytes.Trim(f.data, "\r\n") }

// readable gives the text as UTF-8. Scanners hand codes on byte by byte; what is no UTF-8 is in the older standard's ISO 8859-1.
func readable(code []byte) string {
	if utf8.Valid(code) {
		return string(code)
	}
	s, err := charmap.ISO8859_1.NewDecoder().Bytes(code)
	if err != nil {
		return string(bytes.ToValidUTF8(code, []byte("?")))
	}
	return string(s)
}
