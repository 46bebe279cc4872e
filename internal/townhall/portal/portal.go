// Package portal is what the town hall shows to everybody, without signing in and without a cookie.
package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// ErrHome says that an address is none under which a town hall can be reached: "https://rathaus.example", without a path's last slash.
var ErrHome = errors.New("portal: no address such as https://rathaus.example")

// Options is what New needs.
type Options struct {
	// Home is the address under which everybody reaches the portal, without a slash at its end. What is published is called by it, whoever asks and
	// however. "": nobody knows it, and what is published is called by a reference relative to wherever it stands.
	Home     string
	Services func() []*service.Service                         // that are offered, with those that only inform
	Find     func(id, version string) (*service.Service, bool) // also versions that are not offered any more
}

// CheckHome tells what is wrong with an address for Options.Home.
func CheckHome(home string) error {
	u, err := url.Parse(home)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(home, "/") {
		return ErrHome
	}
	return nil
}

type portal struct{ Options }

// New gives the portal's pages.
func New(o Options) http.Handler {
	p := &portal{o}
	m := http.NewServeMux()
	m.HandleFunc("GET /schemas/{$}", p.schemas)
	m.HandleFunc("GET /schemas/{service}/{version}/schema.json", p.schema)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Access-Control-Allow-Origin", "*") // nothing here is for one person, and programs elsewhere read it
		m.ServeHTTP(w, r)
	})
}
