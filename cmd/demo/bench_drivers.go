package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// fullStatus is a status information in which the card terminal says everything that it can say of a payment.
func fullStatus() zvt.Status {
	return zvt.Status{
		HasResult: true, Amount: 3070, Trace: 4711, OriginalTrace: 4710, Receipt: 815, Turnover: 816, TerminalID: "65000028", Date: "1124", Time: "102300",
		CardType: 5, CardName: "girocard", PaymentType: 0x70, Currency: "0978", Contract: "455600123456789", Authorisation: "A1B2C3D4", Text: "Genehmigt 0000",
		TLV: []zvt.TLV{
			{Tag: zvt.TagLongTrace, Value: []byte{0x00, 0x47, 0x11}},
			zvt.Container(zvt.TagDisplayTexts, zvt.TLV{Tag: zvt.TagText, Value: zvt.Encode("Zahlung erfolgt")}),
		},
	}
}

// status counts what decoding a full status information leaves to the collector.
func (b *bench) status(context.Context, string) error {
	said := fullStatus()
	data := said.Append(nil)
	if heard, err := zvt.ParseStatus(data); err != nil || !reflect.DeepEqual(heard, said) {
		return errors.Join(err, fmt.Errorf("%+v was said, %+v understood", said, heard))
	}
	decode := func() error { _, err := zvt.ParseStatus(data); return err }
	var allocs []float64
	for range b.rounds {
		allocs = append(allocs, testing.AllocsPerRun(1000, func() { _ = decode() }))
	}
	took, _, err := b.turns(20_000, decode, nil)
	if err != nil {
		return err
	}
	b.add("card terminal's status decoded", "allocs", allocs, nil, "", "<= 10", func(ours, _ float64) bool { return ours <= 10 },
		fmt.Sprintf("%d bytes in %.2f us; nothing else that decodes them is known", len(data), median(took)))
	return nil
}

// payment measures our share of a payment: the card terminal answers at once, with what an emulated one said before. The peer is the machine's own
// limit, all those bytes there and back once.
func (b *bench) payment(ctx context.Context, _ string) error {
	t, err := recordPayment(ctx)
	if err != nil {
		return err
	}
	terminal, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer terminal.Close()
	driver, device, turns := t.played()
	playing := make(chan error, 1)
	go func() {
		line, err := terminal.Accept()
		if err == nil {
			err = t.play(line)
			_ = line.Close()
		}
		playing <- err
	}()
	line, err := port.Open(ctx, &url.URL{Scheme: "tcp", Host: terminal.Addr().String()})
	if err != nil {
		return err
	}
	dev := zvt.New(line, zvt.Opts{})
	defer dev.Close()
	if err := dev.Register(ctx); err != nil {
		return errors.Join(err, <-playing)
	}
	bare, stop, err := roundTrip(driver, device)
	if err != nil {
		return err
	}
	defer stop()
	const times = 100
	var ours, theirs []float64
	for range b.rounds {
		pay, _, err := b.turns(times, func() error { return paid(ctx, dev) }, nil)
		if err != nil {
			return errors.Join(err, dev.Close(), <-playing)
		}
		trip, _, err := b.turns(times, bare, nil)
		if err != nil {
			return err
		}
		ours, theirs = append(ours, median(pay)), append(theirs, median(trip))
	}
	b.add("our share of a card payment", "us", ours, theirs, "one TCP round trip of its bytes", "ratio <= 20",
		func(_, ratio float64) bool { return ratio <= 20 }, fmt.Sprintf("%d messages, %d bytes", turns, driver+device))
	return nil
}

func paid(ctx context.Context, dev *zvt.Dev) error {
	r, err := dev.Pay(ctx, 3070, zvt.Watch{Status: func(zvt.Status) error { return nil }})
	if err == nil && !r.Done {
		err = errors.New("the payment was not taken")
	}
	return err
}

// recordPayment lets an emulated terminal take a payment, and marks where it begins.
func recordPayment(ctx context.Context) (*tape, error) {
	terminal, err := zvtemu.New(zvtemu.Opts{})
	if err != nil {
		return nil, err
	}
	near, far := port.Pipe()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { _ = terminal.Serve(ctx, far) }()
	t := &tape{Port: near}
	dev := zvt.New(t, zvt.Opts{})
	defer dev.Close()
	if err := dev.Register(ctx); err != nil {
		return nil, err
	}
	t.mark()
	return t, paid(ctx, dev)
}

// roundTrip sends so many bytes over TCP to a place of this machine that sends so many back.
func roundTrip(there, back int) (once func() error, stop func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	go func() {
		line, err := ln.Accept()
		if err != nil {
			return
		}
		defer line.Close()
		in, out := make([]byte, there), make([]byte, back)
		for {
			if _, err := io.ReadFull(line, in); err != nil {
				return
			}
			if _, err := line.Write(out); err != nil {
				return
			}
		}
	}()
	line, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		_ = ln.Close()
		return nil, nil, err
	}
	out, in := make([]byte, there), make([]byte, back)
	return func() error {
			if _, err := line.Write(out); err != nil {
				return err
			}
			_, err := io.ReadFull(line, in)
			return err
		}, func() {
			_ = line.Close()
			_ = ln.Close()
		}, nil
}

// idleCmd opens drivers on the lines given and does nothing. It prints the milliseconds of processor time that this took.
type idleCmd struct {
	Terminal string        `help:"A card terminal, zvt+tcp://..." default:""`
	Receipt  string        `help:"A receipt printer, escpos+tcp://..." default:""`
	Scanner  string        `help:"A scanner, scan+serial:..." default:""`
	Tags     string        `help:"A tag reader that speaks by itself, rfid+serial:..." default:""`
	Sensor   string        `help:"A presence sensor, presence+serial:..." default:""`
	Bare     string        `help:"A serial line that is only read, without a driver: what waking up costs on this machine." default:""`
	For      time.Duration `help:"How long." default:"60s"`
}

// Run waits.
func (c *idleCmd) Run(ctx context.Context) error {
	for _, one := range []struct {
		address string
		hold    func(port.Port) (io.Closer, error)
	}{
		{c.Terminal, func(p port.Port) (io.Closer, error) { d := zvt.New(p, zvt.Opts{}); return d, d.Register(ctx) }},
		{c.Receipt, func(p port.Port) (io.Closer, error) {
			d := escpos.New(p, escpos.Opts{})
			_, err := d.Status(ctx)
			return d, err
		}},
		{c.Scanner, func(p port.Port) (io.Closer, error) {
			d := scan.New(p, scan.Opts{})
			go func() { _, _ = d.Read(ctx) }() // waits for a code that nobody shows
			return d, nil
		}},
		{c.Tags, func(p port.Port) (io.Closer, error) {
			d := rfid.New(p, rfid.Opts{})
			go func() { _, _ = d.Read(ctx) }() // waits for a tag that nobody holds there
			return d, nil
		}},
		{c.Sensor, func(p port.Port) (io.Closer, error) {
			d := presence.New(p, presence.Opts{})
			go func() {
				for ctx.Err() == nil {
					if _, err := d.Next(ctx); err != nil { // nobody comes
						return
					}
				}
			}()
			return d, nil
		}},
	} {
		if one.address == "" {
			continue
		}
		u, err := url.Parse(one.address)
		if err != nil {
			return err
		}
		line, err := port.Open(ctx, u)
		if err != nil {
			return err
		}
		d, err := one.hold(line)
		if err != nil {
			return err
		}
		defer d.Close()
	}
	if c.Bare != "" {
		f, err := os.OpenFile(c.Bare, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		go func() { _, _ = io.Copy(io.Discard, f) }()
	}
	wait := func(d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	wait(time.Second) // what the start left to do
	before, err := used()
	if err != nil {
		return err
	}
	wait(c.For)
	after, err := used()
	if err != nil {
		return err
	}
	fmt.Println(ms(after - before))
	return ctx.Err()
}

// used is the processor time of this process, far finer than the kernel's clock ticks.
func used() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// idle measures what drivers cost while nobody uses their devices, for a minute, beside the same program without drivers.
func (b *bench) idle(ctx context.Context, work string) error {
	t, err := newTown(b.bin, filepath.Join(work, "idle"))
	if err != nil {
		return err
	}
	defer t.Close()
	devices, err := t.startDevices(ctx)
	if err != nil {
		return err
	}
	for name, kind := range map[string]string{"rfid": "rfid", "presence": "presence", "bare": "presence"} {
		if devices[name], err = t.emulate(ctx, kind, "pty", filepath.Join(work, name)); err != nil {
			return err
		}
	}
	line, err := url.Parse(devices["bare"])
	if err != nil {
		return err
	}
	type said struct {
		ms  float64
		err error
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	start := func(args ...string) chan said {
		done := make(chan said, 1)
		go func() {
			out, err := exec.CommandContext(ctx, self, append([]string{"idle"}, args...)...).Output()
			if err != nil {
				done <- said{err: err}
				return
			}
			n, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			done <- said{n, err}
		}()
		return done
	}
	with := start("--terminal", devices["terminal"], "--receipt", devices["receipt"], "--scanner", devices["scanner"], "--tags", devices["rfid"])
	beats := start("--sensor", devices["presence"])
	without, bare := start(), start("--bare", line.Path)
	ours, sensor, theirs, read := <-with, <-beats, <-without, <-bare
	if err := errors.Join(ours.err, sensor.err, theirs.err, read.err); err != nil {
		return err
	}
	b.add("idle drivers, processor time", "ms/min", []float64{ours.ms}, []float64{theirs.ms}, "the same program without drivers", "< 10, one tick",
		func(ours, _ float64) bool { return ours < 10 }, "card terminal, printer, scanner, tag reader")
	b.add("a sensor that says a word a second", "ms/min", []float64{sensor.ms}, []float64{read.ms}, "the same words read without a driver", "< 60, 0.1 % of a core",
		func(ours, _ float64) bool { return ours < 60 }, "60 heartbeats")
	return nil
}
