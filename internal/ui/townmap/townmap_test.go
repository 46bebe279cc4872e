package townmap

import (
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

func atlas(t testing.TB) *Atlas {
	t.Helper()
	data, err := assets.FS.ReadFile("map/bad-oeynhausen.geojson")
	if err != nil {
		t.Fatal(err)
	}
	town, err := place.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAtlas(town)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func words(t testing.TB) *text.Texts {
	t.Helper()
	sub, err := fs.Sub(assets.FS, "texts")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := text.Load(sub)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func phone(change ...func(*look.Style)) look.Style {
	st := look.Style{Shell: look.Phone, Lang: "de", Scale: 1, Text: 1, Still: true}
	for _, c := range change {
		c(&st)
	}
	return st
}

func at(t testing.TB, a *Atlas, street, number string) place.Point {
	t.Helper()
	p, ok := a.town.Locate(street, number)
	if !ok {
		t.Fatalf("there is no %s", street)
	}
	return p
}

// inKlosterstrasse is a map as somebody sees it who stands in the Klosterstraße.
func inKlosterstrasse(t testing.TB, st look.Style, a *Atlas, change ...func(*Opts)) *Map {
	t.Helper()
	pin := at(t, a, "Klosterstraße", "14")
	flat := place.Plane{Origin: pin}
	o := Opts{Atlas: a, Texts: words(t), State: State{Pin: pin, Zoom: Usual}, Here: &Here{At: flat.At(3, 0), Accuracy: 35}, ID: "/place",
		Markers: []Marker{{"Schlagloch, 60 m", flat.At(-60, -22)}, {"Gehweg uneben, 75 m", flat.At(72, -26)}}, List: func() {}}
	for _, c := range change {
		c(&o)
	}
	return New(st, o)
}

func show(t testing.TB, st look.Style, m fyne.CanvasObject, w, h float32) fyne.Canvas {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(st))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(m)
	c.Resize(fyne.NewSize(w, h))
	return c
}

// keep writes a picture where PICTURES says, for people to look at.
func keep(t *testing.T, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	d := func(x, y uint32) float64 { return math.Abs(float64(x>>8) - float64(y>>8)) }
	return d(r1, r2) < 12 && d(g1, g2) < 12 && d(b1, b2) < 12
}

func TestTheMapLooksLikeAMap(t *testing.T) {
	a := atlas(t)
	st := phone()
	m := inKlosterstrasse(t, st, a)
	img := show(t, st, m, 390, 318).Capture()
	keep(t, "usual", img)
	pixel := func(p place.Point) color.Color {
		x, y := m.face.view().XY(p)
		return img.At(int(math.Round(x)), int(math.Round(y)))
	}
	ink := inksOf(st)
	if !near(img.At(195, 159-30-14), st.Colors().Accent) {
		t.Error("the pin is not where the map says")
	}
	kloster, _ := a.town.Street("Klosterstraße")
	white, seen := 0, 0
	for _, line := range kloster.Lines {
		for i := 1; i < len(line); i++ {
			for part := range 20 {
				f := float64(part) / 20
				p := place.Point{Lat: line[i-1].Lat + f*(line[i].Lat-line[i-1].Lat), Lon: line[i-1].Lon + f*(line[i].Lon-line[i-1].Lon)}
				if x, y := m.face.view().XY(p); x > 0 && y > 0 && x < 390 && y < 318 && math.Hypot(x-195, y-159) > 50 { // the pin has a place of its own
					seen++
					if near(pixel(p), ink.street) {
						white++
					}
				}
			}
		}
	}
	if seen < 10 || white*3 < seen*2 { // what is not white is its name
		t.Errorf("the Klosterstraße runs elsewhere: white at %d of %d places", white, seen)
	}
	count := map[string]int{}
	for y := range 318 {
		for x := range 390 {
			for name, c := range map[string]color.Color{"street": ink.street, "park": ink.park, "house": ink.block, "ground": ink.ground} {
				if near(img.At(x, y), c) {
					count[name]++
				}
			}
		}
	}
	for _, name := range []string{"street", "park", "house", "ground"} {
		if count[name] < 2000 {
			t.Errorf("of %s only %d pixels can be seen", name, count[name])
		}
	}
	for _, area := range a.town.Areas {
		middle := place.Point{Lat: (area.Ring[0].Lat + area.Ring[3].Lat) / 2, Lon: (area.Ring[0].Lon + area.Ring[3].Lon) / 2}
		if area.Kind != "water" {
			continue
		}
		m = inKlosterstrasse(t, st, a, func(o *Opts) {
			o.State = State{place.Plane{Origin: middle}.At(60, 0), Usual}
			o.Here, o.Markers = nil, nil
		})
		img = show(t, st, m, 390, 318).Capture()
		if !near(pixel(middle), ink.water) {
			t.Errorf("the pond at %v has the colour %v", middle, pixel(middle))
		}
	}
	for zoom := Closest; zoom <= Widest; zoom++ {
		m := inKlosterstrasse(t, st, a, func(o *Opts) { o.State.Zoom = zoom })
		keep(t, "zoom"+string(rune('0'+zoom)), show(t, st, m, 390, 420).Capture())
	}
	for name, change := range map[string]func(*look.Style){"black": func(s *look.Style) { s.Contrast = look.BlackWhite }, "yellow": func(s *look.Style) { s.Contrast = look.YellowBlack }, "text2": func(s *look.Style) { s.Text = 2 }} {
		st := phone(change)
		keep(t, name, show(t, st, inKlosterstrasse(t, st, a), 390, 420).Capture())
	}
}

func TestThePinSaysWhereItStands(t *testing.T) {
	a := atlas(t)
	st := phone()
	first := func(m *Map) tree.Node { return tree.Of(show(t, st, m, 390, 420))[0] }
	if n := first(inKlosterstrasse(t, st, a)); n.Role != tree.Picture || n.Name != "Karte, Pin bei Klosterstraße 14" || n.ID != "/place" ||
		n.Value != "Schon gemeldet: 1 Schlagloch, 60 m; 2 Gehweg uneben, 75 m" {
		t.Errorf("told as %+v", n)
	}
	low, _ := a.town.Box()
	m := inKlosterstrasse(t, st, a, func(o *Opts) { o.State.Pin = low })
	if n := first(m); n.Name != "Karte, der Pin liegt nicht in Bad Oeynhausen" || m.Problem() != place.ErrOutside {
		t.Errorf("outside the town told as %q, %v", n.Name, m.Problem())
	}
	for err, want := range map[error]string{nil: "", place.ErrOutside: "Das liegt nicht in Bad Oeynhausen.", place.ErrNoPosition: "Das Foto sagt nicht, wo es gemacht wurde."} {
		if got := Sentence(st, words(t), a.town, err); got != want {
			t.Errorf("for %v the screen says %q", err, got)
		}
	}
	if got := Where(st, words(t), a.town, a.plane.At(-1500, 2500)); !strings.Contains(got, " m neben ") {
		t.Errorf("in the fields it says %q", got)
	}
}

func TestEveryControlCanBeTouchedAtAnySize(t *testing.T) {
	a := atlas(t)
	for _, w := range []float32{320, 390, 430} {
		for _, size := range []float32{1, 1.5, 2} {
			for _, contrast := range []look.Contrast{look.Normal, look.BlackWhite, look.YellowBlack} {
				for _, lang := range []string{"de", "en"} {
					st := phone(func(s *look.Style) { s.Text, s.Contrast, s.Lang = size, contrast, lang })
					m := inKlosterstrasse(t, st, a)
					high := int(math.Ceil(float64(m.HeightFor(w))))
					if high > 400 || size == 1 && high != 318 {
						t.Errorf("%.0f wide, text %.1f: the map wants to be %d high", w, size, high)
					}
					c := show(t, st, m, w, float32(high))
					nodes := tree.Of(c)
					for _, b := range []*look.Touch{m.here, m.list} {
						for _, o := range b.Children() {
							if word, is := o.(*canvas.Text); is && strings.HasSuffix(word.Text, "-") {
								t.Errorf("%.0f wide, text %.1f: a word is broken: %q", w, size, word.Text)
							}
						}
					}
					if contrast == look.Normal && lang == "de" {
						keep(t, "all-"+strconv.Itoa(int(w))+"-"+strconv.Itoa(int(10*size)), c.Capture())
					}
					grow := 1 + (size-1)*0.25
					pin := image.Rect(int(w/2-20*grow), high/2-int(54*grow), int(w/2+20*grow), high/2)
					if len(nodes) != 5 {
						t.Fatalf("%d things are told: %v", len(nodes), nodes)
					}
					for _, f := range tree.CheckAt(nodes, 1, 48) {
						t.Errorf("%.0f wide, text %.1f, %s: %v", w, size, lang, f)
					}
					for i, n := range nodes[1:] {
						b := image.Rect(n.Bounds.X, n.Bounds.Y, n.Bounds.X+n.Bounds.W, n.Bounds.Y+n.Bounds.H)
						if b.Overlaps(pin) {
							t.Errorf("%.0f wide, text %.1f, %s: %s lies on the pin", w, size, lang, n.Name)
						}
						if !b.In(image.Rect(0, 0, int(w), high)) {
							t.Errorf("%.0f wide, text %.1f: %s is at %v, not on the map", w, size, n.Name, b)
						}
						for _, o := range nodes[i+2:] {
							if ob := image.Rect(o.Bounds.X, o.Bounds.Y, o.Bounds.X+o.Bounds.W, o.Bounds.Y+o.Bounds.H); b.Overlaps(ob) {
								t.Errorf("%.0f wide, text %.1f: %s lies on %s", w, size, n.Name, o.Name)
							}
						}
					}
				}
			}
		}
	}
}

func TestMyPositionIsOfferedOnlyWhenItIsKnownAndInTheTown(t *testing.T) {
	a := atlas(t)
	st := phone()
	for name, c := range map[string]struct {
		here *Here
		want string
	}{
		"unknown":                  {nil, ""},
		"in the Atlantic":          {&Here{At: place.Point{Lat: 45, Lon: -30}}, ""},
		"null island":              {&Here{}, ""},
		"the phone's":              {&Here{At: at(t, a, "Weserstraße", "3")}, "Mein Standort"},
		"where the photo was made": {&Here{At: at(t, a, "Weserstraße", "3"), Photo: true}, "Ort vom Foto"},
	} {
		found := ""
		for _, n := range tree.Of(show(t, st, inKlosterstrasse(t, st, a, func(o *Opts) { o.Here = c.here }), 390, 318)) {
			if n.ID == "/place/here" {
				found = n.Name
			}
		}
		if found != c.want {
			t.Errorf("%s: the button says %q, want %q", name, found, c.want)
		}
	}
	m := inKlosterstrasse(t, st, a, func(o *Opts) { o.Here = &Here{At: at(t, a, "Weserstraße", "3")} })
	show(t, st, m, 390, 318)
	m.here.Tapped(nil)
	if where := Where(st, words(t), a.town, m.State().Pin); where != "Weserstraße 3" {
		t.Errorf("my position is %s", where)
	}
}

func TestAFingerPushesTheMapAndStopsAtTheTownsEdge(t *testing.T) {
	a := atlas(t)
	st := phone()
	told := 0
	m := inKlosterstrasse(t, st, a, func(o *Opts) { o.Moved = func(State) { told++ } })
	show(t, st, m, 390, 318)
	start := m.State().Pin
	drag := func(dx, dy float32) {
		m.face.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(dx, dy)})
	}
	for range 10 {
		drag(-10, 5)
	}
	if told != 0 {
		t.Error("the shell was told while the finger was still on the map")
	}
	m.face.DragEnd()
	if x, y := (place.Plane{Origin: start}).XY(m.State().Pin); math.Abs(x-80) > 0.5 || math.Abs(y-40) > 0.5 || told != 1 {
		t.Errorf("the pin moved %.1f m east and %.1f m north, told %d times", x, y, told)
	}
	here := m.State().Pin
	drag(3, 3)
	m.face.DragEnd()
	if m.State().Pin != here || told != 1 {
		t.Error("a trembling finger moved the map")
	}
	for range 400 {
		drag(900, 0)
	}
	m.face.DragEnd()
	low, _ := a.town.Box()
	if m.State().Pin.Lon != low.Lon || m.Problem() == nil {
		t.Errorf("pushed to the west for ever, the pin is at %v", m.State().Pin)
	}
}

func TestATapPutsThePinThere(t *testing.T) {
	a := atlas(t)
	st := phone()
	var marked []int
	m := inKlosterstrasse(t, st, a, func(o *Opts) { o.Marked = func(i int) { marked = append(marked, i) } })
	show(t, st, m, 390, 318)
	start := m.State().Pin
	x, y := m.face.view().XY(m.o.Markers[1].At)
	m.face.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(float32(x)+20, float32(y)-10)})
	if len(marked) != 1 || marked[0] != 1 || m.State().Pin != start {
		t.Errorf("a long press beside the second marker chose %v and left the pin %.0f m away", marked, m.State().Pin.Distance(start))
	}
	m.face.Tapped(&fyne.PointEvent{Position: fyne.NewPos(195, 59)})
	if e, n := (place.Plane{Origin: start}).XY(m.State().Pin); math.Abs(e) > 0.5 || math.Abs(n-80) > 0.5 {
		t.Errorf("a tap 100 above the middle moved the pin %.1f m east and %.1f m north", e, n)
	}
	// A finger that slips a little calls itself a drag; the tap that follows a clean one is not answered twice.
	before := m.State().Pin
	m.face.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(245, 159)}})
	m.face.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(4, 4)})
	m.face.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(249, 163)}})
	m.face.DragEnd()
	once := m.State().Pin
	m.face.Tapped(&fyne.PointEvent{Position: fyne.NewPos(249, 163)})
	if d := before.Distance(once); d < 40 || d > 46 || m.State().Pin != once {
		t.Errorf("a trembling tap moved the pin %.0f m, and %.0f m more", d, once.Distance(m.State().Pin))
	}
}

func TestTheMapIsMovedByKeysAlone(t *testing.T) {
	a := atlas(t)
	st := phone()
	m := inKlosterstrasse(t, st, a)
	c := show(t, st, m, 390, 318)
	c.Focus(m.face)
	if n := tree.Of(c)[0]; !n.Is("focused") {
		t.Errorf("the focus is not told: %+v", n)
	}
	keep(t, "focus", c.Capture())
	start := m.State().Pin
	for _, k := range []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyUp, fyne.KeyLeft, fyne.KeyEscape} {
		m.face.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if e, n := (place.Plane{Origin: start}).XY(m.State().Pin); math.Abs(e-19.2) > 0.2 || math.Abs(n-19.2) > 0.2 {
		t.Errorf("the keys moved the pin %.1f m east and %.1f m north", e, n)
	}
	for range 9 {
		m.face.TypedRune('-')
	}
	if m.State().Zoom != Widest || m.wider.Visible() || !m.closer.Visible() {
		t.Errorf("at the widest (%d) a button is left that does nothing", m.State().Zoom)
	}
	m.face.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 400)})
	if m.State().Zoom != Closest || m.closer.Visible() || !m.wider.Visible() {
		t.Errorf("at the closest (%d) a button is left that does nothing", m.State().Zoom)
	}
	m.wider.Tapped(nil)
	if m.State().Zoom != Usual {
		t.Error("the button does not change the size")
	}
}

func TestAPushedMapIsNotDrawnAnewAtEveryStep(t *testing.T) {
	a := atlas(t)
	st := phone()
	m := inKlosterstrasse(t, st, a)
	m.face.Resize(fyne.NewSize(390, 420))
	one := m.face.picture(390, 420).(*image.RGBA)
	for range 9 {
		m.face.push(10, 0)
		m.face.picture(390, 420)
	}
	if a.last.drawing != 1 {
		t.Errorf("90 units were drawn %d times", a.last.drawing)
	}
	m.face.push(-90, 0)
	again := m.face.picture(390, 420).(*image.RGBA)
	if string(one.Pix) != string(again.Pix) {
		t.Error("pushed there and back, the map looks different")
	}
	m.face.push(150, 0)
	m.face.picture(390, 420)
	if a.last.drawing != 2 {
		t.Errorf("beyond what was drawn nothing was drawn anew")
	}
	fresh := atlas(t).screen(st, 1, 390, 420, m.State(), m.o.Here, m.o.Markers)
	if pushed := m.face.picture(390, 420).(*image.RGBA); string(fresh.Pix) != string(pushed.Pix) {
		t.Error("a pushed map looks different from one that is opened there")
	}
}

func TestAStreetCanAlwaysBeChosenFromAList(t *testing.T) {
	a := atlas(t)
	for _, size := range []float32{1, 2} {
		st := phone(func(s *look.Style) { s.Text = size })
		var chosen place.Match
		list := Streets(st, words(t), a.town, "glosterstr 14a", 5, func(m place.Match) { chosen = m })
		c := show(t, st, list, 350, look.HeightFor(list, 350))
		nodes := tree.Of(c)
		if len(nodes) == 0 || nodes[0].Role != tree.Button || nodes[0].Name != "Klosterstraße 14a" || nodes[0].Value != "Innenstadt" {
			t.Fatalf("offered %+v", nodes)
		}
		for _, f := range tree.CheckAt(nodes, 1, 48) {
			t.Error(f)
		}
		list.(*fyne.Container).Objects[0].(*look.Touch).Tapped(nil)
		if chosen.Street != "Klosterstraße" || chosen.Number != "14a" {
			t.Errorf("chose %+v", chosen)
		}
		keep(t, "list"+map[float32]string{1: "1", 2: "2"}[size], c.Capture())
	}
	st := phone()
	if n := tree.Of(show(t, st, Streets(st, words(t), a.town, "", 8, nil), 350, 800)); len(n) != 8 {
		t.Errorf("with nothing typed %d streets are offered", len(n))
	}
	if n := tree.Of(show(t, st, Streets(st, words(t), a.town, "Quitzowallee", 8, nil), 350, 200)); len(n) != 1 || !strings.Contains(n[0].Name, "finden wir nicht") {
		t.Errorf("an unknown street is answered with %v", n)
	}
}

func TestReportsOfOnePlaceStandBesideEachOther(t *testing.T) {
	a := atlas(t)
	for _, size := range []float32{1, 2} {
		st := phone(func(s *look.Style) { s.Text = size })
		m := inKlosterstrasse(t, st, a, func(o *Opts) {
			p := o.State.Pin
			o.Markers = []Marker{{"A", p}, {"B", p}, {"C", p}, {"D", place.Plane{Origin: p}.At(5, 2)}, {"E", place.Plane{Origin: p}.At(0, 26)}}
		})
		c := show(t, st, m, 390, 420)
		keep(t, "crowd"+map[float32]string{1: "1", 2: "2"}[size], c.Capture())
		spots := standing(m.face.view(), st, 1, m.o.Markers)
		for i, s := range spots {
			for _, o := range append(spots[i+1:], spot{195, 210 - 32}) {
				if d := math.Hypot(float64(s.x-o.x), float64(s.y-o.y)); d < 2*float64(markerSize(st)) {
					t.Errorf("text %.0f: marker %d lies %.0f from another or from the pin", size, i+1, d)
				}
			}
			if d := math.Hypot(float64(s.x)-195, float64(s.y)-210); d > 160*float64(size) {
				t.Errorf("text %.0f: marker %d was pushed %.0f away", size, i+1, d)
			}
		}
	}
}
