package expr

import (
	"errors"
	"testing"
)

func TestARuleKnowsWhenAnOfficeIsOpen(t *testing.T) {
	v := vars()
	v["tables"] = map[string]any{"office": map[string]any{"week": map[string]any{"mon": "08:00-12:00", "fri": "08:00-12:00"}, "except": map[string]any{"2026-11-30": ""}}, "hut": "open"}
	for source, want := range map[string]bool{
		`openAt(tables.office, "2026-11-23", "08:00")`: true,
		`openAt(tables.office, "2026-11-23", "12:00")`: false,
		`openAt(tables.office, "2026-11-24", "09:00")`: false, // a Tuesday
		`openAt(tables.office, "2026-11-30", "09:00")`: false, // excepted
		`openAt(tables.office, "2026-12-25", "09:00")`: false, // a Friday, and Christmas
		`openAt(tables.office, "2026-12-18", "early")`: false,
	} {
		if got, err := rule(t, source).Bool(v); err != nil || got != want {
			t.Errorf("%s: %v %v", source, got, err)
		}
	}
	for _, source := range []string{`openAt(tables.hut, "2026-11-23", "08:00")`, `openAt(tables.office, "gestern", "08:00")`, `openAt(tables.nowhere, "2026-11-23", "08:00")`} {
		if _, err := rule(t, source).Bool(v); !errors.Is(err, ErrEval) {
			t.Errorf("%s: %v", source, err)
		}
	}
}
