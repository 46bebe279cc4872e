package service

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// names is the directory of 560 real German municipal services that testdata/services-d115.json lists.
func names(t testing.TB) (*Index, []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/services-d115.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ Name string }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	var entries []Listing
	var titles []string
	for _, l := range list {
		entries = append(entries, Listing{Title: l.Name})
		titles = append(titles, l.Name)
	}
	return NewIndex("de", entries, nil), titles
}

func TestAmong560ServicesTheRightOneIsFound(t *testing.T) {
	index, titles := names(t)
	for query, want := range map[string]string{
		"personalausweiss":     "Personalausweis",
		"Fuehrungszeugnis":     "Führungszeugnis",
		"fuhrungszeugnis":      "Führungszeugnis",
		"Wohnung anmelden":     "Anmeldung einer Wohnung",
		"reisepas":             "Reisepass",
		"kinderreisepass":      "Kinderreisepass",
		"geburtsurkunden":      "Geburt",
		"Abmeldung Wohnung":    "Abmeldung einer Wohnung",
		"hundesteur":           "Hunde",
		"wohngeld":             "Wohngeld",
		"eheschliesung":        "Eheschließung",
		"gewerbe anmelden":     "Gewerbe",
		"parkausweis bewohner": "Parkausweis",
	} {
		hits := index.Search(query)
		if len(hits) == 0 {
			t.Errorf("%q: nothing", query)
			continue
		}
		found := false
		for _, h := range hits[:min(3, len(hits))] {
			found = found || strings.Contains(titles[h.Entry], want)
		}
		if !found {
			t.Errorf("%q: the first three are %q, %q ...", query, titles[hits[0].Entry], titles[hits[min(1, len(hits)-1)].Entry])
		}
	}
}

func TestASearchIsNeverEmptyAndNeverSlow(t *testing.T) {
	c := catalogue(t)
	for _, query := range []string{"", "qqqqxyz", "🚗🚗", "\u202e\u0000", strings.Repeat("a", 10000), strings.Repeat("ab cd ", 3000), "'; drop table", "*", "%"} {
		start := time.Now()
		if hits := c.Search("de", query); len(hits) == 0 {
			t.Errorf("nothing to see for a query of %d bytes", len(query))
		}
		if d := time.Since(start); d > 500*time.Millisecond {
			t.Errorf("a query of %d bytes took %v", len(query), d)
		}
	}
	if hits := c.Search("de", "qqqqxyz"); hits[0].Score != 0 || hits[0].Service.ID != "parkausweis-bewohner" {
		t.Error("where nothing fits, the popular services come")
	}
}

func TestEverydayWordsFindTheService(t *testing.T) {
	c := catalogue(t)
	for query, want := range map[string]string{
		"anwohnerparken": "parkausweis-bewohner", "Parkplakette": "parkausweis-bewohner", "parken": "parkausweis-bewohner", "bewohnerpark": "parkausweis-bewohner",
		"parkausweiss": "parkausweis-bewohner", "perso": "ausweis", "Personalausweiss": "ausweis", "Ausweis verloren": "ausweis", "Reisepass": "ausweis", "Kinderpass": "ausweis",
		"heirat": "eheschliessung", "Hochzeit": "eheschliessung", "kita": "betreuungsplatz", "kinderbetreuung": "betreuungsplatz", "umzug": "ummeldung",
		"Fuehrungszeugnis": "fuehrungszeugnis", "führungszeugnis": "fuehrungszeugnis", "muell": "muellkalender", "Müllabfuhr": "muellkalender",
		"schlagloch": "maengelmeldung", "Schaden melden": "maengelmeldung", "Mängelmelder": "maengelmeldung", "Laterne kaputt": "maengelmeldung", "Mülleimer voll": "maengelmeldung", "hundesteuer": "hundesteuer", "miete": "wohngeld", "meldebescheinigung": "meldebescheinigung",
		"ich möchte mein auto parken": "parkausweis-bewohner", "Firma gründen": "gewerbe-anmelden",
	} {
		if hits := c.Search("de", query); hits[0].Service.ID != want {
			t.Errorf("%q finds %s first, not %s", query, hits[0].Service.ID, want)
		}
	}
	for query, want := range map[string]string{"parking": "parkausweis-bewohner", "wedding": "eheschliessung", "dog": "hundesteuer", "moving house": "ummeldung",
		"Müllabfuhr": "muellkalender"} {
		if hits := c.Search("en", query); hits[0].Service.ID != want {
			t.Errorf("%q in English finds %s first, not %s", query, hits[0].Service.ID, want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	index, _ := names(f)
	for _, s := range []string{"", "Personalausweis", "üü", "a b c", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, m := range index.Search(query) {
			if m.Score <= 0 || m.Entry < 0 || m.Entry > 600 {
				t.Fatal(m)
			}
		}
	})
}

func BenchmarkSearchAmong560(b *testing.B) {
	index, _ := names(b)
	for b.Loop() {
		index.Search("personalausweiss beantragen")
	}
}
