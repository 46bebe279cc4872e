package ipp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/pwg"
)

// drawing says how pages are drawn for a printer that takes PWG raster.
type drawing struct {
	dpi    int
	colour bool
}

// drawing chooses among what the printer offers (PWG 5102.4 section 7): the resolution next to 300 dpi, colour where it can.
func (i Info) drawing() (drawing, error) {
	d := drawing{colour: i.Colour && slices.Contains(i.raster, "srgb_8")}
	if !d.colour && !slices.Contains(i.raster, "sgray_8") {
		return d, fmt.Errorf("%w: of raster it takes neither sgray_8 nor srgb_8", ErrRefused)
	}
	for _, dpi := range i.dpi {
		if dpi >= 150 && dpi <= 600 && (d.dpi == 0 || abs(dpi-300) < abs(d.dpi-300)) {
			d.dpi = dpi
		}
	}
	if d.dpi == 0 {
		return d, fmt.Errorf("%w: of raster it takes no resolution from 150 to 600 dpi", ErrRefused)
	}
	return d, nil
}

func abs(n int) int { return max(n, -n) }

// mostRaster is how long a document may become; a page of text is some hundred kilobytes.
const mostRaster = 64 << 20

// draw makes PWG raster of a PDF file. pdftoppm draws; every page is put on an A4 sheet at its upper left, and one that does not fit on it is refused.
func (i Info) draw(ctx context.Context, pdf []byte) ([]byte, error) {
	how, err := i.drawing()
	if err != nil {
		return nil, err
	}
	args := []string{"-q", "-r", strconv.Itoa(how.dpi), "-cropbox"}
	if !how.colour {
		args = append(args, "-gray")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, "pdftoppm", append(args, "-")...)
	cmd.Stdin, cmd.WaitDelay = bytes.NewReader(pdf), 5*time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("ipp: draw: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: it takes no PDF, and pages cannot be drawn: %w", ErrRefused, err)
	}
	doc, err := sheets(bufio.NewReaderSize(out, 1<<16), how)
	if err != nil {
		stop() // nobody reads on
	}
	if werr := cmd.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("%w: the document cannot be drawn: %w", ErrAborted, werr)
	}
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// sheets turns pdftoppm's pictures, which follow each other, into a document.
func sheets(r *bufio.Reader, how drawing) ([]byte, error) {
	w, h := pwg.A4(how.dpi)
	doc := pwg.Begin()
	for pages := 0; ; pages++ {
		if _, err := r.Peek(1); err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("ipp: draw: %w", err)
			}
			if pages == 0 {
				return nil, fmt.Errorf("%w: the document has no page", ErrAborted)
			}
			return doc, nil
		}
		page, err := sheet(r, how, w, h)
		if err != nil {
			return nil, fmt.Errorf("ipp: draw: page %d: %w", pages+1, err)
		}
		if doc, err = page.Append(doc); err != nil {
			return nil, fmt.Errorf("ipp: draw: page %d: %w", pages+1, err)
		}
		if len(doc) > mostRaster {
			return nil, fmt.Errorf("%w: drawn, the document is longer than %d bytes", ErrRefused, mostRaster)
		}
	}
}

// sheet reads one picture, P5 or P6 with 8 bits, onto a white sheet.
func sheet(r *bufio.Reader, how drawing, w, h int) (pwg.Page, error) {
	var kind string
	var pw, ph, most int
	if _, err := fmt.Fscanf(r, "%2s\n%d %d\n%d\n", &kind, &pw, &ph, &most); err != nil {
		return pwg.Page{}, fmt.Errorf("head of a picture: %w", err)
	}
	deep := 1
	if how.colour {
		deep = 3
	}
	if want := map[int]string{1: "P5", 3: "P6"}[deep]; kind != want || most != 255 || pw < 1 || ph < 1 {
		return pwg.Page{}, fmt.Errorf("a picture of an unknown kind")
	}
	if slack := how.dpi / 12; pw > w+slack || ph > h+slack { // two millimetres, for pages that are A4 but for their rounding
		return pwg.Page{}, fmt.Errorf("%w: it is larger than A4", ErrRefused)
	}
	page := pwg.Page{Width: w, Height: h, DPI: how.dpi, Colour: how.colour, Pix: bytes.Repeat([]byte{0xFF}, w*h*deep)}
	row := make([]byte, pw*deep)
	for y := range ph {
		if _, err := io.ReadFull(r, row); err != nil {
			return pwg.Page{}, fmt.Errorf("picture broken off: %w", err)
		}
		if y < h {
			copy(page.Pix[y*w*deep:(y+1)*w*deep], row)
		}
	}
	return page, nil
}
