package escpos

// between is the space between two columns of a table.
const between = 1

// table sets rows in columns. A column is as wide as its widest cell; where that is too wide for the paper, the widest columns give way and
// their cells are broken into several lines.
func (c *composer) table(l Line) {
	count := 0
	for _, r := range l.Rows {
		count = max(count, len(r))
	}
	if count == 0 {
		return
	}
	rows := make([][][]glyph, len(l.Rows))
	widths := make([]int, count)
	for i, r := range l.Rows {
		rows[i] = make([][]glyph, count)
		for j, s := range r {
			rows[i][j] = c.set.encode(nil, s)
			widths[j] = max(widths[j], len(rows[i][j]))
		}
	}
	fit(widths, c.o.Columns-between*(count-1))
	l.Center, l.ToRight, l.Wide = false, false, 1
	c.begins(l, 1)
	for _, r := range rows {
		c.tableRow(r, widths, l.Right)
	}
	c.ends(l, 1)
}

// fit takes from the widest column, one by one, until all have room. More columns than the paper has letters lose their last.
func fit(widths []int, room int) {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	for ; sum > room; sum-- {
		widest := 0
		for j, w := range widths {
			if w > widths[widest] {
				widest = j
			}
		}
		if widths[widest] <= 1 {
			return
		}
		widths[widest]--
	}
}

func (c *composer) tableRow(cells [][]glyph, widths []int, right []bool) {
	lines := make([][][]glyph, len(cells))
	height := 1
	for j, s := range cells {
		if widths[j] > 0 {
			lines[j] = wrap(nil, s, widths[j])
		}
		height = max(height, len(lines[j]))
	}
	for y := range height {
		used, owed := 0, 0 // owed: spaces that are only needed if something follows
		for j, w := range widths {
			var s []glyph
			if y < len(lines[j]) {
				s = lines[j][y]
			}
			if used+owed+len(s) > c.o.Columns {
				break
			}
			pad := w - len(s)
			if j < len(right) && right[j] {
				owed, pad = owed+pad, 0
			}
			if len(s) > 0 {
				c.spaces(owed)
				c.put(s)
				used, owed = used+owed+len(s), 0
			}
			owed += pad + between
		}
		c.out = append(c.out, lf)
	}
}
