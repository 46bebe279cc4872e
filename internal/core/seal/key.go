package seal

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// Bits is the length of an authority's RSA key: what FIT-Connect demands, no less and no more.
const Bits = 4096

var (
	// ErrKey says that an envelope is sealed to a key that is not in the Ring, or that a text is no key for sealing.
	ErrKey = errors.New("seal: unknown key")
	// ErrSealed says that bytes are not what Seal or SealTo made, or not for this key, or were changed.
	ErrSealed = errors.New("seal: cannot be opened")
)

// Public is an authority's key to seal to. Its zero value seals nothing.
type Public struct {
	key *rsa.PublicKey
	id  string
}

// Private is an authority's key to open with.
type Private struct {
	key *rsa.PrivateKey
	id  string
}

// Generate makes a new key of an authority. It takes seconds.
func Generate() (Private, error) {
	k, err := rsa.GenerateKey(rand.Reader, Bits)
	if err != nil {
		return Private{}, fmt.Errorf("seal: generate: %w", err)
	}
	id, err := thumbprint(&k.PublicKey)
	return Private{k, id}, err
}

// ID is the key's RFC 7638 thumbprint.
func (p Public) ID() string { return p.id }

// ID is the key's RFC 7638 thumbprint, the same as its public key's.
func (p Private) ID() string { return p.id }

// Public gives the key that others seal to.
func (p Private) Public() Public {
	if p.key == nil {
		return Public{}
	}
	return Public{&p.key.PublicKey, p.id}
}

func thumbprint(k *rsa.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: k}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("seal: thumbprint: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// The only operations that a key in a JWK may be for (RFC 7517 4.3).
const (
	wrap   = "wrapKey"
	unwrap = "unwrapKey"
)

// MarshalJSON writes the JWK as FIT-Connect wants it: kid, alg RSA-OAEP-256, key_ops wrapKey.
func (p Public) MarshalJSON() ([]byte, error) {
	if p.key == nil {
		return nil, fmt.Errorf("seal: marshal: %w", ErrKey)
	}
	return marshal(p.key, p.id, wrap)
}

// MarshalJSON writes the private key as JWK with key_ops unwrapKey. Keep the result secret.
func (p Private) MarshalJSON() ([]byte, error) {
	if p.key == nil {
		return nil, fmt.Errorf("seal: marshal: %w", ErrKey)
	}
	return marshal(p.key, p.id, unwrap)
}

func marshal(key any, id, op string) ([]byte, error) {
	b, err := jose.JSONWebKey{Key: key, KeyID: id, Algorithm: string(jose.RSA_OAEP_256)}.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("seal: marshal: %w", err)
	}
	var members map[string]any
	if err := json.Unmarshal(b, &members); err != nil {
		return nil, fmt.Errorf("seal: marshal: %w", err)
	}
	members["key_ops"] = []string{op} // the library does not know this member
	return json.Marshal(members)
}

// UnmarshalJSON reads a public JWK. It fails with ErrKey unless the key has 4096 bits, is for RSA-OAEP-256 and wrapKey only, and is named
// by its own thumbprint.
func (p *Public) UnmarshalJSON(b []byte) error {
	j, err := parse(b, wrap)
	if err != nil {
		return err
	}
	k, ok := j.Key.(*rsa.PublicKey)
	if !ok || !named(k, j.KeyID) {
		return fmt.Errorf("seal: parse: %w", ErrKey)
	}
	*p = Public{k, j.KeyID}
	return nil
}

// UnmarshalJSON reads a private JWK under the same conditions, for unwrapKey only.
func (p *Private) UnmarshalJSON(b []byte) error {
	j, err := parse(b, unwrap)
	if err != nil {
		return err
	}
	k, ok := j.Key.(*rsa.PrivateKey)
	if !ok || k.Validate() != nil || !named(&k.PublicKey, j.KeyID) {
		return fmt.Errorf("seal: parse: %w", ErrKey)
	}
	*p = Private{k, j.KeyID}
	return nil
}

func parse(b []byte, op string) (jose.JSONWebKey, error) {
	var j jose.JSONWebKey
	var more struct {
		Ops []string `json:"key_ops"`
	}
	// The causes are not repeated: they could contain key material.
	if json.Unmarshal(b, &j) != nil || json.Unmarshal(b, &more) != nil {
		return j, fmt.Errorf("seal: parse: %w", ErrKey)
	}
	if j.Algorithm != string(jose.RSA_OAEP_256) || (j.Use != "" && j.Use != "enc") || !slices.Equal(more.Ops, []string{op}) {
		return j, fmt.Errorf("seal: parse: %w", ErrKey)
	}
	return j, nil
}

func named(k *rsa.PublicKey, id string) bool {
	got, err := thumbprint(k)
	return err == nil && got == id && k.N.BitLen() == Bits && k.E == 65537
}
