package form

import (
	"regexp"
	"slices"
	"strings"
)

var (
	parted    = regexp.MustCompile(`^([A-ZÄÖÜ]{1,3})[- ]+([A-Z]{1,2})[- ]*([1-9][0-9]{0,3})[- ]*([EH]?)$`)
	together  = regexp.MustCompile(`^([A-ZÄÖÜ]{2,5}) *([1-9][0-9]{0,3})[- ]*([EH]?)$`)
	noNumber  = regexp.MustCompile(`^[A-ZÄÖÜ]{1,3}([- ]+[A-Z]{0,2}[- ]*)?$`)
	onlyDistr = regexp.MustCompile(`^[A-ZÄÖÜ]{1,5}$`)
	noMiddle  = regexp.MustCompile(`^[A-ZÄÖÜ]{1,3}[- ]+[0-9]+[EH]?$`)
	leading0  = regexp.MustCompile(`^[A-ZÄÖÜ]{1,3}[- ]*[A-Z]{1,2}[- ]*0[0-9]*[EH]?$`)
)

// ParsePlate brings a German registration number to the form that stands on the plate, "MI-RA 1848": one to three letters for the
// district, one or two letters, one to four digits, E (electric) or H (historic) at the end (FZV § 9 and annex 1). prefer names the
// districts that win where a missing hyphen leaves a choice. On failure it gives the keyword of the sentence that says what is wrong.
func ParsePlate(typed string, prefer []string) (plate, keyword string) {
	if len(typed) > 64 {
		return "", "plate"
	}
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ._:–—·\t", r) }), " ")
	if m := parted.FindStringSubmatch(s); m != nil {
		return written(m[1], m[2], m[3], m[4])
	}
	if m := together.FindStringSubmatch(s); m != nil {
		return split([]rune(m[1]), m[2], m[3], prefer)
	}
	switch {
	case noNumber.MatchString(s) || onlyDistr.MatchString(s):
		return "", "plate-number"
	case noMiddle.MatchString(s):
		return "", "plate-letters"
	case leading0.MatchString(s):
		return "", "plate-zero"
	}
	return "", "plate"
}

// split finds where the district ends when the hyphen was left out.
func split(letters []rune, digits, suffix string, prefer []string) (plate, keyword string) {
	if slices.Contains(prefer, string(letters)) {
		return "", "plate-letters" // the letters were forgotten: MI 1848 is not M-I 1848
	}
	var districts []int
	for n := 1; n <= 3; n++ {
		if rest := len(letters) - n; rest == 1 || rest == 2 {
			if strings.ContainsAny(string(letters[n:]), "ÄÖÜ") {
				continue
			}
			if slices.Contains(prefer, string(letters[:n])) {
				return written(string(letters[:n]), string(letters[n:]), digits, suffix)
			}
			districts = append(districts, n)
		}
	}
	switch len(districts) {
	case 0:
		return "", "plate"
	case 1:
		n := districts[0]
		return written(string(letters[:n]), string(letters[n:]), digits, suffix)
	}
	return "", "plate-hyphen"
}

func written(district, letters, digits, suffix string) (plate, keyword string) {
	if len([]rune(district))+len(letters)+len(digits) > 8 {
		return "", "plate-long"
	}
	return district + "-" + letters + " " + digits + suffix, ""
}
