package service

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// letters are the signs of a case number: nothing that can be taken for something else (no I, O, 0, 1).
const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// signs are all signs that can stand in a case number; the place of a sign here is its value in the check.
const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

var caseForm = regexp.MustCompile(`^[A-Z]{2,3}-[0-9]{2}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]$`)

// NewCase makes a case number like "BO-26-4T7K-2M9-X": the tenant's prefix, the year, seven random signs, a check sign. It is readable on the
// telephone and no credential. It fails when random does, or on a prefix that is not two or three capital letters.
func NewCase(random io.Reader, prefix string, year int) (string, error) {
	for {
		b := make([]byte, 7)
		if _, err := io.ReadFull(random, b); err != nil {
			return "", fmt.Errorf("service: case: %w", err)
		}
		for i := range b {
			b[i] = letters[b[i]%byte(len(letters))] // 256 is a multiple of 32: every sign is as likely
		}
		body := fmt.Sprintf("%s-%02d-%s-%s-", prefix, year%100, b[:4], b[4:])
		for _, check := range letters {
			if rest(body+string(check)) != 0 {
				continue
			}
			if number := body + string(check); ValidCase(number) {
				return number, nil
			}
			return "", fmt.Errorf("service: case: a prefix is two or three capital letters")
		}
		// five of the 37 remainders have no sign: throw the dice again
	}
}

// ValidCase tells whether s is a case number as NewCase writes them. One wrong sign, or two neighbours swapped, is never valid.
func ValidCase(s string) bool { return caseForm.MatchString(s) && rest(s) == 0 }

// TypedCase brings a case number that somebody typed (small letters, blanks, no hyphens) to its form, and tells whether it is valid.
func TypedCase(s string) (string, bool) {
	if len(s) > 64 {
		return "", false
	}
	s = strings.ToUpper(s)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(signs, r) {
			return r
		}
		return -1
	}, s)
	if len(s) < 12 || len(s) > 13 {
		return "", false
	}
	p := len(s) - 10
	s = s[:p] + "-" + s[p:p+2] + "-" + s[p+2:p+6] + "-" + s[p+6:p+9] + "-" + s[p+9:]
	return s, ValidCase(s)
}

// rest is the weighted sum of the signs modulo 37, a prime above their number. The weights are powers of two, which differ for the first
// 36 places: a single wrong sign changes the sum, and so does any swap of two different signs.
func rest(s string) int {
	sum, weight := 0, 1
	for i := len(s) - 1; i >= 0; i-- {
		v := strings.IndexByte(signs, s[i])
		if v < 0 {
			continue // hyphens
		}
		sum = (sum + v*weight) % 37
		weight = weight * 2 % 37
	}
	return sum
}
