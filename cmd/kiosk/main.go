// Command kiosk is the terminal: one window, the devices on the counter, and a memory that only the town hall can read.
package main

import (
	"context"
	"fmt"
	"image/color"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"github.com/alecthomas/kong"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/config"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	_ "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/terminal" // Fyne reads the environment before main begins
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keep"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

type commands struct {
	Config string `help:"The terminal's configuration." default:"kiosk.yaml" type:"path"`
}

func main() {
	var c commands
	if err := keepMemorySmall(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	debug.SetGCPercent(400) // nothing is thrown away while it starts
	kong.Parse(&c, kong.Name("kiosk"), kong.Description("The self-service terminal."))
	m := &Main{ConfigFile: c.Config}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := m.Run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// leanAfter is how long after the start the screen is drawn lean: Mesa compiles a shader when it is first drawn with, and the first picture does not
// wait for that.
const leanAfter = 2 * time.Second

// Main is the program.
type Main struct {
	ConfigFile string

	config setup.Config
	post   *outpost.Outpost
	log    *slog.Logger
	desk   visit.Desk
	device *hardware.Devices
	now    func() time.Time // the device's clock in the town's time zone, whatever the machine's is
	close  []func() error
}

// Run opens the terminal and returns when its window is closed or ctx ends.
func (m *Main) Run(ctx context.Context) (err error) {
	defer func() {
		for i := len(m.close) - 1; i >= 0; i-- {
			if cerr := m.close[i](); err == nil {
				err = cerr
			}
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var file *config.File
	if m.config, file, err = setup.Load(m.ConfigFile); err != nil {
		return err
	}
	if err := here(m.config, file); err != nil {
		return err
	}
	offered := content.Begin(m.config.Tenant)
	if m.now, err = clock.Town(); err != nil {
		return err
	}
	id, err := identity(m.config, file)
	if err != nil {
		return err
	}
	m.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := m.openMemory(id, m.log); err != nil {
		return err
	}
	if err := m.openDesk(); err != nil {
		return err
	}
	events, err := openEvents(m.config.Demo.Events)
	if err != nil {
		return err
	}
	m.close = append(m.close, events.Close)
	return m.show(ctx, id, events, offered)
}

// openMemory opens the device's store and the line to the town hall.
func (m *Main) openMemory(id *device.Identity, log *slog.Logger) (err error) {
	unlock, err := lock(m.config.Data)
	if err != nil {
		return err
	}
	m.close = append(m.close, unlock)
	if m.post, err = outpost.Open(m.config.Data, id, outpost.Options{Now: m.now, Log: log}); err != nil {
		return err
	}
	m.close = append(m.close, m.post.Close)
	return nil
}

// openDesk opens the devices on the counter.
func (m *Main) openDesk() error {
	m.desk = m.post.Desk()
	devices, err := hardware.Open(m.config.Devices.Addresses(), m.now)
	if err != nil {
		return err
	}
	m.close = append(m.close, devices.Close)
	if err := devices.Note(m.config.LastFaults()); err != nil {
		slog.Warn("what was wrong with the devices before is not known", "error", err)
	}
	devices.Fill(&m.desk)
	m.device = devices
	return nil
}

// show opens the window and stays until it is closed.
func (m *Main) show(ctx context.Context, id *device.Identity, events *events, offered func() (content.Content, error)) error {
	a := app.NewWithID("de.bad-oeynhausen.rathausnah.kiosk")
	w := a.NewWindow("Rathausnah")
	flatWindow()
	c, err := offered()
	if err != nil {
		return err
	}
	style := look.Style{Accent: c.Accent(), Scale: float32(m.config.Screen.Density / look.PxPerMM), Text: 1, Lang: m.config.Lang, Shell: look.Terminal}
	a.Settings().SetTheme(look.Theme(style))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(float32(m.config.Screen.Width), float32(m.config.Screen.Height)))
	if m.config.Screen.Fullscreen {
		w.SetFullScreen(true)
	} else {
		w.SetFixedSize(true)
	}
	w.SetMaster()
	bell, sweep, nothing := &bell{wake: wake}, &sweeper{window: w}, canvas.NewRectangle(color.Transparent)
	look.Post(func(f func()) { fyne.Do(f); bell.Ring() })
	st := m.post.Status(m.desk.Printer)
	offers, err := m.post.Offers(ctx, c.Catalogue)
	if err != nil {
		return err
	}
	k := kiosk.New(a, kiosk.Options{
		Window: w, Catalogue: c.Catalogue, Texts: c.Texts, Desk: m.desk, Style: style, Status: st, Speak: speaker(m.config.Speech),
		Event: m.event(events), Streets: streets(), Quiet: sweep.Sweep, Stir: sweep.Stir, Wake: bell.Ring, Place: m.config.Place, Now: m.now,
		Repaint:  func(d time.Duration) { keep.For(d); w.Canvas().Refresh(nothing); bell.Ring() },
		Patience: m.config.Demo.Patience, Again: m.config.Demo.Patience, Faults: m.device.Faults, Records: m.post, Clock: m.post.Client.Clock,
		Renew: offers.Renew, Broken: m.post.Broken,
	})
	if m.config.Demo.Tree != "" {
		if err := serveTree(ctx, m.config.Demo.Tree, id.Demo(), w, bell.Ring); err != nil {
			return err
		}
	}
	// Background work begins once the first picture is out, so that it does not delay it.
	a.Lifecycle().SetOnStarted(func() {
		collect(percentAtRest, limitInUse)
		spreadPainters()
		time.AfterFunc(leanAfter, func() { fyne.Do(k.DrawLean); bell.Ring() })
		go func() {
			if err := c.Catalogue.Ready(); err != nil {
				slog.Error("not every service can be offered", "error", err)
			}
			offers.Run(ctx)
		}()
		go m.post.Mirror(ctx, "jobs", c.Catalogue.Tenant().Publish)
		go k.Run(ctx)
		go doze(ctx, bell.Rest(k.Rest))
		go st.Watch(ctx)
		go m.device.Watch(ctx)
		go func() { _ = m.post.Client.Run(ctx) }() // ends with ctx; it logs what goes wrong and tries again
	})
	context.AfterFunc(ctx, func() { fyne.Do(a.Quit); bell.Ring() })
	w.ShowAndRun()
	return nil
}

// streets suggests streets of the shipped map, which is read when somebody types the first one. Without a map nothing is suggested: every
// street can be typed all the same.
func streets() func(typed string) []string {
	town := sync.OnceValues(content.Map)
	return func(typed string) []string {
		t, err := town()
		if err != nil {
			return nil
		}
		return t.Suggest(typed, 4)
	}
}

// event writes the shell's events down. A payment that nobody cleared up yet blocks all cards: that goes to the log of every terminal.
func (m *Main) event(events *events) func(name string, fields ...any) {
	return func(name string, fields ...any) {
		events.Add(name, fields...)
		if name == "recover" {
			m.log.Warn("kiosk: payments are not clear; see 'technician payments'", fields...)
		}
	}
}
