package service

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCaseNumbersAreReadableAndValid(t *testing.T) {
	for range 2000 {
		n, err := NewCase(rand.Reader, "BO", 2026)
		if err != nil || !ValidCase(n) || !strings.HasPrefix(n, "BO-26-") || strings.ContainsAny(n[6:], "IO01") {
			t.Fatal(n, err)
		}
	}
}

func TestEveryWrongSignAndEverySwapIsNoticed(t *testing.T) {
	for range 50 {
		n, err := NewCase(rand.Reader, "STB", 2031)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if n[i] == '-' {
				continue
			}
			for _, wrong := range signs {
				if byte(wrong) != n[i] && ValidCase(n[:i]+string(wrong)+n[i+1:]) {
					t.Fatalf("%s: a wrong sign at %d passes", n, i)
				}
			}
			j := i + 1
			for j < len(n) && n[j] == '-' {
				j++
			}
			if j < len(n) && n[i] != n[j] {
				swapped := []byte(n)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if ValidCase(string(swapped)) {
					t.Fatalf("%s: swapped neighbours at %d pass", n, i)
				}
			}
		}
	}
}

func TestTypedCaseNumbersAreUnderstood(t *testing.T) {
	n, _ := NewCase(rand.Reader, "BO", 2026)
	for _, typed := range []string{n, strings.ToLower(n), strings.ReplaceAll(n, "-", ""), strings.ReplaceAll(n, "-", " "), " " + n + " "} {
		if got, ok := TypedCase(typed); !ok || got != n {
			t.Errorf("%q became %q", typed, got)
		}
	}
	for _, typed := range []string{"", "BO", strings.Repeat("A", 5000), "BO-26-4T7K-2M9-", "ÄÖ-26-4T7K-2M9-X"} {
		if _, ok := TypedCase(typed); ok {
			t.Errorf("%q passes", typed)
		}
	}
}

func TestNoNumberWithoutDiceOrWithAStrangePrefix(t *testing.T) {
	if _, err := NewCase(iotest.ErrReader(errors.New("broken")), "BO", 2026); err == nil {
		t.Error("a number without randomness")
	}
	for _, p := range []string{"", "B", "bo", "B1", "BOBO"} {
		if _, err := NewCase(rand.Reader, p, 2026); err == nil {
			t.Errorf("prefix %q passes", p)
		}
	}
}
