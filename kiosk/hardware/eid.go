package hardware

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// EID is the identity card's program, AusweisApp.
type EID struct {
	*eid.Dev
	host string
}

// NewEID makes it of a device address. Nothing is connected.
func NewEID(address string, o eid.Opts) (*EID, error) {
	ws, err := eid.ParseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	u, err := url.Parse(ws)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be read", ErrAddress)
	}
	return &EID{eid.New(&websocket.Dialer{}, address, o), u.Host}, nil
}

// Look tells whether AusweisApp runs; see watch. It serves one program at a time, so nothing is asked: somebody has to listen where it should.
func (e *EID) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", e.host)
	if err != nil {
		return nil, fmt.Errorf("hardware: AusweisApp: %w: %w", visit.ErrUnreachable, err)
	}
	_ = c.Close() // nothing was said
	return nil, nil
}
