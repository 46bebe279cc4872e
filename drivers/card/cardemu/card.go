// Package cardemu plays chip cards: on the virtual reader vpcd of a real PC/SC service (Card.Serve), or in a service in memory (Room), with faults
// on request.
package cardemu

import (
	"bytes"
	"encoding/hex"
	"strings"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
)

// Fault is something that goes wrong with a card.
type Fault string

// The faults.
const (
	None    Fault = ""
	Mute    Fault = "mute"     // the wrong way round: no answer to reset, none to commands
	BadATR  Fault = "bad-atr"  // the answer to reset has a wrong check character
	Garbage Fault = "garbage"  // answers something that is none
	Short   Fault = "short"    // answers one byte
	Long    Fault = "long"     // answers 64 KiB less one byte
	Refuse  Fault = "refuse"   // answers that it knows no command
	TornOut Fault = "torn-out" // is taken away in the middle of a command
	WantsLe Fault = "wants-le" // refuses SELECT without Le
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{Mute, BadATR, Garbage, Short, Long, Refuse, TornOut, WantsLe}
}

// Opts says what a card is.
type Opts struct {
	ATR   []byte
	UID   []byte       // what its reader says when it is asked; none: it has contacts
	Names []string     // its applications' names, in hexadecimal digits
	Fault func() Fault // asked at every command; nil is None
}

// Card is a card. It remembers what it was told.
type Card struct {
	o Opts

	mu    sync.Mutex
	heard [][]byte
}

// New makes a Card.
func New(o Opts) *Card {
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	return &Card{o: o}
}

// Of makes a card of a kind: with the answer to reset of a card of that kind from pcsc-tools' list, and the names of applications that are on such
// cards. InUse and Unreadable are no kinds of cards, but of what happens to them.
func Of(kind card.Kind, fault func() Fault) *Card {
	o := Opts{Fault: fault}
	atr := "3B021450" // Schlumberger Multiflex
	switch kind {
	case card.IdentityCard:
		atr, o.UID, o.Names = "3B8780018031B8738401E019", []byte{0x08, 1, 2, 3}, []string{"E80704007F00070302", "A0000002471001"}
	case card.HealthCard:
		atr, o.Names = "3BDD97FF81B1FE451F03006404050803739621D0009000C8", []string{"D2760001448000", "D27600000102"}
	case card.Girocard:
		atr, o.Names = "3BEF00FF8131FE4565631113710528001F000A1B18372042",
			[]string{"315041592E5359532E4444463031", "A0000003591010028001", "A0000000043060"}
	case card.PaymentCard:
		atr, o.UID, o.Names = "3B8580012063CBA0002C", []byte{0x08, 9, 9, 9}, []string{"325041592E5359532E4444463031"}
	case card.Tag:
		atr, o.UID = "3B8F8001804F0CA000000306030001000000006A", []byte{0x6E, 0x40, 0x1B, 0xA8}
	}
	o.ATR, _ = hex.DecodeString(atr) // constants
	return New(o)
}

// ATR is what it answers to a reset; nothing if it is Mute.
func (c *Card) ATR() []byte {
	atr := bytes.Clone(c.o.ATR)
	switch c.o.Fault() {
	case Mute:
		return nil
	case BadATR:
		if len(atr) > 1 {
			atr[len(atr)-1] ^= 0x55
		}
	}
	return atr
}

// Heard lists the commands it was told.
func (c *Card) Heard() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte(nil), c.heard...)
}

// Answer answers a command; torn says that it was taken away instead. Nothing that it is told can hurt it.
func (c *Card) Answer(command []byte) (answer []byte, torn bool) {
	c.mu.Lock()
	c.heard = append(c.heard, bytes.Clone(command))
	c.mu.Unlock()
	fault := c.o.Fault()
	switch fault {
	case Mute:
		return nil, false
	case Garbage:
		return []byte("\x02S1*62\r\n"), false
	case Short:
		return []byte{0x90}, false
	case Long:
		return append(make([]byte, 1<<16-3), 0x90, 0x00), false
	case Refuse:
		return []byte{0x6D, 0x00}, false
	case TornOut:
		return nil, true
	}
	switch {
	case len(command) < 4:
		return []byte{0x67, 0x00}, false
	case command[0] == 0xFF && command[1] == 0xCA && len(c.o.UID) > 0:
		return append(bytes.Clone(c.o.UID), 0x90, 0x00), false
	case command[0] != 0:
		return []byte{0x6E, 0x00}, false
	case command[1] != 0xA4 || command[2] != 0x04:
		return []byte{0x6D, 0x00}, false
	}
	rest := command[4:]
	if len(rest) == 0 || len(rest) < 1+int(rest[0]) || len(rest) > 2+int(rest[0]) {
		return []byte{0x67, 0x00}, false
	}
	le := len(rest) == 2+int(rest[0])
	if fault == WantsLe && !le {
		return []byte{0x67, 0x00}, false
	}
	name := strings.ToUpper(hex.EncodeToString(rest[1 : 1+int(rest[0])]))
	for _, known := range c.o.Names {
		if name != known {
			continue
		}
		if le && command[3] == 0 { // the name of the file, and somebody's on it
			return append([]byte{0x6F, 0x0E, 0x50, 0x0C}, "MUSTERMANN/E\x90\x00"...), false
		}
		return []byte{0x90, 0x00}, false
	}
	return []byte{0x6A, 0x82}, false
}
