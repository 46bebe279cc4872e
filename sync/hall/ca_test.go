package hall

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheAuthorityOutlivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	if _, err := LoadCA(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	a, err := OpenCA(dir, "Stadt Bad Oeynhausen", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenCA(dir, "Stadt Bad Oeynhausen", time.Now())
	if err != nil || a.Fingerprint() != b.Fingerprint() || len(a.Fingerprint()) != 64 {
		t.Fatal(a.Fingerprint(), err)
	}
	for _, f := range []string{"ca.key", "ca.crt"} {
		if i, err := os.Stat(filepath.Join(dir, f)); err != nil || i.Mode().Perm() != 0o600 {
			t.Error(f, i.Mode(), err)
		}
	}
	// What b signs, a's clients believe.
	cert, err := b.Server([]string{"rathaus.example"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "rathaus.example"}); err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "elsewhere.example"}); err == nil {
		t.Fatal("it counts for every name")
	}
}

func TestADamagedAuthorityIsNotReplacedSilently(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"key lost":         func(d string) error { return os.Remove(filepath.Join(d, "ca.key")) },
		"certificate lost": func(d string) error { return os.Remove(filepath.Join(d, "ca.crt")) },
		"key cut":          func(d string) error { return os.Truncate(filepath.Join(d, "ca.key"), 40) },
		"another's key": func(d string) error {
			other, err := OpenCA(filepath.Join(d, "other"), "x", time.Now())
			if err != nil {
				return err
			}
			return errors.Join(os.Remove(filepath.Join(d, "ca.crt")), keep(filepath.Join(d, "ca.crt"), pemOf(other)))
		},
	} {
		dir := t.TempDir()
		if _, err := OpenCA(dir, "x", time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCA(dir, "x", time.Now()); err == nil {
			t.Error(name, ": every device would be shut out")
		}
	}
}

func pemOf(c *CA) []byte {
	dir, err := os.MkdirTemp("", "ca")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := c.save(dir); err != nil {
		panic(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		panic(err)
	}
	return b
}

func request(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	return csr
}

func TestOnlyEd25519DevicesAreCertified(t *testing.T) {
	c, err := NewCA("x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	good := request(t, ed)
	der, key, err := c.SignDevice(good, "device-1", time.Now())
	if err != nil || key.ID() == "" {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil || cert.Subject.CommonName != "device-1" || cert.IsCA || cert.CheckSignatureFrom(c.cert) != nil {
		t.Fatal(err)
	}
	bad := append([]byte{}, good...)
	bad[len(bad)-1] ^= 1
	for name, csr := range map[string][]byte{"ECDSA": request(t, ec), "forged": bad, "nothing": nil} {
		if _, _, err := c.SignDevice(csr, "x", time.Now()); err == nil {
			t.Error(name, "was certified")
		}
	}
	// A device's certificate is no server's, and no authority's.
	roots := x509.NewCertPool()
	roots.AddCert(c.cert)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err == nil {
		t.Error("a device can play town hall")
	}
}

func TestTheServersCertificateIsMadeAnewInTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c, err := NewCA("x", now)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := c.TLS([]string{"localhost"}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	serial := func() string {
		cert, err := conf.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		if !cert.Leaf.NotAfter.After(now.AddDate(0, 5, 0)) {
			t.Fatal("it ends soon:", cert.Leaf.NotAfter)
		}
		return cert.Leaf.SerialNumber.String()
	}
	first := serial()
	now = now.AddDate(0, 1, 0)
	if serial() != first {
		t.Fatal("a new one every month")
	}
	now = now.AddDate(0, 8, 0)
	if serial() == first {
		t.Fatal("not made anew")
	}
}
