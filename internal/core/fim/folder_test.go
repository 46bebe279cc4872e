package fim

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

var update = flag.Bool("update", false, "write the golden files anew")

var today = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// shipped are the tenants and services that ship, read once.
var shipped = sync.OnceValue(func() fstest.MapFS {
	all := fstest.MapFS{}
	assets := os.DirFS("../../../assets")
	for _, top := range []string{"tenants", "services"} {
		err := fs.WalkDir(assets, top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(assets, name)
			all[name] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			panic(err)
		}
	}
	return all
})

// load offers a folder beside the services that ship, as a terminal would.
func load(t testing.TB, id string, files map[string][]byte) (*service.Service, error) {
	t.Helper()
	town := maps.Clone(shipped())
	for name, data := range files {
		town["services/"+id+"/"+name] = &fstest.MapFile{Data: data}
	}
	c, err := service.LoadCatalogue(town, "stadt")
	if err != nil {
		return nil, err
	}
	s, ok := c.Find(id, "")
	if !ok {
		t.Fatal("nobody offers it")
	}
	return s, nil
}

func schemaOf(t testing.TB, name string) *Schema {
	t.Helper()
	data, err := os.Open(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	s, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// imported makes a folder of a document and loads it.
func imported(t testing.TB, name string) (*service.Service, map[string][]byte, Report) {
	t.Helper()
	files, report, err := schemaOf(t, name).Folder(Options{ID: name, Office: "ordnung", Situations: []string{"hund-haus-garten"}, Tenants: []string{"stadt"}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := load(t, name, files)
	if err != nil {
		t.Fatal(err)
	}
	return s, files, report
}

func TestBothEditionsBecomeFoldersThatLoadAsTheyStand(t *testing.T) {
	for _, name := range []string{"hund-2", "fest-3"} {
		t.Run(name, func(t *testing.T) {
			_, files, report := imported(t, name)
			files["report.txt"] = []byte(report.String())
			for _, file := range slices.Sorted(maps.Keys(files)) {
				golden := filepath.Join("testdata", "golden", name, strings.ReplaceAll(file, "/", "-"))
				if *update {
					if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, files[file], 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(want, files[file]) {
					t.Errorf("%s is not what it was; go test ./internal/core/fim -update writes it anew\n%s", file, files[file])
				}
			}
		})
	}
}

func TestEveryGroupAtTheTopIsAPageWithEverythingThatIsAsked(t *testing.T) {
	for name, want := range map[string][]string{
		"hund-2": {
			"Wer hält den Hund?: text Familienname; date Geburtsdatum; info Zweite Anschrift; text Straße; text Postleitzahl; text Zusatz",
			"Ihr Hund: info Mehrere Hunde; text Rasse; number Gewicht in Kilogramm; money Kaufpreis; bool Gilt der Hund als gefährlich?; info Nachweis der Versicherung",
			"Ihre Angaben: consent Ich habe alles richtig angegeben.",
		},
		"fest-3": {
			"Ihr Fest: choice Was feiern Sie?; date Erster Tag; date Letzter Tag; time Beginn am ersten Tag; number Wie viele kommen?; choice Wie viele Tage?; " +
				"longtext Was ist geplant?; text Kennwort der Anzeige; info Zuständig; info Lageplan",
			"Wo feiern Sie?: info Anschrift; info Mit Straße; text Straße; text Hausnummer; text Platz; text Staat; choices Was bauen Sie auf?; text Stände",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, _ := imported(t, name)
			var got []string
			for _, p := range s.View(nil, "de", today).Pages {
				var fields []string
				for _, f := range p.Fields {
					if f.Label == "" || strings.HasPrefix(f.Label, "field.") {
						t.Errorf("%s has no words", f.Path)
					}
					for _, o := range f.Options {
						if o.Label == "" || strings.HasPrefix(o.Label, "field.") {
							t.Errorf("%s has an option without words: %v", f.Path, o.Value)
						}
					}
					fields = append(fields, string(f.Kind)+" "+f.Label)
				}
				got = append(got, p.Title+": "+strings.Join(fields, "; "))
			}
			if !slices.Equal(got, want) {
				t.Errorf("the pages are\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

// dog are the answers of somebody who registers a dog and has no second address.
func dog(more ...any) form.Answers {
	a := form.Answers{}.With("/natuerliche_person/familienname", "Vogt").With("/natuerliche_person/geburtsdatum", "1980-04-03").
		With("/hund/rasse", "Dackel").With("/hund/gewicht", 9.5).With("/hund/gefaehrlicher_hund", false).With("/richtigkeit", true)
	for i := 0; i+1 < len(more); i += 2 {
		a = a.With(more[i].(string), more[i+1])
	}
	return a
}

func TestADogCanBeRegisteredAndTheSlipPrinted(t *testing.T) {
	s, _, _ := imported(t, "hund-2")
	a := s.Clean(dog(), today)
	v := s.View(a, "de", today)
	if problems := s.Check(a, today); len(problems) > 0 || !v.Complete || v.Fee == nil || v.Fee.Amount != 0 {
		t.Fatalf("problems %v, complete %v", problems, v.Complete)
	}
	doc, err := s.Document("slip", service.Data{Application: service.Application{Answers: a, Lang: "de", Day: "2026-11-29", Case: "BO-26-4T7K-2M9-X", Way: pay.Free}, Secret: "AGE-SECRET-KEY-1TEST",
		Today: today, Settled: true})
	if err != nil || len(doc.Blocks) < 8 {
		t.Fatalf("slip: %v %v", doc, err)
	}
	for _, b := range doc.Blocks {
		if strings.HasPrefix(b.Text, "slip.") || strings.HasPrefix(b.Label, "slip.") {
			t.Errorf("the slip shows %q", b.Text+b.Label)
		}
	}
}

func TestWhatTheSchemaDemandsIsDemanded(t *testing.T) {
	s, _, _ := imported(t, "hund-2")
	for name, c := range map[string]struct {
		answers form.Answers
		wrong   []string
	}{
		"nothing second":         {dog(), nil},
		"a whole second address": {dog("/natuerliche_person/zweite_anschrift/strasse", "Herforder Straße", "/natuerliche_person/zweite_anschrift/postleitzahl", "32545"), nil},
		"half a second address":  {dog("/natuerliche_person/zweite_anschrift/zusatz", "Hinterhaus"), []string{"ganz_zweite_anschrift"}},
		"letters in a postcode":  {dog("/natuerliche_person/zweite_anschrift/strasse", "Herforder Straße", "/natuerliche_person/zweite_anschrift/postleitzahl", "32545 Bad"), []string{"schema"}},
		"too light":              {dog("/hund/gewicht", 0.4), []string{"schema"}},
		"too dear":               {dog("/hund/kaufpreis", int64(1_000_000)), []string{"schema"}},
		"as dear as may be":      {dog("/hund/kaufpreis", int64(999_999)), nil},
		"no name":                {dog("/natuerliche_person/familienname", nil), []string{"schema"}},
		"not confirmed":          {dog("/richtigkeit", nil), []string{"schema"}},
		"a page that nobody has": {dog("/natuerliche_person/telefon", "05731"), []string{"schema"}},
	} {
		t.Run(name, func(t *testing.T) {
			var wrong []string
			for _, p := range s.Check(c.answers, today) {
				wrong = append(wrong, p.Rule)
			}
			if !slices.Equal(wrong, c.wrong) {
				t.Errorf("the town hall says %v, not %v", wrong, c.wrong)
			}
		})
	}
}

func TestAFeastTakesOnePlaceAndADayInItsTime(t *testing.T) {
	s, _, _ := imported(t, "fest-3")
	feast := func(more ...any) form.Answers {
		a := form.Answers{}.With("/veranstaltung/art_der_veranstaltung", "other").With("/veranstaltung/beginn", "2027-05-01").With("/veranstaltung/uhrzeit", "14:00").
			With("/veranstaltung/gaeste", int64(40)).With("/veranstaltung/tage", int64(2)).With("/ort/aufbauten", []any{"Z"})
		for i := 0; i+1 < len(more); i += 2 {
			a = a.With(more[i].(string), more[i+1])
		}
		return a
	}
	street, house, square := "/ort/anschrift/strassenanschrift/strasse", "/ort/anschrift/strassenanschrift/hausnummer", "/ort/anschrift/platz"
	for name, c := range map[string]struct {
		answers form.Answers
		wrong   []string
	}{
		"on a square":        {feast(square, "Augustaplatz"), nil},
		"in a street":        {feast(street, "Klosterstraße", house, "4"), nil},
		"in both":            {feast(street, "Klosterstraße", house, "4", square, "Augustaplatz"), []string{"eins_anschrift"}},
		"nowhere":            {feast(), []string{"eins_anschrift"}},
		"in half a street":   {feast(house, "4"), []string{"ganz_strassenanschrift"}},
		"too early":          {feast(square, "Augustaplatz", "/veranstaltung/beginn", "2026-11-30"), []string{"ab_erster_tag"}},
		"too late":           {feast(square, "Augustaplatz", "/veranstaltung/beginn", "2031-01-01"), []string{"bis_erster_tag"}},
		"a code of nothing":  {feast(square, "Augustaplatz", "/veranstaltung/tage", int64(3)), []string{"schema"}},
		"a tent and a stage": {feast(square, "Augustaplatz", "/ort/aufbauten", []any{"Z", "B"}), nil},
		"too much":           {feast(square, "Augustaplatz", "/ort/aufbauten", []any{"Z", "B", "-"}), []string{"schema"}},
		"nothing built":      {feast(square, "Augustaplatz", "/ort/aufbauten", []any{}), []string{"schema"}},
		"half a guest":       {feast(square, "Augustaplatz", "/veranstaltung/gaeste", 1.5), []string{"schema"}},
	} {
		t.Run(name, func(t *testing.T) {
			var wrong []string
			for _, p := range s.Check(c.answers, today) {
				wrong = append(wrong, p.Rule)
				if strings.HasPrefix(p.Text, "rule.") || p.Text == "" {
					t.Errorf("%s has no sentence", p.Rule)
				}
			}
			if !slices.Equal(wrong, c.wrong) {
				t.Errorf("the town hall says %v, not %v", wrong, c.wrong)
			}
		})
	}
}

func TestNothingIsDroppedSilently(t *testing.T) {
	for name, want := range map[string][]string{
		"hund-2": {"R99000001 rule", "G99000003 repeat", "F99000007 list", "F99000011 repeat", "F99000011 file", "F99000012 choice", "S99000001 status",
			"S99000001 metadata", "S99000001 service"},
		"fest-3": {"R99000000002 rule", "F99000000007 letters", "F99000000008 pattern", "F99000000009 hidden", "F99000000010 locked", "F99000000011 file",
			"F99000000012 object", "G99000000003 choice", "F99000000016 list", "F99000000017 repeat", "S99000000002 metadata", "S99000000002 service"},
	} {
		_, _, report := imported(t, name)
		var got []string
		for _, l := range report {
			if l.What == "" || l.Instead == "" {
				t.Errorf("%s: %+v says too little", name, l)
			}
			key := l.ID + " " + string(l.Kind)
			if l.Kind == LossLetters { // told once for all fields
				key = "F99000000007 letters"
			}
			if !slices.Contains(got, key) {
				got = append(got, key)
			}
		}
		for _, key := range want {
			if !slices.Contains(got, key) {
				t.Errorf("%s: nobody tells %s", name, key)
			}
		}
		for _, key := range got {
			if !slices.Contains(want, key) {
				t.Errorf("%s: nobody expected %s", name, key)
			}
		}
		if _, err := json.Marshal(report); err != nil {
			t.Error(err)
		}
	}
}

func TestEveryElementIsInTheFolderOrInTheReport(t *testing.T) {
	for _, name := range []string{"hund-2", "fest-3"} {
		_, files, report := imported(t, name)
		said := string(files["form.yaml"]) + string(files["schema.json"]) + report.String()
		var walk func(c []Child)
		walk = func(c []Child) {
			for _, c := range c {
				e := Element{}
				if c.Group != nil {
					e = c.Group.Element
					walk(c.Group.Children)
				} else {
					e = c.Field.Element
				}
				if !strings.Contains(said, e.ID) {
					t.Errorf("%s: %s %s is nowhere", name, e.ID, e.Name)
				}
				for _, r := range e.Rules {
					if !strings.Contains(said, r.ID) {
						t.Errorf("%s: rule %s is nowhere", name, r.ID)
					}
				}
			}
		}
		walk(schemaOf(t, name).Children)
	}
}

func TestAServiceGetsNoOtherNameThanAFoldersAndNoRowThatIsNone(t *testing.T) {
	s := schemaOf(t, "hund-2")
	for _, o := range []Options{{}, {ID: "../../x"}, {ID: "a/b"}, {ID: "Hund"}, {ID: "-hund"}, {ID: "hund-"}, {ID: strings.Repeat("h", 65)}, {ID: "hund\nkey: x"},
		{ID: "hund", Office: "a: b"}, {ID: "hund", Situations: []string{"]"}}, {ID: "hund", Tenants: []string{""}}, {ID: "hund", Icon: "../x"}} {
		if files, _, err := s.Folder(o); err == nil || files != nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
