package visit

import (
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// A person and an address are filled in part by part; what the card says of somebody's home elsewhere is left out where it does not fit.
func TestAPersonIsFilledInPartByPart(t *testing.T) {
	c, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := c.Find("schuelerbefoerderung", "")
	v := Begin(s, Desk{}, Options{Lang: "de", Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }, Tenant: "stadt"})
	v.Answer("/parent/family", "Vogt-Maier")
	n := v.Prefill(known(map[string]string{"card.given": "Renate", "card.family": "Vogt", "card.birth": "1980-04-03",
		"card.street": "Werrestraße", "card.number": "12", "card.postcode": "32549", "card.town": "Bad Oeynhausen"}))
	if n != 5 {
		t.Errorf("%d answers were given", n)
	}
	whole := func(path string) form.Field {
		for _, p := range v.View().Pages {
			for _, f := range p.Fields {
				if f.Path == path {
					return *f
				}
			}
		}
		t.Fatal("nobody asks for", path)
		return form.Field{}
	}
	parent, home, child := whole("/parent"), whole("/home"), whole("/child")
	if parent.Text != "Renate Vogt-Maier" || parent.Source != "Aus Ihrem Ausweis" {
		t.Errorf("%q, %q", parent.Text, parent.Source)
	}
	if home.Text != "Werrestraße 12, 32549 Bad Oeynhausen" || home.Problem != "" || home.Source == "" {
		t.Errorf("%q, %q, %q", home.Text, home.Problem, home.Source)
	}
	if child.Text != "" || child.Source != "" {
		t.Errorf("the child is taken for its parent: %q", child.Text)
	}
	for _, part := range []string{"/home/street", "/home/number", "/home/postcode", "/home/town"} {
		v.Answer(part, nil)
	}
	if f := whole("/home"); f.Source != "" {
		t.Error("it was taken out, and is still said to be the card's")
	}
}
