package visittest

import (
	"context"
	"slices"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// Drafts keeps sealed drafts without a disk, with the real ones' rules. It is a visit.Drafts. One of it stands for the town hall and all devices that
// have a line.
type Drafts struct {
	Gone error // what Fetch says of what is not there: visit.ErrGone

	mu   sync.Mutex
	fail error
	all  map[string]seal.Draft
}

// Break lets everything fail with err from now on; nil mends it.
func (d *Drafts) Break(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

// Keep implements visit.Drafts.
func (d *Drafts) Keep(_ context.Context, draft seal.Draft) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	if d.all == nil {
		d.all = map[string]seal.Draft{}
	}
	d.all[draft.Address] = draft
	return nil
}

// Fetch implements visit.Drafts.
func (d *Drafts) Fetch(_ context.Context, address string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return nil, d.fail
	}
	draft, ok := d.all[address]
	if !ok {
		return nil, d.Gone
	}
	return slices.Clone(draft.Data), nil
}

// Drop implements visit.Drafts.
func (d *Drafts) Drop(_ context.Context, address, token string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	if draft, ok := d.all[address]; ok && draft.Grip == seal.DraftGrip(token) {
		delete(d.all, address)
	}
	return nil
}

// Lie are the sealed drafts that lie there.
func (d *Drafts) Lie() []seal.Draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []seal.Draft
	for _, draft := range d.all {
		all = append(all, draft)
	}
	return all
}

// Spoil changes the bytes of everything that lies there.
func (d *Drafts) Spoil() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for address, draft := range d.all {
		draft.Data = slices.Clone(draft.Data)
		draft.Data[len(draft.Data)/2] ^= 1
		d.all[address] = draft
	}
}
