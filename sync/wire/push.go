package wire

import (
	"fmt"
	"strings"
	"time"
)

// Limits of one push: whichever is reached first.
const (
	MaxItems   = 100
	MaxPush    = 1 << 20          // bytes of the whole message
	MaxBody    = MaxPush - 64<<10 // bytes of one sealed body; a device refuses larger ones before anybody pays
	MaxOutcome = 32 << 10
)

// Push carries sealed applications from a device to the town hall. It may be repeated as often as needed: the town hall stores one per id.
//
// History: 1 first.
type Push struct {
	V     int    `json:"v"`
	Items []Item `json:"items"`
}

// Item is one sealed application with the device's word about its payment.
//
// History: 1 first. Still 1: blobs joined; an item without them has no files.
type Item struct {
	ID      string `json:"id"`      // UUIDv7 chosen by the device
	Kind    string `json:"kind"`    // KindEnvelope; unknown kinds get Rejected
	Key     string `json:"key"`     // id of the authority's key it is sealed to
	Body    string `json:"body"`    // JWE in compact serialization
	Outcome string `json:"outcome"` // JWS of kind "outcome" by the device's key, over a pay.Outcome that names the digest of Body
	// Blobs are the sealed files that belong to it. The town hall stores the item when it has them all.
	Blobs []BlobRef `json:"blobs,omitempty"`
}

// KindEnvelope is the only kind of item so far.
const KindEnvelope = "envelope"

// Status is what became of an item.
type Status string

const (
	Stored    Status = "stored"     // durable at the town hall, with receipt
	Dup       Status = "dup"        // was durable already, with receipt
	Conflict  Status = "conflict"   // another body is stored under this id: to quarantine
	NeedBlobs Status = "need_blobs" // parts named in Need are missing; send them, then push again
	Rejected  Status = "rejected"   // can never be taken: to quarantine
	Retry     Status = "retry"      // not now; push again later
)

// Pushed is the town hall's answer to a Push: one result per item, in the same order.
type Pushed struct {
	V         int       `json:"v"`
	Epoch     string    `json:"epoch"`     // changes with every restore from a backup
	Watermark time.Time `json:"watermark"` // receipts of this epoch before it are in a backup; zero: nothing is
	Results   []Result  `json:"results"`
}

// Result is what became of one item.
type Result struct {
	ID      string   `json:"id"`
	Status  Status   `json:"status"`
	Receipt string   `json:"receipt,omitempty"` // JWS of kind "receipt" by the town hall's key over a Receipt; for Stored and Dup
	Reason  string   `json:"reason,omitempty"`  // for technicians, in English
	Need    []string `json:"need,omitempty"`    // for NeedBlobs: SHA-256 of those that are not there yet
}

// Receipt is what the town hall signs for an item that is durable there.
type Receipt struct {
	ID     string    `json:"id"`
	SHA256 string    `json:"sha256"` // of the body
	Epoch  string    `json:"epoch"`
	At     time.Time `json:"at"` // by the town hall's clock, after the item was durable
}

// Check checks the message as a whole. Its items are checked one by one: one broken item does not reject the others.
func (p Push) Check() error {
	if err := version(p.V); err != nil {
		return err
	}
	if len(p.Items) == 0 || len(p.Items) > MaxItems {
		return fmt.Errorf("wire: push: %d items: %w", len(p.Items), ErrMessage)
	}
	seen := map[string]bool{}
	for _, i := range p.Items {
		if seen[i.ID] {
			return fmt.Errorf("wire: push: an id twice: %w", ErrMessage)
		}
		seen[i.ID] = true
	}
	return nil
}

// Check checks one item's form. Whether the outcome's signature holds is the town hall's business.
func (i Item) Check() error {
	if err := CheckEnvelope(i.ID, i.Key, i.Body); err != nil {
		return err
	}
	switch {
	case i.Kind != KindEnvelope:
		return fmt.Errorf("wire: item: unknown kind: %w", ErrMessage)
	case len(i.Outcome) > MaxOutcome || strings.Count(i.Outcome, ".") != 2 || !compactForm.MatchString(i.Outcome):
		return fmt.Errorf("wire: item: outcome: %w", ErrMessage)
	}
	return checkBlobs(i.Blobs)
}

func checkBlobs(list []BlobRef) error {
	if len(list) > MaxBlobs {
		return fmt.Errorf("wire: item: %d blobs: %w", len(list), ErrMessage)
	}
	seen := map[string]bool{}
	for _, b := range list {
		if err := b.Check(); err != nil {
			return err
		}
		if seen[b.SHA256] {
			return fmt.Errorf("wire: item: a blob twice: %w", ErrMessage)
		}
		seen[b.SHA256] = true
	}
	return nil
}

// CheckEnvelope checks the form of a sealed application. A device asks before it takes one, so that nobody pays for what cannot travel.
func CheckEnvelope(id, key, body string) error {
	switch {
	case !uuidForm.MatchString(id):
		return fmt.Errorf("wire: envelope: id: %w", ErrMessage)
	case !keyForm.MatchString(key):
		return fmt.Errorf("wire: envelope: key: %w", ErrMessage)
	case len(body) > MaxBody:
		return fmt.Errorf("wire: envelope: longer than %d bytes: %w", MaxBody, ErrMessage)
	case strings.Count(body, ".") != 4 || !compactForm.MatchString(body):
		return fmt.Errorf("wire: envelope: body: %w", ErrMessage)
	}
	return nil
}

// Check checks the answer against the push it answers.
func (p Pushed) Check(to Push) error {
	if err := version(p.V); err != nil {
		return err
	}
	if p.Epoch == "" || len(p.Epoch) > 64 || len(p.Results) != len(to.Items) {
		return fmt.Errorf("wire: pushed: %w", ErrMessage)
	}
	for n, r := range p.Results {
		if r.ID != to.Items[n].ID {
			return fmt.Errorf("wire: pushed: result for another id: %w", ErrMessage)
		}
		switch r.Status {
		case Stored, Dup:
			if r.Receipt == "" || len(r.Receipt) > MaxOutcome {
				return fmt.Errorf("wire: pushed: receipt missing: %w", ErrMessage)
			}
		case NeedBlobs:
			if len(r.Need) == 0 || len(r.Need) > MaxBlobs {
				return fmt.Errorf("wire: pushed: needs %d blobs: %w", len(r.Need), ErrMessage)
			}
		}
	}
	return nil
}

// Settled tells whether the town hall has the item for good.
func (s Status) Settled() bool { return s == Stored || s == Dup }

// Hopeless tells whether the item will never be taken.
func (s Status) Hopeless() bool { return s == Conflict || s == Rejected }
