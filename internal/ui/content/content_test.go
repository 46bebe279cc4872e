package content

import (
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
