package page

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// picked is a date's field with what it can be pointed at: days near by in a calendar, days long ago by day, month and year.
func (d drawer) picked(f form.Field, field fyne.CanvasObject) fyne.CanvasObject {
	if d.ev.Aside == nil || f.Pick == "" || f.ReadOnly || d.ev.Day.IsZero() {
		return field
	}
	gap := d.choiceGap()
	if d.ev.Aside.open != f.Path {
		return look.Column(gap, field, d.shortcuts(f))
	}
	panel := d.calendar
	if f.Pick == form.PickBirth {
		panel = d.steps
	}
	if d.st.Shell == look.Phone { // its days need the whole width
		return look.Column(gap, field, panel(f))
	}
	c, inside := d.st.Colors(), d.st.U(24)
	return look.Column(gap, field, look.On(look.Panel(d.st, c.Sunken, c.Line, 20), look.Inset(panel(f), inside, inside, inside, inside)))
}

// fits tells which days can be chosen.
func (d drawer) fits(f form.Field, days []time.Time) []bool {
	if d.ev.Days != nil {
		return d.ev.Days(f.Path, days)
	}
	all := make([]bool, len(days))
	for i := range all {
		all[i] = true
	}
	return all
}

// today is the day of the visit, at midnight of no zone: days are counted, not hours.
func (d drawer) today() time.Time {
	y, m, day := d.ev.Day.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

func (d drawer) choose(f form.Field, day time.Time) {
	d.ev.Aside.Close()
	d.answer(f.Path, day.Format(time.DateOnly))
}

// shortcuts are the days that most people mean, and the way to all others.
func (d drawer) shortcuts(f form.Field) fyne.CanvasObject {
	button := func(id, key, name, icon string, tap func()) fyne.CanvasObject {
		return look.Button(d.st, look.ButtonOpts{Label: d.say(key), Name: name, Icon: icon, Small: true, ID: f.Path + "=" + id, Tap: tap})
	}
	open := func() {
		d.ev.Aside.Point(f.Path)
		d.show()
	}
	if f.Pick == form.PickBirth {
		return look.Grid(d.choiceGap(), 1, button("pick", "page.date.steps", d.say("page.date.steps.what", "what", f.Label), "calendar-event", open))
	}
	other, key := 1, "page.date.tomorrow"
	if f.Pick == form.PickPast {
		other, key = -1, "page.date.yesterday"
	}
	days := []time.Time{d.today(), d.today().AddDate(0, 0, other)}
	fit := d.fits(f, days)
	var buttons []fyne.CanvasObject
	for i, k := range []string{"page.date.today", key} {
		if fit[i] && f.Value != days[i].Format(time.DateOnly) {
			buttons = append(buttons, button(strconv.Itoa(i), k, d.say(k)+", "+text.Date(d.st.Lang, days[i]), "", func() { d.choose(f, days[i]) }))
		}
	}
	buttons = append(buttons, button("pick", "page.date.calendar", d.say("page.date.calendar.what", "what", f.Label), "calendar-event", open))
	return look.Grid(d.choiceGap(), len(buttons), buttons...)
}

// farthest is how many months a calendar looks for a day that can be chosen.
const farthest = 13

// first is the month in which a calendar opens: that of the day chosen, or the next one with a day that can be.
func (d drawer) first(f form.Field) time.Time {
	if iso, ok := f.Value.(string); ok {
		if day, err := time.Parse(time.DateOnly, iso); err == nil {
			return monthOf(day)
		}
	}
	at, way := monthOf(d.today()), 1
	if f.Pick == form.PickPast {
		way = -1
	}
	for range farthest {
		if anyTrue(d.fits(f, daysOf(at))) {
			return at
		}
		at = at.AddDate(0, way, 0)
	}
	return monthOf(d.today())
}

func monthOf(day time.Time) time.Time { return day.AddDate(0, 0, 1-day.Day()) }

func daysOf(month time.Time) []time.Time {
	var days []time.Time
	for day := month; day.Month() == month.Month(); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

func anyTrue(all []bool) bool {
	for _, yes := range all {
		if yes {
			return true
		}
	}
	return false
}

// calendar is a month with its days to touch; those that cannot be chosen are struck out.
func (d drawer) calendar(f form.Field) fyne.CanvasObject {
	a := d.ev.Aside
	if a.month.IsZero() {
		a.month = d.first(f)
	}
	month := a.month
	days := daysOf(month)
	fit := d.fits(f, days)
	var cells []fyne.CanvasObject
	for _, name := range strings.Fields(d.say("page.date.weekdays")) {
		cells = append(cells, look.Weekday(d.st, name))
	}
	for range (int(month.Weekday()) + 6) % 7 { // weeks begin on Monday
		cells = append(cells, look.NoDay(d.st, ""))
	}
	for i, day := range days {
		number := strconv.Itoa(day.Day())
		if !fit[i] {
			cells = append(cells, look.NoDay(d.st, number))
			continue
		}
		cells = append(cells, look.Day(d.st, look.DayOpts{
			Label: number, Name: d.weekday(day) + ", " + text.Date(d.st.Lang, day), Today: day.Equal(d.today()), Selected: f.Value == day.Format(time.DateOnly),
			ID: f.Path + "=" + day.Format(time.DateOnly), Tap: func() { d.choose(f, day) },
		}))
	}
	gap := d.st.U(10)
	if d.st.Shell == look.Phone {
		gap = d.st.U(1)
	}
	return look.Column(d.choiceGap(), d.monthHead(f, month), look.Weeks(gap, cells...), d.closing(f))
}

// monthHead names the month, with the ways to those beside it. There is none to a month without a day to choose.
func (d drawer) monthHead(f form.Field, month time.Time) fyne.CanvasObject {
	way := func(months int, icon, key, id string) fyne.CanvasObject {
		to := month.AddDate(0, months, 0)
		leads := anyTrue(d.fits(f, daysOf(to)))
		if !leads && months > 0 && f.Pick == form.PickNear { // the days may begin later
			leads = !to.After(d.first(f))
		}
		if !leads {
			return look.Space(0)
		}
		return look.Button(d.st, look.ButtonOpts{Icon: icon, Name: d.say(key, "month", d.monthName(to)), Small: true, ID: f.Path + "=" + id, Tap: func() {
			d.ev.Aside.month = to
			d.show()
		}})
	}
	title := look.Text(d.st, look.Lead, d.monthName(month), look.TextOpts{Bold: true, Heading: true, Center: true})
	before, after := way(-1, "arrow-left", "page.date.before", "before"), way(1, "arrow-right", "page.date.after", "after")
	if d.st.Shell == look.Phone && d.st.Factor() > 1 { // the name needs the whole line
		return look.Column(d.choiceGap(), title, look.Rows(d.choiceGap(), 2, before, after))
	}
	return look.Shares(d.st.U(8), []float32{1, 4, 1}, before, middle(title), after)
}

// middle puts an object in the middle of the height it gets.
func middle(o fyne.CanvasObject) fyne.CanvasObject {
	return look.NewScene(o.MinSize().Width, func(w float32) float32 { return look.HeightFor(o, w) }, func(s fyne.Size) []fyne.CanvasObject {
		h := look.HeightFor(o, s.Width)
		return []fyne.CanvasObject{look.At(o, 0, (s.Height-h)/2, s.Width, h)}
	})
}

func (d drawer) monthName(month time.Time) string {
	return text.Months(d.st.Lang)[month.Month()-1] + " " + strconv.Itoa(month.Year())
}

func (d drawer) weekday(day time.Time) string {
	if all := strings.Fields(d.say("page.date.weekdays.long")); len(all) == 7 {
		return all[(int(day.Weekday())+6)%7]
	}
	return ""
}

// closing puts a calendar away.
func (d drawer) closing(f form.Field) fyne.CanvasObject {
	return look.Button(d.st, look.ButtonOpts{Label: d.say("page.date.close"), Icon: "x", Small: true, ID: f.Path + "=close", Tap: func() {
		d.ev.Aside.Close()
		d.show()
	}})
}

// steps ask for a day long ago: its day, its month, ten years, the year.
func (d drawer) steps(f form.Field) fyne.CanvasObject {
	a := d.ev.Aside
	b := a.born
	gap := d.choiceGap()
	set := func(next birth) func() {
		return func() {
			a.born = next
			d.show()
		}
	}
	var cells []fyne.CanvasObject
	cols, question, so := 3, "page.date.which.day", ""
	small := func(label, id string, tap func()) {
		cells = append(cells, look.Button(d.st, look.ButtonOpts{Label: label, Small: true, ID: f.Path + "=" + id, Tap: tap}))
	}
	switch {
	case b.day == 0:
		cols = 7
		for n := 1; n <= 31; n++ {
			cells = append(cells, look.Day(d.st, look.DayOpts{Label: strconv.Itoa(n), Name: strconv.Itoa(n) + ".", ID: f.Path + "=d" + strconv.Itoa(n), Tap: set(birth{day: n})}))
		}
	case b.month == 0:
		question, so = "page.date.which.month", strconv.Itoa(b.day)+"."
		for n, name := range text.Months(d.st.Lang) {
			if time.Date(2000, time.Month(n+1), b.day, 0, 0, 0, 0, time.UTC).Day() == b.day { // a leap year: the year is asked later
				small(name, "m"+strconv.Itoa(n+1), set(birth{b.day, n + 1, 0}))
			}
		}
	case b.decade == 0:
		question, so = "page.date.which.decade", d.dayMonth(b)
		for from := (d.today().Year() - 109) / 10 * 10; from <= d.today().Year(); from += 10 {
			small(strconv.Itoa(from)+"–"+strconv.Itoa(min(from+9, d.today().Year())), "y"+strconv.Itoa(from), set(birth{b.day, b.month, from}))
		}
	default:
		question, so = "page.date.which.year", d.dayMonth(b)
		var days []time.Time
		for y := b.decade; y < b.decade+10; y++ {
			if day := time.Date(y, time.Month(b.month), b.day, 0, 0, 0, 0, time.UTC); day.Day() == b.day && !day.After(d.today()) {
				days = append(days, day)
			}
		}
		for i, fit := range d.fits(f, days) {
			if day := days[i]; fit {
				small(strconv.Itoa(day.Year()), "y"+strconv.Itoa(day.Year()), func() { d.choose(f, day) })
			}
		}
		if len(cells) == 0 {
			cells = append(cells, look.Remark(d.st, "info-circle", d.say("page.date.no.year")))
			cols = 1
		}
	}
	grid := fyne.CanvasObject(look.Grid(gap, cols, cells...))
	if cols == 7 {
		small := d.st.U(10)
		if d.st.Shell == look.Phone {
			small = d.st.U(1)
		}
		grid = look.Weeks(small, cells...)
	}
	foot := []fyne.CanvasObject{d.closing(f)}
	if b != (birth{}) {
		back := birth{day: b.day, month: b.month}
		switch {
		case b.month == 0:
			back = birth{}
		case b.decade == 0:
			back = birth{day: b.day}
		}
		foot = append([]fyne.CanvasObject{look.Button(d.st, look.ButtonOpts{Label: d.say("page.date.back"), Icon: "arrow-left", Small: true, ID: f.Path + "=back", Tap: set(back)})}, foot...)
	}
	head := []fyne.CanvasObject{look.Text(d.st, look.Lead, d.say(question), look.TextOpts{Bold: true, Heading: true})}
	if so != "" {
		head = append(head, look.Text(d.st, look.Body, so, look.TextOpts{Color: d.st.Colors().Ink2}))
	}
	return look.Column(gap, look.Column(0, head...), grid, look.Grid(gap, 2, foot...))
}

// dayMonth writes what is chosen already: "24. Dezember".
func (d drawer) dayMonth(b birth) string {
	return strings.TrimSpace(strings.TrimSuffix(text.Date(d.st.Lang, time.Date(2000, time.Month(b.month), b.day, 0, 0, 0, 0, time.UTC)), "2000"))
}
