// Command townhall is the town hall's server and its keeper's tool: it takes what devices bring, keeps the cases, serves the staff's
// pages, and makes keys, users, device codes and backups.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
)

// commands is the command line.
type commands struct {
	Config string `short:"c" default:"townhall.yaml" help:"Configuration file." type:"path"`

	Serve  serveCmd  `cmd:"" help:"Serve devices and staff until it is told to stop."`
	Keys   keysCmd   `cmd:"" help:"The town hall's keys."`
	User   userCmd   `cmd:"" help:"Who may use the staff's pages."`
	Device deviceCmd `cmd:"" help:"Terminals and phones that may bring applications."`

	Service   serviceCmd   `cmd:"" help:"Services that are published: devices get them with their next contact, without an update."`
	Publisher publisherCmd `cmd:"" help:"Whose signed services may be published."`

	PhoneConfig phoneConfigCmd `cmd:"" help:"Write what a phone's program has to know of this town hall: its authority and its keys. It is not secret. Write it again after the keys were rotated."`

	Quarantine quarantineCmd `cmd:"" help:"Envelopes that somebody has to look at. They block nothing and are never deleted."`

	Backup  backupCmd  `cmd:"" help:"Copy the database to a new file, also while the server runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the place of the database. The server has to be stopped."`
}

// session is what every command works with.
type session struct {
	ctx    context.Context
	config Config
	now    func() time.Time
	in     io.Reader
	out    io.Writer // results
	say    io.Writer // everything else
}

func (s *session) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(s.out, format, args...)
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "townhall: "+err.Error())
		os.Exit(1)
	}
}

// errHelp ends a command line that only asked for help.
var errHelp = errors.New("help was shown")

// run is the program with everything that it touches handed in.
func run(ctx context.Context, args []string, in io.Reader, out, say io.Writer) (err error) {
	defer func() {
		if p := recover(); p != nil { // kong ends the program after help: here it only ends the command
			if p != errHelp { //nolint:errorlint // the very value
				panic(p)
			}
			err = nil
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("townhall"), kong.Description("The town hall's server."), kong.Writers(out, say),
		kong.Exit(func(int) { panic(errHelp) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	config, err := load(c.Config)
	if err != nil {
		return err
	}
	now, err := clock.Town()
	if err != nil {
		return err
	}
	return parsed.Run(&session{ctx: ctx, config: config, now: now, in: in, out: out, say: say})
}

type serveCmd struct{}

func (serveCmd) Run(s *session) error {
	log := slog.New(slog.NewTextHandler(s.say, nil))
	running, err := start(s.ctx, s.config, s.now, log)
	if err != nil {
		return err
	}
	<-s.ctx.Done()
	log.Info("stopping")
	return running.Close()
}
