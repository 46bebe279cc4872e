package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

type emulateCmd struct {
	Device    string        `arg:"" enum:"terminal,printer,a4,scanner" help:"Which device: terminal (card payments), printer (receipts), a4, scanner."`
	Listen    string        `default:"tcp://127.0.0.1:0" help:"Where it is reached: tcp://host:port (port 0 takes a free one), or pty. a4 is always on tcp."`
	Dir       string        `required:"" help:"Folder for what it makes: the terminal's journal.jsonl, slips as PNG and bytes, pages as PDF; a scanner reads codes from the file scan in it." type:"path"`
	Fault     string        `help:"What is wrong with it, in one word; see --help-faults."`
	FaultFile string        `help:"File with that one word, read again and again: faults can be switched while it runs." type:"path"`
	Step      time.Duration `default:"700ms" help:"How long a step of the card terminal takes, such as presenting the card."`
	Faults    bool          `name:"help-faults" help:"List the device's faults and end."`
}

// Run plays the device until it is interrupted. The first line of its output is JSON: {"device","address"}, the address as the terminal's
// configuration wants it.
func (c emulateCmd) Run(h *hands) error {
	if c.Faults {
		return c.listFaults(h.out)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("emulate: %w", err)
	}
	if f := c.fault(); f != "" && !c.knows(f) {
		return fmt.Errorf("emulate: a %s has no fault %q; --help-faults lists them", c.Device, f)
	}
	switch c.Device {
	case "terminal":
		t, err := zvtemu.New(zvtemu.Opts{
			Serial: c.Listen == "pty", Journal: filepath.Join(c.Dir, "journal.jsonl"), Step: c.Step,
			Fault: func() zvtemu.Fault { return zvtemu.Fault(c.fault()) },
		})
		if err != nil {
			return err
		}
		return c.serve(h, "zvt", t.Serve)
	case "printer":
		p, err := escposemu.New(escposemu.Opts{Dir: c.Dir, Fault: func() escposemu.Fault { return escposemu.Fault(c.fault()) }})
		if err != nil {
			return err
		}
		return c.serve(h, "escpos", p.Serve)
	case "a4":
		return c.serveA4(h)
	default:
		return c.serve(h, "scan", c.scanner(h))
	}
}

func (c emulateCmd) faults() []string {
	var names []string
	switch c.Device {
	case "terminal":
		for _, f := range zvtemu.Faults() {
			names = append(names, string(f))
		}
	case "printer":
		for _, f := range escposemu.Faults() {
			names = append(names, string(f))
		}
	case "a4":
		for _, f := range ippemu.Faults() {
			names = append(names, string(f))
		}
	}
	return names
}

func (c emulateCmd) knows(fault string) bool {
	for _, f := range c.faults() {
		if f == fault {
			return true
		}
	}
	return false
}

func (c emulateCmd) listFaults(out io.Writer) error {
	for _, f := range c.faults() {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	return nil
}

// fault is what is wrong at this moment. A word that nobody knows, such as half a word while the file is written, counts as none.
func (c emulateCmd) fault() string {
	if c.FaultFile == "" {
		return c.Fault
	}
	text, err := os.ReadFile(c.FaultFile)
	word := strings.TrimSpace(string(text))
	if err != nil || !c.knows(word) {
		return ""
	}
	return word
}

// say prints where the device is reached.
func (c emulateCmd) say(h *hands, address string) error {
	return json.NewEncoder(h.out).Encode(map[string]string{"device": c.Device, "address": address})
}

// serve carries lines to a device until ctx ends: TCP connections one after the other, as such devices take them, or one pseudo terminal.
func (c emulateCmd) serve(h *hands, scheme string, device func(context.Context, port.Port) error) error {
	if c.Listen == "pty" {
		return c.servePTY(h, scheme, device)
	}
	ln, err := c.listen()
	if err != nil {
		return err
	}
	context.AfterFunc(h.ctx, func() { _ = ln.Close() })
	if err := c.say(h, scheme+"+tcp://"+ln.Addr().String()); err != nil {
		return err
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return ended(h.ctx, err)
		}
		if err := device(h.ctx, port.Conn(conn)); err != nil && h.ctx.Err() == nil {
			fmt.Fprintln(h.err, err) // the device goes on: the next connection is a new chance
		}
	}
}

// servePTY plays the device on pseudo terminals, one after the other: what a broken line leaves behind cannot be used again. The address
// stays the same, a link in the folder that names the one of the moment.
func (c emulateCmd) servePTY(h *hands, scheme string, device func(context.Context, port.Port) error) error {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("emulate: %w", err)
	}
	link := filepath.Join(dir, c.Device+".tty")
	for said := false; h.ctx.Err() == nil; {
		p, name, err := port.PTY()
		if err != nil {
			return fmt.Errorf("emulate: %w", err)
		}
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("emulate: %w", err)
		}
		if err := os.Symlink(name, link); err != nil {
			return fmt.Errorf("emulate: %w", err)
		}
		if !said {
			said = true
			if err := c.say(h, scheme+"+serial:"+link); err != nil {
				return err
			}
		}
		if err := device(h.ctx, p); err != nil && h.ctx.Err() == nil {
			fmt.Fprintln(h.err, err) // the device goes on: the next line is a new chance
		}
	}
	return nil
}

func (c emulateCmd) serveA4(h *hands) error {
	ln, err := c.listen()
	if err != nil {
		return err
	}
	if err := c.say(h, "ipp://"+ln.Addr().String()+"/ipp/print"); err != nil {
		return err
	}
	printer := ippemu.New(ippemu.Opts{Dir: c.Dir, Fault: func() ippemu.Fault { return ippemu.Fault(c.fault()) }})
	server := &http.Server{Handler: printer, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(h.err, "", 0)}
	context.AfterFunc(h.ctx, func() { _ = server.Close() })
	return ended(h.ctx, server.Serve(ln))
}

func (c emulateCmd) listen() (net.Listener, error) {
	at, ok := strings.CutPrefix(c.Listen, "tcp://")
	if !ok {
		return nil, fmt.Errorf("emulate: --listen wants tcp://host:port or pty")
	}
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("emulate: %w", err)
	}
	return ln, nil
}

// ended is nil when the device ended because it was told to.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// scanner gives a device that sends every new line of the file scan, and of standard input, as a scan that ends with CR. A code is sent once,
// whoever is connected; while nobody is, it waits.
func (c emulateCmd) scanner(h *hands) func(context.Context, port.Port) error {
	device := scanemu.New()
	show := func(code string) bool { return device.Show(h.ctx, strings.TrimRight(code, "\r\n")) == nil }
	go func() {
		for lines := bufio.NewScanner(h.in); lines.Scan() && show(lines.Text()); {
		}
	}()
	go follow(h.ctx, filepath.Join(c.Dir, "scan"), show)
	return device.Serve
}

// follow gives every line that is added to a file, and all lines of a file that was written anew, to show.
func follow(ctx context.Context, name string, show func(string) bool) {
	var at int64
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		text, err := os.ReadFile(name)
		if err != nil || int64(len(text)) < at {
			at = 0
			continue
		}
		end := bytes.LastIndexByte(text[at:], '\n') + 1
		for code := range strings.Lines(string(text[at : at+int64(end)])) {
			if !show(code) {
				return
			}
		}
		at += int64(end)
	}
}
