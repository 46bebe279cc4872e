package web

import (
	"net/netip"
	"sync"
	"time"
)

// How somebody who guesses passwords is slowed down. A clerk's name is no secret, so nobody may be able to lock a clerk out with it: what is
// counted by name counts for the address that it came from only. After a few mistakes the wait grows there, up to a quarter of an hour. An
// address that tries many names is braked altogether. Who guesses from many addresses is slowed by the password's own cost: only two are
// checked at once, for everybody together.
const (
	freeTries = 3                // mistakes by one address with one name that cost no wait
	firstWait = 5 * time.Second  // after them; twice as long after each further one
	longest   = 15 * time.Minute // no wait is longer
	forgotten = 24 * time.Hour   // without a try by that address with that name

	window     = 15 * time.Minute
	perAddress = 40 // mistakes by one address with whatever names within window

	atOnce = 2 // passwords that are checked at the same time, each in 64 MiB of memory
)

// limiter counts attempts to sign in.
type limiter struct {
	mu    sync.Mutex
	now   func() time.Time
	pairs map[guess]*tries
	from  map[string]*tries // by network
	gate  chan struct{}     // holds a token for each password that is being checked
}

// guess is who tries to be whom.
type guess struct{ login, address string }

type tries struct {
	last time.Time // for an address: the first of its window
	n    int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, pairs: map[guess]*tries{}, from: map[string]*tries{}, gate: make(chan struct{}, atOnce)}
}

// wait is how long somebody has to wait after n mistakes.
func wait(n int) time.Duration {
	if n < freeTries {
		return 0
	}
	d := firstWait
	for i := freeTries; i < n && d < longest; i++ {
		d *= 2
	}
	return min(d, longest)
}

// begin counts an attempt before it is made, so that many at once do not slip through. It says how long to wait when it comes too early; then
// it does not count.
func (l *limiter) begin(login, address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	address = network(address)
	a := l.from[address]
	if a == nil || now.Sub(a.last) >= window {
		a = &tries{last: now}
		l.from[address] = a
	}
	if a.n >= perAddress { // nor does it fill the memory with invented names
		return window - now.Sub(a.last)
	}
	key := guess{login, address}
	p := l.pairs[key]
	if p == nil || now.Sub(p.last) >= forgotten {
		p = &tries{}
		l.pairs[key] = p
	}
	if left := p.last.Add(wait(p.n)).Sub(now); p.n > 0 && left > 0 {
		return left
	}
	p.last = now
	p.n++
	a.n++
	return 0
}

// sweep forgets what does not count any more, before there is too much of it.
func (l *limiter) sweep(now time.Time) {
	forget(l.pairs, now.Add(-forgotten))
	forget(l.from, now.Add(-window))
}

// forget drops what is as old as before once it is much, and anything once it is too much.
func forget[K comparable](m map[K]*tries, before time.Time) {
	const much, tooMuch = 1000, 100_000
	if len(m) <= much {
		return
	}
	for k, t := range m {
		if !t.last.After(before) || len(m) > tooMuch {
			delete(m, k)
		}
	}
}

// forgive takes a good attempt out of the count.
func (l *limiter) forgive(login, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	address = network(address)
	delete(l.pairs, guess{login, address})
	if a := l.from[address]; a != nil && a.n > 0 {
		a.n--
	}
}

// network is what counts as one address: of IPv6 the first 64 bits, because whoever has one has all that begin like it.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
