package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

type decodeESCPOS struct {
	File    string `arg:"" help:"The bytes as they were sent, such as slip-1.bin of emulate printer; or a recording made with --record; - reads one of them from standard input."`
	PNG     string `name:"png" placeholder:"FILE.png" type:"path" help:"Draw the paper, too. Several slips get numbers."`
	Columns int    `default:"48" help:"Letters on a line of that paper: 48 (80 mm), 42, 32 (58 mm)."`
}

// Run prints an object for each command. A command that is not complete at the end is an error that says where.
func (c decodeESCPOS) Run(h *hands) error {
	b, err := content(h, c.File)
	if err != nil {
		return err
	}
	if isRecording(b) {
		script, err := port.ReadRecording(bytes.NewReader(b))
		if err != nil {
			return err
		}
		b = nil
		for _, e := range script {
			if e.Sent {
				b = append(b, e.Data...)
			}
		}
	}
	var broken error
	for _, command := range escpos.Commands(b) {
		if command.Name == "incomplete" {
			broken = fmt.Errorf("decode: the command at byte %d is cut off", command.Offset)
		}
		if err := h.print(command); err != nil {
			return err
		}
	}
	if c.PNG != "" {
		if err := c.draw(h.ctx, b); err != nil {
			return err
		}
	}
	return broken
}

// draw prints the bytes on an emulated printer and keeps the paper.
func (c decodeESCPOS) draw(ctx context.Context, b []byte) error {
	if c.Columns < 8 || c.Columns > 100 {
		return errors.New("decode: --columns is 8 to 100")
	}
	paper, err := escposemu.New(escposemu.Opts{Columns: c.Columns})
	if err != nil {
		return err
	}
	ours, theirs := port.Pipe()
	go func() { _, _ = io.Copy(io.Discard, ours) }() // nobody wants its answers
	sent := make(chan error, 1)
	go func() {
		_, err := ours.Write(b)
		sent <- errors.Join(err, ours.Close())
	}()
	if err := errors.Join(paper.Serve(ctx, theirs), <-sent); err != nil {
		return err
	}
	slips := paper.Slips()
	if len(slips) == 0 {
		return errors.New("decode: nothing was printed")
	}
	for i, s := range slips {
		name := c.PNG
		if i > 0 {
			name = fmt.Sprintf("%s-%d.png", strings.TrimSuffix(c.PNG, ".png"), i+1)
		}
		var picture bytes.Buffer
		if err := png.Encode(&picture, s.Picture()); err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		if err := os.WriteFile(name, picture.Bytes(), 0o600); err != nil {
			return fmt.Errorf("decode: %w", err)
		}
	}
	return nil
}
