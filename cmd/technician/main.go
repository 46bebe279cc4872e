// Command technician is a hand tool for people who set terminals up and keep them running: it enrols them, tests and speaks to their devices,
// plays devices that are not there, and reads what comes out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Enroll   enrollCmd   `cmd:"" help:"Make this terminal one of the town hall's."`
	Selftest selftestCmd `cmd:"" help:"Test every device of a kiosk.yaml: is it there, how is it, what is to be done."`
	Terminal terminalCmd `cmd:"" help:"Speak to a card terminal: register, status, pay, repeat, reverse, diagnosis, end of day."`
	Print    printCmd    `cmd:"" help:"Print a service's document on a receipt printer or an A4 printer."`
	Cards    cardsCmd    `cmd:"" help:"Tell which cards are put into the card readers."`
	EID      eidCmd      `cmd:"" name:"eid" help:"Speak to AusweisApp: what is there, and a new PIN for an identity card."`
	EPC      epcCmd      `cmd:"" name:"epc" help:"Make a payment's QR code (GiroCode)."`
	Decode   decodeCmd   `cmd:"" help:"Read what devices say to each other, what a printer was sent, what a payment's code says."`
	Emulate  emulateCmd  `cmd:"" help:"Play a device that is not there, with faults."`
	Tap      tapCmd      `cmd:"" help:"Stand between a program and a device, and record what they say."`
	Replay   replayCmd   `cmd:"" help:"Play a device out of a recording."`
	Verify   verifyCmd   `cmd:"" help:"Check a permit's code, without a line."`
	Service  serviceCmd  `cmd:"" help:"Check a service's folder, and explain what it makes of answers."`
	Search   searchCmd   `cmd:"" help:"Search the services as people do, and tell why something is found."`
	Payments paymentsCmd `cmd:"" help:"Payments whose end people have to find out."`
}

// hands is what every command works with.
type hands struct {
	ctx context.Context
	in  io.Reader
	out io.Writer
	err io.Writer
}

// print writes a line of JSON.
func (h *hands) print(v any) error {
	e := json.NewEncoder(h.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// address tells where a played device is reached.
func (h *hands) address(device string) func(address string) error {
	return func(address string) error { return h.print(map[string]string{"device": device, "address": address}) }
}

// trouble tells what is wrong and does not end the command.
func (h *hands) trouble(err error) { fmt.Fprintln(h.err, err) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const about = `The technician's hand tool. What it prints is JSON, one object a line, unless a command says otherwise; what is wrong is on the standard error.
It ends with 0 when everything is well, and with 1 otherwise.`

// run carries out one command.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) error {
	return runWith(ctx, args, in, out, errw, os.Exit)
}

// runWith is run; exit is called after help was printed.
func runWith(ctx context.Context, args []string, in io.Reader, out, errw io.Writer, exit func(int)) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("technician"), kong.Description(about), kong.Writers(out, errw), kong.Exit(exit))
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return k.Run(&hands{ctx: ctx, in: in, out: out, err: errw}, subcommand(k.Selected().Name))
}
