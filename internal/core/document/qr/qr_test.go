package qr_test

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
)

func TestAPhoneReadsWhatWasWritten(t *testing.T) {
	for _, text := range []string{
		"AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWEXAMP",
		"Grüße aus Bad Oeynhausen",
		"BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70",
		strings.Repeat("eyJhbGciOiJFZERTQSJ9.", 20),
	} {
		for _, level := range []qr.Level{qr.Low, qr.Medium, qr.High, qr.Highest} {
			file, err := qr.PNG(text, level, 6)
			if err != nil {
				t.Fatalf("level %d: %v", level, err)
			}
			img, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			bmp, err := gozxing.NewBinaryBitmapFromImage(img)
			if err != nil {
				t.Fatal(err)
			}
			// The picture is exact, so a reader may take it at its word instead of searching for a code in a photo.
			got, err := zxing.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{
				gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
			if err != nil {
				t.Fatalf("level %d: %v", level, err)
			}
			if got.GetText() != text {
				t.Errorf("level %d: read %q", level, got.GetText())
			}
		}
	}
}

func TestTheMatrixHasNoBorderAndStartsWithAFinder(t *testing.T) {
	m, err := qr.Matrix("A", qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	if len(m) != 21 || len(m[0]) != 21 {
		t.Fatalf("%d x %d modules, want 21 x 21", len(m), len(m[0]))
	}
	for i := range 7 {
		if !m[0][i] || !m[i][0] {
			t.Fatal("the finder pattern does not begin at the corner")
		}
	}
}

func TestWhatFitsNoCodeIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("geheim", 1000)} {
		_, err := qr.Matrix(text, qr.Medium)
		if !errors.Is(err, qr.ErrData) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("got %v", err)
		}
	}
}
