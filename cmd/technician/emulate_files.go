package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
)

// scanner gives a device that sends every new line of the file scan, and of standard input, as a scan that ends with CR. A code is sent once,
// whoever is connected; while nobody is, it waits.
func (c emulateCmd) scanner(h *hands) func(context.Context, port.Port) error {
	device := scanemu.New(scanemu.Opts{Fault: word[scanemu.Fault](c)})
	show := func(code string) bool { return device.Show(h.ctx, code) == nil }
	c.shown(h, "scan", show)
	return device.Serve
}

// shown gives every line of standard input, and of a file in the folder, to show, until it says no.
func (c emulateCmd) shown(h *hands, file string, show func(line string) bool) {
	trimmed := func(line string) bool { return show(strings.TrimRight(line, "\r\n")) }
	go func() {
		for lines := bufio.NewScanner(h.in); lines.Scan() && trimmed(lines.Text()); {
		}
	}()
	go follow(h.ctx, filepath.Join(c.Dir, file), trimmed)
}

// follow gives every line that is added to a file, and all lines of a file that was written anew, to show.
func follow(ctx context.Context, name string, show func(string) bool) {
	var at int64
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		text, err := os.ReadFile(name)
		if err != nil || int64(len(text)) < at {
			at = 0
			continue
		}
		end := bytes.LastIndexByte(text[at:], '\n') + 1
		for code := range strings.Lines(string(text[at : at+int64(end)])) {
			if !show(code) {
				return
			}
		}
		at += int64(end)
	}
}
