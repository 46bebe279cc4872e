// Package intake opens what devices bring and makes cases of it; answers to surveys it lets be counted.
//
// It works in two steps. Take stores envelopes durably, so that the device gets its receipt; nothing is opened at the door. Work then opens
// them one by one. What cannot be opened or believed stays in a visible quarantine: it blocks nothing, it is never deleted, and it is tried
// again when keys come.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// State is where an envelope stands at the town hall.
type State string

const (
	Fresh      State = "new"        // stored, not opened yet
	Done       State = "done"       // it is a case, had its effect on one, or was counted
	Quarantine State = "quarantine" // somebody has to look
)

// Why an envelope is in quarantine. It is for technicians; nothing that a citizen typed is in it.
const (
	ReasonKey      = "key"      // no key here opens it yet
	ReasonSealed   = "sealed"   // the key is here, but the bytes were changed or are no envelope
	ReasonContent  = "content"  // opened, but not what this version can read
	ReasonIdentity = "identity" // the id inside is another one: the envelope was taken from elsewhere
	ReasonProof    = "proof"    // a reply that does not prove that it comes from the slip's holder
	ReasonUnsigned = "unsigned" // a report of money that its terminal did not sign
	ReasonReport   = "report"   // it supports a report that was never published here
	ReasonVersion  = "version"  // it answers a version of a survey that is not known here yet
	ReasonRefused  = "refused"  // it waited long enough for its case: the answer is no, and it is not tried again by itself
	ReasonFault    = "fault"    // the program failed on it
)

// patience is how long a reply waits for its case, by the town hall's clock. Whoever replies has read an answer, so that the case was here: it is
// missing only after a backup was restored, until its device has brought it again.
const patience = 14 * 24 * time.Hour

// Envelope is an item as it came, with who brought it.
type Envelope struct {
	Seq       int64 // number in the order of arrival
	Item      wire.Item
	Device    string          // name of the device
	DeviceKey proof.PublicKey // checks the outcome
	State     State
	Reason    string
	At        time.Time // arrival
}

// Store keeps envelopes. Every method returns only when it is on disk.
type Store interface {
	// Keep stores the items that are not stored yet, as Fresh, in one transaction, and tells of each whether it was stored now, is a
	// duplicate, or conflicts with another body under its id.
	Keep(ctx context.Context, device string, key proof.PublicKey, items []wire.Item, at time.Time) ([]wire.Status, error)
	// In lists envelopes in a state with numbers above after, in their order, at most limit.
	In(ctx context.Context, s State, after int64, limit int) ([]Envelope, error)
	// Mark moves an envelope to a state. What was counted stays done.
	Mark(ctx context.Context, id string, s State, reason string) error
	// Again moves what is in quarantine for one of the reasons back to Fresh and tells how many.
	Again(ctx context.Context, reasons ...string) (int, error)
	// AgainOne moves one envelope from quarantine back to Fresh. ErrUnknown when it is not there.
	AgainOne(ctx context.Context, id string) error
}

// ErrUnknown says that no such envelope is in quarantine.
var ErrUnknown = errors.New("intake: no such envelope in quarantine")

// Book makes cases; *cases.Book is one.
type Book interface {
	Receive(ctx context.Context, a cases.Arrival) (cases.Case, error)
	Reply(ctx context.Context, envelope string, app service.Application) error
	Stray(ctx context.Context, a cases.Arrival) (cases.Case, error)
	Support(ctx context.Context, envelope string, app service.Application) error
}

// Counter counts answers to surveys; *surveys.Office is one.
type Counter interface {
	// Receive counts an application once for each envelope, and notes in the same moment that the envelope is done. surveys.ErrNone when it is no
	// answer to a survey, surveys.ErrVersion when it cannot be counted yet, surveys.ErrCounted when it was counted before.
	Receive(ctx context.Context, envelope string, app service.Application, arrived time.Time) error
}

// Options is what an Intake works with.
type Options struct {
	Store   Store
	Book    Book
	Surveys Counter
	Parts   Parts            // nil: files are not taken
	Ring    func() seal.Ring // the authority's keys as they are now
	Now     func() time.Time
	Log     *slog.Logger // nil: nothing is logged
}

// Intake is the town hall's door for sealed applications; it implements hall.Intake.
type Intake struct {
	o    Options
	wake chan struct{}
	from int64 // where Work goes on that gave up
}

// New makes an Intake.
func New(o Options) *Intake {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Intake{o: o, wake: make(chan struct{}, 1)}
}

// Take stores items durably; see hall.Intake.
func (in *Intake) Take(ctx context.Context, d hall.Device, items []wire.Item) ([]hall.Taken, error) {
	kept, err := in.o.Store.Keep(ctx, d.Name, d.Key, items, in.o.Now())
	if err != nil {
		return nil, fmt.Errorf("intake: take: %w", err)
	}
	taken := make([]hall.Taken, len(kept))
	for i, s := range kept {
		taken[i].Status = s
		if s == wire.Conflict {
			taken[i].Reason = "another envelope is stored under this id"
		}
	}
	in.Wake()
	return taken, nil
}

// Wake makes Run look for new envelopes.
func (in *Intake) Wake() {
	select {
	case in.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run works until ctx ends. Only one Run or Work may be at it at a time.
func (in *Intake) Run(ctx context.Context) {
	tick := time.NewTicker(time.Minute) // after a fault of the store
	defer tick.Stop()
	again := time.NewTicker(time.Hour) // a reply may have come before its case
	defer again.Stop()
	for {
		if _, err := in.Work(ctx); err != nil && ctx.Err() == nil {
			in.o.Log.Error("intake stopped for a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-in.wake:
		case <-tick.C:
		case <-again.C:
			if err := in.Retry(ctx); err != nil && ctx.Err() == nil {
				in.o.Log.Error("quarantine not tried again", "error", err)
			}
		}
	}
}

// Retry tries again what waits in quarantine for a key, a case or a survey: after a key came, and after a start.
func (in *Intake) Retry(ctx context.Context) error {
	if _, err := in.o.Store.Again(ctx, ReasonKey, ReasonProof, ReasonReport, ReasonVersion); err != nil {
		return fmt.Errorf("intake: retry: %w", err)
	}
	in.Wake()
	return nil
}

// Quarantined lists what somebody has to look at, oldest first.
func (in *Intake) Quarantined(ctx context.Context) ([]Envelope, error) {
	return in.o.Store.In(ctx, Quarantine, 0, 500)
}

// Work opens everything that is new and tells how many envelopes it was. What fails stays new and does not stop the others; the error says
// how it failed. After a row of failures it gives up, and goes on behind them the next time: what can never be finished stops nothing either.
func (in *Intake) Work(ctx context.Context) (int, error) {
	const enough = 5 // failures in a row: then it is the store, not the envelope
	n, row, after := 0, 0, in.from
	in.from = 0
	var failed error
	for row < enough {
		batch, err := in.o.Store.In(ctx, Fresh, after, 50)
		if err != nil {
			return n, fmt.Errorf("intake: work: %w", err)
		}
		if len(batch) == 0 {
			break
		}
		for _, e := range batch {
			after = e.Seq
			if err := in.finish(ctx, e); err != nil {
				failed = fmt.Errorf("intake: work: %w", err)
				if row++; row == enough || ctx.Err() != nil {
					in.from = after
					return n, failed
				}
				continue
			}
			n, row = n+1, 0
		}
	}
	return n, failed
}

// finish opens an envelope and notes what became of it.
func (in *Intake) finish(ctx context.Context, e Envelope) error {
	reason, err := in.one(ctx, e)
	if err != nil {
		return err
	}
	state := Done
	if reason != "" {
		state = Quarantine
		in.o.Log.Warn("envelope in quarantine", "id", e.Item.ID, "device", e.Device, "reason", reason)
	}
	return in.o.Store.Mark(ctx, e.Item.ID, state, reason)
}

// one opens an envelope and does what it says. A reason sends it to quarantine; an error means that it has to be tried again.
func (in *Intake) one(ctx context.Context, e Envelope) (reason string, err error) {
	defer func() {
		if p := recover(); p != nil { // one poisoned envelope must not stop the others; the value could repeat content
			reason, err = ReasonFault, nil
		}
	}()
	plain, err := in.o.Ring().Open(seal.Envelope{ID: e.Item.ID, Key: e.Item.Key, Data: []byte(e.Item.Body)})
	switch {
	case errors.Is(err, seal.ErrKey):
		return ReasonKey, nil
	case err != nil:
		return ReasonSealed, nil
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		return ReasonContent, nil
	}
	if app.ID != e.Item.ID {
		return ReasonIdentity, nil
	}
	switch app.Kind {
	case service.KindApplication:
		payment, warnings := in.payment(e, app)
		if payment == nil { // money has to be given back, and only a case can do that
			if err := in.o.Surveys.Receive(ctx, e.Item.ID, app, e.At); !errors.Is(err, surveys.ErrNone) {
				return counted(err)
			}
		}
		photos, notes, fault := in.photos(ctx, e, app)
		if fault != nil {
			return "", fault
		}
		device := e.Device
		if device == hall.NamePhone { // the channel says it, and nobody knows whose
			device = ""
		}
		_, err = in.o.Book.Receive(ctx, cases.Arrival{
			Envelope: e.Item.ID, Device: device, Application: app, Payment: payment, Photos: photos, Warnings: append(warnings, notes...),
		})
	case service.KindSupport:
		err = in.o.Book.Support(ctx, e.Item.ID, app)
	case service.KindReply:
		err = in.o.Book.Reply(ctx, e.Item.ID, app)
	case service.KindStray:
		if _, fault := vouched(e); fault != "" || app.Stray == nil {
			return ReasonUnsigned, nil
		}
		_, err = in.o.Book.Stray(ctx, cases.Arrival{Envelope: e.Item.ID, Device: e.Device, Application: app, Payment: app.Stray})
	default:
		return ReasonContent, nil
	}
	switch {
	case errors.Is(err, cases.ErrExists): // the effect was there, only the mark was not
		return "", nil
	case (errors.Is(err, cases.ErrProof) || errors.Is(err, cases.ErrNoReport)) && in.o.Now().Sub(e.At) > patience:
		return ReasonRefused, nil
	case errors.Is(err, cases.ErrProof):
		return ReasonProof, nil
	case errors.Is(err, cases.ErrNoReport):
		return ReasonReport, nil
	case errors.Is(err, cases.ErrRecipient):
		return ReasonContent, nil
	}
	return "", err
}

// counted says what becomes of an envelope that is an answer to a survey.
func counted(err error) (reason string, fault error) {
	switch {
	case errors.Is(err, surveys.ErrVersion):
		return ReasonVersion, nil
	case errors.Is(err, surveys.ErrCounted):
		return "", nil
	}
	return "", err
}

// payment gives the card payment that the enrolled terminal vouches for, or nil. "Paid" counts from nowhere else: the signature has to be
// the terminal's, and the outcome has to name this envelope and the digest of its bytes.
func (in *Intake) payment(e Envelope, app service.Application) (*pay.Outcome, []string) {
	if e.Item.Outcome == "" { // a phone brought it; its word that nothing was paid was checked at the door and taken off, because it would name the phone
		if app.Way == pay.Card {
			return nil, []string{"Mit einem Handy kann niemand hier mit Karte zahlen. In diesem Antrag steht es trotzdem; er gilt als unbezahlt."}
		}
		return nil, nil
	}
	o, fault := vouched(e)
	if fault != "" {
		return nil, []string{fault}
	}
	switch {
	case o.Way == pay.Card && o.Amount > 0 && o.Payment != "":
		if app.Way != pay.Card {
			return &o, []string{"Bezahlt wurde mit Karte. Im Antrag steht eine andere Zahlungsart."}
		}
		return &o, nil
	case app.Way == pay.Card && app.Fee > 0:
		return nil, []string{"Im Antrag steht Kartenzahlung, das Gerät bestätigt aber keine."}
	}
	return nil, nil
}

// vouched gives the outcome that the terminal signed for exactly this envelope, or a sentence for clerks that says why there is none.
func vouched(e Envelope) (o pay.Outcome, fault string) {
	if _, err := proof.Verify([]proof.PublicKey{e.DeviceKey}, proof.Outcome, e.Item.Outcome, &o); err != nil {
		return o, "Die Unterschrift des Geräts unter der Zahlungsangabe stimmt nicht. Der Antrag gilt als unbezahlt."
	}
	if sum := sha256.Sum256([]byte(e.Item.Body)); o.Envelope != e.Item.ID || o.Digest != hex.EncodeToString(sum[:]) {
		return o, "Die Zahlungsangabe gehört zu einem anderen Antrag. Dieser gilt als unbezahlt."
	}
	return o, ""
}
