package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kiosk.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheSmallestConfigurationLetsAPaymentBeTried(t *testing.T) {
	file := write(t, "data: memory\ndevices:\n  terminal: zvt+tcp://10.0.0.7:20007\n")
	c, _, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != filepath.Join(filepath.Dir(file), "memory") {
		t.Errorf("%s is not beside the file", c.Data)
	}
	if c.Tenant != "stadt" || c.Lang != "de" || !c.Screen.Fullscreen || c.Screen.Density != 3.21 || c.Demo != (Demo{}) {
		t.Errorf("%+v", c)
	}
	if a := c.Devices.Addresses(); a.Terminal == "" || a.Receipt != "" || a.A4 != "" || a.Scanner != "" {
		t.Errorf("%+v", a)
	}
}

func TestEveryDeviceHasItsKey(t *testing.T) {
	c, _, err := Load(write(t, `data: /var/lib/kiosk
town: {url: "https://rathaus.example:8443"}
devices:
  terminal: zvt+serial:/dev/ttyUSB0?baud=115200&password=123456
  receipt: escpos+file:/dev/usb/lp0
  a4: ipp://localhost:631/printers/a4
  scanner: scan+serial:/dev/ttyACM0
  card: "pcsc:"
  eid: eid+ws://127.0.0.1:24727/eID-Kernel
  rfid: rfid+serial:/dev/ttyUSB2?model=twn4
  presence: presence+serial:/dev/ttyUSB3
demo: {tree: tree.sock, events: /tmp/events.jsonl}
`))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Devices.Addresses()
	for name, address := range map[string]string{"zvt": a.Terminal, "escpos": a.Receipt, "ipp": a.A4, "scan": a.Scanner, "pcsc": a.Card, "eid": a.EID, "rfid": a.RFID, "presence": a.Sensor} {
		if !strings.HasPrefix(address, name) {
			t.Errorf("%s got %q", name, address)
		}
	}
	if c.Data != "/var/lib/kiosk" || !filepath.IsAbs(c.Demo.Tree) || c.Demo.Events != "/tmp/events.jsonl" {
		t.Errorf("%+v", c)
	}
}

func TestAWrongConfigurationNamesFileLineAndKey(t *testing.T) {
	for text, want := range map[string]string{
		"tenant: stadt\n":                          "kiosk.yaml: data: is missing",
		"data: x\nfoo: 1\n":                        "kiosk.yaml:2: foo: unknown key",
		"data: x\nscreen:\n  densty: 4\n":          "kiosk.yaml:3: screen.densty: unknown key",
		"data: x\nscreen:\n  density: 0\n":         "kiosk.yaml:3: screen.density: ",
		"data: x\nscreen:\n  density: many\n":      "kiosk.yaml:3: screen.density: ",
		"data: x\nscreen: {width: 10}\n":           "kiosk.yaml:2: screen.width: ",
		"data: x\nscreen:\n  height: 10\n":         "kiosk.yaml:3: screen.height: ",
		"data: x\ntown:\n  url: http://rathaus\n":  "kiosk.yaml:3: town.url: ",
		"data: x\ntown:\n  url: rathaus.example\n": "kiosk.yaml:3: town.url: ",
		"data: [\n": "kiosk.yaml",
		"data: x\ndevices:\n  printer: escpos+tcp\n":                                       "kiosk.yaml:3: devices.printer: unknown key",
		"data: x\ndevices:\n\n  terminal: nonsense\n":                                      "kiosk.yaml:4: devices.terminal: ",
		"data: x\ndevices:\n  terminal: escpos+tcp://10.0.0.8:9100\n":                      "kiosk.yaml:3: devices.terminal: ",
		"data: x\ndevices:\n  terminal: zvt+tcp://10.0.0.7:1?pasword=654321\n":             "kiosk.yaml:3: devices.terminal: ",
		"data: x\ndevices:\n  receipt: ipp://localhost\n":                                  "kiosk.yaml:3: devices.receipt: ",
		"data: x\ndevices:\n  a4: scan+serial:/dev/ttyACM0\n":                              "kiosk.yaml:3: devices.a4: ",
		"data: x\ndevices:\n  scanner: zvt+tcp://10.0.0.7:20007?password=654321\n":         "kiosk.yaml:3: devices.scanner: ",
		"data: x\ndevices: {receipt: \"escpos+tcp://10.0.0.8:9100?columns=a lot\"}\n":      "kiosk.yaml:2: devices.receipt: ",
		"data: x\ndevices:\n  terminal: \"zvt+tcp://10.0.0.7:x%zz?password=654321\"\n":     "kiosk.yaml:3: devices.terminal: ",
		"data: x\ndevices:\n  terminal: zvt+fax:10.0.0.7?password=654321\n  a4: ipp://x\n": "kiosk.yaml:3: devices.terminal: ",
	} {
		_, _, err := Load(write(t, text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "654321") {
			t.Errorf("%q: the error repeats the terminal's password", text)
		}
	}
	if _, _, err := Load(filepath.Join(t.TempDir(), "kiosk.yaml")); err == nil || !strings.Contains(err.Error(), "kiosk.yaml") {
		t.Errorf("a missing file: %v", err)
	}
}
