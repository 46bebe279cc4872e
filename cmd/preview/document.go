package main

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/paper"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// documents makes a document of a service: on the screen, on the receipt printer, and as a PDF file.
func (c *pageCmd) documents(p *painter, st look.Style, s *service.Service, answers form.Answers, day time.Time) error {
	doc, err := sampleDocument(s, c.Document, s.Sample(answers, st.Lang, day))
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	shown, err := paper.Draw(st, doc)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	side := st.Margin()
	screen := look.On(look.Panel(st, st.Colors().Ground, nil, 0), look.Inset(shown, side, side, side, side))
	if err := p.draw(c.Document+"-screen", screen, true, nil); err != nil {
		return err
	}
	if err := c.receipt(doc); err != nil {
		return err
	}
	fonts, err := paperFonts()
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	file, err := pdf.Render(doc, fonts)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	name := filepath.Join(c.Out, c.Document+".pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		return fmt.Errorf("preview: write: %w", err)
	}
	if _, outside, err := pdf.Overflow(doc, fonts); err != nil || outside > 0 {
		return fmt.Errorf("preview: %d things leave the paper of %s (%v)", outside, name, err)
	}
	_, err = fmt.Println(name)
	return err
}

// receipt prints the document on an emulated printer and keeps what came out.
func (c *pageCmd) receipt(doc document.Document) error {
	emu, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	printer := hardware.NewPrinter(func(context.Context) (port.Port, error) {
		here, there := port.Pipe()
		go func() { _ = emu.Serve(ctx, there) }() // it ends with the line
		return here, nil
	}, escpos.Opts{})
	defer func() { _ = printer.Close() }()
	if _, err := printer.Print(ctx, doc); err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	for i, slip := range emu.Slips() {
		name := filepath.Join(c.Out, fmt.Sprintf("%s-receipt-%d.png", c.Document, i+1))
		w, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("preview: write: %w", err)
		}
		if err := png.Encode(w, slip.Picture()); err != nil {
			_ = w.Close() // the first error counts
			return fmt.Errorf("preview: write: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("preview: write: %w", err)
		}
		fmt.Println(name)
	}
	return nil
}

// sampleDocument makes a document by its name; "summary" is that of the application.
func sampleDocument(s *service.Service, name string, d service.Data) (document.Document, error) {
	if name == "summary" {
		return s.Summary(d)
	}
	return s.Document(name, d)
}

func paperFonts() (fonts pdf.Fonts, err error) {
	if fonts.Regular, err = assets.FS.ReadFile("fonts/AtkinsonHyperlegibleNext-Regular.ttf"); err != nil {
		return fonts, err
	}
	fonts.Bold, err = assets.FS.ReadFile("fonts/AtkinsonHyperlegibleNext-Bold.ttf")
	return fonts, err
}
