package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence/presenceemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
)

type emulateCmd struct {
	Device    string        `arg:"" enum:"terminal,printer,a4,scanner,rfid,presence,card,eid" help:"Which device: terminal (card payments), printer (receipts), a4, scanner, rfid (tag reader), presence (sensor), card (one on vpcd's virtual reader), eid (AusweisApp with an identity card)."`
	Listen    string        `default:"tcp://127.0.0.1:0" help:"Where it is reached: tcp://host:port (port 0 takes a free one), or pty. a4 and eid are always on tcp. A card goes to where vpcd listens, tcp://127.0.0.1:35963 if nothing is said."`
	Dir       string        `required:"" help:"Folder for what it makes: the terminal's journal.jsonl, slips as PNG and bytes, pages as PDF. What is to be shown to it is a line in a file there, or of standard input: codes for a scanner in scan, tags' numbers in tag, somebody or nobody in presence, the sort of card in card." type:"path"`
	Model     rfid.Model    `enum:"id12,twn4" default:"id12" help:"Of rfid: id12 or twn4."`
	Fault     string        `help:"What is wrong with it, in one word; see --help-faults."`
	FaultFile string        `help:"File with that one word, read again and again: faults can be switched while it runs." type:"path"`
	Step      time.Duration `default:"700ms" help:"How long a step of the card terminal or of AusweisApp takes, such as presenting the card."`
	Demo      bool          `help:"Of printer and a4: keep what is printed as it is, for a demo town: a slip is the key to its post. Otherwise the codes and pictures of slips are blotted out, and pages are thrown away."`
	Faults    bool          `name:"help-faults" help:"List the device's faults and end."`
}

// Run plays the device until it is interrupted. The first line of its output is JSON: {"device","address"}, the address as the terminal's
// configuration wants it.
func (c emulateCmd) Run(h *hands) error {
	if c.Faults {
		for _, f := range c.faults() {
			if _, err := fmt.Fprintln(h.out, f); err != nil {
				return err
			}
		}
		return nil
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("emulate: %w", err)
	}
	if f := c.fault(); f != "" && !slices.Contains(c.faults(), f) {
		return fmt.Errorf("emulate: a %s has no fault %q; --help-faults lists them", c.Device, f)
	}
	switch c.Device {
	case "terminal":
		now, err := clock.Town()
		if err != nil {
			return err
		}
		t, err := zvtemu.New(zvtemu.Opts{Now: now, Serial: c.Listen == "pty", Journal: filepath.Join(c.Dir, "journal.jsonl"), Step: c.Step, Fault: word[zvtemu.Fault](c)})
		if err != nil {
			return err
		}
		return c.serve(h, "zvt", t.Serve)
	case "printer":
		p, err := escposemu.New(escposemu.Opts{Dir: c.Dir, Fault: word[escposemu.Fault](c)})
		if err != nil {
			return err
		}
		if c.Demo {
			return c.serve(h, "escpos", p.Serve)
		}
		return c.serve(h, "escpos", func(ctx context.Context, line port.Port) error { return p.Serve(ctx, &blotted{Port: line}) })
	case "a4":
		dir := c.Dir
		if !c.Demo {
			dir = ""
		}
		return c.serveHTTP(h, "ipp://%s/ipp/print", ippemu.New(ippemu.Opts{Dir: dir, Fault: word[ippemu.Fault](c)}))
	case "eid":
		return c.serveHTTP(h, "eid+ws://%s/eID-Kernel", eidemu.New(eidemu.Opts{Step: c.Step, Fault: word[eidemu.Fault](c)}))
	case "rfid":
		return c.serve(h, "rfid", c.tags(h))
	case "presence":
		return c.serve(h, "presence", c.sensor(h))
	case "card":
		return c.cards(h)
	}
	return c.serve(h, "scan", c.scanner(h))
}

// blotted is a line whose device does not get to read what a slip keeps secret.
type blotted struct {
	port.Port
	hide escpos.Hide
}

func (b *blotted) Read(into []byte) (int, error) {
	n, err := b.Port.Read(into)
	copy(into, b.hide.Bytes(into[:n]))
	return n, err
}

// Gone is the line's.
func (b *blotted) Gone() <-chan struct{} { return port.Gone(b.Port) }

// listenAnywhere is what --listen says if nobody says anything.
const listenAnywhere = "tcp://127.0.0.1:0"

// faults are the words that the device knows.
func (c emulateCmd) faults() []string {
	switch c.Device {
	case "terminal":
		return words(zvtemu.Faults())
	case "printer":
		return words(escposemu.Faults())
	case "a4":
		return words(ippemu.Faults())
	case "scanner":
		return words(scanemu.Faults())
	case "rfid":
		return words(rfidemu.Faults())
	case "presence":
		return words(presenceemu.Faults())
	case "card":
		return words(cardemu.Faults())
	case "eid":
		return words(eidemu.Faults())
	}
	return nil
}

func words[F ~string](all []F) []string {
	var out []string
	for _, f := range all {
		out = append(out, string(f))
	}
	return out
}

// word is the fault of the moment, for an emulator's options.
func word[F ~string](c emulateCmd) func() F { return func() F { return F(c.fault()) } }

// fault is what is wrong at this moment. A word that nobody knows, such as half a word while the file is written, counts as none.
func (c emulateCmd) fault() string {
	if c.FaultFile == "" {
		return c.Fault
	}
	text, err := os.ReadFile(c.FaultFile)
	word := strings.TrimSpace(string(text))
	if err != nil || !slices.Contains(c.faults(), word) {
		return ""
	}
	return word
}

// serve plays a device on a line.
func (c emulateCmd) serve(h *hands, scheme string, device func(context.Context, port.Port) error) error {
	at := place{scheme, c.Listen, filepath.Join(c.Dir, c.Device+".tty")}
	return at.serve(h.ctx, false, h.address(c.Device), device, h.trouble)
}

// serveHTTP plays a device that is spoken to by HTTP. address has a place for host and port.
func (c emulateCmd) serveHTTP(h *hands, address string, device http.Handler) error {
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	if err := h.address(c.Device)(fmt.Sprintf(address, ln.Addr())); err != nil {
		return err
	}
	server := &http.Server{Handler: device, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(h.err, "", 0)}
	context.AfterFunc(h.ctx, func() { _ = server.Close() })
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
