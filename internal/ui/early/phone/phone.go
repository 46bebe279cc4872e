// Package phone is early for the phone.
package phone

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early"

// Set tells that it was done.
var Set = early.Set(map[string]string{
	// Fyne's caches live for 12 seconds: with its default of a minute the memory grows by half. Shorter they would be drawn anew by the first finger
	// after every pause; with 10 or less an idle app also walks its caches at every look.
	"FYNE_CACHE": "12s",
})
