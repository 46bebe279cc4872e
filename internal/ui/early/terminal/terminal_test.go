package terminal_test

import (
	"testing"

	_ "fyne.io/fyne/v2/app" // what is to be set for

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/earlytest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/terminal"
)

func TestItIsDoneBeforeAnybodyReadsTheEnvironment(t *testing.T) {
	earlytest.BeforeAnybodyReads(t, "terminal", terminal.Set, "4s")
}

func TestWhatSomebodySetStays(t *testing.T) { earlytest.WhatSomebodySetStays(t, terminal.Set) }
