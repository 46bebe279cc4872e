package main

import (
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/config"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// errNotDemo says that a terminal which serves citizens was set up with something that only a demo's has.
var errNotDemo = errors.New("is for demo terminals only, and this one serves citizens")

// identity is who the terminal is to the town hall. A terminal that was not enrolled as a demo's has no demo: nobody looks at its screen or into its
// events, and no identity card is played to it.
func identity(c setup.Config, f *config.File) (*device.Identity, error) {
	id, err := device.Load(c.Data)
	if err != nil {
		return nil, fmt.Errorf("kiosk: %w; `technician enroll` makes this terminal one of the town hall's", err)
	}
	if !id.Demo() && c.Demo != (setup.Demo{}) {
		return nil, f.Errorf("demo", "%w", errNotDemo)
	}
	if u, err := url.Parse(c.Devices.EID); !id.Demo() && err == nil && u.Scheme == hardware.SchemeEmulatedID {
		return nil, f.Errorf("devices.eid", "an identity card that is played %w", errNotDemo)
	}
	if c.Town.URL == "" {
		return id, nil
	}
	return id.At(c.Town.URL)
}

// here tells what of the configuration this machine and this program do not have.
func here(c setup.Config, f *config.File) error {
	if !content.Has(c.Tenant) {
		return f.Errorf("tenant", "there is no such tenant among %s", strings.Join(content.Tenants(), ", "))
	}
	if _, err := exec.LookPath(c.Speech); c.Speech != "" && f.Has("speech") && err != nil {
		return f.Errorf("speech", "this program that reads aloud is not on this machine; \"\" does without")
	}
	if langs := content.Languages(); !slices.Contains(langs, c.Lang) {
		return f.Errorf("lang", "nobody would be spoken to in it; there are %s", strings.Join(langs, ", "))
	}
	return nil
}
