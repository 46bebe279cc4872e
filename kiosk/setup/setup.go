// Package setup is kiosk.yaml: how a terminal is set up. The terminal's program and the technician's tool read it here, so that what the one finds
// right is right for the other.
package setup

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/config"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// Config is kiosk.yaml. The smallest one that lets a payment be tried is data plus devices.terminal.
type Config struct {
	Data    string  `yaml:"data"`    // directory of the terminal's memory, made by `technician enroll`; relative to the file
	Tenant  string  `yaml:"tenant"`  // whose services are shown: a folder of assets/tenants
	Place   string  `yaml:"place"`   // where the terminal stands, for people
	Lang    string  `yaml:"lang"`    // what a new citizen reads first
	Town    Town    `yaml:"town"`    //
	Screen  Screen  `yaml:"screen"`  //
	Devices Devices `yaml:"devices"` //
	Speech  string  `yaml:"speech"`  // program that reads aloud: "espeak-ng"; "" = none
	Demo    Demo    `yaml:"demo"`    //
}

// Town is where the town hall is.
type Town struct {
	URL string `yaml:"url"` // overrides the address the terminal was enrolled with
}

// Screen is the terminal's screen.
type Screen struct {
	Width      int     `yaml:"width"`      // pixels
	Height     int     `yaml:"height"`     // pixels
	Density    float64 `yaml:"density"`    // pixels a millimetre; what is touched is at least 20 mm high
	Fullscreen bool    `yaml:"fullscreen"` // a window otherwise
}

// Devices holds the addresses of the devices; a missing key means that the device is not here.
type Devices struct {
	Terminal string `yaml:"terminal"` // zvt+tcp://host:port, zvt+serial:/dev/...
	Receipt  string `yaml:"receipt"`  // escpos+tcp://host:port, escpos+serial:/dev/..., escpos+file:/dev/usb/lp0
	A4       string `yaml:"a4"`       // ipp://host/printers/name
	Scanner  string `yaml:"scanner"`  // scan+serial:/dev/...
	Card     string `yaml:"card"`     // pcsc:
	EID      string `yaml:"eid"`      // eid+ws://127.0.0.1:24727/eID-Kernel
	RFID     string `yaml:"rfid"`     // rfid+serial:/dev/...?model=twn4
	Presence string `yaml:"presence"` // presence+serial:/dev/...
}

// Addresses gives the devices in the hardware's words.
func (d Devices) Addresses() hardware.Addresses {
	return hardware.Addresses{Terminal: d.Terminal, Receipt: d.Receipt, A4: d.A4, Scanner: d.Scanner, Card: d.Card, EID: d.EID, RFID: d.RFID, Sensor: d.Presence}
}

// LastFaults is the file of the terminal's memory that hardware.LastFaults reads.
func (c Config) LastFaults() string { return filepath.Join(c.Data, "faults.json") }

// Demo is for demo terminals only: a terminal enrolled otherwise refuses to start with it.
type Demo struct {
	Tree   string `yaml:"tree"`   // Unix socket that tells what is on the screen
	Events string `yaml:"events"` // file for the event log
	// Patience is how long a citizen waits for a payment whose end is not known, and how often it is asked about later; 0: as at real terminals.
	Patience time.Duration `yaml:"patience"`
}

// Load reads the file. Paths in it are relative to its folder. What is wrong is named with file, line and key, never with the value: an address may
// hold a password. Nothing is connected.
func Load(file string) (Config, *config.File, error) {
	c := Config{Tenant: "stadt", Lang: "de", Screen: Screen{Width: 1080, Height: 1920, Density: 3.21, Fullscreen: true}, Speech: "espeak-ng"}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, nil, fmt.Errorf("setup: read: %w", err)
	}
	f, err := config.Parse(file, text)
	if err != nil {
		return c, nil, err
	}
	if err := f.Decode(&c); err != nil {
		return c, nil, err
	}
	if c.Data == "" {
		return c, nil, f.Errorf("data", "is missing: the directory of the terminal's memory")
	}
	if u, err := url.Parse(c.Town.URL); c.Town.URL != "" && (err != nil || u.Scheme != "https" || u.Hostname() == "") {
		return c, nil, f.Errorf("town.url", "is no address such as https://rathaus.example:8443")
	}
	if c.Screen.Density <= 0 || c.Screen.Density > 40 {
		return c, nil, f.Errorf("screen.density", "has to be the screen's pixels a millimetre, such as 3.21")
	}
	for key, pixels := range map[string]int{"screen.width": c.Screen.Width, "screen.height": c.Screen.Height} {
		if pixels < 480 {
			return c, nil, f.Errorf(key, "is smaller than 480 pixels")
		}
	}
	for key, only := range map[string]hardware.Addresses{
		"terminal": {Terminal: c.Devices.Terminal}, "receipt": {Receipt: c.Devices.Receipt}, "a4": {A4: c.Devices.A4}, "scanner": {Scanner: c.Devices.Scanner},
		"card": {Card: c.Devices.Card}, "eid": {EID: c.Devices.EID}, "rfid": {RFID: c.Devices.RFID}, "presence": {Sensor: c.Devices.Presence},
	} {
		if _, err := hardware.Open(only, time.Now); err != nil { // connects nothing
			return c, nil, f.Errorf("devices."+key, "%v", err)
		}
	}
	for _, p := range []*string{&c.Data, &c.Demo.Tree, &c.Demo.Events} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(filepath.Dir(file), *p)
		}
	}
	return c, f, nil
}
