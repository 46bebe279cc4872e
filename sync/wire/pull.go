package wire

import (
	"encoding/json"
	"fmt"
	"time"
)

// Limits of one pull.
const (
	MaxRecords = 500
	MaxRecord  = 1 << 20 // bytes of one record's data
	MaxPulled  = 4 << 20 // bytes of the whole answer
	MaxCursor  = 1 << 10
)

// Pulled is the town hall's answer to GET PathPull?cursor=...: the records that follow the cursor. A device stores rows and cursor in one
// transaction.
//
// The cursor is opaque to devices and authenticated by the town hall; it names epoch, scope and sequence number. A cursor of another epoch
// or scope, or none, begins anew: Reset is true on that page, and what was mirrored before and is not named again from there until More is
// false, is gone.
//
// History: 1 first.
type Pulled struct {
	V         int       `json:"v"`
	Epoch     string    `json:"epoch"`
	Watermark time.Time `json:"watermark"` // as in Pushed
	Reset     bool      `json:"reset"`     // this page is the first of all that there is
	Records   []Record  `json:"records"`
	Cursor    string    `json:"cursor"`
	More      bool      `json:"more"` // pull again at once
}

// Record is one published fact in a collection. The town hall writes it, devices read it. A newer one replaces an older one of the same
// collection and id.
type Record struct {
	Collection string          `json:"collection"` // "keys", "services", "slots" ...
	ID         string          `json:"id"`
	Seq        int64           `json:"seq"`               // grows in the order of commits at the town hall
	Deleted    bool            `json:"deleted,omitempty"` // the fact is gone
	Data       json.RawMessage `json:"data,omitempty"`
}

// CollectionKeys holds the authority's keys: each record's data is a JSON string, a JWS of kind "keys" by the town hall's key over a Key.
const CollectionKeys = "keys"

// Key is what the town hall signs to say that a key is the authority's to seal to.
type Key struct {
	Tenant string          `json:"tenant"`
	Issued time.Time       `json:"issued"` // the newest one is sealed to; by the town hall's clock
	Key    json.RawMessage `json:"key"`    // seal.Public as JWK
}

// Check checks one record.
func (r Record) Check() error {
	switch {
	case !nameForm.MatchString(r.Collection), r.ID == "" || len(r.ID) > 256, r.Seq < 1:
		return fmt.Errorf("wire: record: %w", ErrMessage)
	case len(r.Data) > MaxRecord || r.Deleted != (len(r.Data) == 0):
		return fmt.Errorf("wire: record: data: %w", ErrMessage)
	}
	return nil
}

// Check checks the answer.
func (p Pulled) Check() error {
	if err := version(p.V); err != nil {
		return err
	}
	if p.Epoch == "" || len(p.Epoch) > 64 || len(p.Records) > MaxRecords || p.Cursor == "" || len(p.Cursor) > MaxCursor {
		return fmt.Errorf("wire: pulled: %w", ErrMessage)
	}
	if p.More && len(p.Records) == 0 {
		return fmt.Errorf("wire: pulled: more of nothing: %w", ErrMessage)
	}
	last := int64(0)
	for _, r := range p.Records {
		if err := r.Check(); err != nil {
			return err
		}
		if r.Seq <= last {
			return fmt.Errorf("wire: pulled: out of sequence: %w", ErrMessage)
		}
		last = r.Seq
	}
	return nil
}

// Place is what a cursor says to the town hall that made it.
type Place struct {
	Epoch string `json:"epoch"`
	Scope string `json:"scope"`
	Seq   int64  `json:"seq"`
}
