package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town/line"
)

// town is the demo town: every program of the product in a process of its own, with a new memory that is thrown away at the end.
type town struct {
	bin  string // where the programs are
	home string // memories of the programs, 0700
	logs string // what the programs say
	out  string // where the emulated devices lay down what they make

	line  *line.Line // between terminal and town hall
	pages string     // address of the staff's pages
	tree  string     // socket that tells what is on the terminal's screen

	clerk    string // login
	password string

	receipts, sheets, journal string // folders of printer and A4 printer, file of the card terminal
	scan                      string // what is written here is scanned
	spoken                    string // what was read aloud last is kept here; "" lets it be heard

	album     *album
	devices   map[string]emulated
	processes []*process
	kiosk     *process
	hall      *process

	hallConfig, hallDevices, ops string // the town hall's configuration, where devices reach it, and where it says that it is well
}

// layout is how the terminal's window looks.
type layout struct {
	width, height int
	density       float64 // pixels a millimetre
	fullscreen    bool
}

// newTown makes the town's folders. out keeps what the devices made.
func newTown(bin, out string) (*town, error) {
	home, err := os.MkdirTemp("", "rathausnah-town-")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	t := &town{bin: bin, devices: map[string]emulated{}, home: home, out: out, logs: filepath.Join(out, "logs"), clerk: "kowalski", tree: filepath.Join(home, "tree"),
		album: newAlbum()}
	secret := make([]byte, 6)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	t.password = "demo-" + hex.EncodeToString(secret)
	t.receipts, t.sheets = filepath.Join(home, "receipts"), filepath.Join(home, "sheets")
	t.journal = filepath.Join(home, "card", "journal.jsonl")
	t.scan = filepath.Join(home, "scanner", "scan")
	for _, dir := range []string{t.logs, t.receipts, t.sheets, filepath.Dir(t.journal), filepath.Dir(t.scan), filepath.Join(home, "hall"), filepath.Join(home, "kiosk")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return t, nil
}

// Close stops everything, last started first, and throws the memories away.
func (t *town) Close() {
	for _, p := range slices.Backward(t.processes) {
		p.Stop()
	}
	if t.line != nil {
		t.line.Cut()
	}
	_ = os.RemoveAll(t.home)
}

// build makes the shipped binaries where the source is at hand; otherwise those beside this program are used.
func build(ctx context.Context, bin string, log io.Writer) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "gles,migrated_fynedo,sqlite_fts5", "-o", bin+"/",
		"./cmd/kiosk", "./cmd/mobile", "./cmd/townhall", "./cmd/technician")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("demo: build the programs: %w", err)
	}
	return nil
}

// start opens the whole town with the terminal's window on the display.
func (t *town) start(ctx context.Context, display string, l layout) error {
	hall, err := t.startHall(ctx)
	if err != nil {
		return err
	}
	devices, err := t.startDevices(ctx)
	if err != nil {
		return err
	}
	return t.startKiosk(ctx, hall, display, devices, l)
}

// emulator is what `technician emulate` says when it is ready.
type emulator struct {
	Address string `json:"address"`
}

// startHall brings the town hall up, with keys, a clerk, and a line to it.
func (t *town) startHall(ctx context.Context) (config string, err error) {
	devices, err := freeAddress()
	if err != nil {
		return "", err
	}
	pages, err := freeAddress()
	if err != nil {
		return "", err
	}
	ops, err := freeAddress()
	if err != nil {
		return "", err
	}
	open, err := freeAddress()
	if err != nil {
		return "", err
	}
	t.pages = "http://" + pages
	config = filepath.Join(t.home, "townhall.yaml")
	text := fmt.Sprintf("data: %s\ntenant: stadt\ndemo: true\ndevice:\n  listen: %s\nstaff:\n  listen: %s\npublic:\n  listen: %s\nops:\n  listen: %s\n",
		filepath.Join(t.home, "hall"), devices, pages, open, ops)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	if err := t.call(ctx, nil, nil, "townhall", "keys", "init", "--config", config); err != nil {
		return "", err
	}
	if err := t.call(ctx, strings.NewReader(t.password+"\n"), nil, "townhall", "user", "add", t.clerk, "--name", "Birgit Kowalski", "--config", config); err != nil {
		return "", err
	}
	t.hallConfig, t.hallDevices, t.ops = config, devices, "http://"+ops+"/healthz"
	if err := t.serve(ctx); err != nil {
		return "", err
	}
	t.line, err = line.New(devices)
	return config, err
}

// serve lets the town hall work, for the first time or after it died.
func (t *town) serve(ctx context.Context) (err error) {
	if t.hall, err = t.launch(ctx, nil, nil, t.again("townhall"), "townhall", "serve", "--config", t.hallConfig); err != nil {
		return err
	}
	return waitFor(ctx, t.ops)
}

// again gives the name of a program's log: "townhall", then "townhall-2", so that a restart does not take away what was said before.
func (t *town) again(name string) string {
	file := name
	for n := 2; ; n++ {
		if _, err := os.Stat(filepath.Join(t.logs, file+".log")); err != nil {
			return file
		}
		file = fmt.Sprintf("%s-%d", name, n)
	}
}

// startDevices brings up the emulated card terminal, printers and scanner, and gives their addresses as the terminal's configuration wants them.
func (t *town) startDevices(ctx context.Context) (map[string]string, error) {
	addresses := map[string]string{}
	for _, d := range []struct{ key, kind, listen, dir string }{
		{"terminal", "terminal", "tcp://127.0.0.1:0", filepath.Dir(t.journal)},
		{"receipt", "printer", "tcp://127.0.0.1:0", t.receipts},
		{"a4", "a4", "tcp://127.0.0.1:0", t.sheets},
		{"scanner", "scanner", "pty", filepath.Dir(t.scan)},
	} {
		var err error
		if addresses[d.key], err = t.emulate(ctx, d.kind, d.listen, d.dir); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

// emulated is a device that is played, and what it takes to play it again in the same place.
type emulated struct {
	listen, dir string
	process     *process
}

// emulate brings up one emulated device and gives its address.
func (t *town) emulate(ctx context.Context, kind, listen, dir string) (address string, err error) {
	var said emulator
	p, err := t.launch(ctx, &said, nil, kind, "technician", "emulate", kind, "--listen", listen, "--dir", dir, "--fault-file", t.faultFile(kind), "--demo")
	if err != nil {
		return "", err
	}
	if i := strings.Index(said.Address, "tcp://"); i >= 0 {
		listen = said.Address[i:] // plugged in again, it is where it was
	}
	t.devices[kind] = emulated{listen, dir, p}
	return said.Address, nil
}

// unplug takes a device away while the terminal runs.
func (t *town) unplug(_ context.Context, kind string) error {
	d, ok := t.devices[kind]
	if !ok {
		return fmt.Errorf("demo: there is no %s to unplug", kind)
	}
	d.process.Kill()
	return nil
}

// plug brings it back.
func (t *town) plug(ctx context.Context, kind string) error {
	d, ok := t.devices[kind]
	if !ok {
		return fmt.Errorf("demo: there is no %s to plug in", kind)
	}
	_, err := t.emulate(ctx, kind, d.listen, d.dir)
	return err
}

// startKiosk enrols a terminal and opens its window on the display.
func (t *town) startKiosk(ctx context.Context, hallConfig, display string, devices map[string]string, l layout) error {
	var code struct {
		Code        string `json:"code"`
		Fingerprint string `json:"fingerprint"`
	}
	if err := t.call(ctx, nil, &code, "townhall", "device", "add", "Demo", "--json", "--config", hallConfig); err != nil {
		return err
	}
	data := filepath.Join(t.home, "kiosk")
	url := "https://" + t.line.Addr()
	if err := t.call(ctx, nil, nil, "technician", "enroll", "--town", url, "--code", code.Code, "--ca", code.Fingerprint, "--data", data); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "data: %s\ntenant: stadt\nplace: Bürgerbüro, Ostkorso 8\nscreen:\n  width: %d\n  height: %d\n  density: %g\n  fullscreen: %t\ndevices:\n", data, l.width, l.height, l.density, l.fullscreen)
	for _, key := range []string{"terminal", "receipt", "a4", "scanner"} {
		if devices[key] != "" {
			fmt.Fprintf(&b, "  %s: %s\n", key, devices[key])
		}
	}
	fmt.Fprintf(&b, "demo:\n  tree: %s\n  events: %s\n", t.tree, filepath.Join(t.home, "events.jsonl"))
	if t.spoken != "" {
		program, err := t.voice()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "  patience: 2s\nspeech: %s\n", program)
	}
	config := filepath.Join(t.home, "kiosk.yaml")
	if err := os.WriteFile(config, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	var err error
	t.kiosk, err = t.launch(ctx, nil, []string{"DISPLAY=" + display, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1"}, "kiosk", "kiosk", "--config", config)
	return err
}

// freeAddress finds a port of this machine that nobody listens on.
func freeAddress() (string, error) {
	ln, err := line.Listen()
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// waitFor asks a page until it answers well.
func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("demo: %s does not answer: %w", url, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
