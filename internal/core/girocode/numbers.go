package girocode

import "strings"

// CheckIBAN tells what is wrong with an account's number (ISO 13616): its form, its length, or its check digits. Spaces are refused: they
// are for paper.
func CheckIBAN(iban string) error {
	if len(iban) < 15 || len(iban) > 34 || !isCode(iban) || !capitals(iban[:2]) || !digits(iban[2:4]) {
		return refuse(lineIBAN, RuleIBAN)
	}
	if n := ibanLength(iban[:2]); n != 0 && n != len(iban) {
		return refuse(lineIBAN, RuleIBANLength)
	}
	if !checks(iban) {
		return refuse(lineIBAN, RuleIBANCheck)
	}
	return nil
}

// ibanLength gives the length of a country's account numbers, 0 where it is not listed here. These are the countries that SEPA reaches
// (EPC409-09), by the IBAN registry; another country's number is held to its check digits only.
func ibanLength(country string) int {
	const list = " AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20" +
		" LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22 "
	at := strings.Index(list, " "+country)
	if at < 0 {
		return 0
	}
	return int(list[at+3]-'0')*10 + int(list[at+4]-'0')
}

// CheckReference tells what is wrong with a structured reference. EPC069-12 lets it be any reference that payer and payee agree on; one that
// begins with RF is a creditor reference (ISO 11649) and has to be a right one.
func CheckReference(ref string) error {
	if err := checkText(lineReference, 35, ref, RuleReferenceLength); err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToUpper(ref), "RF") {
		return nil
	}
	if len(ref) < 5 || len(ref) > 25 || !isCode(ref) || !digits(ref[2:4]) {
		return refuse(lineReference, RuleReference)
	}
	if !checks(ref) {
		return refuse(lineReference, RuleReferenceCheck)
	}
	return nil
}

// MakeReference makes a creditor reference (ISO 11649) of a number that is the payee's own, such as a cash sign: 1 to 21 capital letters and
// digits.
func MakeReference(own string) (string, error) {
	if len(own) < 1 || len(own) > 21 || !isCode(own) {
		return "", refuse(lineReference, RuleReference)
	}
	n := 98 - mod97(own+"RF00")
	return "RF" + string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) + own, nil
}

// checks tells whether an IBAN or a creditor reference has the right check digits (ISO 7064 MOD 97-10): both have them at the same place.
func checks(s string) bool {
	given := int(s[2]-'0')*10 + int(s[3]-'0')
	// 00, 01 and 99 would come out right for 97, 98 and 02, which are the ones that are ever given.
	return given >= 2 && given <= 98 && mod97(s[4:]+s[:4]) == 1
}

// mod97 is the rest of the number that stands there when A is 10 and Z is 35.
func mod97(s string) int {
	rest := 0
	for _, c := range []byte(s) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

func isBIC(s string) bool {
	return (len(s) == 8 || len(s) == 11) && isCode(s) && capitals(s[4:6])
}

// isCode tells whether a text has only capital letters and digits.
func isCode(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func capitals(s string) bool { return isCode(s) && !strings.ContainsAny(s, "0123456789") }

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
