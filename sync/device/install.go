package device

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// fileInstalled holds what a phone learned of the town hall, in its data folder.
const fileInstalled = "install.json"

// Install gives the identity of a phone that keeps its data in dir, and makes one at the first start. A phone is enrolled by nobody: its key is
// who it is, and it may bring what costs nothing. No line is needed. caFile is the certificate of the town's authority (PEM); nobody else is
// believed. keysFile is a wire.Installed as 'townhall phone-config' writes it, by which a phone that never had a line can seal; empty: the phone
// learns the town hall's keys at the first contact.
func Install(ctx context.Context, dir, url, caFile, keysFile string) (*Identity, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("device: install: %w", err)
	}
	base, err := baseURL(url)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, fileTown)); err == nil {
		return nil, errors.New("device: install: this folder belongs to an enrolled device")
	}
	der, err := readPEM(filepath.Dir(caFile), filepath.Base(caFile), "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("device: install: authority: %w", err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("device: install: authority: %w", err)
	}
	l := &lesson{path: filepath.Join(dir, fileInstalled)}
	if err := l.begin(keysFile); err != nil {
		return nil, fmt.Errorf("device: install: %w", err)
	}
	key, err := loadKey(dir)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("device: install: key: %w", err)
	}
	id, err := phone(base.String(), key, ca)
	if err != nil {
		return nil, fmt.Errorf("device: install: %w", err)
	}
	id.lesson = l
	return id, nil
}

func makeKey(dir string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return key, durable.Write(filepath.Join(dir, fileKey), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// phone makes the identity of a key. Its certificate is signed by the key itself and always the same one; no clock is asked when it counts.
func phone(url string, key ed25519.PrivateKey, ca *x509.Certificate) (*Identity, error) {
	public := key.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	name := "phone-" + hex.EncodeToString(sum[:16])
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Unix(0, 0).UTC(),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 4.1.2.5: no end
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, &x509.Certificate{Subject: pkix.Name{CommonName: name}}, public, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	sign, err := proof.KeyOf(key)
	if err != nil {
		return nil, err
	}
	return &Identity{town: town{URL: url, Device: name, Name: "phone"}, key: key, sign: sign, cert: cert, ca: ca}, nil
}

// Phone tells whether the device is a person's own, which nobody enrolled.
func (i *Identity) Phone() bool { return i.lesson != nil }

// sealing gives the town hall's words about the keys to seal to that came otherwise than as records.
func (i *Identity) sealing() []string {
	if i.lesson == nil {
		return nil
	}
	return i.lesson.now().sealing
}

// lesson is what a phone learned of the town hall: with the program, and at a contact.
type lesson struct {
	path string

	mu      sync.Mutex
	shipped *wire.Installed // nil: nothing came with the program
	learned *wire.Installed // nil: there was no contact yet
	known   knowledge
}

// knowledge is a lesson in use.
type knowledge struct {
	tenant  string
	demo    bool
	keys    []proof.PublicKey
	sealing []string
}

// begin reads what there is. What was learned and cannot be read any more is learned again; a file that was shipped has to be good.
func (l *lesson) begin(keysFile string) error {
	if keysFile != "" {
		b, err := os.ReadFile(keysFile)
		if err != nil {
			return err
		}
		m, err := parseInstalled(b)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(keysFile), err)
		}
		l.shipped = &m
	}
	if b, err := os.ReadFile(l.path); err == nil {
		if m, err := parseInstalled(b); err == nil {
			l.learned = &m
		}
	}
	l.use()
	return nil
}

func parseInstalled(b []byte) (m wire.Installed, err error) {
	if err := wire.Decode(b, &m); err != nil {
		return m, err
	}
	if err := m.Check(); err != nil {
		return m, err
	}
	_, err = keysOf(m)
	return m, err
}

func keysOf(m wire.Installed) ([]proof.PublicKey, error) {
	list := make([]proof.PublicKey, len(m.Keys))
	for n, k := range m.Keys {
		if err := json.Unmarshal(k, &list[n]); err != nil {
			return nil, fmt.Errorf("device: town hall's key: %w", err)
		}
	}
	return list, nil
}

// use makes the knowledge: the newest word counts for what there is one of, keys of both count.
func (l *lesson) use() {
	var k knowledge
	for _, m := range []*wire.Installed{l.shipped, l.learned} {
		if m == nil {
			continue
		}
		k.tenant, k.demo = m.Tenant, m.Demo
		k.sealing = append(k.sealing, m.Sealing...)
		keys, _ := keysOf(*m) // was read before
		for _, key := range keys {
			if !known(k.keys, key) {
				k.keys = append(k.keys, key)
			}
		}
	}
	l.known = k
}

func (l *lesson) now() knowledge {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known
}

// learn keeps what the town hall said.
func (l *lesson) learn(m wire.Installed) error {
	if err := m.Check(); err != nil {
		return err
	}
	if _, err := keysOf(m); err != nil {
		return err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.learned = &m // it counts also when it cannot be kept: the disk may be full
	l.use()
	return durable.Write(l.path, append(b, '\n'))
}

// learn asks the town hall for its keys, once in a run: a phone has nobody who enrols it.
func (c *Client) learn(ctx context.Context) error {
	if !c.id.Phone() || c.taught {
		return nil
	}
	var m wire.Installed
	if err := c.web.get(ctx, wire.PathInstall, nil, wire.MaxInstall, &m); err != nil {
		return offline("learn", err)
	}
	if err := c.id.lesson.learn(m); err != nil {
		return fmt.Errorf("device: learn: %w", err)
	}
	c.taught = true
	return nil
}
