package service

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Catalogue is everything a tenant offers. It is safe for use by several goroutines and never needs a network.
type Catalogue struct {
	tenant  *Tenant
	newest  []*Service               // by title
	all     map[string][]*Service    // by id, newest first
	indexes func() map[string]*Index // by language; made at the first search, so that a start does not wait for it
}

// LoadCatalogue reads tenants/<tenant>/ and every folder of services/ that this tenant offers. services/<id>/ is the newest version of a
// service, services/<id>@<version>/ an older one that applications on their way may still name. Errors name file and line.
func LoadCatalogue(fsys fs.FS, tenant string) (*Catalogue, error) {
	t, err := LoadTenant(fsys, tenant)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{tenant: t, all: map[string][]*Service{}}
	folders, err := fs.ReadDir(fsys, "services")
	if err != nil {
		return nil, fmt.Errorf("service: load catalogue: %w", err)
	}
	loaded, errs := make([]*Service, len(folders)), make([]error, len(folders))
	var all sync.WaitGroup
	for i, f := range folders { // beside each other: a terminal's start waits for them
		all.Go(func() {
			if f.IsDir() {
				loaded[i], errs[i] = loadFolder(fsys, f.Name(), t)
			}
		})
	}
	all.Wait()
	for i, s := range loaded {
		if errs[i] != nil {
			return nil, fmt.Errorf("service: load catalogue: %w", errs[i])
		}
		if s != nil {
			c.all[s.ID] = append(c.all[s.ID], s)
		}
	}
	for _, versions := range c.all {
		sort.Slice(versions, func(i, j int) bool { return later(versions[i].Version, versions[j].Version) })
		c.newest = append(c.newest, versions[0])
	}
	sort.Slice(c.newest, func(i, j int) bool {
		a, b := c.newest[i], c.newest[j]
		if x, y := a.Title(text.German), b.Title(text.German); x != y {
			return x < y
		}
		return a.ID < b.ID
	})
	for _, id := range t.Often {
		if len(c.all[id]) == 0 {
			return nil, fmt.Errorf("service: load catalogue: %s/tenant.yaml: popular names %q, which is not offered", t.ID, id)
		}
	}
	c.indexes = sync.OnceValue(c.index)
	return c, nil
}

func loadFolder(fsys fs.FS, name string, t *Tenant) (*Service, error) {
	folder, err := fs.Sub(fsys, "services/"+name)
	if err != nil {
		return nil, err
	}
	return loadService(folder, name, t)
}

// later compares versions like "2" and "1.10" number by number.
func later(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, err := strconv.Atoi(x[i])
		n, err2 := strconv.Atoi(y[i])
		switch {
		case err != nil || err2 != nil:
			if x[i] != y[i] {
				return x[i] > y[i]
			}
		case m != n:
			return m > n
		}
	}
	return len(x) > len(y)
}

// Tenant is whose catalogue it is.
func (c *Catalogue) Tenant() *Tenant { return c.tenant }

// Services lists the newest version of every service, by its German title.
func (c *Catalogue) Services() []*Service { return slices.Clone(c.newest) }

// Find gives a version of a service; "" is the newest.
func (c *Catalogue) Find(id, version string) (*Service, bool) {
	for _, s := range c.all[id] {
		if version == "" || s.Version == version {
			return s, true
		}
	}
	return nil, false
}

// Situations lists the life situations of the home screen, in order.
func (c *Catalogue) Situations(lang string) []Situation { return c.tenant.situations(lang) }

// In lists the services of a life situation: what can be done here first, then by title.
func (c *Catalogue) In(situation string) []*Service {
	var list []*Service
	for _, s := range c.newest {
		if slices.Contains(s.Situations, situation) {
			list = append(list, s)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Online() && !list[j].Online() })
	return list
}

// Popular lists what is used most, in the tenant's order.
func (c *Catalogue) Popular() []*Service {
	var list []*Service
	for _, id := range c.tenant.Often {
		list = append(list, c.all[id][0])
	}
	return list
}

// Hit is a service found by a search. Score is higher the better it fits; 0 means that nothing fits and the popular ones are shown.
type Hit struct {
	Service *Service
	Score   float64
}

// Search finds services in spite of typos, compounds and everyday words, best first. It is never empty: when nothing fits, the popular
// services come with score 0.
func (c *Catalogue) Search(lang, query string) []Hit {
	base, _, _ := strings.Cut(lang, "-")
	indexes := c.indexes()
	index := indexes[base]
	if index == nil {
		index = indexes[text.German]
	}
	var hits []Hit
	for _, m := range index.Search(query) {
		hits = append(hits, Hit{c.newest[m.Entry], m.Score})
	}
	if base != text.German && len(hits) == 0 { // people mix languages: the paper in their hand is German
		for _, m := range indexes[text.German].Search(query) {
			hits = append(hits, Hit{c.newest[m.Entry], m.Score})
		}
	}
	if len(hits) > 0 {
		return hits
	}
	for _, s := range c.Popular() {
		hits = append(hits, Hit{Service: s})
	}
	return hits
}

func (c *Catalogue) index() map[string]*Index {
	indexes := map[string]*Index{}
	langs := []string{text.German}
	for _, s := range c.newest {
		for _, l := range s.texts.Languages() {
			if !slices.Contains(langs, l) {
				langs = append(langs, l)
			}
		}
	}
	for _, lang := range langs {
		var entries []Listing
		for _, s := range c.newest {
			entries = append(entries, Listing{Title: s.Title(lang), Words: s.Say(lang, "search"), Lead: s.Say(lang, "lead")})
		}
		indexes[lang] = NewIndex(lang, entries)
	}
	return indexes
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
