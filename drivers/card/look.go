package card

import (
	"context"
	"errors"
	"fmt"
)

// Look lists the readers that are there now. ErrNoService says that the service is not, ErrNoReader that no reader is. It can be called while
// Next waits.
func (d *Dev) Look(ctx context.Context) ([]string, error) {
	for {
		d.mu.Lock()
		going := d.looking
		if going == nil {
			d.looking = make(chan struct{})
		}
		mine := d.looking
		d.mu.Unlock()
		if going != nil { // a service that hangs must not collect calls
			select {
			case <-going:
				continue
			case <-ctx.Done():
				return nil, fmt.Errorf("card: look: %w", ctx.Err())
			case <-d.end:
				return nil, ErrClosed
			}
		}
		type result struct {
			names []string
			err   error
		}
		seen := make(chan result, 1)
		go func() {
			names, err := list(d.s)
			seen <- result{names, err}
			d.mu.Lock()
			d.looking = nil
			d.mu.Unlock()
			close(mine)
		}()
		select {
		case r := <-seen:
			return r.names, r.err
		case <-ctx.Done():
			return nil, fmt.Errorf("card: look: %w", ctx.Err())
		case <-d.end:
			return nil, ErrClosed
		}
	}
}

func list(s Service) ([]string, error) {
	c, err := s.Establish()
	if err != nil {
		return nil, lost(err)
	}
	defer c.Release()
	names, err := c.Readers()
	if err != nil {
		return nil, lost(err)
	}
	if len(names) == 0 {
		return nil, ErrNoReader
	}
	return names, nil
}

func lost(err error) error {
	if errors.Is(err, ErrNoService) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoService, err)
}
