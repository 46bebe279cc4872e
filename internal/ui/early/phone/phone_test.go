package phone_test

import (
	"testing"

	_ "fyne.io/fyne/v2/app" // what is to be set for

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/earlytest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/phone"
)

func TestItIsDoneBeforeAnybodyReadsTheEnvironment(t *testing.T) {
	earlytest.BeforeAnybodyReads(t, "phone", phone.Set, "12s")
}

func TestWhatSomebodySetStays(t *testing.T) { earlytest.WhatSomebodySetStays(t, phone.Set) }
