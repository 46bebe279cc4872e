package card

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Private is bytes of a card. Whatever prints, logs or marshals it gets how many they are.
type Private []byte

// Hex gives the bytes in capital hexadecimal digits.
func (p Private) Hex() string { return strings.ToUpper(hex.EncodeToString(p)) }

func (p Private) String() string { return fmt.Sprintf("(%d bytes)", len(p)) }

// Format prints how many bytes they are, whatever the verb.
func (p Private) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// MarshalText gives how many bytes they are.
func (p Private) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Kind is what sort of card it is, as far as its applications tell.
type Kind string

// The kinds.
const (
	IdentityCard Kind = "identity"   // identity card, residence permit or eID card: to be used through AusweisApp
	HealthCard   Kind = "health"     // health insurance card
	Girocard     Kind = "girocard"   // girocard, alone or with another scheme
	PaymentCard  Kind = "payment"    // another card, or a phone, to pay with
	Tag          Kind = "tag"        // contactless, with a UID and nothing else that is known: library, canteen, door
	Unknown      Kind = "unknown"    // answers, and has none of these
	Unreadable   Kind = "unreadable" // does not answer: the wrong way round, broken, or taken away too soon
	InUse        Kind = "in-use"     // another program has it for itself
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{IdentityCard, HealthCard, Girocard, PaymentCard, Tag, Unknown, Unreadable, InUse}
}

// Refused tells whether it is a card that this terminal has no business with: nothing is read from it, and a kind word is due. Sentence is that word's
// key.
func (k Kind) Refused() bool { return k == HealthCard || k == Girocard || k == PaymentCard }

// Sentence is the key of the sentence for whoever put such a card there, such as "card.health".
func (k Kind) Sentence() string { return "card." + string(k) }

// application is a name that a card may know, and what that means.
type application struct {
	name string
	kind Kind
	p2   byte // of SELECT: 0C asks for no answer; EMV knows 00 only
}

// applications are asked for in this order. A girocard is often another payment card, too.
func applications() []application {
	return []application{
		{"\xE8\x07\x04\x00\x7F\x00\x07\x03\x02", IdentityCard, 0x0C},
		{"\xE8\x28\xBD\x08\x0F\xA0\x00\x00\x01\x67\x45\x53\x49\x47\x4E", IdentityCard, 0x0C},
		{"\xD2\x76\x00\x00\x01\x02", HealthCard, 0x0C},
		{"\xD2\x76\x00\x01\x44\x80\x00", HealthCard, 0x0C},
		{"\xA0\x00\x00\x03\x59\x10\x10\x02\x80\x01", Girocard, 0x00},
		{"\xA0\x00\x00\x00\x59\x45\x43\x01\x00", Girocard, 0x00},
		{"2PAY.SYS.DDF01", PaymentCard, 0x00},
		{"1PAY.SYS.DDF01", PaymentCard, 0x00},
		{"\xA0\x00\x00\x00\x03\x10\x10", PaymentCard, 0x00}, // Visa
		{"\xA0\x00\x00\x00\x04\x10\x10", PaymentCard, 0x00}, // Mastercard
		{"\xA0\x00\x00\x00\x04\x30\x60", PaymentCard, 0x00}, // Maestro
	}
}

// selects writes SELECT by name, without Le.
func (a application) selects() []byte {
	return append([]byte{0x00, 0xA4, 0x04, a.p2, byte(len(a.name))}, a.name...)
}

// getUID asks a reader for the UID of a contactless card.
func getUID() []byte { return []byte{0xFF, 0xCA, 0x00, 0x00, 0x00} }

// ErrAnswer says that a card's answer is none. It repeats nothing of it.
var ErrAnswer = errors.New("card: not an answer")

// Answer is what a card answers to a command.
type Answer struct {
	Data Private
	SW   uint16 // status, such as 9000
}

// longestAnswer is what ISO 7816-4 allows with an extended length, and the status.
const longestAnswer = 1<<16 + 2

// ParseAnswer reads an answer: data and two bytes of status, the first of which is 61 to 6F or 90 to 9F (ISO 7816-3, 10.3.3).
func ParseAnswer(b []byte) (Answer, error) {
	if len(b) < 2 || len(b) > longestAnswer {
		return Answer{}, fmt.Errorf("%w: %d bytes", ErrAnswer, len(b))
	}
	n := len(b) - 2
	if s := b[n]; s>>4 != 0x9 && (s>>4 != 0x6 || s == 0x60) {
		return Answer{}, fmt.Errorf("%w: no status at byte %d", ErrAnswer, n)
	}
	a := Answer{SW: uint16(b[n])<<8 | uint16(b[n+1])}
	if n > 0 {
		a.Data = append(Private(nil), b[:n]...)
	}
	return a, nil
}

// found tells whether a status says that what was selected is there.
func (a Answer) found() bool {
	switch a.SW >> 8 {
	case 0x61, 0x62, 0x6C:
		return true
	}
	return a.SW == 0x9000 || a.SW == 0x6982
}

// uid gives the UID if the answer has one: 4, 7 or 10 bytes by ISO 14443-3, 4 for type B, 8 by ISO 15693 and FeliCa.
func (a Answer) uid() Private {
	switch len(a.Data) {
	case 4, 7, 8, 10:
		if a.SW == 0x9000 {
			return a.Data
		}
	}
	return nil
}
