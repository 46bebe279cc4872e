package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// counter plays every device that stands on a counter, each with a file that switches its faults.
type counter struct {
	t      *testing.T
	dir    string
	config string
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{t: t, dir: t.TempDir()}
	text := "data: memory\ndevices:\n"
	for _, d := range []struct{ key, device, more string }{
		{"terminal", "terminal", ""}, {"receipt", "printer", ""}, {"a4", "a4", ""}, {"scanner", "scanner", ""}, {"rfid", "rfid", "--model=twn4"},
		{"presence", "presence", ""}, {"eid", "eid", ""},
	} {
		args := []string{d.device, "--dir", filepath.Join(c.dir, d.key), "--fault-file", c.faultOf(d.key), "--step", "0s"}
		if d.more != "" {
			args = append(args, d.more)
		}
		address := play(t, nil, args...)
		if d.key == "rfid" {
			address += "?model=twn4"
		}
		text += fmt.Sprintf("  %s: %s\n", d.key, address)
	}
	c.config = filepath.Join(c.dir, "kiosk.yaml")
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) faultOf(key string) string { return filepath.Join(c.dir, key+".fault") }

func (c *counter) set(key, fault string) {
	c.t.Helper()
	if err := os.WriteFile(c.faultOf(key), []byte(fault), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// test runs the self test and gives what it found, by part. within is how long a device may take.
func (c *counter) test(within string) (map[visit.Part]finding, verdict, error) {
	c.t.Helper()
	out, err := tool(c.t, nil, "selftest", "--config", c.config, "--json", "--within", within)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	all := map[visit.Part]finding{}
	for _, line := range lines[:len(lines)-1] {
		f := last[finding](c.t, line)
		all[f.Part] = f
	}
	return all, last[verdict](c.t, out), err
}

func TestASelfTestFindsEveryDeviceAndTellsWhatToDo(t *testing.T) {
	c := newCounter(t)
	if f, err := os.Create(filepath.Join(c.dir, "presence", "presence")); err != nil {
		t.Fatal(err)
	} else {
		fmt.Fprintln(f, "nobody")
		f.Close()
	}
	all, end, err := c.test("8s")
	if err != nil || end.Devices != 7 || end.Faults != 0 {
		t.Errorf("%+v, %v", end, err)
	}
	for part, f := range all {
		if !f.Present || !f.OK || f.Status == "" || f.Fault != "" {
			t.Errorf("%s: %+v", part, f)
		}
	}
	if f := all[visit.PartTerminal]; f.Firmware != "1.0" || f.Serial != "4711" || !strings.Contains(f.Device, "65000028") {
		t.Errorf("the card terminal says %+v", f)
	}
	if f := all[visit.PartRFID]; !strings.HasPrefix(f.Firmware, "TWN4") {
		t.Errorf("the tag reader says %+v", f)
	}
	if f := all[visit.PartEID]; !strings.Contains(f.Firmware, "AusweisApp") || f.Device == "" {
		t.Errorf("AusweisApp says %+v", f)
	}
	for _, k := range []struct {
		part        visit.Part
		key, fault  string
		status, do  string
		present, ok bool
	}{
		{visit.PartReceipt, "receipt", "no-paper", "kein Papier", "neue Rolle", true, false},
		{visit.PartReceipt, "receipt", "cover-open", "Deckel offen", "Schließen", true, false},
		{visit.PartA4, "a4", "no-paper", "kein Papier", "Kassette", true, false},
		{visit.PartTerminal, "terminal", "silence", "nicht", "", false, false},
		{visit.PartTerminal, "terminal", "day-due", "will erst", "endofday", true, false},
		{visit.PartRFID, "rfid", "silent", "antwortet nicht", "model=id12", false, false},
		{visit.PartPresence, "presence", "silent", "", "", false, false},
		{visit.PartPresence, "presence", "garbage", "unverständlich", "baud", false, false},
		{visit.PartEID, "eid", "no-reader", "keinen Kartenleser", "Kartenleser ein", true, false},
	} {
		c.set(k.key, k.fault)
		within := "3s"
		if k.part == visit.PartPresence { // a sensor is given four heartbeats
			within = "8s"
		}
		all, end, err := c.test(within)
		f := all[k.part]
		if err == nil || end.OK || f.OK != k.ok || f.Present != k.present || f.Fault == "" || f.Do == "" || !strings.Contains(f.Status, k.status) || !strings.Contains(f.Do, k.do) {
			t.Errorf("%s with %s: %+v, %v", k.part, k.fault, f, err)
		}
		c.set(k.key, "")
	}
	if _, end, err := c.test("3s"); err != nil || !end.OK {
		t.Errorf("everything is mended: %+v, %v", end, err)
	}
	out, err := tool(t, nil, "selftest", "--config", c.config, "--lang", "en")
	if err != nil || !strings.Contains(out, "7 devices, all well.") || strings.Contains(out, "{") {
		t.Errorf("in words: %s, %v", out, err)
	}
}

// The technician comes when the device works again: what the terminal saw in the night is told all the same.
func TestASelfTestTellsTheLastFaultOfADeviceThatIsWellAgain(t *testing.T) {
	address := play(t, nil, "printer", "--dir", t.TempDir())
	config := file(t, "kiosk.yaml", "data: memory\nlang: de\ndevices: {receipt: \""+address+"\"}\n")
	memory := filepath.Join(filepath.Dir(config), "memory")
	if err := os.Mkdir(memory, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct{ kept, words, json string }{
		{"", "", ""},
		{`{"receipt":{"fault":"no paper","since":"2026-07-01T03:10:00Z","until":"2026-07-01T07:45:00Z"},"a4":{"fault":"x","since":"2026-07-01T03:10:00Z"}}`,
			" bis ", `"last":{"fault":"no paper","since":"2026-07-01T03:10:00Z","until":"2026-07-01T07:45:00Z"}`},
		{`{"receipt":{"fault":"no paper","since":"2026-07-01T03:10:00Z"}}`, "Zuletzt   seit ", `"last":{"fault":"no paper","since":"2026-07-01T03:10:00Z"}`},
	} {
		if k.kept != "" {
			if err := os.WriteFile(filepath.Join(memory, "faults.json"), []byte(k.kept), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		words, err := tool(t, nil, "selftest", "--config", config)
		if err != nil || strings.Contains(words, "Zuletzt") != (k.kept != "") || !strings.Contains(words, k.words) {
			t.Errorf("%s: %s, %v", k.kept, words, err)
		}
		out, err := tool(t, nil, "selftest", "--config", config, "--json")
		if err != nil || !strings.Contains(out, k.json) || strings.Contains(out, `"last"`) != (k.kept != "") {
			t.Errorf("%s: %s, %v", k.kept, out, err)
		}
	}
	if err := os.WriteFile(filepath.Join(memory, "faults.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if words, err := tool(t, nil, "selftest", "--config", config); err != nil || !strings.Contains(words, "alle in Ordnung") {
		t.Errorf("what once was cannot be read: %s, %v", words, err)
	}
}

func TestASelfTestRepeatsNoPassword(t *testing.T) {
	config := file(t, "kiosk.yaml", "data: memory\ndevices: {terminal: \"zvt+tcp://127.0.0.1:1?password=987654\"}\n")
	out, err := tool(t, nil, "selftest", "--config", config, "--json", "--within", "1s")
	if err == nil || strings.Contains(out+err.Error(), "987654") || !strings.Contains(out, "zvt+tcp://127.0.0.1:1") {
		t.Errorf("%s, %v", out, err)
	}
}
