package escpos

import (
	"bytes"
	"testing"
)

func TestWhatASlipKeepsSecretIsHiddenHoweverTheLineIsCut(t *testing.T) {
	const key = "AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	var whole []byte
	whole = append(whole, "Ihr Beleg\n\x1d(\x1d"...) // what looks like a command and is none
	whole = append(whole, qrModel2()...)
	whole = append(whole, qrStore(key)...)
	whole = append(whole, qrPrint()...)
	whole = append(whole, raster(16, 3, []byte("secret"))...)
	whole = append(whole, "Gut sichtbar"...)
	want := bytes.Replace(whole, []byte(key), bytes.Repeat([]byte("x"), len(key)), 1)
	want = bytes.Replace(want, []byte("secret"), []byte("xxxxxx"), 1)
	for n := 1; n <= len(whole); n++ {
		var h Hide
		var got []byte
		for rest := whole; len(rest) > 0; {
			piece := rest[:min(n, len(rest))]
			rest = rest[len(piece):]
			got = append(got, h.Bytes(piece)...)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("in pieces of %d: %q, want %q", n, got, want)
		}
	}
	if !bytes.Contains(whole, []byte(key)) {
		t.Error("the line itself was changed")
	}
}

func FuzzHidingKeepsTheLength(f *testing.F) {
	f.Add([]byte{gs, '(', 'k', 9, 0, '1', 'P', '0', 'a', 'b'}, 3)
	f.Fuzz(func(t *testing.T, line []byte, cut int) {
		var one, two Hide
		all := one.Bytes(line)
		cut = max(0, min(cut, len(line)))
		parts := append(two.Bytes(line[:cut]), two.Bytes(line[cut:])...)
		if len(all) != len(line) || !bytes.Equal(all, parts) {
			t.Errorf("%q cut at %d: %q, %q", line, cut, all, parts)
		}
	})
}
