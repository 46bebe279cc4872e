package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/image/draw"
)

// picturesCmd makes the pictures of the README out of what a journey left behind.
type picturesCmd struct {
	From string `help:"Folder of the journey parking-permit." default:"out/parking-permit"`
	To   string `help:"Folder for the pictures." default:"docs"`
}

// Run makes them.
func (c *picturesCmd) Run() error {
	for _, p := range []struct {
		name   string
		height int
		parts  []string // patterns in the journey's folder, from left to right
	}{
		{"journey", 620, []string{"??-attract.png", "??-home.png", "??-service.png", "??-form-vehicle.png", "??-form-zone.png", "??-summary.png", "??-card.png", "??-done.png"}},
		{"terminal", 860, []string{"??-home.png", "??-form-vehicle-wrong.png", "??-form-zone.png", "??-card.png"}},
		{"slip", 1000, []string{"slip.png", "permit.png"}},
		{"clerk", 0, []string{"clerk.png"}},
	} {
		if err := c.row(p.name, p.height, p.parts); err != nil {
			return err
		}
	}
	return nil
}

// row puts pictures of one height beside each other; height 0 leaves them as they are.
func (c *picturesCmd) row(name string, height int, parts []string) error {
	const gap = 16
	var all []image.Image
	width := 0
	for _, pattern := range parts {
		files, err := filepath.Glob(filepath.Join(c.From, pattern))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("demo: pictures: %s has no %s; play the journey first, with chromium installed", c.From, pattern)
		}
		img, err := readPNG(files[0])
		if err != nil {
			return err
		}
		if b := img.Bounds(); height > 0 {
			small := image.NewRGBA(image.Rect(0, 0, b.Dx()*height/b.Dy(), height))
			draw.CatmullRom.Scale(small, small.Bounds(), img, b, draw.Src, nil)
			img = small
		}
		width += img.Bounds().Dx() + gap
		all = append(all, img)
	}
	page := image.NewRGBA(image.Rect(0, 0, width-gap, all[0].Bounds().Dy()))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	x := 0
	for _, img := range all {
		b := img.Bounds()
		draw.Draw(page, image.Rect(x, 0, x+b.Dx(), b.Dy()), img, b.Min, draw.Src)
		x += b.Dx() + gap
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few(page)); err != nil {
		return fmt.Errorf("demo: pictures: %w", err)
	}
	return os.WriteFile(filepath.Join(c.To, name+".png"), out.Bytes(), 0o644)
}

// few draws a picture with the 256 colours it has most of: screens have few, and the rest are edges of letters.
func few(img *image.RGBA) *image.Paletted {
	const rough = 0xF8 // colours nearer to each other than this count as one
	count := map[[3]uint8]int{}
	at := func(i int) [3]uint8 { return [3]uint8{img.Pix[i] & rough, img.Pix[i+1] & rough, img.Pix[i+2] & rough} }
	first := map[[3]uint8]map[color.RGBA]int{}
	for i := 0; i < len(img.Pix); i += 4 {
		k := at(i)
		count[k]++
		if first[k] == nil {
			first[k] = map[color.RGBA]int{}
		}
		first[k][color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], 255}]++
	}
	var keys [][3]uint8
	for k := range count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [3]uint8) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return bytes.Compare(a[:], b[:])
	})
	var palette color.Palette
	for _, k := range keys[:min(len(keys), 256)] {
		var most color.RGBA
		for c, n := range first[k] {
			if m := first[k][most]; n > m || n == m && bytes.Compare([]byte{c.R, c.G, c.B}, []byte{most.R, most.G, most.B}) < 0 {
				most = c
			}
		}
		palette = append(palette, most)
	}
	known := map[[3]uint8]uint8{}
	out := image.NewPaletted(img.Bounds(), palette)
	for i := 0; i < len(img.Pix); i += 4 {
		k := at(i)
		index, ok := known[k]
		if !ok {
			index = uint8(palette.Index(color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], 255}))
			known[k] = index
		}
		out.Pix[i/4] = index
	}
	return out
}

// picture draws the clerk's page of the case as her browser shows it: one that is signed in, as everything it asks for goes through her hands.
func (j *journey) picture(ctx context.Context, name string) error {
	c, number, err := j.town.only(ctx)
	if err != nil {
		return err
	}
	base, err := url.Parse(c.base)
	if err != nil {
		return fmt.Errorf("demo: draw the clerk's page: %w", err)
	}
	signed := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(base)
		for _, cookie := range c.client.Jar.Cookies(base) {
			r.Out.AddCookie(cookie)
		}
	}})
	defer signed.Close()
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1000",
		"--user-data-dir="+filepath.Join(j.town.home, "browser"), "--screenshot="+filepath.Join(j.out, name+".png"), signed.URL+"/vorgang/"+number)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("demo: draw the clerk's page: %w: %s", err, out)
	}
	return nil
}
