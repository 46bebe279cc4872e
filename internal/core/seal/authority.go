package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const contentType = "application/json"

// Seal closes plain, a JSON text, for the authority under the id that the device chose. Who opens it compares the id with the one inside:
// the bytes of an envelope can then not be passed off as another one's.
func Seal(to Public, id string, plain []byte) (Envelope, error) {
	if to.key == nil {
		return Envelope{}, fmt.Errorf("seal: seal: %w", ErrKey)
	}
	enc, err := jose.NewEncrypter(jose.A256GCM,
		jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: to.key, KeyID: to.id},
		(&jose.EncrypterOptions{}).WithContentType(contentType))
	if err != nil {
		return Envelope{}, fmt.Errorf("seal: seal: %w", err)
	}
	sealed, err := enc.Encrypt(plain)
	if err != nil {
		return Envelope{}, fmt.Errorf("seal: seal: %w", err)
	}
	data, err := sealed.CompactSerialize()
	if err != nil {
		return Envelope{}, fmt.Errorf("seal: seal: %w", err)
	}
	return Envelope{ID: id, Key: to.id, Data: []byte(data)}, nil
}

// Part makes a part of an envelope that was sealed around a file instead of an application.
func (e Envelope) Part() Part { return Part{ID: digest(e.Data), Data: e.Data} }

// Whole tells whether a part's bytes are those that its ID names.
func (p Part) Whole() bool { return digest(p.Data) == p.ID }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Ring is the keys an authority has: the newest one, and old ones for envelopes that come late.
type Ring []Private

// Open gives the plain text of an envelope. It fails with ErrKey when the envelope's key is not in the ring, with ErrSealed when the
// bytes are not exactly what Seal makes, or were changed.
func (r Ring) Open(e Envelope) ([]byte, error) {
	kid, ok := header(e.Data)
	if !ok || kid != e.Key {
		return nil, fmt.Errorf("seal: open: %w", ErrSealed)
	}
	return r.open(kid, e.Data)
}

// OpenPart gives the bytes of a sealed file. Errors as of Open.
func (r Ring) OpenPart(p Part) ([]byte, error) {
	kid, ok := header(p.Data)
	if !ok || !p.Whole() {
		return nil, fmt.Errorf("seal: open part: %w", ErrSealed)
	}
	return r.open(kid, p.Data)
}

func (r Ring) open(kid string, data []byte) ([]byte, error) {
	for _, k := range r {
		if k.key == nil || k.id != kid {
			continue
		}
		sealed, err := jose.ParseEncryptedCompact(string(data),
			[]jose.KeyAlgorithm{jose.RSA_OAEP_256}, []jose.ContentEncryption{jose.A256GCM})
		if err != nil {
			return nil, fmt.Errorf("seal: open: %w", ErrSealed)
		}
		plain, err := sealed.Decrypt(k.key)
		if err != nil {
			return nil, fmt.Errorf("seal: open: %w", ErrSealed)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("seal: open: %w", ErrKey)
}

// KeyOf tells to which key sealed bytes are addressed, without opening them; false if they are not in the form that Seal makes. A town hall
// checks this at its door, where it has no private key.
func KeyOf(data []byte) (string, bool) { return header(data) }

// header accepts exactly the four members that Seal writes. Everything else (other algorithms, compression, embedded keys, "crit") is
// refused before a private key is touched.
func header(data []byte) (kid string, ok bool) {
	parts := strings.Split(string(data), ".")
	if len(parts) != 5 {
		return "", false
	}
	// Strict, and without the line breaks that decoders skip: an envelope has one spelling only, and so one digest.
	for _, p := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(p); err != nil || strings.ContainsAny(p, "\r\n") {
			return "", false
		}
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return "", false
	}
	var h map[string]string // a map, because a struct would accept "ALG" for "alg"
	if json.Unmarshal(b, &h) != nil || len(h) != 4 {
		return "", false
	}
	if h["alg"] != string(jose.RSA_OAEP_256) || h["enc"] != string(jose.A256GCM) || h["cty"] != contentType {
		return "", false
	}
	return h["kid"], h["kid"] != ""
}
