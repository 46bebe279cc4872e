package main

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"

type decodeEPC struct {
	File string `arg:"" help:"The text of the code, byte by byte as it stands in it (such as from zbarimg -q --raw -Sbinary); - reads it from standard input."`
}

// Run prints what a code says, or the rule that it breaks. A line end after the last element breaks one.
func (c decodeEPC) Run(h *hands) error {
	payload, err := content(h, c.File)
	if err != nil {
		return err
	}
	t, err := girocode.Decode(payload)
	if err != nil {
		return refused(h, err)
	}
	return h.print(told(t, payload))
}
