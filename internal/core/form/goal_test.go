package form

import (
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

const goalLayout = `needs:
  - {name: always, text: need.always}
  - {name: letter, icon: mail, when: 'answers.limit > 100', text: {text: need.letter, args: {sum: {cents: answers.limit}}}}
route: 'answers.kind == "bike" ? "wheels" : ""'
`

const goalTexts = `
need: {always: Ausweis, letter: "Brief über {{.sum}}"}
met: {young: Das Auto ist jung genug.}
`

// What an answer beforehand does not depend on is not asked for it.
func TestOnlyWhatAnAnswerBeforehandNeedsIsAsked(t *testing.T) {
	f := loadTest(t, testSchema, testLayout+goalLayout, testTexts+goalTexts)
	asked := func(a Advice) string {
		var paths []string
		for _, p := range a.View.Pages {
			for _, fd := range p.Fields {
				paths = append(paths, fd.Path)
			}
		}
		return strings.Join(paths, " ")
	}
	if got := f.Goals(); len(got) != 3 {
		t.Fatal(got)
	}
	cost := f.Advise(Cost, Input{Day: monday})
	if asked(cost) != "/kind" || cost.View.Complete || cost.Fee != nil {
		t.Errorf("%q %+v", asked(cost), cost)
	}
	cost = f.Advise(Cost, Input{Answers: Answers{"kind": "car"}, Day: monday})
	if !cost.View.Complete || cost.Fee == nil || cost.Fee.Amount != 500 || len(cost.Fee.Steps) != 1 {
		t.Errorf("%+v", cost)
	}
	car := Answers{"kind": "car", "vehicle": map[string]any{"age": 40}}
	entitled := f.Advise(Entitled, Input{Answers: car, Day: monday})
	if asked(entitled) != "/kind /vehicle/age" || !entitled.View.Complete || len(entitled.Rulings) != 1 || entitled.Rulings[0].OK || entitled.Rulings[0].Page != "car" {
		t.Errorf("%q %+v", asked(entitled), entitled)
	}
	entitled = f.Advise(Entitled, Input{Answers: car.With("/vehicle/age", 3), Day: monday})
	if len(entitled.Rulings) != 1 || !entitled.Rulings[0].OK || entitled.Rulings[0].Text != "Das Auto ist jung genug." {
		t.Errorf("%+v", entitled.Rulings)
	}
	papers := f.Advise(Papers, Input{Answers: Answers{"limit": 250}, Day: monday})
	if asked(papers) != "/kind /limit" || papers.View.Complete {
		t.Errorf("%q %+v", asked(papers), papers)
	}
	papers = f.Advise(Papers, Input{Answers: Answers{"kind": "bike", "limit": 250}, Day: monday})
	if !papers.View.Complete || len(papers.Needs) != 2 || !strings.HasPrefix(papers.Needs[1].Text, "Brief über 2,50") {
		t.Errorf("%+v", papers.Needs)
	}
	if papers = f.Advise(Papers, Input{Answers: Answers{"kind": "bike", "limit": 50}, Day: monday}); len(papers.Needs) != 1 {
		t.Errorf("%+v", papers.Needs)
	}
}

func TestAnApplicationGoesToTheOfficeThatItsAnswersName(t *testing.T) {
	f := loadTest(t, testSchema, testLayout+goalLayout, testTexts+goalTexts)
	for kind, office := range map[string]string{"bike": "wheels", "car": ""} {
		if got := f.Route(Input{Answers: Answers{"kind": kind}, Day: monday}); got != office {
			t.Errorf("%s goes to %q", kind, got)
		}
	}
	for wrong, why := range map[string]string{
		"needs: [{text: need.always}]\n":                                       "needs",
		"needs: [{name: x, text: need.nothing}]\n":                             "need.nothing",
		"needs: [{name: x, when: 'answers.nobody == 1', text: need.always}]\n": "nobody",
		"route: 'answers.nobody'\n":                                            "nobody",
	} {
		if _, err := load1(testSchema, testLayout+wrong, testTexts+goalTexts); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func load1(schema, layout, words string) (*Form, error) {
	x, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(words)}})
	if err != nil {
		return nil, err
	}
	return Load(Folder{Service: "test", Texts: x, Tables: tables, FS: fstest.MapFS{"schema.json": {Data: []byte(schema)}, "form.yaml": {Data: []byte(layout)}}})
}

func loadTest(t testing.TB, schema, layout, words string) *Form {
	t.Helper()
	f, err := load1(schema, layout, words)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
