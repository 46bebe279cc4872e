package eid

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
)

// Address is a URL that belongs to one citizen's session with an eID server: where the TC token is fetched, or where the browser goes
// at the end. Whoever has it can take part in the session, so printing it shows its host only; string(a) is the whole of it.
type Address string

// String shows the host only.
func (a Address) String() string {
	if a == "" {
		return ""
	}
	u, err := url.Parse(string(a))
	if err != nil || u.Host == "" {
		return "address"
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// Format shows the host only, whatever the verb.
func (a Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// MarshalText gives the host only: a log that writes JSON is no place for the rest.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// ParseAddress checks the device address of an AusweisApp, such as eid+ws://127.0.0.1:24727/eID-Kernel, and gives the URL to dial
// (ws://…). PINs travel on this line, so without TLS it has to stay inside this machine. The error wraps ErrAddress.
func ParseAddress(address string) (string, error) {
	u, err := url.Parse(strings.TrimPrefix(address, "eid+"))
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: not a URL", ErrAddress)
	case u.Scheme != "ws" && u.Scheme != "wss":
		return "", fmt.Errorf("%w: %q is neither eid+ws nor eid+wss", ErrAddress, u.Scheme)
	case u.Hostname() == "":
		return "", fmt.Errorf("%w: no host", ErrAddress)
	case u.Scheme == "ws" && !here(u.Hostname()):
		return "", fmt.Errorf("%w: %s is another machine, and a PIN must not go there in the clear", ErrAddress, u.Host)
	case u.User != nil || u.Fragment != "":
		return "", fmt.Errorf("%w: neither user nor fragment has a meaning here", ErrAddress)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/eID-Kernel"
	}
	return u.String(), nil
}

func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
