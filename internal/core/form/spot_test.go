package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// reports is a form with photos and a place, described by references into its own schema.
func reports(t testing.TB) *Form {
	t.Helper()
	words, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(`page: {one: {title: Eins}}
field: {photos: {label: Fotos}, place: {label: Wo?, street: {hint: Die nächste.}}, name: {label: Name}}
rule: {north: Das ist zu weit im Süden.}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	general, err := Sentences()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Load(Folder{Service: "test", Texts: text.Join(words, general), FS: fstest.MapFS{
		"schema.json": {Data: []byte(`{"type":"object","additionalProperties":false,"required":["place"],"properties":{
			"photos":{"type":"array","maxItems":2,"items":{"type":"string"}},
			"place":{"$ref":"#/$defs/wh%65re"},
			"name":{"$ref":"#/$defs/line","maxLength":7}},
			"$defs":{"where":{"type":"object","properties":{"street":{"type":"string"}}},"line":{"$ref":"#/$defs/short"},"short":{"type":"string","maxLength":5}}}`)},
		"form.yaml": {Data: []byte(`pages:
  - id: one
    fields:
      - {path: /photos, kind: photos, optional: true}
      - {path: /place, kind: place}
      - {path: /name, kind: text, optional: true}
rules:
  - {name: north, path: /place, holds: 'answers.place.lat == null || answers.place.lat > 50'}
`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var two = []any{strings.Repeat("a", 64), strings.Repeat("0f", 32)}

func TestAReportIsShownAsPeopleWriteIt(t *testing.T) {
	f := reports(t)
	for _, c := range []struct {
		lang           string
		photos         any
		place          any
		photoT, whereT string
	}{
		{"de", two, map[string]any{"street": "Klosterstraße", "number": "14"}, "2 Fotos", "Klosterstraße 14"},
		{"de", two[:1], map[string]any{"lat": 52.2, "lon": 8.8, "how": "photo"}, "1 Foto", "Dort, wo das Foto entstand"},
		{"en", two, map[string]any{"lat": 52, "lon": 8, "words": "at the well"}, "2 photos", "Chosen on the map, at the well"},
		{"de", nil, map[string]any{"words": " im  Kurpark\u200b "}, "", "im  Kurpark"},
		{"de", []any{}, "Herforder Str. 12 a", "", "Herforder Str. 12 a"},
	} {
		a := Answers{"place": c.place}.With("/photos", c.photos)
		v := f.View(Input{Answers: a, Lang: c.lang, Day: monday})
		fields := v.Pages[0].Fields
		if fields[0].Text != c.photoT || fields[1].Text != c.whereT || !v.Complete {
			t.Errorf("%v: %q and %q, complete %v", a, fields[0].Text, fields[1].Text, v.Complete)
		}
		clean := f.Clean(Input{Answers: a, Day: monday})
		if again := f.Clean(Input{Answers: clean, Day: monday}); !reflect.DeepEqual(again, clean) {
			t.Errorf("cleaned twice %v became %v", clean, again)
		}
		data, err := json.Marshal(clean)
		if err != nil {
			t.Fatal(err)
		}
		var back Answers
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if problems := f.Check(Input{Answers: back, Day: monday}); len(problems) > 0 {
			t.Errorf("after the journey %v", problems)
		}
	}
}

func TestAPlaceIsTypedInParts(t *testing.T) {
	f := reports(t)
	look := func(a Answers) (map[string]Field, View) {
		v := f.View(Input{Answers: a, Lang: "de", Day: monday})
		parts := map[string]Field{}
		for _, x := range v.Pages[0].Inputs() {
			parts[x.Path] = x
		}
		return parts, v
	}
	parts, _ := look(Answers{})
	if got := slices.Sorted(maps.Keys(parts)); !slices.Equal(got, []string{"/name", "/photos", "/place/number", "/place/street", "/place/words"}) {
		t.Fatal(got)
	}
	if s := parts["/place/street"]; !s.Missing || !s.Required || s.Label != "Straße" || s.Hint != "Die nächste." || s.Example == "" || s.Keys != KeysText {
		t.Errorf("%+v", s)
	}
	a := Answers{}.With("/place/number", "14")
	if parts, _ = look(a); parts["/place/street"].Problem != "Bitte nennen Sie auch die Straße." || parts["/place/number"].Text != "14" {
		t.Errorf("%+v", parts)
	}
	a = a.With("/place/street", "Klosterstr.")
	parts, v := look(a)
	if !v.Complete || parts["/place/street"].Problem != "" || !parts["/place/street"].Required {
		t.Errorf("%+v", parts)
	}
	if place, _ := f.Clean(Input{Answers: a, Day: monday}).Get("/place"); !reflect.DeepEqual(place, map[string]any{"street": "Klosterstr.", "number": "14", "how": "street"}) {
		t.Error(place)
	}
	if place, _ := f.Clean(Input{Answers: Answers{}.With("/place/street", "Klosterstr. 14 a"), Day: monday}).Get("/place"); !reflect.DeepEqual(place, map[string]any{"street": "Klosterstr.", "number": "14 a", "how": "street"}) {
		t.Error("street and number in one field become", place)
	}
	parts, _ = look(a.With("/place/number", "vierzehn"))
	if parts["/place/number"].Problem == "" || parts["/place/street"].Problem != "" {
		t.Error("what is wrong with the number is not said at the number")
	}
	if parts, v = look(Answers{}.With("/place/words", "im Kurpark")); !v.Complete || parts["/place/street"].Required {
		t.Error("words alone are not enough")
	}
	if name := parts["/name"]; name.Max != 7 {
		t.Errorf("what stands beside a reference does not count: %d", name.Max)
	}
}

func TestWhatIsNoPhotoAndNoPlaceIsRefused(t *testing.T) {
	f := reports(t)
	good := map[string]any{"street": "Ostkorso"}
	three := append(slices.Clone(two), strings.Repeat("b", 64))
	for _, c := range []struct {
		path string
		a    Answers
		rule string
	}{
		{"/photos", Answers{"place": good, "photos": three}, "schema"},
		{"/photos", Answers{"place": good, "photos": []any{two[0], two[0]}}, "schema"},
		{"/photos", Answers{"place": good, "photos": []any{"urlaub.jpg"}}, "schema"},
		{"/photos", Answers{"place": good, "photos": "urlaub.jpg"}, "schema"},
		{"/place", Answers{}, "schema"},
		{"/place", Answers{"place": map[string]any{}}, "schema"},
		{"/place", Answers{"place": map[string]any{"how": "map"}}, "schema"},
		{"/place", Answers{"place": map[string]any{"lat": 52.2}}, "schema"},
		{"/place", Answers{"place": map[string]any{"lat": "52", "lon": "8"}}, "schema"},
		{"/place", Answers{"place": map[string]any{"lat": 91.0, "lon": 8.0}}, "schema"},
		{"/place", Answers{"place": map[string]any{"street": "Ostkorso", "how": "guess"}}, "schema"},
		{"/place", Answers{"place": map[string]any{"street": "Ostkorso", "phone": "05731 1"}}, "schema"},
		{"/place", Answers{"place": map[string]any{"street": []any{"Ostkorso"}}}, "schema"},
		{"/place", Answers{"place": map[string]any{"street": strings.Repeat("x", 81)}}, "schema"},
		{"/place", Answers{"place": map[string]any{"words": "hier 🚗"}}, "schema"},
		{"/place", Answers{"place": []any{"Ostkorso"}}, "schema"},
		{"/place", Answers{"place": map[string]any{"lat": 48.0, "lon": 11.0}}, "north"},
	} {
		problems := f.Check(Input{Answers: c.a, Day: monday})
		if len(problems) != 1 || problems[0].Path != c.path || problems[0].Rule != c.rule || problems[0].Text == "" {
			t.Errorf("%v: %+v", c.a, problems)
		}
		if said := fmt.Sprint(problems); strings.Contains(said, "Ostkorso") || strings.Contains(said, "05731") || strings.Contains(said, "urlaub") {
			t.Errorf("%s repeats what was typed", said)
		}
	}
}

func TestAHouseNumberIsTakenOffTheEnd(t *testing.T) {
	for typed, want := range map[string]Spot{
		"Klosterstraße 14":       {Street: "Klosterstraße", Number: "14"},
		" Herforder  Str. 12 a ": {Street: "Herforder Str.", Number: "12 a"},
		"Weserstr. 3-5":          {Street: "Weserstr.", Number: "3-5"},
		"Straße des 17. Juni":    {Street: "Straße des 17. Juni"},
		"14":                     {Street: "14"},
		"":                       {},
	} {
		if got := ParseSpot(typed); got != want {
			t.Errorf("%q became %+v", typed, got)
		}
	}
}

func TestASchemaThatRefersNowhereIsFoundWhenItIsLoaded(t *testing.T) {
	for _, schema := range []string{
		`{"type":"object","properties":{"name":{"$ref":"#/$defs/gone"}}}`,
		`{"type":"object","properties":{"name":{"$ref":"other.json"}}}`,
		`{"type":"object","properties":{"name":{"type":"object","properties":{"name":{"$ref":"#/properties/name"}}}}}`,
		`{"type":"object","properties":{"name":{"$ref":"#/properties/name"}}}`,
	} {
		_, err := Load(Folder{Service: "test", Texts: text.Join(), FS: fstest.MapFS{"schema.json": {Data: []byte(schema)},
			"form.yaml": {Data: []byte("pages: [{id: one, fields: [{path: /name, kind: text, optional: true}]}]")}}})
		if err == nil || !strings.Contains(err.Error(), "test/schema.json") {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

func FuzzSpotOf(f *testing.F) {
	f.Add(`{"street":"Klosterstraße","number":"14","how":"street"}`)
	f.Add(`{"lat":52.2,"lon":8.8,"words":"am Brunnen"}`)
	f.Add(`"Herforder Str. 12 a"`)
	f.Fuzz(func(t *testing.T, data string) {
		var raw any
		if json.Unmarshal([]byte(data), &raw) != nil {
			return
		}
		s, ok := SpotOf(raw)
		if !ok {
			return
		}
		again, ok := SpotOf(s.Value())
		if !ok || again != s {
			t.Fatalf("%+v is read back as %+v", s, again)
		}
	})
}
