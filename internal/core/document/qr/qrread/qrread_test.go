package qrread

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/draw"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
)

// page draws the code on a sheet as a printer of 150 dots an inch does: a module is no whole number of dots wide.
func page(t *testing.T, text string, module float64) image.Image {
	t.Helper()
	code, err := qr.Image(text, qr.Medium, 8)
	if err != nil {
		t.Fatal(err)
	}
	sheet := image.NewGray(image.Rect(0, 0, 700, 900))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	side := int(float64(code.Bounds().Dx()) / 8 * module)
	draw.BiLinear.Scale(sheet, image.Rect(150, 300, 150+side, 300+side), code, code.Bounds(), draw.Src, nil)
	for y := range 40 { // a heading
		for x := 200; x < 500; x += 3 + y%4 {
			sheet.SetGray(x, 100+y, color.Gray{})
		}
	}
	return sheet
}

// token is as long as a permit's.
func token(n int) string {
	a := sha512.Sum512([]byte{byte(n), byte(n >> 8)})
	b := sha512.Sum512(a[:])
	c := sha512.Sum512(b[:])
	d := sha512.Sum512(c[:])
	return base64.RawURLEncoding.EncodeToString(append(append(append(a[:], b[:]...), c[:]...), d[:58]...))
}

func TestEveryPermitsCodeIsReadOffItsSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	misjudged := 0
	for n := range 45 {
		text := token(n)
		sheet := page(t, text, []float64{3.3, 3.55, 4.2}[n%3])
		if got, err := Read(sheet); err != nil || got != text {
			t.Errorf("code %d cannot be read: %v", n, err)
		}
		if _, ok := at(sheet); !ok {
			misjudged++
		}
	}
	if misjudged == 0 {
		t.Error("no code needs a second look: this test has become too easy")
	}
	t.Logf("%d of 45 codes need a second look", misjudged)
}

func TestACodeIsReadWhereverItIs(t *testing.T) {
	code, err := qr.Image("AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP", qr.Medium, 7)
	if err != nil {
		t.Fatal(err)
	}
	screen := image.NewRGBA(image.Rect(0, 0, 1280, 800))
	draw.Draw(screen, screen.Bounds(), image.NewUniform(color.RGBA{18, 40, 44, 255}), image.Point{}, draw.Src)
	draw.Draw(screen, code.Bounds().Add(image.Pt(700, 120)), code, image.Point{}, draw.Src)
	for name, img := range map[string]image.Image{
		"alone": code, "on a screen": screen, "as a part of it": screen.SubImage(code.Bounds().Add(image.Pt(700, 120))),
	} {
		if _, err := Read(img); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhereThereIsNoCodeNoneIsFound(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 211, 97))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 3)
	}
	for name, img := range map[string]image.Image{"nothing": image.NewGray(image.Rectangle{}), "a dot": image.NewGray(image.Rect(0, 0, 1, 1)), "noise": noise} {
		if _, err := Read(img); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
