package device

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"
)

// believing is a TLS configuration that believes whom the authority certified for the host, and nobody else.
//
// Dates are not compared with the device's clock: batteries die (1970) and people set years (2040), and neither may shut a device out. A town
// hall's certificate is checked within its own time and its authority's. Whether that time is over the town hall's own clock says, in the answer
// (see inTime); it makes its certificates anew long before. Nothing is lost by that: the certificate's key lives in the town hall's memory only,
// and whoever reads that has the authority's key as well.
func believing(host string, ca *x509.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		ServerName:         host,
		InsecureSkipVerify: true, // VerifyConnection does it, also when a session goes on
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return errors.New("device: the town hall shows no certificate")
			}
			return certified(s.PeerCertificates[0], host, roots, ca)
		},
	}
}

// certified tells whether the authority made the server's certificate for the host.
func certified(leaf *x509.Certificate, host string, roots *x509.CertPool, ca *x509.Certificate) error {
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, CurrentTime: later(leaf.NotBefore, ca.NotBefore),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	return err
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// errEnded says that the town hall shows a certificate whose time is over by its own clock.
var errEnded = errors.New("device: the town hall's certificate has ended")

// told reads the town hall's clock from an answer; zero when it does not tell.
func told(r *http.Response) time.Time {
	t, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// inTime checks an answer's certificate by the clock of who answered.
func inTime(r *http.Response) error {
	now := told(r)
	if now.IsZero() || r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	if leaf := r.TLS.PeerCertificates[0]; now.After(leaf.NotAfter) {
		return errEnded
	}
	return nil
}
