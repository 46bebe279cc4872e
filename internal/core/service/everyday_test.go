package service

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// everyday is a query as people type it, and every service that a sensible clerk would accept as the first answer: a number of the public
// directory, or an id of ours.
type everyday struct {
	Query  string   `yaml:"query"`
	Expect []string `yaml:"expect"`
	By     string   `yaml:"by"`
	Why    string   `yaml:"why"`
}

func everydays(t *testing.T) (all []everyday) {
	t.Helper()
	text, err := os.ReadFile("testdata/everyday.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return all
}

// directory is the public directory: services of a German city.
func directory(t *testing.T) (list []struct{ ID, Name, Topic string }) {
	t.Helper()
	text, err := os.ReadFile("testdata/services-d115.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// The list was written before the search knew any everyday word, and stays as it is. This only sees that nothing in it is damaged.
func TestTheEverydayQueriesAreWhole(t *testing.T) {
	all, directory := everydays(t), directory(t)
	public := map[string]bool{}
	for _, s := range directory {
		public[s.ID] = true
	}
	if len(all) < 200 {
		t.Errorf("only %d queries", len(all))
	}
	own, seen := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`), map[string]bool{}
	for _, q := range all {
		if key := strings.ToLower(strings.TrimSpace(q.Query)); key == "" || seen[key] {
			t.Errorf("%q stands there twice, or is empty", q.Query)
		} else {
			seen[key] = true
		}
		if len(q.Expect) == 0 || len(q.Expect) > 6 || q.By == "" {
			t.Errorf("%q: %d services, by %q", q.Query, len(q.Expect), q.By)
		}
		for _, id := range q.Expect {
			if !public[id] && !own.MatchString(id) {
				t.Errorf("%q expects %q, which no directory has", q.Query, id)
			}
		}
	}
}

// twins are our services that the list knows by another name: the one they are to get, or that of the same service in the public directory.
var twins = map[string]string{
	"eheschliessung": "318961", "meldebescheinigung": "120702", "gewerbe-anmelden": "121921",
}

// TestEverydayQueriesFindTheirServices searches the public directory together with our own services. Right is a query of whose expected services one
// is among the first three. Queries for services that we do not have yet, and nobody else has, wait for them.
func TestEverydayQueriesFindTheirServices(t *testing.T) {
	all, directory := everydays(t), directory(t)
	c := catalogue(t)
	var entries []Listing
	var ids []string
	for _, d := range directory {
		entries, ids = append(entries, Listing{Title: d.Name, Topic: d.Topic}), append(ids, d.ID)
	}
	for _, s := range c.Services() {
		entries = append(entries, Listing{Title: s.Title("de"), Words: s.Say("de", "search"), Lead: s.Say("de", "lead")})
		ids = append(ids, cmp.Or(twins[s.ID], s.ID))
	}
	index := NewIndex("de", entries, c.Synonyms("de"))
	asked, right, waiting := 0, 0, 0
	by := map[string][2]int{}
	for _, q := range all {
		if !slices.ContainsFunc(q.Expect, func(id string) bool { return slices.Contains(ids, id) }) {
			waiting++
			continue
		}
		hits := index.Search(q.Query)
		found := slices.ContainsFunc(hits[:min(3, len(hits))], func(m Match) bool { return slices.Contains(q.Expect, ids[m.Entry]) })
		n := by[q.By]
		n[1]++
		asked++
		if found {
			n[0]++
			right++
		} else if testing.Verbose() {
			var first []string
			for _, m := range hits[:min(3, len(hits))] {
				first = append(first, fmt.Sprintf("%s %.60s (%.2f: %s)", ids[m.Entry], entries[m.Entry].Title, m.Score, index.Why(q.Query, m.Entry)))
			}
			t.Logf("%q (%s) wants %v, finds %s", q.Query, q.By, q.Expect, strings.Join(first, " | "))
		}
		by[q.By] = n
	}
	t.Logf("%d of %d queries find their service among the first three, %.1f %%; %d wait for theirs; by who asks: %v", right, asked, 100*float64(right)/float64(asked), waiting, by)
	if right*100 < asked*95 {
		t.Errorf("only %d of %d", right, asked)
	}
}
