package cases

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What a page says of the end of a retention and what is erased then are the same, on every day and for every number of months.
func TestWhatIsKeptEndsOnTheDayThatIsSaid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 13))
	first := time.Date(2023, 12, 20, 9, 30, 0, 0, time.UTC)
	for range 200_000 {
		decided := first.AddDate(0, 0, r.IntN(800))
		months := 1 + r.IntN(24)
		now := decided.AddDate(0, months, r.IntN(9)-4).Add(time.Duration(r.IntN(48)-24) * time.Hour)
		until, gone := KeptUntil(decided, months), decided.Before(expiry(now, months))
		if want := until.Format(time.DateOnly) < now.Format(time.DateOnly); gone != want {
			t.Fatalf("decided %v, kept %d months until %v; at %v gone: %v (before %v)", decided, months, until, now, gone, expiry(now, months))
		}
	}
	for decided, until := range map[string]string{"2026-08-31": "2027-02-28", "2027-08-31": "2028-02-29", "2026-05-30": "2026-11-30", "2026-12-31": "2027-06-30"} {
		d, err := time.Parse(time.DateOnly, decided)
		if err != nil {
			t.Fatal(err)
		}
		if got := KeptUntil(d, 6).Format(time.DateOnly); got != until {
			t.Errorf("decided on %s it is kept until %s, want %s", decided, got, until)
		}
	}
}
