package wire

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PathFaults is where a device tells what is wrong with services. There are no answers of citizens in it: places in files, and how often.
const PathFaults = "/v1/faults"

// Limits of one message about faults.
const (
	MaxFaults     = 50
	MaxFaultsSize = 256 << 10 // bytes of the message, also when every letter of a reason is escaped
	MaxReason     = 500       // bytes
	MaxTimes      = 1_000_000
)

// The kinds of faults.
const (
	FaultRule    = "rule"    // a rule has no value although all it reads is there
	FaultRefused = "refused" // the device does not offer what the town hall published: Reason says why
)

// Faults is what a device found since it told last. It may be sent again as it is: the town hall counts one with the same id once.
//
// History: joined 1. A town hall that does not know it answers 404; the device keeps counting.
type Faults struct {
	V      int     `json:"v"`
	ID     string  `json:"id"` // UUID, another one for every message, so that it leads to nobody
	Faults []Fault `json:"faults"`
}

// Fault is one thing that is wrong, and how often it was found.
type Fault struct {
	Kind    string `json:"kind"`
	Service string `json:"service"`
	Version string `json:"version"`          // "" when it is not known
	File    string `json:"file,omitempty"`   // of FaultRule: in the folder of the service
	Line    int    `json:"line,omitempty"`   // from 1
	Key     string `json:"key,omitempty"`    // name of the rule
	Reason  string `json:"reason,omitempty"` // of FaultRefused, in English
	Count   int64  `json:"count"`
}

// Noted is the town hall's answer: it has counted them.
type Noted struct {
	V int `json:"v"`
}

var placeForm = regexp.MustCompile(`^[\w./@*\[\]-]{1,200}$`)

// Check checks the message.
func (f Faults) Check() error {
	if err := version(f.V); err != nil {
		return err
	}
	if !uuidForm.MatchString(f.ID) || len(f.Faults) == 0 || len(f.Faults) > MaxFaults {
		return fmt.Errorf("wire: faults: %w", ErrMessage)
	}
	for _, x := range f.Faults {
		if err := x.Check(); err != nil {
			return err
		}
	}
	return nil
}

// Check checks one fault. A device asks before it notes one.
func (f Fault) Check() error {
	good := serviceForm.MatchString(f.Service) && (f.Version == "" || versionForm.MatchString(f.Version)) && f.Count > 0 && f.Count <= MaxTimes
	switch f.Kind {
	case FaultRule:
		good = good && f.Version != "" && placeForm.MatchString(f.File) && placeForm.MatchString(f.Key) && f.Line >= 0 && f.Line < 1_000_000 && f.Reason == ""
	case FaultRefused:
		good = good && f.File == "" && f.Key == "" && f.Line == 0 && f.Reason != "" && len(f.Reason) <= MaxReason && utf8.ValidString(f.Reason) && !strings.ContainsFunc(f.Reason, unicode.IsControl)
	default:
		good = false
	}
	if !good {
		return fmt.Errorf("wire: fault: %w", ErrMessage)
	}
	return nil
}

// Check checks the answer.
func (n Noted) Check() error { return version(n.V) }
