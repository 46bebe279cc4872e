package presence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// What can go wrong. Each means that nothing is known of who stands there.
var (
	ErrLost   = errors.New("presence: sensor is gone")
	ErrNoise  = errors.New("presence: this is no such sensor, or its speed is another one")
	ErrSilent = errors.New("presence: sensor does not say what it is")
)

// Opts says what to expect. The zero value is good for a sensor as the package's documentation has it.
type Opts struct {
	Come   time.Duration // how long somebody has to be there to count, 0 for 100 ms
	Leave  time.Duration // how long nobody has to be there to count, 0 for 2 s
	Silent time.Duration // without a good line for as long nothing is known, 0 for 4 s: four heartbeats
	Answer time.Duration // how long the sensor may take to say what it is, 0 for 1 s
	Noise  int           // how many bytes without a good line are not read at full speed any more, 0 for 4096
}

// Dev is a sensor on a line. One of its methods runs at a time, the others wait; Close does not.
type Dev struct {
	o    Opts
	p    port.Port
	turn chan struct{} // holds a token while somebody uses the line
	buf  [4096]byte

	line  []byte    // a line that has begun
	long  bool      // it is too long, its rest is passed over
	noise int       // bytes since the last good line
	heard time.Time // when the last good line came, or the wait for one began
	left  time.Time // when the last call ended

	said  State     // what the sensor said last
	since time.Time // since when it says so
	given State     // what Next gave last; 0 if that was nothing or an error

	identity Identity
	asked    chan error // a question that is on its way; nil if there is none
}

// New makes a sensor of a line. The line is the sensor's alone from now on.
func New(p port.Port, o Opts) *Dev {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&o.Come, 100*time.Millisecond)
	set(&o.Leave, 2*time.Second)
	set(&o.Silent, 4*time.Second)
	set(&o.Answer, time.Second)
	if o.Noise <= 0 {
		o.Noise = 4096
	}
	return &Dev{o: o, p: p, turn: make(chan struct{}, 1), line: make([]byte, 0, longestLine+2)}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

func (d *Dev) take(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("presence: in use: %w", ctx.Err())
	}
}

func (d *Dev) give() { <-d.turn }

// Next waits until something else is known than Next gave before, and gives that; the first call, and the first one after an error, gives what is
// known as soon as the sensor says it. A change that came and went between two calls is not told. Every error means Unknown; Next may be called
// again, and gives an error again while nothing good comes: ErrLost at once if the line is gone, after Opts.Silent if it is silent, ErrNoise
// after Opts.Silent if something else is on it. It ends with ctx, too; what was known then stays so.
func (d *Dev) Next(ctx context.Context) (State, error) {
	if err := d.take(ctx); err != nil {
		return Unknown, err
	}
	defer d.give()
	defer d.listen()()
	for {
		until := d.heard.Add(d.o.Silent)
		due := d.due()
		if !due.IsZero() && due.Before(until) {
			until = due
		}
		_, drained, err := d.hear(ctx, until)
		if err != nil {
			return Unknown, err
		}
		// What the sensor said long ago may be taken back by what is still waiting to be read.
		if due := d.due(); drained && !due.IsZero() && !time.Now().Before(due) {
			d.given = d.said
			return d.given, nil
		}
	}
}

// due tells when what the sensor says counts as a change; the zero time if it says what was given.
func (d *Dev) due() time.Time {
	switch {
	case d.said == 0 || d.said == d.given:
		return time.Time{}
	case d.given == 0 || d.said == Unknown:
		return d.since
	case d.said == Somebody:
		return d.since.Add(d.o.Come)
	}
	return d.since.Add(d.o.Leave)
}

// Identify asks the sensor what it is. One that says its states and not that gives ErrSilent: it cannot hear, and is as good a sensor.
func (d *Dev) Identify(ctx context.Context) (Identity, error) {
	if err := d.take(ctx); err != nil {
		return Identity{}, err
	}
	defer d.give()
	defer d.listen()()
	d.identity = Identity{}
	d.ask()
	until := time.Now().Add(d.o.Answer)
	for good := false; d.identity.Version == 0; {
		wait := d.heard.Add(d.o.Silent)
		switch late := !time.Now().Before(until); {
		case late && good:
			return Identity{}, ErrSilent
		case !late && until.Before(wait):
			wait = until
		}
		heard, _, err := d.hear(ctx, wait)
		if err != nil {
			return Identity{}, err
		}
		good = good || heard
	}
	return d.identity, nil
}

// ask says the question, unless an earlier one is still on its way: a line that takes nothing must not collect them.
func (d *Dev) ask() {
	if d.asked != nil {
		select {
		case <-d.asked:
		default:
			return
		}
	}
	d.asked = make(chan error, 1)
	go func(done chan<- error) {
		_, err := io.WriteString(d.p, Question)
		done <- err // a line that is gone is noticed by who reads
	}(d.asked)
}

// listen begins to wait for the sensor, and gives what ends it. Time in which nobody listens counts for nothing: neither as silence nor as
// somebody's absence.
func (d *Dev) listen() (end func()) {
	gap := time.Since(d.left)
	d.heard, d.since = d.heard.Add(gap), d.since.Add(gap)
	if d.left.IsZero() {
		d.heard = time.Now()
	}
	return func() { d.left = time.Now() }
}

// hear waits until something comes in or until, and tells whether a good line ended with it and whether all is read that had come in. An error
// says that the line is gone, that ctx ended, or that nothing good came for Opts.Silent.
func (d *Dev) hear(ctx context.Context, until time.Time) (good, drained bool, err error) {
	if d.noise > d.o.Noise { // what is on the line is not for us, and must not keep the processor busy
		pause := time.NewTimer(5 * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
	n, err := d.fill(ctx, until)
	now := time.Now()
	drained = n < len(d.buf)
	if n > len(d.buf)/8 && d.noise > d.o.Noise {
		d.noise, d.long = d.o.Noise+n, true // nothing says so much so fast that has anything to say
		n = 0
	}
	for _, b := range d.buf[:n] {
		good = d.feed(b, now) || good
	}
	switch {
	case err == nil && now.Sub(d.heard) < d.o.Silent:
		return good, drained, nil
	case err == nil && d.noise > 0:
		err = fmt.Errorf("%w: no good line for %v", ErrNoise, d.o.Silent)
	case err == nil:
		err = fmt.Errorf("%w: silence for %v", ErrLost, d.o.Silent)
	case ctx.Err() != nil:
		return false, false, err
	}
	d.heard, d.noise, d.said, d.given = now, 0, 0, 0
	return false, false, err
}

// feed takes a byte and tells whether it ended a good line.
func (d *Dev) feed(b byte, now time.Time) bool {
	d.noise++
	switch {
	case b != '\n' && len(d.line) > longestLine:
		d.long = true
		return false
	case b != '\n':
		d.line = append(d.line, b)
		return false
	}
	said, err := Parse(d.line)
	long := d.long
	d.line, d.long = d.line[:0], false
	if err != nil || long {
		return false
	}
	if said.Identity.Version != 0 {
		d.identity = said.Identity
	}
	if said.State == 0 {
		return false // it is no sign that the sensor senses
	}
	d.noise, d.heard = 0, now
	if said.State != d.said {
		d.said, d.since = said.State, now
	}
	return true
}

// fill reads what has come in, and waits for it until until.
func (d *Dev) fill(ctx context.Context, until time.Time) (int, error) {
	n, err := port.Await(ctx, d.p, d.buf[:], until)
	switch {
	case err == nil:
		return n, nil
	case ctx.Err() != nil:
		return 0, fmt.Errorf("presence: listen: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, nil
	}
	return 0, fmt.Errorf("%w: %w", ErrLost, err)
}
