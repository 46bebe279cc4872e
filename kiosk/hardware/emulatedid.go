package hardware

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// EmulatedID stands for the reading of an identity card's data, which needs a certificate for reading and a service that holds it: AusweisApp then
// reads the card for a TC token. Until a town has both, this is the counterpart for demos and tests: a card whose data stand in the device address.
type EmulatedID struct {
	person fact.Person
	card   string // "in", "missing", "refused"
	wait   time.Duration
}

// SchemeEmulatedID begins the address of an EmulatedID:
//
//	eid+emulated:?given=Renate&family=Vogt&birth=1980-04-03&street=Herforder%20Straße%2012&postcode=32545&town=Bad%20Oeynhausen&card=in
//
// card is "in" (left out: in), "missing" or "refused".
const SchemeEmulatedID = "eid+emulated"

// NewEmulatedID makes it of a device address. ErrAddress when it has parameters that nobody knows.
func NewEmulatedID(u *url.URL) (*EmulatedID, error) {
	q := params{u.Query(), nil}
	e := &EmulatedID{card: q.text("card"), wait: time.Second}
	street, number := fact.SplitStreet(q.text("street"))
	e.person = fact.Person{Given: q.text("given"), Family: q.text("family"), Birth: q.text("birth"), Birthplace: q.text("birthplace"),
		Street: street, Number: number, Postcode: q.text("postcode"), Town: q.text("town")}
	if !strings.Contains("|in|missing|refused|", "|"+e.card+"|") && e.card != "" {
		return nil, fmt.Errorf("%w: card is in, missing or refused", ErrAddress)
	}
	return e, q.done(false)
}

// Ready implements visit.IDReader.
func (e *EmulatedID) Ready(context.Context) error { return nil }

// Read gives the card's data after a moment, as if somebody had put it in and typed the PIN.
func (e *EmulatedID) Read(ctx context.Context) (fact.Person, error) {
	t := time.NewTimer(e.wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fact.Person{}, ctx.Err()
	case <-t.C:
	}
	switch e.card {
	case "missing":
		return fact.Person{}, fmt.Errorf("hardware: identity card: %w", visit.ErrNoCard)
	case "refused":
		return fact.Person{}, fmt.Errorf("hardware: identity card: %w", visit.ErrRefused)
	}
	return e.person, nil
}
