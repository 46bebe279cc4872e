package pdf

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"

// A letter's measures after DIN 5008:2020, form B, in millimetres from the upper left corner of the page.
const (
	headTop     = 14.0  // the letterhead may use all above the address
	fieldLeft   = 20.0  // the address field, which the window shows
	fieldTop    = 45.0  //
	fieldWidth  = 85.0  //
	fieldText   = 25.0  // where its lines begin
	remarksEnd  = 62.7  // below the zone for the sender and remarks (17.7 mm, five lines), above that for the address (27.3 mm, six lines)
	remarksLine = 3.54  //
	fieldEnd    = 90.0  //
	infoLeft    = 125.0 // the information block
	infoTop     = 50.0  //
	infoText    = 147.0 // where what it says begins, beside its labels
	subjectTop  = 98.46 // two empty lines below the address field
	foldUpper   = 105.0
	foldLower   = 210.0
	holes       = 148.5
	letterEnd   = 290.0 // the foot ends here: few printers reach further
)

// open sets what stands around a letter on its first page and leaves the flow where the salutation begins.
func (f *flow) open(l document.Letter) error {
	f.bar(5, foldUpper, 4, 0.2, grey)
	f.bar(5, foldLower, 4, 0.2, grey)
	f.bar(5, holes, 6, 0.2, grey)
	if err := f.letterhead(l); err != nil {
		return err
	}
	f.addressField(l)
	f.foot(l.Foot)
	f.y = max(subjectTop, f.info(l.Info)+8.46)
	if l.Subject != "" {
		f.lines(f.wrap(bold, 12, l.Subject, column), bold, 12, 1.3, black, false)
	}
	f.y += 7
	return nil
}

// letterhead sets who writes. It becomes smaller until it fits above the address.
func (f *flow) letterhead(l document.Letter) error {
	const wide = 118.0
	if len(l.Logo) > 0 {
		p, err := prepare(l.Logo)
		if err != nil {
			return err
		}
		h := min(22, 40*p.h/p.w)
		w := h * p.w / p.h
		p.x, p.y, p.w, p.h = right-w, headTop-2, w, h
		f.page().pictures = append(f.page().pictures, p)
	}
	if len(l.From) == 0 {
		return nil
	}
	for size := 19.0; ; size-- {
		name := f.wrap(bold, size, l.From[0], wide)
		var rest []string
		for _, s := range l.From[1:] {
			rest = append(rest, f.wrap(regular, size/2, s, wide)...)
		}
		h, small := size*1.15*point, size/2*1.35*point
		if size > 6 && headTop+h*float64(len(name))+small*float64(len(rest)) > fieldTop-5 {
			continue
		}
		y := headTop
		for _, s := range name {
			f.put(left, y, h, s, bold, size, black)
			y += h
		}
		y += 1
		for _, s := range rest {
			f.put(left, y, small, s, regular, size/2, grey)
			y += small
		}
		return nil
	}
}

// addressField sets what the window of the envelope shows: from below, remarks and above them the sender, and the address.
func (f *flow) addressField(l document.Letter) {
	const wide = fieldLeft + fieldWidth - fieldText
	y := remarksEnd
	for i := min(len(l.Remarks), document.LetterRemarks) - 1; i >= 0; i-- {
		y -= remarksLine
		f.fit(fieldText, y, remarksLine, wide, 8, l.Remarks[i])
	}
	if l.Return != "" {
		y -= remarksLine
		w := f.fit(fieldText, y, remarksLine, wide, 6.5, l.Return)
		f.bar(fieldText, y+remarksLine-0.1, w, 0.15, grey)
	}
	var lines []string
	for _, s := range l.To {
		lines = append(lines, f.wrap(regular, 10.5, s, wide)...)
	}
	h := (fieldEnd - remarksEnd) / float64(max(document.LetterLines, len(lines))) // more lines than the zone has stand closer, and still in the window
	size := min(10.5, h/1.15/point)
	for i, s := range lines {
		f.put(fieldText, remarksEnd+float64(i)*h, h, s, regular, size, black)
	}
}

// fit sets one line into a width, smaller where it is too long, and gives how wide it became.
func (f *flow) fit(x, y, h, wide, size float64, s string) float64 {
	s = f.faces[regular].clean(s)
	w := f.measure(regular, size, s)
	if w > wide {
		size *= wide / w
		w = wide
	}
	f.put(x, y, h, s, regular, size, black)
	return w
}

// info sets the information block and gives where it ends.
func (f *flow) info(lines []document.Info) float64 {
	const size, h = 9.0, 9 * 1.3 * point
	y := infoTop
	for _, l := range lines {
		label := f.wrap(regular, size, l.Label, infoText-infoLeft-1.5)
		value := f.wrap(regular, size, l.Text, right-infoText)
		for i, s := range label {
			f.put(infoLeft, y+float64(i)*h, h, s, regular, size, grey)
		}
		for i, s := range value {
			f.put(infoText, y+float64(i)*h, h, s, regular, size, black)
		}
		y += h*float64(max(len(label), len(value))) + 0.6
	}
	return max(y, fieldEnd)
}

// foot sets the columns at the foot of the first page. Its text ends above them.
func (f *flow) foot(columns [][]string) {
	const size, h, gap = 7.5, 7.5 * 1.3 * point, 5.0
	f.feet[len(f.feet)-1] = letterEnd
	if len(columns) == 0 {
		f.bottom = bottom + 8
		return
	}
	n := float64(len(columns))
	wide := (column - gap*(n-1)) / n
	set := make([][]string, len(columns))
	most := 0
	for i, c := range columns {
		for _, s := range c {
			set[i] = append(set[i], f.wrap(regular, size, s, wide)...)
		}
		most = max(most, len(set[i]))
	}
	y := letterEnd - h*float64(most)
	f.bar(left, y-1.5, column, 0.2, faint)
	for i, lines := range set {
		for j, s := range lines {
			f.put(left+float64(i)*(wide+gap), y+float64(j)*h, h, s, regular, size, grey)
		}
	}
	f.feet[len(f.feet)-1] = y - 4
	f.bottom = y - 11
}
