package config

import (
	"strings"
	"testing"
	"time"
)

type sample struct {
	Data    string `yaml:"data"`
	Devices struct {
		Terminal string `yaml:"terminal"`
		Wait     int    `yaml:"wait"`

		Again time.Duration `yaml:"again"`
	} `yaml:"devices"`
}

func TestEveryMistakeNamesFileLineAndKey(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a key that does not exist": {"data: x\ndevices:\n  terminl: y\n", "kiosk.yaml:3: devices.terminl: unknown key"},
		"a word for a number":       {"data: x\ndevices:\n  wait: soon\n", "kiosk.yaml:3: devices.wait: "},
		"no length of time":         {"data: x\ndevices:\n  wait: 3\n  again: soon\n", "kiosk.yaml:4: devices.again: "},
		"a list for a word":         {"devices:\n  wait: 1\n  terminal: [x]\n", "kiosk.yaml:3: devices.terminal: "},
		"a word for a branch":       {"data: x\ndevices: none\n", "kiosk.yaml:2: devices: "},
		"a key said twice":          {"data: x\ndata: y\n", "kiosk.yaml:2: mapping key \"data\""},
		"broken YAML":               {"data: [x\n", "kiosk.yaml:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Parse("kiosk.yaml", []byte(c.text))
			if err == nil {
				err = f.Decode(new(sample))
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want it to begin with %q", err, c.want)
			}
		})
	}
}

func TestAWrongValueIsFoundByItsKey(t *testing.T) {
	f, err := Parse("kiosk.yaml", []byte("data: x\ndevices:\n  # a comment\n  terminal: 'zvt+tcp://'\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Errorf("devices.terminal", "has no host").Error(), "kiosk.yaml:4: devices.terminal: has no host"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := f.Errorf("place", "is missing").Error(), "kiosk.yaml: place: is missing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnEmptyFileIsAnEmptyConfiguration(t *testing.T) {
	f, err := Parse("kiosk.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Decode(new(sample)); err != nil {
		t.Error(err)
	}
}

func FuzzNoTextBreaksTheReader(f *testing.F) {
	f.Add([]byte("a: 1\nb: [x, {y: z}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := Parse("x.yaml", data); err == nil {
			_ = file.Decode(new(sample))
			_ = file.Errorf("devices.terminal", "x")
		}
	})
}
