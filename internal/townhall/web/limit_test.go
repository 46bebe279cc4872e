package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestGuessingPasswordsGetsSlowerAndSlower(t *testing.T) {
	h := newHouse(t, false)
	try := func(p string) reply {
		return h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {"B.Kowalski "}, "passwort": {p}})
	}
	for range freeTries {
		try("falsch").want(t, http.StatusUnauthorized)
	}
	asked := h.users.asked
	res := try(password)
	res.want(t, http.StatusTooManyRequests, "Bitte warten Sie 5 Sekunden")
	if res.Header.Get("Retry-After") == "" || h.users.asked != asked {
		t.Error("the password was checked all the same")
	}
	h.wait(firstWait)
	try("falsch").want(t, http.StatusUnauthorized)
	h.wait(firstWait)
	try(password).want(t, http.StatusTooManyRequests, "Bitte warten Sie 5 Sekunden") // ten by now, and five of them are over
	h.wait(firstWait)
	h.signIn()
	h.post("/arbeitsliste", "/abmelden", url.Values{}).wantGo(t, "/anmelden?abgemeldet")
	for range freeTries { // who got in has a fresh start
		try("falsch").want(t, http.StatusUnauthorized)
	}
}

// Somebody who knew a clerk's name locked her out of the town hall's pages, from anywhere, for as long as he liked.
func TestNobodyLocksAClerkOut(t *testing.T) {
	now := monday
	l := newLimiter(func() time.Time { return now })
	waits := map[time.Duration]bool{}
	for range 5000 { // a bad day
		waits[l.begin("b.kowalski", "192.0.2.66")] = true
		now = now.Add(10 * time.Second)
	}
	if wait := l.begin("b.kowalski", "192.0.2.66"); wait == 0 || wait > longest {
		t.Errorf("who guesses waits %v", wait)
	}
	if wait := l.begin("b.kowalski", "192.0.2.7"); wait != 0 {
		t.Errorf("the clerk, at her own desk, has to wait %v", wait)
	}
	tried := 0
	for start := now; now.Sub(start) < 24*time.Hour; now = now.Add(time.Second) {
		if l.begin("b.kowalski", "192.0.2.66") == 0 {
			tried++
		}
	}
	if tried > 24*4+1 {
		t.Errorf("one address tried %d passwords of one clerk in a day", tried)
	}
}

func TestTheWaitGrows(t *testing.T) {
	now := monday
	l := newLimiter(func() time.Time { return now })
	for i, want := range []time.Duration{0, 0, 0, 5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 320 * time.Second, 640 * time.Second, longest, longest} {
		if want > 0 {
			now = now.Add(want - time.Second)
			if got := l.begin("b.kowalski", "192.0.2.1"); got != time.Second {
				t.Fatalf("attempt %d, a second too early, waits %v", i+1, got)
			}
			now = now.Add(time.Second)
		}
		if got := l.begin("b.kowalski", "192.0.2.1"); got != 0 {
			t.Fatalf("attempt %d waits %v more than %v", i+1, got, want)
		}
	}
	now = now.Add(forgotten)
	for range freeTries {
		if got := l.begin("b.kowalski", "192.0.2.1"); got != 0 {
			t.Fatalf("a day later one waits %v", got)
		}
	}
}

func TestOneAddressCannotTryManyLogins(t *testing.T) {
	l := newLimiter(func() time.Time { return monday })
	for i := range perAddress {
		if wait := l.begin("login"+strconv.Itoa(i), "2001:db8:1:2::"+strconv.Itoa(i+1)); wait != 0 {
			t.Fatalf("attempt %d has to wait", i+1)
		}
	}
	if l.begin("another", "2001:db8:1:2:ffff::1") == 0 {
		t.Error("the list of logins goes on")
	}
	if l.begin("another-one", "2001:db8:1:3::1") != 0 || l.begin("another-one", "192.0.2.2") != 0 {
		t.Error("another address has to wait as well")
	}
	// Who is shut out already fills no memory with names that nobody has.
	known := len(l.pairs)
	for i := range 100 {
		l.begin("invented"+strconv.Itoa(i), "2001:db8:1:2::1")
	}
	if len(l.pairs) != known {
		t.Errorf("%d names are remembered", len(l.pairs)-known)
	}
	if network("::ffff:192.0.2.2") != network("192.0.2.2") || network("proxy") != "proxy" {
		t.Error("one address counts as two")
	}
}

// A guess from a thousand addresses at once is no faster than two passwords at a time.
func TestManyAddressesShareTheCostOfAPassword(t *testing.T) {
	s := &site{limit: newLimiter(func() time.Time { return monday })}
	slow := &slowUsers{hold: make(chan struct{}), in: make(chan struct{}, 100)}
	s.Users = slow
	var all sync.WaitGroup
	for i := range 20 {
		if wait := s.limit.begin("b.kowalski", "192.0.2."+strconv.Itoa(i)); wait != 0 {
			t.Fatalf("address %d waits %v", i, wait)
		}
		all.Go(func() {
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "/anmelden", nil)
			if _, err := s.checkPassword(r, "b.kowalski", "geraten"); !errors.Is(err, ErrSignIn) {
				t.Error(err)
			}
		})
	}
	for range atOnce {
		<-slow.in
	}
	select {
	case <-slow.in:
		t.Error("one more is checked at the same time")
	case <-time.After(20 * time.Millisecond):
	}
	close(slow.hold)
	all.Wait()
}

// slowUsers checks passwords for as long as hold is open, and tells of each in in.
type slowUsers struct {
	memUsers
	hold, in chan struct{}
}

func (u *slowUsers) Check(context.Context, string, string) (User, error) {
	u.in <- struct{}{}
	<-u.hold
	return User{}, ErrSignIn
}
