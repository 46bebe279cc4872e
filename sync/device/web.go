package device

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// statusError is the town hall's refusal, by HTTP status.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("town hall answered %d", int(s)) }

// refused tells whether the message itself was refused, so that sending the same again is no use.
func refused(err error) bool {
	var s statusError
	if !errors.As(err, &s) {
		return false
	}
	return s == http.StatusBadRequest || s == http.StatusRequestEntityTooLarge || s == http.StatusUnprocessableEntity
}

// unwelcome tells whether the device itself was refused.
func unwelcome(err error) bool {
	var s statusError
	return errors.As(err, &s) && (s == http.StatusUnauthorized || s == http.StatusForbidden)
}

// web speaks HTTPS with one town hall.
type web struct{ c *resty.Client }

const (
	dialTime    = 10 * time.Second
	requestTime = 60 * time.Second
)

func newWeb(base *url.URL, t *tls.Config) web {
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTime}).DialContext,
		TLSClientConfig:       t,
		TLSHandshakeTimeout:   dialTime,
		ResponseHeaderTimeout: requestTime,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   2,
		ForceAttemptHTTP2:     true,
	}
	return web{resty.New().SetTransport(tr).SetBaseURL(base.String()).SetTimeout(requestTime).
		SetRedirectPolicy(resty.NoRedirectPolicy()).SetHeader("Accept", "application/json")}
}

// CloseIdle gives connections back.
func (w web) CloseIdle() { w.c.GetClient().CloseIdleConnections() }

func (w web) post(ctx context.Context, path string, m any, max int, into any) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(max).SetHeader("Content-Type", "application/json").SetBody(b).Post(path)
	return read(r, err, into)
}

func (w web) get(ctx context.Context, path string, query url.Values, max int, into any) error {
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(max).SetQueryParamsFromValues(query).Get(path)
	return read(r, err, into)
}

func read(r *resty.Response, err error, into any) error {
	if err != nil {
		return err
	}
	if r.StatusCode() != http.StatusOK {
		return statusError(r.StatusCode())
	}
	return wire.Decode(r.Body(), into)
}
