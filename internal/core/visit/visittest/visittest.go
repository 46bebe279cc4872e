// Package visittest has what a visit needs besides devices, in memory: small real implementations for the tests of the visit and of the shells.
// It does not import the visit, so that the visit's own tests can use it.
package visittest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// Journal is a device's memory without a disk, with the real one's rules. It is a visit.Journal.
type Journal struct {
	mu       sync.Mutex
	full     error
	held     map[string]seal.Envelope // by envelope id
	sent     []seal.Envelope
	payments map[string]pay.Payment
	order    []string // what happened, in order
}

// NewJournal makes an empty Journal.
func NewJournal() *Journal {
	return &Journal{held: map[string]seal.Envelope{}, payments: map[string]pay.Payment{}}
}

// Fill lets Room fail with err from now on; nil makes room again.
func (j *Journal) Fill(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.full = err
}

// Room implements visit.Journal.
func (j *Journal) Room(context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.full
}

// Hold implements visit.Journal.
func (j *Journal) Hold(_ context.Context, e seal.Envelope, p pay.Payment) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.held[e.ID], j.payments[p.ID] = e, p
	j.order = append(j.order, "hold")
	return nil
}

// Release implements visit.Journal.
func (j *Journal) Release(_ context.Context, e seal.Envelope, way pay.Way, _ int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sent = append(j.sent, e)
	j.order = append(j.order, "release "+string(way))
	return nil
}

// Record implements visit.Journal.
func (j *Journal) Record(_ context.Context, id string, ev pay.Event) (pay.Payment, pay.Effect, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p, ok := j.payments[id]
	if !ok {
		return p, pay.Nothing, errors.New("visittest: record: no such payment")
	}
	p, effect := pay.Step(p, ev)
	j.payments[id] = p
	j.order = append(j.order, string(ev.Kind))
	switch effect {
	case pay.Release:
		if e, ok := j.held[p.Envelope]; ok {
			j.sent = append(j.sent, e)
			delete(j.held, p.Envelope)
		}
	case pay.Discard:
		delete(j.held, p.Envelope)
	}
	return p, effect, nil
}

// Unsettled implements visit.Journal.
func (j *Journal) Unsettled(context.Context) ([]pay.Payment, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	open := slices.Collect(maps.Values(j.payments))
	open = slices.DeleteFunc(open, func(p pay.Payment) bool { return p.State.Final() })
	slices.SortFunc(open, func(a, b pay.Payment) int { return a.At.Compare(b.At) })
	return open, nil
}

// Put lays down a payment as an earlier run of the program left it.
func (j *Journal) Put(p pay.Payment) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.payments[p.ID] = p
}

// State is how a payment stands.
func (j *Journal) State(payment string) pay.State {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.payments[payment].State
}

// Held is how many envelopes wait for the end of a payment.
func (j *Journal) Held() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.held)
}

// Sent are the envelopes that are on their way.
func (j *Journal) Sent() []seal.Envelope {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.sent)
}

// Order is what happened: "hold", "release" with the way, and the kinds of the payments' events.
func (j *Journal) Order() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.order)
}

// Office is the town hall at the other end of the line, as a visit sees it. It is a visit.Sealer and a visit.Town.
type Office struct {
	key seal.Private

	mu      sync.Mutex
	offline error
	answers map[string][][]byte // by address
}

// NewOffice makes an Office that can be reached and has told nobody anything.
func NewOffice(authority seal.Private) *Office {
	return &Office{key: authority, answers: map[string][][]byte{}}
}

// Ready implements visit.Sealer.
func (o *Office) Ready(context.Context) error { return nil }

// Seal implements visit.Sealer.
func (o *Office) Seal(_ context.Context, id string, plain []byte) (seal.Envelope, error) {
	return seal.Seal(o.key.Public(), id, plain)
}

// Open opens an envelope, as the town hall does.
func (o *Office) Open(e seal.Envelope) ([]byte, error) { return seal.Ring{o.key}.Open(e) }

// Cut cuts the line: Answers fails with err from now on; nil mends it.
func (o *Office) Cut(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offline = err
}

// Online implements visit.Town.
func (o *Office) Online() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.offline == nil
}

// Tell lays an answer down for an address.
func (o *Office) Tell(address string, sealed []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers[address] = append(o.answers[address], sealed)
}

// Answers implements visit.Town.
func (o *Office) Answers(_ context.Context, address string) ([][]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.offline != nil {
		return nil, o.offline
	}
	return slices.Clone(o.answers[address]), nil
}
