package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

type decodeCmd struct {
	ZVT decodeZVT `cmd:"" name:"zvt" help:"Bytes between till and card terminal."`
}

type decodeZVT struct {
	TCP    bool   `name:"tcp" xor:"line" help:"Bare messages, as over TCP (default)."`
	Serial bool   `name:"serial" xor:"line" help:"Frames, as over a serial line."`
	Hex    string `arg:"" help:"The bytes in hex, blanks allowed; - reads them from standard input."`
}

// message is what decode prints of one message, as a line of JSON.
type message struct {
	Sign     string        `json:"sign,omitempty"` // ACK, NAK or "damaged frame", on serial lines
	Command  string        `json:"command,omitempty"`
	Name     string        `json:"name,omitempty"`
	Data     string        `json:"data,omitempty"` // hex; left out where it may hold a card number
	Status   *zvt.Status   `json:"status,omitempty"`
	Progress *zvt.Progress `json:"progress,omitempty"`
	Print    *zvt.Print    `json:"print,omitempty"`
	Code     string        `json:"code,omitempty"`
	Means    string        `json:"means,omitempty"`
	Error    string        `json:"error,omitempty"`
}

// Run prints a line of JSON for each message. What is left over at the end is an error.
func (c decodeZVT) Run(h *hands) error {
	text := c.Hex
	if text == "-" {
		all, err := io.ReadAll(io.LimitReader(h.in, 4<<20))
		if err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		text = string(all)
	}
	b, err := hex.DecodeString(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, text))
	if err != nil {
		return errors.New("decode: these are no bytes in hex")
	}
	out := json.NewEncoder(h.out)
	if c.Serial {
		return decodeFrames(out, b)
	}
	for len(b) > 0 {
		a, n := zvt.ParseAPDU(b)
		if n == 0 {
			return fmt.Errorf("decode: the last message is cut off: %d bytes are left", len(b))
		}
		if err := out.Encode(explain(a)); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func decodeFrames(out *json.Encoder, b []byte) error {
	var d zvt.Deframer
	for _, c := range b {
		var m message
		switch event, a := d.Push(c); event {
		case zvt.More:
			continue
		case zvt.Framed:
			m = explain(a)
		case zvt.Damaged:
			m.Sign = "damaged frame"
		case zvt.Positive:
			m.Sign = "ACK"
		case zvt.Negative:
			m.Sign = "NAK"
		}
		if err := out.Encode(m); err != nil {
			return err
		}
	}
	if d.Inside() {
		return errors.New("decode: the last frame is cut off")
	}
	return nil
}

func explain(a zvt.APDU) message {
	m := message{Command: a.Command.String(), Name: commandName(a.Command)}
	if !holdsCards(a.Command) {
		m.Data = fmt.Sprintf("%X", a.Data)
	}
	fail := func(err error) {
		if err != nil {
			m.Error = err.Error()
		}
	}
	switch a.Command {
	case zvt.StatusInfo, zvt.Completion, zvt.Authorise:
		s, err := zvt.ParseStatus(a.Data)
		if fail(err); err == nil {
			m.Status = &s
			if s.HasResult {
				m.code(s.Result)
			}
		}
	case zvt.Intermediate:
		p, err := zvt.ParseProgress(a.Data)
		if fail(err); err == nil {
			m.Progress, m.Code, m.Means = &p, fmt.Sprintf("%02X", p.Code), zvt.StatusText("en", p.Code)
		}
	case zvt.PrintLine, zvt.PrintBlock:
		p, err := zvt.ParsePrint(a.Command, a.Data)
		if fail(err); err == nil {
			m.Print = &p
		}
	case zvt.Aborted:
		if len(a.Data) > 0 {
			m.code(a.Data[0])
		}
	default:
		if a.Command.Answer() && !a.Command.Positive() {
			m.code(a.Command.Code())
		}
	}
	return m
}

func (m *message) code(c byte) { m.Code, m.Means = fmt.Sprintf("%02X", c), zvt.ResultText(c) }

// holdsCards tells whether a message's data may hold a card's number or tracks.
func holdsCards(c zvt.Command) bool {
	switch c {
	case zvt.StatusInfo, zvt.Authorise, zvt.Reversal:
		return true
	}
	return false
}

func commandName(c zvt.Command) string {
	switch c {
	case zvt.Register:
		return "registration"
	case zvt.Authorise:
		return "authorisation"
	case zvt.LogOff:
		return "log-off"
	case zvt.Repeat:
		return "repeat receipt"
	case zvt.Reversal:
		return "reversal"
	case zvt.EndOfDay:
		return "end of day"
	case zvt.Enquire:
		return "status enquiry"
	case zvt.Abort:
		return "abort by the till"
	case zvt.SetClock:
		return "set clock"
	case zvt.StatusInfo:
		return "status information"
	case zvt.Intermediate:
		return "intermediate status"
	case zvt.Completion:
		return "completion"
	case zvt.Aborted:
		return "abort by the terminal"
	case zvt.PrintLine:
		return "print line"
	case zvt.PrintBlock:
		return "print block"
	}
	switch {
	case c.Positive():
		return "acknowledged"
	case c.Answer():
		return "refused"
	}
	return "unknown"
}
