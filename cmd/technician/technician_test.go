package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// running is a command that goes on until it ends by itself, stop is called or the test ends.
type running struct {
	t       *testing.T
	args    []string
	address string // that it printed first
	cancel  func()
	ended   chan error
	rest    chan string
	over    bool
}

// wait waits until the command ends by itself, and gives the rest of its output.
func (r *running) wait() (string, error) {
	r.t.Helper()
	if r.over {
		return "", nil
	}
	r.over = true
	select {
	case err := <-r.ended:
		return <-r.rest, err
	case <-time.After(10 * time.Second):
		r.cancel()
		r.t.Fatalf("%v does not end", r.args)
		return "", nil
	}
}

// stop tells it to end, as Ctrl+C does.
func (r *running) stop() (string, error) {
	r.t.Helper()
	r.cancel()
	return r.wait()
}

// start runs a command in the background. in is its standard input.
func start(t *testing.T, in io.Reader, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, args, in, w, io.Discard)
		_ = w.CloseWithError(err)
		ended <- err
	}()
	lines := bufio.NewReader(r)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		cancel()
		t.Fatalf("%v: %v", args, err)
	}
	var said struct{ Device, Address string }
	if err := json.Unmarshal(line, &said); err != nil || said.Address == "" {
		cancel()
		t.Fatalf("%q: %v", line, err)
	}
	run := &running{t: t, args: args, address: said.Address, cancel: cancel, ended: ended, rest: make(chan string, 1)}
	go func() { b, _ := io.ReadAll(lines); run.rest <- string(b) }()
	t.Cleanup(func() {
		if _, err := run.stop(); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	})
	return run
}

// play starts an emulated device and gives its address.
func play(t *testing.T, in io.Reader, args ...string) string {
	t.Helper()
	if in == nil {
		in = strings.NewReader("")
	}
	return start(t, in, append([]string{"emulate"}, args...)...).address
}

// tool runs a command and gives what it printed.
func tool(t *testing.T, in io.Reader, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, in, &out, io.Discard)
	return out.String(), err
}

// last reads the last line of JSON of an output.
func last[T any](t *testing.T, out string) (v T) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	d := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	return v
}

// each reads every line of JSON of an output.
func each[T any](t *testing.T, out string) (all []T) {
	t.Helper()
	for line := range strings.Lines(out) {
		all = append(all, last[T](t, line))
	}
	return all
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACommandThatMakesNoSenseIsRefused(t *testing.T) {
	for _, args := range [][]string{
		{"emulate", "toaster", "--dir", t.TempDir()},
		{"emulate", "terminal", "--dir", t.TempDir(), "--fault", "burnt"},
		{"emulate", "terminal", "--dir", t.TempDir(), "--listen", "udp://127.0.0.1:0"},
		{"emulate", "a4", "--dir", t.TempDir(), "--listen", "pty"},
		{"terminal", "--url", "tcp://127.0.0.1:1", "register"},
		{"terminal", "--url", "zvt+tcp://127.0.0.1:1", "pay"},
		{"terminal", "--url", "zvt+tcp://127.0.0.1:1?password=123456", "register"},
		{"tap", "--url", "ipp://localhost/x"},
		{"replay", file(t, "x", "no recording")},
		{"print", "--printer", "zvt+tcp://127.0.0.1:1", "--document", "slip", "--data", file(t, "d.yaml", "day: x")},
		{"eid", "info", "--url", "http://127.0.0.1"},
		{"selftest", "--config", filepath.Join(t.TempDir(), "kiosk.yaml")},
	} {
		var errs bytes.Buffer
		err := run(t.Context(), args, strings.NewReader(""), io.Discard, &errs)
		if err == nil {
			t.Errorf("%v was accepted", args)
			continue
		}
		if strings.Contains(err.Error()+errs.String(), "123456") {
			t.Errorf("%v: a password is repeated: %v", args, err)
		}
	}
}

// The emulator's words are what a demo and a test switch with; a device without any is not worth its name.
func TestEveryEmulatedDeviceListsItsFaults(t *testing.T) {
	for _, device := range []string{"terminal", "printer", "a4", "scanner", "eid"} {
		out, err := tool(t, nil, "emulate", device, "--dir", t.TempDir(), "--help-faults")
		if err != nil || strings.Count(out, "\n") < 5 {
			t.Errorf("%s: %q, %v", device, out, err)
		}
	}
}

// Who writes a program around the tool goes by these examples: they are what the commands print.
func TestHelpTellsWhatIsPrinted(t *testing.T) {
	type address struct{ Device, Address string }
	for command, kinds := range map[string][]func() any{
		"selftest":      {func() any { return new(finding) }, func() any { return new(verdict) }},
		"terminal":      {func() any { return new(progress) }, func() any { return new(report) }},
		"print":         {func() any { return new(printed) }},
		"cards":         {func() any { return new(cardEvent) }},
		"eid":           {func() any { return new(eidReport) }, func() any { return new(eidState) }},
		"epc":           {func() any { return new(transfer) }},
		"decode zvt":    {func() any { return new(message) }},
		"decode epc":    {func() any { return new(transfer) }},
		"decode escpos": {func() any { return new(map[string]any) }},
		"service check": {func() any { return new(service.Flaw) }, func() any { return new(checked) }}, "service explain": {func() any { return new(explanation) }},
		"service sign": {func() any { return new(service.Flaw) }, func() any { return new(signedFile) }}, "service key": {func() any { return new(map[string]string) }}, "service diff": {func() any { return new(service.Change) }},
		"search":  {func() any { return new(search) }},
		"emulate": {func() any { return new(address) }},
		"tap":     {func() any { return new(address) }},
		"replay":  {func() any { return new(address) }, func() any { return new(played) }},
	} {
		examples := 0
		for line := range strings.Lines(helped(t, append(strings.Fields(command), "--help"))) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "{") {
				continue
			}
			examples++
			if !slices.ContainsFunc(kinds, func(kind func() any) bool {
				d := json.NewDecoder(strings.NewReader(line))
				d.DisallowUnknownFields()
				return d.Decode(kind()) == nil
			}) {
				t.Errorf("%s --help shows what is never printed: %s", command, line)
			}
		}
		if examples == 0 {
			t.Errorf("%s --help has no example of its JSON", command)
		}
	}
}

// helped runs a command that prints help: it would end the program, and is stopped before.
func helped(t *testing.T, args []string) string {
	t.Helper()
	var out bytes.Buffer
	func() {
		defer func() {
			if r := recover(); r != nil && !errors.Is(asError(r), errExit) {
				panic(r)
			}
		}()
		_ = runWith(t.Context(), args, strings.NewReader(""), &out, io.Discard, func(int) { panic(errExit) })
	}()
	return out.String()
}

var errExit = errors.New("exit")

func asError(v any) error { err, _ := v.(error); return err }
