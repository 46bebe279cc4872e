package mobile

import (
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// firstYear is when this program began to exist: no clock that shows less is right.
const firstYear = 2026

// lasting is how many years after it was made the program may be in use. Only a phone that never heard the town hall's clock is judged by it.
const lasting = 10

// now is what time it is: by this phone's clock, or by the town hall's where the two were found to differ. Nothing is decided by it. It may be
// called on any goroutine.
func (a *App) now() time.Time {
	t := a.o.Now()
	if a.o.Clock != nil {
		ahead, _ := a.o.Clock()
		t = t.Add(-ahead)
	}
	return t
}

// plausible tells whether a clock can have been right when it showed t: no date is better than a false one.
func (a *App) plausible(t time.Time) bool {
	latest := a.built() + lasting
	if a.o.Clock != nil {
		if _, heard := a.o.Clock(); heard {
			latest = a.now().Year() + 1
		}
	}
	return t.Year() >= firstYear && t.Year() <= latest
}

// built is the year in which this program was made.
func (a *App) built() int { return max(a.o.Built, firstYear) }

// year is what case numbers have for this year: the town hall's, or this phone's, or the one in which the program was made where the phone's
// cannot be right.
func (a *App) year() int {
	if t := a.now(); a.plausible(t) && t.Year() >= a.built() {
		return t.Year()
	}
	return a.built()
}

// today is the day for what is true on some days only; the day the program was made for where the clock cannot be right.
func (a *App) today() time.Time {
	t := a.now()
	if a.plausible(t) {
		return t
	}
	return time.Date(a.built(), time.December, 31, 12, 0, 0, 0, t.Location())
}

// clockWrong tells whether this phone's clock is so wrong that people would be misled.
func (a *App) clockWrong() bool {
	if a.o.Clock != nil {
		if ahead, _ := a.o.Clock(); ahead != 0 {
			return true
		}
	}
	return !a.plausible(a.o.Now())
}

// clockNote says so; nothing while the clock is right.
func (a *App) clockNote() []fyne.CanvasObject {
	if !a.clockWrong() {
		return nil
	}
	return []fyne.CanvasObject{a.note(look.Info, "clock", a.say("clock.wrong"), a.say("clock.wrong.text"))}
}
