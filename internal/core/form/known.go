package form

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
)

// What has a form of its own everywhere, not only in this town: an account, an e-mail address, a telephone number, a time of day. Each is read as people
// write it and brought to one form; on failure there is the keyword of the sentence that says what is wrong.

// ParseIBAN reads an account's number with or without the blanks of paper and checks it (ISO 13616): "DE89370400440532013000".
func ParseIBAN(typed string) (iban, keyword string) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "IBAN"), ":")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".-_", r) {
			return -1
		}
		return r
	}, s)
	switch err := girocode.CheckIBAN(s); {
	case err == nil:
		return s, ""
	case errors.Is(err, girocode.RuleIBANLength):
		return "", "iban-length"
	case errors.Is(err, girocode.RuleIBANCheck):
		return "", "iban-check"
	}
	return "", "iban"
}

// groups writes an account's number as on paper, in groups of four.
func groups(iban string) string {
	var b strings.Builder
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// longestEmail is what an address may have (RFC 5321 4.5.3.1.3, without its brackets).
const longestEmail = 254

var domain = regexp.MustCompile(`^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,63}$`)

// ParseEmail reads an e-mail address; the part behind the @ becomes lower case.
func ParseEmail(typed string) (address, keyword string) {
	s := strings.TrimSpace(typed)
	if len(s) > longestEmail {
		return "", "email"
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || strings.ContainsAny(s, `"<>`) {
		return "", "email"
	}
	at := strings.LastIndexByte(s, '@')
	host := strings.ToLower(s[at+1:])
	if !domain.MatchString(host) {
		return "", "email"
	}
	return s[:at+1] + host, ""
}

// ParsePhone reads a telephone number as people write it, "05731 14-0" or "+49 (0)5731/140", and gives it with the country's code (E.164):
// "+495731140". A number without one is German.
func ParsePhone(typed string) (number, keyword string) {
	s := strings.TrimSpace(typed)
	if len(s) > 40 {
		return "", "phone"
	}
	var b strings.Builder
	for i, r := range strings.ReplaceAll(s, "(0)", "") {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case unicode.IsSpace(r) || strings.ContainsRune("-/().–", r):
		default:
			return "", "phone"
		}
	}
	s = b.String()
	switch {
	case strings.HasPrefix(s, "+"):
	case strings.HasPrefix(s, "00"):
		s = "+" + s[2:]
	case strings.HasPrefix(s, "0"):
		s = "+49" + s[1:]
	default:
		return "", "phone-area"
	}
	if n := len(s) - 1; n < 7 || n > 15 || s[1] == '0' {
		return "", "phone"
	}
	return s, ""
}

var clock = regexp.MustCompile(`^([01]?[0-9]|2[0-3])(?:[:.,h ]?([0-5][0-9]))?$`)

// ParseTime reads a time of day, "9", "9.30 Uhr" or "0930", as "09:30".
func ParseTime(typed string) (at, keyword string) {
	s := strings.ToLower(strings.TrimSpace(typed))
	s = strings.TrimSpace(strings.TrimSuffix(s, "uhr"))
	m := clock.FindStringSubmatch(s)
	if m == nil {
		return "", "time"
	}
	hour, minute := m[1], m[2]
	if len(hour) == 1 {
		hour = "0" + hour
	}
	if minute == "" {
		minute = "00"
	}
	return hour + ":" + minute, ""
}
