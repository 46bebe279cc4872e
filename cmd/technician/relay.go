package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// place is where a device is played: a TCP port, or a pseudo terminal behind a link whose name stays.
type place struct {
	scheme string // the driver's: zvt, escpos ...
	listen string // tcp://host:port or pty
	link   string // for pty
}

// serve carries lines to a device until ctx ends or once is done: TCP connections one after the other, as such devices take them, or one pseudo
// terminal after the other. say is told the address as soon as somebody can come. What goes wrong with one line is told to trouble.
func (at place) serve(ctx context.Context, once bool, say func(address string) error, device func(context.Context, port.Port) error, trouble func(error)) error {
	next, address, closer, err := at.open()
	if err != nil {
		return err
	}
	defer closer()
	stop := context.AfterFunc(ctx, closer)
	defer stop()
	for said := false; ctx.Err() == nil; {
		p, err := next(func() error {
			if said {
				return nil
			}
			said = true
			return say(address)
		})
		if err != nil {
			return ended(ctx, err)
		}
		err = device(ctx, p)
		if once {
			return ended(ctx, err)
		}
		if err != nil && ctx.Err() == nil {
			trouble(err) // the device goes on: the next line is a new chance
		}
	}
	return nil
}

// open gives a function that waits for the next line; it calls ready when somebody can come.
func (at place) open() (next func(ready func() error) (port.Port, error), address string, closer func(), err error) {
	if at.listen == "pty" {
		link, err := filepath.Abs(at.link)
		if err != nil {
			return nil, "", nil, fmt.Errorf("listen: %w", err)
		}
		return func(ready func() error) (port.Port, error) {
			// What a broken line leaves behind in a pseudo terminal cannot be used again: each line is a new one.
			p, name, err := port.PTY()
			if err != nil {
				return nil, err
			}
			if err := errors.Join(relink(name, link), ready()); err != nil {
				_ = p.Close()
				return nil, err
			}
			return p, nil
		}, at.scheme + "+serial:" + link, func() {}, nil
	}
	ln, err := listen(at.listen)
	if err != nil {
		return nil, "", nil, err
	}
	return func(ready func() error) (port.Port, error) {
		if err := ready(); err != nil {
			return nil, err
		}
		conn, err := ln.Accept()
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		return port.Conn(conn), nil
	}, at.scheme + "+tcp://" + ln.Addr().String(), func() { _ = ln.Close() }, nil
}

func relink(name, link string) error {
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("listen: %w", err)
	}
	if err := os.Symlink(name, link); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

func listen(address string) (net.Listener, error) {
	at, ok := strings.CutPrefix(address, "tcp://")
	if !ok {
		return nil, errors.New("--listen wants tcp://host:port or pty")
	}
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return ln, nil
}

// ended is nil when something ended because it was told to.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// pump carries bytes both ways until one side ends or ctx does, and closes both. The end of a line is no error.
func pump(ctx context.Context, a, b port.Port) error {
	stop := context.AfterFunc(ctx, func() { _, _ = a.Close(), b.Close() })
	defer stop()
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i, way := range [2][2]port.Port{{a, b}, {b, a}} {
		both.Go(func() {
			_, err := io.Copy(way[1], way[0])
			if err != nil && err != io.EOF && !errors.Is(err, os.ErrClosed) {
				errs[i] = err
			}
			_, _ = a.Close(), b.Close() // whoever ends first ends both
		})
	}
	both.Wait()
	return errors.Join(errs...)
}

// tapCmd stands between a program and a device.
type tapCmd struct {
	URL    string `required:"" name:"url" placeholder:"ADDRESS" help:"The device's address as in kiosk.yaml."`
	Listen string `default:"tcp://127.0.0.1:0" help:"Where the program reaches it instead: tcp://host:port (port 0 takes a free one), or pty for devices on a serial line."`
	Link   string `default:"tap.tty" type:"path" help:"With pty: the name under which it is found."`
	recording
}

// Run carries what program and device say to each other, one connection after the other; the first one is recorded.
func (c tapCmd) Run(h *hands) error {
	u, err := deviceURL(c.URL)
	if err != nil {
		return err
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	if kind == "" {
		return errors.New("tap: --url wants the address of a device on a line, such as zvt+tcp://host:port or scan+serial:/dev/ttyACM0")
	}
	rec := c.recording
	return place{scheme, c.Listen, c.Link}.serve(h.ctx, false, h.address(scheme), func(ctx context.Context, p port.Port) error {
		line, err := rec.open(ctx, u)
		if err != nil {
			_ = p.Close()
			return err
		}
		rec.Record = ""
		return pump(ctx, p, line)
	}, h.trouble)
}

// replayCmd plays a device out of a recording.
type replayCmd struct {
	File   string `arg:"" type:"existingfile" help:"A recording, made with --record."`
	Listen string `default:"tcp://127.0.0.1:0" help:"Where the program reaches it: tcp://host:port (port 0 takes a free one), or pty for devices on a serial line."`
	Link   string `default:"replay.tty" type:"path" help:"With pty: the name under which it is found."`
	Driver string `default:"zvt" help:"First word of the address that is printed: zvt, escpos, scan, rfid, presence."`
}

// played is what replay prints in the end.
type played struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"` // with the line of the recording
}

// afterword is how long a replay waits, at its end, whether the program says more than was recorded.
const afterword = 500 * time.Millisecond

// Run waits for a program, plays the recording to it, and says whether the program said what was said then.
func (c replayCmd) Run(h *hands) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	script, err := port.ReadRecording(file)
	_ = file.Close() // it was only read
	if err != nil {
		return fmt.Errorf("replay: %s: %w", c.File, err)
	}
	return place{c.Driver, c.Listen, c.Link}.serve(h.ctx, true, h.address(c.Driver), func(ctx context.Context, p port.Port) error {
		r := port.NewReplay(script)
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() { // the playing end of a pseudo terminal never hears that the program hung up
			select {
			case <-r.Over():
				time.AfterFunc(afterword, stop)
			case <-ctx.Done():
			}
		}()
		_ = pump(ctx, p, r) // what is wrong is what Done says
		err := r.Done()
		result := played{OK: err == nil}
		if err != nil {
			result.Error = err.Error()
		}
		return errors.Join(h.print(result), err)
	}, h.trouble)
}

// deviceURL reads a device's address. It is never repeated in an error: it may hold a password.
func deviceURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil, errors.New("this is no device address such as zvt+tcp://10.0.0.7:20007")
	}
	return u, nil
}
