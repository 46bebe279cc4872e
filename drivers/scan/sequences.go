package scan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// What can go wrong. None of them repeats what was scanned.
var (
	ErrTooLong = errors.New("scan: code is longer than any that is expected")
	ErrCutOff  = errors.New("scan: code has no end; the scanner has to send CR, CR LF or STX and ETX")
	ErrNoise   = errors.New("scan: line does not fall silent; this is no scanner, or its speed is another one")
	ErrLost    = errors.New("scan: line is gone")
	ErrUnknown = errors.New("scan: command is not known for this scanner")
	ErrRefused = errors.New("scan: scanner refuses the command")
	ErrSilent  = errors.New("scan: scanner does not answer the command")
)

// Opts says what to expect. The zero value is good for most scanners.
type Opts struct {
	Max      int           // longest code in bytes, 0 for 4096 (a QR code holds 2953)
	Gap      time.Duration // silence after CR LF that ends a scan, 0 for 60 ms
	Stale    time.Duration // silence after which a code without an end is dropped, 0 for 1 s
	Silent   bool          // the scanner sends nothing behind a code: a silence of Gap ends a scan
	NoAIM    bool          // codes that begin as an AIM identifier does are codes
	Profile  Profile       // whose commands the scanner understands
	OnDemand bool          // the scanner is lit only while Read waits; wants a Profile
	Relight  time.Duration // OnDemand: how often the order to light is repeated, because scanners darken by themselves; 0 for 20 s
	Answer   time.Duration // how long the scanner may take to answer a command, 0 for 1 s
}

// Dev is a scanner on a line. One of its methods runs at a time, the others wait; Close does not.
type Dev struct {
	o    Opts
	p    port.Port
	turn chan struct{} // holds a token while somebody uses the line
	in   *port.Bytes
	f    framer
}

// New makes a scanner of a line. The line is the scanner's alone from now on.
func New(p port.Port, o Opts) *Dev {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	if o.Max <= 0 {
		o.Max = 4096
	}
	set(&o.Gap, 60*time.Millisecond)
	set(&o.Stale, time.Second)
	set(&o.Relight, 20*time.Second)
	set(&o.Answer, time.Second)
	return &Dev{o: o, p: p, in: port.NewBytes(p), turn: make(chan struct{}, 1), f: framer{profile: o.Profile}}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

// take waits for the line to be free; give gives it back.
func (d *Dev) take(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("scan: in use: %w", ctx.Err())
	}
}

func (d *Dev) give() { <-d.turn }

// Read returns the next code shown to the scanner after the call. What was scanned before is thrown away: it may have been somebody else's. It
// waits until ctx ends. Every error but ErrLost leaves the scanner usable.
func (d *Dev) Read(ctx context.Context) (Code, error) {
	if err := d.take(ctx); err != nil {
		return Code{}, err
	}
	defer d.give()
	if err := d.forget(ctx); err != nil {
		return Code{}, err
	}
	if !d.o.OnDemand {
		return d.code(ctx, time.Time{})
	}
	for {
		err := d.order(ctx, light)
		var code Code
		if err == nil {
			code, err = d.code(ctx, time.Now().Add(d.o.Relight))
		}
		if errors.Is(err, errSilence) {
			continue
		}
		if err != nil && !errors.Is(err, ErrLost) && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrRefused) {
			// The visit may be over, even before the scanner answered; the light still has to go out.
			late, stop := context.WithTimeout(context.WithoutCancel(ctx), d.o.Answer)
			_ = d.order(late, darken) // it darkens by itself, later
			stop()
		}
		return code, err
	}
}

// code waits for a code; errSilence if none began until then, which the zero time never reaches.
func (d *Dev) code(ctx context.Context, until time.Time) (Code, error) {
	d.f.again()
	for {
		wait := until
		switch {
		case d.f.maybe(), d.o.Silent && d.f.begun():
			wait = time.Now().Add(d.o.Gap)
		case d.f.begun():
			wait = time.Now().Add(d.o.Stale)
		}
		b, err := d.next(ctx, wait)
		switch {
		case errors.Is(err, errSilence) && !d.f.begun() && !d.f.maybe():
			return Code{}, err
		case errors.Is(err, errSilence) && (d.f.maybe() || d.o.Silent && !d.f.framed && d.f.packet == 0):
			if sent := d.f.sent(); len(sent) > 0 {
				return Parse(sent, d.o.NoAIM), nil
			}
			d.f.again()
		case errors.Is(err, errSilence):
			return Code{}, fmt.Errorf("%w: silence after %d bytes", ErrCutOff, len(d.f.data))
		case err != nil:
			return Code{}, err
		default:
			if sent := d.feed(b); len(sent) > 0 {
				return Parse(sent, d.o.NoAIM), nil
			}
			if len(d.f.data) > d.o.Max {
				if err := d.forget(ctx); err != nil && !errors.Is(err, ErrNoise) {
					return Code{}, err
				}
				return Code{}, fmt.Errorf("%w: more than %d bytes", ErrTooLong, d.o.Max)
			}
		}
	}
}

// feed takes a byte and gives the code that it ended. Empty lines are no codes, and neither are answers to orders.
func (d *Dev) feed(b byte) []byte {
	done, unread := d.f.feed(b)
	if !done {
		return nil
	}
	is, _ := d.f.answer()
	sent := d.f.sent()
	if !is && len(sent) > 0 {
		return sent // who waits for codes takes one at a time; what follows is thrown away by the next call
	}
	d.f.again()
	if unread {
		d.f.feed(b)
	}
	return nil
}

// forget throws away what arrived before the call, to its end if it is still coming in.
func (d *Dev) forget(ctx context.Context) error {
	thrown := 0
	for wait := time.Millisecond; ; wait = d.o.Gap {
		thrown += d.in.Drop()
		if thrown > 16*d.o.Max {
			return fmt.Errorf("%w: after %d bytes", ErrNoise, thrown)
		}
		_, err := d.next(ctx, time.Now().Add(wait))
		if errors.Is(err, errSilence) {
			return nil
		}
		if err != nil {
			return err
		}
		thrown++
	}
}

// Trigger lights the scanner, as somebody does who pulls its trigger. It darkens when it has read a code, by itself after a time, or by Release.
func (d *Dev) Trigger(ctx context.Context) error { return d.tell(ctx, light) }

// Release darkens the scanner.
func (d *Dev) Release(ctx context.Context) error { return d.tell(ctx, darken) }

// Beep makes the scanner beep as it does after a code.
func (d *Dev) Beep(ctx context.Context) error { return d.tell(ctx, beep) }

func (d *Dev) tell(ctx context.Context, o order) error {
	if err := d.take(ctx); err != nil {
		return err
	}
	defer d.give()
	return d.order(ctx, o)
}

// order tells the scanner something and waits for its answer, if it gives one.
func (d *Dev) order(ctx context.Context, o order) error {
	b := d.o.Profile.bytes(o)
	if b == nil {
		return ErrUnknown
	}
	if err := d.write(ctx, b); err != nil {
		return err
	}
	if !d.o.Profile.answers() {
		return nil
	}
	d.f.again()
	until := time.Now().Add(d.o.Answer)
	for seen := 0; ; seen++ {
		b, err := d.next(ctx, until)
		if errors.Is(err, errSilence) || seen > d.o.Max {
			return fmt.Errorf("%w: after %d bytes", ErrSilent, seen)
		}
		if err != nil {
			return err
		}
		done, unread := d.f.feed(b)
		if !done {
			continue
		}
		if is, yes := d.f.answer(); is && yes {
			return nil
		} else if is {
			return ErrRefused
		}
		d.f.again() // a code that somebody showed too early
		if unread {
			d.f.feed(b)
		}
	}
}

// write sends an order. A line that takes nothing ends with ctx; what was written then is sent when the line moves again or is closed.
func (d *Dev) write(ctx context.Context, b []byte) error {
	sent := make(chan error, 1)
	go func() {
		_, err := d.p.Write(b)
		sent <- err
	}()
	select {
	case err := <-sent:
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("scan: write: %w", ctx.Err())
	}
}

var errSilence = errors.New("scan: silence")

// next gives the next byte, or errSilence when none came until then; the zero time waits as long as it takes.
func (d *Dev) next(ctx context.Context, until time.Time) (byte, error) {
	b, err := d.in.Next(ctx, until)
	switch {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return 0, fmt.Errorf("scan: read: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, errSilence
	}
	return 0, fmt.Errorf("%w: %w", ErrLost, err)
}
