package mobile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// report is what a phone remembers of something that it sent: a report, or an application.
type report struct {
	reportData
	standing Standing
	asked    int // how often the screen looked since its answer was fetched last
}

// reportData is a report in the memory.
type reportData struct {
	Version   int       `json:"v"`
	Case      string    `json:"case"`
	Envelope  string    `json:"envelope"`
	Secret    string    `json:"secret"` // opens the town hall's answers
	Recipient string    `json:"recipient"`
	Title     string    `json:"title"`             // what it is about: "Schlagloch"
	Service   string    `json:"service,omitempty"` // id of the service that was applied for; "" for a report
	Category  string    `json:"category"`
	What      string    `json:"what"`
	Place     string    `json:"place"`           // where, in words
	Thumb     []byte    `json:"thumb,omitempty"` // a small JPEG
	Support   bool      `json:"support"`         // somebody else had reported it
	At        time.Time `json:"at"`              // when it was sent, by this phone's clock
	Arrived   time.Time `json:"arrived"`         // when the town hall had it, by its clock; zero: not yet

	Answer *service.Answer `json:"answer,omitempty"` // the town hall's last word
	Read   time.Time       `json:"read"`             // the answer that was looked at last

	Begun   map[string]string `json:"begun,omitempty"`   // answers that were begun and not sent, by question
	Replies []replyData       `json:"replies,omitempty"` // what was answered to the town hall's questions, oldest first
}

// keeper remembers a report when it is sent, in the same transaction.
type keeper struct {
	out Outbox

	mu     sync.Mutex
	note   reportData
	remove []Ref
	kept   *reportData
}

// prepare says what is remembered besides what the visit knows, and what goes out of the memory.
func (k *keeper) prepare(note reportData, remove []Ref) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.note, k.remove, k.kept = note, remove, nil
}

// Keep implements visit.Keeper.
func (k *keeper) Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, kept visit.Kept) error {
	k.mu.Lock()
	r, remove := k.note, k.remove
	k.mu.Unlock()
	r.Version, r.Envelope = 1, e.ID
	r.Case, r.Secret, r.Recipient, r.At = kept.Case, kept.Secret, kept.Recipient, kept.At
	text, err := json.Marshal(r)
	if err != nil {
		return errors.New("mobile: keep report: marshal") // the cause could quote an answer
	}
	put := []Entry{{Shelf: shelfReport, ID: e.ID, Data: text, At: kept.At}}
	if kept.Secret == "" { // a survey: that somebody answered it is not remembered
		put = nil
	}
	if err := k.out.Keep(ctx, e, way, amount, put, remove); err != nil {
		return fmt.Errorf("mobile: keep report: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = &r
	return nil
}

// last is what was kept since prepare; nil: nothing.
func (k *keeper) last() *reportData {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept
}

func (a *App) readReports(ctx context.Context) ([]*report, error) {
	all, err := a.o.Memory.List(ctx, shelfReport)
	if err != nil {
		err = fmt.Errorf("mobile: read reports: %w", err) // those that can be read are there all the same
	}
	var reports []*report
	for _, e := range all {
		r := &report{}
		if json.Unmarshal(e.Data, &r.reportData) == nil && r.Version == 1 {
			reports = append(reports, r)
		}
	}
	slices.Reverse(reports)
	return reports, err
}

// store writes a report down as it is now.
func (a *App) store(r *report) {
	text, err := json.Marshal(r.reportData)
	if err != nil {
		return
	}
	e := Entry{Shelf: shelfReport, ID: r.Envelope, Data: text, At: r.At}
	a.shelf.do(func(ctx context.Context) { a.wrote(a.o.Memory.Put(ctx, e)) })
}

// state is how a report stands, as its owner is told.
func (r *report) state() service.State {
	if r.Answer == nil {
		return ""
	}
	return r.Answer.State
}

// open tells whether something can still become of it.
func (r *report) open() bool {
	switch r.state() {
	case service.StateApproved, service.StateRejected, service.StateWithdrawn:
		return false
	}
	return r.standing != Refused
}

// unread tells whether the town hall said something that nobody looked at.
func (r *report) unread() bool {
	return r.Answer != nil && r.Answer.At.After(r.Read) && r.state() != service.StateReceived // that it has arrived, the list says
}

func (a *App) unread() int {
	n := 0
	for _, r := range a.reports {
		if r.unread() {
			n++
		}
	}
	return n
}

// answersEvery is how many times the shell looks at the memory before it asks the town hall for answers again.
const answersEvery = 3

// look finds out how the reports stand: from the memory, and when there is a line, from the town hall.
func (a *App) look() {
	online := a.o.Desk.Town != nil && a.o.Desk.Town.Online()
	if online != a.online {
		a.online = online
		a.show()
	}
	for _, r := range a.reports {
		if !r.open() {
			continue
		}
		a.standingOf(r)
		a.repliesOf(r)
		if r.asked++; online && !r.Arrived.IsZero() && r.asked%answersEvery == 1 {
			a.fetch(r, nil)
		}
	}
	a.beside(func(ctx context.Context) func() {
		near := a.readNear(ctx)
		return func() { a.near = near }
	})
}

func (a *App) standingOf(r *report) {
	if r.standing == Arrived {
		return
	}
	envelope, was := r.Envelope, r.standing
	a.beside(func(ctx context.Context) func() {
		s, at, err := a.o.Outbox.Standing(ctx, envelope)
		if err != nil || s == was {
			return nil
		}
		return func() {
			r.standing = s
			if s == Arrived && r.Arrived.IsZero() {
				r.Arrived = at
				a.o.Event("arrived")
				a.store(r)
			}
			a.show()
		}
	})
}

// fetch asks the town hall for its answer; done may be nil.
func (a *App) fetch(r *report, done func(err error)) {
	opts := a.options()
	a.beside(func(ctx context.Context) func() {
		ctx, stop := context.WithTimeout(ctx, 20*time.Second)
		defer stop()
		c, err := visit.Follow(ctx, a.o.Desk, r.Secret, opts)
		return func() {
			if err == nil {
				answer := c.Answer() // not wiped: the report has its pictures from now on
				if r.Answer == nil || answer.At.After(r.Answer.At) {
					r.Answer = &answer
					a.o.Event("answer", "state", string(answer.State))
					a.store(r)
				}
			}
			if done != nil {
				done(err)
			}
			a.show()
		}
	})
}
