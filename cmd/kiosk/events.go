package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// events is the terminal's event log: what happened, never what somebody said.
type events struct {
	mu   sync.Mutex
	file *os.File
}

// openEvents begins a new log in the file; "" gives one that forgets.
func openEvents(file string) (*events, error) {
	if file == "" {
		return &events{}, nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("kiosk: event log: %w", err)
	}
	if err := f.Chmod(0o600); err != nil { // it may have been there with other rights
		f.Close()
		return nil, fmt.Errorf("kiosk: event log: %w", err)
	}
	return &events{file: f}, nil
}

// Add writes one line: a name, and pairs of key and value.
func (e *events) Add(name string, fields ...any) {
	line := map[string]any{"at": time.Now().UTC().Format(time.RFC3339Nano), "event": name}
	for i := 0; i+1 < len(fields); i += 2 {
		if err, ok := fields[i+1].(error); ok && err != nil {
			line[fmt.Sprint(fields[i])] = err.Error()
		} else {
			line[fmt.Sprint(fields[i])] = fields[i+1]
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.file != nil {
		_, _ = e.file.Write(append(text, '\n'))
	}
}

// Close ends the log.
func (e *events) Close() error {
	if e.file == nil {
		return nil
	}
	return e.file.Close()
}
