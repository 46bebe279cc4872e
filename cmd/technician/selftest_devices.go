package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/pcsc"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// errNeeds says that a terminal answers and wants something done first.
var errNeeds = errors.New("selftest: card terminal needs")

func testTerminal(ctx context.Context, address string, f *finding) (err error) {
	u, o, err := zvtAddress(address)
	if err != nil {
		return err
	}
	p, err := port.Open(ctx, u)
	if err != nil {
		return err
	}
	dev := zvt.New(p, o)
	defer func() { err = errors.Join(err, dev.Close()) }()
	if err := dev.Register(ctx); err != nil {
		var no *zvt.Refusal
		f.Present = errors.As(err, &no)
		return err
	}
	f.Present = true
	info := described(dev.Info())
	f.Device = info.ID
	s, err := dev.State(ctx, zvt.Watch{})
	var no *zvt.Refusal
	switch {
	case errors.As(err, &no) && no.Code == zvt.CodeImpossible: // it does not know the question, but it answers
	case err != nil:
		return err
	default:
		t := stated(s)
		f.Firmware, f.Serial, f.Status = t.Software, t.Serial, t.State
		if t.Device != "" {
			f.Device = strings.TrimSpace(t.Device + " " + f.Device)
		}
		if s.Code != zvt.StateCode(0) {
			return fmt.Errorf("%w: %s", errNeeds, t.State)
		}
	}
	if len(info.Needs) > 0 {
		return fmt.Errorf("%w: %s", errNeeds, strings.Join(info.Needs, ", "))
	}
	return nil
}

func testReceipt(ctx context.Context, address string, f *finding) (err error) {
	u, err := deviceURL(address)
	if err != nil {
		return err
	}
	o, err := escposOpts(u.Query())
	if err != nil {
		return err
	}
	p, err := port.Open(ctx, u)
	if err != nil {
		return err
	}
	dev := escpos.New(p, o)
	defer func() { err = errors.Join(err, dev.Close()) }()
	s, err := dev.Status(ctx)
	if err != nil {
		return err
	}
	f.Present = true
	if err := s.Err(); err != nil {
		return err // out of paper, it would not say its name either
	}
	if maker, model, err := dev.Model(ctx); err == nil { // not every printer says it
		f.Device = strings.TrimSpace(maker + " " + model)
	}
	if s.PaperLow {
		return errPaperLow
	}
	return nil
}

// errPaperLow says that a printer prints, and not for long.
var errPaperLow = errors.New("selftest: paper is near its end")

func testA4(ctx context.Context, address string, f *finding) error {
	u, err := deviceURL(address)
	if err != nil {
		return err
	}
	dev := ipp.New(&http.Client{}, u, ipp.Opts{})
	info, err := dev.Info(ctx)
	if err != nil {
		return err
	}
	f.Present, f.Device, f.Firmware = true, info.Model, info.Firmware
	if f.Device == "" {
		f.Device = info.Name
	}
	return dev.Ready(ctx)
}

// testLine opens the line of a device that says nothing of itself.
func testLine(ctx context.Context, address string, f *finding) error {
	u, err := deviceURL(address)
	if err != nil {
		return err
	}
	p, err := port.Open(ctx, u)
	if err != nil {
		return err
	}
	f.Present = true
	return p.Close()
}

func testCards(ctx context.Context, _ string, f *finding) (err error) {
	dev := card.New(pcsc.Service{}, card.Opts{})
	defer func() { err = errors.Join(err, dev.Close()) }()
	readers, err := dev.Look(ctx)
	if err != nil {
		return err
	}
	f.Present, f.Device = true, strings.Join(readers, ", ")
	return nil
}

// errReader says that AusweisApp has no reader.
var errReader = errors.New("selftest: AusweisApp sees no card reader")

func testEID(ctx context.Context, address string, f *finding) error {
	if _, err := eid.ParseAddress(address); err != nil {
		return err
	}
	r, err := eid.New(&websocket.Dialer{}, address, eid.Opts{}).Info(ctx)
	if err != nil {
		return err
	}
	f.Present, f.Firmware = true, strings.TrimSpace("AusweisApp "+r.Info.Version)
	var names []string
	for _, reader := range r.Readers {
		if reader.Attached && reader.Name != "Simulator" {
			names = append(names, reader.Name)
		}
	}
	if f.Device = strings.Join(names, ", "); f.Device == "" {
		return errReader
	}
	return nil
}

func testTags(ctx context.Context, address string, f *finding) (err error) {
	u, err := deviceURL(address)
	if err != nil {
		return err
	}
	q := u.Query()
	p, err := port.Open(ctx, u)
	if err != nil {
		return err
	}
	dev := rfid.New(p, rfid.Opts{Model: rfid.Model(q.Get("model")), CRC: q.Get("crc") == "yes"})
	defer func() { err = errors.Join(err, dev.Close()) }()
	f.Present = true
	switch version, err := dev.Version(ctx); {
	case errors.Is(err, rfid.ErrUnknown): // one that only speaks when a tag is held to it
	case err != nil:
		f.Present = false
		return err
	default:
		f.Firmware = version
	}
	return nil
}

func testSensor(ctx context.Context, address string, f *finding) (err error) {
	u, err := deviceURL(address)
	if err != nil {
		return err
	}
	p, err := port.Open(ctx, u)
	if err != nil {
		return err
	}
	dev := presence.New(p, presence.Opts{})
	defer func() { err = errors.Join(err, dev.Close()) }()
	state, err := dev.Next(ctx)
	if err != nil {
		return err
	}
	f.Present = true
	if id, err := dev.Identify(ctx); err == nil { // one that cannot hear is as good a sensor
		f.Device = id.Name
	}
	if state == presence.Unknown {
		return errBlind
	}
	return nil
}

// errBlind says that a sensor is there and cannot tell.
var errBlind = errors.New("selftest: the sensor cannot tell whether somebody is there")
