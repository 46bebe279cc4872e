package service

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Version is a version of a service that the town hall published.
type Version struct {
	ID, Version string
	// Offered says that it is the one that is offered, in place of what ships. The others are there for applications that name them.
	Offered bool
	// Read reads it; it is called whenever the service is needed. When it fails, what ships is offered.
	Read func() (*Service, error)
}

// Edition is what a catalogue offers at a moment: what ships, and over it what the town hall published.
type Edition struct {
	published map[string][]Version // by id
	offer     func() (offer, error)
	languages func() []string // that a service is described in, without their regions
	indexed   func(lang string) *Index

	mu      sync.Mutex
	indexes map[string]func() *Index // by language; made at the first search in it
}

// Edition makes an edition of the catalogue with these published versions. It is offered when Use says so.
func (c *Catalogue) Edition(published []Version) *Edition {
	e := &Edition{published: map[string][]Version{}, indexes: map[string]func() *Index{}}
	for _, v := range published {
		e.published[v.ID] = append(e.published[v.ID], v)
	}
	e.offer = sync.OnceValues(func() (offer, error) { return c.edit(e) })
	e.languages = sync.OnceValue(e.described)
	e.indexed = func(lang string) *Index { return c.index(lang, e.offered()) }
	return e
}

// Use offers an edition from now on. Whoever holds a Service of the edition before keeps it.
func (c *Catalogue) Use(e *Edition) { c.now.Store(e) }

// Beside gives a catalogue of the same folders that is published into by itself.
func (c *Catalogue) Beside() *Catalogue {
	other := &Catalogue{tenant: c.tenant, files: c.files, folders: c.folders, shipped: c.shipped, synonyms: c.synonyms}
	other.now.Store(other.Edition(nil))
	return other
}

// Ready reads what the edition needs, so that nobody waits for it after Use. The error names what cannot be read.
func (e *Edition) Ready() error {
	_, err := e.offer()
	for _, lang := range e.languages() {
		e.index(lang)
	}
	return err
}

func (e *Edition) described() []string {
	langs := []string{text.German}
	for _, s := range e.offered().newest {
		for _, l := range s.texts.Languages() {
			if base, _, _ := strings.Cut(l, "-"); !slices.Contains(langs, base) {
				langs = append(langs, base)
			}
		}
	}
	return langs
}

// index is what a language is searched with; one that no service is described in is searched in German.
func (e *Edition) index(lang string) *Index {
	if !slices.Contains(e.languages(), lang) {
		lang = text.German
	}
	e.mu.Lock()
	made := e.indexes[lang]
	if made == nil {
		made = sync.OnceValue(func() *Index { return e.indexed(lang) })
		e.indexes[lang] = made
	}
	e.mu.Unlock()
	return made()
}

func (c *Catalogue) index(lang string, o offer) *Index {
	var entries []Listing
	for _, s := range o.newest {
		entries = append(entries, Listing{Title: s.Title(lang), Words: s.Say(lang, "search"), Topic: c.topics(lang, s), For: c.groupWords(lang, s), Lead: s.Say(lang, "lead")})
	}
	return NewIndex(lang, entries, c.Synonyms(lang))
}

func (e *Edition) offered() offer {
	o, _ := e.offer() // Wait and Ready tell it
	return o
}

func (e *Edition) find(id, version string) (*Service, bool) {
	for _, v := range e.published[id] {
		if v.Version == version || version == "" && v.Offered {
			s, err := v.read()
			return s, err == nil
		}
	}
	return nil, false
}

// edit puts what is published over what ships.
func (c *Catalogue) edit(e *Edition) (offer, error) {
	shipped, err := c.shipped()
	errs := []error{err}
	o := offer{all: maps.Clone(shipped.all), newest: slices.Clone(shipped.newest)}
	for _, id := range sortedKeys(e.published) {
		for _, v := range e.published[id] {
			if !v.Offered {
				continue
			}
			s, err := v.read()
			if err != nil {
				errs = append(errs, fmt.Errorf("service: published %s %s: %w", v.ID, v.Version, err))
				continue
			}
			o.all[id] = append([]*Service{s}, o.all[id]...)
			o.newest = append(slices.DeleteFunc(o.newest, func(x *Service) bool { return x.ID == id }), s)
		}
	}
	byTitle(o.newest)
	return o, errors.Join(errs...)
}

func (v Version) read() (*Service, error) {
	s, err := v.Read()
	if err == nil && (s.ID != v.ID || s.Version != v.Version) {
		return nil, fmt.Errorf("it is %s %s", s.ID, s.Version)
	}
	return s, err
}
