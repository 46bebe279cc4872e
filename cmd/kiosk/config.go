package main

import (
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// identity is who the terminal is to the town hall. A terminal that was not enrolled as a demo's has no demo.
func identity(c setup.Config) (*device.Identity, error) {
	id, err := device.Load(c.Data)
	if err != nil {
		return nil, fmt.Errorf("kiosk: %w; `technician enroll` makes this terminal one of the town hall's", err)
	}
	if !id.Demo() && c.Demo != (setup.Demo{}) {
		return nil, errNotDemo
	}
	if c.Town.URL == "" {
		return id, nil
	}
	return id.At(c.Town.URL)
}
