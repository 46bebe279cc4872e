package escpos_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// profiles gives the ways in which printers confirm and report: in turn and asked, and with a name and by themselves.
func profiles(t testing.TB) map[string]escpos.Profile {
	t.Helper()
	able, err := escpos.Named("epson-tm-t20iii")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]escpos.Profile{"generic": escpos.Generic(), "able": able}
}

// count tells on how many pieces of paper a text stands, and on how many of them the word "copy".
func (d *desk) count(text string) (pieces, copies int) {
	for _, s := range d.emu.Slips() {
		for _, part := range s.Text {
			all := strings.Join(part, "\n")
			if strings.Contains(all, text) {
				pieces++
				if strings.Contains(all, "KOPIE / COPY") {
					copies++
				}
			}
		}
	}
	return pieces, copies
}

// run runs a subtest on a clock of its own: nothing in it depends on how fast the machine is, and nothing may stay behind.
func run(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { t.Parallel(); synctest.Test(t, f) })
}

func TestEveryFaultIsSaidAndSurvived(t *testing.T) {
	for name, profile := range profiles(t) {
		for _, c := range []struct {
			fault  escposemu.Fault
			want   error // nil: the job is done all the same
			done   int
			copies int // how many private parts bear the mark after the repeat
		}{
			{escposemu.NearEnd, nil, 2, 0},
			{escposemu.Slow, nil, 2, 0},
			{escposemu.Recovers, nil, 2, 0},
			{escposemu.NoPaper, escpos.ErrNoPaper, 0, 0},
			{escposemu.CoverOpen, escpos.ErrCoverOpen, 0, 0},
			{escposemu.Offline, escpos.ErrOffline, 0, 0},
			{escposemu.Silent, escpos.ErrSilent, 0, 0},
			{escposemu.Noise, escpos.ErrGarbled, 0, 0},
			{escposemu.RunsOut, escpos.ErrNoPaper, 0, 0},
			{escposemu.Cutter, escpos.ErrCutter, 0, 1},
			{escposemu.Dies, escpos.ErrLost, 0, 1},
			{escposemu.DiesLate, escpos.ErrLost, 0, 1},
		} {
			run(t, name+" "+string(c.fault), func(t *testing.T) {
				d := newDesk(t, "", 48)
				memory := &escpos.Memory{}
				o := escpos.Opts{Profile: profile, Memory: memory}
				d.fault.Store(c.fault)
				dev := d.connect(t, o)
				done, err := dev.Print(t.Context(), slip())
				if done != c.done || !errors.Is(err, c.want) {
					t.Fatalf("done %d, %v; want %d, %v", done, err, c.done, c.want)
				}
				d.fault.Store(escposemu.None)
				if c.want == nil {
					return
				}
				if errors.Is(err, escpos.ErrLost) {
					dev = d.connect(t, o)
				}
				if c.fault == escposemu.Noise { // what was broken is still on its way
					_, _ = dev.Status(t.Context())
				}
				if done, err := dev.Print(t.Context(), slip()[done:]); err != nil || done != 2 {
					t.Fatalf("repeat: done %d, %v", done, err)
				}
				if pieces, copies := d.count("Niemandem zeigen"); copies != c.copies || pieces-copies > 1 {
					t.Errorf("%d private parts, %d of them marked, want %d", pieces, copies, c.copies)
				}
				if pieces, copies := d.count("Gilt vorläufig"); pieces != 1 || copies != 0 {
					t.Errorf("%d parts to display, %d marked", pieces, copies)
				}
			})
		}
	}
}

// Whoever prints the whole document anew after a fault, because he does not know what came out, prints a copy of what did.
func TestWhatCameOutBeforeAFaultIsACopyWhenPrintedAgain(t *testing.T) {
	for name, profile := range profiles(t) {
		run(t, name, func(t *testing.T) {
			d := newDesk(t, "", 48)
			o := escpos.Opts{Profile: profile, Memory: &escpos.Memory{}}
			job := []escpos.Part{{{Text: "Teil eins"}}, {{Text: "Zeile"}, {Text: "Zeile"}, {Text: "Zeile"}, {Text: "Teil zwei"}}}
			d.fault.Store(escposemu.RunsOut)
			if done, err := d.connect(t, o).Print(t.Context(), job); done != 1 || !errors.Is(err, escpos.ErrNoPaper) {
				t.Fatalf("done %d, %v", done, err)
			}
			d.fault.Store(escposemu.None)
			if done, err := d.connect(t, o).Print(t.Context(), job); done != 2 || err != nil {
				t.Fatalf("repeat: done %d, %v", done, err)
			}
			if pieces, copies := d.count("Teil eins"); pieces != 2 || copies != 1 {
				t.Errorf("first part: %d pieces, %d marked", pieces, copies)
			}
			if pieces, copies := d.count("Teil zwei"); pieces != 1 || copies != 0 {
				t.Errorf("second part: %d pieces, %d marked", pieces, copies)
			}
		})
	}
}

// A printer that does not understand DLE DC4 prints the rest by itself when paper is put in. Then nobody knows, and the repeat is marked.
func TestAPrinterThatCannotForgetMakesTheRepeatACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, err := escpos.Named("epson-tm-t88iii")
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{asked: make(chan struct{}, 1)}
		d.fault.Store(escposemu.RunsOut)
		if d.emu, err = escposemu.New(escposemu.Opts{Profile: old, Fault: func() escposemu.Fault {
			select {
			case d.asked <- struct{}{}:
			default:
			}
			return d.fault.Load().(escposemu.Fault)
		}}); err != nil {
			t.Fatal(err)
		}
		o := escpos.Opts{Profile: old}
		dev := d.connect(t, o)
		if done, err := dev.Print(t.Context(), slip()[:1]); done != 0 || !errors.Is(err, escpos.ErrNoPaper) {
			t.Fatalf("done %d, %v", done, err)
		}
		d.fault.Store(escposemu.None)
		for range 3 {
			<-d.asked
		}
		if done, err := dev.Print(t.Context(), slip()[:1]); done != 1 || err != nil {
			t.Fatalf("repeat: done %d, %v", done, err)
		}
		if pieces, copies := d.count("Niemandem zeigen"); pieces != 2 || copies != 1 {
			t.Errorf("%d pieces, %d marked", pieces, copies)
		}
	})
}

func TestTheCutterIsFreedWhenTheJamIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, err := escpos.Named("epson-tm-t88iii") // knows DLE ENQ only
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]escpos.Profile{"DLE DC4": escpos.Generic(), "DLE ENQ": old} {
			d := newDesk(t, "", 48)
			d.fault.Store(escposemu.Cutter)
			dev := d.connect(t, escpos.Opts{Profile: p})
			if _, err := dev.Print(t.Context(), slip()[1:]); !errors.Is(err, escpos.ErrCutter) || !errors.Is(err, escpos.ErrFailed) {
				t.Fatalf("%s: %v", name, err)
			}
			if s, err := dev.Status(t.Context()); err != nil || !s.Cutter || !s.Failed || s.Fatal {
				t.Errorf("%s: %+v, %v", name, s, err)
			}
			if _, err := dev.Print(t.Context(), slip()[1:]); !errors.Is(err, escpos.ErrCutter) {
				t.Errorf("%s: while the jam is there: %v", name, err)
			}
			d.fault.Store(escposemu.None)
			if done, err := dev.Print(t.Context(), slip()[1:]); done != 1 || err != nil {
				t.Errorf("%s: done %d, %v", name, done, err)
			}
		}
	})
}

func TestAPrinterReportsByItselfAndMakesRoomForAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		able := profiles(t)["able"]
		d := newDesk(t, "", 48)
		dev := d.connect(t, escpos.Opts{Profile: able})
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan escpos.Status, 16)
		ended := make(chan error, 1)
		go func() { ended <- dev.Watch(ctx, func(s escpos.Status) { seen <- s }) }()
		if s := <-seen; s != (escpos.Status{}) {
			t.Fatalf("at the beginning: %+v", s)
		}
		d.fault.Store(escposemu.NearEnd)
		if s := <-seen; !s.PaperLow || s.Err() != nil {
			t.Errorf("low paper: %+v", s)
		}
		if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
			t.Errorf("while it is watched: done %d, %v", done, err)
		}
		d.fault.Store(escposemu.CoverOpen)
		for s := range seen {
			if s.CoverOpen {
				break
			}
		}
		if s, err := dev.Status(t.Context()); err != nil || !s.CoverOpen {
			t.Errorf("asked: %+v, %v", s, err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		if err := d.connect(t, escpos.Opts{}).Watch(t.Context(), func(escpos.Status) {}); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("a printer that does not report: %v", err)
		}
	})
}

func TestAPrinterTellsItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "", 48)
		maker, model, err := d.connect(t, escpos.Opts{}).Model(t.Context())
		if maker != "EPSON" || model != "TM-T88V" || err != nil {
			t.Errorf("%q, %q, %v", maker, model, err)
		}
		d.fault.Store(escposemu.CoverOpen)
		if _, _, err := d.connect(t, escpos.Opts{}).Model(t.Context()); !errors.Is(err, escpos.ErrSilent) {
			t.Errorf("with the cover open: %v", err)
		}
	})
}

// full is a line whose other end takes no more data after some, as a printer without paper once its buffer is full.
type full struct {
	port.Port
	mu     sync.Mutex
	room   int
	stuck  chan struct{} // closed when a write has to wait
	closed chan struct{}
	once   sync.Once
}

func (f *full) Write(b []byte) (int, error) {
	f.mu.Lock()
	f.room -= len(b)
	fits := f.room >= 0
	f.mu.Unlock()
	if fits {
		return f.Port.Write(b)
	}
	f.once.Do(func() { close(f.stuck) })
	<-f.closed
	return 0, errors.New("closed")
}

func (f *full) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
	return f.Port.Close()
}

func TestAPrinterThatTakesNoMoreDataIsGivenUpWithTheReason(t *testing.T) {
	long := escpos.Part{{Kind: escpos.QR, Data: key}, {Text: strings.Repeat("Viel Text für wenig Puffer. ", 200)}}
	for name, profile := range profiles(t) {
		run(t, name, func(t *testing.T) {
			here, there := port.Pipe()
			defer there.Close()
			f := &full{Port: here, room: 1500, stuck: make(chan struct{}), closed: make(chan struct{})}
			go func() { // all is well until the buffer is full; then the printer says that its paper ended
				buf := make([]byte, 4096)
				told := false
				for {
					_ = there.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
					n, _ := there.Read(buf)
					for _, c := range escpos.Commands(buf[:n]) {
						if c.Name == "DLE EOT" {
							_, _ = there.Write([]byte{0x12})
						}
					}
					select {
					case <-f.stuck:
						if !told {
							_, _ = there.Write([]byte{0x18, 0, 0x0F, 0})
							told = true
						}
					case <-f.closed:
						return
					default:
					}
				}
			}()
			dev := escpos.New(f, escpos.Opts{Profile: profile})
			done, err := dev.Print(t.Context(), []escpos.Part{long})
			if done != 0 || !errors.Is(err, escpos.ErrLost) {
				t.Fatalf("done %d, %v", done, err)
			}
			want := escpos.ErrOffline
			if name == "able" {
				want = escpos.ErrNoPaper
			}
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
}
