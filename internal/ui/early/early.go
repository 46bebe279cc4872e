// Package early sets what libraries read from the environment before main begins, unless somebody set it otherwise.
//
// It imports syscall alone: Go initializes packages in the order of their import paths as soon as what they import is initialized, so this one
// comes before package os, and thus before everything that reads the environment. The test looks.
package early

import "syscall"

// Set tells that it was done.
var Set = all(map[string]string{
	// Fyne's caches live for 12 seconds: with its default of a minute a busy terminal's memory grows by half; with 10 or less the idle terminal
	// walks its caches at every look.
	"FYNE_CACHE": "12s",
	// No table of key sequences: the X library would read 5,000 lines for hardware keyboards that write é with two keys. A touch screen has none.
	"XCOMPOSEFILE": "/dev/null",
})

func all(values map[string]string) bool {
	for name, value := range values {
		if _, found := syscall.Getenv(name); found {
			continue
		}
		if syscall.Setenv(name, value) != nil {
			return false
		}
	}
	return true
}
