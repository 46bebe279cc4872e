// Package proof signs what has to be believed later, and checks it.
//
// A proof is a JWS in compact serialization (RFC 7515) signed with Ed25519 (RFC 8037). Its header names the key (kid, the RFC 7638
// thumbprint) and its kind (typ). The kind separates domains: a signed permit is never taken for a signed payment, although the same key
// may have made both. There is no choice of algorithm, neither for who signs nor for who checks.
package proof

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// The kinds of proofs that exist.
const (
	Outcome = "outcome" // a terminal's word about a payment
	Receipt = "receipt" // the town hall's word that it stored an envelope
	Keys    = "keys"    // the town hall's word that a key is the authority's
	Permit  = "permit"  // what a warden may read from a permit
	Service = "service" // a publisher's word that a folder is a version of a service
	Offer   = "offer"   // the town hall's word that it offers a version of a service
	Signer  = "signer"  // the town hall's word, by its former key, that it signs with another one from now on
)

var (
	// ErrProof says that a token is no valid proof: its form, its kind or its signature is wrong.
	ErrProof = errors.New("proof: not valid")
	// ErrKey says that a token names a key that is not among those asked, or that a text is no key.
	ErrKey = errors.New("proof: unknown key")
)

// Key signs. Make one with Generate, KeyOf or by unmarshalling its JWK.
type Key struct {
	key ed25519.PrivateKey
	id  string
}

// PublicKey checks. It is comparable by its ID.
type PublicKey struct {
	key ed25519.PublicKey
	id  string
}

// Generate makes a new key.
func Generate() (Key, error) {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("proof: generate: %w", err)
	}
	return KeyOf(k)
}

// KeyOf wraps an existing Ed25519 key, as a device's identity that also opens TLS connections.
func KeyOf(k ed25519.PrivateKey) (Key, error) {
	if len(k) != ed25519.PrivateKeySize {
		return Key{}, fmt.Errorf("proof: key of: %w", ErrKey)
	}
	p, err := PublicOf(k.Public().(ed25519.PublicKey))
	return Key{k, p.id}, err
}

// PublicOf wraps an existing Ed25519 public key, as it stands in a certificate.
func PublicOf(k ed25519.PublicKey) (PublicKey, error) {
	if len(k) != ed25519.PublicKeySize {
		return PublicKey{}, fmt.Errorf("proof: public of: %w", ErrKey)
	}
	sum, err := (&jose.JSONWebKey{Key: k}).Thumbprint(crypto.SHA256)
	if err != nil {
		return PublicKey{}, fmt.Errorf("proof: public of: %w", err)
	}
	return PublicKey{k, base64.RawURLEncoding.EncodeToString(sum)}, nil
}

// ID is the key's RFC 7638 thumbprint, the same as its public key's.
func (k Key) ID() string { return k.id }

// Public gives what others need to check this key's signatures.
func (k Key) Public() PublicKey {
	if k.key == nil {
		return PublicKey{}
	}
	return PublicKey{k.key.Public().(ed25519.PublicKey), k.id}
}

// ID is the key's RFC 7638 thumbprint.
func (p PublicKey) ID() string { return p.id }

// MarshalJSON writes the private key as JWK (RFC 8037). Keep the result secret.
func (k Key) MarshalJSON() ([]byte, error) {
	if k.key == nil {
		return nil, fmt.Errorf("proof: marshal: %w", ErrKey)
	}
	return jose.JSONWebKey{Key: k.key, KeyID: k.id, Algorithm: string(jose.EdDSA), Use: "sig"}.MarshalJSON()
}

// UnmarshalJSON reads a private JWK; ErrKey if it is anything else than Ed25519 under its own thumbprint.
func (k *Key) UnmarshalJSON(b []byte) error {
	j, err := parse(b)
	if err != nil {
		return err
	}
	private, ok := j.Key.(ed25519.PrivateKey)
	if !ok {
		return fmt.Errorf("proof: parse: %w", ErrKey)
	}
	got, err := KeyOf(private)
	if err != nil || got.id != j.KeyID {
		return fmt.Errorf("proof: parse: %w", ErrKey)
	}
	*k = got
	return nil
}

// MarshalJSON writes the public key as JWK (RFC 8037).
func (p PublicKey) MarshalJSON() ([]byte, error) {
	if p.key == nil {
		return nil, fmt.Errorf("proof: marshal: %w", ErrKey)
	}
	return jose.JSONWebKey{Key: p.key, KeyID: p.id, Algorithm: string(jose.EdDSA), Use: "sig"}.MarshalJSON()
}

// UnmarshalJSON reads a public JWK; ErrKey if it is anything else than Ed25519 under its own thumbprint.
func (p *PublicKey) UnmarshalJSON(b []byte) error {
	j, err := parse(b)
	if err != nil {
		return err
	}
	public, ok := j.Key.(ed25519.PublicKey)
	if !ok {
		return fmt.Errorf("proof: parse: %w", ErrKey)
	}
	got, err := PublicOf(public)
	if err != nil || got.id != j.KeyID {
		return fmt.Errorf("proof: parse: %w", ErrKey)
	}
	*p = got
	return nil
}

func parse(b []byte) (jose.JSONWebKey, error) {
	var j jose.JSONWebKey
	if err := json.Unmarshal(b, &j); err != nil || j.Algorithm != string(jose.EdDSA) || j.Use != "sig" {
		return j, fmt.Errorf("proof: parse: %w", ErrKey) // the cause could repeat key material
	}
	return j, nil
}

// Sign marshals payload to JSON and signs it as the given kind.
func Sign(k Key, kind string, payload any) (string, error) {
	if k.key == nil || kind == "" {
		return "", fmt.Errorf("proof: sign: %w", ErrKey)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("proof: sign: %w", err)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: k.key, KeyID: k.id}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		return "", fmt.Errorf("proof: sign: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("proof: sign: %w", err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("proof: sign: %w", err)
	}
	return token, nil
}

// Verify checks that token is a proof of the kind made by one of keys, fills into from its payload and tells which key it was. It fails
// with ErrKey for a key that is not among keys, with ErrProof for everything else that is wrong; into is untouched then.
func Verify(keys []PublicKey, kind, token string, into any) (kid string, err error) {
	if kind == "" || !strict(token) {
		return "", fmt.Errorf("proof: verify: %w", ErrProof)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(signed.Signatures) != 1 {
		return "", fmt.Errorf("proof: verify: %w", ErrProof)
	}
	h := signed.Signatures[0].Protected
	if typ, _ := h.ExtraHeaders[jose.HeaderType].(string); typ != kind {
		return "", fmt.Errorf("proof: verify: another kind: %w", ErrProof)
	}
	for _, k := range keys {
		if k.key == nil || k.id != h.KeyID {
			continue
		}
		body, err := signed.Verify(k.key)
		if err != nil {
			return "", fmt.Errorf("proof: verify: signature: %w", ErrProof)
		}
		if err := json.Unmarshal(body, into); err != nil {
			return "", fmt.Errorf("proof: verify: payload: %w", ErrProof)
		}
		return k.id, nil
	}
	return "", fmt.Errorf("proof: verify: %w", ErrKey)
}

// strict tells whether the token's header has exactly the three members that Sign writes: no embedded key, no "crit", nothing that another
// reader of the same token could understand differently. Its base64 must be the canonical one, so that a token has one spelling only.
func strict(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	for _, p := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(p); err != nil || strings.ContainsAny(p, "\r\n") {
			return false
		}
	}
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	var h map[string]json.RawMessage
	if err := json.Unmarshal(head, &h); err != nil || len(h) != 3 {
		return false
	}
	return h["alg"] != nil && h["kid"] != nil && h["typ"] != nil
}
