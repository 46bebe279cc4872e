package form

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
)

// organisation is a firm, a club, an authority: {name, form?, register?, court?, vat?, tax?, contact?}.
func organisation() *composite {
	return &composite{
		all: []part{
			{name: "name", kind: Text, keys: KeysText, most: 160},
			{name: "form", kind: Text, keys: KeysText, most: 60},
			{name: "register", kind: Text, keys: KeysPlate, most: 40, parse: parseRegister},
			{name: "court", kind: Text, keys: KeysText, most: 80},
			{name: "vat", kind: Text, keys: KeysPlate, most: 24, parse: func(typed string, _ map[string]string, _ time.Time) (string, string) { return ParseVATID(typed) }},
			{name: "tax", kind: Text, keys: KeysDigits, most: 24, parse: parseTaxNumber},
			{name: "contact", kind: Text, keys: KeysText, most: longestName},
		},
		usual: []string{"name"},
		read:  func(typed string) map[string]any { return anyOf(ParseOrganisation(typed)) },
		write: func(_ *state, said map[string]string) string { return WriteOrganisation(said) },
		offer: func(_ *state, _ *field, name string) []Offer {
			if name != "form" {
				return nil
			}
			var offers []Offer
			for _, f := range LegalForms() {
				offers = append(offers, Offer{Text: f})
			}
			return offers
		},
	}
}

// LegalForms are the legal forms of German organisations as they stand behind a name. Others can be typed.
func LegalForms() []string {
	return []string{"GmbH", "UG (haftungsbeschränkt)", "GmbH & Co. KG", "AG", "KG", "OHG", "e. K.", "eGbR", "GbR", "eG", "e. V.", "gGmbH", "PartG", "PartG mbB", "Stiftung", "SE", "KGaA",
		"Körperschaft des öffentlichen Rechts", "Anstalt des öffentlichen Rechts", "Einzelunternehmen", "nicht eingetragener Verein"}
}

var registerNumber = regexp.MustCompile(`(?i)(?:^|[\s,])((?:HRA|HRB|GnR|GsR|PR|VR)\s?[0-9]{1,9}(?:\s?[A-Z]{1,3})?)$`)

// parseRegister keeps a register's number as it was typed: each register writes its own way. Only that there is a number is asked.
func parseRegister(typed string, _ map[string]string, _ time.Time) (value, keyword string) {
	if !strings.ContainsAny(typed, "0123456789") {
		return "", "register"
	}
	return typed, ""
}

// parseTaxNumber keeps a tax number as it was typed: 10 to 13 digits with blanks or strokes (ELSTER's formats of the states).
func parseTaxNumber(typed string, _ map[string]string, _ time.Time) (value, keyword string) {
	digits := 0
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" /-", r):
			return "", "tax"
		}
	}
	if digits < 10 || digits > 13 {
		return "", "tax"
	}
	return typed, ""
}

var (
	vatGerman = regexp.MustCompile(`^DE[0-9]{9}$`)
	vatOther  = regexp.MustCompile(`^(AT|BE|BG|CY|CZ|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{8,12}$`)
)

// ParseVATID reads a VAT identification number (§ 27a UStG; Article 215 of Directive 2006/112/EC) with or without blanks: "DE136695976". A German one is
// checked by its last digit (ISO 7064, MOD 11,10); of other countries only the form is.
func ParseVATID(typed string) (id, keyword string) {
	if len(typed) > 64 {
		return "", "vat"
	}
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-/\t\u00a0", r) {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	switch {
	case vatGerman.MatchString(s):
		if !mod1110(s[2:]) {
			return "", "vat-check"
		}
		return s, ""
	case vatOther.MatchString(s) && len(s) <= 14:
		return s, ""
	}
	return "", "vat"
}

// mod1110 checks the last of the digits (ISO/IEC 7064, MOD 11,10).
func mod1110(digits string) bool {
	p := 10
	for _, r := range digits[:len(digits)-1] {
		sum := (int(r-'0') + p) % 10
		if sum == 0 {
			sum = 10
		}
		p = 2 * sum % 11
	}
	check := 11 - p
	if check == 10 {
		check = 0
	}
	return int(digits[len(digits)-1]-'0') == check
}

// ParseOrganisation takes apart what is typed as one line: a name, and a register's number behind it: "Gerüstbau Vogt GmbH, HRB 12345".
func ParseOrganisation(typed string) map[string]string {
	said := map[string]string{}
	line := strings.Join(strings.Fields(typed), " ")
	if m := registerNumber.FindStringSubmatchIndex(line); m != nil && m[0] > 0 {
		said["register"], line = line[m[2]:m[3]], strings.TrimRight(line[:m[0]], " ,")
	}
	said["name"] = line
	return filled(said)
}

// WriteOrganisation writes "Gerüstbau Vogt GmbH, HRB 12345, Renate Vogt". The legal form is not said twice.
func WriteOrganisation(said map[string]string) string {
	name := said["name"]
	if f := said["form"]; f != "" && !slices.Contains(strings.Fields(spelling.Fold(name)), strings.ReplaceAll(spelling.Fold(f), " ", "")) && !strings.HasSuffix(spelling.Fold(name), spelling.Fold(f)) {
		name = strings.TrimSpace(name + " " + f)
	}
	parts := []string{name, strings.TrimSpace(said["register"] + " " + said["court"]), said["vat"], said["tax"], said["contact"]}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
