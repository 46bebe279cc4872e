package content

import (
	"regexp"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

func TestAShellHasServicesWordsAndTheTownsColour(t *testing.T) {
	c, err := Begin("stadt")()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Catalogue.Find("parkausweis-bewohner", ""); !ok {
		t.Error("the town offers no parking permit")
	}
	if said := c.Texts.Say("de", "page.next"); said == "" || said == "page.next" {
		t.Errorf("the key to go on says %q", said)
	}
	if c.Accent() != look.Petrol {
		t.Errorf("the town's colour is %v", c.Accent())
	}
}

// The second tenant is no town hall, and has no citizens' office: none of the shells' own sentences may say so.
func TestTheStaatsbadsShellsNeverSpeakOfATownHall(t *testing.T) {
	town, err := Texts()
	if err != nil {
		t.Fatal(err)
	}
	spa, err := TextsOf("staatsbad")
	if err != nil {
		t.Fatal(err)
	}
	never := regexp.MustCompile(`(?i)rat-?haus(es)?\b|town hall|bürger-?büro|citizens' office|\bder Stadt\b|Die Stadt |the town of|Ostkorso`)
	outside := regexp.MustCompile(`außerhalb der Stadt|outside the town`) // the town as a place
	for _, lang := range []string{"de", "en", "de-simple"} {
		changed := 0
		for _, key := range spa.Keys(lang) {
			said := spa.Say(lang, key, "n", 2)
			if found := never.FindString(outside.ReplaceAllString(said, "")); found != "" {
				t.Errorf("%s in %s says %q: %s", key, lang, found, said)
			}
			if said != town.Say(lang, key, "n", 2) {
				changed++
			}
		}
		if changed == 0 {
			t.Errorf("%s: the Staatsbad says what the town says", lang)
		}
	}
	for key, want := range map[string]string{"attract.title": "Ihr Staatsbad. Hier.", "kiosk.brand": "Rathausnah", "ways.counter": "Beim Gästeservice", "later.hall": "Im Staatsbad"} {
		if got := spa.Say("de", key); got != want {
			t.Errorf("%s: %q, not %q", key, got, want)
		}
	}
	if town.Say("de", "attract.title") != "Ihr Rathaus. Hier." {
		t.Error("the town's own words changed")
	}
}

func TestATenantThatDoesNotExistIsSaid(t *testing.T) {
	if _, err := Begin("nowhere")(); err == nil {
		t.Error("a shell opens for a tenant that does not exist")
	}
}

func TestTheMapKnowsTheTownsStreets(t *testing.T) {
	town, err := Map()
	if err != nil {
		t.Fatal(err)
	}
	if found := town.Suggest("Klosterstr", 4); len(found) == 0 {
		t.Error("nobody knows the Klosterstraße")
	}
}
