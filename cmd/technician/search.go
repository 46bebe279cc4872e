package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

type searchCmd struct {
	Query     []string `arg:"" help:"What somebody types; each is a search of its own."`
	JSON      bool     `name:"json" help:"Print an object a query instead of words."`
	Top       int      `default:"3" help:"How many hits."`
	Catalogue string   `type:"existingfile" help:"JSON list of {\"id\",\"name\",\"topic\"} to search instead of the tenant's services."`
	Lang      string   `default:"de" help:"What people type in."`
	Tenant    string   `default:"stadt" help:"Whose services."`
}

// search is what one query finds.
type search struct {
	Query string     `json:"query"`
	Meant string     `json:"meant,omitempty"` // with misspelled words mended
	Hits  []matching `json:"hits"`
}

type matching struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Score float64 `json:"score"` // 0: nothing fits, it is one of the popular ones
	Why   string  `json:"why"`
}

// Run searches for each query.
func (c searchCmd) Run(h *hands) error {
	ask, err := c.find()
	if err != nil {
		return err
	}
	for _, q := range c.Query {
		s := ask(q)
		s.Hits = s.Hits[:min(len(s.Hits), max(c.Top, 1))]
		if c.JSON {
			if err := h.print(s); err != nil {
				return err
			}
			continue
		}
		lines := []string{q}
		if s.Meant != "" {
			lines[0] += " → " + s.Meant
		}
		for _, m := range s.Hits {
			lines = append(lines, fmt.Sprintf("  %.2f  %-24s %s (%s)", m.Score, m.ID, m.Name, m.Why))
		}
		if _, err := fmt.Fprintln(h.out, strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// find gives the search in the tenant's services, or in a list.
func (c searchCmd) find() (func(query string) search, error) {
	if c.Catalogue == "" {
		all, err := service.LoadCatalogue(assets.FS, c.Tenant)
		if err != nil {
			return nil, err
		}
		return func(query string) search {
			f := all.Ask(c.Lang, query)
			s := search{Query: query, Meant: f.Meant, Hits: []matching{}}
			for _, hit := range f.Hits {
				s.Hits = append(s.Hits, matching{hit.Service.ID, hit.Service.Title(c.Lang), hundredth(hit.Score), all.Why(c.Lang, query, hit.Service)})
			}
			return s
		}, nil
	}
	text, err := os.ReadFile(c.Catalogue)
	if err != nil {
		return nil, fmt.Errorf("search: catalogue: %w", err)
	}
	var list []struct{ ID, Name, Topic string }
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("search: catalogue: %s: %w", c.Catalogue, err)
	}
	synonyms, err := service.LoadSynonyms(assets.FS)
	if err != nil {
		return nil, err
	}
	var entries []service.Listing
	for _, l := range list {
		entries = append(entries, service.Listing{Title: l.Name, Topic: l.Topic})
	}
	base, _, _ := strings.Cut(c.Lang, "-")
	index := service.NewIndex(base, entries, synonyms[base])
	return func(query string) search {
		found, meant := index.Find(query)
		s := search{Query: query, Meant: meant, Hits: []matching{}}
		for _, m := range found[:min(len(found), max(c.Top, 1))] {
			s.Hits = append(s.Hits, matching{list[m.Entry].ID, list[m.Entry].Name, hundredth(m.Score), index.Why(query, m.Entry)})
		}
		return s
	}, nil
}

func hundredth(f float64) float64 { return math.Round(f*100) / 100 }
