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
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// statusError is the town hall's refusal, by HTTP status.
type statusError struct {
	code  int
	after time.Duration // how long the town hall wants to be left alone; 0: it does not say
}

func (s statusError) Error() string { return fmt.Sprintf("town hall answered %d", s.code) }

// refusal gives the town hall's refusal, if it was one.
func refusal(err error) (s statusError, ok bool) {
	ok = errors.As(err, &s)
	return s, ok
}

// refused tells whether the message itself was refused, so that sending the same again is no use.
func refused(err error) bool {
	s, _ := refusal(err)
	return s.code == http.StatusBadRequest || s.code == http.StatusRequestEntityTooLarge || s.code == http.StatusUnprocessableEntity
}

// unwelcome tells whether the device itself was refused.
func unwelcome(err error) bool {
	s, _ := refusal(err)
	return s.code == http.StatusUnauthorized || s.code == http.StatusForbidden
}

// maxPause is how long a device keeps still at most because the town hall asked for it.
const maxPause = time.Hour

// pause is how long the town hall asked to be left alone.
func pause(err error) time.Duration {
	s, _ := refusal(err)
	return min(s.after, maxPause)
}

// web speaks HTTPS with one town hall.
type web struct {
	c    *resty.Client
	told func(time.Time) // hears the town hall's clock with every answer; may be nil
}

const (
	dialTime    = 10 * time.Second
	requestTime = 60 * time.Second
)

func newWeb(base *url.URL, t *tls.Config, told func(time.Time)) web {
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
	return web{told: told, c: resty.New().SetTransport(tr).SetBaseURL(base.String()).SetTimeout(requestTime).
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
	return w.read(r, err, into)
}

func (w web) get(ctx context.Context, path string, query url.Values, max int, into any) error {
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(max).SetQueryParamsFromValues(query).Get(path)
	return w.read(r, err, into)
}

func (w web) read(r *resty.Response, err error, into any) error {
	if err := w.fine(r, err, http.StatusOK); err != nil {
		return err
	}
	return wire.Decode(r.Body(), into)
}

// fine tells whether the town hall answered in this way.
func (w web) fine(r *resty.Response, err error, want int) error {
	if err != nil {
		return err
	}
	if err := inTime(r.RawResponse); err != nil {
		return err
	}
	if now := told(r.RawResponse); w.told != nil && !now.IsZero() {
		w.told(now)
	}
	if r.StatusCode() == want {
		return nil
	}
	s := statusError{code: r.StatusCode()}
	if n, err := strconv.Atoi(r.Header().Get("Retry-After")); err == nil && n > 0 && n < 1<<20 {
		s.after = time.Duration(n) * time.Second
	}
	return s
}

// offset asks how much of a blob the town hall has.
func (w web) offset(ctx context.Context, ref wire.BlobRef) (int64, error) {
	r, err := w.c.R().SetContext(ctx).SetHeader(wire.HeaderLength, strconv.FormatInt(ref.Size, 10)).Head(wire.PathBlobs + ref.SHA256)
	if err := w.fine(r, err, http.StatusOK); err != nil {
		return 0, err
	}
	return wire.Offset(r.Header())
}

// patch sends a piece of a blob and gives how much of it the town hall has now, also when it did not expect this piece.
func (w web) patch(ctx context.Context, p wire.Piece, piece []byte) (int64, error) {
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(4096).SetHeaders(p.Headers()).SetBody(piece).Patch(wire.PathBlobs + p.Ref.SHA256)
	err = w.fine(r, err, http.StatusNoContent)
	if s, ok := refusal(err); err != nil && (!ok || s.code != http.StatusConflict) {
		return 0, err
	}
	return wire.Offset(r.Header())
}
