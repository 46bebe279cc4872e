// Package device is a device's half of the sync: it enrols a terminal or makes a phone known, carries sealed applications up and published facts down, and fetches
// answers for the holder of a slip.
package device

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

var (
	// ErrNotEnrolled says that the directory holds no identity.
	ErrNotEnrolled = errors.New("device: not enrolled")
	// ErrFingerprint says that who answered is not the town hall whose fingerprint was typed.
	ErrFingerprint = errors.New("device: the town hall has another fingerprint")
	// ErrCode says that the town hall did not accept the enrolment code.
	ErrCode = errors.New("device: enrolment code not accepted")
)

// Files of an identity in its directory, readable by their owner only.
const (
	fileKey  = "device.key" // PKCS #8 in PEM
	fileCert = "device.crt"
	fileCA   = "ca.crt"
	fileTown = "town.json" // written last
)

// Identity is who a device is to the town hall, and how it knows the town hall again.
type Identity struct {
	town town
	key  ed25519.PrivateKey
	sign proof.Key
	cert *x509.Certificate
	ca   *x509.Certificate

	lesson *lesson // of a phone; nil on an enrolled device
}

type town struct {
	URL    string            `json:"url"`
	Device string            `json:"device"`
	Name   string            `json:"name"`
	Tenant string            `json:"tenant"`
	Keys   []proof.PublicKey `json:"keys"`
	Demo   bool              `json:"demo,omitempty"`
}

// Entry is what a technician types to enrol a device.
type Entry struct {
	URL         string // "https://rathaus.example:8443"
	Fingerprint string // of the town hall's certificate authority: 64 hex digits; colons and spaces do not count
	Code        string // one-time; spaces, hyphens and small letters do not count
}

// Enroll makes the device one of the town hall's and keeps its identity in dir. A device that was enrolled before keeps its key, so that
// what it signed then still counts. Nothing is sent before the town hall proved that its authority has the fingerprint.
func Enroll(ctx context.Context, dir string, e Entry) (*Identity, error) {
	base, err := baseURL(e.URL)
	if err != nil {
		return nil, err
	}
	want, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "", "-", "").Replace(strings.TrimSpace(e.Fingerprint)))
	if err != nil || len(want) != sha256.Size {
		return nil, fmt.Errorf("device: enroll: the fingerprint has 64 hex digits: %w", ErrFingerprint)
	}
	key, err := loadKey(dir)
	if errors.Is(err, fs.ErrNotExist) {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("device: enroll: key: %w", err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "Rathausnah"}}, key)
	if err != nil {
		return nil, fmt.Errorf("device: enroll: %w", err)
	}
	m := wire.Enroll{V: wire.Version, Code: strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(e.Code))), CSR: csr}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("device: enroll: %w", ErrCode)
	}
	var got wire.Enrolled
	web := newWeb(base, pinned(base.Hostname(), [sha256.Size]byte(want)), nil)
	defer web.CloseIdle()
	if err := web.post(ctx, wire.PathEnroll, m, wire.MaxEnroll, &got); err != nil {
		if s, ok := refusal(err); ok && s.code == http.StatusForbidden {
			return nil, fmt.Errorf("device: enroll: %w", ErrCode)
		}
		return nil, fmt.Errorf("device: enroll: %w", err)
	}
	if err := got.Check(); err != nil {
		return nil, fmt.Errorf("device: enroll: %w", err)
	}
	if sha256.Sum256(got.Authority) != [sha256.Size]byte(want) {
		return nil, fmt.Errorf("device: enroll: %w", ErrFingerprint)
	}
	t := town{URL: base.String(), Device: got.Device, Name: got.Name, Tenant: got.Tenant, Keys: make([]proof.PublicKey, len(got.Keys)), Demo: got.Demo}
	for n, k := range got.Keys {
		if err := json.Unmarshal(k, &t.Keys[n]); err != nil {
			return nil, fmt.Errorf("device: enroll: %w", err)
		}
	}
	id, err := assemble(t, key, got.Certificate, got.Authority)
	if err != nil {
		return nil, err
	}
	return id, id.save(dir)
}

func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("device: the town hall's address begins with https://")
	}
	return u, nil
}

// pinned accepts exactly the authority with the fingerprint, and a server that it certified for the host.
func pinned(host string, want [sha256.Size]byte) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		ServerName:         host,
		InsecureSkipVerify: true, // VerifyConnection below does it: there is no root to start from, only a fingerprint
		VerifyConnection: func(s tls.ConnectionState) error {
			for _, c := range s.PeerCertificates {
				if sha256.Sum256(c.Raw) != want {
					continue
				}
				roots := x509.NewCertPool()
				roots.AddCert(c)
				return certified(s.PeerCertificates[0], host, roots, c)
			}
			return ErrFingerprint
		},
	}
}

func assemble(t town, key ed25519.PrivateKey, cert, ca []byte) (*Identity, error) {
	c, err := x509.ParseCertificate(cert)
	if err != nil {
		return nil, fmt.Errorf("device: certificate: %w", err)
	}
	a, err := x509.ParseCertificate(ca)
	if err != nil {
		return nil, fmt.Errorf("device: authority: %w", err)
	}
	if public, ok := c.PublicKey.(ed25519.PublicKey); !ok || !public.Equal(key.Public()) {
		return nil, errors.New("device: key and certificate do not belong together")
	}
	if err := c.CheckSignatureFrom(a); err != nil {
		return nil, fmt.Errorf("device: certificate: %w", err)
	}
	sign, err := proof.KeyOf(key)
	if err != nil {
		return nil, err
	}
	return &Identity{town: t, key: key, sign: sign, cert: c, ca: a}, nil
}

// Load reads the identity that Enroll kept in dir; ErrNotEnrolled if there is none.
func Load(dir string) (*Identity, error) {
	b, err := os.ReadFile(filepath.Join(dir, fileTown))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotEnrolled
	}
	if err != nil {
		return nil, fmt.Errorf("device: load: %w", err)
	}
	var t town
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("device: load: %s: %w", fileTown, err)
	}
	if _, err := baseURL(t.URL); err != nil || len(t.Keys) == 0 {
		return nil, fmt.Errorf("device: load: %s is damaged", fileTown)
	}
	key, err := loadKey(dir)
	if err != nil {
		return nil, fmt.Errorf("device: load: %w", err)
	}
	cert, err := readPEM(dir, fileCert, "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("device: load: %w", err)
	}
	ca, err := readPEM(dir, fileCA, "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("device: load: %w", err)
	}
	return assemble(t, key, cert, ca)
}

func loadKey(dir string) (ed25519.PrivateKey, error) {
	der, err := readPEM(dir, fileKey, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New(fileKey + " is damaged") // the cause could repeat key material
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New(fileKey + " is no Ed25519 key")
	}
	return key, nil
}

func readPEM(dir, name, kind string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil || p.Type != kind {
		return nil, fmt.Errorf("%s is damaged", name)
	}
	return p.Bytes, nil
}

func (i *Identity) save(dir string) error {
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return fmt.Errorf("device: save: %w", err)
	}
	t, err := json.MarshalIndent(i.town, "", "  ")
	if err != nil {
		return fmt.Errorf("device: save: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("device: save: %w", err)
	}
	for _, f := range []struct {
		name string
		body []byte
	}{
		{fileKey, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})},
		{fileCert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})},
		{fileCA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.ca.Raw})},
		{fileTown, append(t, '\n')},
	} {
		if err := durable.Write(filepath.Join(dir, f.name), f.body); err != nil {
			return fmt.Errorf("device: save: %w", err)
		}
	}
	return nil
}

// ID is the device's id at the town hall.
func (i *Identity) ID() string { return i.town.Device }

// Name is what the staff call the device.
func (i *Identity) Name() string { return i.town.Name }

// Tenant is whose device it is.
func (i *Identity) Tenant() string {
	if i.lesson != nil {
		return i.lesson.now().tenant // empty on a phone that knows nothing yet
	}
	return i.town.Tenant
}

// Demo tells whether the town hall said, at enrolment or to a phone, that the town is a demo.
func (i *Identity) Demo() bool {
	if i.lesson != nil {
		return i.lesson.now().demo
	}
	return i.town.Demo
}

// URL is the town hall's address.
func (i *Identity) URL() string { return i.town.URL }

// At is the same identity for a town hall that is reached at another address. It is the same town hall: its authority has to be.
func (i *Identity) At(address string) (*Identity, error) {
	base, err := baseURL(address)
	if err != nil {
		return nil, err
	}
	moved := *i
	moved.town.URL = base.String()
	return &moved, nil
}

// Key is the device's public key, by which its outcomes are checked.
func (i *Identity) Key() proof.PublicKey { return i.sign.Public() }

// Hall is the keys by which the town hall's receipts and its words about keys are checked.
func (i *Identity) Hall() []proof.PublicKey {
	if i.lesson != nil {
		return i.lesson.now().keys
	}
	return i.town.Keys
}

// Sign signs an outcome: from nowhere else does "paid" count. It is made for store.Options.
func (i *Identity) Sign(o pay.Outcome) (string, error) { return proof.Sign(i.sign, proof.Outcome, o) }

// tls is how the device speaks with its town hall.
func (i *Identity) tls() *tls.Config {
	host := ""
	if base, err := baseURL(i.town.URL); err == nil { // was checked when the identity was made
		host = base.Hostname()
	}
	c := believing(host, i.ca)
	mine := &tls.Certificate{Certificate: [][]byte{i.cert.Raw}, PrivateKey: i.key, Leaf: i.cert}
	// Shown whatever authorities the town hall names: a phone's certificate has none.
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return mine, nil }
	return c
}
