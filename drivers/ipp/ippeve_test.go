package ipp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/pwg"
)

// eve is ippeveprinter, the printer that the makers of CUPS test with, as a process of its own. What its script does stands in the file "mode".
type eve struct {
	dir     string
	dev     *ipp.Dev
	process *exec.Cmd
	begun   string // a pipe: the script says that it has a page
}

const script = `#!/bin/sh
cd "$(dirname "$0")"
case "$(cat mode)" in
paper) echo "STATE: +media-empty-error" >&2; echo > begun; while [ -s mode ]; do sleep 0.05; done; echo "STATE: -media-empty-error" >&2;;
abort) exit 1;;
hold) echo > begun; while [ -s mode ]; do sleep 0.05; done;;
esac
exit 0
`

// newEve starts the printer with a message bus of its own: it looks for DNS-SD even when it is told to be silent there.
func newEve(t *testing.T, options ...string) *eve {
	t.Helper()
	for _, program := range []string{"ippeveprinter", "dbus-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed here", program)
		}
	}
	e := &eve{dir: t.TempDir()}
	e.begun = filepath.Join(e.dir, "begun")
	bus := filepath.Join(e.dir, "bus")
	e.write(t, "bus.conf", fmt.Sprintf(`<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>`+
		`<policy context="default"><allow send_destination="*"/><allow own="*"/><allow user="*"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>`, bus))
	e.write(t, "command", script)
	e.write(t, "mode", "")
	if err := os.Chmod(filepath.Join(e.dir, "command"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(e.begun, 0o600); err != nil {
		t.Skip("there are no named pipes here")
	}
	run(t, nil, "dbus-daemon", "--config-file="+filepath.Join(e.dir, "bus.conf"), "--nofork", "--nopidfile")
	until(t, "the message bus", func() bool { _, err := os.Stat(bus); return err == nil })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, at, _ := net.SplitHostPort(ln.Addr().String())
	ln.Close()
	spool := filepath.Join(e.dir, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-k", "-p", at, "-d", spool, "-r", "off", "-n", "localhost", "-c", filepath.Join(e.dir, "command")}, options...)
	e.process = run(t, []string{"DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + bus}, "ippeveprinter", append(args, "KioskA4")...)
	e.dev = ipp.New(&http.Client{}, mustParse("ipp://localhost:"+at+"/ipp/print"), ipp.Opts{Poll: 20 * time.Millisecond, Patience: 100 * time.Millisecond})
	until(t, "the printer", func() bool { _, err := e.dev.Info(t.Context()); return err == nil })
	return e
}

func (e *eve) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(e.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mode tells the script what to do with pages from now on.
func (e *eve) mode(t *testing.T, word string) {
	t.Helper()
	e.write(t, "mode.new", word)
	if err := os.Rename(filepath.Join(e.dir, "mode.new"), filepath.Join(e.dir, "mode")); err != nil {
		t.Fatal(err)
	}
}

// whenBegun waits until the script has a page.
func (e *eve) whenBegun(t *testing.T) {
	t.Helper()
	f, err := os.Open(e.begun) // waits for the script to open its end
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	_, _ = io.Copy(io.Discard, f)
}

func (e *eve) spooled(t *testing.T, pattern string) [][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(e.dir, "spool", pattern))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func run(t *testing.T, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its script ends with it
	if err := cmd.Start(); err != nil {
		t.Skipf("%s does not run here: %v", name, err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return cmd
}

// until asks a process that is about to start, which tells nobody when it has.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Skipf("%s does not start here", what)
		}
	}
}

// document is a PDF of two A4 pages: on the first one a black square of 50 mm, on the second one a red one.
func document(t *testing.T) []byte {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	for page := range 2 {
		pdf.AddPage()
		pdf.SetFillColor(200*page, 0, 0)
		pdf.Rect(100, 100, 50, 50, "F")
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestARealPrinterTakesPages(t *testing.T) {
	e := newEve(t, "-f", "application/pdf", "-2", "-l", "Foyer", "-M", "Rathaus", "-m", "Drucker")
	i, err := e.dev.Info(t.Context())
	if err != nil || i.Name != "KioskA4" || i.Model != "Rathaus Drucker" || i.Location != "Foyer" || !i.Duplex || i.Colour || !i.Accepting || i.State != ipp.Idle || len(i.Loaded) == 0 {
		t.Errorf("%+v, %v", i, err)
	}
	doc := document(t)
	for range 2 {
		if err := e.dev.Print(t.Context(), "Probeseite", doc); err != nil {
			t.Fatal(err)
		}
	}
	if got := e.spooled(t, "*.pdf"); len(got) != 2 || !bytes.Equal(got[1], doc) {
		t.Errorf("%d pages came out", len(got))
	}
}

// It only warns: media-empty-warning, and its job stands.
func TestARealPrinterWithoutPaperGivesThePageBack(t *testing.T) {
	e := newEve(t, "-f", "application/pdf")
	e.mode(t, "paper")
	go e.whenBegun(t)
	if err := e.dev.Print(t.Context(), "Seite", document(t)); !errors.Is(err, ipp.ErrNoPaper) || ipp.Sentence(err, "de") != "Im Drucker ist kein Papier mehr." {
		t.Fatal(err)
	}
	e.mode(t, "")
	until(t, "the printer with paper", func() bool {
		i, err := e.dev.Info(t.Context())
		return err == nil && len(i.Reasons) == 0
	})
	if jobs, err := e.dev.Jobs(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("there still wait %+v, %v", jobs, err)
	}
	if err := e.dev.Print(t.Context(), "Seite", document(t)); err != nil {
		t.Error(err)
	}
}

func TestARealPrinterThatGivesUpIsNotCalledDone(t *testing.T) {
	e := newEve(t, "-f", "application/pdf")
	e.mode(t, "abort")
	err := e.dev.Print(t.Context(), "Seite", document(t))
	if !errors.Is(err, ipp.ErrAborted) {
		t.Error(err)
	}
	e.mode(t, "")
	if err := e.dev.Print(t.Context(), "Seite", document(t)); err != nil {
		t.Error(err)
	}
}

func TestARealPrinterTakesAPageBackWhenTheVisitEnds(t *testing.T) {
	e := newEve(t, "-f", "application/pdf")
	e.mode(t, "hold")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		e.whenBegun(t)
		cancel()
	}()
	if err := e.dev.Print(ctx, "Seite", document(t)); !errors.Is(err, context.Canceled) || errors.Is(err, ipp.ErrUnclear) {
		t.Error(err)
	}
	e.mode(t, "")
	until(t, "the printer", func() bool {
		jobs, err := e.dev.Jobs(t.Context())
		return err == nil && len(jobs) == 0
	})
}

func TestARealPrinterSwitchedOffInTheMiddleIsUnclear(t *testing.T) {
	e := newEve(t, "-f", "application/pdf")
	e.mode(t, "hold")
	go func() {
		e.whenBegun(t)
		_ = syscall.Kill(-e.process.Process.Pid, syscall.SIGKILL)
	}()
	err := e.dev.Print(t.Context(), "Seite", document(t))
	if !errors.Is(err, ipp.ErrUnclear) || !errors.Is(err, ipp.ErrUnreachable) {
		t.Error(err)
	}
}

// A printer that takes no PDF gets pictures. Its own tool, written by the makers of CUPS, reads them as we mean them.
func TestARealPrinterTakesPictures(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed here")
	}
	for name, options := range map[string][]string{"grey": nil, "colour": {"-s", "10,10"}} {
		e := newEve(t, append([]string{"-f", "image/pwg-raster"}, options...)...)
		if err := e.dev.Print(t.Context(), "Seite", document(t)); err != nil {
			t.Fatal(name, err)
		}
		got := e.spooled(t, "*.pwg")
		if len(got) != 1 {
			t.Fatalf("%s: %d documents", name, len(got))
		}
		pages, err := pwg.Decode(got[0], 1<<28)
		if err != nil || len(pages) != 2 {
			t.Fatalf("%s: %d pages, %v", name, len(pages), err)
		}
		square(t, name, pages[0], name == "colour")
		if _, err := exec.LookPath("ippevepcl"); err != nil || name != "grey" { // the tool knows grey alone
			continue
		}
		cmd := exec.Command("ippevepcl", filepath.Join(e.dir, "spool", one(t, filepath.Join(e.dir, "spool", "*.pwg"))))
		cmd.Env = append(os.Environ(), "CONTENT_TYPE=image/pwg-raster")
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		pcl, err := cmd.Output()
		if err != nil || bytes.Count(pcl, []byte("\x1b*r1A")) != 2 && bytes.Count(pcl, []byte("\f")) != 2 {
			t.Errorf("%s: the printer's own tool: %v, %d bytes of PCL, %s", name, err, len(pcl), complaint.String())
		}
	}
}

func one(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	return filepath.Base(names[0])
}

// square looks whether the black square of 50 mm lies 100 mm from the upper left, and nothing else on the page.
func square(t *testing.T, name string, p pwg.Page, colour bool) {
	t.Helper()
	if w, h := pwg.A4(p.DPI); p.Width != w || p.Height != h || p.Colour != colour {
		t.Fatalf("%s: %d by %d at %d dpi, colour %v", name, p.Width, p.Height, p.DPI, p.Colour)
	}
	deep := len(p.Pix) / p.Width / p.Height
	at := func(xmm, ymm float64) byte {
		return p.Pix[(int(ymm*float64(p.DPI)/25.4)*p.Width+int(xmm*float64(p.DPI)/25.4))*deep]
	}
	for _, c := range []struct {
		x, y float64
		want byte
	}{{1, 1, 255}, {99.5, 125, 255}, {100.5, 125, 0}, {149.5, 125, 0}, {150.5, 125, 255}, {125, 99.5, 255}, {125, 100.5, 0}, {125, 149.5, 0}, {125, 150.5, 255}, {209.5, 296.5, 255}} {
		if got := at(c.x, c.y); got != c.want {
			t.Errorf("%s: %d at %.1f, %.1f mm, want %d", name, got, c.x, c.y, c.want)
		}
	}
	dark := bytes.Count(p.Pix, []byte{0})
	if want := (50 * p.DPI * 10 / 254) * (50 * p.DPI * 10 / 254) * deep; dark < want*98/100 || dark > want*102/100 {
		t.Errorf("%s: %d dark bytes, want about %d", name, dark, want)
	}
}

// What pdftoppm makes of what is no PDF is an end, not a page.
func TestWhatCannotBeDrawnIsNotPrinted(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed here")
	}
	d := newDeskRaster(t)
	for _, doc := range [][]byte{nil, []byte("%PDF-1.4\nso to say\n%%EOF\n"), []byte(strings.Repeat("noise", 1000)), document(t)[:500]} {
		if err := d.dev.Print(t.Context(), "Seite", doc); !errors.Is(err, ipp.ErrAborted) {
			t.Errorf("%d bytes: %v", len(doc), err)
		}
	}
	big := fpdf.New("P", "mm", "A3", "")
	big.AddPage()
	var b bytes.Buffer
	if err := big.Output(&b); err != nil {
		t.Fatal(err)
	}
	if err := d.dev.Print(t.Context(), "Seite", b.Bytes()); !errors.Is(err, ipp.ErrRefused) {
		t.Errorf("A3: %v", err)
	}
	if jobs := d.emu.Jobs(); len(jobs) != 0 {
		t.Errorf("%d jobs were sent", len(jobs))
	}
	if err := d.dev.Print(t.Context(), "Seite", document(t)); err != nil {
		t.Fatal(err)
	}
	pages, err := pwg.Decode(d.emu.Jobs()[0].Raster, 1<<28)
	if err != nil || len(pages) != 2 {
		t.Fatal(len(pages), err)
	}
	square(t, "emulator", pages[0], false)
}
