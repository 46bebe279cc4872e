package hardware

import (
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

func TestWhatTheTerminalsLastTransactionMeans(t *testing.T) {
	at := func(trace int, amount int64) zvt.Status {
		return zvt.Status{HasResult: true, Amount: amount, Trace: trace, Receipt: trace, TerminalID: "65000028", Date: "1123", Time: "101500"}
	}
	failed := at(8, 3070)
	failed.Result = 0x6C
	reversal := func(of int) zvt.Status {
		s := at(9, 3070)
		s.OriginalTrace = of
		return s
	}
	elsewhere := func(s zvt.Status) zvt.Status {
		s.TerminalID = "65000029"
		return s
	}
	asked := pay.Payment{Amount: 3070, State: pay.Unknown, Before: evidence(at(7, 3070))}
	granted := asked
	granted.Evidence = evidence(at(8, 3070))
	first := pay.Payment{Amount: 3070, State: pay.Unknown, Before: &pay.Evidence{}}
	firstGranted := first
	firstGranted.Evidence = evidence(at(8, 3070))
	blind := pay.Payment{Amount: 3070, State: pay.Unknown}
	for name, c := range map[string]struct {
		p    pay.Payment
		last zvt.Status
		none bool     // it ended the command with "not possible"
		want pay.Kind // "" is ErrUnclear
	}{
		"the equal payment before is repeated":       {asked, at(7, 3070), false, pay.Absent},
		"a new one of that amount":                   {asked, at(8, 3070), false, pay.Found},
		"another amount":                             {asked, at(8, 100), false, pay.Absent},
		"the very one that was granted":              {granted, at(8, 3070), false, pay.Found},
		"granted, but the one before is repeated":    {granted, at(7, 3070), false, pay.Absent},
		"granted and given back by itself":           {granted, reversal(8), false, pay.Reverse},
		"granted, and another one was given back":    {granted, reversal(7), false, ""},
		"not granted, and one was given back":        {asked, reversal(8), false, pay.Absent},
		"the attempt failed":                         {asked, failed, false, pay.Absent},
		"granted, and the terminal calls it failed":  {granted, failed, false, pay.Absent},
		"the first of all was not made":              {first, zvt.Status{}, true, pay.Absent},
		"the first of all was made":                  {first, at(1, 3070), false, pay.Found},
		"granted, and the terminal knows of nothing": {firstGranted, zvt.Status{}, true, pay.Absent},
		"nothing was known before, none now":         {blind, zvt.Status{}, true, ""},
		"nothing was known before, the amount fits":  {blind, at(8, 3070), false, ""},
		"nothing was known before, another amount":   {blind, at(8, 100), false, pay.Absent},
		"it told of one before, of none now":         {asked, zvt.Status{}, true, ""},
		"another terminal tells of another payment":  {granted, elsewhere(at(3, 3070)), false, ""},
		"another terminal tells of another amount":   {asked, elsewhere(at(3, 100)), false, ""},
	} {
		got, err := judge(c.p, memory{Status: c.last, here: c.last.TerminalID, none: c.none, sure: c.none})
		if got != c.want || (c.want == "") != errors.Is(err, ErrUnclear) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestATerminalThatDoesNotKnowTheQuestionProvesNothing(t *testing.T) {
	e := &pay.Evidence{Amount: 3070, TerminalID: "65000028", Trace: 1, Receipt: 1, Date: "1123", Time: "101500"}
	granted := pay.Payment{Amount: 3070, State: pay.Unknown, Before: &pay.Evidence{TerminalID: "65000028"}, Evidence: e}
	if got, err := judge(granted, memory{here: "65000028", none: true}); !errors.Is(err, ErrUnclear) {
		t.Errorf("it refuses the command: %q, %v", got, err)
	}
	if got, err := judge(granted, memory{here: "65000029", none: true, sure: true}); !errors.Is(err, ErrUnclear) {
		t.Errorf("another terminal, fresh: %q, %v", got, err)
	}
	granted.Evidence = nil
	if got, err := judge(granted, memory{here: "65000028", none: true}); err != nil || got != pay.Absent {
		t.Errorf("never acknowledged: %q, %v", got, err)
	}
}
