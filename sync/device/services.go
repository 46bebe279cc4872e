package device

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Offer is a version of a service that the town hall vouches for.
type Offer struct {
	wire.Offer
	Token  string
	Packed []byte
}

// Fault is something wrong with a service, as the town hall hears of it; see wire.Fault.
type Fault = wire.Fault

// The kinds of faults, and how long a reason is at most.
const (
	FaultRule    = wire.FaultRule
	FaultRefused = wire.FaultRefused
	MaxReason    = wire.MaxReason
)

// Refusal is a published service that the device does not believe.
type Refusal struct {
	Service, Version string // Version is "" when nobody vouches for it
	Err              error
}

// Offers lists the services that the town hall published, as far as it signed them, and what is not believed. It needs no line.
func (c *Client) Offers(ctx context.Context) (offers []Offer, refused []Refusal, err error) {
	records, err := c.store.Records(ctx, wire.CollectionServices)
	if err != nil {
		return nil, nil, err
	}
	if len(records) == 0 {
		return nil, nil, nil
	}
	signers, err := c.Signers(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range records {
		o, err := c.offer(signers, r)
		if err != nil {
			refused = append(refused, Refusal{r.ID, o.Version, err})
			continue
		}
		offers = append(offers, o)
	}
	return offers, refused, nil
}

// offer checks a record.
func (c *Client) offer(signers []proof.PublicKey, r wire.Record) (o Offer, err error) {
	p, err := wire.ReadPublished(r)
	if err != nil {
		return o, err
	}
	if o.Offer, err = c.vouched(signers, p.Token); err != nil {
		return Offer{}, err
	}
	if o.Service != r.ID {
		return o, fmt.Errorf("device: offer: of another service: %w", proof.ErrProof)
	}
	if wire.Digest(p.Packed) != o.SHA256 {
		return o, fmt.Errorf("device: offer: the folder is not the one that was signed: %w", proof.ErrProof)
	}
	o.Token, o.Packed = p.Token, p.Packed
	return o, nil
}

func (c *Client) vouched(signers []proof.PublicKey, token string) (o wire.Offer, err error) {
	if _, err := proof.Verify(signers, proof.Offer, token, &o); err != nil {
		return wire.Offer{}, fmt.Errorf("device: offer: %w", err)
	}
	if err := o.Check(); err != nil {
		return wire.Offer{}, err
	}
	if o.Tenant != c.id.Tenant() {
		return wire.Offer{}, fmt.Errorf("device: offer: of another tenant: %w", proof.ErrProof)
	}
	return o, nil
}

// Vouched checks the town hall's word for a service that was taken earlier. It needs no line.
func (c *Client) Vouched(ctx context.Context, token string, packed []byte) (wire.Offer, error) {
	signers, err := c.Signers(ctx)
	if err != nil {
		return wire.Offer{}, err
	}
	o, err := c.vouched(signers, token)
	if err == nil && wire.Digest(packed) != o.SHA256 {
		err = fmt.Errorf("device: offer: the folder is not the one that was signed: %w", proof.ErrProof)
	}
	return o, err
}

// Diary is what the device found wrong with services; *store.Store is one.
type Diary interface {
	// Untold gives the message that the town hall should hear next, the same one until Told.
	Untold(ctx context.Context) (wire.Faults, bool, error)
	// Told notes that the town hall has counted it.
	Told(ctx context.Context, m wire.Faults) error
}

// tell tells the town hall what is wrong with services. A town hall that does not want to know is no fault.
func (c *Client) tell(ctx context.Context) error {
	diary, ok := c.store.(Diary)
	if !ok {
		return nil
	}
	for {
		m, more, err := diary.Untold(ctx)
		if err != nil || !more {
			return err
		}
		var noted wire.Noted
		if err := c.web.post(ctx, wire.PathFaults, m, wire.MaxFaultsSize, &noted); err != nil {
			if s, _ := refusal(err); s.code == http.StatusNotFound { // an older one
				return nil
			}
			if refused(err) { // it will never take this message: it is not worth a second one
				c.o.Log.Warn("sync: faults are not taken", "err", err)
				if err := diary.Told(ctx, m); err != nil {
					return err
				}
				continue
			}
			return offline("faults", err)
		}
		if err := errors.Join(noted.Check(), diary.Told(ctx, m)); err != nil {
			return err
		}
	}
}
