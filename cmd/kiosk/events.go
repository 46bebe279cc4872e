package main

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree/watch"

// events is the terminal's event log: what happened, never what somebody said.
type events = watch.Log

// openEvents begins a new log in the file; "" gives one that forgets.
func openEvents(file string) (*events, error) { return watch.Open(file) }
