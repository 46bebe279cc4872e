package escpos

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/encoding/charmap"
)

//go:embed profiles.yaml
var profiles string

// Fact is what is known about an ability.
type Fact string

const (
	Yes     Fact = "yes"
	No      Fact = "no"
	Unknown Fact = "unknown" // no document says it; it is not relied upon
)

// Page is a code page with its number in ESC t.
type Page struct {
	Name   int  // such as 858
	Number byte // such as 19
}

// UnmarshalYAML reads "858=19".
func (p *Page) UnmarshalYAML(b []byte) error {
	name, number, _ := strings.Cut(strings.TrimSpace(string(b)), "=")
	n, err := strconv.Atoi(name)
	if err != nil {
		return fmt.Errorf("code page %q is not of the form 858=19", b)
	}
	m, err := strconv.ParseUint(number, 10, 8)
	if err != nil {
		return fmt.Errorf("code page %q is not of the form 858=19", b)
	}
	*p = Page{n, byte(m)}
	if p.table() == nil {
		return fmt.Errorf("code page %d is not known here", n)
	}
	return nil
}

// table gives the letters of a code page, or nil.
func (p Page) table() *charmap.Charmap {
	switch p.Name {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 858:
		return charmap.CodePage858
	case 866:
		return charmap.CodePage866
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1252:
		return charmap.Windows1252
	case 1254:
		return charmap.Windows1254
	}
	return nil
}

// Profile is what a printer can do.
type Profile struct {
	Name      string `yaml:"name"`       // maker and model, lower case, with hyphens
	Columns   int    `yaml:"columns"`    // letters of font A on a line
	Dots      int    `yaml:"dots"`       // what the head can reach across
	Pages     []Page `yaml:"pages"`      // in the order in which they are preferred; every job begins in the first
	QR        Fact   `yaml:"qr"`         // GS ( k draws QR codes; otherwise they are sent as pictures
	Barcodes  Fact   `yaml:"barcodes"`   // GS k with a length draws bar codes; otherwise they are sent as pictures
	Cutter    Fact   `yaml:"cutter"`     // there is a knife
	ASB       Fact   `yaml:"asb"`        // GS a: it tells its status by itself
	ProcessID Fact   `yaml:"process-id"` // GS ( H function 48 tells when printing is completed
	Clear     Fact   `yaml:"clear"`      // DLE DC4 function 8 empties the buffers; tried unless the answer is No
	Source    string `yaml:"source"`     // where this is known from
}

// Generic is the profile of a printer that nobody named: 80 mm paper, a knife, QR codes, and code page 858 at the number that nearly all
// printers give it. Nothing that only some printers know is relied upon.
func Generic() Profile {
	return Profile{Name: "generic", Columns: 48, Dots: 48 * cell, Pages: []Page{{858, 19}}, QR: Yes, Barcodes: Yes, Cutter: Yes, ASB: Unknown, ProcessID: Unknown, Clear: Unknown,
		Source: "what TM-T88, TM-T20 and their relatives have in common"}
}

// Profiles lists the printers that are known by name, and the generic one first.
func Profiles() ([]Profile, error) {
	var named []Profile
	if err := yaml.UnmarshalWithOptions([]byte(profiles), &named, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("escpos: profiles: %w", err)
	}
	return append([]Profile{Generic()}, named...), nil
}

// ErrProfile says that no printer is known by a name.
var ErrProfile = errors.New("escpos: no such printer in the profiles")

// Named gives the profile of that name; "" is the generic one. It fails with ErrProfile.
func Named(name string) (Profile, error) {
	if name == "" {
		return Generic(), nil
	}
	all, err := Profiles()
	if err != nil {
		return Profile{}, err
	}
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("%w: %q", ErrProfile, name)
}
