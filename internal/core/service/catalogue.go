package service

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Catalogue is everything a tenant offers. It is safe for use by several goroutines and never needs a network.
type Catalogue struct {
	tenant  *Tenant
	files   fs.FS
	folders map[string]func() (*Service, error) // of services/, by name: each is listed when it is first needed
	shipped func() (offer, error)               // all of them
	now     atomic.Pointer[Edition]             // what is offered at this moment

	synonyms func() (map[string][]Synonym, error) // by language
}

// offer is every service that a tenant offers.
type offer struct {
	newest []*Service            // by title
	all    map[string][]*Service // by id, newest first
}

// LoadCatalogue reads tenants/<tenant>/, the everyday words of search/ and every folder of services/ that this tenant offers. services/<id>/ is the
// newest version of a service, services/<id>@<version>/ an older one that applications on their way may still name. Errors name file and line.
func LoadCatalogue(fsys fs.FS, tenant string) (*Catalogue, error) {
	c, err := OpenCatalogue(fsys, tenant)
	if err == nil {
		err = c.Wait()
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// OpenCatalogue is LoadCatalogue for who has no time: it reads the tenant only. What a catalogue shows and finds of the services is read when it is
// first asked for, form, card and documents of each when it is opened. Wait reads what is left and tells what is wrong with it; a service that cannot be
// read is not offered.
func OpenCatalogue(fsys fs.FS, tenant string) (*Catalogue, error) {
	t, err := LoadTenant(fsys, tenant)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{tenant: t, files: fsys, folders: map[string]func() (*Service, error){}}
	c.synonyms = sync.OnceValues(func() (map[string][]Synonym, error) { return LoadSynonyms(fsys) })
	folders, err := fs.ReadDir(fsys, "services")
	if err != nil {
		return nil, fmt.Errorf("service: load catalogue: %w", err)
	}
	var names []string
	for _, f := range folders {
		if f.IsDir() {
			names = append(names, f.Name())
			c.folders[f.Name()] = sync.OnceValues(func() (*Service, error) { return loadFolder(fsys, f.Name(), t) })
		}
	}
	c.shipped = sync.OnceValues(func() (offer, error) { return c.read(names) })
	c.now.Store(c.Edition(nil))
	return c, nil
}

// Wait reads everything that was not needed yet. The error names file and line of everything that is wrong.
func (c *Catalogue) Wait() error {
	o, err := c.now.Load().offer()
	errs := []error{err}
	var all sync.WaitGroup
	var mu sync.Mutex
	free := make(chan struct{}, runtime.GOMAXPROCS(0)) // compiling wants a processor each
	for _, id := range sortedKeys(o.all) {
		for _, s := range o.all[id] {
			all.Go(func() {
				free <- struct{}{}
				defer func() { <-free }()
				if err := s.open(); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = append(errs, fmt.Errorf("service: load catalogue: %w", err))
				}
			})
		}
	}
	all.Wait()
	_, wrong := c.synonyms()
	_, broken := c.tenant.general()
	return errors.Join(append(errs, wrong, broken)...)
}

// Ready makes what the first search would otherwise wait for, and then does Wait: for shells, once they show something.
func (c *Catalogue) Ready() error {
	e := c.now.Load()
	e.index(text.German)
	err := c.Wait()
	for _, lang := range e.languages() {
		e.index(lang)
	}
	return err
}

// read lists all services beside each other.
func (c *Catalogue) read(names []string) (offer, error) {
	o := offer{all: map[string][]*Service{}}
	loaded, errs := make([]*Service, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	all.Go(func() { _, _ = c.synonyms() }) // the search wants them next
	for i, name := range names {
		all.Go(func() {
			if loaded[i], errs[i] = c.folders[name](); errs[i] != nil {
				errs[i] = fmt.Errorf("service: load catalogue: %w", errs[i])
			}
		})
	}
	all.Wait()
	for _, s := range loaded {
		if s != nil {
			o.all[s.ID] = append(o.all[s.ID], s)
		}
	}
	for _, versions := range o.all {
		sort.Slice(versions, func(i, j int) bool { return later(versions[i].Version, versions[j].Version) })
		o.newest = append(o.newest, versions[0])
	}
	byTitle(o.newest)
	for _, id := range c.tenant.Often {
		if len(o.all[id]) == 0 {
			errs = append(errs, fmt.Errorf("service: load catalogue: %s/tenant.yaml: popular names %q, which is not offered", c.tenant.ID, id))
		}
	}
	return o, errors.Join(errs...)
}

// byTitle sorts services by their German title.
func byTitle(list []*Service) {
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if x, y := a.Title(text.German), b.Title(text.German); x != y {
			return x < y
		}
		return a.ID < b.ID
	})
}

// offered is what can be offered: all services that can be read.
func (c *Catalogue) offered() offer { return c.now.Load().offered() }

// whole lists those of the services that did not turn out to be broken.
func whole(services []*Service) []*Service {
	return slices.DeleteFunc(slices.Clone(services), func(s *Service) bool { return s.broken.Load() })
}

func loadFolder(fsys fs.FS, name string, t *Tenant) (*Service, error) {
	folder, err := fs.Sub(fsys, "services/"+name)
	if err != nil {
		return nil, err
	}
	return listService(folder, name, t)
}

// Later tells whether version a comes after b: versions like "2" and "1.10" are compared number by number.
func Later(a, b string) bool { return later(a, b) }

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
func (c *Catalogue) Services() []*Service { return whole(c.offered().newest) }

// Find gives a version of a service; "" is the one that is offered: what the town hall published, or else the newest that ships. Only that
// service is read for it.
func (c *Catalogue) Find(id, version string) (*Service, bool) {
	if s, ok := c.now.Load().find(id, version); ok {
		return s, true
	}
	return c.Shipped(id, version)
}

// Shipped is Find among what ships, whatever was published.
func (c *Catalogue) Shipped(id, version string) (*Service, bool) {
	s, ok := c.listed(id, version)
	if !ok || s.open() != nil {
		return nil, false
	}
	return s, true
}

// Folder gives the files of a version that ships.
func (c *Catalogue) Folder(id, version string) (fs.FS, bool) {
	name, _, ok := c.named(id, version)
	if !ok {
		return nil, false
	}
	folder, err := fs.Sub(c.files, "services/"+name)
	return folder, err == nil
}

// listed is Shipped for who shows the service only.
func (c *Catalogue) listed(id, version string) (*Service, bool) {
	_, s, ok := c.named(id, version)
	return s, ok
}

// named is listed with the name of the folder.
func (c *Catalogue) named(id, version string) (string, *Service, bool) {
	if strings.Contains(id, "@") {
		return "", nil, false
	}
	for _, name := range []string{id, id + "@" + version} {
		read := c.folders[name]
		if read == nil {
			continue
		}
		if s, err := read(); err == nil && s != nil && (version == "" || s.Version == version) && !s.broken.Load() {
			return name, s, true
		}
	}
	return "", nil, false
}

// Situations lists the life situations of the home screen, in order.
func (c *Catalogue) Situations(lang string) []Situation { return c.tenant.situations(lang) }

// In lists the services of a life situation: what can be done here first, then by title.
func (c *Catalogue) In(situation string) []*Service {
	var list []*Service
	for _, s := range whole(c.offered().newest) {
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
		s, ok := c.now.Load().find(id, "")
		if !ok {
			s, ok = c.listed(id, "")
		}
		if ok {
			list = append(list, s)
		}
	}
	return list
}

// Hit is a service found by a search. Score is higher the better it fits; 0 means that nothing fits and the popular ones are shown.
type Hit struct {
	Service *Service
	Score   float64
}

// Finding is what a search finds.
type Finding struct {
	Hits  []Hit  // best first, never empty as long as the tenant has popular services
	None  bool   // nothing fits: Hits are the popular ones
	Meant string // the query with its misspelled words mended; "" if there were none
}

// Search finds services in spite of typos, compounds and everyday words, best first. It is never empty: when nothing fits, the popular
// services come with score 0.
func (c *Catalogue) Search(lang, query string) []Hit { return c.Ask(lang, query).Hits }

// Ask is Search, and tells what else there is to say.
func (c *Catalogue) Ask(lang, query string) Finding {
	base, _, _ := strings.Cut(lang, "-")
	now := c.now.Load() // the whole answer is of one edition
	index := now.index(base)
	matches, meant := index.Find(query)
	if base != text.German { // people mix languages: the paper in their hand is German
		german, meantGerman := now.index(text.German).Find(query)
		if better(german, matches) {
			matches, meant = german, meantGerman
		}
	}
	f := Finding{Meant: meant}
	for _, m := range matches {
		if s := now.offered().newest[m.Entry]; !s.broken.Load() {
			f.Hits = append(f.Hits, Hit{s, m.Score})
		}
	}
	if len(f.Hits) > 0 {
		return f
	}
	f.None, f.Meant = true, ""
	for _, s := range c.Popular() {
		f.Hits = append(f.Hits, Hit{Service: s})
	}
	return f
}

// Why says for whoever keeps the everyday words what makes a service fit a query.
func (c *Catalogue) Why(lang, query string, s *Service) string {
	base, _, _ := strings.Cut(lang, "-")
	now := c.now.Load()
	for _, l := range []string{base, text.German} {
		if why := now.index(l).Why(query, slices.Index(now.offered().newest, s)); why != "" {
			return why
		}
	}
	return ""
}

// Synonyms are the everyday words of a language.
func (c *Catalogue) Synonyms(lang string) []Synonym {
	all, _ := c.synonyms() // Wait tells it
	return all[lang]
}

// better tells whether the first of a fits clearly better than the first of b.
func better(a, b []Match) bool {
	return len(a) > 0 && (len(b) == 0 || a[0].Score > 1.3*b[0].Score)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
