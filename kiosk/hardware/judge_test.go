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
		none bool
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
		"granted, and the terminal knows of nothing": {firstGranted, zvt.Status{}, true, ""},
		"nothing was known before, none now":         {blind, zvt.Status{}, true, ""},
		"nothing was known before, the amount fits":  {blind, at(8, 3070), false, ""},
		"nothing was known before, another amount":   {blind, at(8, 100), false, pay.Absent},
		"it told of one before, of none now":         {asked, zvt.Status{}, true, ""},
	} {
		got, err := judge(c.p, c.last, c.none)
		if got != c.want || (c.want == "") != errors.Is(err, ErrUnclear) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
