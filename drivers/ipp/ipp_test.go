package ipp_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
)

var page = []byte("%PDF-1.4\nso to say\n%%EOF\n")

type desk struct {
	emu   *ippemu.Printer
	dev   *ipp.Dev
	fault atomic.Value
	dir   string
	asked chan goipp.Op
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir(), asked: make(chan goipp.Op, 1000)}
	d.fault.Store(ippemu.None)
	d.emu = ippemu.New(ippemu.Opts{Dir: d.dir, Fault: func() ippemu.Fault { return d.fault.Load().(ippemu.Fault) }})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if len(b) >= 4 {
			select {
			case d.asked <- goipp.Op(b[2])<<8 | goipp.Op(b[3]):
			default:
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		d.emu.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	u, err := url.Parse(strings.Replace(srv.URL, "http:", "ipp:", 1) + "/ipp/print")
	if err != nil {
		t.Fatal(err)
	}
	d.dev = ipp.New(srv.Client(), u, ipp.Opts{Poll: 5 * time.Millisecond})
	return d
}

func TestAPageIsPrintedOnA4(t *testing.T) {
	d := newDesk(t)
	if err := d.dev.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.dev.Print(t.Context(), "Bewohnerparkausweis", page); err != nil {
		t.Fatal(err)
	}
	jobs := d.emu.Jobs()
	if len(jobs) != 1 || jobs[0].Media != "iso_a4_210x297mm" || jobs[0].Name != "Bewohnerparkausweis" {
		t.Errorf("%d jobs, %+v", len(jobs), jobs)
	}
	if got, err := os.ReadFile(filepath.Join(d.dir, "page-1.pdf")); err != nil || !bytes.Equal(got, page) {
		t.Errorf("kept %q, %v", got, err)
	}
}

func TestThePrinterTellsWhatIsWrong(t *testing.T) {
	for fault, want := range map[ippemu.Fault]error{ippemu.NoPaper: ipp.ErrNoPaper, ippemu.CoverOpen: ipp.ErrCoverOpen, ippemu.Stopped: ipp.ErrStopped, ippemu.Silent: ipp.ErrUnreachable} {
		d := newDesk(t)
		d.fault.Store(fault)
		if err := d.dev.Ready(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestPaperThatIsMissingInTheMiddleTakesTheJobBack(t *testing.T) {
	d := newDesk(t)
	d.fault.Store(ippemu.NoPaper)
	if err := d.dev.Print(t.Context(), "Seite", page); !errors.Is(err, ipp.ErrNoPaper) {
		t.Fatal(err)
	}
	d.fault.Store(ippemu.None)
	if err := d.dev.Print(t.Context(), "Seite", page); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(d.dir, "*.pdf"))
	if len(files) != 1 {
		t.Errorf("%d pages were printed, want one", len(files))
	}
}

func TestAbortedAndRefusedPagesAreNotCalledPrinted(t *testing.T) {
	for fault, want := range map[ippemu.Fault]error{ippemu.Aborts: ipp.ErrAborted, ippemu.Refuses: ipp.ErrRefused, ippemu.Silent: ipp.ErrUnreachable} {
		d := newDesk(t)
		d.fault.Store(fault)
		if err := d.dev.Print(t.Context(), "Seite", page); !errors.Is(err, want) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestTheEndOfTheVisitTakesThePageBack(t *testing.T) {
	d := newDesk(t)
	d.fault.Store(ippemu.Busy)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for op := range d.asked {
			if op == goipp.OpGetJobAttributes {
				cancel()
				return
			}
		}
	}()
	if err := d.dev.Print(ctx, "Seite", page); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if j := d.emu.Jobs(); len(j) != 1 || j[0].State != 7 {
		t.Errorf("%+v", j)
	}
}

func TestAWebServerIsNoPrinter(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer srv.Close()
	u, _ := url.Parse(srv.URL)
	if err := ipp.New(srv.Client(), u, ipp.Opts{}).Ready(t.Context()); !errors.Is(err, ipp.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

// The bytes of a request as RFC 8010 appendix A writes them: the emulator uses the same library as the driver, this test does not.
func TestTheRequestIsThatOfTheStandard(t *testing.T) {
	var got []byte
	var length int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		length = r.ContentLength
		w.WriteHeader(http.StatusTeapot)
	}))
	defer srv.Close()
	u, _ := url.Parse(srv.URL + "/p")
	_ = ipp.New(srv.Client(), u, ipp.Opts{}).Print(t.Context(), "x", []byte("%PDF"))
	text := func(tag byte, name, value string) string {
		b := append([]byte{tag, 0, byte(len(name))}, name...)
		b = append(append(b, 0, byte(len(value))), value...)
		return hex.EncodeToString(b)
	}
	uri := strings.Replace(srv.URL, "http:", "ipp:", 1) + "/p"
	want := "0200" + "0002" + "00000001" + // version 2.0, Print-Job, request 1
		"01" + text(0x47, "attributes-charset", "utf-8") + text(0x48, "attributes-natural-language", "de") + text(0x45, "printer-uri", uri) +
		text(0x42, "requesting-user-name", "rathausnah") + text(0x42, "job-name", "x") + text(0x49, "document-format", "application/pdf") +
		"02" + text(0x44, "media", "iso_a4_210x297mm") + "210006" + hex.EncodeToString([]byte("copies")) + "000400000001" +
		"03" + hex.EncodeToString([]byte("%PDF"))
	if hex.EncodeToString(got) != want || length != int64(len(got)) {
		t.Errorf("sent %d bytes, announced %d\n%x\nwant\n%s", len(got), length, got, want)
	}
}

// With a printer at hand, such as "ippeveprinter -k -p 8631 -d DIR -f application/pdf -r off -n localhost A4", its address in
// RATHAUSNAH_IPP_PRINTER lets this test print there.
func TestARealPrinterTakesAPage(t *testing.T) {
	address := os.Getenv("RATHAUSNAH_IPP_PRINTER")
	if address == "" {
		t.Skip("RATHAUSNAH_IPP_PRINTER names no printer")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dev := ipp.New(http.DefaultClient, u, ipp.Opts{Poll: 50 * time.Millisecond})
	if err := dev.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := dev.Print(ctx, "Probeseite", page); err != nil {
		t.Fatal(err)
	}
}
