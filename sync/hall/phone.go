package hall

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"net/http"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Phones lets people's own devices in, which nobody enrolled: each is known by its key, for the time of a request. Who they are reaches nobody
// behind the handler.
type Phones struct {
	Tenant string // whose town hall this is
	// Installed is what a phone has to know.
	Installed func(ctx context.Context) (wire.Installed, error)
	Limits    Limits
}

// NamePhone is what every phone is called behind the handler: there is nothing by which one could be told from another.
const NamePhone = "phone"

// phoneOf knows a phone by its certificate; false when it is none. The line has proved already that who is there holds the key.
func (h *Handler) phoneOf(c *x509.Certificate) (Device, bool) {
	public, ok := c.PublicKey.(ed25519.PublicKey)
	if h.phones == nil || !ok || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
		return Device{}, false
	}
	key, err := proof.PublicOf(public)
	if err != nil {
		return Device{}, false
	}
	sum := sha256.Sum256(public)
	return Device{ID: "phone-" + hex.EncodeToString(sum[:16]), Name: NamePhone, Tenant: h.phones.Tenant, Scope: wire.ScopePublic, Key: key, Phone: true}, true
}

// anonymous is a phone as the town hall may know it.
func anonymous(d Device) Device {
	return Device{Name: NamePhone, Tenant: d.Tenant, Scope: d.Scope, Phone: true}
}

// unsigned checks a phone's word about an item and takes it off: its signature would name the phone. A phone brings only what is not paid with it: it
// costs nothing, or it is paid later. The reason says why an item is not taken.
func unsigned(d Device, item wire.Item) (out wire.Item, reason string) {
	var o pay.Outcome
	if _, err := proof.Verify([]proof.PublicKey{d.Key}, proof.Outcome, item.Outcome, &o); err != nil {
		return item, "the outcome is not signed by this phone"
	}
	if o.Envelope != item.ID || o.Digest != wire.Digest([]byte(item.Body)) {
		return item, "the outcome is of another envelope"
	}
	if !slices.Contains([]pay.Way{pay.Free, pay.Invoice, pay.Counter}, o.Way) || o.Payment != "" || o.Evidence != nil {
		return item, "a phone takes no payments"
	}
	item.Outcome = ""
	return item, ""
}

// install tells anybody what a phone has to know.
func (h *Handler) install(w http.ResponseWriter, r *http.Request) {
	if h.phones == nil {
		http.NotFound(w, r)
		return
	}
	if r.TLS == nil {
		http.Error(w, "TLS is needed", http.StatusForbidden)
		return
	}
	if !h.admit(w, r, "", 1) {
		return
	}
	m, err := h.phones.Installed(r.Context())
	if err != nil {
		h.fail(w, "install", err)
		return
	}
	h.write(w, m)
}
