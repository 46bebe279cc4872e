package place

import (
	"regexp"
	"strings"
	"unicode"
)

// longestTyped is what is read of a typed street, in characters: no street's name is longer.
const longestTyped = 100

var (
	// afterwards is what people add from an envelope: ", 32545 Bad Oeynhausen".
	afterwards = regexp.MustCompile(`(?i)[\s,]+(?:d-?)?32\d{3}(?:\s.*)?$|[\s,]+bad\s+o(?:e|ö)ynhausen$`)
	// house is a street with a number behind it: "Klosterstr. 14 a", "Am Siel Nr. 3-5".
	house = regexp.MustCompile(`(?i)^(.*?[^\d\s,.-])(\.?)(?:[\s,]+(?:haus)?(?:nr|nummer)\.?)*[\s,]*0*([1-9]\d{0,3})\s?([a-z])?(?:\s?[-–/]\s?0*([1-9]\d{0,3})\s?([a-z])?)?$`)
	// first is a number in front, as many languages write it: "14a Klosterstraße".
	first = regexp.MustCompile(`(?i)^0*([1-9]\d{0,3})\s?([a-z])?[\s,]+([^\d\s][^\d]{2,})$`)
)

// Split parts what somebody typed into street and house number: "klosterstr 14 A" gives "klosterstr" and "14a". The number is empty when
// there is none, else digits, perhaps a letter, perhaps a range: "14", "14a", "14-16". The street is as typed, with single spaces and
// without the postal code and the town behind it.
func Split(typed string) (street, number string) {
	text := tidy(typed)
	text = strings.TrimRight(afterwards.ReplaceAllString(text, ""), " ,")
	if m := house.FindStringSubmatch(text); m != nil {
		number = strings.ToLower(m[3] + m[4])
		if m[5] != "" {
			number += "-" + strings.ToLower(m[5]+m[6])
		}
		return strings.Trim(m[1]+m[2], " ,"), number
	}
	if m := first.FindStringSubmatch(text); m != nil {
		return strings.Trim(m[3], " ,"), strings.ToLower(m[1] + m[2])
	}
	return text, ""
}

// tidy makes every run of blanks one space, leaves out what is no writing, and cuts what is too long.
func tidy(typed string) string {
	var b strings.Builder
	space, n := false, 0
	for _, r := range typed {
		if n == longestTyped {
			break
		}
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && !unicode.Is(unicode.Mn, r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
			n++
		}
		b.WriteRune(r)
		n++
	}
	return strings.Trim(b.String(), " ,")
}
