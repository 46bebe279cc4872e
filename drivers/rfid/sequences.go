package rfid

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// What can go wrong besides ErrChecksum, ErrFrame and a ReaderError.
var (
	ErrLost    = errors.New("rfid: line is gone")
	ErrSilent  = errors.New("rfid: reader does not answer")
	ErrNoise   = errors.New("rfid: line is full of noise; this is no such reader, or its speed is another one")
	ErrUnknown = errors.New("rfid: this reader has no such command")
)

// Model is a kind of reader.
type Model string

// The readers that are known.
const (
	ID12 Model = "id12" // ID-12LA, ID-20LA and their like
	TWN4 Model = "twn4" // Elatec TWN4 with the Simple Protocol
)

// Models lists them.
func Models() []Model { return []Model{ID12, TWN4} }

// Opts says what to expect. The zero value is an ID12 reader.
type Opts struct {
	Model  Model         // ID12 if empty
	CRC    bool          // TWN4: messages have a checksum, as the reader is set
	Every  time.Duration // TWN4: pause between two searches, 0 for 200 ms
	Answer time.Duration // TWN4: how long an answer may take, 0 for 1.5 s: a search goes through all kinds of tags
	Gone   time.Duration // ID12: how long a tag is not heard before it counts as taken away, 0 for 1 s
	Noise  int           // how many bytes that mean nothing are too many, 0 for 4096
	Quiet  time.Duration // silence in which nothing old is still coming in, 0 for 20 ms
}

// Dev is a reader on a line. One of its methods runs at a time, the others wait; Close does not.
type Dev struct {
	o    Opts
	p    port.Port
	turn chan struct{} // holds a token while somebody uses the line
	in   *port.Bytes

	last    Tag        // the tag that was given last, while it may still be there
	there   bool       // last is valid
	heard   time.Time  // ID12: when
	late    bool       // TWN4: an answer may still come that nobody waits for any more
	lit     Light      // TWN4: the lights whose outputs were made ready
	sending chan error // the end of a write that its caller did not wait for; nil if there is none
}

// New makes a reader of a line. The line is the reader's alone from now on.
func New(p port.Port, o Opts) *Dev {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&o.Every, 200*time.Millisecond)
	set(&o.Answer, 1500*time.Millisecond)
	set(&o.Gone, time.Second)
	set(&o.Quiet, 20*time.Millisecond)
	if o.Noise <= 0 {
		o.Noise = 4096
	}
	if o.Model == "" {
		o.Model = ID12
	}
	return &Dev{o: o, p: p, in: port.NewBytes(p), turn: make(chan struct{}, 1), late: true}
}

// Close closes the line, also under a call that waits.
func (d *Dev) Close() error { return d.p.Close() }

func (d *Dev) take(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("rfid: in use: %w", ctx.Err())
	}
}

func (d *Dev) give() { <-d.turn }

// Read gives the next tag that is held to the reader; see the package's documentation for what "next" means. It waits until ctx ends. Every error
// but ErrLost leaves the reader usable: the tag can be held there again.
func (d *Dev) Read(ctx context.Context) (Tag, error) {
	if err := d.take(ctx); err != nil {
		return Tag{}, err
	}
	defer d.give()
	if d.o.Model == TWN4 {
		return d.search(ctx)
	}
	return d.listen(ctx)
}

// listen waits for an ID12 reader to speak.
func (d *Dev) listen(ctx context.Context) (Tag, error) {
	// Whatever was held there before was somebody else's, and is so as long as it stays there.
	var old id12
	if err := d.forget(ctx, func(b byte) {
		if tag, done, err := old.feed(b); done && err == nil {
			d.fresh(tag)
		}
	}); err != nil {
		return Tag{}, err
	}
	var f id12
	for noise := 0; ; noise++ {
		b, err := d.next(ctx, time.Time{})
		if err != nil {
			return Tag{}, err
		}
		tag, done, err := f.feed(b)
		switch {
		case err != nil:
			return Tag{}, err
		case done:
			noise = 0
			if d.fresh(tag) {
				return tag, nil
			}
		case noise > d.o.Noise:
			return Tag{}, fmt.Errorf("%w: after %d bytes", ErrNoise, noise)
		}
	}
}

// fresh tells whether a tag that was heard just now is held there anew.
func (d *Dev) fresh(tag Tag) bool {
	now := time.Now()
	again := d.there && d.last.same(tag) && now.Sub(d.heard) < d.o.Gone
	d.last, d.there, d.heard = tag, true, now
	return !again
}

// search asks a TWN4 reader until it finds a tag that was not given before.
func (d *Dev) search(ctx context.Context) (Tag, error) {
	for {
		answer, err := d.ask(ctx, searchTag, 32)
		if err != nil {
			return Tag{}, err
		}
		tag, found, err := ParseTag(answer)
		switch {
		case err != nil:
			d.late = true // it may be the answer to something else
			return Tag{}, err
		case !found:
			d.there = false
		case !d.there || !d.last.same(tag):
			d.last, d.there = tag, true
			return tag, nil
		}
		if err := d.rest(ctx, d.o.Every); err != nil {
			return Tag{}, err
		}
	}
}

func (d *Dev) rest(ctx context.Context, long time.Duration) error {
	pause := time.NewTimer(long)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("rfid: read: %w", ctx.Err())
	}
}

// Version asks a TWN4 reader for its version, such as "TWN4/B1.03/CCF1.57/PRS1.03/PI". An ID12 reader gives ErrUnknown.
func (d *Dev) Version(ctx context.Context) (string, error) {
	if err := d.take(ctx); err != nil {
		return "", err
	}
	defer d.give()
	if d.o.Model != TWN4 {
		return "", ErrUnknown
	}
	answer, err := d.ask(ctx, getVersion, 0xFF)
	if err != nil {
		return "", err
	}
	version, err := ParseVersion(answer)
	d.late = err != nil
	return version, err
}

// Beep makes a TWN4 reader beep, as loud as it can, at a frequency in Hz (500 to 10000) for a time of at most a minute. An ID12 reader gives
// ErrUnknown: its beeper is wired to it and beeps at every tag.
func (d *Dev) Beep(ctx context.Context, hz int, long time.Duration) error {
	ms := long.Milliseconds()
	if hz < 500 || hz > 10000 || ms < 1 || ms > 60000 {
		return fmt.Errorf("rfid: beep: %d Hz for %v is out of range", hz, long)
	}
	if err := d.take(ctx); err != nil {
		return err
	}
	defer d.give()
	if d.o.Model != TWN4 {
		return ErrUnknown
	}
	return d.tell(ctx, sound, 100, byte(hz), byte(hz>>8), byte(ms), byte(ms>>8), 0, 0)
}

// Light is one or several lights of a TWN4 reader.
type Light byte

// The lights; which of yellow and blue is there depends on the reader.
const (
	Red          Light = 1
	Green        Light = 2
	YellowOrBlue Light = 4
)

// Shine puts lights of a TWN4 reader on or off. An ID12 reader gives ErrUnknown.
func (d *Dev) Shine(ctx context.Context, l Light, on bool) error {
	if err := d.take(ctx); err != nil {
		return err
	}
	defer d.give()
	if d.o.Model != TWN4 {
		return ErrUnknown
	}
	if d.lit&l != l {
		if err := d.tell(ctx, configure, byte(l), 0, 0); err != nil { // no pull-up, push-pull
			return err
		}
		d.lit |= l
	}
	function := clearBits
	if on {
		function = setBits
	}
	return d.tell(ctx, function, byte(l))
}

// tell sends a command whose answer says nothing but that it was understood. The caller has taken the line.
func (d *Dev) tell(ctx context.Context, function [2]byte, params ...byte) error {
	answer, err := d.ask(ctx, function, params...)
	if err == nil && len(answer) > 0 {
		d.late = true
		return fmt.Errorf("%w: %d bytes where none are answered", ErrFrame, len(answer))
	}
	return err
}

// longest is more than any answer has that is asked for here, in digits.
const longest = 2 * (1 + 1 + 255 + 2)

// ask sends a command to a TWN4 reader and gives its answer. The caller has taken the line.
func (d *Dev) ask(ctx context.Context, function [2]byte, params ...byte) ([]byte, error) {
	if !d.late { // what came in since nobody asked for it is no answer to what is asked now
		if _, err := d.next(ctx, time.Now()); err == nil {
			d.late = true
		} else if !errors.Is(err, errSilence) {
			return nil, err
		}
	}
	if d.late {
		// Half a command of somebody before us would swallow ours; the answer to it is thrown away with everything that is old.
		if err := d.write(ctx, []byte{cr}); err != nil {
			return nil, err
		}
		if err := d.forget(ctx, func(byte) {}); err != nil {
			return nil, err
		}
	}
	began := d.late
	d.in.Drop()
	d.late = true
	if err := d.write(ctx, Command(d.o.CRC, function, params...)); err != nil {
		return nil, err
	}
	until := time.Now().Add(d.o.Answer)
	line := make([]byte, 0, 96)
	var refused ReaderError
	for {
		b, err := d.next(ctx, until)
		if errors.Is(err, errSilence) && refused != 0 {
			d.late = false
			return nil, refused
		}
		if errors.Is(err, errSilence) {
			return nil, fmt.Errorf("%w: silence after %d bytes", ErrSilent, len(line))
		}
		if err != nil {
			return nil, err
		}
		if b == cr {
			answer, err := ParseAnswer(line, d.o.CRC)
			if errors.As(err, &refused) && began { // it may be the CR above that is not understood, and the answer follows
				began, line = false, line[:0]
				continue
			}
			d.late = err != nil && !errors.As(err, &refused)
			return answer, err
		}
		if line = append(line, b); len(line) > longest {
			return nil, fmt.Errorf("%w: no end after %d bytes", ErrFrame, len(line))
		}
	}
}

// forget throws away what arrived before the call, to its end if it is still coming in, and shows it to see.
func (d *Dev) forget(ctx context.Context, see func(byte)) error {
	begin := time.Now()
	until := begin
	for thrown := 0; ; thrown++ {
		if d.in.Waiting() == 0 {
			if thrown > d.o.Noise && time.Since(begin) > d.o.Answer {
				return fmt.Errorf("%w: after %d bytes", ErrNoise, thrown)
			}
			if thrown > d.o.Noise { // much may have come in since somebody read last; what never ends must not keep the processor busy
				if err := d.rest(ctx, time.Millisecond); err != nil {
					return err
				}
			}
			until = time.Now().Add(d.o.Quiet)
		}
		b, err := d.next(ctx, until)
		if errors.Is(err, errSilence) {
			return nil
		}
		if err != nil {
			return err
		}
		see(b)
	}
}

// write sends a command. A line that takes nothing ends with ErrSilent or ctx; what was written then is sent when the line moves again or is
// closed, and nothing else is before.
func (d *Dev) write(ctx context.Context, b []byte) error {
	patience := time.NewTimer(d.o.Answer)
	defer patience.Stop()
	if d.sending != nil {
		if err := d.sent(ctx, patience.C); err != nil {
			return err
		}
	}
	sent := make(chan error, 1)
	d.sending = sent
	go func() {
		_, err := d.p.Write(b)
		sent <- err
	}()
	return d.sent(ctx, patience.C)
}

// sent waits for the end of the write that is going on.
func (d *Dev) sent(ctx context.Context, late <-chan time.Time) error {
	select {
	case err := <-d.sending:
		d.sending = nil
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		return nil
	case <-late:
		return fmt.Errorf("%w: it takes no command", ErrSilent)
	case <-ctx.Done():
		return fmt.Errorf("rfid: write: %w", ctx.Err())
	}
}

var errSilence = errors.New("rfid: silence")

// next gives the next byte, or errSilence when none came until then; the zero time waits as long as it takes.
func (d *Dev) next(ctx context.Context, until time.Time) (byte, error) {
	b, err := d.in.Next(ctx, until)
	switch {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return 0, fmt.Errorf("rfid: read: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, errSilence
	}
	return 0, fmt.Errorf("%w: %w", ErrLost, err)
}
