package zvt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func vectors(t testing.TB) [][]byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for line := range strings.Lines(string(raw)) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "apdu "); ok {
			all = append(all, unhex(t, s))
		}
	}
	return all
}

func TestTheDocumentsMessagesAreReadAndWrittenToTheSameBytes(t *testing.T) {
	all := vectors(t)
	if len(all) < 10 {
		t.Fatalf("only %d vectors", len(all))
	}
	for _, want := range all {
		a, n := ParseAPDU(want)
		if n != len(want) {
			t.Errorf("% X: read %d bytes", want, n)
			continue
		}
		if got := a.Append(nil); !bytes.Equal(got, want) {
			t.Errorf("% X: written as % X", want, got)
		}
		for i := range want { // TCP may cut anywhere
			if _, n := ParseAPDU(want[:i]); n != 0 {
				t.Errorf("% X: %d bytes of it were taken for a message", want, i)
			}
		}
	}
}

func TestRegistrationIsThatOfTheDocument(t *testing.T) {
	done := message(t, "06 0F 12 19 00 29 65 00 00 28 49 09 78 06 06 26 04 0A 02 06 D3")
	s, err := ParseStatus(done.Data)
	if err != nil || s.TerminalID != "65000028" || s.Currency != "0978" || len(s.TLV) != 1 || s.TLV[0].Tag != TagCommands {
		t.Fatalf("%+v, %v", s, err)
	}
	parts, err := s.TLV[0].Parts()
	if err != nil || len(parts) != 1 || !bytes.Equal(parts[0].Value, []byte{0x06, 0xD3}) {
		t.Fatalf("%v, %v", parts, err)
	}
}

func message(t *testing.T, s string) APDU {
	t.Helper()
	b := unhex(t, s)
	a, n := ParseAPDU(b)
	if n != len(b) {
		t.Fatalf("%s: read %d bytes of %d", s, n, len(b))
	}
	return a
}

func TestIntermediateStatusIsReadWithAndWithoutTimeout(t *testing.T) {
	for s, want := range map[string]Progress{
		"04 FF 09 17 06 06 1F 73 03 00 00 02":                                                 {Code: 0x17},
		"04 FF 19 17 03 06 15 24 0D 07 0B 30 30 20 41 70 70 72 6F 76 65 64 1F 73 03 00 00 08": {Code: 0x17, T4: 3 * time.Minute, Text: "00 Approved"},
		"04 FF 01 0A":    {Code: 0x0A},
		"04 FF 02 0A 15": {Code: 0x0A, T4: 15 * time.Minute},
		"04 FF 02 0A 06": {Code: 0x0A, T4: 6 * time.Minute},
	} {
		got, err := ParseProgress(message(t, s).Data)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", s, got, err, want)
		}
	}
}

func TestVariableFieldsOfTheDocument(t *testing.T) {
	// P016 5.2.8: F1 F2 says 12 bytes follow, F0 F0 F3 says 3 bytes follow. 22 is LLVAR, 60 is LLLVAR.
	all, rest, err := Fields(unhex(t, "22 F1 F2 01 23 45 67 89 01 23 45 67 89 01 23 22 F0 F3 01 23 45 60 F0 F0 F3 01 23 45"))
	if err != nil || len(all) != 3 || len(rest) != 0 || len(all[0].Value) != 12 || len(all[1].Value) != 3 || len(all[2].Value) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
}

func TestAStatusInformationIsReadWithoutTheCardNumber(t *testing.T) {
	// The fields of P015 3.1.1 in an order of their own; field 22 holds a card number and is read over.
	b := unhex(t, "27 00 04 00 00 00 00 30 70 0B 00 12 34 0C 14 35 09 0D 11 23 22 F0 F5 67 12 34 56 78 29 65 00 00 28 49 09 78 87 01 23 19 70"+
		"8A 05 8B F0 F9 67 69 72 6F 63 61 72 64 00 3C F0 F0 F3 84 4F 4B 06 03 0B 01 41")
	s, err := ParseStatus(b)
	if err != nil {
		t.Fatal(err)
	}
	want := Status{
		HasResult: true, Amount: 3070, Trace: 1234, Time: "143509", Date: "1123", TerminalID: "65000028", Currency: "0978", Receipt: 123,
		PaymentType: 0x70, CardType: 5, CardName: "girocard", Text: "äOK", TLV: []TLV{{0x0B, []byte("A")}},
	}
	if !reflect.DeepEqual(s, want) {
		t.Fatalf("%+v\nwant %+v", s, want)
	}
	if again, err := ParseStatus(s.Append(nil)); err != nil || !reflect.DeepEqual(again, want) {
		t.Fatalf("written and read again: %+v, %v", again, err)
	}
	if !s.Good() {
		t.Error("result 00 is good")
	}
}

func TestOnlyAnExplicitResultIsGood(t *testing.T) {
	for s, want := range map[string]bool{"27 00": true, "27 05": false, "04 00 00 00 00 30 70": false, "": false} {
		if got, err := ParseStatus(unhex(t, s)); err != nil || got.Good() != want {
			t.Errorf("%q: good %v, %v", s, got.Good(), err)
		}
	}
}

func TestALongTraceNumber(t *testing.T) {
	s, err := ParseStatus(unhex(t, "0B 00 00 00 06 07 1F 2B 04 12 34 56 78"))
	if err != nil || s.Trace != 12345678 {
		t.Fatalf("%d, %v", s.Trace, err)
	}
}

func TestMalformedStatusInformation(t *testing.T) {
	for _, s := range []string{"04", "04 00", "04 00 00 00 00 3A 70", "29 65 00", "22 F1", "22 F1 F2 01", "8B FA F0", "06 81", "06 03 0B 01"} {
		if _, err := ParseStatus(unhex(t, s)); !errors.Is(err, ErrPacket) {
			t.Errorf("%s: %v, want ErrPacket", s, err)
		}
	}
}

func TestPrintedLinesAndBlocks(t *testing.T) {
	for _, c := range []struct {
		command Command
		data    string
		want    Print
	}{
		{PrintLine, "00 48 84 6E 64", Print{Lines: []string{"Händ"}}},
		{PrintLine, "04 58", Print{Lines: []string{"    X"}}},
		{PrintLine, "40 58", Print{Lines: []string{"X"}}},
		{PrintLine, "81 58", Print{Lines: []string{"X"}, Last: true}},
		{PrintLine, "80 58", Print{Lines: []string{"X"}}},
		{PrintLine, "FF 02", Print{Lines: []string{"", ""}}},
		{PrintLine, "", Print{Lines: []string{""}}},
		{PrintBlock, "06 0F 1F 07 01 02 25 09 07 01 41 07 00 09 02 00 00", Print{Kind: 2, Lines: []string{"A", ""}}},
		{PrintBlock, "06 08 25 06 07 01 42 09 01 81", Print{Lines: []string{"B"}, Last: true}},
		{PrintBlock, "06 05 25 03 09 01 FF", Print{Lines: []string{""}}},
	} {
		got, err := ParsePrint(c.command, unhex(t, c.data))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: %+v, %v; want %+v", c.command, c.data, got, err, c.want)
		}
	}
}

func TestALineStandsWhereItsAttributeSays(t *testing.T) {
	for data, want := range map[string]string{"40 41 42": "    AB", "04 41": "    A", "4F 41 42 43": "   ABC", "60 41 42": "    AB", "40 30 31 32 33 34 35 36 37 38 39 30": "01234567890", "40": ""} {
		if got, err := (paper{CP437, 10}).parse(PrintLine, unhex(t, data)); err != nil || got.Lines[0] != want {
			t.Errorf("%s: %q, %v; want %q", data, got.Lines, err, want)
		}
	}
	// A block in letters of its own: tag 14 is ISO 8859-1.
	if got, err := (paper{CP437, 10}).parse(PrintBlock, unhex(t, "06 0B 25 06 09 01 40 07 01 FC 14 01 01")); err != nil || got.Lines[0] != "    ü" {
		t.Errorf("%q, %v", got.Lines, err)
	}
}

// The checksum is CRC-16/KERMIT; its published check value is that of "123456789".
func TestChecksum(t *testing.T) {
	if got := crc([]byte("123456789")); got != 0x2189 {
		t.Fatalf("%04X", got)
	}
}

func TestAFrameDoublesDLEAndLeavesItOutOfLengthAndChecksum(t *testing.T) {
	a := APDU{Authorise, []byte{0x04, 0, 0, 0, 0, 0x10, 0x10}}
	frame := AppendFrame(nil, a)
	if want := unhex(t, "10 02 06 01 07 04 00 00 00 00 10 10 10 10 10 03"); !bytes.Equal(frame[:len(want)], want) {
		t.Fatalf("% X", frame)
	}
	sum := crc(unhex(t, "06 01 07 04 00 00 00 00 10 10 03"))
	if tail := frame[len(frame)-2:]; tail[0] != byte(sum) || tail[1] != byte(sum>>8) {
		t.Fatalf("checksum % X, want %04X low byte first", tail, sum)
	}
}

func TestFramesAreFoundBetweenNoise(t *testing.T) {
	a := APDU{StatusInfo, []byte{0x27, 0x00}}
	var in []byte
	in = append(in, 0xFF, 0x00, 0x10, 0x55, ACK, NAK)
	in = AppendFrame(in, a)
	broken := AppendFrame(nil, a)
	broken[4] ^= 1
	in = append(in, broken...)
	in = append(in, 0x10, 0x02, 0x06) // a message whose end got lost
	in = AppendFrame(in, a)
	var d Deframer
	var events []Event
	for _, b := range in {
		e, got := d.Push(b)
		if e == More {
			continue
		}
		events = append(events, e)
		if e == Framed && !reflect.DeepEqual(got, a) {
			t.Errorf("found %v", got)
		}
	}
	if want := []Event{Positive, Negative, Framed, Damaged, Framed}; !reflect.DeepEqual(events, want) {
		t.Fatalf("%v, want %v", events, want)
	}
}

func TestEveryCodeHasWordsInBothLanguages(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		if n := len(tables()["intermediate-"+lang]); n < 80 {
			t.Errorf("%s: only %d texts", lang, n)
		}
		for code := range tables()["intermediate-de"] { // 4A is listed without words: "insert card" combined with "remove card"
			if code != 0x4A && StatusText(lang, byte(code)) == "" {
				t.Errorf("%s: no words for %02X", lang, code)
			}
		}
	}
	if StatusText("de", 0x0A) != "Karte einstecken" || StatusText("en", 0x0A) != "Insert card" || StatusText("fr", 0x0A) != "Karte einstecken" {
		t.Error("0A is the request to insert the card")
	}
	if CodeAborted.Text("en") != "abort via timeout or abort-key" || Code(0x05).Text("de") == Code(0x6D).Text("de") {
		t.Error("result texts")
	}
}

func FuzzMessages(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v)
	}
	f.Add(unhex(f, "04 0F 2A 27 00 04 00 00 00 00 30 70 0B 00 12 34 0C 14 35 09 0D 11 23 29 65 00 00 28 49 09 78 87 01 23 8B F0 F9 67 69 72 6F 63 61 72 64 00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, n := ParseAPDU(b)
		if n == 0 {
			return
		}
		again, m := ParseAPDU(a.Append(nil))
		if m == 0 || again.Command != a.Command || !bytes.Equal(again.Data, a.Data) {
			t.Fatal("a message changed when written again")
		}
		var d Deframer
		framed := AppendFrame(nil, a)
		for i, c := range framed {
			e, got := d.Push(c)
			if (e == Framed) != (i == len(framed)-1) || e == Damaged {
				t.Fatalf("byte %d of %d: event %v", i, len(framed), e)
			}
			if e == Framed && (got.Command != a.Command || !bytes.Equal(got.Data, a.Data)) {
				t.Fatal("a message changed in its frame")
			}
		}
		if s, err := ParseStatus(a.Data); err == nil {
			once, err := ParseStatus(s.Append(nil))
			if err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			if once.Amount != s.Amount || once.HasResult != s.HasResult || once.Result != s.Result || once.Receipt != s.Receipt || once.TerminalID != s.TerminalID {
				t.Fatalf("%+v became %+v", s, once)
			}
		}
		_, _ = ParseProgress(a.Data)
		_, _ = ParsePrint(PrintLine, a.Data)
		_, _ = ParsePrint(PrintBlock, a.Data)
	})
}

func FuzzDeframer(f *testing.F) {
	f.Add(AppendFrame(nil, APDU{StatusInfo, []byte{0x27, 0x00, 0x10}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Deframer
		for _, c := range b {
			if e, a := d.Push(c); e == Framed {
				if _, n := ParseAPDU(a.Append(nil)); n == 0 {
					t.Fatal("a frame held half a message")
				}
			}
		}
	})
}
