// Command technician is a hand tool for people who set terminals up and keep them running: it enrols them, plays devices that are not
// there, and checks what comes out.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Enroll   enrollCmd   `cmd:"" help:"Make this terminal one of the town hall's."`
	Emulate  emulateCmd  `cmd:"" help:"Play a device: terminal, printer, a4 or scanner."`
	Verify   verifyCmd   `cmd:"" help:"Check a permit's code, without a line."`
	Terminal terminalCmd `cmd:"" help:"Speak to a card terminal: register, pay, repeat, reverse."`
	Payments paymentsCmd `cmd:"" help:"Payments whose end people have to find out."`
	Decode   decodeCmd   `cmd:"" help:"Read what devices say to each other."`
}

// hands is what every command works with.
type hands struct {
	ctx context.Context
	in  io.Reader
	out io.Writer
	err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run carries out one command.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("technician"), kong.Description("The technician's hand tool."), kong.Writers(out, errw))
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return k.Run(&hands{ctx: ctx, in: in, out: out, err: errw}, subcommand(k.Selected().Name))
}
