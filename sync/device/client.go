package device

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// ErrOffline says that the town hall cannot be reached now.
var ErrOffline = errors.New("device: town hall cannot be reached")

// Outbox is what waits for the town hall; *store.Store is one.
type Outbox interface {
	// Ready gives what should travel next, the ones tried least first.
	Ready(ctx context.Context, max, bytes int) ([]wire.Item, error)
	// Delivered stores a verified receipt.
	Delivered(ctx context.Context, r wire.Receipt, token string) error
	// Postpone notes a try that did not succeed.
	Postpone(ctx context.Context, id, reason string) error
	// Quarantine puts aside what the town hall will never take.
	Quarantine(ctx context.Context, id, reason string) error
}

// Parts are the sealed files of what waits; *store.Store has them.
type Parts interface {
	// Part gives a sealed file by the SHA-256 of its bytes; false when it is not here.
	Part(ctx context.Context, id string) (data []byte, ok bool, err error)
}

// Mirror is the device's copy of the town hall's published facts; *store.Store is one.
type Mirror interface {
	// Apply stores records and cursor in one transaction.
	Apply(ctx context.Context, p wire.Pulled) error
	// Cursor is where the next pull continues.
	Cursor(ctx context.Context) (string, error)
	// Records gives the facts of a collection.
	Records(ctx context.Context, collection string) ([]wire.Record, error)
}

// Store is what a Client needs of the device's memory.
type Store interface {
	Outbox
	Parts
	Mirror
	// Town notes epoch and watermark.
	Town(ctx context.Context, epoch string, watermark time.Time) error
	// Waiting counts for screens.
	Waiting(ctx context.Context) (ready, quarantine int, oldest time.Time, err error)
	// Wake is signalled when there is something new to send.
	Wake() <-chan struct{}
}

// Options of a Client; zero values mean the defaults.
type Options struct {
	Now     func() time.Time                  // time.Now
	Every   time.Duration                     // how often to ask without being nudged: 5 minutes
	Log     *slog.Logger                      // silent
	Changed func(collections map[string]bool) // called after records of these collections were stored, and when everything was learned anew
	Backoff func() backoff.BackOff            // waits between tries that fail: 1 second up to 5 minutes, with jitter
}

// Client keeps a device in step with the town hall. It needs no line to be made, or for Seal and Keys.
type Client struct {
	id    *Identity
	store Store
	o     Options
	base  *url.URL
	web   web
	nudge chan struct{}
	round sync.Mutex // one exchange at a time

	taught bool // a phone has asked for the town hall's keys in this run; guarded by round

	mu   sync.Mutex
	last last
}

type last struct {
	online  bool
	contact time.Time
	problem string
	ahead   time.Duration
	heard   bool // the town hall's clock, since the start
}

// New makes a client of the device's identity and memory.
func New(id *Identity, s Store, o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Every == 0 {
		o.Every = 5 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func(map[string]bool) {}
	}
	if o.Backoff == nil {
		o.Backoff = func() backoff.BackOff {
			b := backoff.NewExponentialBackOff()
			b.InitialInterval, b.MaxInterval, b.RandomizationFactor = time.Second, 5*time.Minute, 0.5
			return b
		}
	}
	base, _ := url.Parse(id.URL()) // was checked when the identity was made
	c := &Client{id: id, store: s, o: o, base: base, nudge: make(chan struct{}, 1)}
	c.web = newWeb(base, id.tls(), c.hears)
	return c
}

// hears compares the clocks. Nothing is decided by it: people who read the device's times should know.
func (c *Client) hears(town time.Time) {
	ahead := c.o.Now().Sub(town).Truncate(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.last.ahead; ahead.Abs() >= clockOff && was.Abs() < clockOff {
		c.o.Log.Warn("the device's clock is wrong", "ahead", ahead)
	}
	c.last.ahead, c.last.heard = ahead, true
}

// Clock tells how far the device's clock is ahead of the town hall's, negative: behind, and whether the town hall's was heard since the start. A
// clock that is wrong by less than what misleads people counts as right: 0. One that is centuries ahead counts as one to which nobody spoke: the
// difference is more than a time.Duration can say.
func (c *Client) Clock() (ahead time.Duration, heard bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ahead = c.last.ahead; ahead.Abs() < clockOff {
		ahead = 0
	}
	return ahead, c.last.heard && ahead.Abs() < farthest
}

// farthest is the longest difference that a time.Duration can say, and a little less.
const farthest = 290 * 365 * 24 * time.Hour

// clockOff is how far the device's clock may be off before somebody is told: what people do by the clock has minutes.
const clockOff = 5 * time.Minute

// Run keeps exchanging until ctx ends: when there is something to send, when the town hall nudges, and every Options.Every. It returns nil.
func (c *Client) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { c.listen(ctx) })
	defer c.web.CloseIdle()
	defer wg.Wait()
	b := c.o.Backoff()
	for {
		wait := c.o.Every
		err := c.Sync(ctx)
		if err == nil {
			b.Reset()
		} else if ctx.Err() == nil {
			wait = max(b.NextBackOff(), pause(err))
			c.o.Log.Warn("sync", "err", err, "again", wait)
		}
		if pause(err) > 0 { // the town hall wants to be left alone, whatever happens here meanwhile
			if !c.rest(ctx, wait) {
				return nil
			}
			continue
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-c.store.Wake():
		case <-c.nudge:
		case <-t.C:
		}
		t.Stop()
	}
}

// rest waits; false when ctx ended.
func (c *Client) rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Sync does one exchange now: everything that waits goes up, everything new comes down. ErrOffline when the town hall does not answer.
func (c *Client) Sync(ctx context.Context) error {
	c.round.Lock()
	defer c.round.Unlock()
	// Down comes first: a device that could not send for some reason should still learn new keys. Neither needs the other's success; only
	// when nobody answers at all there is no second try.
	pulled := c.learn(ctx)
	if pulled == nil {
		pulled = c.pull(ctx)
	}
	if _, answered := refusal(pulled); errors.Is(pulled, ErrOffline) && !answered {
		return c.note(pulled)
	}
	if pause(pulled) > 0 {
		return c.note(pulled)
	}
	pushed := c.push(ctx)
	if pulled == nil && pushed == nil {
		pushed = c.tell(ctx)
	}
	return c.note(errors.Join(pulled, pushed))
}

func (c *Client) push(ctx context.Context) error {
	tried := map[string]bool{}
	limit := wire.MaxItems
	var problem error
	for {
		items, err := c.store.Ready(ctx, limit, wire.MaxPush-4096)
		if err != nil {
			return err
		}
		fresh := false
		for _, i := range items {
			fresh = fresh || !tried[i.ID]
		}
		if !fresh { // nothing, or only what did not get through this time
			return problem
		}
		p := wire.Push{V: wire.Version, Items: items}
		var got wire.Pushed
		err = c.web.post(ctx, wire.PathPush, p, wire.MaxPush, &got)
		switch {
		case refused(err) && len(items) > 1: // one of them is broken: look for it
			limit = len(items) / 2
			continue
		case refused(err):
			tried[items[0].ID], limit = true, wire.MaxItems
			c.o.Log.Error("sync: put into quarantine", "envelope", items[0].ID, "err", err)
			if err := c.store.Quarantine(ctx, items[0].ID, err.Error()); err != nil {
				return err
			}
			continue
		case err != nil:
			return offline("push", err)
		}
		if err := got.Check(p); err != nil {
			return fmt.Errorf("device: push: %w", err)
		}
		// First, because a new epoch lets everything travel again, also what is answered here.
		if err := c.store.Town(ctx, got.Epoch, got.Watermark); err != nil {
			return err
		}
		for n, r := range got.Results {
			tried[r.ID] = true
			err := c.result(ctx, items[n], r, got.Epoch)
			if r.Status == wire.NeedBlobs {
				err = c.bring(ctx, items[n], r.Need)
			}
			if errors.Is(err, ErrOffline) { // the line is gone, or the town hall wants to be left alone
				return errors.Join(problem, err)
			}
			problem = errors.Join(problem, err)
		}
	}
}

// result books what the town hall said about one item. Its error says that the item has to be sent again.
func (c *Client) result(ctx context.Context, item wire.Item, r wire.Result, epoch string) error {
	switch {
	case r.Status.Settled():
		receipt, err := c.receipt(ctx, item, r.Receipt, epoch)
		if err != nil {
			return errors.Join(err, c.store.Postpone(ctx, item.ID, "receipt is not valid"))
		}
		return c.store.Delivered(ctx, receipt, r.Receipt)
	case r.Status.Hopeless():
		c.o.Log.Error("sync: put into quarantine", "envelope", item.ID, "status", r.Status, "reason", r.Reason)
		return c.store.Quarantine(ctx, item.ID, string(r.Status)+": "+r.Reason)
	case r.Status == wire.NeedBlobs: // see bring
		return nil
	default: // Retry, and what a newer town hall may say
		return errors.Join(fmt.Errorf("device: push: envelope %s: %s: %s", item.ID, r.Status, r.Reason),
			c.store.Postpone(ctx, item.ID, string(r.Status)+": "+r.Reason))
	}
}

func (c *Client) pull(ctx context.Context) error {
	anew := false
	for {
		cursor, err := c.store.Cursor(ctx)
		if err != nil {
			return err
		}
		query := url.Values{}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var got wire.Pulled
		if err := c.web.get(ctx, wire.PathPull, query, wire.MaxPulled+1<<20, &got); err != nil {
			return offline("pull", err)
		}
		if err := got.Check(); err != nil {
			return fmt.Errorf("device: pull: %w", err)
		}
		if err := c.store.Apply(ctx, got); err != nil {
			return err
		}
		anew = anew || got.Reset && cursor != ""
		if len(got.Records) > 0 || anew && !got.More { // beginning anew ends with forgetting what is gone
			changed := map[string]bool{}
			for _, r := range got.Records {
				changed[r.Collection] = true
			}
			c.o.Changed(changed)
		}
		if !got.More {
			return nil
		}
	}
}

// Answers fetches what the town hall sealed for an address (seal.Address), newest last. It is stored nowhere. ErrOffline when there is no
// line.
func (c *Client) Answers(ctx context.Context, address string) ([][]byte, error) {
	if err := wire.CheckAddress(address); err != nil {
		return nil, fmt.Errorf("device: answers: %w", err)
	}
	var got wire.Answers
	if err := c.web.get(ctx, wire.PathAnswers+address, nil, wire.MaxAnswers, &got); err != nil {
		return nil, c.note(offline("answers", err))
	}
	if err := got.Check(); err != nil {
		return nil, fmt.Errorf("device: answers: %w", err)
	}
	return got.Answers, c.note(nil)
}

// offline wraps what kept an exchange from happening.
func offline(verb string, err error) error {
	return fmt.Errorf("device: %s: %w: %w", verb, ErrOffline, err)
}

// note remembers how the last exchange went, and returns err.
func (c *Client) note(err error) error {
	if errors.Is(err, context.Canceled) {
		return err // says nothing about the line
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last.online = !errors.Is(err, ErrOffline)
	c.last.problem = ""
	switch {
	case unwelcome(err):
		c.last.problem = "this device is not welcome at the town hall: enrol it again"
	case err != nil:
		c.last.problem = err.Error()
	}
	if c.last.online {
		c.last.contact = c.o.Now()
	}
	return err
}

// Online tells whether the last exchange went well.
func (c *Client) Online() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last.online
}

// Status is what a screen for technicians shows.
type Status struct {
	Online      bool
	Contact     time.Time // last exchange that went well; zero if there was none since the start
	Problem     string    // of the last exchange, in English
	Queued      int       // envelopes that wait for the line
	Oldest      time.Time // the oldest of them
	Quarantined int       // envelopes that somebody has to look at
	// Ahead is how far the device's clock was ahead of the town hall's at the last contact; negative: behind. Nothing is decided by it.
	Ahead time.Duration
}

// ClockOff tells whether the device's clock is so wrong that its times mislead people.
func (s Status) ClockOff() bool { return s.Ahead.Abs() >= clockOff }

// Status gives how things stand.
func (c *Client) Status(ctx context.Context) (Status, error) {
	ready, aside, oldest, err := c.store.Waiting(ctx)
	if err != nil {
		return Status{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return Status{Online: c.last.online, Contact: c.last.contact, Problem: c.last.problem, Queued: ready, Oldest: oldest, Quarantined: aside,
		Ahead: c.last.ahead}, nil
}
