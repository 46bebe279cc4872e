package service

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

var shipped = os.DirFS("../../../assets")

var loaded = map[string]func() (*Catalogue, error){
	"stadt":     sync.OnceValues(func() (*Catalogue, error) { return LoadCatalogue(shipped, "stadt") }),
	"staatsbad": sync.OnceValues(func() (*Catalogue, error) { return LoadCatalogue(shipped, "staatsbad") }),
}

// offeredBy is what a tenant is shipped with; what is published into it is the test's own.
func offeredBy(t testing.TB, tenant string) *Catalogue {
	t.Helper()
	c, err := loaded[tenant]()
	if err != nil {
		t.Fatal(err)
	}
	return c.Beside()
}

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	return offeredBy(t, "stadt")
}

func TestEveryServiceDoesWhatItsExamplesSay(t *testing.T) {
	c := catalogue(t)
	for _, s := range c.Services() {
		folder, err := fs.Sub(shipped, path.Join("services", s.ID))
		if err != nil {
			t.Fatal(err)
		}
		examples, err := Examples(folder, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s.Online() && len(examples) < 6 {
			t.Errorf("%s has only %d examples", s.ID, len(examples))
		}
		for _, e := range examples {
			t.Run(s.ID+"/"+e.Name, func(t *testing.T) {
				for _, d := range s.Try(e, "de", "en") {
					t.Error(d)
				}
				if len(e.Expect.Problems) == 0 && !t.Failed() {
					printAll(t, s, e)
				}
			})
		}
	}
}

// printAll makes all papers of a good example, and looks what stands in its code.
func printAll(t *testing.T, s *Service, e Example) {
	clean := s.Clean(e.Answers, e.On())
	for _, lang := range []string{"de", "en"} {
		print(t, s, clean, lang, e.On(), s.View(clean, lang, e.On()))
	}
	if len(s.claims) == 0 {
		return
	}
	claims, err := s.Claims(Application{Answers: clean, Day: e.Day, Case: "BO-26-4T7K-2M9-X"}, e.On())
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
	if len(card.Facts) != 3 || card.Facts[0].Value != "30,70\u00a0€" || card.Facts[0].Label != "für 1 Jahr" || card.Promise != "Ihre Angaben gehen nur an das Rathaus." {
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
	want := s.View(form.Answers{"street": "Klosterstr.", "months": 12}, "de", day).Pages
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				c.Search("de", "parken")
				s.Check(form.Answers{"plate": "MI-RA"}, day)
				if got := s.View(form.Answers{"street": "Klosterstr.", "months": 12}, "de", day).Pages; !reflect.DeepEqual(got, want) {
					t.Error("two citizens disturb each other")
				}
			}
		})
	}
	wg.Wait()
}

// Zones, fees, how long a permit counts and when one can apply for it are the town's tables, and what it promises in law is said by the town: the
// service itself says none of it.
func TestAParkingPermitTakesItsValidityAndItsPromisesFromTheTown(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, shipped); err != nil {
		t.Fatal(err)
	}
	change := func(name string, pairs ...string) {
		t.Helper()
		file := filepath.Join(dir, name)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("%s does not have %q", name, pairs[i])
			}
			text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("tenants/stadt/tables/parking.yaml",
		"{months: 6, name: {de: 6 Monate, en: 6 months}}", "{months: 9, name: {de: 9 Monate, en: 9 months}}",
		"        - {months: 12, name: {de: 1 Jahr, en: 1 year}}\n", "", "        - {months: 24, name: {de: 2 Jahre, en: 2 years}}\n", "",
		`{"6": 1540, "12": 3070, "24": 6140}`, `{"9": 500}`, "usual: 12", "usual: 9", "ahead: 3", "ahead: 1")
	change("tenants/stadt/texts/parking/de.yaml", "Jede Person bekommt einen Ausweis.", "Jede Person bekommt genau einen.", "Damit parken Sie", "Die Stadt sagt, damit parken Sie")
	c, err := LoadCatalogue(os.DirFS(dir), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Find("parkausweis-bewohner", "")
	if !ok {
		t.Fatal("no parking permit")
	}
	if card := s.Card("de"); card.Facts[0].Value != "5,00\u00a0€" || card.Facts[0].Label != "für 9 Monate" || !strings.HasPrefix(card.Lead, "Die Stadt sagt, ") {
		t.Errorf("%+v", card)
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	answers := form.Answers{"name": "Renate Vogt", "birthdate": "1980-04-03", "street": "Herforder Straße", "house": "12", "registered": true,
		"plate": "MI-RA 1848", "owner": "me", "permit": true, "zone": "A", "months": "9", "start": "later", "from": "2026-12-31"} // a browser sends a number as text
	v := s.View(answers, "de", day)
	var offered []string
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			if f.Path == "/months" {
				for _, o := range f.Options {
					offered = append(offered, o.Label+": "+o.Hint)
				}
			}
		}
	}
	if len(offered) != 1 || offered[0] != "9 Monate: 5,00\u00a0€" {
		t.Errorf("offered are %q", offered)
	}
	if v.Fee == nil || v.Fee.Amount != 500 || len(v.Fee.Steps) != 1 || v.Fee.Steps[0].Label != "9 Monate" {
		t.Errorf("the fee is %+v", v.Fee)
	}
	if v.Eligible == nil || v.Eligible.OK || !strings.HasPrefix(v.Eligible.Reasons[0].Text, "Jede Person bekommt genau einen.") {
		t.Errorf("%+v", v.Eligible)
	}
	names := func(problems []form.Problem) (list []string) {
		for _, p := range problems {
			list = append(list, p.Rule+p.Path)
		}
		return list
	}
	answers["permit"] = false
	if got := names(s.Check(answers, day)); len(got) != 1 || !strings.HasPrefix(got[0], "start") {
		t.Errorf("a day more than a month ahead: %v", got)
	}
	answers["from"], answers["months"] = "2026-12-10", 12
	if got := names(s.Check(answers, day)); len(got) != 1 || !strings.Contains(got[0], "/months") {
		t.Errorf("a length that the town does not offer: %v", got)
	}
	answers["months"] = 9
	if got := s.Check(answers, day); len(got) != 0 {
		t.Errorf("what the town offers: %v", got)
	}
	for _, lang := range []string{"de", "en", "de-simple"} { // and by itself it promises nothing
		b, err := fs.ReadFile(shipped, "services/parkausweis-bewohner/texts/"+lang+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		list, err := text.Sentences(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range list {
			for _, key := range []string{"lead", "law", "card.get.", "eligible.", "rule.start", "field.months.option.", "slip.follow"} {
				if strings.HasPrefix(said.Key, key) {
					t.Errorf("%s: the service itself says %s", lang, said.Key)
				}
			}
		}
	}
}
