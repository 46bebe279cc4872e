package girocode_test

import (
	"bytes"
	"errors"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
)

// pictured is a payload in each character set, and the longest one that there is.
func pictured(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"the longest": longest(t)}
	for set, name := range map[girocode.Charset]string{girocode.UTF8: "Bürgerbüro Łódź €", girocode.ISO8859_1: "Bürgerbüro Großenhain", girocode.ISO8859_2: "Büro Łódź",
		girocode.ISO8859_4: "Rīga", girocode.ISO8859_5: "Юрий", girocode.ISO8859_7: "Δήμος", girocode.ISO8859_10: "Þórshöfn", girocode.ISO8859_15: "Bürgerbüro Œuvre €"} {
		transfer := parking()
		transfer.Charset, transfer.Name = set, name
		b, err := girocode.Encode(transfer)
		if err != nil {
			t.Fatal(err)
		}
		out[set.String()] = b
	}
	return out
}

// longest is a payload of 331 bytes that no encoder can shorten by writing digits more tightly.
func longest(t testing.TB) []byte {
	t.Helper()
	transfer := parking()
	transfer.BIC, transfer.Purpose = "WELADED1MIN", "GDDS"
	transfer.Text, transfer.Note = strings.Repeat("ä", 70), strings.Repeat("b", 70)
	b, err := girocode.Encode(transfer)
	if err != nil {
		t.Fatal(err)
	}
	missing := girocode.MaxBytes - len(b)
	if missing < 0 || missing > 70 {
		t.Fatalf("%d bytes are missing", missing)
	}
	transfer.Text += strings.Repeat("c", missing)
	if b, err = girocode.Encode(transfer); err != nil || len(b) != girocode.MaxBytes {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	transfer.Text += "c"
	if _, err := girocode.Encode(transfer); err == nil {
		t.Fatal("332 bytes are not refused")
	}
	return b
}

// version gives a code's version (ISO/IEC 18004) from its modules.
func version(t testing.TB, payload []byte) int {
	t.Helper()
	m, err := qr.Matrix(string(payload), qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return (len(m) - 17) / 4
}

func TestTheLongestPayloadFillsTheLargestCodeThatIsAllowed(t *testing.T) {
	noise := make([]byte, 332)
	for i := range noise {
		noise[i] = byte('a' + rand.IntN(26))
	}
	if v := version(t, noise[:331]); v != girocode.MaxVersion {
		t.Errorf("331 bytes make version %d", v)
	}
	if v := version(t, noise); v != girocode.MaxVersion+1 {
		t.Errorf("332 bytes make version %d: the limit of 331 is the code's own", v)
	}
	if _, err := girocode.Decode(longest(t)); err != nil {
		t.Errorf("331 bytes are not read: %v", err)
	}
	if _, err := girocode.Decode(append(longest(t), 'c')); !errors.Is(err, girocode.RuleBytes) {
		t.Errorf("332 bytes are read: %v", err)
	}
	if v := version(t, longest(t)); v > girocode.MaxVersion {
		t.Errorf("the longest payload makes version %d", v)
	}
}

// Two readers that know nothing of each other read the picture: the bytes have to come out as they went in, in every character set.
func TestReadersReadThePicture(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Log("zbarimg is not installed; only gozxing reads")
	}
	for name, payload := range pictured(t) {
		file, err := qr.PNG(string(payload), qr.Medium, 5)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		bmp, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			t.Fatal(err)
		}
		read, err := zxing.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{
			gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_CHARACTER_SET: "ISO-8859-1"})
		if err != nil {
			t.Errorf("%s: gozxing: %v", name, err)
			continue
		}
		var got []byte // ISO 8859-1 gives each byte as the letter of the same number
		for _, r := range read.GetText() {
			got = append(got, byte(r))
		}
		if !bytes.Equal(got, payload) {
			t.Errorf("%s: gozxing read %q", name, got)
		}
		if level := read.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL]; level != "M" {
			t.Errorf("%s: level %v, want M", name, level)
		}
		want, err := girocode.Decode(payload)
		if transfer, bad := girocode.Decode(got); err != nil || bad != nil || transfer != want {
			t.Errorf("%s: %+v, %v, %v", name, transfer, err, bad)
		}
		if zbar == "" {
			continue
		}
		at := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(at, file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(zbar, "-q", "--raw", "-Sbinary", at).Output()
		if err != nil || !bytes.Equal(out, payload) {
			t.Errorf("%s: zbarimg read %q, %v", name, out, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	transfer := parking()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := girocode.Encode(transfer); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	payload, err := girocode.Encode(parking())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := girocode.Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}

// From a transfer to a PNG that a screen shows: the fee of a parking permit, and the longest payload.
func BenchmarkPicture(b *testing.B) {
	fee, err := girocode.Encode(parking())
	if err != nil {
		b.Fatal(err)
	}
	for name, payload := range map[string][]byte{"fee": fee, "longest": longest(b)} {
		b.Run("modules/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := qr.Matrix(string(payload), qr.Medium); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("png/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := qr.PNG(string(payload), qr.Medium, 8); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
