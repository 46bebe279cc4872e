package ipp

import (
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// What can go wrong. They are wrapped with what the printer said; Sentence says them to people.
var (
	ErrUnreachable = errors.New("ipp: printer does not answer")
	ErrPeer        = errors.New("ipp: what answers is no printer")
	ErrNoPaper     = errors.New("ipp: no paper")
	ErrCoverOpen   = errors.New("ipp: cover open")
	ErrStopped     = errors.New("ipp: printer is stopped")
	ErrRefused     = errors.New("ipp: printer refused")
	ErrAborted     = errors.New("ipp: page was not printed")
	ErrUnclear     = errors.New("ipp: it is not known whether the page was printed")
)

// Opts says how the printer is asked. The zero value is good.
type Opts struct {
	User   string        // requesting-user-name, "rathausnah" if empty; it is on the printer's lists, so never a citizen's name
	Poll   time.Duration // between two questions whether the page is done, 0 for 500 ms
	Answer time.Duration // how long the answer to a question may take, 0 for 20 s
	Upload time.Duration // how long sending a document may take, 0 for 2 minutes

	// Patience is how long a job may stand while the printer only warns, such as with media-empty-warning; 0 for 30 s. Of two trays one may
	// be empty, so a warning alone stops nothing.
	Patience time.Duration
}

// Dev is a printer at an address. Its methods may be called at the same time.
type Dev struct {
	hc     *http.Client
	target string // http address
	uri    string // printer-uri
	o      Opts
	id     atomic.Uint32
	old    atomic.Bool // it said that it does not know IPP 2.0
}

// New makes a printer of its address, such as ipp://localhost:631/printers/a4 or ipps://. The client's time limit, if it has one, counts for
// a single request. Redirections are not followed: a document goes to the address that was configured and to no other.
func New(hc *http.Client, printer *url.URL, o Opts) *Dev {
	if o.User == "" {
		o.User = "rathausnah"
	}
	if o.Poll <= 0 {
		o.Poll = 500 * time.Millisecond
	}
	if o.Answer <= 0 {
		o.Answer = 20 * time.Second
	}
	if o.Upload <= 0 {
		o.Upload = 2 * time.Minute
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	own := *hc
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	uri := *printer
	uri.RawQuery, uri.Fragment = "", ""
	web := uri
	switch uri.Scheme {
	case "ipps", "https":
		uri.Scheme, web.Scheme = "ipps", "https"
	default:
		uri.Scheme, web.Scheme = "ipp", "http"
	}
	if web.Port() == "" {
		web.Host += ":631" // IPP's own port, also for ipps (RFC 7472)
	}
	return &Dev{hc: &own, target: web.String(), uri: uri.String(), o: o}
}
