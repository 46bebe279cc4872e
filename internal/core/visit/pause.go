package visit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Term is how long a visit that was put away can be continued.
const Term = 30 * 24 * time.Hour

// Why a visit cannot be put away, or not be continued.
var (
	ErrNoDrafts = errors.New("visit: nothing can be put away at this device")
	ErrLong     = errors.New("visit: too much was said to be put away")
	ErrGone     = errors.New("visit: the draft was sent, thrown away, or is too old")
	ErrForeign  = errors.New("visit: the draft is of another town hall")
	ErrNewer    = errors.New("visit: the draft was made by a newer program, or is damaged")
)

// Drafts keeps visits that were put away, sealed: neither device nor town hall can read them.
type Drafts interface {
	// Keep stores a draft, and returns when it is on disk; it travels to the town hall by itself. ErrFull.
	Keep(ctx context.Context, d seal.Draft) error
	// Fetch gives the sealed draft of an address, from here or from the town hall. ErrGone when there is none any more, ErrOffline when it is not
	// here and there is no line.
	Fetch(ctx context.Context, address string) ([]byte, error)
	// Drop forgets a draft here and, by itself and as soon as there is a line, at the town hall. It returns when that is sure to happen.
	Drop(ctx context.Context, address, token string) error
}

// Ticket is what somebody takes along to continue a visit. Code and Text hold the draft's key: nothing of it is stored.
type Ticket struct {
	Code  string // for a QR code
	Text  string // the same, to be read and typed
	Title string // of the service
	Until time.Time
	// Away tells that the draft is still at this device only: it can be continued elsewhere when the line is back.
	Away bool
}

// saved is a draft as it is sealed.
type saved struct {
	V      int    `json:"v"`
	Tenant string `json:"tenant"`
	Page   string `json:"page,omitempty"` // where it was left
	Draft
}

const savedVersion = 1

// Pause puts the visit away: what was said is sealed to a key that only the ticket has. It returns when the sealed draft is on disk; the visit
// itself goes on until Wipe, so that nothing is lost when the ticket cannot be printed. page is where it was left. A draft that the visit was
// continued from, or was put away as before, is thrown away: there is one at a time. ErrNoDrafts, ErrLong, ErrFull.
func (v *Visit) Pause(ctx context.Context, page string) (Ticket, error) {
	answers, said := v.said()
	switch {
	case said.wiped:
		return Ticket{}, ErrWiped
	case v.desk.Drafts == nil:
		return Ticket{}, ErrNoDrafts
	}
	key, err := seal.NewDraftKey(v.opts.Random)
	if err != nil {
		return Ticket{}, fmt.Errorf("visit: pause: %w", err)
	}
	plain, err := json.Marshal(saved{V: savedVersion, Tenant: v.opts.Tenant, Page: page,
		Draft: Draft{Service: v.service.ID, Version: v.service.Version, Lang: said.lang, Day: said.day, Answers: answers}})
	if err != nil {
		return Ticket{}, errors.New("visit: pause: marshal") // the cause could quote an answer
	}
	defer clear(plain)
	if len(plain) > seal.MaxDraft {
		return Ticket{}, ErrLong
	}
	sealed, err := key.Draft(plain)
	if err != nil {
		return Ticket{}, fmt.Errorf("visit: pause: %w", err)
	}
	durable := context.WithoutCancel(ctx) // what was begun is written down, whoever goes away
	if err := v.desk.Drafts.Keep(durable, sealed); err != nil {
		return Ticket{}, fmt.Errorf("visit: pause: %w", err)
	}
	former := v.hold(key)
	if former != nil {
		_ = v.desk.Drafts.Drop(durable, former.Address(), former.Token()) // otherwise it ends by itself
	}
	return Ticket{Code: key.Code(), Text: key.Text(), Title: v.service.Title(said.lang), Until: v.opts.Now().Add(Term),
		Away: v.desk.Town == nil || !v.desk.Town.Online()}, nil
}

// hold makes key the one of the visit's draft, and gives the one before.
func (v *Visit) hold(key seal.DraftKey) *seal.DraftKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped {
		return nil
	}
	former := v.draft
	v.draft = &key
	return former
}

// Paused tells whether the visit lies somewhere as a draft: it was put away, or continued from one.
func (v *Visit) Paused() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.draft != nil
}

// Discard throws away the draft that the visit was put away as, or continued from, everywhere. What was said stays until Wipe. With an error the draft
// may still lie there, and Discard can be tried again.
func (v *Visit) Discard(ctx context.Context) error {
	v.mu.Lock()
	key := v.draft
	v.mu.Unlock()
	if key == nil {
		return nil
	}
	if v.desk.Drafts != nil {
		if err := v.desk.Drafts.Drop(context.WithoutCancel(ctx), key.Address(), key.Token()); err != nil {
			return fmt.Errorf("visit: discard: %w", err)
		}
	}
	v.leaveDraft(key)
	return nil
}

// leaveDraft forgets the draft with this key.
func (v *Visit) leaveDraft(key *seal.DraftKey) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.draft == key {
		v.draft = nil
	}
}

// sentDraft throws the draft of what was sent away: it is not continued any more. Where that does not work the draft ends by itself.
func (v *Visit) sentDraft(ctx context.Context) {
	v.mu.Lock()
	key := v.draft
	v.mu.Unlock()
	_ = v.Discard(ctx)
	v.leaveDraft(key)
}

// Saved is a visit that was put away, opened again. It is as secret as the answers in it.
type Saved struct {
	Draft Draft
	Page  string // where it was left
	key   seal.DraftKey
}

// IsDraft tells whether a scanned or typed text is the code of a draft.
func IsDraft(text string) bool {
	_, err := seal.ParseDraft(text)
	return err == nil
}

// Fetch opens the draft whose code was scanned or typed. Errors: seal.ErrKey when the text is no code, ErrGone, ErrOffline, ErrForeign, ErrNewer.
func Fetch(ctx context.Context, d Desk, code string, o Options) (Saved, error) {
	key, err := seal.ParseDraft(code)
	if err != nil {
		return Saved{}, fmt.Errorf("visit: fetch: %w", err)
	}
	if d.Drafts == nil {
		return Saved{}, ErrNoDrafts
	}
	sealed, err := d.Drafts.Fetch(ctx, key.Address())
	if err != nil {
		return Saved{}, fmt.Errorf("visit: fetch: %w", err)
	}
	plain, err := key.Open(sealed)
	if err != nil {
		return Saved{}, ErrNewer
	}
	defer clear(plain)
	var s saved
	if json.Unmarshal(plain, &s) != nil || s.V != savedVersion || s.Service == "" {
		return Saved{}, ErrNewer
	}
	if s.Tenant != o.Tenant {
		return Saved{}, ErrForeign
	}
	return Saved{Draft: s.Draft, Page: s.Page, key: key}, nil
}

// Wipe forgets what was said.
func (s *Saved) Wipe() {
	clear(s.Draft.Answers)
	*s = Saved{}
}

// Continue goes on with a visit that was put away, with the version of the service that it was begun with if find still knows it. If not, changed
// says that it is another one now, in which only what still fits was kept. find gives a version of a service, "" the newest. ErrGone when the
// service is not offered any more. Fee and rules count from today. Answers about photos are left out: the photos did not travel.
func Continue(find func(id, version string) (*service.Service, bool), d Desk, o Options, s Saved) (v *Visit, changed bool, err error) {
	current, ok := find(s.Draft.Service, s.Draft.Version)
	if !ok {
		if current, ok = find(s.Draft.Service, ""); !ok {
			return nil, false, ErrGone
		}
		changed = true
	}
	if !current.Online() {
		return nil, false, ErrGone
	}
	draft := s.Draft
	draft.Answers = fitting(current, draft.Answers, o.Now(), changed)
	v = Resume(current, d, o, draft, nil)
	v.sources(draft.Answers, form.OriginDraft)
	if s.key != (seal.DraftKey{}) {
		v.hold(s.key)
	}
	return v, changed, nil
}

// fitting keeps the answers that the service asks for; of another version than they were given for, only those that it accepts.
func fitting(s *service.Service, all form.Answers, day time.Time, changed bool) form.Answers {
	kept := form.Answers{}
	for _, path := range s.Paths() {
		if value, ok := all.Get(path); ok && value != nil {
			kept = kept.With(path, value)
		}
	}
	if !changed {
		return kept
	}
	for _, p := range s.Check(s.Clean(kept, day), day) {
		if p.Path != "" && p.Rule == "schema" && slices.Contains(s.Paths(), p.Path) {
			kept = kept.With(p.Path, nil)
		}
	}
	return kept
}

// LiesUnder is the code of the draft that the visit was put away as, or continued from; empty when there is none. It is as secret as the answers.
func (v *Visit) LiesUnder() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.draft == nil {
		return ""
	}
	return v.draft.Code()
}

// LieUnder says which draft the visit was continued from; a text that is no code says nothing.
func (v *Visit) LieUnder(code string) {
	if key, err := seal.ParseDraft(code); err == nil {
		v.hold(key)
	}
}

// LiesAt tells whether a scanned or typed code is that of the visit's draft.
func (v *Visit) LiesAt(code string) bool {
	key, err := seal.ParseDraft(code)
	return err == nil && v.LiesUnder() == key.Code()
}
