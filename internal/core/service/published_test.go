package service

import (
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

func TestWhatTheTownHallPublishesIsOfferedInPlaceOfTheSample(t *testing.T) {
	c := catalogue(t)
	s, _ := c.Find("bewerbung", "")
	offered := func(day string) (ids []any) {
		on, _ := time.Parse(time.DateOnly, day)
		for _, f := range s.View(form.Answers{}, "de", on).Pages[0].Fields {
			for _, o := range f.Options {
				ids = append(ids, o.Value)
			}
		}
		return ids
	}
	if n := len(offered("2026-11-23")); n != 3 {
		t.Fatalf("the sample offers %d", n)
	}
	c.Tenant().Publish("jobs", [][]byte{
		[]byte(`{"id":"koch","from":"2026-11-20","until":"2026-11-25","title":{"de":"Koch"},"line":{"de":"Kita"},"text":{"de":"Sie kochen."}}`),
		[]byte(`{"id":"amt","from":"2026-12-01","until":"2026-12-31","title":{"de":"Amt"},"line":{"de":"Rathaus"},"text":{"de":"Sie schreiben."}}`),
		[]byte(`nonsense`), []byte(`null`), []byte(`[1]`),
	})
	for day, want := range map[string]int{"2026-11-19": 0, "2026-11-20": 1, "2026-11-25": 1, "2026-11-26": 0, "2026-12-31": 1} {
		if got := offered(day); len(got) != want {
			t.Errorf("on %s: %v", day, got)
		}
	}
	for day, fine := range map[string]bool{"2026-11-23": true, "2026-11-30": false} { // checked with what was open on its day
		on, _ := time.Parse(time.DateOnly, day)
		a := form.Answers{"job": "koch", "name": "Renate Vogt", "street": "Werrestraße", "house": "12", "zip": "32545", "town": "Bad Oeynhausen", "email": "renate@beispiel.de",
			"cv": form.LaterAnswer(), "privacy": true}
		if problems := s.Check(a, on); (len(problems) == 0) != fine {
			t.Errorf("on %s: %v", day, problems)
		}
	}
	c.Tenant().Publish("jobs", nil)
	if n := len(offered("2026-11-23")); n != 3 {
		t.Errorf("without anything published the sample offers %d", n)
	}
}
