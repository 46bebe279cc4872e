package eid

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"io"
	"sync"
)

// Secret is a PIN, CAN or PUK on its way to the card. It exists once however often the value is copied, is wiped when it was sent or
// refused, and no way of printing shows it.
type Secret struct {
	open func() *box // a function, because fmt looks into unexported fields, with some verbs even behind pointers, but never calls one there
}

type box struct {
	mu     sync.Mutex
	digits []byte
}

// NewSecret takes over what was typed: the bytes are the Secret's from now on and will be wiped.
func NewSecret(typed []byte) Secret {
	b := &box{digits: typed}
	return Secret{open: func() *box { return b }}
}

// use hands out the digits, nil if there are none any more; nobody may keep them.
func (s Secret) use(f func(b *box)) {
	if s.open == nil {
		return
	}
	b := s.open()
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

// Wipe overwrites the digits. It may be called more than once.
func (s Secret) Wipe() {
	s.use(func(b *box) {
		clear(b.digits)
		b.digits = nil
	})
}

// Equal tells whether both hold the same digits, for a new PIN that is typed twice. Wiped ones are equal to nothing.
func (s Secret) Equal(other Secret) bool {
	a, b := s.copy(), other.copy() // one after the other: they may be the same
	defer clear(a)
	defer clear(b)
	return len(a) > 0 && subtle.ConstantTimeCompare(a, b) == 1
}

// Digits tells how many digits it holds; 0 if it is empty, wiped, or holds anything but digits.
func (s Secret) Digits() (n int) {
	s.use(func(b *box) {
		if !bytes.ContainsFunc(b.digits, func(r rune) bool { return r < '0' || r > '9' }) {
			n = len(b.digits)
		}
	})
	return n
}

func (s Secret) copy() (c []byte) {
	s.use(func(b *box) { c = bytes.Clone(b.digits) })
	return c
}

// appendTo writes the digits behind b, which has room for them: nothing may be copied to a place that is not wiped.
func (s Secret) appendTo(b []byte) []byte {
	s.use(func(in *box) { b = append(b, in.digits...) })
	return b
}

// String never says what it is.
func (s Secret) String() string { return "secret" }

// Format never says what it is, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "secret") }

// MarshalText refuses: a Secret has no place in a file or a log.
func (s Secret) MarshalText() ([]byte, error) { return nil, fmt.Errorf("eid: marshal: %w", ErrNotNow) }

// veil hides every run of five or more digits, which is as long as the shortest PIN: what a program says about one must not repeat it.
func veil(s string) string {
	const least = 5
	b, run := []byte(s), 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= '0' && b[i] <= '9' {
			run++
			continue
		}
		if run >= least {
			for j := i - run; j < i; j++ {
				b[j] = '*'
			}
		}
		run = 0
	}
	return string(b)
}
