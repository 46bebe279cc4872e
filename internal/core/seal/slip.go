package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"filippo.io/age"
)

// NewSlip makes the key of one case: the secret, "AGE-SECRET-KEY-1...", that is printed on the citizen's private part and kept nowhere
// else, and the recipient, "age1...", to which the town hall seals its answers.
func NewSlip() (secret, recipient string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("seal: new slip: %w", err)
	}
	return id.String(), id.Recipient().String(), nil
}

// Recipient gives the recipient that belongs to a slip's secret; ErrKey if the text is no such secret.
func Recipient(secret string) (string, error) {
	id, err := age.ParseX25519Identity(secret)
	if err != nil {
		return "", fmt.Errorf("seal: recipient: %w", ErrKey) // the cause would repeat what was scanned
	}
	return id.Recipient().String(), nil
}

// SealTo closes plain for who holds the slip's secret (age, X25519).
func SealTo(recipient string, plain []byte) ([]byte, error) {
	r, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, fmt.Errorf("seal: seal to: %w", ErrKey)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		return nil, fmt.Errorf("seal: seal to: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal: seal to: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal: seal to: %w", err)
	}
	return out.Bytes(), nil
}

// OpenWith opens what SealTo closed. It fails with ErrKey when secret is none, with ErrSealed when the bytes are not for it or changed.
func OpenWith(secret string, sealed []byte) ([]byte, error) {
	id, err := age.ParseX25519Identity(secret)
	if err != nil {
		return nil, fmt.Errorf("seal: open with: %w", ErrKey)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, fmt.Errorf("seal: open with: %w", ErrSealed)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("seal: open with: %w", ErrSealed)
	}
	return plain, nil
}

// Address is where answers for a recipient are kept: the hex SHA-256 of its text. Who knows only the address can ask whether answers
// exist, and read none.
func Address(recipient string) string {
	sum := sha256.Sum256([]byte(recipient))
	return hex.EncodeToString(sum[:])
}
