package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tarm/serial"
)

// settings are what an address says of a serial line.
type settings struct {
	serial.Config
	flow string // "", "rtscts" or "xonxoff": tarm/serial knows none
}

// openSerial opens a serial line. tarm/serial sets it up; on Linux it is read through the runtime's poller afterwards, elsewhere in rounds.
func openSerial(ctx context.Context, name string, q url.Values) (Port, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	s, err := serialSettings(name, q)
	if err != nil {
		return nil, err
	}
	p, err := openPolled(s)
	if errors.Is(err, errors.ErrUnsupported) {
		p, err = openRounds(s)
	}
	if err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	return p, nil
}

func serialSettings(name string, q url.Values) (s settings, err error) {
	if name == "" {
		return s, fmt.Errorf("%w: serial wants a path", ErrAddress)
	}
	s.Name, s.ReadTimeout = name, round
	if s.Baud, err = number(q, "baud", 9600, 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600); err != nil {
		return s, err
	}
	bits, err := number(q, "bits", 8, 5, 6, 7, 8)
	if err != nil {
		return s, err
	}
	stop, err := number(q, "stop", 1, 1, 2)
	if err != nil {
		return s, err
	}
	s.Size, s.StopBits = byte(bits), serial.StopBits(stop)
	switch strings.ToLower(q.Get("parity")) {
	case "", "none", "n":
		s.Parity = serial.ParityNone
	case "even", "e":
		s.Parity = serial.ParityEven
	case "odd", "o":
		s.Parity = serial.ParityOdd
	default:
		return s, fmt.Errorf("%w: parity is none, even or odd", ErrAddress)
	}
	switch s.flow = strings.ToLower(q.Get("flow")); s.flow {
	case "none":
		s.flow = ""
	case "", "rtscts", "xonxoff":
	default:
		return s, fmt.Errorf("%w: flow is none, rtscts or xonxoff", ErrAddress)
	}
	return s, nil
}

const (
	round = 100 * time.Millisecond // one Read of tarm/serial on an idle line
	quick = 30 * time.Millisecond  // an empty answer that came sooner cannot be the idle timeout
)

// openRounds reads with tarm/serial itself, in rounds of 100 ms. It says io.EOF both for an idle line and for one that is gone; what differs is
// the time: idle takes a round, a line that is gone answers at once.
func openRounds(s settings) (Port, error) {
	p, err := serial.OpenPort(&s.Config)
	if err != nil {
		return nil, err
	}
	if s.flow != "" {
		if err := setFlow(s.Name, s.flow); err != nil {
			_ = p.Close()
			return nil, fmt.Errorf("flow control: %w", err)
		}
	}
	empty := 0
	return newDevice(p, func(b []byte) (int, error) {
		start := time.Now()
		n, err := p.Read(b)
		switch {
		case n > 0:
			empty = 0
			return n, nil
		case err != nil && err != io.EOF:
			return 0, err
		case time.Since(start) > quick:
			empty = 0
			if _, err := os.Stat(s.Name); err != nil { // an adapter that was pulled takes its node along
				return 0, io.EOF
			}
			return 0, nil
		}
		if empty++; empty >= 3 { // once may be a signal's doing
			return 0, io.EOF
		}
		return 0, nil
	}, func() { _ = p.Flush() }), nil
}
