package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

type decodeCmd struct {
	ZVT    decodeZVT    `cmd:"" name:"zvt" help:"Bytes between till and card terminal."`
	EPC    decodeEPC    `cmd:"" name:"epc" help:"A payment's QR code (GiroCode)."`
	ESCPOS decodeESCPOS `cmd:"" name:"escpos" help:"What a receipt printer was sent."`
}

// most is how many bytes decode reads.
const most = 16 << 20

// content reads a file, or standard input for "-".
func content(h *hands, name string) ([]byte, error) {
	in := h.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("decode: %w", err)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	if len(b) > most {
		return nil, errors.New("decode: this is more than 16 MiB")
	}
	return b, nil
}

var errHex = errors.New("decode: these are no bytes in hex, and no file has this name")

// unhex reads hex as people write it: blanks, lines and colons do not count.
func unhex(text []byte) ([]byte, error) {
	b, err := hex.DecodeString(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, string(text)))
	if err != nil {
		return nil, errHex
	}
	return b, nil
}

// isRecording tells whether a file was made with --record.
func isRecording(b []byte) bool { return bytes.HasPrefix(b, []byte("rathausnah line ")) }
