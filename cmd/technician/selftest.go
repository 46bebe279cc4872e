package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
)

type selftestCmd struct {
	Config string        `default:"kiosk.yaml" type:"path" help:"The terminal's configuration."`
	JSON   bool          `name:"json" help:"Print an object a line instead of words."`
	Lang   string        `enum:"de,en" default:"de" help:"Of the words: de or en."`
	Within time.Duration `default:"15s" help:"How long a device may take."`
}

// finding is what the test of one device found.
type finding struct {
	Part     visit.Part `json:"part"`
	Address  string     `json:"address"`            // without its parameters: one may be a password
	OK       bool       `json:"ok"`                 // a citizen could use it now
	Present  bool       `json:"present"`            // something answered, or its line stands
	Device   string     `json:"device,omitempty"`   // maker and model, a terminal's id
	Firmware string     `json:"firmware,omitempty"` // and versions of what runs on it
	Serial   string     `json:"serial,omitempty"`
	Status   string     `json:"status"`          // in a few words
	Fault    string     `json:"fault,omitempty"` // what it failed with, for a report
	Do       string     `json:"do,omitempty"`    // what to do about it
	MS       int64      `json:"ms"`              // how long the test took

	Last *hardware.Past `json:"last,omitempty"` // the last fault that the terminal itself saw; nil: none yet
}

// verdict is the last line of a self test.
type verdict struct {
	OK      bool `json:"ok"`
	Devices int  `json:"devices"`
	Faults  int  `json:"faults"`
}

// tested is one device of the configuration.
type tested struct {
	part    visit.Part
	address string
	test    func(ctx context.Context, address string, f *finding) error
}

var errSelftest = errors.New("selftest: not every device is well")

// Run tests all devices at once and tells of them in the order of the configuration.
func (c selftestCmd) Run(h *hands) error {
	config, _, err := setup.Load(c.Config)
	if err != nil {
		return err
	}
	past, err := hardware.LastFaults(config.LastFaults())
	if err != nil { // how the devices are now can be told all the same
		slog.Warn("what was wrong before cannot be read", "error", err)
	}
	d := config.Devices
	var devices []tested
	for _, t := range []tested{
		{visit.PartTerminal, d.Terminal, testTerminal}, {visit.PartReceipt, d.Receipt, testReceipt}, {visit.PartA4, d.A4, testA4},
		{visit.PartScanner, d.Scanner, testLine}, {visit.PartCard, d.Card, testCards}, {visit.PartEID, d.EID, testEID}, {visit.PartRFID, d.RFID, testTags},
		{visit.PartPresence, d.Presence, testSensor},
	} {
		if t.address != "" {
			devices = append(devices, t)
		}
	}
	all := make([]finding, len(devices))
	var tests sync.WaitGroup
	for i, t := range devices {
		tests.Go(func() { all[i] = c.try(h.ctx, t) })
	}
	tests.Wait()
	refused, err := c.refusedServices(h.ctx, config.Data)
	if err != nil { // how the devices are can be told all the same
		slog.Warn("whether services are refused cannot be read", "error", err)
	}
	all = append(all, refused...)
	end := verdict{OK: true, Devices: len(all)}
	for _, f := range all {
		if last, ok := past[f.Part]; ok {
			f.Last = &last
		}
		if !f.OK {
			end.OK = false
			end.Faults++
		}
		if err := c.tell(h, f); err != nil {
			return err
		}
	}
	if err := c.conclude(h, end); err != nil {
		return err
	}
	if !end.OK {
		return errSelftest
	}
	return nil
}

func (c selftestCmd) try(ctx context.Context, t tested) finding {
	ctx, stop := context.WithTimeout(ctx, c.Within)
	defer stop()
	begin := time.Now()
	address, _, _ := strings.Cut(t.address, "?")
	f := finding{Part: t.part, Address: address}
	err := t.test(ctx, t.address, &f)
	f.MS = time.Since(begin).Milliseconds()
	f.OK = err == nil
	a := advise(t.part, err, f.Present)
	if f.Status == "" || err != nil {
		f.Status = a.status.in(c.Lang)
	}
	if f.Do = a.do.in(c.Lang); err != nil {
		f.Fault = err.Error()
	}
	return f
}

func (c selftestCmd) tell(h *hands, f finding) error {
	if c.JSON {
		return h.print(f)
	}
	mark := sentence{"ok    ", "ok    "}
	if !f.OK {
		mark = sentence{"FEHLER", "FAULT "}
	}
	text := fmt.Sprintf("%s  %-9s %s\n        %s\n", mark.in(c.Lang), f.Part, f.Status, f.Address)
	for _, line := range []struct{ name, value string }{
		{sentence{"Gerät", "Device"}.in(c.Lang), f.Device}, {sentence{"Software", "Firmware"}.in(c.Lang), f.Firmware},
		{sentence{"Serie", "Serial"}.in(c.Lang), f.Serial}, {sentence{"Meldung", "Fault"}.in(c.Lang), f.Fault}, {sentence{"Zu tun", "To do"}.in(c.Lang), f.Do},
		{sentence{"Zuletzt", "Last"}.in(c.Lang), c.past(f.Last)},
	} {
		if line.value != "" {
			text += fmt.Sprintf("        %-9s %s\n", line.name, line.value)
		}
	}
	_, err := fmt.Fprintln(h.out, strings.TrimRight(text, "\n"))
	return err
}

// past tells of a device's last fault in a line; "" if it never had one.
func (c selftestCmd) past(p *hardware.Past) string {
	if p == nil {
		return ""
	}
	const minute = "2006-01-02 15:04"
	since := p.Since.Local().Format(minute)
	if p.Until == nil {
		return fmt.Sprintf(sentence{"seit %s: %s", "since %s: %s"}.in(c.Lang), since, p.Fault)
	}
	return fmt.Sprintf(sentence{"%s bis %s: %s", "%s to %s: %s"}.in(c.Lang), since, p.Until.Local().Format(minute), p.Fault)
}

func (c selftestCmd) conclude(h *hands, v verdict) error {
	if c.JSON {
		return h.print(v)
	}
	s := sentence{fmt.Sprintf("%d Geräte, alle in Ordnung.", v.Devices), fmt.Sprintf("%d devices, all well.", v.Devices)}
	switch {
	case v.Devices == 0:
		s = sentence{"In der Konfiguration steht kein Gerät.", "The configuration names no device."}
	case !v.OK:
		s = sentence{fmt.Sprintf("%d von %d Geräten brauchen Sie.", v.Faults, v.Devices), fmt.Sprintf("%d of %d devices need you.", v.Faults, v.Devices)}
	}
	_, err := fmt.Fprintln(h.out, s.in(c.Lang))
	return err
}
