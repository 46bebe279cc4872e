package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATechnicianTriesACardTerminal(t *testing.T) {
	for _, listen := range []string{"tcp://127.0.0.1:0", "pty"} {
		t.Run(listen, func(t *testing.T) {
			dir := t.TempDir()
			fault := filepath.Join(dir, "fault")
			at := play(t, nil, "terminal", "--listen", listen, "--dir", dir, "--fault-file", fault, "--step", "0s")
			ask := func(args ...string) (report, error) {
				t.Helper()
				out, err := tool(t, nil, append([]string{"terminal", "--url", at}, args...)...)
				if out == "" {
					return report{}, err
				}
				return last[report](t, out), err
			}
			if r, err := ask("register"); err != nil || !r.OK || r.Terminal.ID != "65000028" {
				t.Fatalf("register: %+v, %v", r, err)
			}
			paid, err := ask("pay", "--cents", "3070")
			if err != nil || !paid.OK || paid.Transaction.Cents != 3070 || !strings.Contains(strings.Join(paid.Customer, "\n"), "EUR 30,70") {
				t.Fatalf("pay: %+v, %v", paid, err)
			}
			if err := os.WriteFile(fault, []byte("decline\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r, err := ask("pay", "--cents", "100"); err == nil || r.OK || r.Code != "05" || r.Means == "" {
				t.Errorf("declined: %+v, %v", r, err)
			}
			if err := os.WriteFile(fault, []byte("break-after-status"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r, err := ask("pay", "--cents", "100"); err == nil || r.OK || !r.Unclear {
				t.Errorf("broken: %+v, %v", r, err)
			}
			if err := os.Remove(fault); err != nil {
				t.Fatal(err)
			}
			if r, err := ask("repeat"); err != nil || r.Transaction.Trace != paid.Transaction.Trace {
				t.Errorf("repeat: %+v, %v", r, err)
			}
			if r, err := ask("status"); err != nil || !r.OK || r.Terminal.State == "" {
				t.Errorf("status: %+v, %v", r, err)
			}
			if r, err := ask("reverse", "--receipt", "1"); err != nil || !r.OK || r.Transaction.OriginalTrace != paid.Transaction.Trace {
				t.Errorf("reverse: %+v, %v", r, err)
			}
			if r, err := ask("reverse", "--receipt", "1"); err == nil || r.Code != "B4" {
				t.Errorf("reverse twice: %+v, %v", r, err)
			}
			journal, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
			if err != nil || strings.Count(string(journal), "\n") != 4 {
				t.Errorf("journal: %s, %v", journal, err)
			}
			if _, err := ask("pay", "--cents", "250"); err != nil {
				t.Errorf("pay: %v", err)
			}
			if r, err := ask("diagnosis", "--kind", "line"); err != nil || !r.OK {
				t.Errorf("diagnosis: %+v, %v", r, err)
			}
			if r, err := ask("endofday"); err != nil || !r.OK {
				t.Errorf("end of day: %+v, %v", r, err)
			}
		})
	}
}

// A town sends what its terminal and the tool said to each other; here the same words lead to the same end, and it can be read.
func TestAPaymentIsRecordedReadAndPlayedAgain(t *testing.T) {
	for _, listen := range []string{"tcp://127.0.0.1:0", "pty"} {
		t.Run(listen, func(t *testing.T) {
			dir := t.TempDir()
			at := play(t, nil, "terminal", "--listen", listen, "--dir", dir, "--step", "0s")
			tape := filepath.Join(dir, "pay.line")
			if _, err := tool(t, nil, "terminal", "--url", at, "--record", tape, "pay", "--cents", "3070"); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(tape); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("others may read the recording: %v, %v", info.Mode(), err)
			}
			if _, err := tool(t, nil, "terminal", "--url", at, "--record", tape, "register"); err == nil || !strings.Contains(err.Error(), "exists already") {
				t.Errorf("a recording is written over: %v", err)
			}
			mode := "--tcp"
			if listen == "pty" {
				mode = "--serial"
			}
			out, err := tool(t, nil, "decode", "zvt", mode, tape)
			if err != nil {
				t.Fatal(err)
			}
			var till, cents bool
			for _, m := range each[message](t, out) {
				till = till || m.From == "till" && m.Name == "authorisation"
				for _, f := range m.Fields {
					cents = cents || m.From == "terminal" && f.Cents != nil && *f.Cents == 3070
				}
			}
			if !till || !cents {
				t.Errorf("the payment cannot be read: %s", out)
			}

			again := start(t, nil, "replay", "--listen", listen, "--link", filepath.Join(dir, "again.tty"), tape)
			paid, err := tool(t, nil, "terminal", "--url", again.address, "pay", "--cents", "3070")
			if err != nil || !last[report](t, paid).OK {
				t.Errorf("the recording plays another end: %s, %v", paid, err)
			}
			if out, err := again.wait(); err != nil || !last[played](t, out).OK {
				t.Errorf("%s, %v", out, err)
			}
		})
	}
}

func TestAReplaySaysWhereTheProgramSaysSomethingElse(t *testing.T) {
	dir := t.TempDir()
	at := play(t, nil, "terminal", "--dir", dir, "--step", "0s")
	tape := filepath.Join(dir, "pay.line")
	if _, err := tool(t, nil, "terminal", "--url", at, "--record", tape, "pay", "--cents", "3070"); err != nil {
		t.Fatal(err)
	}
	again := start(t, nil, "replay", tape)
	_, _ = tool(t, nil, "terminal", "--url", again.address, "pay", "--cents", "4000")
	out, err := again.wait()
	if r := last[played](t, out); err == nil || r.OK || !strings.Contains(r.Error, "it has 30, and 40 is said") {
		t.Errorf("another amount is said to be the same: %s, %v", out, err)
	}
}

// A terminal's program that misbehaves only in the field is recorded there: it is told the tap's address instead of the terminal's.
func TestATapRecordsWhatAProgramAndADeviceSay(t *testing.T) {
	dir := t.TempDir()
	at := play(t, nil, "terminal", "--dir", dir, "--step", "0s")
	tape := filepath.Join(dir, "tap.line")
	tap := start(t, nil, "tap", "--url", at, "--record", tape)
	for range 2 { // the second one is carried, and not recorded
		if out, err := tool(t, nil, "terminal", "--url", tap.address, "pay", "--cents", "100"); err != nil || !last[report](t, out).OK {
			t.Fatalf("%s, %v", out, err)
		}
	}
	if _, err := tap.stop(); err != nil {
		t.Fatal(err)
	}
	out, err := tool(t, nil, "decode", "zvt", tape)
	if err != nil || strings.Count(out, `"authorisation"`) != 1 {
		t.Errorf("%s, %v", out, err)
	}
}
