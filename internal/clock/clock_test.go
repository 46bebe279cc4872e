package clock

import (
	"testing"
	"time"
)

func TestTheDayBeginsWhereTheTownIs(t *testing.T) {
	now, err := Town()
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	at := now()
	if at.Before(before) || at.After(time.Now()) {
		t.Errorf("the town's clock says %v, the machine's %v", at, before)
	}
	for day, want := range map[time.Time]int{ // half past ten in the evening in London is the next day here in summer, not in winter
		time.Date(2026, time.July, 1, 22, 30, 0, 0, time.UTC):     2,
		time.Date(2026, time.November, 1, 22, 30, 0, 0, time.UTC): 1,
	} {
		if got := day.In(at.Location()).Day(); got != want {
			t.Errorf("%v is on day %d here, not %d", day, got, want)
		}
	}
}
