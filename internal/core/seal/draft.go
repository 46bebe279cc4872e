package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// DraftKey opens one draft that was put away to be continued elsewhere. It is made for that draft and stands in its code only: whoever keeps the
// sealed draft cannot read it. All else follows from it: the key that seals (AES-256-GCM), the address, and the word by which the draft is thrown
// away. Unlike an answer, a draft is sealed and opened by the same person, so that no public half is needed, and the code stays short enough to
// be typed.
type DraftKey [16]byte

// MaxDraft is how many bytes a draft may have before it is sealed, and MaxSealedDraft how many it has at most when it is.
const (
	MaxDraft       = leastDraft<<6 - draftHead // 256 KiB, and what it takes to say how long it is
	MaxSealedDraft = leastDraft<<6 + draftOver

	leastDraft = 4 << 10
	draftHead  = 4
	draftOver  = 12 + 16 // nonce and tag
)

// DraftPrefix begins the code of a draft, so that a scanner tells it from a slip's. The letters and signs of a code are those that a QR code
// stores in half the room.
const DraftPrefix = "RN-WEITER:"

// crockford is the alphabet of people who read letters aloud: no I, L, O and U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Letters of a draft's code: 26 for the key, 2 that check it, in groups of four.
const (
	draftLetters = 28
	draftGroup   = 4
)

// NewDraftKey makes a key out of random.
func NewDraftKey(random io.Reader) (DraftKey, error) {
	var k DraftKey
	if _, err := io.ReadFull(random, k[:]); err != nil {
		return DraftKey{}, fmt.Errorf("seal: new draft: %w", err)
	}
	return k, nil
}

// Text is the key as people write it: 28 letters and digits in groups of four.
func (k DraftKey) Text() string {
	letters := k.letters()
	var groups []string
	for ; len(letters) > draftGroup; letters = letters[draftGroup:] {
		groups = append(groups, letters[:draftGroup])
	}
	return strings.Join(append(groups, letters), "-")
}

// Code is the key as a QR code holds it.
func (k DraftKey) Code() string { return DraftPrefix + k.Text() }

func (k DraftKey) letters() string {
	return crockford.EncodeToString(k[:]) + k.check()
}

// check are two letters by which a mistyped one is noticed.
func (k DraftKey) check() string {
	sum := sha256.Sum256(append([]byte("rathausnah draft check"), k[:]...))
	return crockford.EncodeToString(sum[:2])[:draftLetters-26]
}

// ParseDraft reads a key as it was scanned or typed: with or without what a code begins with, in small letters, with blanks, with O for 0 and I or
// L for 1. ErrKey when it is none; the error does not repeat it.
func ParseDraft(text string) (DraftKey, error) {
	var k DraftKey
	none := fmt.Errorf("seal: parse draft: %w", ErrKey)
	if len(text) > 200 {
		return k, none
	}
	text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), DraftPrefix)
	text = strings.NewReplacer("-", "", " ", "", "\u00a0", "", "\n", "", "\r", "", "\t", "", ".", "", "–", "", "O", "0", "I", "1", "L", "1").Replace(text)
	if len(text) != draftLetters {
		return k, none
	}
	raw, err := crockford.DecodeString(text[:26])
	if err != nil || len(raw) != len(k) {
		return k, none
	}
	copy(k[:], raw)
	if k.letters() != text { // a wrong letter, or bits behind the key
		return DraftKey{}, none
	}
	return k, nil
}

// derive gives one of the things that follow from the key.
func (k DraftKey) derive(what string) []byte {
	b, err := hkdf.Key(sha256.New, k[:], nil, "rathausnah draft 1 "+what, 32)
	if err != nil {
		panic("seal: derive: " + err.Error()) // 32 bytes are never too many
	}
	return b
}

// Address is where the sealed draft is kept: 64 hex digits. Who knows only the address can fetch the sealed draft, and neither read it nor throw
// it away.
func (k DraftKey) Address() string { return hex.EncodeToString(k.derive("address")) }

// Token proves that somebody holds the key, 64 hex digits: with it the draft is thrown away. Nobody is told it before.
func (k DraftKey) Token() string { return hex.EncodeToString(k.derive("token")) }

// Grip is what a token is checked against.
func (k DraftKey) Grip() string { return DraftGrip(k.Token()) }

// DraftGrip is the hex SHA-256 of a token. Who keeps a draft keeps it with this.
func DraftGrip(token string) string { return digest([]byte(token)) }

func (k DraftKey) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.derive("seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal closes a draft of at most MaxDraft bytes. What comes out has one of few lengths: it does not tell how much was said.
func (k DraftKey) Seal(plain []byte) ([]byte, error) {
	if len(plain) > MaxDraft {
		return nil, fmt.Errorf("seal: draft: %d bytes are too many", len(plain))
	}
	size := leastDraft
	for size < len(plain)+draftHead {
		size *= 2
	}
	padded := make([]byte, size)
	defer clear(padded)
	binary.BigEndian.PutUint32(padded, uint32(len(plain)))
	copy(padded[draftHead:], plain)
	c, err := k.cipher()
	if err != nil {
		return nil, fmt.Errorf("seal: draft: %w", err)
	}
	return c.Seal(nil, nil, padded, []byte(k.Address())), nil
}

// Open opens what Seal closed. ErrSealed when the bytes are not for this key, or were changed.
func (k DraftKey) Open(sealed []byte) ([]byte, error) {
	bad := fmt.Errorf("seal: open draft: %w", ErrSealed)
	if len(sealed) > MaxSealedDraft {
		return nil, bad
	}
	c, err := k.cipher()
	if err != nil {
		return nil, fmt.Errorf("seal: open draft: %w", err)
	}
	padded, err := c.Open(nil, nil, sealed, []byte(k.Address()))
	if err != nil || len(padded) < draftHead {
		return nil, bad
	}
	n := binary.BigEndian.Uint32(padded)
	if int64(n) > int64(len(padded)-draftHead) {
		return nil, bad
	}
	return padded[draftHead : draftHead+int(n)], nil
}

// Draft is a sealed draft on its way: who carries it cannot read it.
type Draft struct {
	Address string
	Grip    string // see DraftGrip
	Data    []byte
}

// Draft closes plain as something that can travel.
func (k DraftKey) Draft(plain []byte) (Draft, error) {
	data, err := k.Seal(plain)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Address: k.Address(), Grip: k.Grip(), Data: data}, nil
}
