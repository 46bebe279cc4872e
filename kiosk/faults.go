package kiosk

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// counts is a screen that says what the devices can do; it is told when that changes, and drawn afterwards.
type counts interface{ devicesChanged() }

// lookAround takes over which devices do not work just now; changed tells whether the screen has to say something else.
func (k *Kiosk) lookAround() (changed bool) {
	if k.o.Faults == nil {
		return false
	}
	now := k.o.Faults()
	if slices.EqualFunc(now, k.faults, func(a, b visit.Fault) bool { return a.Part == b.Part && trouble(a) == trouble(b) }) {
		return false
	}
	for _, f := range now {
		k.o.Event("device", "part", string(f.Part), "state", trouble(f))
	}
	for _, f := range k.faults {
		if !slices.ContainsFunc(now, func(n visit.Fault) bool { return n.Part == f.Part }) {
			k.o.Event("device", "part", string(f.Part), "state", "back")
		}
	}
	k.faults = now
	if s, ok := k.top().(counts); ok {
		s.devicesChanged()
	}
	return true
}

// trouble is what is wrong with a device, in a word.
func trouble(f visit.Fault) string {
	switch {
	case errors.Is(f.Err, visit.ErrNoPaper):
		return "paper"
	case errors.Is(f.Err, visit.ErrCoverOpen):
		return "cover"
	}
	return "away"
}

// faultNote says what does not work here just now, in one calm note; nil when everything does.
func (k *Kiosk) faultNote() []fyne.CanvasObject {
	var lines []string
	for _, f := range k.faults {
		key := "fault." + string(f.Part)
		if special := key + "." + trouble(f); k.o.Texts.Knows(k.s.style.Lang, special) {
			key = special
		}
		if k.o.Texts.Knows(k.s.style.Lang, key) { // nobody misses a device that only the terminal itself needs
			lines = append(lines, k.say(key))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []fyne.CanvasObject{k.note(look.Info, "info-circle", k.say("fault.title"), strings.Join(lines, " "))}
}

// The service's page, the ways to pay and the page that waits for a code ask anew; what they said before stays until the answer is there.

func (c *card) devicesChanged() { c.asked = false }

func (w *ways) devicesChanged() { w.asked = false }

func (s *scan) devicesChanged() {
	if s.said == "dead" {
		s.begun, s.said = false, ""
	}
}
