package wire

import (
	"encoding/json"
	"fmt"
)

// PathInstall is where anybody learns what a phone has to know of the town hall. A phone is nobody's device: it makes its own key, and that is
// who it is. It may bring applications that cost nothing, and read what everybody may.
const PathInstall = "/v1/install"

// ScopePublic is the scope of records that everybody may read.
const ScopePublic = "public"

// MaxInstall is the longest Installed in bytes.
const MaxInstall = 256 << 10

// Installed is the town hall's answer to GET PathInstall, and the file by which a phone that never had a line can seal. It counts because of the
// way it came: through a line to the town's own authority, or with the program.
//
// History: joined 1.
type Installed struct {
	V       int               `json:"v"`
	Tenant  string            `json:"tenant"`
	Scope   string            `json:"scope"`          // which records a phone pulls: ScopePublic
	Sealing []string          `json:"sealing"`        // JWS of kind "keys" over a Key, as in CollectionKeys
	Keys    []json.RawMessage `json:"keys"`           // proof.PublicKey as JWK: who signs receipts and the authority's keys
	Epoch   string            `json:"epoch"`          // of the town hall's memory, for people
	Demo    bool              `json:"demo,omitempty"` // the town is a demo
}

// Check checks the message.
func (i Installed) Check() error {
	if err := version(i.V); err != nil {
		return err
	}
	if i.Tenant == "" || len(i.Tenant) > 64 || i.Scope == "" || len(i.Sealing) == 0 || len(i.Keys) == 0 || i.Epoch == "" || len(i.Epoch) > 64 {
		return fmt.Errorf("wire: installed: %w", ErrMessage)
	}
	return nil
}
