package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// terminalCmd speaks to a card terminal directly. The kiosk must not run meanwhile: a terminal listens to one till.
type terminalCmd struct {
	URL string `required:"" name:"url" help:"The terminal's address as in kiosk.yaml: zvt+tcp://host:port or zvt+serial:/dev/ttyUSB0?baud=9600, ?password=... where it wants one."`

	Register struct{}   `cmd:"" help:"Log on and tell what the terminal says of itself."`
	Pay      payCmd     `cmd:"" help:"Take a payment. This is real money."`
	Repeat   struct{}   `cmd:"" help:"Tell the terminal's last transaction."`
	Reverse  reverseCmd `cmd:"" help:"Give a payment back."`
}

type payCmd struct {
	Cents int64 `required:"" help:"Amount in cents."`
}

type reverseCmd struct {
	Receipt int `required:"" help:"The payment's receipt number."`
}

// report is what a command at the terminal prints, as JSON.
type report struct {
	OK       bool        `json:"ok"`
	Info     *zvt.Info   `json:"info,omitempty"`
	Status   *zvt.Status `json:"status,omitempty"`
	Code     string      `json:"code,omitempty"`
	Means    string      `json:"means,omitempty"`
	Unclear  bool        `json:"unclear,omitempty"` // the end is not known: ask with repeat
	Customer []string    `json:"customer,omitempty"`
}

// progress is printed for every intermediate status.
type progress struct {
	Progress string `json:"progress"`
	Text     string `json:"text"`
}

// errNo says that a command was carried out and did not end well; what is printed tells more.
var errNo = errors.New("terminal: it did not end well")

// Run logs on and carries the command out.
func (c *terminalCmd) Run(h *hands, command subcommand) error {
	u, err := url.Parse(c.URL)
	if err != nil || (u.Scheme != "zvt+tcp" && u.Scheme != "zvt+serial") {
		return errors.New("terminal: --url wants zvt+tcp://host:port or zvt+serial:/dev/ttyUSB0") // not repeated: it may hold a password
	}
	serial := u.Scheme == "zvt+serial"
	q := u.Query()
	if serial && q.Get("stop") == "" {
		q.Set("stop", "2") // P016 2.1
		u.RawQuery = q.Encode()
	}
	p, err := port.Open(h.ctx, u)
	if err != nil {
		return err
	}
	dev := zvt.New(p, zvt.Opts{Password: q.Get("password"), Serial: serial, Lang: q.Get("lang")})
	defer dev.Close()
	if err := dev.Register(h.ctx); err != nil {
		return err
	}
	out := json.NewEncoder(h.out)
	switch command {
	case "pay":
		r, err := dev.Pay(h.ctx, c.Pay.Cents, zvt.Watch{Say: func(code byte, text string) {
			_ = out.Encode(progress{fmt.Sprintf("%02X", code), text}) // a payment does not end because nobody reads
		}})
		return ends(out, r, err)
	case "reverse":
		r, err := dev.Reverse(h.ctx, c.Reverse.Receipt)
		return ends(out, r, err)
	case "repeat":
		s, lines, err := dev.RepeatReceipt(h.ctx)
		var no *zvt.Refusal
		switch {
		case errors.As(err, &no):
			return ends(out, zvt.Result{Code: no.Code}, nil)
		case err != nil:
			return err
		}
		return ends(out, zvt.Result{Done: true, Status: &s, Customer: lines}, nil)
	}
	info := dev.Info()
	return out.Encode(report{OK: true, Info: &info})
}

// subcommand is the name of the command below terminal.
type subcommand string

func ends(out *json.Encoder, r zvt.Result, err error) error {
	if errors.Is(err, zvt.ErrAmount) || errors.Is(err, zvt.ErrBusy) {
		return err // nothing was asked for
	}
	rep := report{OK: err == nil && r.Done, Status: r.Status, Customer: r.Customer, Unclear: err != nil}
	if !r.Done && err == nil {
		rep.Code, rep.Means = fmt.Sprintf("%02X", r.Code), zvt.ResultText(r.Code)
	}
	if e := out.Encode(rep); e != nil {
		return e
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: how it ended is unclear, ask with repeat: %w", errNo, err)
	case !r.Done:
		return errNo
	}
	return nil
}
