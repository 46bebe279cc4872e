package main

import (
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

type enrollCmd struct {
	Town string `required:"" help:"Address of the town hall: https://rathaus.example:8443."`
	Code string `required:"" help:"One-time code, from 'townhall device add'."`
	CA   string `required:"" name:"ca" help:"Fingerprint of the town hall's certificate authority."`
	Data string `required:"" help:"Directory of the terminal's memory." type:"path"`
}

// Run enrols the terminal. The fingerprint is what keeps a stranger from playing the town hall.
func (c enrollCmd) Run(h *hands) error {
	id, err := device.Enroll(h.ctx, c.Data, device.Entry{URL: c.Town, Fingerprint: c.CA, Code: c.Code})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(h.out, "Enrolled as %s (%s) for %s.\n", id.Name(), id.ID(), id.Tenant())
	return err
}
