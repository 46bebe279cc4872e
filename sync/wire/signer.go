package wire

import (
	"encoding/json"
	"time"
)

// CollectionSigners holds the town hall's later keys: each record's data is a JSON string, a JWS of kind "signer" over a Signer, by the key that
// the town hall had before. A device trusts the keys that it was given at enrolment, and every key that one it trusts vouches for.
//
// History: joined 1. A device that does not know it skips it, and has to enrol again after the key changed.
const CollectionSigners = "signers"

// Signer is what the town hall signs with its former key to say which one follows it. The key signs receipts and what the town hall says about
// the keys to seal to.
type Signer struct {
	Issued time.Time       `json:"issued"` // by the town hall's clock, for people
	Key    json.RawMessage `json:"key"`    // proof.PublicKey as JWK
}
