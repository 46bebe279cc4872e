package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// CollectionServices holds the services that the town hall published: each record's id is a service's, its data a Published. A record that is gone
// says that the town hall offers no version of its own any more: what ships is offered then, if there is something.
//
// History: joined 1. A device that does not know it offers what ships.
const CollectionServices = "services"

// MaxService is how many bytes a packed service has at most, so that it fits into a record.
const MaxService = 512 << 10

// Published is a version of a service with the town hall's word for it.
type Published struct {
	Token  string `json:"token"`  // JWS of kind "offer" by the town hall's key over an Offer
	Packed []byte `json:"packed"` // the folder; Offer.SHA256 is its digest
}

// Offer is what the town hall signs to say that it offers a version of a service.
type Offer struct {
	Tenant  string `json:"tenant"`
	Service string `json:"service"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // Digest of Published.Packed
	// Serial grows with every word that the town hall says about the service, so that an older word is not taken for a newer one. It is a time in
	// milliseconds since 1970, which matters to nobody.
	Serial int64 `json:"serial"`
}

var (
	serviceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	versionForm = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$`)
)

// Check checks the form.
func (o Offer) Check() error {
	if o.Tenant == "" || !serviceForm.MatchString(o.Service) || !versionForm.MatchString(o.Version) || !hashForm.MatchString(o.SHA256) || o.Serial < 1 {
		return fmt.Errorf("wire: offer: %w", ErrMessage)
	}
	return nil
}

// ReadPublished reads a record of CollectionServices. Nothing in it is believed before the signature is checked.
func ReadPublished(r Record) (Published, error) {
	var p Published
	if json.Unmarshal(r.Data, &p) != nil || p.Token == "" || len(p.Token) > MaxOutcome || len(p.Packed) == 0 || len(p.Packed) > MaxService {
		return Published{}, fmt.Errorf("wire: published: %w", ErrMessage)
	}
	return p, nil
}
