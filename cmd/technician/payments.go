package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// paymentsCmd is for payments whose end neither the line nor the card terminal tells any more: it was replaced, or lost its journal. People then
// look at the merchant's journal and say what it says.
type paymentsCmd struct {
	Data string `required:"" help:"Directory of the terminal's memory." type:"path"`

	Unclear struct{}  `cmd:"" help:"List the payments that are not clear. While there is one, no card is taken here."`
	Settle  settleCmd `cmd:"" help:"Say how one ended, after a look into the card terminal's journal or the bank's list."`
}

type settleCmd struct {
	ID  string `arg:"" help:"The payment's id, as listed."`
	End string `required:"" enum:"taken,not-taken,given-back" help:"taken: the application goes out as paid; not-taken: it is deleted; given-back: money without an application went back."`
}

// Run opens the terminal's memory.
func (c *paymentsCmd) Run(h *hands, command subcommand) (err error) {
	id, err := device.Load(c.Data)
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(c.Data, outpost.File), store.Options{Sign: id.Sign})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	list, err := s.Unsettled(h.ctx)
	if err != nil {
		return err
	}
	if command == "settle" {
		return c.Settle.settle(h, s, list)
	}
	for _, p := range list {
		if _, err := fmt.Fprintf(h.out, "%s  %s  %s  %s\n%s%s", p.ID, p.At.Local().Format("02.01.2006 15:04"), p.Amount, p.State,
			remembered("before it", p.Before), remembered("this one ", p.Evidence)); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		_, err = fmt.Fprintln(h.out, "Every payment is clear.")
	}
	return err
}

// remembered is what the terminal said, as its journal has it.
func remembered(what string, e *pay.Evidence) string {
	if e == nil || e.Trace == 0 && e.Receipt == 0 {
		return ""
	}
	return fmt.Sprintf("    %s: terminal %s, trace %06d, receipt %04d, date %s, time %s, %s\n", what, e.TerminalID, e.Trace, e.Receipt, e.Date, e.Time, e.Amount)
}

func (c settleCmd) settle(h *hands, s *store.Store, list []pay.Payment) error {
	for _, p := range list {
		if p.ID != c.ID {
			continue
		}
		kind := map[string]pay.Kind{"taken": pay.Found, "not-taken": pay.Absent, "given-back": pay.Reverse}[c.End]
		if p.State != pay.Unknown && p.State != pay.Stray {
			return fmt.Errorf("payments: %s is %s: the kiosk asks the card terminal first, start it", p.ID, p.State)
		}
		if (p.State == pay.Stray) != (kind == pay.Reverse) {
			return fmt.Errorf("payments: %s is %s: it cannot end as %s", p.ID, p.State, c.End)
		}
		next, _, err := s.Record(h.ctx, p.ID, pay.Event{Kind: kind, At: time.Now(), Code: "technician"})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(h.out, "%s is %s.\n", next.ID, next.State)
		return err
	}
	return fmt.Errorf("payments: no unclear payment is called %q", c.ID)
}
