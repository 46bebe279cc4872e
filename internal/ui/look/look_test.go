package look

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// styles are all that a citizen can choose.
func styles(accents ...Accent) map[string]Style {
	out := map[string]Style{}
	for _, text := range []float32{1, 1.5, 2} {
		for c, name := range []string{"normal", "black", "yellow"} {
			for _, accent := range accents {
				out[name+" "+string(accent)+" "+map[float32]string{1: "1", 1.5: "1.5", 2: "2"}[text]] = Style{Text: text, Contrast: Contrast(c), Accent: accent, Lang: "de", Still: true}
			}
		}
	}
	return out
}

// show puts an object on a canvas of the terminal's width and returns what is on the screen.
func show(t *testing.T, st Style, width float32, o fyne.CanvasObject) (fyne.Canvas, []tree.Node) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(Theme(st))
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(Column(20, o))
	c.Resize(fyne.NewSize(width, max(HeightFor(o, width), 10)))
	return c, tree.Of(c)
}

func ratio(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	f := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}

func TestEveryTextCanBeReadOnItsGround(t *testing.T) {
	for name, st := range styles(Petrol, Sloe) {
		c := st.Colors()
		for pair, colors := range map[string][2]color.NRGBA{
			"ink on ground": {c.Ink, c.Ground}, "ink on surface": {c.Ink, c.Surface}, "ink on sunken": {c.Ink, c.Sunken}, "quiet ink on ground": {c.Ink2, c.Ground},
			"quiet ink on surface": {c.Ink2, c.Surface}, "ink on a soft ground": {c.Ink, c.AccentSoft}, "accent on ground": {c.Accent, c.Ground}, "accent on surface": {c.Accent, c.Surface},
			"word on the way on": {c.OnAccent, c.Accent}, "problem on ground": {c.Error, c.Ground}, "problem on its ground": {c.Error, c.ErrorSoft}, "warning": {c.Warn, c.WarnSoft}, "ok": {c.OK, c.OKSoft},
			"head": {c.OnHero, c.Hero}, "plinth": {c.PlinthInk, c.PlinthGround}, "plate": {c.OnPlate, c.PlateBlue},
		} {
			if r := ratio(colors[0], colors[1]); r < 7 {
				t.Errorf("%s: %s has %.2f:1, less than 7:1", name, pair, r)
			}
		}
		for pair, colors := range map[string][2]color.NRGBA{
			"second line of the head": {c.OnHero2, c.Hero}, "help that is on": {c.PlinthOn, c.PlinthGround},
		} {
			if r := ratio(colors[0], colors[1]); r < 4.5 {
				t.Errorf("%s: %s has %.2f:1, less than 4.5:1", name, pair, r)
			}
		}
		for pair, colors := range map[string][2]color.NRGBA{
			"edge on ground": {c.Edge, c.Ground}, "edge on surface": {c.Edge, c.Surface}, "edge of a key": {c.Edge, c.Sunken}, "accent beside ground": {c.Accent, c.Ground},
		} {
			if r := ratio(colors[0], colors[1]); r < 3 {
				t.Errorf("%s: %s has %.2f:1, less than 3:1", name, pair, r)
			}
		}
		for _, ground := range []color.NRGBA{c.Ground, c.Surface, c.Sunken, c.Accent, c.AccentDeep, c.PlinthGround} {
			if max(ratio(c.FocusOut, ground), ratio(c.FocusIn, ground)) < 3 {
				t.Errorf("%s: on %v neither focus ring can be seen", name, ground)
			}
		}
	}
}

func TestOurFontsAndIconsAreInTheProgram(t *testing.T) {
	if len(regularFont.Content()) == 0 || len(boldFont.Content()) == 0 {
		t.Error("the screen would be set in a toolkit's font")
	}
	for _, name := range []string{"logout", "check", "circle-check", "alert-circle", "alert-triangle", "info-circle", "chevron-right", "arrow-left", "arrow-right",
		"arrow-down", "arrow-bar-to-up", "backspace", "keyboard-hide", "arrow-big-up", "pencil", "bulb", "search"} {
		if !HasIcon(name) {
			t.Errorf("there is no icon %q", name)
		}
	}
}

func TestIconsTakeTheColourOfTheStyle(t *testing.T) {
	entries, err := assets.FS.ReadDir("icons")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, isSVG := strings.CutSuffix(e.Name(), ".svg")
		if !isSVG || strings.HasPrefix(name, "_") {
			continue
		}
		svg, ok := iconSVG(name, color.NRGBA{R: 0xFF, G: 0xE6, A: 255}, 3.5)
		if !ok || strings.Contains(string(svg), "currentColor") || !strings.Contains(string(svg), "#ffe600") || !strings.Contains(string(svg), `stroke-width="3.50"`) {
			t.Errorf("icon %s would be drawn in a wrong colour or stroke", name)
		}
	}
}

// everything is one of each thing to touch, with long German words.
func everything(st Style) fyne.CanvasObject {
	none := func() {}
	return Column(st.Gap(),
		Head(st, HeadOpts{Title: "Rathausnah", Sub: "Stadt Bad Oeynhausen", End: "Beenden", Tap: none}),
		Head(st, HeadOpts{Title: "Schritt 2 von 5: Ihr Fahrzeug", Low: true, End: "Beenden", Tap: none}),
		Progress(st, 2, 5, "Schritt 2 von 5", "Bewohnerparkausweis"),
		Text(st, TitleL, "Gewerbezentralregisterauskunft beantragen", TextOpts{}),
		Button(st, ButtonOpts{Label: "Abbrechen, nichts bezahlen", Icon: "x", Tap: none}),
		Button(st, ButtonOpts{Label: "Oft gebraucht", Icon: "star", Small: true, Tap: none}),
		Button(st, ButtonOpts{Label: "Türkçe", Pill: true, Chosen: true, Tap: none}),
		Actions(st, ButtonOpts{Label: "Zurück", Icon: "arrow-left"}, ButtonOpts{Label: "Weiter zum Bezahlen", IconRight: "arrow-right", Primary: true}),
		Grid(st.Gap(), 2, Tile(st, TileOpts{Title: "Hund, Haus und Garten", Icon: "dog"}), Tile(st, TileOpts{Title: "Arbeit und Gewerbe", Icon: "building-store", Hint: "Anmelden, ummelden, abmelden"})),
		Grid(st.Gap(), 2, Row(st, RowOpts{Title: "Meldebescheinigung", Icon: "certificate"}), Row(st, RowOpts{Title: "Bewohnerparken", Hint: "für ein Jahr", Value: "30,70 €", Icon: "parking"})),
		Choice(st, ChoiceOpts{Mark: "A", Title: "Innenstadt Nord", Hint: "Herforder Straße, Klosterstraße", Selected: true}),
		Grid(st.Gap(), 3, Choice(st, ChoiceOpts{Title: "6 Monate", Value: "15,40 €"}), Choice(st, ChoiceOpts{Title: "1 Jahr", Value: "30,70 €", Selected: true}), Choice(st, ChoiceOpts{Title: "2 Jahre", Value: "61,40 €"})),
		Choice(st, ChoiceOpts{Title: "Ja, meine Angaben stimmen.", Box: true}),
		Field(st, FieldOpts{Label: "Kennzeichen", Problem: "Hier fehlt noch die Zahl am Ende.", Hint: "Zum Beispiel: MI-AB 123", Text: "MI-RA", Plate: true, Focused: true}),
		Field(st, FieldOpts{Label: "Was möchten Sie uns sagen?", Lines: 4, Text: "Die Donaudampfschifffahrtsgesellschaft hat geschrieben."}),
		Field(st, FieldOpts{Label: "Suchen", NoLabel: true, Example: "Suchen, zum Beispiel: Meldebescheinigung", Icon: "search", Pill: true}),
		Note(st, NoteOpts{Kind: Warn, Title: "Gerade kein Netz", Text: "Ihr Antrag wird hier sicher aufbewahrt und später gesendet."}),
		Note(st, NoteOpts{Icon: "coin-euro", Text: "Ihre Gebühr bisher", Value: "30,70 €"}),
		Facts(st, []Fact{{"clock", "5 Minuten", "dauert es hier"}, {"coin-euro", "30,70 €", "für ein Jahr"}, {"printer", "sofort", "haben Sie den Ausweis"}}),
		StateWord(st, Warn, "Papier knapp"), Card(st, Pair(st, "Adresse", "Herforder Straße 12\n32545 Bad Oeynhausen", false)),
		Remark(st, "bulb", "Zone A passt zu Ihrer Adresse."), Problem(st, "Bitte wählen Sie eine Antwort."),
		Plinth(st, false, PlinthItem{Icon: "text-size", Label: "Größer"}, PlinthItem{Icon: "contrast", Label: "Kontrast"}, PlinthItem{Icon: "volume", Label: "Vorlesen"},
			PlinthItem{Icon: "arrow-bar-to-down", Label: "Tiefer"}, PlinthItem{Icon: "headset", Label: "Hilfe"}),
	)
}

func TestNothingIsTooSmallNamelessOrCutAtAnySize(t *testing.T) {
	for name, st := range styles(Petrol) {
		_, nodes := show(t, st, 952, everything(st))
		if len(nodes) < 35 {
			t.Fatalf("%s: only %d things on the screen", name, len(nodes))
		}
		for _, f := range tree.Check(nodes, PxPerMM) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

func TestNothingIsCutInTheNarrowPartOfALandscapeScreen(t *testing.T) {
	for name, st := range styles(Petrol) {
		_, nodes := show(t, st, 640, everything(st))
		for _, f := range tree.Check(nodes, PxPerMM) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

func TestNothingIsCutOnAPhone(t *testing.T) {
	for name, st := range styles(Petrol) {
		st.Shell = Phone
		_, nodes := show(t, st, 350, everything(st))
		for _, f := range tree.CheckAt(nodes, 1, 48) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

func TestWrappingLosesNoLetter(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(Theme(Style{}))
	text := "Ausweis und Reise, Melde\u00adbescheinigung, Donaudampfschifffahrtsgesellschaftskapitän, MI-AB 123"
	bare := func(s string) string {
		return strings.NewReplacer(" ", "", "-", "", "\u00ad", "", "\n", "").Replace(s)
	}
	for room := float32(60); room < 1200; room += 37 {
		lines := wrap(text, 36, true, room)
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Fatalf("at %v units %q is read instead of %q", room, got, bare(text))
		}
		for _, l := range lines {
			if room > 120 && width(l, 36, true) > room {
				t.Errorf("at %v units the line %q does not fit", room, l)
			}
			if strings.HasSuffix(l, " und") {
				t.Errorf("at %v units a line ends with a small word: %q", room, l)
			}
		}
	}
}

func TestNoLineBeginsWithDotsDashOrUnit(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(Theme(Style{}))
	text := "Ihr Beleg wird gedruckt … Montag – Freitag, in 60 m"
	for room := float32(200); room < 1200; room += 7 {
		for _, l := range wrap(text, 36, true, room) {
			if first, _, _ := strings.Cut(l, " "); first == "…" || first == "–" || first == "m" {
				t.Fatalf("at %v units a line is %q", room, l)
			}
		}
	}
}

func TestAFingerThatTremblesStillTaps(t *testing.T) {
	taps := 0
	b := Button(Style{Still: true}, ButtonOpts{Label: "Weiter", Tap: func() { taps++ }})
	show(t, Style{}, 500, b)
	at := func(x, y float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: fyne.NewPos(x, y)}}
	}
	b.MouseDown(at(100, 50))
	b.MouseUp(at(112, 58)) // the driver calls this a drag and does not tell a tap
	if taps != 1 {
		t.Errorf("a tap of a trembling finger was answered %d times", taps)
	}
	b.MouseDown(at(100, 50))
	b.MouseUp(at(100, 50))
	b.Tapped(nil) // the driver tells this one as well
	if taps != 2 {
		t.Errorf("a quiet tap was answered %d times", taps-1)
	}
	b.MouseDown(at(100, 50))
	b.MouseUp(at(100, 200))
	if taps != 2 {
		t.Error("a finger that scrolled touched the button")
	}
	b.TappedSecondary(nil) // a long press on a phone
	if taps != 3 {
		t.Error("a long press was not answered")
	}
}

func TestKeypadsEnterAndSpaceTouch(t *testing.T) {
	taps := 0
	c := Choice(Style{Still: true}, ChoiceOpts{Title: "Mir", Tap: func() { taps++ }})
	show(t, Style{}, 500, c)
	c.FocusGained()
	if n := c.Describe(); !n.Is("focused") {
		t.Error("nobody is told where the keypad is")
	}
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyA} {
		c.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if taps != 3 {
		t.Errorf("%d of 3 keys touched", taps)
	}
}

func TestAPressIsSeenBeforeItIsDone(t *testing.T) {
	b := Button(Style{Still: true}, ButtonOpts{Label: "Weiter"})
	show(t, Style{}, 500, b)
	face := func() float32 { return b.render.objs[1].Position().Y }
	rest := face()
	b.MouseDown(&desktop.MouseEvent{})
	if face() <= rest {
		t.Error("the face does not go down onto its sill")
	}
	b.MouseUp(&desktop.MouseEvent{})
	if face() != rest {
		t.Error("the face stays down")
	}
}

// clock lets what comes later wait until the test asks for it, so that it is drawn on the test's own goroutine.
func clock(t *testing.T) (next func()) {
	waiting := make(chan func(), 100)
	post = func(f func()) { waiting <- f }
	t.Cleanup(func() { post = fyne.Do })
	return func() { (<-waiting)() }
}

// A tap by a quick finger, too short to be seen, is shown for a moment.
func TestAQuickPressIsSeen(t *testing.T) {
	next := clock(t)
	taps := 0
	b := Button(Style{}, ButtonOpts{Label: "Weiter", Tap: func() { taps++ }})
	show(t, Style{}, 500, b)
	face := func() float32 { return b.render.objs[1].Position().Y }
	rest := face()
	b.MouseDown(&desktop.MouseEvent{})
	b.MouseUp(&desktop.MouseEvent{})
	if taps != 1 || face() <= rest || b.Pace() == 0 {
		t.Errorf("%d taps; the face lies at %v, at rest at %v; it will move in %v", taps, face(), rest, b.Pace())
	}
	next()
	if face() != rest || b.Pace() != 0 {
		t.Errorf("the face stays down at %v", face())
	}
}

func TestTheCaretBlinksAndEndsVisible(t *testing.T) {
	next := clock(t)
	f := Field(Style{}, FieldOpts{Label: "Name", Focused: true})
	show(t, Style{}, 500, f)
	test.NewTempWindow(t, f) // it blinks only where it is seen
	caret := func() (hidden bool) {
		for _, o := range f.render.objs {
			if r, ok := o.(*canvas.Rectangle); ok && r.Hidden {
				hidden = true
			}
		}
		return hidden
	}
	if caret() {
		t.Error("the caret is not there at first")
	}
	last := int(BlinkTime / blinkEvery)
	for blink := 1; blink <= last; blink++ {
		if next(); caret() != (blink%2 == 1 && blink < last) {
			t.Fatalf("after %d blinks the caret is hidden: %t", blink, caret())
		}
		if f.Pace() != 0 {
			t.Fatal("between two blinks a picture is asked for: a finger would have to wait for it")
		}
	}
	post = func(func()) { t.Error("the caret never comes to rest") }
	time.Sleep(2 * blinkEvery)
}

func TestAHardwareKeyboardTypesUmlautsAndErases(t *testing.T) {
	typed := ""
	f := Field(Style{Still: true}, FieldOpts{Label: "Name", Text: "Grö", Max: 5, Typed: func(s string, _ bool) { typed = s }})
	show(t, Style{}, 500, f)
	f.TypedRune('ß')
	if typed != "Größ" {
		t.Errorf("ß makes %q", typed)
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if typed != "Gr" {
		t.Errorf("backspace makes %q", typed)
	}
	if text, fits := Append("Größe", 'n', 5); text != "Größe" || fits {
		t.Error("more letters than the field takes")
	}
	if text, fits := Append(strings.Repeat("ß", Longest), 'n', 0); fits || text != strings.Repeat("ß", Longest) {
		t.Error("a field without a limit takes letters without end")
	}
}

func TestASecretIsNeverTold(t *testing.T) {
	_, nodes := show(t, Style{}, 500, Field(Style{Still: true}, FieldOpts{Label: "Code", Text: "K7M49R", Secret: true}))
	if len(nodes) != 1 || nodes[0].Value != "••••••" {
		t.Errorf("the screen tells %+v", nodes)
	}
}

func TestTheCaretStandsStillWhenNothingMayMove(t *testing.T) {
	for name, st := range map[string]Style{"still": {Still: true}, "yellow": {Contrast: YellowBlack}, "large": {Text: 2}} {
		if d := (&fieldDrawing{st: st, o: FieldOpts{Focused: true}}); !d.quiet() {
			t.Errorf("%s: the caret blinks", name)
		}
	}
	if d := (&fieldDrawing{st: Style{}, o: FieldOpts{}}); !d.quiet() {
		t.Error("a field nobody types into has a blinking caret")
	}
	if BlinkTime > 30*time.Second {
		t.Error("a screen that nobody writes on keeps moving")
	}
}

func TestTheSpringStandsStillWhenNothingMayMove(t *testing.T) {
	test.NewTempApp(t)
	if d := Sprudel(Style{Still: true}, 300, 200, SprudelOpts{Moving: true}); d.stop != nil {
		t.Error("the spring moves")
	}
	d := Sprudel(Style{}, 300, 200, SprudelOpts{Moving: true})
	if d.stop == nil {
		t.Fatal("the spring does not move")
	}
	d.stop()
}

func TestAQRCodeIsBlackOnWhiteInEveryContrast(t *testing.T) {
	for name, st := range styles(Petrol) {
		q := QR(st, [][]bool{{true, false}, {false, true}}, 300, "Ihr Beleg")
		_, nodes := show(t, st, 400, q)
		if len(nodes) != 1 || nodes[0].Name != "Ihr Beleg" {
			t.Errorf("%s: the code has no name", name)
		}
		if n := len(q.render.objs); n != 3 {
			t.Errorf("%s: %d objects, want ground and two modules", name, n)
		}
	}
}

// "60" at the end of a line and "m" on the next reads as if something were missing.
func TestANumberKeepsItsUnit(t *testing.T) {
	test.NewTempApp(t)
	for said, together := range map[string]string{"Gehweg uneben, 60 m": "60 m", "Heute um 10:24 Uhr gesehen": "10:24 Uhr", "Es kostet 30,70 €, bitte": "30,70 €,"} {
		for room := width(together, 18, true) + 0.5; room < 300; room += 3 {
			if lines := wrap(said, 18, true, room); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, together) }) {
				t.Errorf("in %.0f: %q", room, lines)
			}
		}
	}
	if lines := wrap("Entfernung 123456 m", 18, false, width("123456", 18, false)); lines[len(lines)-1] != "m" {
		t.Errorf("number and unit have no room together, and are %q", lines)
	}
	if n := Text(Style{Text: 1, Scale: 1}, Body, "60\u00a0m", TextOpts{}).Describe(); n.Name != "60 m" {
		t.Errorf("read aloud it is %q", n.Name)
	}
}

func TestLongWordsAreBrokenWhereTheyWereJoined(t *testing.T) {
	test.NewTempApp(t)
	for word, want := range map[string]string{"Bewohnerparkausweis": "Bewohnerpark-", "Meldebescheinigung": "Melde-", "Führungszeugnis": "Führungs-", "abgebrochen": "abge-", "Rückfrage": "Rück-",
		"Innenstadt": "Innen-", "BO-26-4T7K-2M9-X": "BO-26-4T7K-"} {
		for _, more := range []float32{0, 6} {
			if lines := wrap(word, 18, true, width(want, 18, true)+more); lines[0] != want {
				t.Errorf("%s is broken into %q", word, lines)
			}
		}
	}
}

// A hyphen in an address would make it another one.
func TestAnAddressIsBrokenWithoutAHyphen(t *testing.T) {
	test.NewTempApp(t)
	for _, address := range []string{"renate.vogt-lehmann@post.bad-oeynhausen.example", "https://rathaus.example/faelle", "r@xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.de"} {
		for room := float32(60); room < 400; room += 23 {
			if lines := wrap(address, 18, true, room); strings.Join(lines, "") != address {
				t.Errorf("in %.0f: %q", room, lines)
			}
		}
	}
	if lines := wrap("renate.vogt@beispiel.example", 18, true, width("renate.vogt@bei", 18, true)); lines[0] != "renate.vogt@" {
		t.Errorf("%q", lines)
	}
}

// "Gesichter" alone on a line, because "und" should not stay behind, is uglier than an "und" at its end.
func TestASmallWordDoesNotLeaveALineNearlyEmpty(t *testing.T) {
	test.NewTempApp(t)
	said := "Ziehen Sie über alle Gesichter und Kennzeichen"
	if got := wrap(said, 18, false, width("Ziehen Sie über alle G", 18, false)); !slices.Contains(got, "Gesichter und") {
		t.Errorf("%q", got)
	}
	if got := wrap("Ausweis und Reise", 18, true, width("Ausweis und", 18, true)); got[0] != "Ausweis" {
		t.Errorf("a title is broken as %q", got)
	}
}
