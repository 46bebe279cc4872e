// Package keep says for how long Fyne keeps what it drew: letters and pictures, and the widgets of pages that are no longer there.
//
// Fyne reads it from the environment once, before main (package early). A terminal wants two answers: in use what is past should go soon, at rest what is
// shown should stay, because drawing it anew would be what the next finger waits for. Fyne has no call for it, only the variable that it reads whenever
// it draws something; this package is the one place that reaches for it. A version of Fyne that has it no longer fails the test.
package keep

import (
	"time"
	_ "unsafe" // for linkname
)

//go:linkname valid fyne.io/fyne/v2/internal/cache.ValidDuration
var valid time.Duration

var usual time.Duration // as the environment had it; zero: nothing else was asked for yet

// For makes Fyne keep what it draws from now on for so long after it was shown last. It is called on Fyne's goroutine, as AsUsual is.
func For(d time.Duration) {
	if usual == 0 {
		usual = valid
	}
	valid = d
}

// AsUsual ends what For began: from now on, what is drawn is kept for as long as the environment said when the program began.
func AsUsual() {
	if usual != 0 {
		valid = usual
	}
}
