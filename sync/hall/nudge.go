package hall

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// How the line of nudges is kept alive: half-dead lines are noticed after silence.
const (
	pingEvery = 30 * time.Second
	silence   = 2*pingEvery + 15*time.Second
	writeTime = 10 * time.Second
)

// listener is one device that waits for nudges. wake holds at most one: two nudges in a row say no more than one.
type listener struct {
	scope string
	phone bool
	wake  chan struct{}
	gone  chan struct{}
	conn  *websocket.Conn
}

// Nudge tells the devices of a scope, or all with "", that there is something to pull. It never waits for them.
func (h *Handler) Nudge(scope string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if scope != "" && l.scope != scope {
			continue
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// Listening is the number of devices that wait for nudges.
func (h *Handler) Listening() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

// Close ends the lines of nudges; http.Server.Shutdown does not know them.
func (h *Handler) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.listeners {
		_ = l.conn.Close() // its goroutines notice and end
	}
	return nil
}

// maxPhones is how many phones may wait for nudges: strangers must not be able to take up all lines. Who does not get one asks from time to time.
const maxPhones = 5000

// crowded tells whether no more phones can wait for nudges.
func (h *Handler) crowded() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for l := range h.listeners {
		if l.phone {
			n++
		}
	}
	return n >= maxPhones
}

func (h *Handler) listen(w http.ResponseWriter, r *http.Request, d Device) {
	if d.Phone && h.crowded() {
		later(w, quotaWait)
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	l := &listener{scope: d.Scope, phone: d.Phone, wake: make(chan struct{}, 1), gone: make(chan struct{}), conn: conn}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		_ = conn.Close()
		return
	}
	h.listeners[l] = true
	h.mu.Unlock()
	// Own goroutines, so that the handler's stack and buffers are given back: there may be many devices.
	go h.hear(l)
	go h.speak(l)
}

// hear throws away what the device says; it notices when the line is gone.
func (h *Handler) hear(l *listener) {
	defer func() {
		h.mu.Lock()
		delete(h.listeners, l)
		h.mu.Unlock()
		close(l.gone)
		_ = l.conn.Close()
	}()
	l.conn.SetReadLimit(wire.MaxNudge)
	alive := func(string) error { return l.conn.SetReadDeadline(time.Now().Add(silence)) }
	l.conn.SetPongHandler(alive)
	_ = alive("")
	for {
		if _, _, err := l.conn.NextReader(); err != nil {
			return
		}
	}
}

func (h *Handler) speak(l *listener) {
	defer func() { _ = l.conn.Close() }() // hear does the rest
	nudge, err := json.Marshal(wire.Nudge{V: wire.Version})
	if err != nil {
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		kind, body := websocket.TextMessage, nudge
		select {
		case <-l.gone:
			return
		case <-ping.C:
			kind, body = websocket.PingMessage, nil
		case <-l.wake:
		}
		_ = l.conn.SetWriteDeadline(time.Now().Add(writeTime))
		if l.conn.WriteMessage(kind, body) != nil {
			return
		}
	}
}
