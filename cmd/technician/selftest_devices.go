package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
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
