package fim

import (
	"fmt"
	"strings"
)

// Report is what could not be carried over as it is, in the document's order.
type Report []Line

// Line is one thing that is different or missing in the folder. Its JSON is one object.
type Line struct {
	ID   string `json:"id"`   // the element's
	Name string `json:"name"` // the element's
	At
	Kind    Loss   `json:"kind"`
	What    string `json:"what"`    // in the document
	Instead string `json:"instead"` // in the folder
}

// Loss says what sort of thing is different.
type Loss string

const (
	LossRule     Loss = "rule"     // a rule in words or as a script
	LossRepeat   Loss = "repeat"   // something that may be there several times
	LossFile     Loss = "file"     // a file to hand in
	LossObject   Loss = "object"   // a fixed object: a picture, a leaflet
	LossList     Loss = "list"     // a code list outside of the document, or none at all
	LossHidden   Loss = "hidden"   // a field that nobody sees
	LossLocked   Loss = "locked"   // a field that nobody can change
	LossPattern  Loss = "pattern"  // a pattern that cannot be checked here
	LossLimits   Loss = "limits"   // another limit
	LossType     Loss = "type"     // a data type
	LossArt      Loss = "art"      // a kind of field
	LossContent  Loss = "content"  // something filled in before
	LossChoice   Loss = "choice"   // a choice group, or a box to tick
	LossLevel    Loss = "level"    // groups in groups in groups
	LossEmpty    Loss = "empty"    // a group or a label without anything
	LossText     Loss = "text"     // a sentence that had to be changed
	LossLetters  Loss = "letters"  // a character set
	LossStatus   Loss = "status"   // not released
	LossMetadata Loss = "metadata" // what is for editors
	LossUnknown  Loss = "unknown"  // an element that the standard does not have there
	LossService  Loss = "service"  // what a service needs and the standard does not have
)

// String is the line in words.
func (l Line) String() string {
	at := strings.TrimSpace(l.ID + " " + l.Name)
	if l.Line > 0 {
		at = fmt.Sprintf("%s (%s)", at, l.At)
	}
	return fmt.Sprintf("%s: %s: %s; instead: %s", at, l.Kind, l.What, l.Instead)
}

// String is the report in words, a line each.
func (r Report) String() string {
	var b strings.Builder
	for _, l := range r {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// add notes what is different about an element.
func (r *Report) add(e Element, kind Loss, what, instead string) {
	*r = append(*r, Line{ID: e.ID, Name: e.Name, At: e.At, Kind: kind, What: short(what, 4000), Instead: instead})
}
