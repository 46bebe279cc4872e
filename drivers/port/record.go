package port

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A recording is a text that a person can read, cut and mend. Its first line is "rathausnah line 1"; every other line is one of
//
//	# words for people
//	0.012345 > 0600060000000009    sent to the device, 12.345 ms after the beginning, as hex
//	0.013002 < 800000              received from the device
//	2.500000 ! gone                the device hung up or was unplugged
//	3.000000 ! closed              whoever made the recording closed the line
//
// Blanks between hex digits are allowed. Where one line of hex ends and the next begins means nothing: a line to a device is a stream.
const heading = "rathausnah line 1"

// perLine is how many bytes a recorder writes on one line.
const perLine = 32

// Entry is one line of a recording.
type Entry struct {
	Line int           // where it stands in the file, from 1
	At   time.Duration // since the recording began
	Sent bool          // to the device; received from it otherwise
	Data []byte        // nil at an end
	End  string        // "gone" or "closed"; "" where there is data
}

// ErrRecording says that a text is no recording, with the line that is wrong.
var ErrRecording = errors.New("port: not a recording")

// ReadRecording reads a recording. A wrong text gives an error that wraps ErrRecording and names the line.
func ReadRecording(r io.Reader) ([]Entry, error) {
	var all []Entry
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if n == 1 {
			if text != heading {
				return nil, fmt.Errorf("%w: line 1 is not %q", ErrRecording, heading)
			}
			continue
		}
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := readEntry(text)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrRecording, n, err)
		}
		e.Line = n
		all = append(all, e)
	}
	switch {
	case lines.Err() != nil:
		return nil, fmt.Errorf("%w: line %d: %w", ErrRecording, n+1, lines.Err())
	case n == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrRecording)
	}
	return all, nil
}

func readEntry(text string) (e Entry, err error) {
	at, rest, _ := strings.Cut(text, " ")
	mark, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	seconds, err := strconv.ParseFloat(at, 64)
	if err != nil || !(seconds >= 0 && seconds < 1e9) {
		return e, errors.New("it does not begin with a time in seconds")
	}
	e.At = time.Duration(seconds*1e6+0.5) * time.Microsecond
	switch mark {
	case ">", "<":
		e.Sent = mark == ">"
		if e.Data, err = hex.DecodeString(strings.Join(strings.Fields(rest), "")); err != nil || len(e.Data) == 0 {
			return e, errors.New("these are no bytes in hex")
		}
	case "!":
		if e.End = strings.TrimSpace(rest); e.End != "gone" && e.End != "closed" {
			return e, errors.New("an end is gone or closed")
		}
	default:
		return e, errors.New("a line wants >, < or ! after its time")
	}
	return e, nil
}

func (e Entry) append(b []byte) []byte {
	for data := e.Data; ; {
		now := data[:min(perLine, len(data))]
		data = data[len(now):]
		b = fmt.Appendf(b, "%d.%06d ", e.At/time.Second, e.At%time.Second/time.Microsecond)
		switch {
		case e.End != "":
			b = append(b, "! "+e.End...)
		case e.Sent:
			b = fmt.Appendf(b, "> %X", now)
		default:
			b = fmt.Appendf(b, "< %X", now)
		}
		b = append(b, '\n')
		if len(data) == 0 {
			return b
		}
	}
}

// Recorder is a line that writes down what its two sides say to each other, for bug reports. The text is a recording, and a Replay plays it.
//
// A recording holds everything that went over the line, and that may be what a citizen typed, what stands on a slip, or what is on a card. Who
// makes one keeps it as carefully, passes on only what was made with test data and test cards, and deletes it when the fault is found.
type Recorder struct {
	Port
	began time.Time
	hide  func(sent []byte) []byte // may be nil

	mu    sync.Mutex
	to    io.Writer
	err   error
	ended bool
}

// NewRecorder records p. title is a line for people at the top, such as the kind of the line; it is written to the file, so it must not hold a
// password. Every entry is written at once, with one Write.
func NewRecorder(p Port, to io.Writer, title string) *Recorder {
	r := &Recorder{Port: p, began: time.Now(), to: to}
	title = strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, title)
	r.write([]byte(heading + "\n# " + title + "\n# It may hold what a citizen typed and what is on a card: pass it on only if it was made with test data.\n"))
	return r
}

// Hide lets what is sent to the device be written down as f gives it: f takes out what has to stay secret, and keeps its length. It is called in the
// order of the bytes, before the first of them.
func (r *Recorder) Hide(f func(sent []byte) []byte) { r.hide = f }

// Err is the first error that writing the recording had; the line itself goes on.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Gone is the recorded line's.
func (r *Recorder) Gone() <-chan struct{} { return Gone(r.Port) }

func (r *Recorder) Read(b []byte) (int, error) {
	n, err := r.Port.Read(b)
	if n > 0 {
		r.say(Entry{Data: b[:n]})
	}
	if err == io.EOF {
		r.end("gone")
	}
	return n, err
}

// Write records first: an answer may be here before Write returns.
func (r *Recorder) Write(b []byte) (int, error) {
	if len(b) > 0 {
		r.sent(b)
	}
	n, err := r.Port.Write(b)
	if err != nil && n < len(b) {
		r.mu.Lock()
		r.write(fmt.Appendf(nil, "# the line took %d of these %d bytes\n", n, len(b)))
		r.mu.Unlock()
	}
	if err == io.EOF {
		r.end("gone")
	}
	return n, err
}

// Close closes the line; what it is recorded to stays open.
func (r *Recorder) Close() error {
	r.end("closed")
	return r.Port.Close()
}

func (r *Recorder) sent(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hide != nil {
		b = r.hide(b)
	}
	r.write(Entry{At: time.Since(r.began), Sent: true, Data: b}.append(nil))
}

// end records the first end only: what comes after it follows from it.
func (r *Recorder) end(how string) {
	r.mu.Lock()
	first := !r.ended
	r.ended = true
	r.mu.Unlock()
	if first {
		r.say(Entry{End: how})
	}
}

func (r *Recorder) say(e Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.At = time.Since(r.began)
	r.write(e.append(nil))
}

// write is called with the lock held, or before anybody else knows r.
func (r *Recorder) write(b []byte) {
	if r.err != nil {
		return
	}
	if _, err := r.to.Write(b); err != nil {
		r.err = fmt.Errorf("port: record: %w", err)
	}
}
