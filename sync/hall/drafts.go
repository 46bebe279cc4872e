package hall

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Drafts keeps what people put away to continue it elsewhere. The town hall cannot read it.
type Drafts interface {
	// KeepDraft stores a draft until the day it ends, and returns when it is durable. The same one again changes nothing. ErrGone when one of this
	// address was thrown away or has ended, ErrTaken when another one lies there, ErrQuota when there is no room. who counts for the quota only, and
	// is empty for a phone.
	KeepDraft(ctx context.Context, d seal.Draft, who string, until time.Time) error
	// Draft gives what lies at an address; false when nothing does, or it has ended.
	Draft(ctx context.Context, address string, now time.Time) (data []byte, ok bool, err error)
	// DropDraft throws away what lies at an address and remembers that it did. ErrTaken when the token is not that draft's. Nothing there is no
	// error.
	DropDraft(ctx context.Context, address, token string) error
}

var (
	// ErrGone says that a draft was thrown away, or is too old.
	ErrGone = errors.New("hall: the draft has ended")
	// ErrTaken says that a draft belongs to somebody else.
	ErrTaken = errors.New("hall: the draft is somebody else's")
)

// How much is asked for drafts: what people at one terminal, or one person with a phone, can need.
var (
	draftsTerminal = Rate{Burst: 120, Second: 1. / 5}
	draftsPhone    = Rate{Burst: 20, Second: 1. / 60}
)

// costDraft is what bringing a draft costs, a request for one costs 1.
const costDraft = 3

// drafters counts what is asked for drafts, by device.
type drafters struct {
	once              sync.Once
	terminals, phones rates
}

func (d *drafters) take(of Device, cost float64, now time.Time) time.Duration {
	d.once.Do(func() {
		d.terminals, d.phones = rates{rate: draftsTerminal, all: map[string]bucket{}}, rates{rate: draftsPhone, all: map[string]bucket{}}
	})
	if of.Phone {
		return d.phones.take(of.ID, cost, now)
	}
	return d.terminals.take(of.ID, cost, now)
}

// openDrafts opens the doors for drafts, if the house keeps any.
func (h *Handler) openDrafts() {
	if h.house.Drafts == nil {
		return
	}
	door := func(cost float64, next func(http.ResponseWriter, *http.Request, Device, string)) http.HandlerFunc {
		return h.known(func(w http.ResponseWriter, r *http.Request, d Device) {
			address := r.PathValue("address")
			if err := wire.CheckAddress(address); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			if wait := h.drafters.take(d, cost, h.now()); wait > 0 {
				later(w, wait)
				return
			}
			next(w, r, d, address)
		})
	}
	h.mux.HandleFunc("PUT "+wire.PathDrafts+"{address}", door(costDraft, h.keepDraft))
	h.mux.HandleFunc("GET "+wire.PathDrafts+"{address}", door(1, h.fetchDraft))
	h.mux.HandleFunc("DELETE "+wire.PathDrafts+"{address}", door(1, h.dropDraft))
}

func (h *Handler) keepDraft(w http.ResponseWriter, r *http.Request, d Device, address string) {
	var m wire.Draft
	if !h.read(w, r, wire.MaxDraftMessage, &m) {
		return
	}
	if err := m.CheckUp(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	left := m.Left()
	if left == 0 {
		http.Error(w, "the draft has ended", http.StatusGone)
		return
	}
	who := d.ID
	if d.Phone { // nothing is stored by which one phone could be told from another
		who = ""
	}
	h.saidOf(w, h.house.Drafts.KeepDraft(r.Context(), seal.Draft{Address: address, Grip: m.Grip, Data: m.Body}, who, h.now().Add(left)))
}

func (h *Handler) fetchDraft(w http.ResponseWriter, r *http.Request, _ Device, address string) {
	data, ok, err := h.house.Drafts.Draft(r.Context(), address, h.now())
	switch {
	case err != nil:
		h.fail(w, "draft", err)
	case !ok:
		http.Error(w, "no such draft", http.StatusNotFound)
	default:
		h.write(w, wire.Draft{V: wire.Version, Body: data})
	}
}

func (h *Handler) dropDraft(w http.ResponseWriter, r *http.Request, _ Device, address string) {
	token := r.Header.Get(wire.HeaderToken)
	if err := wire.CheckToken(token); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.saidOf(w, h.house.Drafts.DropDraft(r.Context(), address, token))
}

// saidOf tells how a change of a draft went.
func (h *Handler) saidOf(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrGone):
		http.Error(w, "the draft has ended", http.StatusGone)
	case errors.Is(err, ErrTaken):
		http.Error(w, "this is somebody else's draft", http.StatusConflict)
	case errors.Is(err, ErrQuota):
		later(w, quotaWait)
	default:
		h.fail(w, "draft", err)
	}
}
