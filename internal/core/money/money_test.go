package money

import (
	"errors"
	"strings"
	"testing"
)

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]Cents{
		"30,70": 3070, "30,7": 3070, "30": 3000, " 30,70 € ": 3070, "1.234,50 €": 123450, "0,05": 5, "-12,00": -1200, "1.234.567": 123456700,
	} {
		got, err := Parse(typed)
		if err != nil || got != want {
			t.Errorf("%q is read as %d, %v; want %d", typed, got, err, want)
		}
	}
}

func TestWhatIsNoAmountIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, typed := range []string{"", "€", ",50", "3,123", "3,", "1.23", "1.2345,00", "12a", "१२", "99999999999", "--3", ".5", "1..000", "3,-1"} {
		c, err := Parse(typed)
		if !errors.Is(err, ErrAmount) {
			t.Errorf("%q was read as %d", typed, c)
		} else if len(typed) > 2 && strings.Contains(err.Error(), typed) {
			t.Errorf("the error repeats %q", typed)
		}
	}
}

func TestAmountsAreWrittenForTheReader(t *testing.T) {
	for _, c := range []struct {
		cents  Cents
		de, en string
	}{
		{3070, "30,70\u00a0€", "€30.70"}, {5, "0,05\u00a0€", "€0.05"}, {-123456, "-1.234,56\u00a0€", "-€1,234.56"}, {100000000, "1.000.000,00\u00a0€", "€1,000,000.00"},
	} {
		if got := c.cents.Format("de"); got != c.de {
			t.Errorf("%d in German: %q, want %q", c.cents, got, c.de)
		}
		if got := c.cents.Format("en"); got != c.en {
			t.Errorf("%d in English: %q, want %q", c.cents, got, c.en)
		}
	}
}

func FuzzWhatIsWrittenCanBeReadAgain(f *testing.F) {
	f.Add(int64(3070))
	f.Add(int64(-5))
	f.Fuzz(func(t *testing.T, v int64) {
		c := Cents(v)
		if c > Max || c < -Max {
			return
		}
		got, err := Parse(strings.ReplaceAll(c.String(), "\u00a0", " "))
		if err != nil || got != c {
			t.Errorf("%d was written %q and read back as %d, %v", c, c.String(), got, err)
		}
	})
}
