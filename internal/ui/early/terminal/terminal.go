// Package terminal is early for the terminal.
package terminal

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early"

// Set tells that it was done.
var Set = early.Set(map[string]string{
	// Fyne's caches live for 4 seconds. With its default of a minute the pages that somebody left, and their letters as pictures, double the memory of a
	// terminal in use; with 12 seconds they are 15 MiB while somebody hurries. Package kiosk draws before what is shown would be forgotten.
	"FYNE_CACHE": "4s",
})
