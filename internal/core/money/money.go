// Package money holds amounts as whole cents of the euro.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Cents is an amount of money in whole euro cents. Negative amounts are refunds.
type Cents int64

// Max is the largest amount a card terminal can be asked for: six bytes of BCD (ZVT PA00P015, field 04).
const Max Cents = 999_999_999_999

// ErrAmount says that a text is no amount of money.
var ErrAmount = errors.New("money: not an amount")

// Parse reads an amount as people write it: "30,70", "30,7", "30", "1.234,50 €". The comma separates the cents, points only
// group thousands. It fails with ErrAmount and never echoes what was typed.
func Parse(s string) (Cents, error) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "€"))
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, hasFrac := strings.Cut(s, ",")
	if strings.Contains(whole, ".") {
		groups := strings.Split(whole, ".")
		for i, g := range groups {
			if (i > 0 && len(g) != 3) || len(g) == 0 || len(g) > 3 {
				return 0, ErrAmount
			}
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" || len(whole) > 10 || !digits(whole) || (hasFrac && (len(frac) == 0 || len(frac) > 2 || !digits(frac))) {
		return 0, ErrAmount
	}
	euros, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, ErrAmount
	}
	cents := int64(0)
	if hasFrac {
		cents, _ = strconv.ParseInt((frac + "0")[:2], 10, 64) // digits were checked above
	}
	c := Cents(euros*100 + cents)
	if c > Max {
		return 0, ErrAmount
	}
	if neg {
		c = -c
	}
	return c, nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// String writes the amount the German way: "1.234,50 €".
func (c Cents) String() string { return c.Format("de") }

// Format writes the amount as readers of the language expect it: "30,70 €" in German and by default, "€30.70" in English.
func (c Cents) Format(lang string) string {
	sign := ""
	v := int64(c)
	if v < 0 {
		sign, v = "-", -v
	}
	point, group := ",", "."
	if lang == "en" {
		point, group = ".", ","
	}
	whole := strconv.FormatInt(v/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if lang == "en" {
		return fmt.Sprintf("%s€%s%s%02d", sign, whole, point, v%100)
	}
	return fmt.Sprintf("%s%s%s%02d\u00a0€", sign, whole, point, v%100)
}
