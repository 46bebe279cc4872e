package main

import (
	"errors"
	"fmt"
	"net/url"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// terminalCmd speaks to a card terminal directly. The kiosk must not run meanwhile: a terminal listens to one till.
type terminalCmd struct {
	URL string `required:"" name:"url" placeholder:"ADDRESS" help:"The terminal's address as in kiosk.yaml: zvt+tcp://host:port or zvt+serial:/dev/ttyUSB0?baud=9600, ?password=... where it wants one. The kiosk must not run: a terminal listens to one till."`
	recording

	Register  struct{}     `cmd:"" help:"Log on and tell what the terminal says of itself."`
	Status    struct{}     `cmd:"" help:"Ask how it is: state, software, serial number."`
	Pay       payCmd       `cmd:"" help:"Take a payment. This is real money."`
	Repeat    struct{}     `cmd:"" help:"Tell the terminal's last transaction."`
	Reverse   reverseCmd   `cmd:"" help:"Give a payment back."`
	Diagnosis diagnosisCmd `cmd:"" help:"Have it call its host."`
	EndOfDay  struct{}     `cmd:"" name:"endofday" help:"Have it hand in its payments. Without it the money does not arrive."`
}

type payCmd struct {
	Cents int64 `required:"" help:"Amount in cents."`
}

type reverseCmd struct {
	Receipt int `required:"" help:"The payment's receipt number."`
}

type diagnosisCmd struct {
	Kind string `enum:"any,line,extended,configuration,emv" default:"any" help:"any, line, extended, configuration or emv; some terminals want to be told."`
}

// report is what a command at the terminal prints.
type report struct {
	OK          bool         `json:"ok"`
	Terminal    *terminal    `json:"terminal,omitempty"`    // of register and status
	Transaction *transaction `json:"transaction,omitempty"` // what it said of a payment
	Totals      []total      `json:"totals,omitempty"`      // of an end of day
	Code        string       `json:"code,omitempty"`        // why it is not ok, P015 chapter 10
	Means       string       `json:"means,omitempty"`
	Says        string       `json:"says,omitempty"`    // the terminal's own words for that
	Unclear     bool         `json:"unclear,omitempty"` // the end is not known: ask with repeat, never pay again blindly
	Customer    []string     `json:"customer,omitempty"`
	Merchant    []string     `json:"merchant,omitempty"`
	Admin       []string     `json:"admin,omitempty"`
	Signature   bool         `json:"signature,omitempty"` // the merchant's receipt has to be signed
}

// terminal is what a terminal says of itself.
type terminal struct {
	ID         string   `json:"id,omitempty"`
	State      string   `json:"state,omitempty"`
	Device     string   `json:"device,omitempty"`
	Software   string   `json:"software,omitempty"`
	Serial     string   `json:"serial,omitempty"`
	Clock      string   `json:"clock,omitempty"`
	Needs      []string `json:"needs,omitempty"` // initialisation, diagnosis, opt-action
	Width      int      `json:"width,omitempty"` // letters on a line of its receipts
	Blocks     bool     `json:"blocks"`          // it sends receipts as blocks
	Currency   string   `json:"currency,omitempty"`
	LongestMsg int      `json:"longest,omitempty"` // bytes
}

// transaction is what a terminal says of a payment.
type transaction struct {
	Good          bool   `json:"good"`
	Cents         int64  `json:"cents"`
	Trace         int    `json:"trace,omitempty"`
	OriginalTrace int    `json:"original_trace,omitempty"` // of what was given back; missing: it is no reversal
	Receipt       int    `json:"receipt,omitempty"`
	TerminalID    string `json:"terminal_id,omitempty"`
	Date          string `json:"date,omitempty"` // MMDD
	Time          string `json:"time,omitempty"` // HHMMSS
	Card          string `json:"card,omitempty"` // its kind, never its number
	Result        string `json:"result,omitempty"`
	Means         string `json:"means,omitempty"`
}

// total is the sum of one kind of card.
type total struct {
	Card  string `json:"card"`
	Count int    `json:"count"`
	Cents int64  `json:"cents"`
}

// progress is printed for every intermediate status.
type progress struct {
	Progress string `json:"progress"`
	Text     string `json:"text"`
}

// errNo says that a command was carried out and did not end well; what is printed tells more.
var errNo = errors.New("terminal: it did not end well")

// subcommand is the name of the command below terminal, payments or eid.
type subcommand string

// Run logs on and carries the command out.
func (c *terminalCmd) Run(h *hands, command subcommand) (err error) {
	dev, err := c.connect(h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	if err := dev.Register(h.ctx); err != nil {
		return refusal(h, err)
	}
	watch := zvt.Watch{Say: func(code byte, text string) {
		_ = h.print(progress{fmt.Sprintf("%02X", code), text}) // a payment does not end because nobody reads
	}}
	switch command {
	case "status":
		s, err := dev.State(h.ctx, watch)
		if err != nil {
			return refusal(h, err)
		}
		return h.print(report{OK: s.Code == zvt.StateCode(0), Terminal: stated(s)})
	case "pay":
		r, err := dev.Pay(h.ctx, c.Pay.Cents, watch)
		return ends(h, r, err)
	case "reverse":
		r, err := dev.Reverse(h.ctx, c.Reverse.Receipt)
		return ends(h, r, err)
	case "diagnosis":
		kind := map[string]zvt.Diagnosis{"line": zvt.LineDiagnosis, "extended": zvt.ExtendedDiagnosis, "configuration": zvt.ConfigDiagnosis, "emv": zvt.EMVDiagnosis}[c.Diagnosis.Kind]
		r, err := dev.Diagnose(h.ctx, kind, watch)
		return ends(h, r, err)
	case "endofday":
		r, err := dev.EndOfDay(h.ctx)
		return ends(h, r, err)
	case "repeat":
		s, lines, err := dev.RepeatReceipt(h.ctx)
		if err != nil {
			return refusal(h, err)
		}
		return ends(h, zvt.Result{Done: true, Status: &s, Customer: lines}, nil)
	}
	return h.print(report{OK: true, Terminal: described(dev.Info())})
}

// connect opens the line to the terminal.
func (c *terminalCmd) connect(h *hands) (*zvt.Dev, error) {
	u, o, err := zvtAddress(c.URL)
	if err != nil {
		return nil, err
	}
	p, err := c.open(h.ctx, u)
	if errors.Is(err, port.ErrBusy) {
		return nil, fmt.Errorf("%w: does the kiosk run?", err)
	}
	if err != nil {
		return nil, err
	}
	return zvt.New(p, o), nil
}

// zvtAddress reads a card terminal's address. It is not repeated in an error: it may hold a password.
func zvtAddress(address string) (*url.URL, zvt.Opts, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "zvt+tcp" && u.Scheme != "zvt+serial") {
		return nil, zvt.Opts{}, errors.New("terminal: the address of a card terminal is zvt+tcp://host:port or zvt+serial:/dev/ttyUSB0")
	}
	q := u.Query()
	o := zvt.Opts{Password: q.Get("password"), Serial: u.Scheme == "zvt+serial", Lang: q.Get("lang")}
	if o.Serial && q.Get("stop") == "" {
		q.Set("stop", "2") // P016 2.1
		u.RawQuery = q.Encode()
	}
	return u, o, nil
}

// refusal prints a terminal's no.
func refusal(h *hands, err error) error {
	var no *zvt.Refusal
	if errors.As(err, &no) {
		return ends(h, zvt.Result{Code: no.Code}, nil)
	}
	return err
}

func ends(h *hands, r zvt.Result, err error) error {
	if errors.Is(err, zvt.ErrAmount) || errors.Is(err, zvt.ErrBusy) {
		return err // nothing was asked for
	}
	rep := report{OK: err == nil && r.Done, Transaction: transacted(r.Status), Totals: totals(r.Status), Says: r.Error, Unclear: err != nil,
		Customer: r.Customer, Merchant: r.Merchant, Admin: r.Admin, Signature: r.Signature}
	if err == nil && (!r.Done || r.Code != zvt.CodeOK) {
		rep.Code, rep.Means = fmt.Sprintf("%02X", byte(r.Code)), r.Code.Text("en")
	}
	if e := h.print(rep); e != nil {
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

func described(i zvt.Info) *terminal {
	t := &terminal{ID: i.TerminalID, Width: i.Width, Blocks: i.Prints(), Currency: i.Currency, LongestMsg: i.Longest}
	for _, n := range []struct {
		is   bool
		what string
	}{{i.NeedsInitialisation, "initialisation"}, {i.NeedsDiagnosis, "diagnosis"}, {i.NeedsOPT, "opt-action"}} {
		if n.is {
			t.Needs = append(t.Needs, n.what)
		}
	}
	return t
}

func stated(s zvt.State) *terminal {
	t := &terminal{ID: s.TerminalID, State: s.Code.Text("en"), Device: s.Device, Software: s.Software, Serial: s.Serial, Clock: s.Clock}
	if t.Software == "" {
		t.Software = s.Version
	}
	return t
}

func transacted(s *zvt.Status) *transaction {
	if s == nil {
		return nil
	}
	t := &transaction{Good: s.Good(), Cents: s.Amount, Trace: s.Trace, OriginalTrace: s.OriginalTrace, Receipt: s.Receipt, TerminalID: s.TerminalID,
		Date: s.Date, Time: s.Time, Card: s.CardName}
	if s.HasResult {
		t.Result, t.Means = fmt.Sprintf("%02X", byte(s.Result)), s.Result.Text("en")
	}
	return t
}

func totals(s *zvt.Status) []total {
	if s == nil || s.Totals == nil {
		return nil
	}
	var all []total
	for _, k := range []struct {
		card string
		sum  zvt.Total
	}{{"girocard", s.Totals.Girocard}, {"Mastercard", s.Totals.Mastercard}, {"Visa", s.Totals.Visa}, {"American Express", s.Totals.Amex},
		{"JCB", s.Totals.JCB}, {"Diners", s.Totals.Diners}, {"other", s.Totals.Other}} {
		if k.sum.Count > 0 {
			all = append(all, total{k.card, k.sum.Count, k.sum.Cents})
		}
	}
	return all
}
