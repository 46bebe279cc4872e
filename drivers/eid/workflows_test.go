package eid

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
)

// quick are times for a counterpart that is fast.
func quick() Opts {
	return Opts{Reply: 5 * time.Second, Farewell: 5 * time.Second, Settle: 20 * time.Millisecond, Ping: time.Minute}
}

// counterpart is an emulated AusweisApp and the driver in front of it.
type counterpart struct {
	*eidemu.App
	*Dev
	fault atomic.Value // eidemu.Fault
	mu    sync.Mutex
	heard []string
}

func (c *counterpart) said() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard)
}

func start(t *testing.T, fault eidemu.Fault, o eidemu.Opts, d Opts) *counterpart {
	t.Helper()
	noLeak(t)
	c := &counterpart{}
	c.fault.Store(fault)
	o.Fault = func() eidemu.Fault { return c.fault.Load().(eidemu.Fault) }
	o.Overheard = func(cmd string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.heard = append(c.heard, cmd)
	}
	c.App = eidemu.New(o)
	s := httptest.NewServer(c.App)
	t.Cleanup(s.Close)
	c.Dev = New(&websocket.Dialer{}, "eid+"+strings.Replace(s.URL, "http", "ws", 1), d)
	return c
}

// noLeak fails the test if goroutines are left when all of it is closed.
func noLeak(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Errorf("%d goroutines, there were %d:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
				return
			}
		}
	})
}

// visit is a session with a citizen in front of it.
type visit struct {
	t *testing.T
	*Session
	ctx  context.Context
	seen []State
}

func begin(t *testing.T, d *Dev, w Workflow) *visit {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	s, err := d.ChangePIN, error(nil)
	if w == Authenticate {
		s = func(ctx context.Context) (*Session, error) {
			return d.Authenticate(ctx, "https://eid.example/token?session=5")
		}
	}
	session, err := s(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return &visit{t: t, Session: session, ctx: ctx}
}

// until goes through the screens, up to the one that is waited for.
func (v *visit) until(what string, found func(State) bool) State {
	v.t.Helper()
	for {
		if s := v.State(); found(s) {
			return s
		}
		s, err := v.Next(v.ctx)
		v.seen = append(v.seen, s)
		switch {
		case found(s):
			return s
		case err != nil:
			v.t.Fatalf("instead of %s: %v (%s)", what, err, v.screens())
		case s.Over():
			v.t.Fatalf("instead of %s: %s, %s", what, s, v.screens())
		}
	}
}

func (v *visit) screen(want Screen) State {
	v.t.Helper()
	return v.until(string(want), func(s State) bool { return s.Screen == want && !s.Pending })
}

func (v *visit) after(want Screen, p Problem) State {
	v.t.Helper()
	return v.until(fmt.Sprintf("%s, %s", want, p), func(s State) bool { return s.Screen == want && s.Problem == p })
}

// end waits for it.
func (v *visit) end(want Cause) Outcome {
	v.t.Helper()
	s := v.until("the end", State.Over)
	if s.Outcome.Cause != want {
		v.t.Fatalf("ended: %s, not %s; %s", s.Outcome.Cause, want, v.screens())
	}
	return *s.Outcome
}

func (v *visit) screens() string {
	var out []string
	for _, s := range v.seen {
		out = append(out, strings.TrimSuffix(string(s.Screen)+"/"+string(s.Problem), "/"))
	}
	return strings.Join(slices.Compact(out), " ")
}

// must fails if an answer was not taken.
func (v *visit) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatalf("%v; %s", err, v.screens())
	}
}

func TestAuthenticationToTheGreenEnd(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, Authenticate)
	s := v.screen(Consent)
	if s.Certificate.Subject != "Stadt Musterhausen" || s.Certificate.Purpose != "Antrag auf einen Bewohnerparkausweis" {
		t.Errorf("the citizen does not see who asks: %+v", s.Certificate)
	}
	if !slices.Equal(s.Rights.Effective, []Right{FamilyName, GivenNames, PlaceOfLiving, DoctoralDegree}) {
		t.Errorf("nor what for: %v", s.Rights.Effective)
	}
	if slices.Contains(c.said(), "ACCEPT") {
		t.Error("consent was given for the citizen")
	}
	v.must(v.Consent())
	v.screen(EnterPIN)
	v.must(v.PIN(secret("123456")))
	if o := v.end(Success); !o.Result.OK() || string(o.URL) != "https://eid.example/refresh?session=1" {
		t.Errorf("got %+v, %s", o.Result, string(o.URL))
	}
	if s := v.State(); s.Screen != Done || s.Progress != 100 {
		t.Errorf("%s, %d percent", s, s.Progress)
	}
	want := []string{"GET_API_LEVEL", "GET_READER_LIST", "RUN_AUTH", "GET_CERTIFICATE", "ACCEPT", "SET_PIN"}
	if !slices.Equal(c.said(), want) {
		t.Errorf("said %v", c.said())
	}
}

func TestCitizenTakesAnOptionalRightAway(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	if err := v.Allow(FamilyName, WriteAddress); !errors.Is(err, ErrNotNow) {
		t.Errorf("a right that nobody asked for could be given: %v", err)
	}
	v.must(v.Allow())
	v.must(v.Allow(DoctoralDegree))
	v.must(v.Allow())
	s := v.until("fewer rights", func(s State) bool { return !s.Pending })
	if !slices.Equal(s.Rights.Effective, []Right{FamilyName, GivenNames, PlaceOfLiving}) {
		t.Errorf("shown: %v", s.Rights.Effective)
	}
	v.must(v.Consent())
	v.screen(EnterPIN)
	v.must(v.PIN(secret("123456")))
	v.end(Success)
}

func TestWrongPINThreeTimesThenCANThenPUK(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	v.must(v.Consent())
	if s := v.screen(EnterPIN); s.Retries != 3 || s.Problem != NoProblem || s.Min != 6 || s.Max != 6 {
		t.Errorf("first: %d tries, %q, %d to %d digits", s.Retries, s.Problem, s.Min, s.Max)
	}
	v.must(v.PIN(secret("111111")))
	if s := v.after(EnterPIN, WrongPIN); s.Retries != 2 {
		t.Errorf("after the first wrong one: %d tries", s.Retries)
	}
	v.must(v.PIN(secret("222222")))
	if s := v.after(EnterCAN, WrongPIN); s.Retries != 1 || s.Min != 6 {
		t.Errorf("after the second: %d tries", s.Retries)
	}
	v.must(v.CAN(secret("000000")))
	v.after(EnterCAN, WrongCAN)
	v.must(v.CAN(secret("654321")))
	if s := v.screen(EnterPIN); s.Retries != 1 || s.Problem != NoProblem {
		t.Errorf("after the CAN: %d tries, %q", s.Retries, s.Problem)
	}
	v.must(v.PIN(secret("333333")))
	if s := v.after(EnterPUK, WrongPIN); s.Retries != 0 || s.Min != 10 || s.Max != 10 {
		t.Errorf("after the third: %d tries", s.Retries)
	}
	v.must(v.PUK(secret("0000000000")))
	v.after(EnterPUK, WrongPUK)
	v.must(v.PUK(secret("9876543210")))
	if s := v.screen(EnterPIN); s.Retries != 3 || s.Problem != NoProblem {
		t.Errorf("after the PUK: %d tries, %q", s.Retries, s.Problem)
	}
	v.must(v.PIN(secret("123456")))
	v.end(Success)
	if c.Tries() != 3 {
		t.Errorf("the card has %d tries left", c.Tries())
	}
}

func TestCardWhosePUKIsUsedUpGoesToTheCitizensOffice(t *testing.T) {
	for _, f := range []eidemu.Fault{eidemu.Inoperative, eidemu.PUKSpent} {
		c := start(t, f, eidemu.Opts{}, quick())
		v := begin(t, c.Dev, ChangePIN)
		if f == eidemu.PUKSpent {
			v.screen(EnterPUK)
			v.must(v.PUK(secret("9876543210")))
		}
		if s := v.screen(Inoperative); s.Problem != NoProblem {
			t.Errorf("%s: the PUK was right, and the screen says %s", f, s.Problem)
		}
		if err := v.PUK(secret("9876543210")); !errors.Is(err, ErrNotNow) {
			t.Errorf("%s: another PUK: %v", f, err)
		}
		v.must(v.Cancel())
		v.end(ByCitizen)
	}
}

func TestLettersPINBecomesOnesOwn(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{PIN: "12345"}, quick())
	v := begin(t, c.Dev, ChangePIN)
	if s := v.screen(EnterPIN); s.Min != 5 || s.Max != 6 {
		t.Errorf("%d to %d digits", s.Min, s.Max)
	}
	v.must(v.PIN(secret("12345")))
	if s := v.screen(EnterNewPIN); s.Min != 6 || s.Max != 6 {
		t.Errorf("new: %d to %d digits", s.Min, s.Max)
	}
	for _, no := range []string{"12345", "1234567", "12345a", ""} {
		typed := secret(no)
		if err := v.NewPIN(typed); !errors.Is(err, ErrDigits) || typed.Digits() > 0 {
			t.Errorf("%q: %v", no, err)
		}
	}
	v.must(v.NewPIN(secret("271828")))
	v.end(Success)
	if !c.Opens("271828") {
		t.Error("the card still has the letter's PIN")
	}
	// The letter's five digits are of no use for an authentication.
	c = start(t, eidemu.None, eidemu.Opts{PIN: "12345"}, quick())
	v = begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	v.must(v.Consent())
	v.screen(EnterPIN)
	if err := v.PIN(secret("12345")); !errors.Is(err, ErrDigits) {
		t.Errorf("the letter's PIN: %v", err)
	}
	v.must(v.Cancel())
	v.end(ByCitizen)
}

func TestKeypadReaderAsksItself(t *testing.T) {
	var tries atomic.Int32
	typed := func(kind string) string {
		if kind == "ENTER_PIN" && tries.Add(1) < 3 {
			return "999999"
		}
		return map[string]string{"ENTER_PIN": "123456", "ENTER_CAN": "654321", "ENTER_NEW_PIN": "271828"}[kind]
	}
	c := start(t, eidemu.Keypad, eidemu.Opts{Typed: typed, Step: time.Millisecond}, quick())
	v := begin(t, c.Dev, ChangePIN)
	for i, want := range []struct {
		Screen
		Problem
	}{{EnterPIN, NoProblem}, {EnterPIN, WrongPIN}, {EnterCAN, WrongPIN}, {EnterPIN, NoProblem}, {EnterNewPIN, NoProblem}} {
		s := v.after(want.Screen, want.Problem)
		if !s.Keypad {
			t.Fatalf("%d: nobody is told to use the reader", i)
		}
		if err := v.PIN(secret("123456")); !errors.Is(err, ErrNotNow) {
			t.Errorf("a PIN was sent to a reader that refuses it: %v", err)
		}
		v.must(v.TypeAtReader())
		if s := v.State(); s.Screen == want.Screen && s.Problem == want.Problem && s.Retries == 3 && i == 0 {
			t.Errorf("the screen still asks while the reader does: %s", s)
		}
	}
	v.end(Success)
	if !c.Opens("271828") {
		t.Error("the card has not got the new PIN")
	}
	if !strings.Contains(v.screens(), string(AtReader)) {
		t.Errorf("the citizen was never sent to the reader: %s", v.screens())
	}
	// The reader's own cancel key.
	c = start(t, eidemu.Keypad, eidemu.Opts{Typed: func(string) string { return "" }}, quick())
	v = begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	v.must(v.Consent())
	v.screen(EnterPIN)
	v.must(v.TypeAtReader())
	v.end(ByCitizen)
}

func TestOnTheSpotTheCANIsEnough(t *testing.T) {
	// Deactivated, because reading on the spot works with a card whose online function is off.
	c := start(t, eidemu.Deactivated, eidemu.Opts{Rights: eidemu.Rights{Required: []string{"FamilyName", "CanAllowed"}}}, quick())
	v := begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	v.must(v.Consent())
	if s := v.screen(EnterCAN); s.Problem != NoProblem || s.Retries != 3 {
		t.Errorf("%s, %d tries", s.Problem, s.Retries)
	}
	v.must(v.CAN(secret("654321")))
	v.end(Success)
	if strings.Contains(v.screens(), string(Deactivated)) {
		t.Errorf("the citizen was sent away: %s", v.screens())
	}
}

func TestCardsThatAreOfNoUseAreSaidSo(t *testing.T) {
	for f, want := range map[eidemu.Fault]Screen{eidemu.Deactivated: Deactivated, eidemu.UnknownCard: UnknownCard, eidemu.NoReader: ConnectReader} {
		for _, w := range []Workflow{Authenticate, ChangePIN} {
			for _, inserted := range []bool{true, false} {
				c := start(t, f, eidemu.Opts{Inserted: inserted}, quick())
				v := begin(t, c.Dev, w)
				if w == Authenticate {
					v.screen(Consent)
					v.must(v.Consent())
				}
				v.screen(want)
				v.must(v.Cancel())
				v.end(ByCitizen)
			}
		}
	}
	// A good card instead, and it goes on.
	c := start(t, eidemu.Deactivated, eidemu.Opts{ByHand: true, Inserted: true}, quick())
	v := begin(t, c.Dev, ChangePIN)
	v.screen(Deactivated)
	c.Remove()
	v.screen(InsertCard)
	c.fault.Store(eidemu.None)
	c.Insert()
	v.screen(EnterPIN)
}

func TestCardIsTakenAwayInTheMiddle(t *testing.T) {
	// While the PIN is asked for: the screen says so, and goes on when the card is back.
	c := start(t, eidemu.None, eidemu.Opts{ByHand: true, Inserted: true}, quick())
	v := begin(t, c.Dev, ChangePIN)
	v.screen(EnterPIN)
	c.Remove()
	v.after(InsertCard, TakenAway)
	if err := v.PIN(secret("123456")); !errors.Is(err, ErrNotNow) {
		t.Errorf("a PIN without a card: %v", err)
	}
	c.Insert()
	if s := v.screen(EnterPIN); s.Retries != 3 {
		t.Errorf("%d tries", s.Retries)
	}
	v.must(v.PIN(secret("123456")))
	v.screen(EnterNewPIN)
	v.must(v.NewPIN(secret("271828")))
	v.end(Success)
	// While the PIN is checked: it is over.
	for _, w := range []Workflow{Authenticate, ChangePIN} {
		c = start(t, eidemu.Removed, eidemu.Opts{}, quick())
		v = begin(t, c.Dev, w)
		if w == Authenticate {
			v.screen(Consent)
			v.must(v.Consent())
		}
		v.screen(EnterPIN)
		v.must(v.PIN(secret("123456")))
		if o := v.end(CardRemoved); w == Authenticate && o.URL == "" {
			t.Error("the address to open after the error is lost")
		}
	}
	// And so quickly that nobody sees it.
	c = start(t, eidemu.Snatched, eidemu.Opts{}, quick())
	v = begin(t, c.Dev, ChangePIN)
	v.until("the card is back", func(s State) bool { return s.Screen == EnterPIN && s.Reader.Card != nil })
}

func TestCardLiesBadly(t *testing.T) {
	c := start(t, eidemu.Pause, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, ChangePIN)
	if s := v.screen(Paused); s.Pause != "BadCardPosition" {
		t.Errorf("why: %q", s.Pause)
	}
	if err := v.PIN(secret("123456")); !errors.Is(err, ErrNotNow) {
		t.Errorf("a PIN in the pause: %v", err)
	}
	v.must(v.Continue())
	v.screen(EnterPIN)
	v.must(v.PIN(secret("123456")))
	v.screen(EnterNewPIN)
	v.must(v.NewPIN(secret("271828")))
	v.end(Success)
}

func TestCancelOnEveryScreen(t *testing.T) {
	for _, to := range []struct {
		on    Screen
		w     Workflow
		fault eidemu.Fault
		there func(v *visit)
	}{
		{on: Starting, w: Authenticate}, {on: Starting, w: ChangePIN},
		{on: Consent, w: Authenticate}, {on: ConnectReader, w: ChangePIN, fault: eidemu.NoReader},
		{on: UnknownCard, w: ChangePIN, fault: eidemu.UnknownCard}, {on: Deactivated, w: ChangePIN, fault: eidemu.Deactivated},
		{on: EnterPIN, w: ChangePIN}, {on: EnterCAN, w: ChangePIN, fault: eidemu.CANNeeded}, {on: EnterPUK, w: ChangePIN, fault: eidemu.PUKNeeded},
		{on: Inoperative, w: ChangePIN, fault: eidemu.Inoperative}, {on: Paused, w: ChangePIN, fault: eidemu.Pause},
		{on: EnterNewPIN, w: ChangePIN, there: func(v *visit) { v.screen(EnterPIN); v.must(v.PIN(secret("123456"))) }},
		{on: AtReader, w: ChangePIN, fault: eidemu.Keypad, there: func(v *visit) { v.screen(EnterPIN); v.must(v.TypeAtReader()) }},
		{on: InsertCard, w: ChangePIN},
	} {
		t.Run(fmt.Sprint(to.on, " ", to.w), func(t *testing.T) {
			o := eidemu.Opts{ByHand: to.on == InsertCard}
			if to.on == AtReader {
				o.Step = 50 * time.Millisecond
			}
			c := start(t, to.fault, o, quick())
			v := begin(t, c.Dev, to.w)
			if to.there != nil {
				to.there(v)
			}
			if to.on != Starting { // which may be over already
				v.screen(to.on)
			}
			v.must(v.Cancel())
			if o := v.end(ByCitizen); to.on == Consent && o.URL == "" {
				t.Error("the provider's page for cancelled ones is lost")
			}
			v.must(v.Cancel()) // once more does no harm
			if s := v.State(); s.Screen != Cancelled {
				t.Errorf("ends on %s", s.Screen)
			}
		})
	}
}

func TestEndsThatAreNobodysWish(t *testing.T) {
	for f, want := range map[eidemu.Fault]Cause{
		eidemu.NetworkError: Network, eidemu.ProviderError: Provider, eidemu.Occupied: Occupied, eidemu.Internal: Software, eidemu.Newer: TooNew,
	} {
		c := start(t, f, eidemu.Opts{}, quick())
		v := begin(t, c.Dev, Authenticate)
		v.until("consent or the end", func(s State) bool { return s.Screen == Consent || s.Over() })
		if !v.State().Over() {
			v.must(v.Consent())
		}
		o := v.end(want)
		if v.State().Screen != Failed {
			t.Errorf("%s ends on %s", f, v.State().Screen)
		}
		if f == eidemu.ProviderError && (o.URL == "" || o.Reason == "") {
			t.Errorf("%s: the address to open is lost: %+v", f, o.Result)
		}
	}
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	s, err := c.Authenticate(context.Background(), "http://eid.example/not-secure")
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{t: t, Session: s, ctx: context.Background()}
	v.end(TokenRefused)
	_ = s.Close()
}

func TestAnswerThatComesTooLateIsAskedForAgain(t *testing.T) {
	c := start(t, eidemu.BadState, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, Authenticate)
	v.screen(Consent)
	v.must(v.Consent())
	v.until("the question again", func(s State) bool { return s.Screen == Consent })
	v.must(v.Consent())
	v.screen(EnterPIN)
	v.must(v.PIN(secret("123456")))
	v.until("the question again", func(s State) bool { return s.Screen == EnterPIN })
	if c.Tries() != 3 {
		t.Errorf("a try was used up: %d", c.Tries())
	}
	v.must(v.PIN(secret("123456")))
	v.end(Success)
}

func TestAusweisAppsOfOtherAges(t *testing.T) {
	for f, level := range map[eidemu.Fault]int{eidemu.Older: 1, eidemu.None: 3, eidemu.Newest: 3} {
		c := start(t, f, eidemu.Opts{}, quick())
		v := begin(t, c.Dev, ChangePIN)
		v.screen(EnterPIN)
		v.must(v.PIN(secret("123456")))
		if s := v.screen(EnterNewPIN); s.Level != level {
			t.Errorf("%s: level %d", f, s.Level)
		}
		v.must(v.NewPIN(secret("271828")))
		v.end(Success)
	}
}

func TestInformationWithoutAWorkflow(t *testing.T) {
	for _, f := range []eidemu.Fault{eidemu.None, eidemu.Older, eidemu.Newest, eidemu.Strange} {
		c := start(t, f, eidemu.Opts{Inserted: true}, quick())
		for range 2 { // AusweisApp lets the next one in when the one before is gone
			r, err := c.Info(context.Background())
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			if r.Info.Version != "2.5.0" || len(r.Readers) != 1 || r.Readers[0].Card == nil || r.Readers[0].Card.Retries != 3 || r.Status.Workflow != "" {
				t.Errorf("%s: %+v", f, r)
			}
		}
	}
}

func TestOneSessionAtATime(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	v := begin(t, c.Dev, ChangePIN)
	if _, err := c.Info(context.Background()); !errors.Is(err, ErrBusy) {
		t.Errorf("information in a session: %v", err)
	}
	if _, err := c.ChangePIN(context.Background()); !errors.Is(err, ErrBusy) {
		t.Errorf("a session in a session: %v", err)
	}
	// Another program that is connected is AusweisApp's to refuse.
	other := New(nil, c.address, quick())
	if _, err := other.Info(context.Background()); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "429") {
		t.Errorf("another program: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if s := v.State(); s.Screen != Cancelled {
		t.Errorf("closed: %s", s)
	}
	if _, err := c.Info(context.Background()); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestContextEndsTheSessionInGoodOrder(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	ctx, cancel := context.WithCancel(context.Background())
	s, err := c.Authenticate(ctx, "https://eid.example/token")
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{t: t, Session: s, ctx: context.Background()}
	v.screen(Consent)
	cancel()
	if o := v.end(ByCitizen); o.URL == "" {
		t.Error("AusweisApp was not told")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	// Waiting ends with its own context; the session goes on.
	v = begin(t, c.Dev, ChangePIN)
	v.screen(EnterPIN)
	for {
		done, stop := context.WithTimeout(context.Background(), 10*time.Millisecond)
		_, err := v.Next(done)
		stop()
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			break
		}
	}
	v.must(v.PIN(secret("123456")))
	v.screen(EnterNewPIN)
	if _, err := c.Authenticate(ctx, "https://eid.example/token"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	_ = v.Close()
	if _, err := c.Authenticate(ctx, "https://eid.example/token"); !errors.Is(err, context.Canceled) {
		t.Errorf("begun with a context that is over: %v", err)
	}
	if _, err := c.Info(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// AusweisApp must not, but if it ever repeated what was typed, nothing of it would be kept.
func TestWhatWasTypedIsNeverKept(t *testing.T) {
	typed := []string{"739164", "482915", "9173648205", "861537"}
	for _, f := range []eidemu.Fault{eidemu.Echo, eidemu.CANNeeded, eidemu.PUKNeeded, eidemu.Closes, eidemu.Strange, eidemu.Long} {
		c := start(t, f, eidemu.Opts{PIN: typed[0], CAN: typed[1], PUK: typed[2]}, quick())
		v := begin(t, c.Dev, ChangePIN)
		for !v.State().Over() {
			s, err := v.Next(v.ctx)
			v.seen = append(v.seen, s)
			var said error
			switch s.Screen {
			case EnterPIN:
				said = v.PIN(secret(typed[0]))
			case EnterCAN:
				said = v.CAN(secret(typed[1]))
			case EnterPUK:
				said = v.PUK(secret(typed[2]))
			case EnterNewPIN:
				said = v.NewPIN(secret(typed[3]))
			}
			for _, number := range typed {
				if text := all(s) + fmt.Sprint(err, said, v.Session); strings.Contains(text, number) {
					t.Fatalf("%s: after it was typed it stands in %s", f, text)
				}
			}
		}
		if f == eidemu.Echo && (len(v.State().Others) == 0 || !strings.Contains(v.screens(), string(Refused))) {
			t.Errorf("nothing was repeated: %s", v.screens())
		}
	}
}
