package mobile

import (
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Batteries die, and people set years: the report counts, its number has a year that can be, and nobody reads a wrong date.
func TestAWrongClockMisleadsNobody(t *testing.T) {
	for _, year := range []int{1970, 2040} {
		for _, heard := range []bool{false, true} {
			r := newRig(t, phone)
			right := r.clock
			r.clock = time.Date(year, 1, 2, 3, 4, 0, 0, time.UTC)
			r.a.o.Clock = func() (time.Duration, bool) {
				if !heard {
					return 0, false
				}
				return r.clock.Sub(right), true
			}
			r.a.push(&ask{filling: filling{draft: r.filled()}})
			r.Tap("send")
			r.WaitScreen("sent")
			app := r.opened()[0]
			if !service.ValidCase(app.Case) || !strings.HasPrefix(app.Case, "BO-26-") {
				t.Errorf("%d, heard %t: the number is %q", year, heard, app.Case)
			}
			if heard && !app.At.Equal(right) {
				t.Errorf("%d: sent at %s, the town hall says %s", year, app.At, right)
			}
			if heard != r.Sees("Heute, 10:24 Uhr") || r.Sees("1970") || r.Sees("2040") || r.Sees("Januar") || r.Sees("03:04") {
				t.Errorf("%d, heard %t: the screen says\n%s", year, heard, r.Said())
			}
			if !r.Sees("Die Uhr dieses Handys geht falsch") {
				t.Errorf("%d, heard %t: nobody says that the clock is wrong", year, heard)
			}
			r.a.near = r.others()
			d := r.filled()
			spot, _ := d.spot()
			if len(r.a.sameAs(d, spot)) != 2 {
				t.Errorf("%d, heard %t: what others reported is not shown", year, heard)
			}
		}
	}
	r := newRig(t, phone)
	r.a.room(&setting{})
	if r.Sees("geht falsch") || r.a.clockWrong() {
		t.Error("a clock that is right counts as wrong")
	}
}
