package place

import (
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

func oeynhausen(t testing.TB) *Town {
	t.Helper()
	data, err := assets.FS.ReadFile("map/bad-oeynhausen.geojson")
	if err != nil {
		t.Fatal(err)
	}
	town, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return town
}

func TestTheMapThatShipsIsCompleteAndSaysWhatItIs(t *testing.T) {
	town := oeynhausen(t)
	if len(town.Streets) < 60 {
		t.Errorf("only %d streets", len(town.Streets))
	}
	for _, want := range []string{"simplified sample", "not a survey"} {
		if !strings.Contains(town.Note, want) {
			t.Errorf("the map does not say that it is a %s", want)
		}
	}
	if !strings.HasPrefix(town.License, "CC0-1.0") {
		t.Errorf("licence %q", town.License)
	}
	if d := (Point{52.2070, 8.8010}).Distance(town.Landmarks[0].At); d > 500 {
		t.Errorf("the station is %.0f m from where the town's middle is", d)
	}
	all := append([]Point{}, town.Trees...)
	for _, l := range town.Landmarks {
		all = append(all, l.At)
		if _, ok := town.Street(l.Street); l.Street != "" && !ok {
			t.Errorf("%s is in a street that there is not: %s", l.Name, l.Street)
		}
	}
	for _, s := range town.Streets {
		if s.Houses < 1 {
			t.Errorf("%s has no houses", s.Name)
		}
		for _, l := range s.Lines {
			all = append(all, l...)
		}
	}
	for _, b := range town.Buildings {
		all = append(all, b...)
	}
	for _, p := range all {
		if err := town.Check(p); err != nil {
			t.Errorf("%v lies on the map but not in the town", p)
		}
	}
	for _, kind := range []string{"park", "water", "wood"} {
		found := false
		for _, a := range town.Areas {
			found = found || a.Kind == kind
		}
		if !found {
			t.Errorf("the map has no %s", kind)
		}
	}
	for _, name := range []string{"Werre", "Weser"} {
		found := false
		for _, r := range town.Rivers {
			found = found || r.Name == name
		}
		if !found {
			t.Errorf("the %s does not flow", name)
		}
	}
}

func TestDistancesAreThoseOfTheGround(t *testing.T) {
	// One minute of latitude is a nautical mile, give or take what a sphere is not the earth.
	if d := (Point{52, 8}).Distance(Point{52 + 1.0/60, 8}); math.Abs(d-1853) > 1 {
		t.Errorf("a minute of latitude has %.0f m", d)
	}
	if d := (Point{52.2, 8.8}).Distance(Point{52.2, 8.8}); d != 0 {
		t.Errorf("no way at all has %.3f m", d)
	}
	if d := (Point{0, 179.999}).Distance(Point{0, -179.999}); d > 300 {
		t.Errorf("over the date line it is %.0f m", d)
	}
	flat := Plane{Point{52.2, 8.8}}
	for _, p := range []Point{{52.25, 8.86}, {52.16, 8.71}, {52.2001, 8.8001}} {
		x, y := flat.XY(p)
		if d := p.Distance(flat.Origin); math.Abs(math.Hypot(x, y)-d) > 0.001*d {
			t.Errorf("on the plane %v is %.1f m away, on the ground %.1f m", p, math.Hypot(x, y), d)
		}
		if back := flat.At(x, y); back.Distance(p) > 0.01 {
			t.Errorf("there and back: %v became %v", p, back)
		}
	}
}

func TestAPhotosPositionIsJudged(t *testing.T) {
	town := oeynhausen(t)
	for name, c := range map[string]struct {
		at   Point
		want error
	}{
		"in the Kurpark":                       {Point{52.2015, 8.8040}, nil},
		"in Rehme":                             {Point{52.2110, 8.8370}, nil},
		"on the Wiehengebirge":                 {Point{52.2590, 8.7700}, nil},
		"null island":                          {Point{0, 0}, ErrNoPosition},
		"nearly null island":                   {Point{0.0001, -0.0003}, ErrNoPosition},
		"the north pole":                       {Point{90, 0}, ErrNoPosition},
		"the south pole":                       {Point{-90, 12}, ErrNoPosition},
		"beyond the pole":                      {Point{152.2, 8.8}, ErrNoPosition},
		"beyond the date line":                 {Point{52.2, 188.8}, ErrNoPosition},
		"no numbers":                           {Point{math.NaN(), 8.8}, ErrNoPosition},
		"endless":                              {Point{52.2, math.Inf(1)}, ErrNoPosition},
		"in the Atlantic":                      {Point{45.5, -30.2}, ErrOutside},
		"thirty kilometres away":               {Point{52.0302, 8.5325}, ErrOutside}, // Bielefeld
		"in Minden":                            {Point{52.2895, 8.9170}, ErrOutside},
		"across the Weser":                     {Point{52.2400, 8.9140}, ErrOutside},
		"latitude and longitude exchanged":     {Point{8.8, 52.2}, ErrOutside},
		"west instead of east":                 {Point{52.2015, -8.8040}, ErrOutside},
		"the southern instead of the northern": {Point{-52.2015, 8.8040}, ErrOutside},
	} {
		if err := town.Check(c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestStreetsAreFoundAsPeopleTypeThem(t *testing.T) {
	town := oeynhausen(t)
	for typed, want := range map[string]string{
		"Klosterstraße":                        "Klosterstraße",
		"klosterstr":                           "Klosterstraße",
		"Klosterstr 14a":                       "Klosterstraße 14a",
		"Klosterstr.14 A":                      "Klosterstraße 14a",
		"KLOSTERSTRASSE 14":                    "Klosterstraße 14",
		"Kloster Straße 14":                    "Klosterstraße 14",
		"Klosterstr. 14, 32545 Bad Oeynhausen": "Klosterstraße 14",
		"14 Klosterstraße":                     "Klosterstraße 14",
		"Glosterstraße":                        "Klosterstraße",
		"Klostrestraße":                        "Klosterstraße",
		"Klosterstarße 7":                      "Klosterstraße 7",
		"Klost":                                "Klosterstraße",
		"herforder":                            "Herforder Straße",
		"Herforderstr. 120":                    "Herforder Straße 120",
		"Hervorder Straße":                     "Herforder Straße",
		"Suedstrasse":                          "Südstraße",
		"Sudstrasse":                           "Südstraße",
		"Südstr":                               "Südstraße",
		"su\u0308dstraße":                      "Südstraße",
		"Moenichhusen 42":                      "Mönichhusen 42",
		"monichhusen":                          "Mönichhusen",
		"von moeller str 3":                    "Von-Möller-Straße 3",
		"Möller":                               "Von-Möller-Straße",
		"paul baehr":                           "Paul-Baehr-Straße",
		"Paul-Bär-Straße":                      "Paul-Baehr-Straße",
		"Wöhrener Str. 74":                     "Wöhrener Straße 74",
		"ostkorso 8":                           "Ostkorso 8",
		"Ostkorsso":                            "Ostkorso",
		"westcorso":                            "Westkorso",
		"Morsbachalle 8-10":                    "Morsbachallee 8-10",
		"Inowrocław-Platz":                     "Inowroclaw-Platz",
		"Rathaus":                              "Rathaus, Ostkorso 8",
		"rathhaus":                             "Rathaus, Ostkorso 8",
		"Am Siel Nr. 3":                        "Am Siel 3",
		"Weserstraße Hausnummer 24":            "Weserstraße 24",
		"Eidinghauser Straße":                  "Eidinghausener Straße",
		"Weserstr 5 Bad Oeynhausen":            "Weserstraße 5",
		"  Detmolder \t Straße  ":              "Detmolder Straße",
		"Gradierwerk":                          "Gradierwerk",
		"kurhaus":                              "Kurhaus",
		"Alter Remer Weg":                      "Alter Rehmer Weg",
		"Volmerdingsenerstraße 1":              "Volmerdingsener Straße 1",
		"Bahnhofstraße 33":                     "Bahnhofstraße 33",
		"Herz und Diabetes":                    "Herz- und Diabeteszentrum, Georgstraße 11",
		"Oberbeksener":                         "Oberbecksener Straße",
		"unterm doergen 3c":                    "Unterm Dörgen 3c",
		"Unterm Dorgen":                        "Unterm Dörgen",
	} {
		found := town.Search(typed, 5)
		if len(found) == 0 || found[0].Text() != want {
			t.Errorf("%q found %v, want %q first", typed, texts(found), want)
			continue
		}
		if err := town.Check(found[0].At); err != nil {
			t.Errorf("%q is nowhere in the town", typed)
		}
	}
}

func texts(found []Match) (out []string) {
	for _, m := range found {
		out = append(out, m.Text())
	}
	return out
}

func TestWhatIsNoStreetFindsNone(t *testing.T) {
	town := oeynhausen(t)
	for _, typed := range []string{"", "   ", "14", "14a", "...", "ß", "Quitzowallee", "Schlagloch", "xyzxyz", strings.Repeat("Klosterstraße ", 400), "\xff\xfe", "🙂"} {
		if found := town.Search(typed, 5); len(found) > 0 {
			t.Errorf("%.40q found %v", typed, texts(found))
		}
	}
	if found := town.Search("a", 3); len(found) != 3 {
		t.Errorf("one letter found %v, want no more than asked for", texts(found))
	}
	if town.Search("Klosterstraße", 0) != nil {
		t.Error("asked for none, found some")
	}
}

func TestOnlyTheVeryNameNeedsNoQuestion(t *testing.T) {
	town := oeynhausen(t)
	for typed, want := range map[string]bool{"klosterstr. 14a": true, "Suedstrasse": true, "Sudstraße": true, "Rathaus": true, "Kloster": false, "Klosterstrase": false, "Glosterstr": false, "": false} {
		if m, ok := town.Find(typed); ok != want {
			t.Errorf("%q is %v (%s), want %v", typed, ok, m.Text(), want)
		}
	}
}

func TestAFieldIsOfferedAddressesOnly(t *testing.T) {
	town := oeynhausen(t)
	got := town.Suggest("ostkorso 8", 4)
	if len(got) == 0 || got[0] != "Ostkorso 8" {
		t.Errorf("offered %q", got)
	}
	if got := town.Suggest("Rathaus", 4); len(got) != 1 || got[0] != "Ostkorso 8" {
		t.Errorf("for the town hall offered %q", got)
	}
	if got := town.Suggest("Gradierwerk", 4); len(got) != 0 {
		t.Errorf("what has no address was offered as %q", got)
	}
	if got := town.Suggest("w", 4); len(got) != 4 {
		t.Errorf("offered %q, want four", got)
	}
}

func TestHousesStandAlongTheirStreet(t *testing.T) {
	town := oeynhausen(t)
	s, _ := town.Street("Klosterstraße")
	first, last := s.Lines[0][0], s.Lines[0][len(s.Lines[0])-1]
	one, _ := town.Locate("Klosterstraße", "1")
	end, _ := town.Locate("Klosterstraße", "40")
	if one.Distance(first) > 25 || end.Distance(last) > 25 {
		t.Errorf("number 1 is %.0f m from the street's beginning, 40 %.0f m from its end", one.Distance(first), end.Distance(last))
	}
	for n, want := range map[string]string{"14": "14", "14a": "14", "15": "15", "14-16": "14", "39": "39", "40": "40"} {
		p, ok := s.House(n)
		if near := town.Nearest(p); !ok || near.Street != s.Name || near.Number != want || math.Abs(near.Distance-12) > 1 {
			t.Errorf("where %s %s is, the nearest house is %s %s in %.0f m", s.Name, n, near.Street, near.Number, near.Distance)
		}
	}
	for _, n := range []string{"", "41", "0", "a", "99999999999999999999"} {
		if _, known := s.House(n); known {
			t.Errorf("there is no number %q", n)
		}
		if p, ok := town.Locate(s.Name, n); !ok || p != s.Middle() {
			t.Errorf("an unknown number is not looked for in the middle of the street")
		}
	}
	if _, ok := town.Locate("Quitzowallee", "1"); ok {
		t.Error("a street that there is not was located")
	}
	if hall, _ := town.Locate("Ostkorso", "8"); hall != town.Landmarks[1].At {
		t.Error("the town hall is not where it is")
	}
}

func TestNearestKnowsHowFarItIs(t *testing.T) {
	town := oeynhausen(t)
	near := town.Nearest(Point{45.5, -30.2})
	if near.Street == "" || near.Distance < 1e6 {
		t.Errorf("the street nearest to the Atlantic is %q in %.0f m", near.Street, near.Distance)
	}
}

func TestAViewShowsWhatItShould(t *testing.T) {
	v := View{Center: Point{52.2, 8.8}, Scale: 0.8, Width: 390, Height: 318}
	if x, y := v.XY(v.Center); x != 195 || y != 159 {
		t.Errorf("the middle is seen at %.0f, %.0f", x, y)
	}
	north := Plane{v.Center}.At(80, 40)
	if x, y := v.XY(north); math.Abs(x-295) > 0.1 || math.Abs(y-109) > 0.1 {
		t.Errorf("80 m east and 40 m north is seen at %.1f, %.1f", x, y)
	}
	if back := v.At(295, 109); back.Distance(north) > 0.1 {
		t.Errorf("seen and back: %.2f m off", back.Distance(north))
	}
	points := []Point{{52.19, 8.79}, {52.21, 8.80}, {52.20, 8.84}}
	fit := Fit(390, 318, 24, 0.4, points...)
	for _, p := range points {
		if x, y := fit.XY(p); x < 23.9 || x > 366.1 || y < 23.9 || y > 294.1 {
			t.Errorf("a point is at %.1f, %.1f, too near the edge", x, y)
		}
	}
	if one := Fit(390, 318, 24, 0.4, points[0]); one.Scale != 0.4 || one.Center != points[0] {
		t.Errorf("a single point is shown at %v", one)
	}
}

func TestBrokenMapsAreRefusedWithTheirFeature(t *testing.T) {
	border := `{"properties":{"kind":"bounds"},"geometry":{"type":"Polygon","coordinates":[[[8,52],[9,52],[9,53],[8,52]]]}}`
	street := `{"properties":{"kind":"street","name":"A"},"geometry":{"type":"LineString","coordinates":[[8.5,52.2],[8.6,52.3]]}}`
	wrap := func(f string) string { return `{"type":"FeatureCollection","features":[` + f + `]}` }
	if town, err := Read([]byte(wrap(border + "," + street + "," + strings.Replace(street, "52.3", "52.4", 1)))); err != nil || len(town.Streets) != 1 || len(town.Streets[0].Lines) != 2 {
		t.Errorf("two parts of one street: %v", err)
	}
	for name, c := range map[string]struct{ data, want string }{
		"no JSON":            {"{", "read map"},
		"something else":     {`{"type":"Feature"}`, "want FeatureCollection"},
		"no border":          {wrap(street), "bounds"},
		"two borders":        {wrap(border + "," + border), "feature 2"},
		"no streets":         {wrap(border), "no streets"},
		"latitude first":     {wrap(border + "," + strings.Replace(street, "[8.5,52.2]", "[8.5,152.2]", 1)), "longitude first"},
		"a point of nothing": {wrap(border + "," + strings.Replace(street, "[8.5,52.2]", "[]", 1)), "feature 2 (street)"},
		"a line of a point":  {wrap(border + "," + strings.Replace(street, "[8.5,52.2],", "", 1)), "less than two points"},
		"a nameless street":  {wrap(border + "," + strings.Replace(street, `"A"`, `" "`, 1)), "no name"},
		"a wrong geometry":   {wrap(strings.Replace(border, "Polygon", "Point", 1)), "want Polygon"},
		"a million houses":   {wrap(border + "," + strings.Replace(street, `"name"`, `"houses":1000000,"name"`, 1)), "houses"},
	} {
		if _, err := Read([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a word about %q", name, err, c.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"Klosterstr 14a", "14 b Am Siel", "Straße des 17. Juni 5", "Am Siel Nr. Nr. 3-5", "Weg 0", "x,,5", "Bad Oeynhausen", "a 32545", "\xff 5", "ſtraße 1", "K 5"} {
		f.Add(s)
	}
	town := oeynhausen(f)
	f.Fuzz(func(t *testing.T, typed string) {
		street, number := Split(typed)
		if !utf8.ValidString(street) || street != strings.TrimSpace(street) || utf8.RuneCountInString(street) > longestTyped {
			t.Fatalf("%q gives the street %q", typed, street)
		}
		if number != "" {
			if street == "" || !isNumber(number) {
				t.Fatalf("%q gives the number %q of %q", typed, number, street)
			}
			if s, n := Split(Address(street, number)); utf8.RuneCountInString(Address(street, number)) <= longestTyped && (s != street || n != number) {
				t.Fatalf("%q gives %q and %q, which gives %q and %q", typed, street, number, s, n)
			}
		}
		for _, m := range town.Search(typed, 3) {
			if m.Text() == "" || m.Score <= 0 || m.Score > 1 || town.Check(m.At) != nil {
				t.Fatalf("%q finds %+v", typed, m)
			}
		}
	})
}

// isNumber tells whether it is digits, perhaps with a letter, perhaps twice with a hyphen between.
func isNumber(s string) bool {
	parts := strings.Split(s, "-")
	for _, p := range parts {
		digits := strings.TrimRight(p, "abcdefghijklmnopqrstuvwxyz")
		if len(p)-len(digits) > 1 || len(digits) < 1 || len(digits) > 4 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
			return false
		}
	}
	return len(parts) <= 2
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"properties":{"kind":"bounds"},"geometry":{"type":"Polygon","coordinates":[[[8,52],[9,52],[9,53],[8,52]]]}},{"properties":{"kind":"street","name":"A","houses":5},"geometry":{"type":"LineString","coordinates":[[8.5,52.2],[8.6,52.3]]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		town, err := Read(data)
		if err != nil {
			return
		}
		for _, s := range town.Streets {
			for _, n := range []string{"1", "7a", ""} {
				if p, ok := town.Locate(s.Name, n); !ok || math.IsNaN(p.Lat) || math.IsNaN(p.Lon) {
					t.Fatalf("%q %q is at %v", s.Name, n, p)
				}
			}
		}
		if near := town.Nearest(town.Center()); near.Distance < 0 {
			t.Fatalf("nearest %+v", near)
		}
		town.Search("strasse 5", 3)
	})
}

func BenchmarkSearch(b *testing.B) {
	town := oeynhausen(b)
	for b.Loop() {
		town.Search("Glosterstr 14a", 5)
	}
}
