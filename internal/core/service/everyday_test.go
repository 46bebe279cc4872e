package service

import (
	"encoding/json"
	"os"
	"regexp"
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

// The list was written before the search knew any everyday word, and stays as it is. This only sees that nothing in it is damaged.
func TestTheEverydayQueriesAreWhole(t *testing.T) {
	text, err := os.ReadFile("testdata/everyday.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []everyday
	if err := yaml.UnmarshalWithOptions(text, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/services-d115.json")
	if err != nil {
		t.Fatal(err)
	}
	var directory []struct{ ID string }
	if err := json.Unmarshal(raw, &directory); err != nil {
		t.Fatal(err)
	}
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
