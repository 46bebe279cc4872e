// Package look draws Rathausnah's widgets, for the terminal and for the phone: buttons on a sill, niches, fields, keys, the Sprudel.
//
// Every widget is handed a Style and holds no truth of its own. Measures are design pixels of a 27 inch panel with 3.21 px per
// millimetre (phone: dp), multiplied by Style.Scale. Widgets know how high they become at a given width (HeightFor); the layouts of this
// package ask them, so that a text is wrapped and never cut. The application's theme must be Theme(style), or texts are measured with
// another font than they are drawn with.
package look

import "image/color"

// PxPerMM is the density that the measures of this package are made for.
const PxPerMM = 3.21

// Accent names the one colour that means action.
type Accent string

// The accents that there are.
const (
	Petrol Accent = "petrol" // the city
	Sloe   Accent = "sloe"   // the Staatsbad
)

// Contrast names a set of colours.
type Contrast int

// The contrasts, in the order the button "Kontrast" goes through them.
const (
	Normal Contrast = iota
	BlackWhite
	YellowBlack
)

// Shell says what the widgets are drawn on.
type Shell int

// The shells.
const (
	Terminal Shell = iota
	Phone
)

// Style is how everything on a screen is drawn. The zero value is the city's terminal at normal size.
type Style struct {
	Accent   Accent
	Scale    float32 // Fyne units per design pixel; 0 = 1
	Text     float32 // 1, 1.5 or 2; 0 = 1
	Contrast Contrast
	Reach    bool   // "Tiefer": everything to touch lies low
	Still    bool   // no motion
	Lang     string // "de", "en"
	Shell    Shell
	Density  float32 // pixels per Fyne unit (Canvas.Scale); 0 = 1
	Lean     bool    // onto a window of a machine that may have no graphics card: see lean
}

// Size names a size of type.
type Size int

// Small is for what stands beside: on the phone only, where eyes are near. On a terminal it is Body.
const Small Size = -1

// The sizes, smallest first.
const (
	Body Size = iota
	Lead
	TitleS
	TitleM
	TitleL
	TitleXL
	Display
	Number
)

// U turns design pixels into Fyne units.
func (s Style) U(px float32) float32 {
	if s.Scale == 0 {
		return px
	}
	return px * s.Scale
}

// Factor is how much larger than usual text is wanted: 1, 1.5 or 2.
func (s Style) Factor() float32 { return max(s.Text, 1) }

// Quiet tells whether nothing may move: wished for, or because contrast or the largest text was chosen.
func (s Style) Quiet() bool { return s.Still || s.Contrast != Normal || s.Factor() >= 2 }

// Size is the height of letters of this size, in Fyne units. Small sizes grow by the whole factor, titles less: they are large already
// and would not leave room for what they are the title of.
func (s Style) Size(z Size) float32 {
	if z == Small && s.Shell == Phone {
		return s.U(15 * s.Factor())
	}
	z = min(max(z, Body), Number)
	px := [...]float32{36, 42, 48, 60, 76, 96, 112, 144}[z]
	more := [...]float32{36, 36, 36, 32, 24, 20, 18, 18}[z]
	if s.Shell == Phone {
		px = [...]float32{18, 20, 22, 28, 34, 40, 48, 64}[z]
		more = [...]float32{18, 18, 18, 16, 14, 12, 10, 8}[z]
	}
	return s.U(px + (s.Factor()-1)*more)
}

// measure holds the sizes that differ between terminal and phone, in Fyne units.
type measure struct {
	margin, gap, gapBig              float32
	button, small, tile, row, choice float32
	field, sill, radius, card, key   float32
	edge, selected, fieldEdge, line  float32
	nicheW, nicheH, radio, icon      float32
	pad, touch                       float32
}

func (s Style) measure() measure {
	m := measure{
		margin: 64, gap: 20, gapBig: 34, button: 112, small: 84, tile: 148, row: 104, choice: 120, field: 116, sill: 6, radius: 20, card: 28,
		key: 14, edge: 2, selected: 5, fieldEdge: 3, line: 2, nicheW: 96, nicheH: 112, radio: 52, icon: 44, pad: 28, touch: 66,
	}
	if s.Shell == Phone {
		m = measure{
			margin: 20, gap: 12, gapBig: 20, button: 56, small: 48, tile: 92, row: 68, choice: 64, field: 56, sill: 3, radius: 12, card: 16,
			key: 8, edge: 1.5, selected: 3, fieldEdge: 1.5, line: 1, nicheW: 52, nicheH: 62, radio: 28, icon: 24, pad: 14, touch: 48,
		}
	}
	if s.Contrast != Normal {
		m.sill, m.edge, m.selected, m.fieldEdge = 0, 4, 10, 4
		if s.Shell == Phone {
			m.edge, m.selected, m.fieldEdge = 3, 6, 3
		}
	}
	for _, v := range []*float32{&m.margin, &m.gap, &m.gapBig, &m.button, &m.small, &m.tile, &m.row, &m.choice, &m.field, &m.sill, &m.radius,
		&m.card, &m.key, &m.edge, &m.selected, &m.fieldEdge, &m.line, &m.nicheW, &m.nicheH, &m.radio, &m.icon, &m.pad, &m.touch} {
		*v = s.U(*v)
	}
	return m
}

// Margin is the free edge of a screen at its left and right.
func (s Style) Margin() float32 { return s.measure().margin }

// Gap is the clear space between two things to touch.
func (s Style) Gap() float32 { return s.measure().gap }

// Palette holds the colours of one contrast and accent. Pairs of text and ground reach 7:1, edges and signs 3:1.
type Palette struct {
	Ground, Surface, Sunken, Ink, Ink2, Line, Edge                   color.NRGBA
	Accent, AccentDeep, AccentMid, AccentSoft, OnAccent, OnAccent2   color.NRGBA
	Fount2, Fount3, AttractTop, AttractBottom, AttractChip, Gold     color.NRGBA
	OK, OKSoft, Warn, WarnSoft, Error, ErrorSoft, FocusOut, FocusIn  color.NRGBA
	Hero, OnHero, OnHero2                                            color.NRGBA // the large ground at the top of some screens
	PlateBlue, OnPlate, PlinthGround, PlinthInk, PlinthOn, PlinthBar color.NRGBA
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// Colors returns the palette of the style.
func (s Style) Colors() Palette {
	switch s.Contrast {
	case BlackWhite:
		return mono(hex(0x000000), hex(0xFFFFFF), false)
	case YellowBlack:
		return mono(hex(0xFFE600), hex(0x000000), true)
	}
	p := Palette{
		Ground: hex(0xF6F3EC), Surface: hex(0xFFFFFF), Sunken: hex(0xE8E3D7), Ink: hex(0x14242A), Ink2: hex(0x3F5056), Line: hex(0xD8D1C2), Edge: hex(0x6F7B7D),
		Accent: hex(0x005266), AccentDeep: hex(0x003847), AccentMid: hex(0x0B6B81), AccentSoft: hex(0xDDEDF0), OnAccent: hex(0xFFFFFF), OnAccent2: hex(0xCFE6EB),
		Fount2: hex(0x86BCC9), Fount3: hex(0x3E8FA3), AttractTop: hex(0x00303D), AttractBottom: hex(0x00586E), AttractChip: hex(0x004B5E), Gold: hex(0xF2B632),
		OK: hex(0x14592A), OKSoft: hex(0xE2F1E5), Warn: hex(0x6E4300), WarnSoft: hex(0xFBEBC6), Error: hex(0x94150F), ErrorSoft: hex(0xFBE7E4),
		FocusOut: hex(0x14242A), FocusIn: hex(0xF2B632), PlateBlue: hex(0x003399), OnPlate: hex(0xFFFFFF),
	}
	if s.Accent == Sloe {
		p.Accent, p.AccentDeep, p.AccentMid, p.AccentSoft, p.OnAccent2 = hex(0x6A2562), hex(0x45123F), hex(0x823A79), hex(0xF3E6F1), hex(0xEFD9EB)
		p.Fount2, p.Fount3, p.AttractTop, p.AttractBottom, p.AttractChip = hex(0xC795BF), hex(0xA567A0), hex(0x3A0F35), hex(0x6F2A67), hex(0x5C1F55)
	}
	p.Hero, p.OnHero, p.OnHero2 = p.Accent, p.OnAccent, p.OnAccent2
	p.PlinthGround, p.PlinthInk, p.PlinthOn, p.PlinthBar = p.AccentDeep, p.OnAccent, p.Gold, p.AccentMid
	return p
}

// mono makes a palette of two colours. The plinth is inverted on a light ground, where it has no other edge.
func mono(ink, ground color.NRGBA, dark bool) Palette {
	p := Palette{
		Ground: ground, Surface: ground, Sunken: ground, Ink: ink, Ink2: ink, Line: ink, Edge: ink,
		Accent: ink, AccentDeep: ink, AccentMid: ink, AccentSoft: ground, OnAccent: ground, OnAccent2: ground,
		Fount2: ink, Fount3: ink, AttractTop: ground, AttractBottom: ground, AttractChip: ground, Gold: ink,
		OK: ink, OKSoft: ground, Warn: ink, WarnSoft: ground, Error: ink, ErrorSoft: ground, FocusOut: ink, FocusIn: ground,
		Hero: ground, OnHero: ink, OnHero2: ink, PlateBlue: hex(0x003399), OnPlate: hex(0xFFFFFF),
	}
	p.PlinthGround, p.PlinthInk, p.PlinthOn, p.PlinthBar = ink, ground, ground, ink
	if dark {
		p.PlinthGround, p.PlinthInk, p.PlinthOn, p.PlinthBar = ground, ink, ink, ground
	}
	return p
}
