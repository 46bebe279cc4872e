package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// MaxEnroll is the longest enrolment message in bytes, either way.
const MaxEnroll = 64 << 10

// Enroll asks for a certificate. It is sent only after the device checked that the town hall's certificate authority has the fingerprint
// that the technician typed.
//
// History: 1 first.
type Enroll struct {
	V    int    `json:"v"`
	Code string `json:"code"` // one-time, from the town hall's staff
	CSR  []byte `json:"csr"`  // PKCS #10 in DER, Ed25519
}

// Enrolled makes the device one of the town hall's.
//
// History: 1 first. Still 1: demo joined; who does not send it has no demo town, who does not know it skips it.
type Enrolled struct {
	V           int               `json:"v"`
	Device      string            `json:"device"` // id of the device
	Name        string            `json:"name"`   // as the staff call it
	Tenant      string            `json:"tenant"`
	Certificate []byte            `json:"certificate"`    // DER
	Authority   []byte            `json:"authority"`      // the certificate authority's certificate, DER
	Keys        []json.RawMessage `json:"keys"`           // proof.PublicKey as JWK: who signs receipts and the authority's keys
	Demo        bool              `json:"demo,omitempty"` // the town is a demo: its terminals may tell what is on their screen
}

// A code is typed by people; spaces, hyphens and small letters are taken out before it is sent.
var codeForm = regexp.MustCompile(`^[A-Z0-9]{8,64}$`)

// Check checks the message.
func (e Enroll) Check() error {
	if err := version(e.V); err != nil {
		return err
	}
	if !codeForm.MatchString(e.Code) || len(e.CSR) == 0 {
		return fmt.Errorf("wire: enroll: %w", ErrMessage)
	}
	return nil
}

// Check checks the answer.
func (e Enrolled) Check() error {
	if err := version(e.V); err != nil {
		return err
	}
	if e.Device == "" || e.Tenant == "" || len(e.Certificate) == 0 || len(e.Authority) == 0 || len(e.Keys) == 0 {
		return fmt.Errorf("wire: enrolled: %w", ErrMessage)
	}
	return nil
}
