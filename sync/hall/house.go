// Package hall is the town hall's half of the sync: an http.Handler for enrolled devices and people's phones. What it needs of the town hall it declares here.
package hall

import (
	"context"
	"errors"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// House is what the handler needs of the town hall.
type House struct {
	Intake  Intake
	Records Records
	Answers Answers
	Devices Devices
	State   State
	Blobs   Blobs  // nil: items come without files
	Faults  Faults // nil: nobody wants to know what is wrong with services
}

// Device is an enrolled device, or a phone: of that, what it brings reaches Intake with name, tenant and scope only, and without outcomes.
type Device struct {
	ID          string          // chosen at enrolment
	Name        string          // as the staff call it
	Tenant      string          // whose it is
	Scope       string          // which records it may pull; never empty
	Fingerprint string          // hex SHA-256 of its certificate in DER
	Key         proof.PublicKey // checks its outcomes: proof.Verify([]proof.PublicKey{d.Key}, proof.Outcome, item.Outcome, &outcome)
	Phone       bool            // nobody enrolled it
}

// Taken is what became of one item. The handler makes the receipt.
type Taken struct {
	Status wire.Status
	Reason string   // for technicians; nothing that a citizen typed
	Need   []string // for wire.NeedBlobs; empty: the handler asks Blobs what is missing
}

var (
	// ErrDevice says that a device is not known, or was revoked.
	ErrDevice = errors.New("hall: unknown device")
	// ErrCode says that an enrolment code does not exist, was used, or is too old.
	ErrCode = errors.New("hall: enrolment code not valid")
	// ErrOffset says that a piece does not begin where the blob ends.
	ErrOffset = errors.New("hall: the blob ends elsewhere")
	// ErrBlob says that a blob that was whole was not what its name says. It is gone.
	ErrBlob = errors.New("hall: the blob is not what its name says")
	// ErrQuota says that there is no room for more blobs, of this device or at all.
	ErrQuota = errors.New("hall: too much waits for its item")
)

// Intake takes sealed applications.
type Intake interface {
	// Take stores the items, one per id, and returns one Taken per item in the same order, only after everything that it calls Stored or
	// Dup is durable. Items were checked with wire.Item.Check, and sealed to the key they name. An item that was stored under the
	// same id with the same body is a Dup, with another body a Conflict. One that is not stored and whose blobs are not all there is
	// NeedBlobs. Items of a phone have no outcome: the handler has checked that they cost nothing. An error means that nothing can be said about any of
	// them: the device will push again.
	Take(ctx context.Context, d Device, items []wire.Item) ([]Taken, error)
}

// Blobs keeps sealed files until an item that names them is stored; *Dock is one.
type Blobs interface {
	// Offset tells how many bytes of a blob are here. When it is all of them, it is verified and on disk.
	Offset(ctx context.Context, ref wire.BlobRef) (int64, error)
	// Append adds data to a blob and tells how much of it is here then; what makes it whole is verified and on disk first. who counts for the
	// quota only. ErrOffset with how much there is, ErrBlob, ErrQuota.
	Append(ctx context.Context, who string, p wire.Piece, data []byte) (int64, error)
}

// Records gives what devices may know.
type Records interface {
	// After returns the records of the scope with sequence numbers above seq, in their order, at most limit. The newest of a
	// collection and id is enough. No record may appear later with a number below one that was returned.
	After(ctx context.Context, scope string, seq int64, limit int) ([]wire.Record, error)
}

// Answers gives what was sealed for the holder of a slip.
type Answers interface {
	// For returns the sealed answers for an address, newest last; none is no error.
	For(ctx context.Context, address string) ([][]byte, error)
}

// Devices knows who is enrolled.
type Devices interface {
	// ByFingerprint finds the device with this certificate (hex SHA-256 of its DER). ErrDevice if there is none or it was revoked.
	ByFingerprint(ctx context.Context, fingerprint string) (Device, error)
	// Enroll uses the code up and stores the device in one transaction: ID, Fingerprint and Key are given, the rest comes from what the
	// staff wrote down when they made the code. It returns the whole device. ErrCode if the code does not count.
	Enroll(ctx context.Context, code string, d Device) (Device, error)
}

// State is what the town hall knows about its own memory.
type State interface {
	// Epoch changes with every restore from a backup. At most 64 characters, never empty.
	Epoch(ctx context.Context) (string, error)
	// Watermark is when the newest good backup of this epoch began, by the town hall's clock: what was durable before is in it. Zero if
	// there is none.
	Watermark(ctx context.Context) (time.Time, error)
}
