package hall

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

// How long certificates count. A device is shut out by revoking it, not by waiting; a server certificate is made anew by itself.
const (
	caYears     = 25
	deviceYears = 20
	serverDays  = 365
)

// CA is the town hall's own certificate authority. It makes the certificates of devices and of the server they talk to; devices trust
// nothing else.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// OpenCA loads the authority kept in dir (ca.key, ca.crt), and makes one of this name when there is none yet.
func OpenCA(dir, name string, now time.Time) (*CA, error) {
	c, err := LoadCA(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	// A key without certificate is damage, not a beginning: a new authority would shut out every device.
	if _, err := os.Stat(filepath.Join(dir, "ca.key")); err == nil {
		return nil, fmt.Errorf("hall: open ca: ca.key without ca.crt in %s", dir)
	}
	c, err = NewCA(name, now)
	if err != nil {
		return nil, err
	}
	return c, c.save(dir)
}

// NewCA makes an authority that is kept nowhere.
func NewCA(name string, now time.Time) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("hall: new ca: %w", err)
	}
	serial, err := serial()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(caYears, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("hall: new ca: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("hall: new ca: %w", err)
	}
	return &CA{cert, key}, nil
}

// LoadCA loads the authority kept in dir; the error wraps fs.ErrNotExist when there is none.
func LoadCA(dir string) (*CA, error) {
	cert, err := block(filepath.Join(dir, "ca.crt"), "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("hall: load ca: %w", err)
	}
	key, err := block(filepath.Join(dir, "ca.key"), "PRIVATE KEY")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hall: load ca: ca.crt without ca.key in %s", dir) // not "none": it must not be replaced silently
	}
	if err != nil {
		return nil, fmt.Errorf("hall: load ca: %w", err)
	}
	c, err := x509.ParseCertificate(cert)
	if err != nil {
		return nil, fmt.Errorf("hall: load ca: %w", err)
	}
	k, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("hall: load ca: %w", err)
	}
	ec, ok := k.(*ecdsa.PrivateKey)
	if !ok || !c.IsCA || !ec.PublicKey.Equal(c.PublicKey) {
		return nil, errors.New("hall: load ca: key and certificate do not belong together")
	}
	return &CA{c, ec}, nil
}

func block(path, kind string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil || p.Type != kind {
		return nil, fmt.Errorf("%s: no %s in PEM", path, kind)
	}
	return p.Bytes, nil
}

func (c *CA) save(dir string) error {
	key, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		return fmt.Errorf("hall: save ca: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("hall: save ca: %w", err)
	}
	for name, p := range map[string]*pem.Block{
		"ca.key": {Type: "PRIVATE KEY", Bytes: key},
		"ca.crt": {Type: "CERTIFICATE", Bytes: c.cert.Raw},
	} {
		if err := keep(filepath.Join(dir, name), pem.EncodeToMemory(p)); err != nil {
			return fmt.Errorf("hall: save ca: %w", err)
		}
	}
	return nil
}

// keep writes a new file durably, for its owner only.
func keep(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// Fingerprint is the hex SHA-256 of the authority's certificate: what a technician types to enrol a device.
func (c *CA) Fingerprint() string { return fingerprint(c.cert.Raw) }

// Certificate is the authority's certificate in DER.
func (c *CA) Certificate() []byte { return c.cert.Raw }

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// SignDevice makes the certificate for a device's request (PKCS #10 in DER, Ed25519 only). What the request says about names is ignored.
func (c *CA) SignDevice(csr []byte, id string, now time.Time) (der []byte, key proof.PublicKey, err error) {
	req, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, key, fmt.Errorf("hall: sign device: %w", err)
	}
	if err := req.CheckSignature(); err != nil {
		return nil, key, fmt.Errorf("hall: sign device: %w", err)
	}
	public, ok := req.PublicKey.(ed25519.PublicKey)
	if !ok {
		return nil, key, errors.New("hall: sign device: not an Ed25519 key")
	}
	if key, err = proof.PublicOf(public); err != nil {
		return nil, key, err
	}
	n, err := serial()
	if err != nil {
		return nil, key, err
	}
	der, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: n,
		Subject:      pkix.Name{CommonName: id},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(deviceYears, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, c.cert, public, c.key)
	if err != nil {
		return nil, key, fmt.Errorf("hall: sign device: %w", err)
	}
	return der, key, nil
}

// Server makes a server certificate with a new key for the host names and addresses.
func (c *CA) Server(hosts []string, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("hall: server certificate: %w", err)
	}
	n, err := serial()
	if err != nil {
		return tls.Certificate{}, err
	}
	t := &x509.Certificate{
		SerialNumber: n,
		Subject:      pkix.Name{CommonName: "Rathausnah"},
		NotBefore:    c.cert.NotBefore, // a device whose clock stopped can still get through: see device.Identity
		NotAfter:     now.AddDate(0, 0, serverDays),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, c.cert, &key.PublicKey, c.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("hall: server certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("hall: server certificate: %w", err)
	}
	// The authority's certificate goes along: an enrolling device has only its fingerprint.
	return tls.Certificate{Certificate: [][]byte{der, c.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// made tells whether the authority made a device's certificate and it counts now. Whether the device is still welcome its list says.
func (c *CA) made(cert *x509.Certificate, now time.Time) bool {
	return cert.CheckSignatureFrom(c.cert) == nil && !now.Before(cert.NotBefore) && !now.After(cert.NotAfter) &&
		slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
}

// TLS is the server's configuration: TLS 1.3, its own certificate for hosts (made anew before it ends), and whatever client certificate is given:
// the line proves that who gives it has its key. What it opens is the handler's business.
func (c *CA) TLS(hosts []string, now func() time.Time) (*tls.Config, error) {
	cert, err := c.Server(hosts, now())
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ClientAuth: tls.RequestClientCert,
		Time:       now,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			mu.Lock()
			defer mu.Unlock()
			if cert.Leaf.NotAfter.Sub(now()) < serverDays*24*time.Hour/2 {
				next, err := c.Server(hosts, now())
				if err != nil {
					return nil, err
				}
				cert = next
			}
			current := cert
			return &current, nil
		},
	}, nil
}

func serial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("hall: serial number: %w", err)
	}
	return n, nil
}
