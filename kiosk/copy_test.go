package kiosk

import (
	"bytes"
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

func TestAllAnswersCanBeTakenHomeOnA4(t *testing.T) {
	r := newRig(t, portrait)
	r.sheets.err = visit.ErrNoPaper
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	r.Tap("copy")
	r.WaitFor("Das Drucken ging nicht.")
	r.sheets.err = nil
	r.Tap("copy")
	r.WaitFor("Bitte nehmen Sie Ihr Blatt mit.")
	if r.sheets.got != 2 || !bytes.HasPrefix(r.sheets.page, []byte("%PDF-")) {
		t.Errorf("%d pages were printed, the last begins %.8q", r.sheets.got, r.sheets.page)
	}
	v := r.k.s.visit
	r.Tap("end")
	if _, err := v.Copy(); !errors.Is(err, visit.ErrUnsent) {
		t.Errorf("after the end there still is a copy: %v", err)
	}
}

func TestASlipThatDidNotComeOutCanBeRead(t *testing.T) {
	r := newRig(t, portrait)
	r.printer.set(visit.ErrNoPaper)
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Das Papier ist leer.")
	r.Tap("look")
	if r.k.Screen() != "slip" || !r.Sees("BO-26-") {
		t.Errorf("on %s the slip cannot be read", r.k.Screen())
	}
	r.Tap("back")
	if r.k.Screen() != "done" {
		t.Errorf("the way back leads to %s", r.k.Screen())
	}
}
