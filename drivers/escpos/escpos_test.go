package escpos_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

const key = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP"

func slip() []escpos.Part {
	private := escpos.Part{
		{Text: "Stadt Bad Oeynhausen", Center: true, Bold: true},
		{Kind: escpos.Feed},
		{Text: "Ihr Beleg", Center: true, Bold: true, Wide: 2, Tall: 2},
		{Kind: escpos.Rule},
		{Kind: escpos.Pair, Label: "Leistung", Text: "Bewohnerparkausweis"},
		{Kind: escpos.Pair, Label: "Nummer", Text: "BO-26-4T7K-2M9-X", Bold: true},
		{Kind: escpos.Pair, Label: "Bezahlt mit Karte", Text: "30,70\u00a0€", Bold: true},
		{Kind: escpos.Pair, Label: "Eingegangen", Text: "23. November 2026"},
		{Kind: escpos.Rule},
		{Text: "Mit diesem Code sehen Sie später nach, wie es steht. Bitte gut aufbewahren: Wer ihn hat, kann Ihre Antwort lesen.", Center: true},
		{Kind: escpos.QR, Data: key},
		{Kind: escpos.Verbatim, Lines: []string{"    ** Kundenbeleg **", "Terminal-ID 12345678", "girocard   EUR 30,70", "     Zahlung erfolgt"}},
		{Kind: escpos.Feed},
		{Text: "Nur für Sie. Niemandem zeigen.", Center: true},
	}
	display := escpos.Part{
		{Text: "Zum Auslegen im Auto", Center: true, Bold: true, Tall: 2},
		{Kind: escpos.Feed},
		{Text: "MI-ÄÖ 417E", Center: true, Bold: true, Wide: 4, Tall: 4},
		{Kind: escpos.Pair, Label: "Zone", Text: "3 Südstadt", Bold: true, Wide: 2, Tall: 2},
		{Kind: escpos.Pair, Label: "Gilt vorläufig bis", Text: "7. Dezember 2026"},
	}
	return []escpos.Part{private, display}
}

// desk is a printer with faults at the other end of a line.
type desk struct {
	emu   *escposemu.Printer
	fault atomic.Value
	asked chan struct{} // the emulator looked for faults
}

func newDesk(t testing.TB, dir string, columns int) *desk {
	t.Helper()
	d := &desk{asked: make(chan struct{}, 1)}
	d.fault.Store(escposemu.None)
	var err error
	d.emu, err = escposemu.New(escposemu.Opts{Dir: dir, Columns: columns, Line: 5 * time.Millisecond, Pause: 50 * time.Millisecond, Fault: func() escposemu.Fault {
		select {
		case d.asked <- struct{}{}:
		default:
		}
		return d.fault.Load().(escposemu.Fault)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) connect(t testing.TB, o escpos.Opts) *escpos.Dev {
	t.Helper()
	here, there := port.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.emu.Serve(ctx, there) }()
	dev := escpos.New(here, o)
	t.Cleanup(func() { dev.Close(); cancel(); <-done })
	return dev
}

func TestASlipComesOutAsItWasMeant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		if keep := os.Getenv("KEEP_SLIP"); keep != "" {
			dir = keep
		}
		d := newDesk(t, dir, 48)
		done, err := d.connect(t, escpos.Opts{}).Print(t.Context(), slip())
		if err != nil || done != 2 {
			t.Fatalf("done %d, %v", done, err)
		}
		got := d.emu.Slips()
		if len(got) != 1 || len(got[0].Parts) != 2 || d.emu.Unknown() != 0 {
			t.Fatalf("%d slips, %d unknown orders", len(got), d.emu.Unknown())
		}
		said := strings.Join(got[0].Text[0], "\n") + "\n" + strings.Join(got[0].Text[1], "\n")
		for _, want := range []string{"Stadt Bad Oeynhausen", "später", "Bezahlt mit Karte                        30,70 €", "MI-ÄÖ 417E", "             ** Kundenbeleg **"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not on the paper:\n%s", want, said)
			}
		}
		for _, line := range strings.Split(said, "\n") {
			if n := len([]rune(line)); n > 48 {
				t.Errorf("a line of %d letters: %q", n, line)
			}
		}
		for _, name := range []string{"slip-1.bin", "slip-1.png", "slip-1-part-1.png", "slip-1-part-2.png"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestTheKeyOnThePaperCanBeScanned(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	for name, o := range map[string]escpos.Opts{"native": {}, "picture": {NoQR: true}, "narrow": {Columns: 32}, "narrow picture": {Columns: 32, NoQR: true}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := newDesk(t, dir, o.Columns)
			if _, err := d.connect(t, o).Print(t.Context(), slip()[:1]); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("zbarimg", "-q", "--raw", filepath.Join(dir, "slip-1.png")).Output()
			if err != nil || strings.TrimSpace(string(out)) != key {
				t.Errorf("read %q, %v", out, err)
			}
		})
	}
}

func TestThePrinterTellsWhatIsWrongBeforeAnythingIsPrinted(t *testing.T) {
	for fault, want := range map[escposemu.Fault]error{escposemu.NoPaper: escpos.ErrNoPaper, escposemu.CoverOpen: escpos.ErrCoverOpen, escposemu.Silent: escpos.ErrSilent} {
		run(t, string(fault), func(t *testing.T) {
			d := newDesk(t, "", 48)
			d.fault.Store(fault)
			dev := d.connect(t, escpos.Opts{})
			if s, err := dev.Status(t.Context()); err == nil && !errors.Is(s.Err(), want) || err != nil && !errors.Is(err, want) {
				t.Errorf("status says %+v, %v", s, err)
			}
			done, err := dev.Print(t.Context(), slip())
			if done != 0 || !errors.Is(err, want) {
				t.Errorf("done %d, %v", done, err)
			}
			if n := len(d.emu.Slips()); n != 0 {
				t.Errorf("%d slips were printed", n)
			}
			d.fault.Store(escposemu.None)
			if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
				t.Errorf("afterwards: done %d, %v", done, err)
			}
		})
	}
}

func TestLowPaperIsSaidAndStillPrints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "", 48)
		d.fault.Store(escposemu.NearEnd)
		dev := d.connect(t, escpos.Opts{})
		s, err := dev.Status(t.Context())
		if err != nil || !s.PaperLow || s.Err() != nil {
			t.Errorf("status says %+v, %v", s, err)
		}
		if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
			t.Errorf("done %d, %v", done, err)
		}
	})
}

// A printer keeps what it could not print and would go on by itself when paper is put in: then the repeat would be the second slip.
func TestPaperThatEndsInTheMiddleGivesOneWholeSlipAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "", 48)
		dev := d.connect(t, escpos.Opts{})
		d.fault.Store(escposemu.RunsOut)
		done, err := dev.Print(t.Context(), slip())
		if done != 0 || !errors.Is(err, escpos.ErrNoPaper) {
			t.Fatalf("done %d, %v", done, err)
		}
		d.fault.Store(escposemu.None)
		for range 3 { // the printer has had the time to go on by itself
			<-d.asked
		}
		if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
			t.Fatalf("repeat: done %d, %v", done, err)
		}
		whole := 0
		for _, s := range d.emu.Slips() {
			for _, part := range s.Text {
				if strings.Contains(strings.Join(part, "\n"), "Niemandem zeigen") {
					whole++
					if part[0] != "Stadt Bad Oeynhausen" {
						t.Errorf("the slip begins with the rest of the other one: %q", part[0])
					}
				}
			}
		}
		if whole != 1 {
			t.Errorf("%d whole slips, want one", whole)
		}
	})
}

func TestAfterAFaultOnlyTheMissingPartIsPrinted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "", 48)
		parts := slip()
		short := escpos.Part{{Text: "Teil eins"}} // one line: the trouble after three lines hits the second part
		job := []escpos.Part{short, parts[1]}
		d.fault.Store(escposemu.Dies)
		memory := &escpos.Memory{}
		done, err := d.connect(t, escpos.Opts{Memory: memory}).Print(t.Context(), job)
		if done != 1 || !errors.Is(err, escpos.ErrLost) {
			t.Fatalf("done %d, %v", done, err)
		}
		d.fault.Store(escposemu.None)
		if done, err := d.connect(t, escpos.Opts{Memory: memory}).Print(t.Context(), job[done:]); done != 1 || err != nil {
			t.Fatalf("repeat: done %d, %v", done, err)
		}
		first, second := 0, 0
		for _, s := range d.emu.Slips() {
			for _, part := range s.Text {
				text := strings.Join(part, "\n")
				first += strings.Count(text, "Teil eins")
				second += strings.Count(text, "Gilt vorläufig")
			}
		}
		if first != 1 || second != 1 {
			t.Errorf("the first part was printed %d times, the second %d times", first, second)
		}
	})
}

func TestCancellingGivesTheJobUp(t *testing.T) {
	d := newDesk(t, "", 48)
	dev := d.connect(t, escpos.Opts{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if done, err := dev.Print(ctx, slip()); done != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("done %d, %v", done, err)
	}
}

func TestAnotherDeviceOnTheLineIsToldFromAPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := port.Pipe()
		defer there.Close()
		dev := escpos.New(here, escpos.Opts{})
		defer dev.Close()
		if _, err := there.Write([]byte("\xffHTTP/1.1 400 Bad Request\r\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := dev.Status(t.Context()); !errors.Is(err, escpos.ErrGarbled) {
			t.Errorf("got %v", err)
		}
	})
}

// The bytes are those of the command reference: emulator and driver could share a mistake, this list does not.
func TestTheBytesAreThoseOfTheReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := port.Pipe()
		defer there.Close()
		dev := escpos.New(here, escpos.Opts{})
		defer dev.Close()
		sent := make(chan []byte, 1)
		go func() {
			var all []byte
			buf := make([]byte, 256)
			for {
				n, err := there.Read(buf)
				for _, b := range buf[:n] {
					all = append(all, b)
					switch {
					case bytes.HasSuffix(all, []byte{0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8}):
						_, _ = there.Write([]byte{0x37, 0x25, 0})
					case len(all) > 2 && bytes.Equal(all[len(all)-3:len(all)-1], []byte{0x10, 0x04}):
						_, _ = there.Write([]byte{0x12})
					case bytes.HasSuffix(all, []byte{0x1D, 'r', 1}):
						_, _ = there.Write([]byte{0})
						sent <- all
						return
					}
				}
				if err != nil {
					return
				}
			}
		}()
		job := []escpos.Part{{{Text: "Öl 5 €ß", Bold: true, Center: true}, {Kind: escpos.QR, Data: "A"}}}
		if done, err := dev.Print(t.Context(), job); done != 1 || err != nil {
			t.Fatalf("done %d, %v", done, err)
		}
		want := "10140801031401060208" + // DLE DC4 8: clear buffers
			"100401" + "100402" + "100404" + // DLE EOT
			"1b40" + "1c2e" + "1b7413" + "1d6100" + // ESC @, FS ., ESC t 19, GS a 0
			"1b6101" + "1b4501" + "996c203520d5e1" + "0a" + "1b4500" + "1b6100" + // Ö l 5 € ß in code page 858
			"1b4a18" + "1b6101" + "1d286b0400314132" + "00" + "1d286b03003143" + "08" + "1d286b0300314531" + "1d286b040031503041" + "1d286b0300315130" + "1b6100" + "1b4a20" +
			"1d564200" + "1d7201" // GS V 66 0, GS r 1
		if got := hex.EncodeToString(<-sent); got != want {
			t.Errorf("sent\n%s, want\n%s", got, want)
		}
	})
}

func TestNamesFromEverywhereStayReadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "", 48)
		job := []escpos.Part{{{Text: "„Łódź“ – Şişli, Nguyễn, Жуков, Göß … 5\u00a0€ 👍"}, {Text: "\x1b@\x1dV0\x10\x04\x01böse"}}}
		if _, err := d.connect(t, escpos.Opts{}).Print(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		s := d.emu.Slips()[0]
		if got := s.Text[0][0]; got != `"Lódz" - Sisli, Nguyen, Zhukov, Göß ... 5 € ?` {
			t.Errorf("printed %q", got)
		}
		if got := s.Text[0][1]; got != "@V0böse" || len(s.Parts) != 1 {
			t.Errorf("text gave the printer orders: %q, %d parts", got, len(s.Parts))
		}
	})
}

func TestLongPairsAndWordsNeverLeaveThePaper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, columns := range []int{32, 42, 48} {
			d := newDesk(t, "", columns)
			long := strings.Repeat("Rindfleischetikettierung", 5)
			job := []escpos.Part{{
				{Kind: escpos.Pair, Label: "Leistung", Text: "Bewohnerparkausweis mit einem sehr langen Zusatz und noch einem"},
				{Kind: escpos.Pair, Label: long, Text: long, Wide: 3, Bold: true},
				{Text: long, Wide: 4, Tall: 2, Center: true},
				{Kind: escpos.Verbatim, Lines: []string{long}},
			}}
			if _, err := d.connect(t, escpos.Opts{Columns: columns}).Print(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			letters := 0
			for _, line := range d.emu.Slips()[0].Text[0] {
				if n := len([]rune(line)); n > columns {
					t.Errorf("%d columns: a line of %d", columns, n)
				}
				letters += strings.Count(line, "f")
			}
			if want := 4*5 + 0; letters < want {
				t.Errorf("%d columns: %d of %d words are whole", columns, letters, want)
			}
		}
	})
}

func TestACodeThatFitsNowhereStopsTheJobBeforeItBegins(t *testing.T) {
	d := newDesk(t, "", 48)
	job := []escpos.Part{{{Text: "vorher"}}, {{Kind: escpos.QR, Data: strings.Repeat("x", 5000)}}}
	if done, err := d.connect(t, escpos.Opts{}).Print(t.Context(), job); done != 0 || !errors.Is(err, escpos.ErrData) {
		t.Errorf("done %d, %v", done, err)
	}
	if len(d.emu.Slips()) != 0 {
		t.Error("something was printed")
	}
}

func TestThePictureIsAPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d := newDesk(t, dir, 42)
		if _, err := d.connect(t, escpos.Opts{Columns: 42}).Print(t.Context(), slip()); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(dir, "slip-1.png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, err := png.Decode(f)
		if err != nil || img.Bounds().Dx() < 42*12 || img.Bounds().Dy() < 800 {
			t.Errorf("%v, %v", img.Bounds(), err)
		}
	})
}
