package card

import (
	"errors"
	"fmt"
)

// ErrATR says that bytes are no answer to reset. It names the place and repeats none of them.
var ErrATR = errors.New("card: not an answer to reset")

// ATR is what a card says when it gets power, by ISO 7816-3.
type ATR struct {
	Inverse    bool    // TS is 3F: bits are sent the other way round; 3B otherwise
	Groups     []Group // the interface bytes
	Historical Private // at most 15 bytes of the card's maker
	Check      bool    // there is a TCK; its value is right, or it would be no ATR
}

// Group is the interface bytes TA, TB, TC and TD of one number; nil where there is none.
type Group struct{ A, B, C, D *byte }

// longestATR is by ISO 7816-3, 8.2.1: TS and at most 32 characters.
const longestATR = 33

// ParseATR reads an answer to reset. Every byte has to be accounted for.
func ParseATR(b []byte) (ATR, error) {
	fail := func(what string, at int) (ATR, error) {
		return ATR{}, fmt.Errorf("%w: %s at byte %d of %d", ErrATR, what, at, len(b))
	}
	switch {
	case len(b) < 2:
		return fail("it ends", len(b))
	case len(b) > longestATR:
		return fail("too long", longestATR)
	case b[0] != 0x3B && b[0] != 0x3F:
		return fail("no TS", 0)
	}
	a := ATR{Inverse: b[0] == 0x3F}
	at, which, history := 2, b[1]>>4, int(b[1]&15)
	for more := which != 0; more; {
		var g Group
		for bit, to := range []**byte{&g.A, &g.B, &g.C, &g.D} {
			if which>>bit&1 == 0 {
				continue
			}
			if at == len(b) {
				return fail("it ends", at)
			}
			v := b[at]
			*to = &v
			at++
		}
		a.Groups = append(a.Groups, g)
		if more = g.D != nil; more {
			which = *g.D >> 4
			a.Check = a.Check || *g.D&15 != 0
		}
	}
	if at+history > len(b) {
		return fail("it ends", len(b))
	}
	if history > 0 {
		a.Historical = append(Private(nil), b[at:at+history]...)
	}
	at += history
	if a.Check {
		if at == len(b) {
			return fail("no TCK", at)
		}
		x := byte(0)
		for _, c := range b[1 : at+1] {
			x ^= c
		}
		if x != 0 {
			return fail("wrong TCK", at)
		}
		at++
	}
	if at != len(b) {
		return fail("more than it says", at)
	}
	return a, nil
}

// Bytes gives the answer as it is sent.
func (a ATR) Bytes() []byte {
	which := func(i int) byte {
		if i >= len(a.Groups) {
			return 0
		}
		set := byte(0)
		for bit, v := range []*byte{a.Groups[i].A, a.Groups[i].B, a.Groups[i].C, a.Groups[i].D} {
			if v != nil {
				set |= 1 << bit
			}
		}
		return set
	}
	b := []byte{0x3B, which(0)<<4 | byte(len(a.Historical))&15}
	if a.Inverse {
		b[0] = 0x3F
	}
	for i, g := range a.Groups {
		for _, v := range []*byte{g.A, g.B, g.C} {
			if v != nil {
				b = append(b, *v)
			}
		}
		if g.D != nil {
			b = append(b, which(i+1)<<4|*g.D&15)
		}
	}
	b = append(b, a.Historical...)
	if a.Check {
		x := byte(0)
		for _, c := range b[1:] {
			x ^= c
		}
		b = append(b, x)
	}
	return b
}

// Protocols lists the transmission protocols T that the card offers, T=0 if it says nothing (8.2.3). T=15 is none and is left out.
func (a ATR) Protocols() []int {
	var t []int
	for _, g := range a.Groups {
		if g.D == nil || *g.D&15 == 15 {
			continue
		}
		if p := int(*g.D & 15); len(t) == 0 || t[len(t)-1] != p {
			t = append(t, p)
		}
	}
	if len(t) == 0 {
		return []int{0}
	}
	return t
}

// Contactless tells whether a reader made this answer for a card without contacts: TD1 = 80, TD2 = 01, nothing else (PC/SC part 3, 3.1.3.2.3).
func (a ATR) Contactless() bool {
	if a.Inverse || len(a.Groups) != 3 {
		return false
	}
	one, two := a.Groups[0], a.Groups[1]
	return one.A == nil && one.B == nil && one.C == nil && one.D != nil && *one.D&15 == 0 && two.A == nil && two.B == nil && two.C == nil &&
		two.D != nil && *two.D == 0x01
}

// Memory tells whether it is a contactless memory card, which knows no applications: its historical bytes name the PC/SC workgroup.
func (a ATR) Memory() bool {
	const workgroup = "\xA0\x00\x00\x03\x06"
	h := a.Historical
	return a.Contactless() && len(h) >= 8 && h[0] == 0x80 && h[1] == 0x4F && string(h[3:8]) == workgroup
}
