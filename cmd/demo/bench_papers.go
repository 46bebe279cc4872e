package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
)

// slipCode is what the slip's QR code says: as long as a slip's key.
const slipCode = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP"

// longSlip is a slip of sixty lines with a QR code, for our printer and in receiptline's words.
func longSlip() (ours escpos.Part, theirs string) {
	var doc strings.Builder
	both := func(l escpos.Line, words string) {
		ours = append(ours, l)
		doc.WriteString(words + "\n")
	}
	both(escpos.Line{Text: "Rathausnah", Wide: 2, Tall: 2, Bold: true, Center: true}, `^^^"Rathausnah"`)
	both(escpos.Line{Text: "Stadt Bad Oeynhausen", Center: true}, "Stadt Bad Oeynhausen")
	both(escpos.Line{Kind: escpos.Rule}, "-")
	for i := range 27 {
		label, value := fmt.Sprintf("Gebühr %02d", i+1), fmt.Sprintf("%d,70 EUR", 10+i)
		both(escpos.Line{Kind: escpos.Pair, Label: label, Text: value}, label+" | "+value)
		text := fmt.Sprintf("für die Straße Nr. %d in Zone %d", i+1, i%5+1)
		both(escpos.Line{Text: text}, "|"+text)
	}
	both(escpos.Line{Kind: escpos.Rule}, "-")
	both(escpos.Line{Kind: escpos.Pair, Label: "Summe", Text: "618,90 EUR", Bold: true}, `"Summe" | "618,90 EUR"`)
	both(escpos.Line{Kind: escpos.QR, Data: slipCode}, "{code:"+slipCode+";option:qrcode,4,m}")
	return ours, doc.String()
}

// slip measures how long a slip takes from its lines to the printer's bytes, with a printer that confirms at once, beside the npm package that only
// makes the bytes.
func (b *bench) slip(ctx context.Context, _ string) error {
	part, doc := longSlip()
	t, err := recordSlip(ctx, part)
	if err != nil {
		return err
	}
	near, far := port.Pipe()
	playing := make(chan error, 1)
	go func() { playing <- t.play(far) }()
	dev := escpos.New(near, escpos.Opts{})
	defer dev.Close()
	print := func() error {
		_, err := dev.Print(ctx, []escpos.Part{part})
		return err
	}
	if err := print(); err != nil { // a new line begins with more
		return errors.Join(err, <-playing)
	}
	p, err := b.startPeer(ctx, "slip.js", doc)
	word := fmt.Sprintf("%d lines", len(part))
	switch {
	case errors.Is(err, errNoPeer):
		word = err.Error()
	case err != nil:
		return err
	default:
		defer p.close()
		made, err := p.show()
		if err != nil {
			return err
		}
		if !bytes.Contains(made, []byte("\x1d8L")) || bytes.Count(made, []byte("\n")) < 59 || !bytes.Contains(made, []byte("618,90 EUR")) {
			return errors.New("receiptline makes another slip")
		}
	}
	ours, theirs, err := b.turns(200, print, p)
	if err != nil {
		return err
	}
	b.add("slip of 60 lines with a QR code", "us", ours, theirs, "npm receiptline 4.0.4", "ratio <= 0.1",
		func(_, ratio float64) bool { return ratio <= 0.1 }, word)
	return nil
}

// recordSlip prints on an emulated printer, twice, and marks where the second slip begins.
func recordSlip(ctx context.Context, part escpos.Part) (*tape, error) {
	printer, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		return nil, err
	}
	near, far := port.Pipe()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { _ = printer.Serve(ctx, far) }()
	t := &tape{Port: near}
	dev := escpos.New(t, escpos.Opts{})
	defer dev.Close()
	for range 2 {
		t.mark()
		if _, err := dev.Print(ctx, []escpos.Part{part}); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// girocode measures a bank transfer's code as a picture, from the transfer to the PNG file, beside the npm package that most use; that one gets the
// finished text.
func (b *bench) girocode(ctx context.Context, _ string) error {
	const scale = 6 // pixels of a module
	transfer := girocode.Transfer{Name: "Stadt Bad Oeynhausen", IBAN: "DE02120300000000202051", Amount: 3070, Text: "BO-2026-004711 Bewohnerparkausweis"}
	payload, err := girocode.Encode(transfer)
	if err != nil {
		return err
	}
	draw := func() ([]byte, error) {
		text, err := girocode.Encode(transfer)
		if err != nil {
			return nil, err
		}
		return qr.PNG(string(text), qr.Medium, scale)
	}
	p, err := b.startPeer(ctx, "girocode.js", string(payload), fmt.Sprint(scale))
	word := "PNG, read back"
	var shown [][]byte
	if err == nil {
		defer p.close()
		made, err := p.show()
		if err != nil {
			return err
		}
		shown = append(shown, made)
	} else if errors.Is(err, errNoPeer) {
		word = err.Error()
	} else {
		return err
	}
	made, err := draw()
	if err != nil {
		return err
	}
	for _, file := range append(shown, made) { // a code that nobody can read is quickly drawn
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			return err
		}
		if said, err := qrread.Read(img); err != nil || said != string(payload) {
			return errors.Join(err, errors.New("the code does not say what it should"))
		}
	}
	ours, theirs, err := b.turns(100, func() error { _, err := draw(); return err }, p)
	if err != nil {
		return err
	}
	b.add("GiroCode as a picture", "us", ours, theirs, "npm qrcode 1.5.4", "ratio <= 0.5",
		func(_, ratio float64) bool { return ratio <= 0.5 }, word)
	return nil
}
