package hall

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// check checks an item's form, and that it is sealed to the key it names.
func check(item wire.Item) error {
	if err := item.Check(); err != nil {
		return err
	}
	if key, ok := seal.KeyOf([]byte(item.Body)); !ok || key != item.Key {
		return fmt.Errorf("hall: item: not sealed to the key it names: %w", wire.ErrMessage)
	}
	return nil
}

// enroll is the only route without certificate.
func (h *Handler) enroll(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil {
		http.Error(w, "TLS is needed", http.StatusForbidden)
		return
	}
	if !h.codes.allow(h.now()) {
		http.Error(w, "too many wrong codes, try again in a minute", http.StatusTooManyRequests)
		return
	}
	var m wire.Enroll
	if !h.read(w, r, wire.MaxEnroll, &m) {
		return
	}
	if err := m.Check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, err := uuid.NewV7()
	if err != nil {
		h.fail(w, "enroll", err)
		return
	}
	// The certificate is made before the code is used up: a broken request costs no code, and a certificate that is not stored with a
	// device opens no door.
	der, key, err := h.ca.SignDevice(m.CSR, id.String(), h.now())
	if err != nil {
		http.Error(w, "malformed certificate request", http.StatusBadRequest)
		return
	}
	d, err := h.house.Devices.Enroll(r.Context(), m.Code, Device{ID: id.String(), Fingerprint: fingerprint(der), Key: key})
	if errors.Is(err, ErrCode) {
		h.codes.failed()
		http.Error(w, "this code does not count", http.StatusForbidden)
		return
	}
	if err != nil {
		h.fail(w, "enroll", err)
		return
	}
	signer, err := json.Marshal(h.key.Public())
	if err != nil {
		h.fail(w, "enroll", err)
		return
	}
	h.log.Info("device enrolled", "device", d.ID, "name", d.Name)
	h.write(w, wire.Enrolled{V: wire.Version, Device: d.ID, Name: d.Name, Tenant: d.Tenant, Certificate: der,
		Authority: h.ca.Certificate(), Keys: []json.RawMessage{signer}, Demo: h.demo})
}

// limiter lets at most max failures pass in a period, for all callers together: enrolling is rare, and whoever guesses may have many
// addresses.
type limiter struct {
	max   int
	per   time.Duration
	mu    sync.Mutex
	since time.Time
	count int
}

func (l *limiter) allow(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) >= l.per || now.Before(l.since) {
		l.since, l.count = now, 0
	}
	return l.count < l.max
}

func (l *limiter) failed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
}
