package eid

import (
	"slices"
)

// Step is what happens when AusweisApp says something: the state that follows, and what to say back. It is pure and total: every message
// is possible in every state, and what makes no sense there changes nothing. See the package's comment for the picture.
func Step(s State, m Message) (State, []Command) {
	s, say := s.step(m)
	if s.Outcome != nil {
		say = nil
	}
	return s.settle(), say
}

func (s State) step(m Message) (State, []Command) {
	if next, done := s.news(m); done || s.Outcome != nil {
		return next, nil
	}
	switch m.Kind {
	case KindStatus:
		if m.Status != nil && m.Status.Workflow != "" {
			s.Progress = m.Status.Progress
		}
		return s, nil
	case KindAPILevel:
		return s.level(m)
	case KindAuth:
		return s.auth(m), nil
	case KindChangePIN:
		return s.changePIN(m), nil
	case KindBadState:
		return s.badState(m)
	case KindUnknownCommand:
		return s.unknownCommand(m)
	case KindInternalError, KindInvalid:
		return s.giveUp(m.Error)
	}
	return s.ask(m)
}

// news takes what may come at any time, with a workflow or without one.
func (s State) news(m Message) (next State, done bool) {
	switch {
	case m.Kind == KindReader && m.Reader != nil:
		return s.see(*m.Reader).cardMoved(), true
	case m.Kind == KindReaderList:
		s.readers = nil
		for _, r := range m.Readers {
			s = s.see(r)
		}
		return s.cardMoved(), true
	case m.Kind == KindReader || m.Kind == KindInfo: // GET_READER with an error; neither says anything about a session
		return s, true
	case !m.Kind.Known():
		return s.keep(m), true
	}
	return s, false
}

// cardMoved notes that the card in use is gone, or back.
func (s State) cardMoved() State {
	if s.Outcome != nil {
		return s // it may be taken away now
	}
	switch s.stage {
	case askPIN, askNewPIN, askCAN, askPUK, typing:
		if s.gone() {
			s.Problem, s.Note = TakenAway, ""
		} else if s.Problem == TakenAway {
			s.Problem = NoProblem
		}
	}
	return s
}

// level answers API_LEVEL: the highest level that both know is set, and the workflow begins.
func (s State) level(m Message) (State, []Command) {
	switch {
	case m.Level == nil:
		return s, nil
	case s.stage == greeting:
		best := 0
		for _, l := range m.Level.Available {
			if l >= minLevel && l <= maxLevel {
				best = max(best, l)
			}
		}
		if best == 0 {
			return s.end(Outcome{Cause: TooNew}), nil
		}
		s.Level = best
		if m.Level.Current == best {
			return s.launch()
		}
		s.stage = levelling
		return s, []Command{{name: "SET_API_LEVEL", level: best}}
	case s.stage == levelling && (m.Error != "" || m.Level.Current != s.Level):
		return s.end(Outcome{Cause: Software, Note: m.Error}), nil
	case s.stage == levelling:
		return s.launch()
	}
	return s, nil
}

func (s State) launch() (State, []Command) {
	s.stage = launching
	run := plain("RUN_CHANGE_PIN")
	if s.Workflow == Authenticate {
		run = Command{name: "RUN_AUTH", token: s.token, developer: s.developer}
	}
	return s, []Command{plain("GET_READER_LIST"), run}
}

// auth takes AUTH: the begin, the refusal, or the end.
func (s State) auth(m Message) State {
	switch {
	case s.Workflow != Authenticate:
		return s
	case m.Result != nil:
		r := *m.Result
		return s.end(Outcome{Cause: r.judge(), Result: r, Reason: r.Reason, Note: veil(r.Message), URL: m.URL})
	case m.Error != "" && s.stage == launching:
		return s.end(Outcome{Cause: TokenRefused, Note: m.Error, URL: m.URL})
	case m.Error != "":
		return s.end(Outcome{Cause: Software, Note: m.Error, URL: m.URL})
	case s.stage == launching:
		s.stage = running
	}
	return s
}

// changePIN takes CHANGE_PIN: the begin or the end.
func (s State) changePIN(m Message) State {
	switch {
	case s.Workflow != ChangePIN:
		return s
	case m.Success != nil:
		return s.end(Outcome{Cause: s.judgeChange(*m.Success, m.Reason), Reason: m.Reason, Note: m.Error})
	case m.Error != "":
		return s.end(Outcome{Cause: Software, Note: m.Error})
	case s.stage == launching:
		s.stage = running
	}
	return s
}

// judgeChange finds the cause of a change's end; AusweisApp gives a reason only since 1.26.4. Success counts only when the new PIN was the last
// thing it was given: 1.26.2 also says so when it lost the card before anything was asked (testdata/recorded/1.26.2-false-success.txt).
func (s State) judgeChange(ok bool, reason string) Cause {
	switch {
	case ok && s.tried == askNewPIN:
		return Success
	case reason != "":
		return judgeCode(reason)
	case s.cancelled || s.faulty:
		return ByCitizen // or the fault, see end
	case s.Problem == TakenAway || s.gone():
		return CardRemoved
	}
	return Other
}

// badState: the command came too late, or another workflow is running. What AusweisApp waits for now it has said, or will say.
func (s State) badState(m Message) (State, []Command) {
	switch m.Error {
	case "RUN_AUTH", "RUN_CHANGE_PIN":
		if s.stage == launching {
			return s.end(Outcome{Cause: Occupied}), nil
		}
	case "CANCEL":
		if s.stage == leaving {
			return s.end(Outcome{Cause: ByCitizen}), nil // there is nothing left to cancel
		}
	case "GET_CERTIFICATE":
		if s.stage == consenting && s.Certificate == nil {
			return s.giveUp(m.Error) // nobody may consent to an unknown
		}
	case "SET_ACCESS_RIGHTS":
		s.changes = max(0, s.changes-1)
	}
	if s.stage != leaving {
		s.Problem, s.Note = Refused, m.Error
	}
	return s, nil
}

// unknownCommand: this AusweisApp is older than the command. Without a reader list or virtual cards it still works, without the rest not.
func (s State) unknownCommand(m Message) (State, []Command) {
	switch m.Error {
	case "GET_API_LEVEL", "SET_API_LEVEL":
		if s.stage == greeting || s.stage == levelling {
			s.Level = minLevel
			return s.launch()
		}
	case "RUN_AUTH", "RUN_CHANGE_PIN":
		if s.stage == launching {
			return s.end(Outcome{Cause: TooOld}), nil
		}
	case "ACCEPT", "GET_CERTIFICATE", "SET_ACCESS_RIGHTS", "SET_PIN", "SET_NEW_PIN", "SET_CAN", "SET_PUK", "CONTINUE":
		if !slices.Contains([]stage{greeting, levelling, launching}, s.stage) {
			return s.giveUp(m.Error)
		}
	case "SET_CARD":
		s.Problem, s.Note = Refused, m.Error
	}
	return s, nil
}

// giveUp ends the workflow in good order after a fault, in AusweisApp or in what we said.
func (s State) giveUp(note string) (State, []Command) {
	switch s.stage {
	case greeting, levelling, launching:
		return s.end(Outcome{Cause: Software, Note: note}), nil
	case leaving:
		return s, nil
	}
	s.Problem, s.Note, s.stage, s.faulty, s.changes = Refused, note, leaving, true, 0
	return s, []Command{plain("CANCEL")}
}

// ask takes the messages that AusweisApp waits behind.
func (s State) ask(m Message) (State, []Command) {
	switch s.stage {
	case greeting, levelling, launching, leaving:
		return s, nil // from before, or crossed with our CANCEL
	}
	next := map[Kind]stage{
		KindAccessRights: consenting, KindInsertCard: inserting, KindEnterPIN: askPIN, KindEnterNewPIN: askNewPIN, KindEnterCAN: askCAN,
		KindEnterPUK: askPUK, KindPause: pausing, KindCertificate: s.stage,
	}[m.Kind]
	switch m.Kind {
	case KindCertificate:
		if m.Certificate != nil {
			s.Certificate = m.Certificate
		}
		return s, nil
	case KindPause:
		s.stage, s.Pause = next, m.Cause
		return s, nil
	case KindAccessRights:
		return s.rights(m)
	case KindInsertCard:
		if s.carded || s.using != "" {
			s.Problem = TakenAway
		}
		s.carded, s.using, s.tried = false, "", ""
	default:
		s.Problem = s.verdict(next, m)
		if m.Reader != nil {
			s.using = m.Reader.Name
			s = s.see(*m.Reader)
		}
		s.carded, s.tried = true, ""
	}
	if s.Note = m.Error; m.Error != "" {
		s.Problem = Refused
	}
	s.stage = next
	return s, nil
}

// rights takes ACCESS_RIGHTS: at the beginning, or as the answer to a change.
func (s State) rights(m Message) (State, []Command) {
	if m.Rights == nil {
		return s, nil
	}
	s.stage, s.changes, s.Problem, s.Note = consenting, max(0, s.changes-1), NoProblem, m.Error
	if m.Error != "" {
		s.Problem = Refused
	}
	r := *m.Rights
	if m.Error != "" && len(r.Effective)+len(r.Optional)+len(r.Required) == 0 {
		return s, nil // only the error was sent; what was shown still stands
	}
	s.Rights = &r
	if s.Certificate == nil {
		return s, []Command{plain("GET_CERTIFICATE")}
	}
	return s, nil
}

// verdict finds out what the question says about the answer before: AusweisApp asks again without a word when a number was wrong.
func (s State) verdict(next stage, m Message) Problem {
	now := -1
	if m.Reader != nil && m.Reader.Card != nil {
		now = m.Reader.Card.Retries
	}
	switch {
	case s.tried == askPIN && slices.Contains([]stage{askPIN, askCAN, askPUK}, next):
		if now >= 0 && s.before >= 0 && now >= s.before {
			return NotAccepted // typed nothing at the reader, for example
		}
		return WrongPIN
	case s.tried == askCAN && next == askCAN:
		return WrongCAN
	case s.tried == askPUK && next == askPUK:
		if m.Reader != nil && m.Reader.Card != nil && m.Reader.Card.Inoperative {
			return NoProblem // it was right, and used for the last time before
		}
		return WrongPUK
	case s.tried == askNewPIN && next == askNewPIN:
		return NotAccepted
	}
	return NoProblem
}

// keep remembers a message that nobody knows.
func (s State) keep(m Message) State {
	from := max(0, len(s.Others)-(maxOthers-1))
	s.Others = append(slices.Clone(s.Others[from:]), m)
	return s
}
