package fim

import "fmt"

// Schema is a Stammdatenschema: everything that one application asks.
type Schema struct {
	Element
	Edition  string   // of the standard: "2" or "3"
	Laws     []string // bezug: what it rests on
	Keywords []string // stichwort
	Released bool     // somebody responsible has released it (2.0: status aktiv; 3.0: freigabestatus 5 or 6)
	Status   string   // the code as it stands there
	Children []Child

	seen Report // what Read already knows that it cannot be carried over
}

// Element is what schema, group, field have in common.
type Element struct {
	ID      string // "F60000227"; not checked, never a file's name
	Version string // "1.2" or "1.2.0"; empty for a working copy
	Name    string
	Label   string // bezeichnungEingabe: what people read
	Help    string // hilfetextEingabe
	At
	Rules []Rule
}

// Child is a group or a field with how often it may be there.
type Child struct {
	Min, Max int // Max Many: without end
	Group    *Group
	Field    *Field
}

// Many is the Max of a Child without an upper end.
const Many = -1

// Group is a Datenfeldgruppe.
type Group struct {
	Element
	Choice   bool // art X: exactly one of its parts
	Children []Child
}

// Field is a Datenfeld.
type Field struct {
	Element
	Art     string // feldart: input, select, label, hidden, locked; as it stands there
	Type    string // datentyp: text, text_latin, date, time, datetime, bool, num, num_int, num_currency, file, obj; as it stands there
	Limits  Limits
	Content string // inhalt: a label's words, or what is filled in before
	Values  []Value
	List    string // the code list's URN with its version; empty when there is none
	Prefill string // vorbefuellung: keine, optional, verpflichtend
	Files   string // mediaType and maxSize, in words
}

// Limits is a praezisierung, as it stands there. Lengths are in characters, values in the field's type, amounts in euros.
type Limits struct {
	MinLength, MaxLength string
	MinValue, MaxValue   string
	Pattern              string // XML Schema's regular expressions, though many write them as ECMAScript does
	Rest                 string // what is none of these
}

// Value is one of a field's werte.
type Value struct{ Code, Name, Help string }

// Rule is a regel. Its words are for people, its script has no defined language.
type Rule struct {
	ID, Version, Name string
	Words             string // definition, freitextRegel or beschreibung
	Script            bool
	At
}

// At is a place in the document. Many documents are one long line.
type At struct {
	Line   int `json:"line,omitempty"`   // from 1; 0: the document as a whole
	Column int `json:"column,omitempty"` // in bytes, from 1: where the element's first tag ends
}

// String is the place as errors write it.
func (a At) String() string { return fmt.Sprintf("line %d, column %d", a.Line, a.Column) }
