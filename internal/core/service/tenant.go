package service

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Tenant is a member of the town's group, described by data: name, look, life situations, tables of its statutes, sentences of law. It is
// safe for use by several goroutines.
type Tenant struct {
	ID     string     `yaml:"id"`     // folder name
	Name   string     `yaml:"name"`   // as on screen: "Stadt Bad Oeynhausen"
	Kicker string     `yaml:"kicker"` // the small line above the name
	Accent string     `yaml:"accent"` // name of the accent colour in the look's tokens
	Prefix string     `yaml:"prefix"` // case numbers begin with it: "BO"
	Places []struct { // life situations of the home screen, in order; their title is text situation.<id>
		ID   string `yaml:"id"`
		Icon string `yaml:"icon"`
	} `yaml:"situations"`
	Audience []mark   `yaml:"groups"`  // target groups, in order; their title is text group.<id>, more words for the search group-words.<id>
	Subjects []mark   `yaml:"topics"`  // what services are about, in order; their title is text topic.<id>
	Often    []string `yaml:"popular"` // ids of services, most used first
	Help     string   `yaml:"help"`    // row of the table "offices": who is asked when nothing is found

	texts   *text.Texts
	law     *text.Texts // what a service says by the tenant's word and not by its own: its keys behind law and its id
	tables  map[string]table
	general func() (map[string]*template, error) // the papers that every service has, compiled when the first is needed
	folder  fs.FS
	names   text.Names // what it calls its house, in sentences that it shares with others

	mu        sync.RWMutex
	published map[string]any // tables in place of those; see Publish
}

// table is one of the tenant's tables: versions by the day from which they hold.
type table struct {
	Versions []struct {
		From string `yaml:"from" json:"from"`
		Data any    `yaml:"data" json:"data"`
	} `yaml:"versions"`
}

// LoadTenant reads tenants/<id>/ of fsys: tenant.yaml, tables/*.yaml, texts/*.yaml. Errors name file and line.
func LoadTenant(fsys fs.FS, id string) (*Tenant, error) {
	t, err := loadTenant(fsys, id)
	if err != nil {
		return nil, fmt.Errorf("service: load tenant: %w", err)
	}
	return t, nil
}

func loadTenant(fsys fs.FS, id string) (*Tenant, error) {
	folder, err := fs.Sub(fsys, path.Join("tenants", id))
	if err != nil {
		return nil, err
	}
	data, err := limit.Read(folder, "tenant.yaml")
	if err != nil {
		return nil, err
	}
	t := &Tenant{tables: map[string]table{}}
	if err := form.Decode(id, "tenant.yaml", data, t); err != nil {
		return nil, err
	}
	if t.ID != id || t.Name == "" || !regexp.MustCompile(`^[A-Z]{2,3}$`).MatchString(t.Prefix) {
		return nil, fmt.Errorf("%s/tenant.yaml: id, name and a prefix of two or three capitals are needed", id)
	}
	if t.names, err = loadNames(fsys, id); err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	own, err := loadTexts(folder, text.Names{})
	if err != nil {
		return nil, err
	}
	sentences, err := Sentences()
	if err != nil {
		return nil, err
	}
	t.texts, t.law, t.folder = text.Join(own, sentences), own.Under("law"), folder
	t.general = sync.OnceValues(func() (map[string]*template, error) { return t.readGeneral(folder) })
	files, err := fs.Glob(folder, "tables/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := limit.Read(folder, file)
		if err != nil {
			return nil, err
		}
		var tab table
		if err := form.Decode(id, file, data, &tab); err != nil {
			return nil, err
		}
		for i, v := range tab.Versions {
			if _, err := time.Parse(time.DateOnly, v.From); err != nil || (i > 0 && v.From <= tab.Versions[i-1].From) {
				return nil, fmt.Errorf("%s/%s: versions begin on a day (2026-01-01), the older ones stand first", id, file)
			}
			tab.Versions[i].Data = expr.Normal(v.Data)
		}
		t.tables[strings.TrimSuffix(path.Base(file), ".yaml")] = tab
	}
	if err := t.checkOffices(); err != nil {
		return nil, err
	}
	if err := t.checkMarks(); err != nil {
		return nil, err
	}
	return t, nil
}

// loadNames reads tenants/<id>/names/.
func loadNames(fsys fs.FS, id string) (text.Names, error) {
	sub, err := fs.Sub(fsys, path.Join("tenants", id, "names"))
	if err != nil {
		return text.Names{}, err
	}
	return text.LoadNames(sub)
}

// LoadNames reads what a tenant calls its house in sentences that it shares with others: tenants/<id>/names/<language>.yaml of fsys. Errors name the
// file.
func LoadNames(fsys fs.FS, tenant string) (text.Names, error) {
	n, err := loadNames(fsys, tenant)
	if err != nil {
		return n, fmt.Errorf("service: load names: %s: %w", tenant, err)
	}
	return n, nil
}

func loadTexts(folder fs.FS, names text.Names) (*text.Texts, error) {
	t, err := openTexts(folder, names)
	if err == nil {
		err = t.Read()
	}
	return t, err
}

func openTexts(folder fs.FS, names text.Names) (*text.Texts, error) {
	sub, err := fs.Sub(folder, "texts")
	if err != nil {
		return nil, err
	}
	t, err := text.Open(sub, names)
	if errors.Is(err, fs.ErrNotExist) {
		return text.Join(), nil
	}
	return t, err
}

// Say gives one of the tenant's sentences; see text.Texts.Say.
func (t *Tenant) Say(lang, key string, args ...any) string { return t.texts.Say(lang, key, args...) }

// Texts are the tenant's sentences.
func (t *Tenant) Texts() *text.Texts { return t.texts }

// Tables gives the tenant's tables as they hold on a day. A table that holds only later is not there.
func (t *Tenant) Tables(day time.Time) map[string]any {
	on := day.Format(time.DateOnly)
	tables := map[string]any{}
	for name, tab := range t.tables {
		for _, v := range tab.Versions {
			if v.From <= on {
				tables[name] = v.Data
			}
		}
	}
	t.overlay(tables)
	return tables
}

// newest is a day on which the newest version of every table holds.
func (t *Tenant) newest() time.Time {
	last := "2000-01-01"
	for _, tab := range t.tables {
		for _, v := range tab.Versions {
			last = max(last, v.From)
		}
	}
	day, _ := time.Parse(time.DateOnly, last) // LoadTenant has read them all
	return day
}

// Helper is who is asked when nothing is found: name, address and hours, each on its line; "" if the tenant names nobody.
func (t *Tenant) Helper(lang string) string { return t.office(t.Help, lang, t.newest()) }

// Situation is one of the life situations of the home screen.
type Situation struct {
	ID    string
	Title string
	Icon  string // name of an icon
}

func (t *Tenant) situations(lang string) []Situation {
	var list []Situation
	for _, p := range t.Places {
		list = append(list, Situation{p.ID, t.Say(lang, "situation."+p.ID), p.Icon})
	}
	return list
}

// situationIDs are the ids of the life situations.
func (t *Tenant) situationIDs() (ids []string) {
	for _, p := range t.Places {
		ids = append(ids, p.ID)
	}
	return ids
}

// has tells whether there is a table of this name, on whatever day it begins to hold.
func (t *Tenant) has(table string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	_, published := t.published[table]
	return published || len(t.tables[table].Versions) > 0
}

func (t *Tenant) knows(situation string) bool {
	return slices.ContainsFunc(t.situations(text.German), func(s Situation) bool { return s.ID == situation })
}
