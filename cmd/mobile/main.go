// Command mobile is the phone's app. On a computer it runs in a window as large as a phone's screen.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/alecthomas/kong"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	_ "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/phone" // Fyne reads the environment before main begins
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree/watch"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/mobile"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// appID is the app's name to the system.
const appID = "de.bad-oeynhausen.rathausnah.mobile"

type commands struct {
	Config  string `help:"The app's configuration." default:"mobile.yaml" type:"path"`
	Desktop string `help:"Size of the window that stands for a phone's screen." default:"390x844"`
}

func main() {
	a := app.NewWithID(appID)
	m := &Main{app: a, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if a.Driver().Device().IsMobile() && onPhone {
		m.window = a.NewWindow("Rathausnah")
		if err := m.Run(context.Background()); err != nil {
			m.complain(err)
		}
		return
	}
	var c commands
	kong.Parse(&c, kong.Name("mobile"), kong.Description("The phone's app, in a window."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	m.ConfigFile, m.Desktop = c.Config, c.Desktop
	m.window = a.NewWindow("Rathausnah")
	err := m.Run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Main is the program.
type Main struct {
	ConfigFile string
	Desktop    string // size of the window; empty on a phone

	app    fyne.App
	window fyne.Window
	log    *slog.Logger
	config Config
}

// errDemo says that an app on a phone was packaged with what is for demos.
var errDemo = errors.New("mobile: the keys below demo are for an app in a window only")

// Run opens the memory and the window, and returns when the window is closed or ctx ends.
func (m *Main) Run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if m.ConfigFile == "" {
		if m.ConfigFile, err = unpack(m.app.Storage().RootURI().Path()); err != nil {
			return err
		}
	}
	if m.config, err = load(m.ConfigFile); err != nil {
		return err
	}
	if m.Desktop == "" {
		if m.config.Demo != (Demo{}) {
			return errDemo
		}
		m.config.Data = filepath.Join(m.app.Storage().RootURI().Path(), "data")
	}
	id, err := device.Install(ctx, m.config.Data, m.config.Town.URL, m.config.Town.CA, m.config.Town.Keys)
	if err != nil {
		return fmt.Errorf("mobile: %w", err)
	}
	now, err := clock.Town()
	if err != nil {
		return err
	}
	post, err := outpost.Open(m.config.Data, id, outpost.Options{Now: now, Log: m.log, Locker: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, post.Close()) }()
	events, err := watch.Open(m.config.Demo.Events)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, events.Close()) }()
	return m.show(ctx, post, events, now)
}

// show opens the window and stays until it is closed.
func (m *Main) show(ctx context.Context, post *outpost.Outpost, events *watch.Log, now func() time.Time) error {
	c, err := content.Begin(m.config.Tenant)()
	if err != nil {
		return err
	}
	w := m.window
	style := look.Style{Accent: c.Accent(), Scale: 1, Text: 1, Lang: m.config.Lang, Shell: look.Phone}
	m.app.Settings().SetTheme(look.Theme(style))
	w.SetPadded(false)
	w.SetMaster()
	if m.Desktop != "" {
		size, err := sizeOf(m.Desktop)
		if err != nil {
			return err
		}
		w.Resize(size)
		w.SetFixedSize(true)
	}
	offers, err := post.Offers(ctx, c.Catalogue)
	if err != nil {
		return err
	}
	o := mobile.Options{Window: w, Catalogue: c.Catalogue, Texts: c.Texts, Desk: post.Desk(), Memory: shelves{post.Store}, Outbox: outbox{post}, Records: board{post.Store},
		Pictures: picker{w}, Documents: picker{w}, Papers: saver{w}, Style: style, Keyboard: m.config.Demo.Keyboard, Event: events.Add, Now: now, Again: m.config.Demo.Again,
		Clock: post.Client.Clock, Built: builtIn(), Renew: offers.Renew, Broken: post.Broken}
	if dir := m.config.Demo.Pictures; dir != "" {
		o.Album = os.DirFS(dir)
	}
	shell, err := mobile.New(m.app, o)
	if err != nil {
		return err
	}
	if m.config.Demo.Tree != "" {
		if err := watch.Screen(ctx, m.config.Demo.Tree, w, nil); err != nil {
			return err
		}
	}
	life := m.app.Lifecycle()
	life.SetOnStarted(func() {
		go func() {
			if err := c.Catalogue.Ready(); err != nil {
				slog.Error("not every service can be offered", "error", err)
			}
			offers.Run(ctx)
		}()
		go post.Mirror(ctx, "jobs", c.Catalogue.Tenant().Publish)
		go shell.Run(ctx)
		go func() { _ = post.Client.Run(ctx) }() // ends with ctx; it logs what goes wrong and tries again
	})
	life.SetOnExitedForeground(shell.Close) // the system may end an app that nobody sees, without a word
	context.AfterFunc(ctx, func() { fyne.Do(m.app.Quit) })
	w.ShowAndRun()
	shell.Close()
	return nil
}

// builtIn is the year of the source that this program was made from; 0 when it does not say.
func builtIn() int {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return 0
	}
	for _, s := range info.Settings {
		if t, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
			return t.Year()
		}
	}
	return 0
}

// sizeOf reads a size such as 390x844.
func sizeOf(s string) (fyne.Size, error) {
	wide, high, ok := strings.Cut(s, "x")
	w, err := strconv.Atoi(wide)
	h, err2 := strconv.Atoi(high)
	if !ok || err != nil || err2 != nil || w < 300 || h < 480 || w > 4000 || h > 4000 {
		return fyne.Size{}, fmt.Errorf("mobile: %q is no size of a phone's screen such as 390x844", s)
	}
	return fyne.NewSize(float32(w), float32(h)), nil
}

// complain shows on a phone, where nobody reads an error output, that the app cannot start.
func (m *Main) complain(err error) {
	m.log.Error("mobile: cannot start", "err", err)
	style := look.Style{Accent: look.Petrol, Scale: 1, Shell: look.Phone, Density: m.window.Canvas().Scale()}
	m.app.Settings().SetTheme(look.Theme(style))
	m.window.SetContent(look.Inset(look.Note(style, look.NoteOpts{Kind: look.Error, Title: "Die App kann nicht starten",
		Text: "Bitte installieren Sie sie noch einmal, oder rufen Sie im Bürgerbüro an."}), 20, 60, 20, 20))
	m.window.ShowAndRun()
}
