package outpost

import (
	"context"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// Status is what a shell shows of the device's state, looked up in the background by Watch so that drawing never waits.
type Status struct {
	client  *device.Client
	printer visit.Printer

	mu     sync.Mutex
	queued int
	low    bool
}

// Status makes a Status of the outpost. printer is nil on a device that has none.
func (o *Outpost) Status(printer visit.Printer) *Status {
	return &Status{client: o.Client, printer: printer}
}

// Online tells whether the last exchange with the town hall went well.
func (s *Status) Online() bool { return s.client.Online() }

// Queued is how many applications wait for the line.
func (s *Status) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

// PrinterLow tells whether the printer's paper is near its end.
func (s *Status) PrinterLow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.low
}

// statusEvery is how often Watch looks.
const statusEvery = 5 * time.Second

// Watch looks every few seconds until ctx ends, at the printer every half minute.
func (s *Status) Watch(ctx context.Context) {
	for n := 0; ; n++ {
		s.look(ctx, n%6 == 0)
		tick := time.NewTimer(time.Until(time.Now().Truncate(statusEvery).Add(statusEvery))) // with what else looks around by the clock
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func (s *Status) look(ctx context.Context, alsoPaper bool) {
	st, err := s.client.Status(ctx)
	low := false
	if alsoPaper && s.printer != nil {
		low, _ = s.printer.Ready(ctx) // a printer that fails is told of by the screens that need it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.queued = st.Queued
	}
	if alsoPaper {
		s.low = low
	}
}
