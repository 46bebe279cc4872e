package screentest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Line is one line of a shell's event log, as the shell says it.
type Line struct {
	Name   string
	Fields []any // pairs of key and value
}

// Kind tells whether a value may stand in the event log under a key.
type Kind func(c *service.Catalogue, v any) bool

// Yes is true or false.
func Yes(_ *service.Catalogue, v any) bool { _, is := v.(bool); return is }

// Count is a number: of answers, of payments, of a setting.
func Count(_ *service.Catalogue, v any) bool {
	switch v.(type) {
	case int, float32:
		return true
	}
	return false
}

// Failure is an error; the log writes down that there was one, never its words (package watch).
func Failure(_ *service.Catalogue, v any) bool {
	_, is := v.(error)
	return is || v == nil
}

// Word is one of a closed set of words.
func Word[W ~string](words ...W) Kind {
	return func(_ *service.Catalogue, v any) bool { s, is := v.(string); return is && slices.Contains(words, W(s)) }
}

// ServiceID is a service of the town.
func ServiceID(c *service.Catalogue, v any) bool {
	s, is := v.(string)
	_, there := c.Find(s, "")
	return is && there
}

// Version is a version of some service of the town.
func Version(c *service.Catalogue, v any) bool {
	return slices.ContainsFunc(c.Services(), func(s *service.Service) bool { return s.Version == v })
}

// PageID is a page of some service's form, or none.
func PageID(c *service.Catalogue, v any) bool {
	return v == "" || slices.ContainsFunc(c.Services(), func(s *service.Service) bool {
		return s.Online() && slices.ContainsFunc(s.View(form.Answers{}, "de", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)).Pages, func(p form.Page) bool { return p.ID == v })
	})
}

// MayTell is all that a shell's event log may hold: which event, which keys, what kind of value. Whoever reads a log was not meant to know who stood
// there: no answer, no case number, no name, no error's own words.
type MayTell map[string]map[string]Kind

// TooMuch says what of a line may not stand in the event log; "" when all of it may.
func (m MayTell) TooMuch(c *service.Catalogue, l Line) string {
	keys, known := m[l.Name]
	switch {
	case !known:
		return fmt.Sprintf("nobody said what the event %q may tell", l.Name)
	case len(l.Fields)%2 != 0:
		return fmt.Sprintf("%s: a key without a value, or the other way round: %v", l.Name, l.Fields)
	}
	for i := 0; i < len(l.Fields); i += 2 {
		key, value := fmt.Sprint(l.Fields[i]), l.Fields[i+1]
		switch is, allowed := keys[key]; {
		case !allowed:
			return fmt.Sprintf("%s tells %s=%v", l.Name, key, value)
		case !is(c, value):
			return fmt.Sprintf("%s tells of %s more than it may: %v (%T)", l.Name, key, value, value)
		}
	}
	return ""
}

// Watch lets a test fail at its end if anything that it did told the event log too much. lines gives the log, catalogue what the town offers by then.
func (m MayTell) Watch(t testing.TB, catalogue func() *service.Catalogue, lines func() []Line) {
	t.Cleanup(func() {
		said := map[string]bool{}
		for _, l := range lines() {
			if what := m.TooMuch(catalogue(), l); what != "" && !said[what] {
				said[what] = true
				t.Error("the event log: " + what)
			}
		}
	})
}

// Told is an event log as text, fields and all.
func Told(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&b, append([]any{l.Name}, l.Fields...)...)
	}
	return b.String()
}
