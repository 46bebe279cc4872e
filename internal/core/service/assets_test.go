package service

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

var shipped = os.DirFS("../../../assets")

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := LoadCatalogue(shipped, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// example is examples/*.yaml of a service: answers, and what has to come out.
type example struct {
	Day     string         `yaml:"day"`
	Answers map[string]any `yaml:"answers"`
	Expect  struct {
		Fee      int64    `yaml:"fee"`
		Until    string   `yaml:"until"`
		Problems []string `yaml:"problems"` // "/path" for an answer, else the rule's name
	} `yaml:"expect"`
}

func TestEveryServiceDoesWhatItsExamplesSay(t *testing.T) {
	c := catalogue(t)
	for _, s := range c.Services() {
		files, err := fs.Glob(shipped, path.Join("services", s.ID, "examples", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Online() && len(files) < 6 {
			t.Errorf("%s has only %d examples", s.ID, len(files))
		}
		for _, file := range files {
			t.Run(strings.TrimSuffix(strings.TrimPrefix(file, "services/"), ".yaml"), func(t *testing.T) { play(t, s, file) })
		}
	}
}

func play(t *testing.T, s *Service, file string) {
	data, err := fs.ReadFile(shipped, file)
	if err != nil {
		t.Fatal(err)
	}
	var e example
	if err := form.Decode(s.ID, file, data, &e); err != nil {
		t.Fatal(err)
	}
	day, err := time.Parse(time.DateOnly, e.Day)
	if err != nil {
		t.Fatal(err)
	}
	answers := form.Answers(e.Answers)
	got := map[string]bool{}
	for _, p := range s.Check(answers, day) {
		name := p.Rule
		if name == "schema" {
			name = p.Path
		}
		got[name] = true
		if p.Text == "" || strings.Contains(p.Text, "form.problem") {
			t.Errorf("%s has no sentence", name)
		}
	}
	want := map[string]bool{}
	for _, p := range e.Expect.Problems {
		want[p] = true
	}
	if !maps.Equal(got, want) {
		t.Fatalf("the town hall says %v, not %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	if len(want) > 0 {
		return
	}
	clean := s.Clean(answers, day)
	for _, lang := range []string{"de", "en"} {
		v := s.View(clean, lang, day)
		if !v.Complete || v.Fee == nil || int64(v.Fee.Amount) != e.Expect.Fee {
			t.Errorf("in %s: complete %v, fee %+v", lang, v.Complete, v.Fee)
		}
		print(t, s, clean, lang, day, v)
	}
	if problems := s.Check(clean, day); len(problems) > 0 {
		t.Errorf("cleaned answers are not accepted: %v", problems)
	}
	if again := s.Clean(clean, day); fmt.Sprint(again) != fmt.Sprint(clean) {
		t.Error("cleaning twice changes something")
	}
	if len(s.claims) == 0 {
		return
	}
	claims, err := s.Claims(Application{Answers: clean, Day: e.Day, Case: "BO-26-4T7K-2M9-X"}, day)
	if err != nil || claims["until"] != e.Expect.Until {
		t.Errorf("claims: %v %v", claims, err)
	}
	if text, _ := json.Marshal(claims); strings.Contains(string(text), "Vogt") {
		t.Error("there is a name in the QR code that everybody may read")
	}
}

// print makes every document for every way to pay, with and without a clear payment. The slip of a permit has a second part to display.
func print(t *testing.T, s *Service, a form.Answers, lang string, day time.Time, v form.View) {
	for _, name := range s.Documents() {
		for _, way := range s.Ways {
			for _, settled := range []bool{true, false} {
				if way == pay.Free && !settled {
					continue // nothing to be unclear about
				}
				app := Application{Answers: a, Lang: lang, Day: day.Format(time.DateOnly), Case: "BO-26-4T7K-2M9-X", Fee: v.Fee.Amount, Way: way}
				d := Data{Application: app, Secret: "AGE-SECRET-KEY-1TEST", Attestation: "a.b.c", Today: day, Settled: settled}
				if way == pay.Card {
					d.Outcome = &pay.Outcome{Amount: v.Fee.Amount, Way: way, At: day, Evidence: &pay.Evidence{Customer: []string{"K-U-N-D-E-N-B-E-L-E-G", "EUR 30,70"}}}
				}
				doc, err := s.Document(name, d)
				if err != nil {
					t.Errorf("%s in %s by %s: %v", name, lang, way, err)
					continue
				}
				checkPaper(t, name, doc, slices.Contains(s.Documents(), "permit"), settled, way)
			}
		}
	}
}

func checkPaper(t *testing.T, name string, doc document.Document, display, settled bool, way pay.Way) {
	all := fmt.Sprintf("%+v", doc)
	if never := regexp.MustCompile(`Vogt|<no value>|\b(slip|permit|law)\.[a-z]`).FindString(all); never != "" {
		t.Errorf("%s shows %q", name, never)
	}
	if name != "slip" {
		return
	}
	parts := doc.Parts()
	if len(parts) != map[bool]int{true: 2, false: 1}[settled && display] {
		t.Fatalf("the slip has %d parts", len(parts))
	}
	if !strings.Contains(fmt.Sprintf("%+v", parts[0]), "AGE-SECRET-KEY") {
		t.Error("the private part has no key")
	}
	if len(parts) > 1 && strings.Contains(fmt.Sprintf("%+v", parts[1]), "AGE-SECRET-KEY") {
		t.Error("the part to display shows the key to everybody")
	}
	if settled == strings.Contains(all, "noch nicht") && doc.Lang == "de" {
		t.Error("the slip is silent about a payment that is not clear, or doubts a clear one")
	}
	if way == pay.Card && settled && !strings.Contains(all, "K-U-N-D-E-N-B-E-L-E-G") {
		t.Error("the card terminal's receipt is missing")
	}
}

func TestEverySentenceIsThereInGermanAndEnglish(t *testing.T) {
	c := catalogue(t)
	general, err := form.Sentences()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := general.Keys("en"), general.Keys("de"); !slices.Equal(got, want) {
		t.Error("the forms' own sentences differ between German and English")
	}
	if got, want := c.Tenant().Texts().Keys("en"), c.Tenant().Texts().Keys("de"); !slices.Equal(got, want) {
		t.Error("the tenant's sentences differ between German and English")
	}
	for _, s := range c.Services() {
		if got, want := s.texts.Keys("en"), s.texts.Keys("de"); !slices.Equal(got, want) {
			t.Errorf("%s: sentences differ between German and English: %v %v", s.ID, want, got)
		}
		for _, key := range s.Keys() {
			for _, lang := range []string{"de", "en"} {
				if !s.texts.Has(lang, key) {
					t.Errorf("%s: %s is not said in %s", s.ID, key, lang)
				}
			}
		}
	}
}

func TestEveryIconIsThere(t *testing.T) {
	c := catalogue(t)
	icon := func(where, name string) {
		if _, err := fs.Stat(shipped, "icons/"+name+".svg"); err != nil {
			t.Errorf("%s: no picture %q", where, name)
		}
	}
	for _, s := range c.Situations("de") {
		icon(s.ID, s.Icon)
	}
	for _, s := range c.Services() {
		icon(s.ID, s.Icon)
		for _, p := range s.View(nil, "de", s.tenant.newest()).Pages {
			for _, f := range p.Fields {
				for _, o := range f.Options {
					if name, ok := strings.CutPrefix(o.Mark, "icon:"); ok {
						icon(s.ID+f.Path, name)
					}
				}
			}
		}
		card := s.Card("de")
		for _, f := range card.Facts {
			icon(s.ID, f.Icon)
		}
		for _, l := range append(card.Needs, card.Gets...) {
			icon(s.ID, l.Icon)
		}
	}
}

func TestTheHomeScreenLeadsSomewhereEverywhere(t *testing.T) {
	c := catalogue(t)
	situations := c.Situations("de")
	if len(situations) != 8 || situations[2].Title != "Auto und Parken" {
		t.Fatalf("the home screen shows %v", situations)
	}
	for _, s := range situations {
		if len(c.In(s.ID)) == 0 {
			t.Errorf("behind %q there is nothing", s.Title)
		}
	}
	if p := c.Popular(); len(p) != 4 || p[0].ID != "parkausweis-bewohner" {
		t.Error("often used:", p)
	}
	for _, s := range c.Services() {
		card := s.Card("de")
		if card.Title == "" || card.Kicker == "" || card.Lead == "" || card.Law == "" || len(card.Needs) == 0 || len(card.Gets) == 0 || !strings.Contains(card.Office, "Ostkorso") {
			t.Errorf("the card of %s has gaps: %+v", s.ID, card)
		}
	}
}

func TestTheCardOfTheParkingPermitSaysPriceAndPromise(t *testing.T) {
	s, ok := catalogue(t).Find("parkausweis-bewohner", "")
	if !ok {
		t.Fatal("no parking permit")
	}
	card := s.Card("de")
	if len(card.Facts) != 3 || card.Facts[0].Value != "30,70\u00a0€" || card.Facts[0].Label != "für ein Jahr" || card.Promise != "Ihre Angaben gehen nur an das Rathaus." {
		t.Errorf("%+v", card)
	}
	if got := s.Card("en").Facts[0].Value; got != "€30.70" {
		t.Error(got)
	}
	if len(s.Digest()) != 64 {
		t.Error("no digest")
	}
	if _, ok := catalogue(t).Find("parkausweis-bewohner", "99"); ok {
		t.Error("a version that does not exist was found")
	}
}

func TestTheStreetSuggestsItsZone(t *testing.T) {
	s, _ := catalogue(t).Find("parkausweis-bewohner", "")
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	v := s.View(form.Answers{"street": "Klosterstr.", "zone": "A", "months": 12}, "de", day)
	page := v.Pages[3]
	if page.Fields[0].Note != "Zone A passt zu Ihrer Adresse." || page.Fields[0].Text != "A, Innenstadt Nord" || page.Fields[0].Options[0].Hint != "Herforder Straße, Klosterstraße" {
		t.Errorf("%+v", page.Fields[0])
	}
	if o := page.Fields[1].Options; o[1].Hint != "30,70\u00a0€" || !o[1].Selected || o[0].Selected {
		t.Errorf("%+v", o)
	}
	if v.Fee == nil || v.Fee.Amount != 3070 || len(v.Fee.Steps) != 1 || v.Fee.Steps[0].Label != "1 Jahr" {
		t.Errorf("%+v", v.Fee)
	}
	if v.Eligible != nil || v.Complete {
		t.Error("a verdict before everything was said")
	}
}

func TestTheSameApplicationComesOutOfItsEnvelope(t *testing.T) {
	app := Application{Kind: KindApplication, ID: "x", Case: "BO-26-4T7K-2M9-X", Service: "parkausweis-bewohner", Version: "1", Tenant: "stadt", Lang: "de",
		Day: "2026-11-23", Answers: form.Answers{"months": 12, "permit": false, "name": "Renate Vogt"}, Fee: 3070, Way: pay.Card, At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	data, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	var back Application
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(back)
	if string(data) != string(again) {
		t.Errorf("%s became %s", data, again)
	}
	months, _ := back.Answers.Get("/months")
	if !form.Same(months, 12) {
		t.Error("twelve months are no longer twelve")
	}
}

func TestManyCitizensAtOnce(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Find("parkausweis-bewohner", "")
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	want := fmt.Sprintf("%+v", s.View(form.Answers{"street": "Klosterstr.", "months": 12}, "de", day).Pages)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				c.Search("de", "parken")
				s.Check(form.Answers{"plate": "MI-RA"}, day)
				if got := fmt.Sprintf("%+v", s.View(form.Answers{"street": "Klosterstr.", "months": 12}, "de", day).Pages); got != want {
					t.Error("two citizens disturb each other")
				}
			}
		})
	}
	wg.Wait()
}
