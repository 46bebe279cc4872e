package bundle

import (
	"bytes"
	"fmt"
	"regexp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

// MaxSigned is the longest signed file in bytes.
const MaxSigned = MaxBytes + maxToken

const maxToken = 4 << 10

// Statement is what a publisher signs (proof.Service): this is that version of that service.
type Statement struct {
	Service string `json:"service"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // Folder.Digest
}

var (
	serviceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	versionForm = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$`)
)

// CheckName tells whether a service may be called so, and its version be numbered so, to be published.
func CheckName(service, version string) error {
	switch {
	case !serviceForm.MatchString(service):
		return refuse("the id of a service has small letters, digits and hyphens")
	case !versionForm.MatchString(version):
		return refuse("a version is numbered like 2 or 2.1")
	}
	return nil
}

// Sign gives the one file in which a version of a service is handed on.
func Sign(k proof.Key, service, version string, f *Folder) ([]byte, error) {
	if err := CheckName(service, version); err != nil {
		return nil, err
	}
	token, err := proof.Sign(k, proof.Service, Statement{service, version, f.Digest()})
	if err != nil {
		return nil, fmt.Errorf("bundle: sign: %w", err)
	}
	return append([]byte(token+"\n"), f.Packed()...), nil
}

// FileName is how the file of a version is called.
func FileName(service, version string) string { return service + "-" + version + ".service" }

// Signed is a signed file that was checked.
type Signed struct {
	Statement
	Signer string // id of the key
	Folder *Folder
}

// Open checks a signed file. proof.ErrKey when none of the keys signed it, proof.ErrProof when the signature does not fit, ErrBundle when there is
// something else behind it.
func Open(keys []proof.PublicKey, file []byte) (Signed, error) {
	if len(file) > MaxSigned {
		return Signed{}, refuse("the file has more than %d bytes", MaxSigned)
	}
	token, packed, ok := bytes.Cut(file, []byte("\n"))
	if !ok || len(token) > maxToken {
		return Signed{}, refuse("this is no signed file")
	}
	var s Signed
	var err error
	if s.Signer, err = proof.Verify(keys, proof.Service, string(token), &s.Statement); err != nil {
		return Signed{}, fmt.Errorf("bundle: open: %w", err)
	}
	if err := CheckName(s.Service, s.Version); err != nil {
		return Signed{}, err
	}
	if s.Folder, err = Read(packed); err != nil {
		return Signed{}, err
	}
	if s.Folder.Digest() != s.SHA256 {
		return Signed{}, fmt.Errorf("bundle: open: something else was signed: %w", proof.ErrProof)
	}
	return s, nil
}
