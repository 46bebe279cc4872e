package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence/presenceemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
)

// held is how long a tag that is shown stays at the reader.
const held = time.Second

// tags gives a reader to which every new line of the file tag, and of standard input, is held for a moment as a tag with that number.
func (c emulateCmd) tags(h *hands) func(context.Context, port.Port) error {
	reader := rfidemu.New(rfidemu.Opts{Model: c.Model, Fault: word[rfidemu.Fault](c)})
	c.shown(h, "tag", func(line string) bool {
		id, err := hex.DecodeString(strings.TrimSpace(line))
		if err != nil || len(id) == 0 || len(id) > 10 || c.Model == rfid.ID12 && len(id) != 5 {
			h.trouble(errors.New("emulate: a tag's number is written in hexadecimal digits: five bytes for id12, at most ten for twn4"))
			return h.ctx.Err() == nil
		}
		tag := rfid.Tag{ID: id, Bits: 8 * len(id), Kind: rfid.MIFARE}
		if c.Model == rfid.ID12 {
			tag.Kind = rfid.EM4102
		}
		reader.Hold(tag)
		select {
		case <-time.After(held):
		case <-h.ctx.Done():
		}
		reader.Take()
		return h.ctx.Err() == nil
	})
	return reader.Serve
}

// sensor gives a presence sensor before which somebody or nobody stands, as the last line of the file presence, or of standard input, says.
func (c emulateCmd) sensor(h *hands) func(context.Context, port.Port) error {
	s := presenceemu.New(presenceemu.Opts{Fault: word[presenceemu.Fault](c)})
	c.shown(h, "presence", func(line string) bool {
		state, ok := map[string]presence.State{"somebody": presence.Somebody, "nobody": presence.Nobody, "unknown": presence.Unknown}[strings.TrimSpace(line)]
		if !ok {
			h.trouble(errors.New("emulate: a line of the file presence is somebody, nobody or unknown"))
			return true
		}
		s.Sense(state)
		return h.ctx.Err() == nil
	})
	return s.Serve
}

// virtualReader is where the virtual reader vpcd of a PC/SC service listens for cards, unless it is set up otherwise.
const virtualReader = "tcp://127.0.0.1:35963"

// cards puts a card on a virtual reader (vpcd) of the PC/SC service: the sort that the last line of the file card, or of standard input, names;
// an empty line takes it away. --listen is where vpcd listens; the reader is there, and the card comes to it.
func (c emulateCmd) cards(h *hands) error {
	at := c.Listen
	if at == listenAnywhere {
		at = virtualReader
	}
	address, ok := strings.CutPrefix(at, "tcp://")
	if _, _, err := net.SplitHostPort(address); !ok || err != nil {
		return errors.New("emulate: a card goes to where vpcd listens: --listen tcp://127.0.0.1:35963")
	}
	if err := h.address(c.Device)("pcsc:"); err != nil {
		return err
	}
	wanted := make(chan string)
	show := func(line string) bool {
		select {
		case wanted <- strings.TrimSpace(line):
			return true
		case <-h.ctx.Done():
			return false
		}
	}
	c.shown(h, "card", show)
	take := func() {}
	defer func() { take() }()
	for {
		select {
		case <-h.ctx.Done():
			return nil
		case name := <-wanted:
			take()
			take = func() {}
			if name == "" {
				continue
			}
			kind, err := cardKind(name)
			if err != nil {
				h.trouble(err)
				continue
			}
			ctx, stop := context.WithCancel(h.ctx)
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				if err := cardemu.Of(kind, word[cardemu.Fault](c)).Dial(ctx, address); err != nil && ctx.Err() == nil {
					h.trouble(err)
				}
			}()
			take = func() { stop(); <-gone }
		}
	}
}

func cardKind(name string) (card.Kind, error) {
	var known []string
	for _, k := range card.Kinds() {
		if k == card.InUse || k == card.Unreadable { // these happen to a card: see its faults
			continue
		}
		if string(k) == name {
			return k, nil
		}
		known = append(known, string(k))
	}
	return "", fmt.Errorf("emulate: a line of the file card is one of %s, or empty", strings.Join(known, ", "))
}
