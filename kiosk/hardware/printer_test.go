package hardware_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

func slip() document.Document {
	return document.Document{Title: "Beleg", Lang: "de", Blocks: []document.Block{
		{Kind: document.Paragraph, Text: "Stadt Bad Oeynhausen", Bold: true, Center: true},
		{Kind: document.Heading, Level: 1, Text: "Für Sie", Center: true},
		{Kind: document.Rule},
		{Kind: document.Row, Label: "Leistung", Text: "Bewohnerparkausweis"},
		{Kind: document.Row, Label: "Nummer", Text: "BO-26-4T7K-2M9-X", Bold: true},
		{Kind: document.Row, Label: "Bezahlt", Text: "30,70\u00a0€", Bold: true},
		{Kind: document.Space},
		{Kind: document.Mono, Lines: []string{"** Kundenbeleg **", "girocard EUR 30,70"}},
		{Kind: document.QR, Data: "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP", Text: "Bitte aufbewahren. Niemandem zeigen.", Center: true},
		{Kind: document.Cut},
		{Kind: document.Heading, Level: 2, Text: "Zum Auslegen im Auto", Center: true},
		{Kind: document.Heading, Level: 1, Text: "MI-ÄÖ 417E", Center: true},
		{Kind: document.Row, Label: "Zone", Text: "3", Bold: true},
		{Kind: document.Row, Label: "Gilt vorläufig bis", Text: "7. Dezember 2026"},
	}}
}

type printerDesk struct {
	emu     *escposemu.Printer
	printer *hardware.Printer
	fault   atomic.Value
}

func newPrinter(t *testing.T, dir string) *printerDesk {
	t.Helper()
	d := &printerDesk{}
	d.fault.Store(escposemu.None)
	var err error
	d.emu, err = escposemu.New(escposemu.Opts{Dir: dir, Fault: func() escposemu.Fault { return d.fault.Load().(escposemu.Fault) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.printer = hardware.NewPrinter(func(context.Context) (port.Port, error) {
		here, there := port.Pipe()
		go func() { _ = d.emu.Serve(ctx, there) }()
		return here, nil
	}, escpos.Opts{Timeout: 500 * time.Millisecond})
	t.Cleanup(func() { d.printer.Close(); cancel() })
	return d
}

// pieces counts the pieces of paper on which a text stands.
func (d *printerDesk) pieces(text string) int {
	n := 0
	for _, s := range d.emu.Slips() {
		for _, part := range s.Text {
			if strings.Contains(strings.Join(part, "\n"), text) {
				n++
			}
		}
	}
	return n
}

func TestASlipIsPrintedInTwoParts(t *testing.T) {
	d := newPrinter(t, os.Getenv("KEEP_SLIP"))
	if low, err := d.printer.Ready(t.Context()); low || err != nil {
		t.Errorf("ready: %v, %v", low, err)
	}
	if done, err := d.printer.Print(t.Context(), slip()); done != 2 || err != nil {
		t.Fatalf("done %d, %v", done, err)
	}
	for _, text := range []string{"BO-26-4T7K-2M9-X", "Niemandem zeigen", "MI-ÄÖ 417E", "30,70 €"} {
		if d.pieces(text) != 1 {
			t.Errorf("%q stands on %d pieces of paper", text, d.pieces(text))
		}
	}
	if done, err := d.printer.Print(t.Context(), document.Document{}); done != 0 || err != nil || len(d.emu.Slips()) != 1 {
		t.Errorf("nothing to print: done %d, %v, %d slips", done, err, len(d.emu.Slips()))
	}
}

func TestThePrintersTroubleHasWords(t *testing.T) {
	for fault, want := range map[escposemu.Fault]error{escposemu.NoPaper: visit.ErrNoPaper, escposemu.CoverOpen: visit.ErrCoverOpen, escposemu.Silent: visit.ErrUnreachable} {
		d := newPrinter(t, "")
		d.fault.Store(fault)
		if _, err := d.printer.Ready(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: ready: %v", fault, err)
		}
		if done, err := d.printer.Print(t.Context(), slip()); done != 0 || !errors.Is(err, want) {
			t.Errorf("%s: print: done %d, %v", fault, done, err)
		}
	}
	d := newPrinter(t, "")
	d.fault.Store(escposemu.NearEnd)
	if low, err := d.printer.Ready(t.Context()); !low || err != nil {
		t.Errorf("near its end: %v, %v", low, err)
	}
}

func TestAfterTroubleTheSlipIsWholeAndThereOnce(t *testing.T) {
	for _, fault := range []escposemu.Fault{escposemu.RunsOut, escposemu.Dies} {
		t.Run(string(fault), func(t *testing.T) {
			d := newPrinter(t, "")
			d.fault.Store(fault)
			if done, err := d.printer.Print(t.Context(), slip()); done != 0 || err == nil {
				t.Fatalf("done %d, %v", done, err)
			}
			d.fault.Store(escposemu.None)
			if done, err := d.printer.Print(t.Context(), slip()); done != 2 || err != nil {
				t.Fatalf("repeat: done %d, %v", done, err)
			}
			if d.pieces("Niemandem zeigen") != 1 || d.pieces("MI-ÄÖ 417E") != 1 {
				t.Errorf("%d private parts, %d to display", d.pieces("Niemandem zeigen"), d.pieces("MI-ÄÖ 417E"))
			}
		})
	}
}

// Nobody knows whether a slip came out when the printer is gone before it says so: the repeat is a copy. The part that never began is none.
func TestARepeatThatMayBeTheSecondIsMarked(t *testing.T) {
	d := newPrinter(t, "")
	d.fault.Store(escposemu.DiesLate)
	if done, err := d.printer.Print(t.Context(), slip()); done != 0 || !errors.Is(err, visit.ErrUnreachable) {
		t.Fatalf("done %d, %v", done, err)
	}
	d.fault.Store(escposemu.None)
	if done, err := d.printer.Print(t.Context(), slip()); done != 2 || err != nil {
		t.Fatalf("repeat: done %d, %v", done, err)
	}
	if d.pieces("Niemandem zeigen") != 2 || d.pieces("KOPIE / COPY") != 1 || d.pieces("MI-ÄÖ 417E") != 1 {
		t.Errorf("%d private parts, %d marked, %d to display", d.pieces("Niemandem zeigen"), d.pieces("KOPIE / COPY"), d.pieces("MI-ÄÖ 417E"))
	}
}

// Every printer of the profiles prints the slip so that its code can be read, as wide as its paper is.
func TestEveryPrinterThatIsKnownPrintsTheSlip(t *testing.T) {
	all, err := escpos.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		emu, err := escposemu.New(escposemu.Opts{Profile: p})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		printer := hardware.NewPrinter(func(context.Context) (port.Port, error) {
			here, there := port.Pipe()
			go func() { _ = emu.Serve(ctx, there) }()
			return here, nil
		}, escpos.Opts{Profile: p, Timeout: 500 * time.Millisecond})
		if done, err := printer.Print(t.Context(), slip()); done != 2 || err != nil {
			t.Errorf("%s: done %d, %v", p.Name, done, err)
		}
		for _, s := range emu.Slips() {
			for _, part := range s.Text {
				for _, line := range part {
					if n := len([]rune(line)); n > p.Columns {
						t.Errorf("%s: a line of %d on paper of %d: %q", p.Name, n, p.Columns, line)
					}
				}
			}
		}
		if emu.Unknown() != 0 {
			t.Errorf("%s: %d orders are unknown", p.Name, emu.Unknown())
		}
		printer.Close()
		cancel()
	}
}

func TestTheScannersCableMayBePulled(t *testing.T) {
	lines := make(chan port.Port, 4)
	s := hardware.NewScanner(func(context.Context) (port.Port, error) {
		here, there := port.Pipe()
		lines <- there
		return here, nil
	}, scan.Opts{Gap: 20 * time.Millisecond})
	defer s.Close()
	type result struct {
		code string
		err  error
	}
	read := func(before func(port.Port)) result {
		got := make(chan result, 1)
		go func() {
			code, err := s.Scan(t.Context())
			got <- result{code, err}
		}()
		before(<-lines)
		return <-got
	}
	if r := read(func(gun port.Port) { gun.Close() }); !errors.Is(r.err, visit.ErrUnreachable) {
		t.Errorf("pulled: %v", r.err)
	}
	if r := read(func(gun port.Port) {
		go func() { // what is shown before the scanner waits is forgotten, so it is shown again
			again := time.NewTicker(100 * time.Millisecond)
			defer again.Stop()
			for range again.C {
				if _, err := gun.Write([]byte("4006381333931\r\n")); err != nil {
					return
				}
			}
		}()
	}); r.err != nil || r.code != "4006381333931" {
		t.Errorf("read %q, %v", r.code, r.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// A desk made of addresses, over real connections.
func TestADeskOfAddressesPaysAndPrints(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	terminal, err := zvtemu.New(zvtemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	printer, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a4 := httptest.NewServer(ippemu.New(ippemu.Opts{Dir: dir}))
	defer a4.Close()
	d, err := hardware.Open(hardware.Addresses{
		Terminal: "zvt+tcp://" + listen(t, func(p port.Port) { _ = terminal.Serve(ctx, p) }) + "?password=000000",
		Receipt:  "escpos+tcp://" + listen(t, func(p port.Port) { _ = printer.Serve(ctx, p) }),
		A4:       strings.Replace(a4.URL, "http:", "ipp:", 1) + "/ipp/print",
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	b := newBook()
	if err := d.Payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil || b.State != pay.Approved {
		t.Fatalf("%s, %v", b.State, err)
	}
	if done, err := d.Printer.Print(t.Context(), slip()); done != 2 || err != nil {
		t.Errorf("done %d, %v", done, err)
	}
	if err := d.Sheets.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.Sheets.PrintPDF(t.Context(), "Ausweis", []byte("%PDF-1.4\n%%EOF\n")); err != nil {
		t.Error(err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.pdf")); len(files) != 1 {
		t.Errorf("%d pages", len(files))
	}
}

func listen(t *testing.T, serve func(port.Port)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(port.Conn(c))
		}
	}()
	return l.Addr().String()
}

// The same over serial lines, which pseudo terminals stand for.
func TestADeskOfSerialLinesPrintsAndScans(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	paper, printerName, err := port.PTY()
	if err != nil {
		t.Skip("there are no pseudo terminals here")
	}
	gun, gunName, err := port.PTY()
	if err != nil {
		t.Fatal(err)
	}
	defer gun.Close()
	printer, err := escposemu.New(escposemu.Opts{Columns: 42})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = printer.Serve(ctx, paper) }()
	d, err := hardware.Open(hardware.Addresses{Receipt: "escpos+serial:" + printerName + "?baud=38400&columns=42", Scanner: "scan+serial:" + gunName}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if low, err := d.Printer.Ready(t.Context()); low || err != nil {
		t.Errorf("ready: %v, %v", low, err)
	}
	if done, err := d.Printer.Print(t.Context(), slip()); done != 2 || err != nil {
		t.Errorf("done %d, %v", done, err)
	}
	code := make(chan string, 1)
	go func() {
		s, err := d.Scanner.Scan(t.Context())
		if err != nil {
			s = err.Error()
		}
		code <- s
	}()
	again := time.NewTicker(300 * time.Millisecond) // what is shown before the scanner waits is forgotten
	defer again.Stop()
	for {
		select {
		case got := <-code:
			if got != "BCD\n002\n1" {
				t.Errorf("read %q", got)
			}
			return
		case <-again.C:
			if _, err := gun.Write([]byte("BCD\n002\n1\r")); err != nil {
				t.Fatal(err)
			}
		}
	}
}
