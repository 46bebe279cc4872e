package hall

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// broken is a town hall whose database does not answer.
type broken struct{ enrolled bool }

var errDisk = errors.New("disk")

func (broken) Take(context.Context, Device, []wire.Item) ([]Taken, error)       { return nil, errDisk }
func (broken) After(context.Context, string, int64, int) ([]wire.Record, error) { return nil, errDisk }
func (broken) For(context.Context, string) ([][]byte, error)                    { return nil, errDisk }
func (broken) Enroll(context.Context, string, Device) (Device, error)           { return Device{}, errDisk }
func (broken) Epoch(context.Context) (string, error)                            { return "e1", nil }
func (broken) Watermark(context.Context) (time.Time, error)                     { return time.Time{}, nil }
func (b broken) ByFingerprint(context.Context, string) (d Device, err error) {
	if !b.enrolled {
		return d, errDisk
	}
	return Device{ID: "d", Scope: "terminal"}, nil
}

// ask sends a request as an enrolled device does, without a line.
func ask(t *testing.T, h *Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "https://rathaus.example"+path, strings.NewReader(body))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{enrolled(t, h.ca)}}
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// enrolled is the certificate of a device.
func enrolled(t *testing.T, ca *CA) *x509.Certificate {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	der, _, err := ca.SignDevice(csr, "d", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func handler(t *testing.T, b broken, log *slog.Logger) *Handler {
	t.Helper()
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	ca, err := NewCA("x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return New(House{Intake: b, Records: b, Answers: b, Devices: b, State: b}, Options{CA: ca, Key: key, Log: log})
}

func push(t *testing.T) string {
	t.Helper()
	// Sealed in form: the header says to which key.
	head := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil,
		`{"alg":"RSA-OAEP-256","cty":"application/json","enc":"A256GCM","kid":%q}`, strings.Repeat("k", 43)))
	b, err := json.Marshal(wire.Push{V: 1, Items: []wire.Item{{
		ID: "01931e5c-0000-7000-8000-000000000001", Kind: wire.KindEnvelope, Key: strings.Repeat("k", 43), Body: head + ".AAAA.AAAA.AAAA.AAAA", Outcome: "a.b.c",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestATroubledTownHallAsksToComeAgain(t *testing.T) {
	var log bytes.Buffer
	h := handler(t, broken{true}, slog.New(slog.NewTextHandler(&log, nil)))
	for path, method := range map[string]string{wire.PathPull: "GET", wire.PathPush: "POST", wire.PathAnswers + strings.Repeat("0", 64): "GET"} {
		w := ask(t, h, method, path, push(t))
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk") {
			t.Error(path, w.Code, w.Body)
		}
	}
	if got := strings.Count(log.String(), "disk"); got != 3 {
		t.Error("the staff see", got, "of 3:", log.String())
	}
	if w := ask(t, handler(t, broken{}, nil), "GET", wire.PathPull, ""); w.Code != http.StatusServiceUnavailable {
		t.Error("a town hall that cannot look says the device is unknown:", w.Code)
	}
}

func TestForeignMessagesAreRefused(t *testing.T) {
	h := handler(t, broken{true}, nil)
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", wire.PathPush, "", http.StatusBadRequest},
		{"POST", wire.PathPush, "{}", http.StatusBadRequest},
		{"POST", wire.PathPush, `{"v":1,"items":[]}`, http.StatusBadRequest},
		{"POST", wire.PathPush, push(t) + "x", http.StatusBadRequest},
		{"POST", wire.PathPush, strings.Repeat(" ", wire.MaxPush+1), http.StatusRequestEntityTooLarge},
		{"GET", wire.PathPush, "", http.StatusMethodNotAllowed},
		{"GET", wire.PathAnswers + "Meier", "", http.StatusBadRequest},
		{"GET", "/v1/other", "", http.StatusNotFound},
	} {
		if w := ask(t, h, c.method, c.path, c.body); w.Code != c.want || strings.Contains(w.Body.String(), "Meier") {
			t.Error(c.method, c.path, len(c.body), w.Code, w.Body)
		}
	}
	r := httptest.NewRequest("POST", wire.PathEnroll, strings.NewReader("{}")) // without TLS
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Error("enrolment without TLS:", w.Code)
	}
}

func TestAnItemSealedToAnotherKeyThanItSaysIsRejectedAlone(t *testing.T) {
	h := handler(t, broken{true}, nil)
	body := strings.Replace(push(t), strings.Repeat("k", 43), strings.Repeat("x", 43), 1)
	w := ask(t, h, "POST", wire.PathPush, body)
	var got wire.Pushed
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || got.Results[0].Status != wire.Rejected {
		t.Fatal(w.Code, w.Body, err)
	}
}

func TestACertificateThatNobodyVerifiedOpensNothing(t *testing.T) {
	h := handler(t, broken{true}, nil)
	r := httptest.NewRequest("GET", "https://rathaus.example"+wire.PathPull, nil)
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Raw: []byte("cert")}}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Fatal(w.Code)
	}
}

func TestANudgeReachesItsScopeOnly(t *testing.T) {
	h := handler(t, broken{true}, nil)
	phone, terminal := &listener{scope: "phone", wake: make(chan struct{}, 1)}, &listener{scope: "terminal", wake: make(chan struct{}, 1)}
	h.listeners[phone], h.listeners[terminal] = true, true
	h.Nudge("phone")
	h.Nudge("phone") // nobody waits for who is slow
	if len(phone.wake) != 1 || len(terminal.wake) != 0 {
		t.Fatal(len(phone.wake), len(terminal.wake))
	}
	h.Nudge("")
	if len(terminal.wake) != 1 {
		t.Fatal("a nudge for all does not reach all")
	}
}
