package hall

import (
	"context"
	"net/http"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Faults hears what devices found wrong with services.
type Faults interface {
	// Note counts a message that was checked, once per id, durably. Of a phone, d says only that it is one.
	Note(ctx context.Context, d Device, m wire.Faults) error
}

// costFaults is what a message about faults costs a phone.
const costFaults = 5

// faults takes what a device found.
func (h *Handler) faults(w http.ResponseWriter, r *http.Request, d Device) {
	var m wire.Faults
	if !h.read(w, r, wire.MaxFaultsSize, &m) {
		return
	}
	if err := m.Check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if d.Phone {
		if !h.admit(w, r, d.ID, costFaults) {
			return
		}
		d = anonymous(d)
	}
	if err := h.house.Faults.Note(r.Context(), d, m); err != nil {
		h.fail(w, "faults", err)
		return
	}
	h.write(w, wire.Noted{V: wire.Version})
}
