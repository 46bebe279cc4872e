package main

import (
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// pageCmd draws every page of a service.
type pageCmd struct {
	flags
	Service string `help:"Id of a service."`
}

// Run is called by kong.
func (c *pageCmd) Run() error {
	p, st, texts, err := c.painter()
	if err != nil {
		return err
	}
	v := form.View{}
	_, _, _, _ = p, st, texts, v
	return fmt.Errorf("preview")
}
