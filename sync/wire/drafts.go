package wire

import (
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// PathDrafts is where sealed drafts are kept, followed by the address. PUT brings one, GET fetches one, DELETE with HeaderToken throws one away.
// There is no list: who does not know an address finds nothing.
const PathDrafts = "/v1/drafts/"

// HeaderToken proves at a DELETE that somebody holds the draft's key (seal.DraftKey.Token).
const HeaderToken = "Draft-Token"

// DraftTerm is how long a draft can be continued.
const DraftTerm = 30 * 24 * time.Hour

// MaxDraftMessage is how long a Draft can be as a message, in bytes.
const MaxDraftMessage = seal.MaxSealedDraft*4/3 + 4096

// Draft is a sealed draft on its way up or down.
//
// History: 1 first.
type Draft struct {
	V    int    `json:"v"`
	Body []byte `json:"body"` // as seal.DraftKey.Seal makes it: nobody on the way can read it
	// Grip is the hex SHA-256 of the token by which it is thrown away. Only on its way up.
	Grip string `json:"grip,omitempty"`
	// Age is for how many seconds it has waited where it comes from: it ends DraftTerm after it was put away, not after it arrived.
	Age int64 `json:"age,omitempty"`
}

// Check checks a draft that comes down.
func (d Draft) Check() error {
	if err := version(d.V); err != nil {
		return err
	}
	if len(d.Body) == 0 || len(d.Body) > seal.MaxSealedDraft {
		return fmt.Errorf("wire: draft: %d bytes: %w", len(d.Body), ErrMessage)
	}
	return nil
}

// CheckUp checks a draft that comes up.
func (d Draft) CheckUp() error {
	if err := d.Check(); err != nil {
		return err
	}
	if !hashForm.MatchString(d.Grip) {
		return fmt.Errorf("wire: draft: grip: %w", ErrMessage)
	}
	return nil
}

// Left is how long a draft that comes up can still be continued; never more than DraftTerm, whatever the other side's clock says.
func (d Draft) Left() time.Duration {
	if d.Age <= 0 {
		return DraftTerm
	}
	if d.Age >= int64(DraftTerm/time.Second) {
		return 0
	}
	return DraftTerm - time.Duration(d.Age)*time.Second
}

// CheckToken checks the form of a token.
func CheckToken(token string) error {
	if !hashForm.MatchString(token) {
		return fmt.Errorf("wire: draft: token: %w", ErrMessage)
	}
	return nil
}
