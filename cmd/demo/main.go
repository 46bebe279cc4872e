// Command demo is the whole town on one machine: it starts the shipped programs, each in a process of its own, with emulated devices
// beside them. With a display it opens the terminal's window; without one it plays a citizen's journey on a display of its own and leaves
// pictures of every screen behind. `demo bench` measures.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Town  townCmd  `cmd:"" default:"withargs" help:"Start the town (the default)."`
	Bench benchCmd `cmd:"" help:"Measure, and write out/bench.json."`

	Kills    killsCmd    `cmd:"" help:"Kill the phone's app at random moments and see what is lost or doubled."`
	Prepare  prepareCmd  `cmd:"" hidden:"" help:"Prepare one photo in a process of its own, for the bench."`
	Bare     bareCmd     `cmd:"" hidden:"" help:"Paint the whole display at every touch, for the bench."`
	Idle     idleCmd     `cmd:"" hidden:"" help:"Hold drivers open and do nothing, for the bench."`
	Pictures picturesCmd `cmd:"" help:"Make the README's pictures out of the journey parking-permit."`
}

type townCmd struct {
	Journey  string `help:"Play this journey by taps on a display of its own." placeholder:"NAME"`
	Offline  bool   `help:"Cut the line to the town hall while the journey is played, until the slip is out."`
	Headless bool   `help:"Never open a window, even where there is a display."`
	Out      string `help:"Folder for what is left behind." default:"out"`
	Size     string `help:"Pixels of the terminal's screen." default:"1080x1920"`
}

type benchCmd struct {
	Out    string `help:"Folder for bench.json." default:"out"`
	Rounds int    `help:"How often each figure is measured, at least 5." default:"5"`
	Only   string `help:"One measurement only: ${measurements}. bench.json is not written then." enum:",${measurements}" default:""`
}

func main() {
	var c commands
	var names []string
	for _, m := range measurements() {
		names = append(names, m.name)
	}
	k := kong.Parse(&c, kong.Name("demo"), kong.Description("The whole town on one machine."), kong.Vars{"measurements": strings.Join(names, ",")})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	k.BindTo(ctx, (*context.Context)(nil))
	err := k.Run()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// programs gives the folder of the shipped binaries, freshly built where the source is at hand.
func programs(ctx context.Context, out string) (string, error) {
	bin, err := filepath.Abs(filepath.Join(out, "bin"))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat("go.mod"); err != nil {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		return filepath.Dir(self), nil
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	return bin, build(ctx, bin, os.Stderr)
}

// Run starts the town.
func (c *townCmd) Run(ctx context.Context) error {
	l := portrait
	if _, err := fmt.Sscanf(c.Size, "%dx%d", &l.width, &l.height); err != nil {
		return fmt.Errorf("demo: --size wants pixels such as 1080x1920")
	}
	bin, err := programs(ctx, "out")
	if err != nil {
		return err
	}
	display := os.Getenv("DISPLAY")
	if c.Journey == "" && display != "" && !c.Headless {
		return c.open(ctx, bin, display, l)
	}
	name := c.Journey
	if name == "" {
		name = "parking-permit"
	}
	return c.playJourney(ctx, bin, name, l)
}

// open shows the town to somebody who sits before it.
func (c *townCmd) open(ctx context.Context, bin, display string, l layout) error {
	s, err := openScreen(display)
	if err != nil {
		return err
	}
	l.fullscreen = false
	if room := float64(s.h) * 0.88; float64(l.height) > room { // smaller screens get a smaller terminal, millimetres shrink along
		f := room / float64(l.height)
		l.width, l.height, l.density = int(float64(l.width)*f), int(float64(l.height)*f), l.density*f
	}
	s.Close()
	out, err := filepath.Abs(filepath.Join(c.Out, "town"))
	if err != nil {
		return err
	}
	t, err := newTown(bin, out)
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.start(ctx, display, l); err != nil {
		return err
	}
	fmt.Printf(`The town is open.
  Terminal     its window; slips are drawn into %s, A4 pages into %s
  Clerk        %s
               sign in as %s with the password %s
  Scanner      press Enter here to hold the newest slip under it
  Logs         %s
Close the window, or press Ctrl-C here, to end everything.
`, t.receipts, t.sheets, t.pages, t.clerk, t.password, t.logs)
	enter := make(chan struct{})
	go func() { // it ends with the program: reading a terminal cannot be interrupted
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			enter <- struct{}{}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.kiosk.done:
			return nil
		case <-enter:
			if err := t.scanSlip(ctx, ""); err != nil {
				fmt.Println("There is no slip to hold under the scanner yet.")
			}
		}
	}
}

// playJourney plays a journey on a display of its own.
func (c *townCmd) playJourney(ctx context.Context, bin, name string, l layout) error {
	out, err := filepath.Abs(filepath.Join(c.Out, name))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	t, err := newTown(bin, out)
	if err != nil {
		return err
	}
	defer t.Close()
	if onPhone(name) {
		return c.playPhone(ctx, t, name, out)
	}
	xlog, err := os.Create(filepath.Join(t.logs, "display.log"))
	if err != nil {
		return err
	}
	defer xlog.Close()
	display, stopX, err := virtualDisplay(ctx, l.width, l.height, xlog)
	if err != nil {
		return err
	}
	defer stopX()
	s, err := openScreen(display)
	if err != nil {
		return err
	}
	defer s.Close()
	t.spoken = filepath.Join(t.home, "spoken")
	if err := t.start(ctx, display, l); err != nil {
		return err
	}
	j := &journey{town: t, screen: s, out: out, log: os.Stdout}
	if err := j.play(ctx, name, c.Offline); err != nil {
		return err
	}
	fmt.Printf("journey %s: well; %d pictures in %s\n", name, j.shots, out)
	return nil
}

// Run measures.
func (c *benchCmd) Run(ctx context.Context) error {
	bin, err := programs(ctx, "out")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	b := &bench{bin: bin, out: c.Out, rounds: max(5, c.Rounds), only: c.Only}
	return b.run(ctx)
}
