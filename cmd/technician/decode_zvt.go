package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

type decodeZVT struct {
	TCP    bool   `name:"tcp" xor:"line" help:"Bare messages, as over TCP (default)."`
	Serial bool   `name:"serial" xor:"line" help:"Frames, as over a serial line."`
	Bytes  string `arg:"" name:"hex|file" help:"The bytes in hex, blanks allowed; or a file with such hex; or a recording made with --record; - reads one of them from standard input."`
}

// message is what decode zvt prints of one message.
type message struct {
	Offset  int     `json:"offset"`         // of its first byte; in a recording, among what this side said
	From    string  `json:"from,omitempty"` // in a recording: till or terminal
	Seconds float64 `json:"seconds,omitempty"`
	Sign    string  `json:"sign,omitempty"` // ACK, NAK or "damaged frame", on serial lines; nothing else is there then
	Command string  `json:"command,omitempty"`
	Name    string  `json:"name,omitempty"`
	Code    string  `json:"code,omitempty"` // of an answer 84 xx, an abort, a result
	Means   string  `json:"means,omitempty"`
	Fields  []field `json:"fields,omitempty"`
	Error   string  `json:"error,omitempty"`  // what is wrong with the message
	Broken  int     `json:"broken,omitempty"` // offset of the byte where it stops making sense, counted as offset is
}

// field is a piece of a message. What may be a password or a card's number is hidden.
type field struct {
	ID     string  `json:"id,omitempty"`
	Name   string  `json:"name,omitempty"` // missing for what the documents do not know
	Cents  *int64  `json:"cents,omitempty"`
	Value  string  `json:"value,omitempty"`
	Hex    string  `json:"hex,omitempty"`
	Fields []field `json:"fields,omitempty"`
}

// Run prints an object for each message. A message that is broken or cut off is printed up to there, and is an error that says where.
func (c decodeZVT) Run(h *hands) error {
	text := []byte(c.Bytes)
	b, err := unhex(text)
	if err != nil || c.Bytes == "-" {
		if _, missing := os.Stat(c.Bytes); missing != nil && c.Bytes != "-" {
			return errHex
		}
		if text, err = content(h, c.Bytes); err != nil {
			return err
		}
		if isRecording(text) {
			return c.recording(h, text)
		}
		if b, err = unhex(text); err != nil {
			return err
		}
	}
	r := reader{serial: c.Serial, print: h.print}
	return r.end(r.push(b))
}

// recording reads both sides of a recorded line.
func (c decodeZVT) recording(h *hands, text []byte) error {
	script, err := port.ReadRecording(bytes.NewReader(text))
	if err != nil {
		return err
	}
	sides := map[bool]*reader{true: {serial: c.Serial, print: h.print, from: "till"}, false: {serial: c.Serial, print: h.print, from: "terminal"}}
	for _, e := range script {
		if e.End != "" {
			continue
		}
		r := sides[e.Sent]
		r.seconds = e.At.Seconds()
		if err := r.push(e.Data); err != nil {
			return err
		}
	}
	for _, sent := range []bool{true, false} {
		if err := sides[sent].end(nil); err != nil {
			return err
		}
	}
	return nil
}

// reader finds messages in what one side says.
type reader struct {
	serial  bool
	from    string
	seconds float64
	print   func(any) error
	frames  zvt.Deframer
	at      int // bytes read
	begin   int // of the frame that has begun
	buf     []byte
	broken  error // the first broken message
}

func (r *reader) push(b []byte) error {
	if r.serial {
		return r.pushFrames(b)
	}
	r.buf = append(r.buf, b...)
	for len(r.buf) > 0 {
		if _, n := zvt.ParseAPDU(r.buf); n == 0 {
			return nil
		}
		n, err := r.say(r.buf, r.at)
		if err != nil {
			return err
		}
		r.buf, r.at = r.buf[n:], r.at+n
	}
	return nil
}

// frameBegins is DLE, the first sign of a frame (P016 3.1).
const frameBegins = 0x10

func (r *reader) pushFrames(b []byte) error {
	for _, c := range b {
		event, a := r.frames.Push(c)
		r.at++
		sign := ""
		switch event {
		case zvt.Framed:
			if _, err := r.say(a.Append(nil), r.begin); err != nil {
				return err
			}
		case zvt.Damaged:
			sign = "damaged frame"
			if r.broken == nil {
				r.broken = fmt.Errorf("decode: the frame that begins at byte %d is damaged", r.begin)
			}
		case zvt.Positive:
			sign = "ACK"
		case zvt.Negative:
			sign = "NAK"
		}
		if sign != "" {
			if err := r.print(message{Offset: r.begin, From: r.from, Seconds: r.seconds, Sign: sign}); err != nil {
				return err
			}
		}
		switch {
		case r.frames.Inside():
		case event == zvt.More && c == frameBegins: // perhaps
			r.begin = r.at - 1
		default:
			r.begin = r.at
		}
	}
	return nil
}

// say prints the message at the beginning of b, which stands at that offset.
func (r *reader) say(b []byte, offset int) (n int, err error) {
	m, n := zvt.Explain(b)
	out := message{Offset: offset, From: r.from, Seconds: r.seconds, Command: m.Command, Name: m.Name, Code: m.Code, Means: m.Means, Fields: fields(m.Parts), Error: m.Error}
	if m.Error != "" {
		out.Broken = offset + m.Offset
		if r.broken == nil {
			r.broken = fmt.Errorf("decode: byte %d: %s", out.Broken, m.Error)
			if r.serial { // doubled bytes do not count inside a frame
				r.broken = fmt.Errorf("decode: the frame that begins at byte %d, byte %d of its message: %s", offset, m.Offset, m.Error)
			}
		}
	}
	return n, r.print(out)
}

// end is the error that decode ends with: err, what is broken, or what is left over.
func (r *reader) end(err error) error {
	switch {
	case err != nil:
		return err
	case r.serial && r.frames.Inside():
		return fmt.Errorf("decode: the frame that begins at byte %d is cut off", r.begin)
	case len(r.buf) > 0:
		if _, err := r.say(r.buf, r.at); err != nil {
			return err
		}
	}
	return r.broken
}

func fields(parts []zvt.Part) []field {
	var all []field
	for _, p := range parts {
		f := field{ID: p.ID, Name: p.Name, Value: p.Value, Hex: p.Hex, Fields: fields(p.Parts)}
		if p.ID == "04" { // amount
			if b, err := hex.DecodeString(p.Hex); err == nil {
				if n, err := zvt.BCD(b); err == nil {
					f.Cents, f.Value = &n, ""
				}
			}
		}
		all = append(all, f)
	}
	return all
}
