package pwg_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/pwg"
)

func gradient(w, h int, colour bool) pwg.Page {
	p := pwg.Page{Width: w, Height: h, DPI: 300, Colour: colour}
	deep := 1
	if colour {
		deep = 3
	}
	for y := range h {
		for x := range w * deep {
			v := byte(x * (y / 3))
			if x < w/2 {
				v = 255
			}
			p.Pix = append(p.Pix, v)
		}
	}
	return p
}

func TestAPageIsReadAsItWasWritten(t *testing.T) {
	doc := pwg.Begin()
	var want []pwg.Page
	for _, size := range [][2]int{{1, 1}, {2, 300}, {127, 3}, {128, 3}, {129, 700}, {500, 40}} {
		for _, colour := range []bool{false, true} {
			p := gradient(size[0], size[1], colour)
			want = append(want, p)
			var err error
			if doc, err = p.Append(doc); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := pwg.Decode(doc, 1<<24)
	if err != nil || len(got) != len(want) {
		t.Fatal(len(got), err)
	}
	for i := range want {
		if !bytes.Equal(got[i].Pix, want[i].Pix) || got[i].Width != want[i].Width || got[i].Colour != want[i].Colour || got[i].DPI != 300 {
			t.Errorf("page %d differs", i)
		}
	}
}

// Lines as PWG 5102.4 section 4.4 packs them, by hand: alike ones once with their number, alike pixels once with theirs.
func TestLinesArePackedAsTheStandardSays(t *testing.T) {
	const w, g, r = "ffffff", "00ff00", "ff0000"
	line1 := strings.Repeat(w, 3) + g + r + w + w
	pix, err := hex.DecodeString(line1 + line1 + strings.Repeat(w, 7))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := pwg.Page{Width: 7, Height: 3, DPI: 300, Colour: true, Pix: pix}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "01" + "02" + w + "ff" + g + r + "01" + w + "00" + "06" + w
	if got := hex.EncodeToString(doc[1796:]); got != want {
		t.Errorf("packed %s, want %s", got, want)
	}
	if !bytes.HasPrefix(doc, []byte("PwgRaster\x00")) || !bytes.Equal(doc[372:380], []byte{0, 0, 0, 7, 0, 0, 0, 3}) || !bytes.Equal(doc[276:284], []byte{0, 0, 1, 0x2C, 0, 0, 1, 0x2C}) {
		t.Errorf("head %x", doc[:400])
	}
}

func TestDamageIsSaidWithItsPlace(t *testing.T) {
	good, err := gradient(40, 20, false).Append(pwg.Begin())
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(good) {
		if _, err := pwg.Decode(good[:cut], 1<<20); cut != 4 && !errors.Is(err, pwg.ErrFormat) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	for at, b := range map[int]byte{4: 'X', 4 + 376: 0xFF, 4 + 388: 7, 4 + 392: 1, 4 + 1796: 255, 4 + 1797: 128} {
		bad := slices.Clone(good)
		bad[at] = b
		if _, err := pwg.Decode(bad, 1<<20); !errors.Is(err, pwg.ErrFormat) || !strings.Contains(err.Error(), " at ") {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if _, err := pwg.Decode(good, 100); !errors.Is(err, pwg.ErrFormat) {
		t.Errorf("larger than allowed: %v", err)
	}
	if _, err := (pwg.Page{Width: 3, Height: 3, DPI: 300, Pix: make([]byte, 8)}).Append(nil); err == nil {
		t.Error("a page without its last pixel was written")
	}
}

// What is read is written as something that reads the same.
func FuzzDecode(f *testing.F) {
	for _, colour := range []bool{false, true} {
		doc, err := gradient(9, 5, colour).Append(pwg.Begin())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		pages, err := pwg.Decode(doc, 1<<18)
		if err != nil {
			if !errors.Is(err, pwg.ErrFormat) {
				t.Error(err)
			}
			return
		}
		again := pwg.Begin()
		for _, p := range pages {
			if again, err = p.Append(again); err != nil {
				t.Fatal(err)
			}
		}
		second, err := pwg.Decode(again, 1<<18)
		if err != nil || len(second) != len(pages) {
			t.Fatal(err)
		}
		for i := range pages {
			if !bytes.Equal(second[i].Pix, pages[i].Pix) {
				t.Error("read differently the second time")
			}
		}
	})
}

// The lines of a page behind a right head: whatever they are, a page comes out of them or the place where they are wrong.
func FuzzLines(f *testing.F) {
	for _, colour := range []bool{false, true} {
		doc, err := gradient(9, 5, colour).Append(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc[1796:], uint8(9), uint8(5), colour)
	}
	f.Add([]byte{2, 6, 7}, uint8(7), uint8(3), false)
	f.Add([]byte{0, 0xFF, 1, 2, 5, 9, 0, 0x80}, uint8(7), uint8(2), false)
	f.Fuzz(func(t *testing.T, lines []byte, w, h uint8, colour bool) {
		doc, err := gradient(max(1, int(w)), max(1, int(h)), colour).Append(pwg.Begin())
		if err != nil {
			t.Fatal(err)
		}
		pages, err := pwg.Decode(append(doc[:4+1796:4+1796], lines...), 1<<20)
		if err != nil {
			if !errors.Is(err, pwg.ErrFormat) || !strings.Contains(err.Error(), " at ") {
				t.Error(err)
			}
			return
		}
		again := pwg.Begin()
		for _, p := range pages {
			if again, err = p.Append(again); err != nil {
				t.Fatal(err)
			}
		}
		if second, err := pwg.Decode(again, 1<<20); err != nil || len(second) != len(pages) || !bytes.Equal(second[0].Pix, pages[0].Pix) {
			t.Fatalf("read differently the second time: %v", err)
		}
	})
}
