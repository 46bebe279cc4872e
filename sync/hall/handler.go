package hall

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Options of a Handler.
type Options struct {
	CA  *CA              // enrols devices
	Key proof.Key        // signs receipts and cursors; its public half is handed to devices at enrolment
	Now func() time.Time // time.Now if nil
	Log *slog.Logger     // silent if nil
	// Demo tells devices at enrolment that the town is a demo: their screens may then be read by programs.
	Demo bool
	// Phones lets people's own devices in; nil: enrolled devices only.
	Phones *Phones
}

// Handler serves enrolled devices and phones. It has to be reached through TLS with CA.TLS: a device is known by its certificate, a phone by its
// key.
type Handler struct {
	house House
	ca    *CA
	key   proof.Key
	now   func() time.Time
	log   *slog.Logger
	demo  bool
	mux   *http.ServeMux
	codes limiter

	phones    *Phones
	callers   rates // of phones
	addresses rates // that phones come from

	upgrader  websocket.Upgrader
	mu        sync.Mutex
	listeners map[*listener]bool
	closed    bool
}

// New makes the handler.
func New(house House, o Options) *Handler {
	h := &Handler{house: house, ca: o.CA, key: o.Key, now: o.Now, log: o.Log, demo: o.Demo, phones: o.Phones,
		mux: http.NewServeMux(), listeners: map[*listener]bool{}}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.codes = limiter{max: 20, per: time.Minute}
	if h.phones != nil {
		l := h.phones.Limits.orDefaults()
		h.callers, h.addresses = rates{rate: l.Phone, all: map[string]bucket{}}, rates{rate: l.Address, all: map[string]bucket{}}
	}
	h.upgrader = websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}}
	h.mux.HandleFunc("POST "+wire.PathPush, h.known(h.push))
	h.mux.HandleFunc("GET "+wire.PathPull, h.known(h.pull))
	h.mux.HandleFunc("GET "+wire.PathAnswers+"{address}", h.known(h.answers))
	h.mux.HandleFunc("GET "+wire.PathNudge, h.known(h.listen))
	h.mux.HandleFunc("POST "+wire.PathEnroll, h.enroll)
	h.mux.HandleFunc("GET "+wire.PathInstall, h.install)
	if house.Faults != nil {
		h.mux.HandleFunc("POST "+wire.PathFaults, h.known(h.faults))
	}
	if house.Blobs != nil {
		h.mux.HandleFunc("HEAD "+wire.PathBlobs+"{id}", h.known(h.blobOffset))
		h.mux.HandleFunc("PATCH "+wire.PathBlobs+"{id}", h.known(h.blobAppend))
	}
	return h
}

// ServeHTTP implements http.Handler for the paths that wire names.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// known lets enrolled devices and phones in.
func (h *Handler) known(next func(http.ResponseWriter, *http.Request, Device)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
			http.Error(w, "a device certificate is needed", http.StatusUnauthorized)
			return
		}
		cert := r.TLS.PeerCertificates[0]
		if h.ca.made(cert, h.now()) {
			d, err := h.house.Devices.ByFingerprint(r.Context(), fingerprint(cert.Raw))
			if errors.Is(err, ErrDevice) {
				http.Error(w, "this device is not enrolled", http.StatusForbidden)
				return
			}
			if err != nil {
				h.fail(w, "find device", err)
				return
			}
			next(w, r, d)
			return
		}
		d, ok := h.phoneOf(cert)
		if !ok {
			http.Error(w, "a certificate of this town hall is needed", http.StatusUnauthorized)
			return
		}
		if h.admit(w, r, d.ID, 1) {
			next(w, r, d)
		}
	}
}

func (h *Handler) push(w http.ResponseWriter, r *http.Request, d Device) {
	var p wire.Push
	if !h.read(w, r, wire.MaxPush, &p) {
		return
	}
	if err := p.Check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if d.Phone && !h.admit(w, r, d.ID, costItem*float64(len(p.Items))) {
		return
	}
	out := wire.Pushed{V: wire.Version, Results: make([]wire.Result, len(p.Items))}
	var good []wire.Item
	var where []int
	for n, item := range p.Items {
		out.Results[n].ID = item.ID
		if err := check(item); err != nil {
			out.Results[n].Status, out.Results[n].Reason = wire.Rejected, err.Error()
			continue
		}
		if d.Phone {
			var reason string
			if item, reason = unsigned(d, item); reason != "" {
				out.Results[n].Status, out.Results[n].Reason = wire.Rejected, reason
				continue
			}
		}
		good, where = append(good, item), append(where, n)
	}
	// The epoch is read before the items are stored: if a restore comes between, the receipts name the old epoch and the device repeats.
	var err error
	if out.Epoch, out.Watermark, err = h.state(r); err != nil {
		h.fail(w, "state", err)
		return
	}
	if d.Phone {
		d = anonymous(d)
	}
	if len(good) > 0 {
		taken, err := h.house.Intake.Take(r.Context(), d, good)
		if err == nil && len(taken) != len(good) {
			err = errors.New("intake gave another number of results")
		}
		if err != nil {
			h.fail(w, "take", err)
			return
		}
		for n, t := range taken {
			if t.Status == wire.NeedBlobs && len(t.Need) == 0 && h.house.Blobs != nil {
				if t.Need, err = h.need(r, good[n]); err != nil {
					h.fail(w, "need", err)
					return
				}
			}
			if t.Status == wire.NeedBlobs && len(t.Need) == 0 { // they came meanwhile
				t.Status, t.Reason = wire.Retry, "push again"
			}
			if err := h.result(&out.Results[where[n]], t, good[n], out.Epoch); err != nil {
				h.fail(w, "receipt", err)
				return
			}
		}
	}
	h.write(w, out)
}

func (h *Handler) result(r *wire.Result, t Taken, item wire.Item, epoch string) (err error) {
	r.Status, r.Reason, r.Need = t.Status, t.Reason, t.Need
	if !t.Status.Settled() {
		return nil
	}
	r.Receipt, err = proof.Sign(h.key, proof.Receipt,
		wire.Receipt{ID: item.ID, SHA256: wire.Digest([]byte(item.Body)), Epoch: epoch, At: h.now().UTC()})
	return err
}

// cursor is the kind of proof by which the handler knows its own cursors again.
const cursor = "cursor"

func (h *Handler) pull(w http.ResponseWriter, r *http.Request, d Device) {
	epoch, watermark, err := h.state(r)
	if err != nil {
		h.fail(w, "state", err)
		return
	}
	// Any cursor that is not of this epoch and scope, whoever made it, means: from the beginning.
	var at wire.Place
	given := r.URL.Query().Get("cursor")
	_, err = proof.Verify([]proof.PublicKey{h.key.Public()}, cursor, given, &at)
	reset := err != nil || at.Epoch != epoch || at.Scope != d.Scope
	if reset {
		at = wire.Place{Epoch: epoch, Scope: d.Scope}
	}
	records, err := h.house.Records.After(r.Context(), d.Scope, at.Seq, wire.MaxRecords)
	if err != nil {
		h.fail(w, "records", err)
		return
	}
	out := wire.Pulled{V: wire.Version, Epoch: epoch, Watermark: watermark, Reset: reset, Records: records, More: len(records) >= wire.MaxRecords}
	size := 0
	for n, rec := range records {
		if err := rec.Check(); err != nil {
			h.fail(w, "record", err)
			return
		}
		size += len(rec.Data) + 512
		if size > wire.MaxPulled-64<<10 && n > 0 {
			out.Records, out.More = records[:n], true
			break
		}
	}
	if n := len(out.Records); n > 0 {
		at.Seq = out.Records[n-1].Seq
	}
	if out.Cursor, err = proof.Sign(h.key, cursor, at); err != nil {
		h.fail(w, "cursor", err)
		return
	}
	h.write(w, out)
}

func (h *Handler) answers(w http.ResponseWriter, r *http.Request, _ Device) {
	address := r.PathValue("address")
	if err := wire.CheckAddress(address); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	list, err := h.house.Answers.For(r.Context(), address)
	if err != nil {
		h.fail(w, "answers", err)
		return
	}
	if list == nil {
		list = [][]byte{}
	}
	h.write(w, wire.Answers{V: wire.Version, Answers: list})
}

func (h *Handler) state(r *http.Request) (epoch string, watermark time.Time, err error) {
	if epoch, err = h.house.State.Epoch(r.Context()); err != nil {
		return "", watermark, err
	}
	watermark, err = h.house.State.Watermark(r.Context())
	return epoch, watermark, err
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request, max int64, m any) bool {
	if r.ContentLength > max {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return false
	}
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); ct != "application/json" {
		http.Error(w, "application/json is needed", http.StatusUnsupportedMediaType)
		return false
	}
	if err := wire.Read(r.Body, max, m); err != nil {
		http.Error(w, "malformed message", http.StatusBadRequest)
		return false
	}
	return true
}

func (h *Handler) write(w http.ResponseWriter, m any) {
	b, err := json.Marshal(m)
	if err != nil {
		h.fail(w, "write", err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the line may be gone; the device asks again
}

// fail tells the device to come again and the staff why.
func (h *Handler) fail(w http.ResponseWriter, verb string, err error) {
	h.log.Error("sync", "verb", verb, "err", err)
	http.Error(w, "try again later", http.StatusServiceUnavailable)
}
