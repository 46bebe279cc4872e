// Package early sets what libraries read from the environment before main begins, unless somebody set it otherwise. A program imports the one of its
// rooms that is made for it.
//
// The rooms import syscall alone, and this: Go initializes packages in the order of their import paths as soon as what they import is initialized, so they
// come before package os, and thus before everything that reads the environment. The tests look.
package early

import "syscall"

// Set sets variables, and the ones for both shells. It tells that it was done.
func Set(values map[string]string) bool {
	// No table of key sequences: the X library would read 5,000 lines for hardware keyboards that write é with two keys. A touch screen has none.
	values["XCOMPOSEFILE"] = "/dev/null"
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
