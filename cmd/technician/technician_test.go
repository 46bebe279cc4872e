package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

// play starts an emulated device and gives its address. in is its standard input.
func play(t *testing.T, in io.Reader, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"emulate"}, args...), in, w, io.Discard)
		_ = w.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("emulate: %v", err)
		}
	})
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	var said struct{ Device, Address string }
	if err := json.Unmarshal(line, &said); err != nil || said.Address == "" {
		t.Fatalf("%q: %v", line, err)
	}
	return said.Address
}

// tool runs a command and gives the last line of JSON it printed.
func tool(t *testing.T, args ...string) (report, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, strings.NewReader(""), &out, io.Discard)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var last report
	if out.Len() > 0 {
		if e := json.Unmarshal([]byte(lines[len(lines)-1]), &last); e != nil {
			t.Fatalf("%v printed %q: %v", args, out.String(), e)
		}
	}
	return last, err
}

func TestATechnicianTriesACardTerminal(t *testing.T) {
	for _, listen := range []string{"tcp://127.0.0.1:0", "pty"} {
		t.Run(listen, func(t *testing.T) {
			dir := t.TempDir()
			fault := filepath.Join(dir, "fault")
			at := play(t, nil, "terminal", "--listen", listen, "--dir", dir, "--fault-file", fault, "--step", "0s")
			if r, err := tool(t, "terminal", "--url", at, "register"); err != nil || !r.OK || r.Info.TerminalID != "65000028" {
				t.Fatalf("register: %+v, %v", r, err)
			}
			paid, err := tool(t, "terminal", "--url", at, "pay", "--cents", "3070")
			if err != nil || !paid.OK || paid.Status.Amount != 3070 || !strings.Contains(strings.Join(paid.Customer, "\n"), "EUR 30,70") {
				t.Fatalf("pay: %+v, %v", paid, err)
			}
			if err := os.WriteFile(fault, []byte("decline\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r, err := tool(t, "terminal", "--url", at, "pay", "--cents", "100"); err == nil || r.OK || r.Code != "05" {
				t.Errorf("declined: %+v, %v", r, err)
			}
			if err := os.WriteFile(fault, []byte("break-after-status"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r, err := tool(t, "terminal", "--url", at, "pay", "--cents", "100"); err == nil || r.OK || !r.Unclear {
				t.Errorf("broken: %+v, %v", r, err)
			}
			if err := os.Remove(fault); err != nil {
				t.Fatal(err)
			}
			if r, err := tool(t, "terminal", "--url", at, "repeat"); err != nil || r.Status.Trace != paid.Status.Trace {
				t.Errorf("repeat: %+v, %v", r, err)
			}
			if r, err := tool(t, "terminal", "--url", at, "reverse", "--receipt", "1"); err != nil || !r.OK || r.Status.OriginalTrace != paid.Status.Trace {
				t.Errorf("reverse: %+v, %v", r, err)
			}
			if r, err := tool(t, "terminal", "--url", at, "reverse", "--receipt", "1"); err == nil || r.Code != "B4" {
				t.Errorf("reverse twice: %+v, %v", r, err)
			}
			journal, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
			if err != nil || strings.Count(string(journal), "\n") != 4 {
				t.Errorf("journal: %s, %v", journal, err)
			}
		})
	}
}

func TestAScannerSendsWhatIsShownToItOnce(t *testing.T) {
	dir := t.TempDir()
	stdin, hand := io.Pipe()
	defer hand.Close()
	at := play(t, stdin, "scanner", "--listen", "pty", "--dir", dir)
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	for i, show := range []func(code string) error{
		func(code string) error { _, err := hand.Write([]byte(code + "\n")); return err },
		func(code string) error { return os.WriteFile(filepath.Join(dir, "scan"), []byte(code+"\n"), 0o600) },
	} {
		p, err := port.Open(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		if err := show("MUSTER-4711"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 12)
		_ = p.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadFull(p, got); err != nil || string(got) != "MUSTER-4711\r" {
			t.Errorf("way %d: %q, %v", i, got, err)
		}
		_ = p.SetReadDeadline(time.Now().Add(120 * time.Millisecond)) // two looks at the file
		if n, err := p.Read(got); err == nil {
			t.Errorf("way %d: sent again: %q", i, got[:n])
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADeviceThatDoesNotExistOrAFaultItCannotHave(t *testing.T) {
	for _, args := range [][]string{
		{"emulate", "toaster", "--dir", t.TempDir()},
		{"emulate", "terminal", "--dir", t.TempDir(), "--fault", "burnt"},
		{"emulate", "terminal", "--dir", t.TempDir(), "--listen", "udp://127.0.0.1:0"},
		{"terminal", "--url", "tcp://127.0.0.1:1", "register"},
		{"terminal", "--url", "zvt+tcp://127.0.0.1:1", "pay"},
		{"decode", "zvt", "06 0"},
		{"decode", "zvt", "06 0F 05 27"},
	} {
		if err := run(t.Context(), args, strings.NewReader(""), io.Discard, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}

func TestDecodeReadsADocumentsExample(t *testing.T) {
	var out bytes.Buffer
	// P015 5.2, page 141, and an end after it
	in := strings.NewReader("06 0F 12 19 00 29 65 00 00 28 49 09 78 06 06 26 04 0A 02 06 D3\n04 FF 01 0A  80 00 00 06 1E 01 6C 84 A0 00")
	if err := run(t.Context(), []string{"decode", "zvt", "--tcp", "-"}, in, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var all []message
	for line := range strings.Lines(out.String()) {
		var m message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	if len(all) != 5 || all[0].Status.TerminalID != "65000028" || all[1].Means != "Insert card" || all[2].Name != "acknowledged" ||
		all[3].Means != "abort via timeout or abort-key" || all[4].Code != "A0" {
		t.Errorf("%s", out.String())
	}
}

func TestDecodeReadsFramesAndShowsNoCardNumber(t *testing.T) {
	var out bytes.Buffer
	// a status information with a card number in field 22, after an ACK; the checksum is CRC-16/KERMIT of 04 0F 09 ... 78 03
	frame := "06 1002 040F09 2700 22F0F4 67123478 1003"
	if err := run(t.Context(), []string{"decode", "zvt", "--serial", frame + " 0000"}, nil, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.Contains(s, "ACK") || !strings.Contains(s, "damaged frame") {
		t.Errorf("a wrong checksum: %s", s)
	}
	out.Reset()
	if err := run(t.Context(), []string{"decode", "zvt", "040F09 2700 22F0F4 67123478"}, nil, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, "6712") || !strings.Contains(s, `"HasResult":true`) {
		t.Errorf("%s", s)
	}
}

func TestAWardenChecksAPermit(t *testing.T) {
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	other, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.json")
	set, err := json.Marshal(map[string]any{"keys": []proof.PublicKey{key.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	sign := func(k proof.Key, kind, from, until string) string {
		token, err := proof.Sign(k, kind, map[string]any{"plate": "MI-RV 1958", "zone": "B", "from": from, "until": until})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	day := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ token, want string }{
		{sign(key, proof.Permit, "2026-11-23", "2027-11-22"), ""},
		{sign(key, proof.Permit, "2025-11-23", "2026-11-23"), ""},
		{sign(key, proof.Permit, "2025-11-23", "2026-11-22"), "ended on 2026-11-22"},
		{sign(key, proof.Permit, "2026-12-01", "2027-11-30"), "begins on 2026-12-01"},
		{sign(other, proof.Permit, "2026-11-23", "2027-11-22"), "NOT VALID"},
		{sign(key, proof.Receipt, "2026-11-23", "2027-11-22"), "NOT VALID"},
		{"", "NOT VALID"},
		{"https://example.org", "NOT VALID"},
	} {
		var out bytes.Buffer
		err := verifyCmd{Keys: file, Token: "-"}.check(&hands{in: strings.NewReader(c.token + "\n"), out: &out}, day)
		switch {
		case c.want == "" && (err != nil || !strings.Contains(out.String(), "MI-RV 1958") || !strings.Contains(out.String(), "VALID today")):
			t.Errorf("%s, %v", out.String(), err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
