package hall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// shelf keeps drafts in memory.
type shelf struct {
	all   map[string]seal.Draft
	until map[string]time.Time
	err   error
}

func (s *shelf) KeepDraft(_ context.Context, d seal.Draft, _ string, until time.Time) error {
	if s.err == nil {
		s.all[d.Address], s.until[d.Address] = d, until
	}
	return s.err
}

func (s *shelf) Draft(_ context.Context, address string, _ time.Time) ([]byte, bool, error) {
	d, ok := s.all[address]
	return d.Data, ok, s.err
}

func (s *shelf) DropDraft(_ context.Context, address, token string) error {
	if d, ok := s.all[address]; ok && d.Grip != seal.DraftGrip(token) {
		return ErrTaken
	}
	delete(s.all, address)
	return s.err
}

func draftDoor(t *testing.T) (*Handler, *shelf, time.Time) {
	t.Helper()
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	ca, err := NewCA("x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	b, s := broken{enrolled: true}, &shelf{all: map[string]seal.Draft{}, until: map[string]time.Time{}}
	return New(House{Intake: b, Records: b, Answers: b, Devices: b, State: b, Drafts: s}, Options{CA: ca, Key: key, Now: func() time.Time { return now }}), s, now
}

func draftRequest(t *testing.T, h *Handler, method, address, body, token string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "https://rathaus.example"+wire.PathDrafts+address, strings.NewReader(body))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{enrolled(t, h.ca)}}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set(wire.HeaderToken, token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func draftMessage(t *testing.T, k seal.DraftKey, age time.Duration) string {
	t.Helper()
	d, err := k.Draft([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(wire.Draft{V: wire.Version, Body: d.Data, Grip: d.Grip, Age: int64(age / time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestADraftIsBroughtFetchedAndThrownAway(t *testing.T) {
	h, s, now := draftDoor(t)
	k := seal.DraftKey{1}
	if w := draftRequest(t, h, http.MethodPut, k.Address(), draftMessage(t, k, 24*time.Hour), ""); w.Code != http.StatusNoContent {
		t.Fatal(w.Code, w.Body)
	}
	if want := now.Add(wire.DraftTerm - 24*time.Hour); !s.until[k.Address()].Equal(want) {
		t.Fatal("it ends", s.until[k.Address()], "and not", want)
	}
	w := draftRequest(t, h, http.MethodGet, k.Address(), "", "")
	var got wire.Draft
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got.Check() != nil || got.Grip != "" {
		t.Fatal(w.Code, err)
	}
	if plain, err := k.Open(got.Body); err != nil || string(plain) != "{}" {
		t.Fatal(err)
	}
	if w := draftRequest(t, h, http.MethodDelete, k.Address(), "", seal.DraftKey{2}.Token()); w.Code != http.StatusConflict {
		t.Fatal("who does not hold the key throws it away:", w.Code)
	}
	if w := draftRequest(t, h, http.MethodDelete, k.Address(), "", k.Token()); w.Code != http.StatusNoContent {
		t.Fatal(w.Code)
	}
	if w := draftRequest(t, h, http.MethodGet, k.Address(), "", ""); w.Code != http.StatusNotFound {
		t.Fatal(w.Code)
	}
}

func TestTheDraftDoorRefusesWhatIsNone(t *testing.T) {
	h, s, _ := draftDoor(t)
	k := seal.DraftKey{1}
	good := draftMessage(t, k, 0)
	for name, c := range map[string]struct {
		method, address, body, token string
		code                         int
	}{
		"no address":    {http.MethodGet, "etc", "", "", http.StatusBadRequest},
		"a list":        {http.MethodGet, "", "", "", http.StatusNotFound},
		"nothing":       {http.MethodPut, k.Address(), "{}", "", http.StatusBadRequest},
		"no JSON":       {http.MethodPut, k.Address(), "hello", "", http.StatusBadRequest},
		"no grip":       {http.MethodPut, k.Address(), strings.Replace(good, "grip", "grip2", 1), "", http.StatusBadRequest},
		"too old":       {http.MethodPut, k.Address(), draftMessage(t, k, wire.DraftTerm), "", http.StatusGone},
		"without token": {http.MethodDelete, k.Address(), "", "", http.StatusBadRequest},
		"too long":      {http.MethodPut, k.Address(), strings.Repeat("x", wire.MaxDraftMessage+1), "", http.StatusRequestEntityTooLarge},
	} {
		if w := draftRequest(t, h, c.method, c.address, c.body, c.token); w.Code != c.code {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if len(s.all) != 0 {
		t.Fatal("something was kept")
	}
	r := httptest.NewRequest(http.MethodGet, "https://rathaus.example"+wire.PathDrafts+k.Address(), nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Fatal("a stranger asks for drafts:", w.Code)
	}
	s.err = ErrQuota
	if w := draftRequest(t, h, http.MethodPut, k.Address(), good, ""); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Fatal(w.Code)
	}
	s.err = errDisk
	if w := draftRequest(t, h, http.MethodPut, k.Address(), good, ""); w.Code != http.StatusServiceUnavailable {
		t.Fatal(w.Code)
	}
}

func TestNobodyTriesAddressesForLong(t *testing.T) {
	h, _, _ := draftDoor(t)
	tried := 0
	for ; tried < 1000; tried++ {
		if w := draftRequest(t, h, http.MethodGet, wire.Digest([]byte{byte(tried), byte(tried >> 8)}), "", ""); w.Code == http.StatusTooManyRequests {
			break
		}
	}
	if tried > 200 {
		t.Fatal(tried, "addresses could be tried at once")
	}
}
