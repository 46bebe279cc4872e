package hardware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/pcsc"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Addresses names the devices of a desk. An empty address means that the device is not here.
type Addresses struct {
	Terminal string // zvt+tcp, zvt+serial
	Receipt  string // escpos+tcp, escpos+serial, escpos+file
	A4       string // ipp, ipps
	Scanner  string // scan+serial, scan+tcp
	Card     string // pcsc:
	EID      string // eid+ws, eid+emulated
	RFID     string // rfid+serial, rfid+tcp
	Sensor   string // presence+serial, presence+tcp
}

// Devices are a desk's devices; nil where there is none.
type Devices struct {
	Payer   visit.Payer
	Printer visit.Printer
	Sheets  visit.Sheets
	Scanner visit.Scanner
	Cards   visit.Cards
	Tags    visit.Tags
	Sensor  visit.Sensor
	EID     *EID
	IDs     visit.IDReader
	open    []io.Closer
	watch
}

// Fill puts the devices into a desk.
func (d *Devices) Fill(desk *visit.Desk) {
	desk.Payer, desk.Printer, desk.Sheets, desk.Scanner = d.Payer, d.Printer, d.Sheets, d.Scanner
	desk.Cards, desk.Tags, desk.Sensor = d.Cards, d.Tags, d.Sensor
	desk.IDs = d.IDs
}

// Close ends the connections, each once its device is free.
func (d *Devices) Close() error {
	var errs []error
	for _, c := range d.open {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// ErrAddress says that an address names no device that exists here. The address itself is not repeated: it may hold a password.
var ErrAddress = errors.New("hardware: not a device address")

// Open makes the devices. Nothing is connected yet, so it fails only with ErrAddress. now is the device's clock.
func Open(a Addresses, now func() time.Time) (*Devices, error) {
	d := &Devices{watch: watch{now: now, faults: map[visit.Part]visit.Fault{}}}
	for _, place := range []struct {
		name    string
		part    visit.Part
		address string
		put     func(dev any) bool
	}{
		{"terminal", visit.PartTerminal, a.Terminal, func(dev any) (ok bool) { d.Payer, ok = dev.(visit.Payer); return }},
		{"receipt printer", visit.PartReceipt, a.Receipt, func(dev any) (ok bool) { d.Printer, ok = dev.(visit.Printer); return }},
		{"a4 printer", visit.PartA4, a.A4, func(dev any) (ok bool) { d.Sheets, ok = dev.(visit.Sheets); return }},
		{"scanner", visit.PartScanner, a.Scanner, func(dev any) (ok bool) { d.Scanner, ok = dev.(visit.Scanner); return }},
		{"card reader", visit.PartCard, a.Card, func(dev any) (ok bool) { d.Cards, ok = dev.(visit.Cards); return }},
		{"identity card", visit.PartEID, a.EID, func(dev any) (ok bool) {
			if d.IDs, ok = dev.(visit.IDReader); !ok {
				d.EID, ok = dev.(*EID)
			}
			return
		}},
		{"tag reader", visit.PartRFID, a.RFID, func(dev any) (ok bool) { d.Tags, ok = dev.(visit.Tags); return }},
		{"presence sensor", visit.PartPresence, a.Sensor, func(dev any) (ok bool) { d.Sensor, ok = dev.(visit.Sensor); return }},
	} {
		if place.address == "" {
			continue
		}
		dev, err := device(place.address, now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place.name, err)
		}
		if !place.put(dev) {
			return nil, fmt.Errorf("%s: %w: it is the address of another kind of device", place.name, ErrAddress)
		}
		if c, ok := dev.(io.Closer); ok {
			d.open = append(d.open, c)
		}
		if l, ok := dev.(looker); ok {
			d.parts = append(d.parts, watched{place.part, l})
		}
	}
	return d, nil
}

// device lists what exists: one case for each kind of address.
func device(address string, now func() time.Time) (any, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be read", ErrAddress)
	}
	q := params{u.Query(), nil}
	line := func(ctx context.Context) (port.Port, error) { return port.Open(ctx, u) }
	switch u.Scheme {
	case "zvt+tcp", "zvt+serial":
		serial := u.Scheme == "zvt+serial"
		o := zvt.Opts{Password: q.text("password"), Lang: q.text("lang"), Width: q.number("width"), Serial: serial}
		if serial && u.Query().Get("stop") == "" { // PA00P016: two stop bits; who expects one is content with two
			with := u.Query()
			with.Set("stop", "2")
			u.RawQuery = with.Encode()
		}
		return NewPayer(line, o, now), q.done(serial)
	case "escpos+tcp", "escpos+serial", "escpos+file":
		profile, err := escpos.Named(q.text("profile"))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAddress, err)
		}
		o := escpos.Opts{Profile: profile, Columns: q.number("columns"), CodePage: byte(q.number("codepage")), NoQR: q.is("qr", "picture"), NoCut: q.is("cut", "no")}
		return NewPrinter(line, o), q.done(u.Scheme == "escpos+serial")
	case "ipp", "ipps":
		return NewSheets(ipp.New(&http.Client{Timeout: 30 * time.Second}, u, ipp.Opts{})), q.done(false)
	case "scan+serial", "scan+tcp":
		return NewScanner(line, scan.Opts{}), q.done(u.Scheme == "scan+serial")
	case "pcsc":
		return NewCards(card.New(pcsc.Service{}, card.Opts{})), q.done(false)
	case "eid+ws":
		e, err := NewEID(address, eid.Opts{})
		if err != nil {
			return nil, err
		}
		return e, q.done(false)
	case SchemeEmulatedID:
		return NewEmulatedID(u)
	case "rfid+serial", "rfid+tcp":
		model := rfid.Model(cmp.Or(q.text("model"), string(rfid.ID12)))
		if !slices.Contains(rfid.Models(), model) {
			return nil, fmt.Errorf("%w: model is one of %v", ErrAddress, rfid.Models())
		}
		return NewTags(line, rfid.Opts{Model: model, CRC: q.is("crc", "yes")}), q.done(u.Scheme == "rfid+serial")
	case "presence+serial", "presence+tcp":
		return NewSensor(line, presence.Opts{}), q.done(u.Scheme == "presence+serial")
	}
	return nil, fmt.Errorf("%w: there is no driver for %q", ErrAddress, u.Scheme)
}

// params reads an address's parameters and refuses the ones nobody knows: a typing error would otherwise be a printer that prints nonsense.
type params struct {
	q   url.Values
	err error
}

func (p *params) text(key string) string {
	s := p.q.Get(key)
	p.q.Del(key)
	return s
}

func (p *params) number(key string) int {
	s := p.text(key)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 255 {
		p.err = fmt.Errorf("%w: %s wants a number from 1 to 255", ErrAddress, key)
	}
	return n
}

func (p *params) is(key, word string) bool {
	s := p.text(key)
	if s != "" && s != word {
		p.err = fmt.Errorf("%w: %s is %s or left out", ErrAddress, key, word)
	}
	return s == word
}

func (p *params) done(serial bool) error {
	for key := range p.q {
		if key == "connect" || serial && slices.Contains([]string{"baud", "bits", "parity", "stop", "flow"}, key) {
			continue
		}
		return fmt.Errorf("%w: parameter %q is unknown", ErrAddress, key)
	}
	return p.err
}
