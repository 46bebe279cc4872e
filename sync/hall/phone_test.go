package hall

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// selfSigned is a certificate as phones make it, or as somebody else would.
func selfSigned(t *testing.T, public, private any) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<31, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, public, private)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func phoneCert(t *testing.T) *x509.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return selfSigned(t, public, private)
}

// open is a town hall that phones can come to.
func open(t *testing.T, o Options) (*Handler, *Dock) {
	t.Helper()
	var err error
	if o.Key, err = proof.Generate(); err != nil {
		t.Fatal(err)
	}
	if o.CA, err = NewCA("x", time.Now()); err != nil {
		t.Fatal(err)
	}
	b := broken{}
	d := NewDock(filepath.Join(t.TempDir(), "dock"), DockOptions{Each: 1000})
	return New(House{Intake: b, Records: b, Answers: b, Devices: b, State: b, Blobs: d}, o), d
}

func phones(l Limits) Options {
	return Options{Phones: &Phones{Tenant: "stadt", Limits: l, Installed: func(context.Context) (wire.Installed, error) {
		return wire.Installed{V: 1, Tenant: "stadt", Scope: wire.ScopePublic, Sealing: []string{"a.b.c"}, Keys: []json.RawMessage{[]byte(`{}`)}, Epoch: "e"}, nil
	}}}
}

// call sends a request as who has the certificate; nil is nobody.
func call(h *Handler, cert *x509.Certificate, method, path, from string, header map[string]string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://rathaus.example"+path, body)
	r.TLS = &tls.ConnectionState{}
	if cert != nil {
		r.TLS.PeerCertificates = []*x509.Certificate{cert}
	}
	if from != "" {
		r.RemoteAddr = from
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestOnlyAnEd25519KeyOfItsOwnIsAPhone(t *testing.T) {
	h, _ := open(t, phones(Limits{}))
	d, ok := h.phoneOf(phoneCert(t))
	if !ok || d.Scope != wire.ScopePublic || d.Name != NamePhone || !d.Phone || d.Fingerprint != "" || !strings.HasPrefix(d.ID, "phone-") {
		t.Fatalf("%+v", d)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged := phoneCert(t)
	forged.RawTBSCertificate = phoneCert(t).RawTBSCertificate
	for name, cert := range map[string]*x509.Certificate{"another kind of key": selfSigned(t, &ec.PublicKey, ec), "signed by another": forged} {
		if _, ok := h.phoneOf(cert); ok {
			t.Error(name)
		}
	}
	closed, _ := open(t, Options{})
	if w := call(closed, phoneCert(t), "GET", wire.PathPull, "", nil, nil); w.Code != http.StatusUnauthorized {
		t.Error("a town hall without phones lets one in:", w.Code)
	}
	if w := call(closed, nil, "GET", wire.PathInstall, "", nil, nil); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
	// Who was enrolled and revoked does not come back as a phone.
	if w := call(h, enrolled(t, h.ca), "GET", wire.PathPull, "", nil, nil); w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code)
	}
}

func TestAnybodyLearnsWhatAPhoneHasToKnow(t *testing.T) {
	h, _ := open(t, phones(Limits{Address: Rate{3, 0.5}}))
	for _, cert := range []*x509.Certificate{nil, phoneCert(t)} {
		w := call(h, cert, "GET", wire.PathInstall, "", nil, nil)
		var m wire.Installed
		if err := wire.Decode(w.Body.Bytes(), &m); err != nil || m.Check() != nil || m.Tenant != "stadt" {
			t.Fatal(w.Code, err)
		}
	}
	call(h, nil, "GET", wire.PathInstall, "", nil, nil)
	w := call(h, nil, "GET", wire.PathInstall, "", nil, nil)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "2" {
		t.Fatal(w.Code, w.Header())
	}
	if w := call(h, nil, "GET", wire.PathInstall, "198.51.100.7:1", nil, nil); w.Code != http.StatusOK {
		t.Error("one address shuts out another:", w.Code)
	}
}

func TestAPhoneIsSlowedDownByItselfAndByItsAddress(t *testing.T) {
	now := time.Now()
	o := phones(Limits{Phone: Rate{2, 1}, Address: Rate{3, 1}})
	o.Now = func() time.Time { return now }
	h, _ := open(t, o)
	a, b := phoneCert(t), phoneCert(t)
	ask := func(cert *x509.Certificate, from string) int {
		return call(h, cert, "GET", wire.PathAnswers+"x", from, nil, nil).Code
	}
	const in, out = http.StatusBadRequest, http.StatusTooManyRequests // the address asked for is none
	for n, c := range []struct {
		cert *x509.Certificate
		from string
		want int
	}{
		{a, "192.0.2.1:1", in}, {a, "192.0.2.1:2", in}, {a, "192.0.2.9:1", out}, // itself
		{b, "192.0.2.1:1", in}, {b, "192.0.2.1:1", out}, // its address
		{b, "[2001:db8::1]:1", in},
	} {
		if got := ask(c.cert, c.from); got != c.want {
			t.Error(n, got)
		}
	}
	now = now.Add(2 * time.Second)
	if got := ask(a, "192.0.2.1:1"); got != in {
		t.Error("it is never let in again:", got)
	}
	now = now.Add(-time.Hour) // the town hall's clock was set right
	if got := ask(a, "192.0.2.1:1"); got != in {
		t.Error(got)
	}
	// An enrolled terminal is not slowed down.
	h.house.Devices = broken{enrolled: true}
	term := enrolled(t, h.ca)
	for range 10 {
		if got := ask(term, "192.0.2.1:1"); got != in {
			t.Fatal(got)
		}
	}
}

func TestStrangersDoNotFillTheTownHallsMemory(t *testing.T) {
	r := rates{rate: Rate{1, 1}, all: map[string]bucket{}}
	now := time.Now()
	for n := range maxBuckets * 2 {
		r.take(strconv.Itoa(n), 1, now)
	}
	if len(r.all) > maxBuckets {
		t.Fatal(len(r.all))
	}
	if one, other := neighbourhood("[2001:db8:0:1::1]:5"), neighbourhood("[2001:db8:0:1:ffff::2]:6"); one != other {
		t.Error("one customer has many addresses:", one, other)
	}
	if neighbourhood("[::ffff:192.0.2.1]:5") == neighbourhood("[::ffff:192.0.2.2]:5") {
		t.Error("two customers are one")
	}
}

func TestWhatArrivedOfABrokenPieceCounts(t *testing.T) {
	h, d := open(t, phones(Limits{}))
	data := bytes.Repeat([]byte("0123456789"), 10)
	head := func(at int) map[string]string { return wire.Piece{Ref: ref(data), Offset: int64(at)}.Headers() }
	path := wire.PathBlobs + ref(data).SHA256
	who := phoneCert(t)
	w := call(h, who, "PATCH", path, "", head(0), io.MultiReader(bytes.NewReader(data[:37]), dead{}))
	if offset(t, d, data) != 37 {
		t.Fatal(w.Code, offset(t, d, data))
	}
	w = call(h, who, "HEAD", path, "", head(0), nil)
	if w.Code != http.StatusOK || w.Header().Get(wire.HeaderOffset) != "37" {
		t.Fatal(w.Code, w.Header())
	}
	if w = call(h, who, "PATCH", path, "", head(0), bytes.NewReader(data)); w.Code != http.StatusConflict || w.Header().Get(wire.HeaderOffset) != "37" {
		t.Fatal(w.Code)
	}
	// Another phone that has the same file goes on with it.
	if w = call(h, phoneCert(t), "PATCH", path, "", head(37), bytes.NewReader(data[37:])); w.Code != http.StatusNoContent || w.Header().Get(wire.HeaderOffset) != "100" {
		t.Fatal(w.Code)
	}
	if !here(t, d, data) {
		t.Fatal("it is not here")
	}
}

type dead struct{}

func (dead) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestForeignPiecesAreRefused(t *testing.T) {
	h, _ := open(t, phones(Limits{}))
	data := bytes.Repeat([]byte("x"), 600)
	good := wire.Piece{Ref: ref(data)}.Headers()
	with := func(k, v string) map[string]string {
		m := map[string]string{}
		for a, b := range good {
			m[a] = b
		}
		m[k] = v
		return m
	}
	path := wire.PathBlobs + ref(data).SHA256
	who := phoneCert(t)
	for name, c := range map[string]struct {
		path   string
		header map[string]string
		body   io.Reader
		want   int
	}{
		"no length":     {path, with(wire.HeaderLength, ""), bytes.NewReader(data), 400},
		"too long":      {path, with(wire.HeaderLength, strconv.Itoa(wire.MaxBlob+1)), bytes.NewReader(data), 400},
		"no offset":     {path, with(wire.HeaderOffset, "-1"), bytes.NewReader(data), 400},
		"behind itself": {path, with(wire.HeaderOffset, "600"), bytes.NewReader(data), 400},
		"no name":       {wire.PathBlobs + "photo.jpg", good, bytes.NewReader(data), 400},
		"another type":  {path, with("Content-Type", "image/jpeg"), bytes.NewReader(data), 415},
		"more than all": {path, good, bytes.NewReader(append(data, 'x')), 413},
		"a huge piece":  {path, good, bytes.NewReader(make([]byte, wire.MaxPiece+1)), 413},
		"nothing":       {path, good, dead{}, 400},
		"another file":  {path, good, bytes.NewReader(bytes.Repeat([]byte("y"), 600)), 422},
	} {
		if w := call(h, who, "PATCH", c.path, "", c.header, c.body); w.Code != c.want {
			t.Error(name, w.Code, w.Body)
		}
	}
	if w := call(h, nil, "PATCH", path, "", good, bytes.NewReader(data)); w.Code != http.StatusUnauthorized {
		t.Error("nobody brings something:", w.Code)
	}
	if w := call(h, who, "PATCH", path, "", good, bytes.NewReader(data)); w.Code != http.StatusNoContent {
		t.Error(w.Code)
	}
	other := bytes.Repeat([]byte("z"), 600) // a second one is more than a phone may leave here
	w := call(h, who, "PATCH", wire.PathBlobs+ref(other).SHA256, "", wire.Piece{Ref: ref(other)}.Headers(), bytes.NewReader(other))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Error(w.Code)
	}
}

func TestATroubledDockAsksToComeAgain(t *testing.T) {
	h, _ := open(t, phones(Limits{}))
	h.house.Blobs = nowhere{}
	data := []byte("x")
	for _, m := range []string{"HEAD", "PATCH"} {
		w := call(h, phoneCert(t), m, wire.PathBlobs+ref(data).SHA256, "", wire.Piece{Ref: ref(data)}.Headers(), bytes.NewReader(data))
		if w.Code != http.StatusServiceUnavailable {
			t.Error(m, w.Code)
		}
	}
}

// nowhere is a disk that broke.
type nowhere struct{}

func (nowhere) Offset(context.Context, wire.BlobRef) (int64, error) { return 0, errors.New("disk") }
func (nowhere) Append(context.Context, string, wire.Piece, []byte) (int64, error) {
	return 0, errors.New("disk")
}

func TestStrangersDoNotTakeUpAllLines(t *testing.T) {
	h, _ := open(t, phones(Limits{}))
	for range maxPhones {
		h.listeners[&listener{phone: true}] = true
	}
	if w := call(h, phoneCert(t), "GET", wire.PathNudge, "", nil, nil); w.Code != http.StatusTooManyRequests {
		t.Error(w.Code)
	}
	h.house.Devices = broken{enrolled: true}
	if w := call(h, enrolled(t, h.ca), "GET", wire.PathNudge, "", nil, nil); w.Code == http.StatusTooManyRequests {
		t.Error("phones shut out a terminal")
	}
}
