package hall

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// blobOffset tells how much of a blob is here: all of it, a beginning, or nothing. It never tells whose it is.
func (h *Handler) blobOffset(w http.ResponseWriter, r *http.Request, _ Device) {
	ref, err := wire.ReadRef(r.PathValue("id"), r.Header)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, err := h.house.Blobs.Offset(r.Context(), ref)
	if err != nil {
		h.fail(w, "blob", err)
		return
	}
	offsetIs(w, n)
	w.WriteHeader(http.StatusOK)
}

func offsetIs(w http.ResponseWriter, n int64) {
	w.Header().Set(wire.HeaderOffset, strconv.FormatInt(n, 10))
	w.Header().Set("Cache-Control", "no-store")
}

// blobAppend takes a piece. It is read before anything is locked: a device whose line died in the middle keeps nobody else waiting, and what
// arrived of its piece counts.
func (h *Handler) blobAppend(w http.ResponseWriter, r *http.Request, d Device) {
	p, err := wire.ReadPiece(r.PathValue("id"), r.Header)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); ct != wire.TypePiece {
		http.Error(w, wire.TypePiece+" is needed", http.StatusUnsupportedMediaType)
		return
	}
	if r.ContentLength > wire.MaxPiece {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	room := min(wire.MaxPiece, p.Ref.Size-p.Offset)
	data, broken := io.ReadAll(io.LimitReader(r.Body, room+1))
	if int64(len(data)) > room {
		http.Error(w, "longer than it should be", http.StatusRequestEntityTooLarge)
		return
	}
	if len(data) == 0 && broken != nil {
		http.Error(w, "nothing arrived", http.StatusBadRequest)
		return
	}
	n, err := h.house.Blobs.Append(r.Context(), d.ID, p, data)
	switch {
	case errors.Is(err, ErrOffset):
		offsetIs(w, n)
		w.WriteHeader(http.StatusConflict)
	case errors.Is(err, ErrBlob):
		http.Error(w, "this is not what its name says: begin anew", http.StatusUnprocessableEntity)
	case errors.Is(err, ErrQuota):
		later(w, quotaWait)
	case err != nil:
		h.fail(w, "blob", err)
	default:
		offsetIs(w, n)
		w.WriteHeader(http.StatusNoContent)
	}
}

// quotaWait is when to come again to a town hall that has no room for more files that no item named yet.
const quotaWait = 10 * time.Minute

// need lists what is not here yet of an item's blobs.
func (h *Handler) need(r *http.Request, item wire.Item) ([]string, error) {
	var list []string
	for _, b := range item.Blobs {
		n, err := h.house.Blobs.Offset(r.Context(), b)
		if err != nil {
			return nil, err
		}
		if n != b.Size {
			list = append(list, b.SHA256)
		}
	}
	return list, nil
}
