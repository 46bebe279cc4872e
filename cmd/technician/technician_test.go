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
	"strings"
	"testing"
	"time"
)

// start runs a command that goes on until the test ends or stop is called, and gives the address that it prints first. in is its standard
// input. stop waits for it and gives the rest of its output.
func start(t *testing.T, in io.Reader, args ...string) (address string, stop func() (string, error)) {
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
	rest := make(chan string, 1)
	go func() { b, _ := io.ReadAll(lines); rest <- string(b) }()
	stopped := false
	stop = func() (string, error) {
		if stopped {
			return "", nil
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			return <-rest, err
		case <-time.After(10 * time.Second):
			t.Fatalf("%v does not end", args)
			return "", nil
		}
	}
	t.Cleanup(func() {
		if _, err := stop(); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	})
	return said.Address, stop
}

// play starts an emulated device and gives its address.
func play(t *testing.T, in io.Reader, args ...string) string {
	t.Helper()
	if in == nil {
		in = strings.NewReader("")
	}
	address, _ := start(t, in, append([]string{"emulate"}, args...)...)
	return address
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

func TestHelpTellsWhatIsPrinted(t *testing.T) {
	for _, command := range []string{"selftest", "terminal", "print", "eid", "epc", "decode zvt", "decode epc", "decode escpos", "emulate", "tap", "replay"} {
		out := helped(t, append(strings.Fields(command), "--help"))
		if !strings.Contains(out, `"`) || !strings.Contains(out, "{") {
			t.Errorf("%s --help has no example of its JSON:\n%s", command, out)
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
