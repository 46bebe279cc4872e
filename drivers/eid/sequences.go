package eid

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// What can go wrong. No error repeats what a citizen typed, nor what AusweisApp said.
var (
	ErrLine    = errors.New("eid: no line to AusweisApp")                   // not running, hung up, silent
	ErrPeer    = errors.New("eid: this does not speak AusweisApp's SDK")    // with the place
	ErrBusy    = errors.New("eid: AusweisApp is busy")                      // with somebody else, or with an earlier session of this Dev
	ErrNotNow  = errors.New("eid: nobody asked for that")                   // an answer that the screen has no question for
	ErrDigits  = errors.New("eid: too few digits, too many, or no digits")  // nothing was sent
	ErrAddress = errors.New("eid: not the address of an AusweisApp in use") // in the configuration
)

// Opts says how AusweisApp is used. The zero value is good for a terminal.
type Opts struct {
	UserAgent string        // who we are; AusweisApp may show it. "Rathausnah" if empty
	Developer bool          // test cards: AusweisApp skips some checks and refuses genuine cards
	Reply     time.Duration // how long AusweisApp may take for what needs no citizen, such as connecting or beginning; 10 s if 0
	Farewell  time.Duration // how long it may take to end after Cancel or Close; 5 s if 0
	Settle    time.Duration // how long Info waits for readers that report late; 1 s if 0
	Ping      time.Duration // how often a session asks whether AusweisApp is there; 15 s if 0
	Limit     int64         // longest message in bytes; 1 MiB if 0
	Most      int           // messages in a session; 20,000 if 0
}

// Dev is an AusweisApp. It is connected only while it is used: AusweisApp serves one program at a time.
type Dev struct {
	dialer  websocket.Dialer
	address string
	o       Opts
	mu      sync.Mutex
	busy    bool
	freed   time.Time // when it was used last
}

// New makes a Dev of a websocket dialer and a device address (eid+ws://127.0.0.1:24727/eID-Kernel, see ParseAddress). Nothing is dialled
// yet.
func New(d *websocket.Dialer, address string, o Opts) *Dev {
	def := func(t *time.Duration, v time.Duration) {
		if *t <= 0 {
			*t = v
		}
	}
	if o.UserAgent == "" {
		o.UserAgent = "Rathausnah"
	}
	def(&o.Reply, 10*time.Second)
	def(&o.Farewell, 5*time.Second)
	def(&o.Settle, time.Second)
	def(&o.Ping, 15*time.Second)
	if o.Limit <= 0 {
		o.Limit = 1 << 20
	}
	if o.Most <= 0 {
		o.Most = 20000
	}
	dev := &Dev{address: address, o: o}
	if d != nil {
		dev.dialer = *d
	}
	return dev
}

func (d *Dev) take() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy {
		return fmt.Errorf("%w: with an earlier session", ErrBusy)
	}
	d.busy = true
	return nil
}

// give is for who took; connected tells whether AusweisApp noticed.
func (d *Dev) give(connected bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = false
	if connected {
		d.freed = time.Now()
	}
}

// again is how often a line is tried that is still taken.
const again = 20 * time.Millisecond

// connect dials. A session that was cut off goes on in AusweisApp for some milliseconds, and for as long it is busy with it.
func (d *Dev) connect(ctx context.Context) (*link, error) {
	d.mu.Lock()
	freed := d.freed
	d.mu.Unlock()
	wait := time.NewTicker(again)
	defer wait.Stop()
	for {
		l, err := dial(ctx, d.dialer, d.address, d.o)
		if !errors.Is(err, errTaken) || time.Since(freed) > d.o.Farewell {
			return l, err
		}
		select {
		case <-wait.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("eid: connect: %w", ctx.Err())
		}
	}
}

// Report is what AusweisApp says about itself.
type Report struct {
	Info    Info
	Level   Level
	Readers []Reader // by name; a reader named "Simulator" is no hardware
	Status  Status   // no workflow unless somebody else's is running
	Others  []Message
}

// Info asks what is installed and which readers there are (GET_INFO, GET_API_LEVEL, GET_READER_LIST, GET_STATUS). It takes Opts.Settle
// longer than AusweisApp needs, because readers report late after a connection.
func (d *Dev) Info(ctx context.Context) (r Report, err error) {
	if err := d.take(); err != nil {
		return Report{}, err
	}
	l, err := d.connect(ctx)
	defer func() { d.give(l != nil) }()
	if err != nil {
		return Report{}, err
	}
	heard, enough := make(chan Message), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(heard)
		defer l.hangUp()
		for range d.o.Most {
			m, err := l.recv()
			if err != nil {
				failed <- err
				return
			}
			select {
			case heard <- m:
			case <-enough:
				return
			}
		}
		failed <- errTalk(d.o.Most)
	}()
	r, err = d.interview(ctx, l, heard)
	close(enough)
	l.goodbye()
	for range heard { // until the goroutine is gone
	}
	select {
	case why := <-failed:
		if err == ErrLine {
			err = why // it knows the place
		}
	default:
	}
	return r, err
}

// interview asks and listens. It says ErrLine and nothing else when the line broke: who reads knows more.
func (d *Dev) interview(ctx context.Context, l *link, heard <-chan Message) (Report, error) {
	for _, q := range []string{"GET_INFO", "GET_API_LEVEL", "GET_READER_LIST", "GET_STATUS"} {
		if err := l.send(plain(q)); err != nil {
			return Report{}, ErrLine
		}
	}
	limit, settle := time.NewTimer(d.o.Reply), time.NewTimer(d.o.Settle)
	defer limit.Stop()
	defer settle.Stop()
	var r Report
	var s State
	missing, settled := 4, false
	for missing > 0 || !settled {
		select {
		case <-ctx.Done():
			return Report{}, fmt.Errorf("eid: info: %w", ctx.Err())
		case <-limit.C:
			if missing > 0 {
				return Report{}, fmt.Errorf("%w: no answer for %v", ErrLine, d.o.Reply)
			}
			settled = true
		case <-settle.C:
			settled = true
		case m, open := <-heard:
			if !open {
				return Report{}, ErrLine
			}
			switch {
			case m.Kind == KindInfo && m.Info != nil:
				r.Info = *m.Info
				missing--
			case m.Kind == KindAPILevel && m.Level != nil:
				r.Level = *m.Level
				missing--
			case m.Kind == KindStatus && m.Status != nil:
				r.Status = *m.Status
				missing--
			case m.Kind == KindUnknownCommand || m.Kind == KindInvalid || m.Kind == KindInternalError: // an old one does not know all
				missing--
			case m.Kind == KindReaderList:
				missing--
			}
			s, _ = s.news(m)
		}
	}
	r.Readers, r.Others = s.readers, s.Others
	return r, nil
}

func errTalk(n int) error { return fmt.Errorf("%w: more than %d messages", ErrPeer, n) }

// Session is one workflow with AusweisApp. Its methods may be called from any goroutine.
type Session struct {
	d       *Dev
	l       *link
	mu      sync.Mutex
	s       State
	err     error
	changed chan struct{} // closed and made anew with every change
	version int
	shown   int
	answer  *time.Timer   // for what AusweisApp owes
	due     time.Time     // when it has to be here
	done    chan struct{} // nothing is left of it
}

// Authenticate begins an authentication at the eID server behind tcToken (https only, AusweisApp sees to that). When ctx ends, the
// session is cancelled in good order. Close the Session in any case; until then the Dev is busy.
func (d *Dev) Authenticate(ctx context.Context, tcToken string) (*Session, error) {
	return d.begin(ctx, Authenticate, Address(tcToken))
}

// ChangePIN begins to set a new PIN. When ctx ends, the session is cancelled in good order. Close the Session in any case.
func (d *Dev) ChangePIN(ctx context.Context) (*Session, error) {
	return d.begin(ctx, ChangePIN, "")
}

func (d *Dev) begin(ctx context.Context, w Workflow, token Address) (*Session, error) {
	if err := d.take(); err != nil {
		return nil, err
	}
	l, err := d.connect(ctx)
	if err != nil {
		d.give(false)
		return nil, err
	}
	state, say := Begin(w, token, d.o.Developer)
	s := &Session{d: d, l: l, s: state, version: 1, changed: make(chan struct{}), done: make(chan struct{})}
	s.mu.Lock()
	s.due = time.Now().Add(d.o.Reply)
	s.answer = time.AfterFunc(d.o.Reply, s.silent)
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = s.Cancel() })
	go func() {
		defer close(s.done)
		defer d.give(true)
		defer l.hangUp()
		defer stop()
		s.listen()
	}()
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = s.send(say, false) // what fails ends the session, which says so
	return s, nil
}

// Format says how things stand, whatever the verb.
func (s *Session) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.State().String()) }

// State is how things stand.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.s
}

// Next waits for a state that differs from the one it gave before, and gives it; the first call gives the first state. After the end it
// gives the last state at once, together with what broke the session, if anything did: an error that wraps ErrLine or ErrPeer. When ctx
// ends it gives that state with ctx's error; the session goes on.
func (s *Session) Next(ctx context.Context) (State, error) {
	for {
		s.mu.Lock()
		if s.version != s.shown || s.s.Over() {
			s.shown = s.version
			defer s.mu.Unlock()
			return s.s, s.err
		}
		state, changed := s.s, s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return state, fmt.Errorf("eid: next: %w", ctx.Err())
		}
	}
}

// Allow is State.Allow.
func (s *Session) Allow(optional ...Right) error {
	return s.say(func(st State) (State, []Command, error) { return st.Allow(optional...) })
}

// Consent is State.Consent.
func (s *Session) Consent() error { return s.say(State.Consent) }

// PIN is State.PIN. The secret is wiped, whatever happens.
func (s *Session) PIN(typed Secret) error { return s.secret(State.PIN, typed) }

// NewPIN is State.NewPIN. The secret is wiped, whatever happens.
func (s *Session) NewPIN(typed Secret) error { return s.secret(State.NewPIN, typed) }

// CAN is State.CAN. The secret is wiped, whatever happens.
func (s *Session) CAN(typed Secret) error { return s.secret(State.CAN, typed) }

// PUK is State.PUK. The secret is wiped, whatever happens.
func (s *Session) PUK(typed Secret) error { return s.secret(State.PUK, typed) }

// TypeAtReader is State.TypeAtReader.
func (s *Session) TypeAtReader() error { return s.say(State.TypeAtReader) }

// Continue is State.Continue.
func (s *Session) Continue() error { return s.say(State.Continue) }

// Simulate is State.Simulate.
func (s *Session) Simulate(card *Simulator) error {
	return s.say(func(st State) (State, []Command, error) { return st.Simulate(card) })
}

// Cancel is State.Cancel. The session ends when AusweisApp says so, or after Opts.Farewell.
func (s *Session) Cancel() error { return s.say(State.Cancel) }

// Close ends the session at once, whatever it is doing, and waits until nothing of it is left. AusweisApp gives up a workflow whose
// program hangs up.
func (s *Session) Close() error {
	s.mu.Lock()
	if !s.s.Over() {
		s.s.cancelled = true
	}
	s.mu.Unlock()
	s.finish(nil)
	<-s.done
	return nil
}

func (s *Session) secret(answer func(State, Secret) (State, []Command, error), typed Secret) error {
	defer typed.Wipe()
	return s.say(func(st State) (State, []Command, error) { return answer(st, typed) })
}

// say gives an answer: the state changes first, so that what AusweisApp says to it finds it changed.
func (s *Session) say(answer func(State) (State, []Command, error)) error {
	s.l.mu.Lock()
	defer s.l.mu.Unlock()
	s.mu.Lock()
	next, say, err := answer(s.s)
	if err == nil {
		s.set(next)
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.send(say, next.Over())
}

// send says what a change of the state brought; s.l.mu is held. When that fails who reads will know why, and may still find an end.
func (s *Session) send(say []Command, over bool) error {
	for _, c := range say {
		if err := s.l.send(c); err != nil {
			s.l.goodbye()
			return err
		}
	}
	if over {
		s.finish(nil)
	}
	return nil
}

// set takes a new state; s.mu is held.
func (s *Session) set(next State) {
	if reflect.DeepEqual(s.s, next) {
		return
	}
	was := s.s
	s.s = next
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
	switch {
	case !next.owes():
		s.answer.Stop() // it waits for people, cards and networks
	case next.stage == leaving && was.stage != leaving:
		s.await(s.d.o.Farewell)
	case next.stage != was.stage || next.changes > was.changes:
		s.await(s.d.o.Reply)
	}
}

func (s *Session) await(d time.Duration) {
	s.due = time.Now().Add(d)
	s.answer.Reset(d)
}

// silent ends a session that AusweisApp does not answer.
func (s *Session) silent() {
	s.mu.Lock()
	late := s.s.owes() && !time.Now().Before(s.due)
	s.mu.Unlock()
	if late {
		s.finish(fmt.Errorf("%w: no answer", ErrLine))
	}
}

// listen takes what AusweisApp says until the session is over.
func (s *Session) listen() {
	for range s.d.o.Most {
		m, err := s.l.recv()
		if err != nil {
			s.finish(err)
			return
		}
		if !s.heard(m) {
			return
		}
	}
	s.finish(errTalk(s.d.o.Most))
}

// heard tells whether the session goes on.
func (s *Session) heard(m Message) bool {
	s.l.mu.Lock()
	defer s.l.mu.Unlock()
	s.mu.Lock()
	next, say := Step(s.s, m)
	s.set(next)
	s.mu.Unlock()
	_ = s.send(say, next.Over()) // the next recv says what is wrong
	return !next.Over()
}

// finish ends the session once: with AusweisApp's own end, or with what broke it.
func (s *Session) finish(why error) {
	s.mu.Lock()
	if !s.s.Over() {
		if s.err == nil && !s.s.cancelled {
			s.err = why
		}
		s.set(s.s.lost())
	}
	s.mu.Unlock()
	s.l.goodbye()
}
