package eid

import (
	"fmt"
	"slices"
)

// The citizen's answers. Each gives the state that follows and what to say to AusweisApp. An answer that the state does not ask for
// changes nothing and is refused with ErrNotNow; secrets are wiped then.

// Allow chooses which of the optional rights the provider gets; none of them if none is named. What AusweisApp makes of it is shown
// before Consent counts.
func (s State) Allow(optional ...Right) (State, []Command, error) {
	if s.Screen != Consent || s.Rights == nil {
		return s.notNow("allow")
	}
	for _, r := range optional {
		if !slices.Contains(s.Rights.Optional, r) {
			return s, nil, fmt.Errorf("eid: allow: the provider has no such wish: %w", ErrNotNow)
		}
	}
	s.changes, s.Problem, s.Note = s.changes+1, NoProblem, ""
	return s.settle(), []Command{{name: "SET_ACCESS_RIGHTS", chat: slices.Clone(optional)}}, nil
}

// Consent lets the provider have the rights that are shown.
func (s State) Consent() (State, []Command, error) {
	if s.Screen != Consent || s.changes > 0 {
		return s.notNow("consent")
	}
	s.stage, s.Problem, s.Note = running, NoProblem, ""
	return s.settle(), []Command{plain("ACCEPT")}, nil
}

// PIN answers EnterPIN: six digits, or when changing also the letter's five. ErrDigits if there are more or fewer.
func (s State) PIN(typed Secret) (State, []Command, error) {
	return s.secret(EnterPIN, askPIN, "SET_PIN", typed)
}

// NewPIN answers EnterNewPIN: six digits. That it was typed twice alike is for the screen to see (Secret.Equal).
func (s State) NewPIN(typed Secret) (State, []Command, error) {
	return s.secret(EnterNewPIN, askNewPIN, "SET_NEW_PIN", typed)
}

// CAN answers EnterCAN: six digits.
func (s State) CAN(typed Secret) (State, []Command, error) {
	return s.secret(EnterCAN, askCAN, "SET_CAN", typed)
}

// PUK answers EnterPUK: ten digits.
func (s State) PUK(typed Secret) (State, []Command, error) {
	return s.secret(EnterPUK, askPUK, "SET_PUK", typed)
}

func (s State) secret(on Screen, st stage, name string, typed Secret) (State, []Command, error) {
	if s.Screen != on || s.Keypad {
		typed.Wipe()
		return s.notNow(name)
	}
	if n := typed.Digits(); n < s.Min || n > s.Max {
		typed.Wipe()
		return s, nil, fmt.Errorf("eid: %s: %w", name, ErrDigits)
	}
	s = s.sent(st, running)
	return s.settle(), []Command{{name: name, secret: &typed}}, nil
}

// TypeAtReader answers any screen that asks when State.Keypad is set: the reader's display asks the citizen now.
func (s State) TypeAtReader() (State, []Command, error) {
	name, asked := map[Screen]string{EnterPIN: "SET_PIN", EnterNewPIN: "SET_NEW_PIN", EnterCAN: "SET_CAN", EnterPUK: "SET_PUK"}[s.Screen]
	if !asked || !s.Keypad {
		return s.notNow("type at reader")
	}
	s = s.sent(s.stage, typing)
	return s.settle(), []Command{plain(name)}, nil
}

// sent notes which secret is on its way.
func (s State) sent(which, next stage) State {
	s.tried, s.before, s.stage, s.Problem, s.Note = which, s.Retries, next, NoProblem, ""
	return s
}

// Continue answers Paused, when the card lies well again.
func (s State) Continue() (State, []Command, error) {
	if s.Screen != Paused {
		return s.notNow("continue")
	}
	s.stage, s.Pause = running, ""
	return s.settle(), []Command{plain("CONTINUE")}, nil
}

// Simulate puts a virtual card into a reader that takes one (Reader.Insertable), while a card is waited for. A nil card is AusweisApp's
// own; it works with test servers and for changing a PIN that nobody has.
func (s State) Simulate(card *Simulator) (State, []Command, error) {
	i := slices.IndexFunc(s.readers, func(r Reader) bool { return r.Insertable })
	if s.stage != inserting || i < 0 || s.Outcome != nil {
		return s.notNow("simulate")
	}
	return s, []Command{{name: "SET_CARD", reader: s.readers[i].Name, card: card}}, nil
}

// Cancel ends the session, whatever it is doing. It is never refused; once the session is over it does nothing.
func (s State) Cancel() (State, []Command, error) {
	switch {
	case s.Outcome != nil || s.stage == leaving:
		return s, nil, nil
	case s.stage == greeting || s.stage == levelling: // AusweisApp has not begun
		return s.end(Outcome{Cause: ByCitizen}).settle(), nil, nil
	}
	s.cancelled, s.stage, s.changes = true, leaving, 0
	return s.settle(), []Command{plain("CANCEL")}, nil
}

// lost ends the session when the line does.
func (s State) lost() State {
	cause := Line
	if s.cancelled {
		cause = ByCitizen
	}
	return s.end(Outcome{Cause: cause}).settle()
}

func (s State) notNow(what string) (State, []Command, error) {
	return s, nil, fmt.Errorf("eid: %s: %w", what, ErrNotNow)
}
