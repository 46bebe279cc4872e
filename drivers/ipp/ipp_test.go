package ipp_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
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

// quick asks often, so that tests need not wait.
var quick = ipp.Opts{Poll: 5 * time.Millisecond}

type desk struct {
	emu   *ippemu.Printer
	dev   *ipp.Dev
	fault atomic.Value
	dir   string
	onAsk atomic.Value // a func(goipp.Op): what happens before a request is answered
}

func newDesk(t *testing.T, o ippemu.Opts) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir()}
	d.onAsk.Store(func(goipp.Op) {})
	d.fault.Store(ippemu.None)
	o.Dir, o.Fault = d.dir, func() ippemu.Fault { return d.fault.Load().(ippemu.Fault) }
	d.emu = ippemu.New(o)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if len(b) >= 4 {
			d.onAsk.Load().(func(goipp.Op))(goipp.Op(b[2])<<8 | goipp.Op(b[3]))
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		d.emu.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	d.dev = ipp.New(srv.Client(), address(t, srv), quick)
	return d
}

func address(t *testing.T, srv *httptest.Server) *url.URL {
	t.Helper()
	u, err := url.Parse(strings.Replace(srv.URL, "http:", "ipp:", 1) + "/ipp/print")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAPageIsPrintedOnA4(t *testing.T) {
	for _, old := range []bool{false, true} {
		d := newDesk(t, ippemu.Opts{Old: old})
		if err := d.dev.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.dev.Print(t.Context(), "Bewohnerparkausweis", page); err != nil {
			t.Fatal(err)
		}
		jobs := d.emu.Jobs()
		if len(jobs) != 1 || jobs[0].Media != "iso_a4_210x297mm" || jobs[0].Name != "Bewohnerparkausweis" || jobs[0].Sides != "one-sided" {
			t.Errorf("%d jobs, %+v", len(jobs), jobs)
		}
		if got, err := os.ReadFile(filepath.Join(d.dir, "page-1.pdf")); err != nil || !bytes.Equal(got, page) {
			t.Errorf("kept %q, %v", got, err)
		}
	}
}

// A printer of 2008 knows IPP 1.1 alone and says so once; nobody asks it in another version again.
func TestAnOldPrinterIsSpokenToInItsOwnVersion(t *testing.T) {
	d := newDesk(t, ippemu.Opts{Old: true})
	var asked atomic.Int32
	d.onAsk.Store(func(goipp.Op) { asked.Add(1) })
	if _, err := d.dev.Info(t.Context()); err != nil || asked.Load() != 2 {
		t.Errorf("%d questions, %v", asked.Load(), err)
	}
	if _, err := d.dev.Info(t.Context()); err != nil || asked.Load() != 3 {
		t.Errorf("%d questions, %v", asked.Load(), err)
	}
	if err := d.dev.Print(t.Context(), "Seite", page); err != nil || len(d.emu.Jobs()) != 1 {
		t.Errorf("%d jobs, %v", len(d.emu.Jobs()), err)
	}
}

func TestThePrinterTellsWhatItIs(t *testing.T) {
	d := newDesk(t, ippemu.Opts{Duplex: true, Colour: true})
	i, err := d.dev.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i.Name != "A4" || i.Firmware != "1" || i.Model == "" || !i.Duplex || !i.Colour || i.State != ipp.Idle || len(i.Reasons) != 0 || i.Formats[0] != "application/pdf" || i.Media[0] != "iso_a4_210x297mm" {
		t.Errorf("%+v", i)
	}
}

func TestThePrinterTellsWhatIsWrong(t *testing.T) {
	for fault, want := range map[ippemu.Fault]struct {
		err    error
		de, en string
	}{
		ippemu.NoPaper:   {ipp.ErrNoPaper, "kein Papier", "out of paper"},
		ippemu.CoverOpen: {ipp.ErrCoverOpen, "Klappe", "cover"},
		ippemu.Jam:       {ipp.ErrStopped, "steckt Papier fest", "stuck"},
		ippemu.Toner:     {ipp.ErrStopped, "Toner", "toner"},
		ippemu.Stopped:   {ipp.ErrStopped, "angehalten", "paused"},
		ippemu.Silent:    {ipp.ErrUnreachable, "nicht zu erreichen", "cannot be reached"},
	} {
		d := newDesk(t, ippemu.Opts{})
		d.fault.Store(fault)
		err := d.dev.Ready(t.Context())
		if !errors.Is(err, want.err) {
			t.Errorf("%s: %v", fault, err)
		}
		if de, en := ipp.Sentence(err, "de"), ipp.Sentence(err, "en"); !strings.Contains(de, want.de) || !strings.Contains(en, want.en) {
			t.Errorf("%s is said as %q and %q", fault, de, en)
		}
		if err := d.dev.Print(t.Context(), "Seite", page); !errors.Is(err, want.err) || len(d.emu.Jobs()) > 0 {
			t.Errorf("%s: a page was sent: %v", fault, err)
		}
	}
}

func TestAWarningPrintsAllTheSame(t *testing.T) {
	d := newDesk(t, ippemu.Opts{})
	d.fault.Store(ippemu.LowPaper)
	if err := d.dev.Print(t.Context(), "Seite", page); err != nil {
		t.Fatal(err)
	}
	i, err := d.dev.Info(t.Context())
	if err != nil || len(i.Reasons) != 1 || !i.Reasons[0].Mild() || i.Reasons[0].Sentence("de") != "Im Drucker ist nur noch wenig Papier." {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestPaperThatIsMissingInTheMiddleTakesTheJobBack(t *testing.T) {
	for _, fault := range []ippemu.Fault{ippemu.NoPaper, ippemu.CoverOpen, ippemu.Jam} {
		d := newDesk(t, ippemu.Opts{})
		d.onAsk.Store(func(op goipp.Op) {
			if op == goipp.OpSendDocument {
				d.fault.Store(fault)
			}
		})
		if err := d.dev.Print(t.Context(), "Seite", page); err == nil || errors.Is(err, ipp.ErrUnclear) {
			t.Fatalf("%s: %v", fault, err)
		}
		d.onAsk.Store(func(goipp.Op) {})
		d.fault.Store(ippemu.None)
		if err := d.dev.Print(t.Context(), "Seite", page); err != nil {
			t.Fatal(err)
		}
		if files, _ := filepath.Glob(filepath.Join(d.dir, "*.pdf")); len(files) != 1 {
			t.Errorf("%s: %d pages were printed, want one", fault, len(files))
		}
	}
}

func TestAbortedAndRefusedPagesAreNotCalledPrinted(t *testing.T) {
	for fault, want := range map[ippemu.Fault]error{ippemu.Aborts: ipp.ErrAborted, ippemu.Refuses: ipp.ErrRefused, ippemu.Silent: ipp.ErrUnreachable} {
		d := newDesk(t, ippemu.Opts{})
		d.fault.Store(fault)
		if err := d.dev.Print(t.Context(), "Seite", page); !errors.Is(err, want) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

// The answer to a document is lost: the printer has it and prints. With the job's number that can be found out, so nobody prints twice.
func TestALostAnswerIsAskedForAgain(t *testing.T) {
	d := newDesk(t, ippemu.Opts{})
	d.fault.Store(ippemu.LostAnswer)
	if err := d.dev.Print(t.Context(), "Seite", page); err != nil {
		t.Errorf("the page lies in the tray, yet: %v", err)
	}
	old := newDesk(t, ippemu.Opts{Old: true})
	old.fault.Store(ippemu.LostAnswer)
	if err := old.dev.Print(t.Context(), "Seite", page); !errors.Is(err, ipp.ErrUnclear) || !strings.Contains(ipp.Sentence(err, "de"), "sehen Sie nach") {
		t.Errorf("without a job's number nobody knows, yet: %v", err)
	}
}

func TestAPrinterSwitchedOffInTheMiddleIsUnclear(t *testing.T) {
	d := newDesk(t, ippemu.Opts{})
	d.onAsk.Store(func(op goipp.Op) {
		if op == goipp.OpSendDocument {
			d.fault.Store(ippemu.SwitchedOff)
		}
	})
	if err := d.dev.Print(t.Context(), "Seite", page); !errors.Is(err, ipp.ErrUnclear) || !errors.Is(err, ipp.ErrUnreachable) {
		t.Error(err)
	}
	d.fault.Store(ippemu.None)
	d.onAsk.Store(func(goipp.Op) {})
	if err := d.dev.Print(t.Context(), "Seite", page); err != nil {
		t.Errorf("it is on again, yet: %v", err)
	}
}

func TestTheEndOfTheVisitTakesThePageBack(t *testing.T) {
	d := newDesk(t, ippemu.Opts{})
	d.fault.Store(ippemu.Busy)
	ctx, cancel := context.WithCancel(t.Context())
	d.onAsk.Store(func(op goipp.Op) {
		if op == goipp.OpGetJobAttributes {
			cancel()
		}
	})
	if err := d.dev.Print(ctx, "Seite", page); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if j := d.emu.Jobs(); len(j) != 1 || j[0].State != 7 {
		t.Errorf("%+v", j)
	}
}

func TestWhatWaitsForSomebodyWhoIsGoneIsPurged(t *testing.T) {
	d := newDesk(t, ippemu.Opts{})
	d.fault.Store(ippemu.Busy)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	left := make(chan struct{}) // two pages whose terminal lost its power: nobody takes them back
	d.onAsk.Store(func(op goipp.Op) {
		if op == goipp.OpCancelJob {
			<-left
		}
		if op == goipp.OpGetJobAttributes {
			cancel()
		}
	})
	for range 2 {
		go func() { _ = d.dev.Print(ctx, "Seite", page) }()
	}
	<-ctx.Done()
	for len(d.emu.Jobs()) < 2 {
		jobs, err := d.dev.Jobs(t.Context())
		if err != nil || len(jobs) > 2 {
			t.Fatal(jobs, err)
		}
		if len(jobs) == 1 {
			break // the second one saw the end before it began
		}
	}
	close(left)
	if _, err := d.dev.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if jobs, err := d.dev.Jobs(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("there still wait %+v, %v", jobs, err)
	}
}

// The bytes of requests and answers as RFC 8010 section 3.1 and appendix A write them: the emulator uses the same library as the driver, this test does not.
func TestTheRequestIsThatOfTheStandard(t *testing.T) {
	attribute := func(tag byte, name, value string) string {
		b := append([]byte{tag, 0, byte(len(name))}, name...)
		b = append(append(b, 0, byte(len(value))), value...)
		return hex.EncodeToString(b)
	}
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if int64(len(b)) != r.ContentLength {
			t.Errorf("%d bytes, announced %d", len(b), r.ContentLength)
		}
		asked = append(asked, hex.EncodeToString(b))
		w.Header().Set("Content-Type", "application/ipp")
		answer := "0200" + "0000" + fmt.Sprintf("%08x", len(asked)) + "01" + attribute(0x47, "attributes-charset", "utf-8") + attribute(0x48, "attributes-natural-language", "de")
		switch b[3] {
		case 0x0B: // Get-Printer-Attributes
			answer += "04" + attribute(0x23, "printer-state", "\x00\x00\x00\x03") + attribute(0x49, "document-format-supported", "application/pdf")
		case 0x02: // Print-Job
			answer += "02" + attribute(0x21, "job-id", "\x00\x00\x00\x93") + attribute(0x23, "job-state", "\x00\x00\x00\x09")
		}
		reply, err := hex.DecodeString(answer + "03")
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(reply)
	}))
	defer srv.Close()
	u, _ := url.Parse(srv.URL + "/p")
	if err := ipp.New(srv.Client(), u, ipp.Opts{}).Print(t.Context(), "x", []byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	uri := strings.Replace(srv.URL, "http:", "ipp:", 1) + "/p"
	want := "0200" + "0002" + "00000002" + // version 2.0, Print-Job, request 2
		"01" + attribute(0x47, "attributes-charset", "utf-8") + attribute(0x48, "attributes-natural-language", "de") + attribute(0x45, "printer-uri", uri) +
		attribute(0x42, "requesting-user-name", "rathausnah") + attribute(0x42, "job-name", "x") + attribute(0x49, "document-format", "application/pdf") +
		"02" + attribute(0x44, "media", "iso_a4_210x297mm") + attribute(0x21, "copies", "\x00\x00\x00\x01") + attribute(0x44, "sides", "one-sided") +
		"03" + hex.EncodeToString([]byte("%PDF"))
	if len(asked) != 2 || asked[1] != want {
		t.Errorf("sent\n%s\nwant\n%s", asked[len(asked)-1], want)
	}
}

// rfc8010 gives an answer of the document, as the one to the request b.
func rfc8010(t *testing.T, name string, b []byte) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/rfc8010.txt")
	if err != nil {
		t.Fatal(err)
	}
	var digits string
	inside := false
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, " ") {
			inside = strings.TrimSpace(line) == name
		} else if inside {
			digits += strings.TrimSpace(line)
		}
	}
	answer, err := hex.DecodeString(digits)
	if err != nil || len(answer) < 8 {
		t.Fatal(name, err)
	}
	copy(answer[4:8], b[4:8]) // the request's number
	return answer
}

func TestTheAnswersOfTheStandardAreUnderstood(t *testing.T) {
	for name, want := range map[string]error{"successful": nil, "failed": ipp.ErrRefused} {
		emu := ippemu.New(ippemu.Opts{Old: true})
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			switch op := goipp.Op(b[2])<<8 | goipp.Op(b[3]); {
			case op == goipp.OpPrintJob && b[0] == 1:
				w.Header().Set("Content-Type", "application/ipp")
				_, _ = w.Write(rfc8010(t, name, b))
			case op == goipp.OpGetJobAttributes:
				answer := rfc8010(t, name, b)
				at := bytes.Index(answer, []byte("job-state")) + len("job-state") + 2
				copy(answer[at:], []byte{0, 0, 0, 9}) // completed
				w.Header().Set("Content-Type", "application/ipp")
				_, _ = w.Write(answer)
			default:
				r.Body = io.NopCloser(bytes.NewReader(b))
				emu.ServeHTTP(w, r)
			}
		}))
		if err := ipp.New(srv.Client(), address(t, srv), quick).Print(t.Context(), "Seite", page); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

func ExampleDev_Print() {
	printer := httptest.NewServer(ippemu.New(ippemu.Opts{})) // stands for ipp://printer.town-hall/ipp/print
	defer printer.Close()
	u, err := url.Parse(printer.URL)
	if err != nil {
		panic(err)
	}
	dev := ipp.New(&http.Client{}, u, ipp.Opts{Poll: time.Millisecond})
	err = dev.Print(context.Background(), "Bescheid", []byte("%PDF-1.7 ..."))
	fmt.Println(err)
	// Output: <nil>
}

func newDeskRaster(t *testing.T) *desk { return newDesk(t, ippemu.Opts{Raster: true}) }
