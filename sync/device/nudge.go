package device

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// silence after which the line of nudges counts as dead; the town hall pings every 30 seconds.
const silence = 75 * time.Second

// listen keeps a line open on which the town hall says that there is something new, until ctx ends.
func (c *Client) listen(ctx context.Context) {
	b := c.o.Backoff()
	for ctx.Err() == nil {
		if c.hear(ctx) {
			b.Reset()
		}
		t := time.NewTimer(b.NextBackOff())
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// hear dials and listens until the line breaks; true if there was a line.
func (c *Client) hear(ctx context.Context) bool {
	d := websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		NetDialContext:   (&net.Dialer{Timeout: dialTime}).DialContext,
		TLSClientConfig:  c.id.tls(),
		HandshakeTimeout: dialTime,
		ReadBufferSize:   512,
		WriteBufferSize:  512,
	}
	u := *c.base
	u.Scheme, u.Path = "wss", u.Path+wire.PathNudge
	conn, resp, err := d.DialContext(ctx, u.String(), nil)
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
		}
		return false
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	conn.SetReadLimit(wire.MaxNudge)
	ping := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		_ = conn.SetReadDeadline(time.Now().Add(silence))
		return ping(data)
	})
	// Something may have happened while there was no line, and again when it breaks: then Sync finds out whether the town hall is there.
	c.signal()
	defer c.signal()
	for {
		_ = conn.SetReadDeadline(time.Now().Add(silence))
		_, b, err := conn.ReadMessage()
		if err != nil {
			return true
		}
		var n wire.Nudge
		if wire.Decode(b, &n) == nil && n.Check() == nil {
			c.signal()
		}
	}
}

func (c *Client) signal() {
	select {
	case c.nudge <- struct{}{}:
	default:
	}
}
