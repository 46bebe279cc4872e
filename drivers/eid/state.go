package eid

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Workflow is what is being done.
type Workflow string

// The workflows of the interface.
const (
	Authenticate Workflow = "authenticate" // RUN_AUTH: prove to an eID server who one is
	ChangePIN    Workflow = "change-pin"   // RUN_CHANGE_PIN: set one's own PIN, also instead of the letter's five-digit one
)

// Screen is what the citizen has to be shown.
type Screen string

// The screens. On each but the last three Cancel has a meaning.
const (
	Starting      Screen = "starting"       // nothing to do yet
	Consent       Screen = "consent"        // who wants to know what: Certificate and Rights; answers: Allow, Consent
	ConnectReader Screen = "connect-reader" // there is no card reader
	InsertCard    Screen = "insert-card"    // put the card on the reader; Problem may say that it was taken away
	UnknownCard   Screen = "unknown-card"   // there is a card, and it is no identity card
	Deactivated   Screen = "deactivated"    // this card's online function is off: take another, or cancel
	EnterPIN      Screen = "enter-pin"      // answers: PIN, or with Keypad TypeAtReader
	EnterNewPIN   Screen = "enter-new-pin"  // answers: NewPIN, or with Keypad TypeAtReader
	EnterCAN      Screen = "enter-can"      // six digits on the card's front, before the last try; answers: CAN, or with Keypad TypeAtReader
	EnterPUK      Screen = "enter-puk"      // ten digits of the letter; answers: PUK, or with Keypad TypeAtReader
	AtReader      Screen = "at-reader"      // the citizen types at the reader now
	Inoperative   Screen = "inoperative"    // the PUK is used up; nothing is left but Cancel and the citizens' office
	Paused        Screen = "paused"         // Pause says why: "BadCardPosition"; answer: Continue
	Working       Screen = "working"        // leave the card where it is; Progress
	Cancelling    Screen = "cancelling"     // asked AusweisApp to end
	Done          Screen = "done"           // Outcome; open its URL
	Cancelled     Screen = "cancelled"      // Outcome; open its URL if there is one
	Failed        Screen = "failed"         // Outcome; open its URL if there is one
)

// Screens lists them.
func Screens() []Screen {
	return []Screen{
		Starting, Consent, ConnectReader, InsertCard, UnknownCard, Deactivated, EnterPIN, EnterNewPIN, EnterCAN, EnterPUK, AtReader,
		Inoperative, Paused, Working, Cancelling, Done, Cancelled, Failed,
	}
}

// Problem is what was wrong with the answer before, to be said on the screen that follows.
type Problem string

// The problems.
const (
	NoProblem   Problem = ""
	WrongPIN    Problem = "wrong-pin"    // and Retries says how many tries are left
	WrongCAN    Problem = "wrong-can"    // may be tried as often as needed
	WrongPUK    Problem = "wrong-puk"    // may be tried as often as needed
	NotAccepted Problem = "not-accepted" // asked again without a word; no try was used up
	Refused     Problem = "refused"      // AusweisApp did not take the answer; Note says why, in English
	TakenAway   Problem = "taken-away"   // the card is gone
)

// State is a session as a screen needs it. Step and the answers make new ones; nothing in a State is ever changed, and none holds a
// secret.
type State struct {
	Workflow    Workflow
	Screen      Screen
	Problem     Problem
	Note        string       // AusweisApp's English words about it, for a technician
	Progress    int          // percent
	Keypad      bool         // on screens that ask: the citizen types at the reader, and nothing may be typed here
	Min, Max    int          // on screens that ask: how many digits
	Retries     int          // tries left for the PIN: 3, 2, 1, 0; -1 as long as that is unknown
	Reader      Reader       // the one with the card, or else the first; no name if there is none
	Readers     []Reader     // all that are attached, by name
	Rights      *Rights      // nil before Consent
	Pending     bool         // on Consent: a change of the rights is not confirmed yet, so consent cannot be given
	Certificate *Certificate // nil before Consent
	Pause       string       // on Paused: why
	Outcome     *Outcome     // at the end
	Level       int          // of the interface; 0 as long as that is unknown
	Others      []Message    // the last of those messages that nobody knows

	stage     stage
	tried     stage // the secret that went last
	before    int   // Retries when it went
	carded    bool  // a card has been asked something since one was missing
	changes   int   // of the rights that are not confirmed yet
	using     string
	readers   []Reader
	token     *Address // a pointer, so that no way of printing a State leads to it
	developer bool
	cancelled bool // by the citizen
	faulty    bool // given up because AusweisApp found a fault
}

// stage is what AusweisApp waits for; the screen follows from it and from the readers.
type stage string

const (
	greeting   stage = "greeting"  // which levels are there
	levelling  stage = "levelling" // the level is being set
	launching  stage = "launching" // RUN_… is on its way
	running    stage = "running"   // it works
	consenting stage = "consenting"
	inserting  stage = "inserting"
	askPIN     stage = "pin"
	askNewPIN  stage = "new-pin"
	askCAN     stage = "can"
	askPUK     stage = "puk"
	typing     stage = "typing" // at the reader
	pausing    stage = "pausing"
	leaving    stage = "leaving" // CANCEL is on its way
)

const (
	maxReaders = 32
	maxOthers  = 8
	// The levels of the interface that are known here.
	minLevel = 1
	maxLevel = 3
)

// Begin is a session's first state, and what is said first. Token is where an authentication begins (tcTokenURL); developer allows test
// cards and skips some of AusweisApp's checks.
func Begin(w Workflow, token Address, developer bool) (State, []Command) {
	s := State{Workflow: w, Retries: -1, stage: greeting, token: &token, developer: developer}
	return s.settle(), []Command{plain("GET_API_LEVEL")}
}

// String says what is being done and which screen it is; with the cause, once there is one.
func (s State) String() string {
	if s.Outcome != nil {
		return fmt.Sprintf("%s: %s: %s", s.Workflow, s.Screen, s.Outcome.Cause)
	}
	return fmt.Sprintf("%s: %s", s.Workflow, s.Screen)
}

// Format is String, whatever the verb: a State knows addresses of one citizen's session.
func (s State) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// Over tells whether the session has ended.
func (s State) Over() bool { return s.Outcome != nil }

// owes tells whether it is AusweisApp's turn, and it needs nobody for it: no citizen, no card and no network.
func (s State) owes() bool {
	switch {
	case s.Outcome != nil:
		return false
	case s.stage == consenting:
		return s.Certificate == nil || s.Rights == nil || s.changes > 0
	}
	return slices.Contains([]stage{greeting, levelling, launching, leaving}, s.stage)
}

// settle derives what the screen needs.
func (s State) settle() State {
	s.Keypad, s.Min, s.Max = false, 0, 0
	s.Pending = s.changes > 0 && s.Outcome == nil
	s.Readers, s.Reader = s.readers, s.current()
	if c := s.Reader.Card; c != nil && c.Retries >= 0 {
		s.Retries = c.Retries
	}
	s.Screen = s.screen()
	switch s.Screen {
	case EnterPIN:
		s.Min, s.Max = 6, 6
		if s.Workflow == ChangePIN {
			s.Min = 5 // the letter's PIN
		}
	case EnterNewPIN, EnterCAN:
		s.Min, s.Max = 6, 6
	case EnterPUK:
		s.Min, s.Max = 10, 10
	default:
		return s
	}
	s.Keypad = s.Reader.Keypad
	return s
}

func (s State) screen() Screen {
	if o := s.Outcome; o != nil {
		switch o.Cause {
		case Success:
			return Done
		case ByCitizen:
			return Cancelled
		}
		return Failed
	}
	switch s.stage {
	case greeting, levelling, launching:
		return Starting
	case leaving:
		return Cancelling
	case pausing:
		return Paused
	case consenting:
		if s.Certificate == nil || s.Rights == nil {
			return Working // they were asked for; nobody consents to an unknown
		}
		return Consent
	case inserting:
		return s.waiting()
	case askPIN, askNewPIN, askCAN, askPUK, typing:
		return s.asking()
	}
	// A card that cannot be used makes AusweisApp wait without a word (INSERT_CARD is not sent when there is one).
	if s.expectsCard() {
		if w := s.waiting(); w == Deactivated || w == UnknownCard {
			return w
		}
	}
	return Working
}

// asking is the screen while a number is asked for.
func (s State) asking() Screen {
	switch card := s.Reader.Card; {
	case card == nil && (s.Reader.Name != "" || s.using != ""), card != nil && (card.Unknown || card.Deactivated && !s.onTheSpot()):
		return s.waiting()
	case s.stage == askNewPIN:
		return EnterNewPIN
	case s.stage == askCAN:
		return EnterCAN
	case s.stage == askPUK && card != nil && card.Inoperative:
		return Inoperative
	case s.stage == askPUK:
		return EnterPUK
	case s.stage == typing:
		return AtReader
	}
	return EnterPIN
}

// expectsCard tells whether AusweisApp is about to use a card.
func (s State) expectsCard() bool { return !s.carded && (s.Workflow == ChangePIN || s.Rights != nil) }

// onTheSpot tells whether the provider reads with the CAN, which works with an online function that is off.
func (s State) onTheSpot() bool {
	return s.Rights != nil && slices.Contains(s.Rights.Effective, CanAllowed)
}

// gone tells whether the card that AusweisApp named is not there any more.
func (s State) gone() bool {
	return s.using != "" && !slices.ContainsFunc(s.readers, func(r Reader) bool { return r.Name == s.using && r.Card != nil })
}

// waiting is the screen while a card is needed.
func (s State) waiting() Screen {
	c, real := s.Reader.Card, slices.ContainsFunc(s.readers, func(r Reader) bool { return !r.Insertable })
	switch {
	case c == nil && !real:
		return ConnectReader
	case c == nil:
		return InsertCard
	case c.Unknown:
		return UnknownCard
	case c.Deactivated && !s.onTheSpot():
		return Deactivated
	}
	return Working
}

// current is the reader that counts: the one AusweisApp named, or one with a good card, or with any, or any.
func (s State) current() Reader {
	best, most := Reader{}, 0
	for _, r := range s.readers {
		points := 1
		switch c := r.Card; {
		case r.Name == s.using:
			points = 5
		case c != nil && !c.Unknown && !c.Deactivated:
			points = 4
		case c != nil:
			points = 3
		case !r.Insertable:
			points = 2
		}
		if points > most {
			best, most = r, points
		}
	}
	return best
}

// see notes a reader's news.
func (s State) see(r Reader) State {
	i, found := slices.BinarySearchFunc(s.readers, r.Name, func(r Reader, name string) int { return strings.Compare(r.Name, name) })
	switch {
	case !r.Attached && found:
		s.readers = slices.Delete(slices.Clone(s.readers), i, i+1)
	case !r.Attached:
	case found:
		s.readers = slices.Clone(s.readers)
		s.readers[i] = r
	case len(s.readers) < maxReaders:
		s.readers = slices.Insert(slices.Clone(s.readers), i, r)
	}
	return s
}

// end ends the session; only the first end counts. An end that a fault brought is not the citizen's doing.
func (s State) end(o Outcome) State {
	if s.Outcome != nil {
		return s
	}
	if s.faulty && o.Cause == ByCitizen {
		o.Cause, o.Note = Software, s.Note
	}
	s.Outcome, s.Problem, s.changes = &o, NoProblem, 0
	return s
}
