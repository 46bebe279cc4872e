package outpost

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// drafts are what was put away, here and at the town hall, in the visit's words.
type drafts struct {
	store  *store.Store
	client *device.Client
}

func (d drafts) Keep(ctx context.Context, draft seal.Draft) error {
	return inWords(d.store.KeepDraft(ctx, draft))
}

// Fetch looks here first: what waits for the line is nowhere else.
func (d drafts) Fetch(ctx context.Context, address string) ([]byte, error) {
	data, here, err := d.store.Draft(ctx, address)
	if err != nil || here {
		return data, err
	}
	dropped, err := d.store.DraftDropped(ctx, address)
	if err != nil {
		return nil, err
	}
	if dropped { // the town hall may not know yet
		return nil, fmt.Errorf("outpost: draft: %w", visit.ErrGone)
	}
	data, err = d.client.Draft(ctx, address)
	if errors.Is(err, device.ErrNoDraft) {
		return nil, fmt.Errorf("%w: %w", visit.ErrGone, err)
	}
	return data, inWords(err)
}

func (d drafts) Drop(ctx context.Context, address, token string) error {
	return d.store.DropDraft(ctx, address, token)
}
