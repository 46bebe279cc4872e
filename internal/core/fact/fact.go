// Package fact reads what is known of somebody from elsewhere, so that nobody has to type it once more: from an identity card, from the code of
// one of our own parking permits, from a contact card that a phone shows as a code. What it gives is only ever shown, and can be changed.
package fact

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

// Facts is what is known, by the names that form.Facts lists, and from where.
type Facts struct {
	Origin form.Origin
	Values map[string]string
}

// ErrNone says that a code tells nothing that could be filled in.
var ErrNone = errors.New("fact: this code tells nothing")

// Longest code that is read, and longest value taken from one, in bytes.
const (
	maxCode  = 4096
	maxValue = 200
)

// Wipe forgets what was read.
func (f *Facts) Wipe() {
	clear(f.Values)
	f.Values = nil
}

// Person is what an identity card tells (BSI TR-03110-4, the data groups for reading).
type Person struct {
	Given, Family, Birthplace      string
	Birth                          string // "1980-04-03"; days that the card does not know are left out, then it is empty
	Street, Number, Postcode, Town string
}

// Facts gives what the card tells by its names.
func (p Person) Facts() Facts {
	return clean(form.OriginCard, map[string]string{
		"card.given": p.Given, "card.family": p.Family, "card.birth": p.Birth, "card.birthplace": p.Birthplace,
		"card.street": p.Street, "card.number": p.Number, "card.postcode": p.Postcode, "card.town": p.Town,
	})
}

// SplitStreet parts "Herforder Straße 12 a" into street and number, as an identity card has them in one line. number is empty when there is none.
func SplitStreet(line string) (street, number string) {
	line = strings.TrimSpace(line)
	for i := len(line) - 1; i > 0; i-- { // the last one: there is a Straße des 17. Juni
		if line[i-1] == ' ' && line[i] >= '1' && line[i] <= '9' {
			return strings.TrimSpace(line[:i]), line[i:]
		}
	}
	return line, ""
}

// Read gives what a scanned code tells: a parking permit's, a vCard (RFC 2426, RFC 6350), a MeCard. ErrNone for every other code; the error does not
// repeat it.
func Read(code string) (Facts, error) {
	code = strings.TrimSpace(code)
	if len(code) == 0 || len(code) > maxCode || !utf8.ValidString(code) {
		return Facts{}, ErrNone
	}
	var f Facts
	switch upper := strings.ToUpper(code[:min(len(code), 16)]); {
	case strings.HasPrefix(upper, "BEGIN:VCARD"):
		f = clean(form.OriginContact, vCard(code))
	case strings.HasPrefix(upper, "MECARD:"):
		f = clean(form.OriginContact, meCard(code))
	default:
		f = clean(form.OriginPermit, permit(code))
	}
	if len(f.Values) == 0 {
		return Facts{}, ErrNone
	}
	return f, nil
}

// permit reads the claims of a permit. Whether its signature is the town hall's is not asked: the town hall looks the permit up anyway.
func permit(code string) map[string]string {
	var claims struct {
		Number string `json:"number"`
		Plate  string `json:"plate"`
		Zone   string `json:"zone"`
		From   string `json:"from"`
		Until  string `json:"until"`
	}
	if proof.Peek(proof.Permit, code, &claims) != nil {
		return nil
	}
	return map[string]string{"permit.number": claims.Number, "permit.plate": claims.Plate, "permit.zone": claims.Zone,
		"permit.from": claims.From, "permit.until": claims.Until}
}

// clean leaves out what is empty, too long, or has signs that nobody types.
func clean(source form.Origin, values map[string]string) Facts {
	f := Facts{Origin: source, Values: map[string]string{}}
	for name, v := range values {
		v = strings.TrimSpace(v)
		if v == "" || len(v) > maxValue || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }) {
			continue
		}
		f.Values[name] = v
	}
	return f
}
