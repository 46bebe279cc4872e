package rfid_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
)

func TestBytesOfReadersMeanWhatTheirDocumentsSay(t *testing.T) {
	file, err := os.Open("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.SplitN(line, " ", 4)
		said, err := hex.DecodeString(f[1])
		if err != nil || len(f) != 4 {
			t.Fatalf("%q: %v", line, err)
		}
		tag, found, err := parse(f[0], said)
		if f[2] == "!" {
			if err == nil && (f[3] != "none" || found) || err != nil && !strings.Contains(errorName(err), f[3]) {
				t.Errorf("%s: %v, %v", line, found, err)
			}
		} else if got := strings.ToUpper(strconv.FormatInt(int64(tag.Kind), 16)) + " " + tag.Hex() + " " + strconv.Itoa(tag.Bits); err != nil || got != f[2]+" "+f[3] {
			t.Errorf("%s: %s, %v", line, got, err)
		}
		n++
	}
	if n < 12 {
		t.Errorf("only %d vectors were read", n)
	}
}

func errorName(err error) string {
	switch {
	case errors.Is(err, rfid.ErrChecksum):
		return "checksum"
	case errors.Is(err, rfid.ErrFrame):
		return "frame"
	}
	return err.Error()
}

func parse(model string, said []byte) (tag rfid.Tag, found bool, err error) {
	if model == "id12" {
		tag, err = rfid.ParseID12(said[1 : len(said)-1])
		return tag, true, err
	}
	answer, err := rfid.ParseAnswer(said[:len(said)-1], model == "twn4+crc")
	if err != nil {
		return rfid.Tag{}, false, err
	}
	return rfid.ParseTag(answer)
}

func TestCommandsAreWrittenAsTheDocumentsWriteThem(t *testing.T) {
	for want, got := range map[string][]byte{
		"050010\r":                 rfid.Command(false, [2]byte{5, 0}, 16),                        // published programs
		"0004FF\r":                 rfid.Command(false, [2]byte{0, 4}, 255),                       //
		"04076460093C000000\r":     rfid.Command(false, [2]byte{4, 7}, 100, 0x60, 9, 60, 0, 0, 0), // 2400 Hz, 60 ms
		"313233343536373839916F\r": rfid.Command(true, [2]byte{'1', '2'}, []byte("3456789")...),   // check value of CRC-16/MCRF4XX: 6F91
	} {
		if string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAKindOfTagIsNamedAndAFleetingNumberIsNone(t *testing.T) {
	for k, want := range map[rfid.Kind]string{rfid.EM4102: "EM4102", rfid.HIDProx: "HID Prox", rfid.MIFARE: "ISO 14443 A", rfid.FeliCa: "FeliCa", 0x20: "kind 20"} {
		if k.String() != want {
			t.Errorf("%02X is %s", byte(k), k)
		}
	}
	for id, want := range map[string]bool{"\x08\x12\x34\x56": true, "\x18\x12\x34\x56": false, "\x08\x12\x34\x56\x78\x9A\xBC": false} {
		if tag := (rfid.Tag{ID: []byte(id), Kind: rfid.MIFARE}); tag.Fleeting() != want {
			t.Errorf("%s: fleeting is %v", tag.Hex(), tag.Fleeting())
		}
	}
}

func FuzzParseID12(f *testing.F) {
	f.Add([]byte("62E3086CED08\r\n"))
	f.Add([]byte("4500b8d6a289"))
	f.Add([]byte("\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		tag, err := rfid.ParseID12(b)
		if err != nil {
			if len(tag.ID) > 0 || !errors.Is(err, rfid.ErrFrame) && !errors.Is(err, rfid.ErrChecksum) {
				t.Fatal(tag, err)
			}
			return
		}
		x := byte(0)
		for _, c := range tag.ID {
			x ^= c
		}
		again := tag.Hex() + strings.ToUpper(hex.EncodeToString([]byte{x}))
		if tag.Bits != 40 || again != strings.ToUpper(strings.TrimRight(string(b), "\r\n")) {
			t.Fatalf("%q is read as %s", b, again)
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	for _, s := range []string{"0000", "0001803807" + "0401F38D29A50B", "01", "0000B8F0", "001A54574E342F", "00FF", ""} {
		f.Add([]byte(s), len(s) == 8)
	}
	f.Fuzz(func(t *testing.T, line []byte, crc bool) {
		answer, err := rfid.ParseAnswer(line, crc)
		if err != nil {
			var refused rfid.ReaderError
			if answer != nil || !errors.Is(err, rfid.ErrFrame) && !errors.Is(err, rfid.ErrChecksum) && !errors.As(err, &refused) {
				t.Fatal(answer, err)
			}
			return
		}
		if tag, found, err := rfid.ParseTag(answer); err == nil && found {
			whole := append([]byte{1, byte(tag.Kind), byte(tag.Bits), byte(len(tag.ID))}, tag.ID...)
			if !bytes.Equal(whole, answer) || tag.Bits > 8*len(tag.ID) {
				t.Fatalf("%X is read as %X", answer, whole)
			}
		}
		if v, err := rfid.ParseVersion(answer); err == nil && len(v) != len(answer)-1 {
			t.Fatalf("%X is version %q", answer, v)
		}
		if len(answer) > 0 { // what parses is written the same way
			if again := rfid.Command(crc, [2]byte{0, answer[0]}, answer[1:]...); !bytes.EqualFold(again[:len(again)-1], line) {
				t.Fatalf("%q is written %q", line, again)
			}
		}
	})
}

// script is a line that says what it was given, piece by piece with a silence after each, and then hangs up.
type script struct {
	pieces [][]byte
	quiet  bool
}

func (s *script) Read(b []byte) (int, error) {
	if s.quiet {
		s.quiet = false
		return 0, os.ErrDeadlineExceeded
	}
	if len(s.pieces) == 0 {
		return 0, os.ErrClosed
	}
	n := copy(b, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; len(s.pieces[0]) == 0 {
		s.pieces, s.quiet = s.pieces[1:], true
	}
	return n, nil
}
func (s *script) Write(b []byte) (int, error)     { return len(b), nil }
func (s *script) Close() error                    { return nil }
func (s *script) SetReadDeadline(time.Time) error { return nil }

func FuzzNothingThatArrivesBreaksTheReader(f *testing.F) {
	for _, s := range []string{"||\x0262E3086CED08\r\n\x03|\x0262E3086CED08\x03", "05\r||0000\r|000140280562E3086CED\r|01\r", "\x02\x02\x03|\x03", "0001\r\r|||"} {
		f.Add([]byte(s), uint8(len(s)))
	}
	f.Fuzz(func(t *testing.T, stream []byte, how uint8) {
		if len(stream) > 200 {
			return
		}
		o := rfid.Opts{Model: rfid.Models()[how&1], CRC: how&2 != 0, Noise: 64, Every: time.Nanosecond, Answer: 100 * time.Microsecond, Quiet: time.Nanosecond, Gone: time.Nanosecond}
		dev := rfid.New(&script{pieces: bytes.Split(stream, []byte{'|'})}, o)
		for range 2*len(stream) + 3 {
			tag, err := dev.Read(t.Context())
			if err != nil && len(tag.ID) > 0 || err == nil && (len(tag.ID) == 0 || tag.Bits > 8*len(tag.ID)) {
				t.Fatal(tag, err)
			}
			if errors.Is(err, rfid.ErrLost) {
				return
			}
		}
	})
}
