package town

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// Counter is what stands on the terminal's counter. The devices survive the terminal, as real ones do.
type Counter struct {
	Card   *zvtemu.Terminal
	Paper  *escposemu.Printer
	Sheets *ippemu.Printer

	o       Options
	cardBad atomic.Pointer[zvtemu.Fault]
	gun     *scanemu.Scanner
	card    outlet
	paper   outlet
	scanner outlet
	a4      *http.Server
	a4At    *url.URL
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func openCounter(dir string, o Options) (*Counter, error) {
	c := &Counter{o: o, gun: scanemu.New(scanemu.Opts{})}
	c.Break(zvtemu.None)
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	var err error
	c.Card, err = zvtemu.New(zvtemu.Opts{
		Serial: o.Serial, Journal: filepath.Join(dir, CardDir, "journal.jsonl"), Now: o.Now, Patience: time.Second,
		Fault: func() zvtemu.Fault { return *c.cardBad.Load() },
	})
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	if c.Paper, err = escposemu.New(escposemu.Opts{Dir: filepath.Join(dir, PaperDir)}); err != nil {
		return nil, errors.Join(err, c.close())
	}
	c.Sheets = ippemu.New(ippemu.Opts{Dir: filepath.Join(dir, SheetsDir)})
	c.card = outlet{ctx: ctx, serve: c.Card.Serve}
	c.paper = outlet{ctx: ctx, serve: c.Paper.Serve}
	c.scanner = outlet{ctx: ctx, serve: c.gun.Serve}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	c.a4At = &url.URL{Scheme: "ipp", Host: ln.Addr().String(), Path: "/ipp/print"}
	c.a4 = &http.Server{Handler: c.Sheets, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	c.done.Go(func() { _ = c.a4.Serve(ln) }) // ends with close
	return c, nil
}

// Break gives the card terminal a fault; zvtemu.None mends it.
func (c *Counter) Break(f zvtemu.Fault) { c.cardBad.Store(&f) }

// How long a card terminal may take to answer here: it is in the same process.
const answer = time.Second

// desk connects the devices to a desk. What it opens ends with l.
func (c *Counter) desk(d *visit.Desk, l *lines) {
	d.Payer = hardware.NewPayer(c.card.plug(l), zvt.Opts{Serial: c.o.Serial, T2: answer / 2, T3: answer, T4: 5 * answer}, c.o.Now).AskAgainAfter(20 * time.Millisecond)
	d.Printer = hardware.NewPrinter(c.paper.plug(l), escpos.Opts{})
	d.Scanner = hardware.NewScanner(c.scanner.plug(l), scan.Opts{})
	d.Sheets = hardware.NewSheets(ipp.New(&http.Client{Timeout: 10 * time.Second}, c.a4At, ipp.Opts{Poll: 20 * time.Millisecond}))
}

// Scan holds a code under the scanner until the terminal has read it, and gives what it read.
func (t *Town) Scan(ctx context.Context, code string) (string, error) {
	ctx, stop := context.WithCancel(ctx)
	var showing sync.WaitGroup
	defer showing.Wait()
	defer stop()
	showing.Go(func() {
		again := time.NewTicker(200 * time.Millisecond) // what is shown before the terminal looks does not count, and it wants silence before
		defer again.Stop()
		for t.Counter.gun.Show(ctx, code) == nil {
			select {
			case <-ctx.Done():
				return
			case <-again.C:
			}
		}
	})
	return t.Desk().Scanner.Scan(ctx)
}

func (c *Counter) close() error {
	c.stop()
	var err error
	if c.a4 != nil {
		err = c.a4.Close()
	}
	c.card.served.Wait()
	c.paper.served.Wait()
	c.scanner.served.Wait()
	c.done.Wait()
	return err
}

// outlet is where a device is plugged in. It serves one line at a time: a new one waits until the device has noticed the end of the old one.
type outlet struct {
	ctx    context.Context
	serve  func(context.Context, port.Port) error
	turn   sync.Mutex
	served sync.WaitGroup
}

// plug opens lines to the device. They end with l.
func (o *outlet) plug(l *lines) func(context.Context) (port.Port, error) {
	return func(context.Context) (port.Port, error) {
		here, there := port.Pipe()
		if !l.add(here) {
			return nil, ErrKilled
		}
		o.served.Go(func() {
			o.turn.Lock()
			defer o.turn.Unlock()
			_ = o.serve(o.ctx, there) // a fault may have broken the line; the next one is a new chance
		})
		return here, nil
	}
}

// lines are the open lines of one run of the terminal.
type lines struct {
	mu   sync.Mutex
	open []io.Closer
	cut  bool
}

func (l *lines) add(c io.Closer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		_ = c.Close()
		return false
	}
	l.open = append(l.open, c)
	return true
}

// end drops them all, as the end of a process does.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open, l.cut = nil, true
}
