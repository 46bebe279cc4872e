package pay

// Effect is what has to be done once the new state is durable.
type Effect string

const (
	Nothing    Effect = ""
	Release    Effect = "release"    // the sealed application goes out, with its outcome
	Discard    Effect = "discard"    // the sealed application is deleted: nothing was paid, the citizen may try again
	Reconcile  Effect = "reconcile"  // ask the terminal how it ended
	GiveBack   Effect = "give back"  // order the terminal to reverse the payment
	Impossible Effect = "impossible" // this cannot happen in this state; the state stays, somebody should look at it
)

// Step gives the payment's next state and what is to be done after it is durable. It is total: every event in every state has an answer.
//
// Four rules explain the table. An application goes out only after the terminal's completion or its own later word that the money was
// taken. It is deleted only on the terminal's definite word that none was. Everything else is unclear and gets asked. Money that turns
// up for a payment that had ended is given back: by the terminal, or where it cannot any more, by the town hall.
func Step(p Payment, e Event) (Payment, Effect) {
	next, effect := step(p.State, e.Kind)
	if effect == Impossible || (next == p.State && effect == Nothing) {
		return p, effect
	}
	p.State, p.At = next, e.At
	switch {
	case e.Evidence == nil:
	case e.Kind == Ask:
		p.Before = e.Evidence
	default:
		p.Evidence = e.Evidence
	}
	if e.Code != "" {
		p.Code = e.Code
	}
	return p, effect
}

func step(s State, k Kind) (State, Effect) {
	switch s {
	case Intended:
		switch k {
		case Ask:
			return Asked, Nothing
		case Refuse:
			return Declined, Discard
		case Cancel, Lose, Absent: // it was never asked for: nothing can have been taken
			return Cancelled, Discard
		case Grant, Found: // a payment nobody ordered: not ours to keep quiet about
			return Unknown, Reconcile
		}
	case Asked:
		switch k {
		case Ask:
			return Asked, Nothing
		case Grant:
			return Granted, Nothing
		case Complete, Lose: // a completion without status information says nothing about money
			return Unknown, Reconcile
		case Refuse:
			return Declined, Discard
		case Cancel:
			return Cancelled, Discard
		case Found:
			return Approved, Release
		case Absent:
			return Cancelled, Discard
		case Reverse:
			return Reversed, Discard
		}
	case Granted:
		switch k {
		case Grant: // repeated by the terminal because our acknowledgement was lost
			return Granted, Nothing
		case Complete, Found:
			return Approved, Release
		case Refuse, Cancel, Absent, Reverse: // the terminal took it back by itself
			return Reversed, Discard
		case Lose:
			return Unknown, Reconcile
		}
	case Unknown:
		switch k {
		case Found:
			return Approved, Release
		case Complete: // a late completion does not say of what
			return Unknown, Reconcile
		case Absent:
			return Cancelled, Discard
		case Refuse:
			return Declined, Discard
		case Cancel:
			return Cancelled, Discard
		case Reverse:
			return Reversed, Discard
		case Grant:
			return Granted, Nothing
		case Lose:
			return Unknown, Reconcile
		}
	case Approved:
		switch k {
		case Grant, Complete, Found, Lose: // said twice
			return Approved, Nothing
		}
	case Declined, Cancelled:
		switch k {
		case Refuse, Cancel, Absent, Lose, Complete:
			return s, Nothing
		case Grant, Found:
			return Stray, GiveBack
		}
	case Stray:
		switch k {
		case Grant, Found, Complete, Lose, Refuse, Cancel: // still to be given back
			return Stray, GiveBack
		case Reverse, Absent:
			return Reversed, Nothing
		case HandOver:
			return Owed, Nothing
		}
	case Owed:
		switch k {
		case Grant, Found, Complete, Lose, Refuse, Cancel, Absent, Reverse, HandOver: // people look into the terminal's journal before they pay
			return Owed, Nothing
		}
	case Reversed:
		switch k {
		case Reverse, Absent, Refuse, Cancel, Lose, Complete:
			return Reversed, Nothing
		case Grant, Found:
			return Stray, GiveBack
		}
	}
	return s, Impossible
}

// Verdict is what a terminal's last payment says about an unclear one.
type Verdict int

const (
	Unclear Verdict = iota // neither can be said: people have to look at it, the application stays held
	Ours                   // it is this payment: Found
	Theirs                 // it is another one, so this one was not made: Absent
)

// Compare says whether the last payment a terminal reports is the payment p: the reconciliation rule.
//
// The amount alone never decides: after a break before the status information a terminal reverses by itself and then repeats the
// previous payment, which may have had the same amount (PA00P015 2.2.8). What was seen before p began is therefore compared by
// terminal, trace, receipt number and time; what was seen during p has to be the very same. Another terminal, put in the place of the one that
// was asked, knows nothing about p, whatever it reports.
func Compare(p Payment, last Evidence) Verdict {
	switch {
	case elsewhere(p.Evidence, last), elsewhere(p.Before, last):
		return Unclear
	case last.Amount != p.Amount:
		return Theirs
	case p.Evidence != nil && last.key() == p.Evidence.key():
		return Ours
	case p.Evidence != nil:
		return Theirs
	case p.Before == nil:
		return Unclear
	case last.key() == p.Before.key():
		return Theirs
	default:
		return Ours
	}
}

// elsewhere tells whether what was seen and what is reported now are known to be of two terminals.
func elsewhere(seen *Evidence, last Evidence) bool {
	return seen != nil && seen.TerminalID != "" && last.TerminalID != "" && seen.TerminalID != last.TerminalID
}

type key struct {
	terminal       string
	trace, receipt int
	date, time     string
}

func (e Evidence) key() key { return key{e.TerminalID, e.Trace, e.Receipt, e.Date, e.Time} }
