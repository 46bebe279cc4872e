package hardware

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
)

// Past is the last fault of a device.
type Past struct {
	Fault string     `json:"fault"`           // the driver's words, for a report
	Since time.Time  `json:"since"`           //
	Until *time.Time `json:"until,omitempty"` // nil: when it was last looked at it was not over
}

// diary keeps the last fault of every device in a file, so that a technician who comes when all is well again sees what was. Nothing else in
// the terminal reads it.
type diary struct {
	file string
	mu   sync.Mutex
	last map[visit.Part]Past
}

// LastFaults reads the file that Devices.Note wrote. A terminal that has none yet gives an empty map.
func LastFaults(file string) (map[visit.Part]Past, error) {
	last := map[visit.Part]Past{}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err != nil {
		return nil, fmt.Errorf("hardware: last faults: %w", err)
	}
	if err := json.Unmarshal(text, &last); err != nil {
		return nil, fmt.Errorf("hardware: last faults: %s: %w", file, err)
	}
	return last, nil
}

func openDiary(file string) (*diary, error) {
	last, err := LastFaults(file)
	if err != nil { // what is lost is what once was wrong: no reason not to start
		last = map[visit.Part]Past{}
	}
	return &diary{file: file, last: last}, err
}

// note takes down how a device is; err is nil if it is well.
func (d *diary) note(part visit.Part, err error, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, known := d.last[part]
	open := known && was.Until == nil
	switch {
	case err == nil && open:
		was.Until = &now
	case err != nil && !open: // what a fault began with says most about it
		was = Past{Fault: err.Error(), Since: now}
	default:
		return
	}
	d.last[part] = was
	if err := d.write(); err != nil {
		slog.Warn("a device's last fault is not kept", "part", part, "error", err)
	}
}

func (d *diary) write() error {
	text, err := json.MarshalIndent(d.last, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(d.file, append(text, '\n'))
}
