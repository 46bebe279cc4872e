// Package service holds what the town hall offers, described entirely by data: a folder with form, fee, texts and documents is a Service;
// what a citizen finally says with it is an Application; all services of a tenant with their search are a Catalogue.
package service

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Service is one thing the town hall offers. It is safe for use by several goroutines.
type Service struct {
	ID         string
	Version    string
	Kind       string    // OfApplication, OfReport or OfSurvey: how it is spoken of, and what becomes of it
	Icon       string    // name of an icon
	Situations []string  // ids of the tenant's life situations; the first one is the kicker of the card
	Ways       []pay.Way // how the fee can be paid, the usual one first; empty when nothing can be applied for
	Key        string    // Leistungsschlüssel, 14 digits; empty as long as nobody has confirmed one
	Trust      string    // the lowest level that the law allows: "none", "basis", "substantial", "high"
	Office     string    // row of the tenant's table "offices"
	Groups     []string  // ids of the tenant's target groups: whom it is for
	Topics     []string  // ids of the tenant's topics, the one it belongs to first
	Channels   []string  // the ways in which it can be done: AtTerminal ...
	Legal      []Legal   // what it rests on
	Retention  int       // months after the decision when what was said in an application is erased; 0: nobody promised it

	tenant *Tenant
	texts  *text.Texts
	online bool         // it has a form
	read   func() error // the rest, once; see open
	broken atomic.Bool  // the rest cannot be read

	// What follows is there when the service is open.
	form      *form.Form // nil: the service only informs
	card      cardRules
	claims    map[string]*expr.Rule
	documents map[string]*template
	to        []*expr.Rule
	digest    string
	keys      []string
	reads     map[string]expr.Place // the tables that it reads, and where first
}

// longestRetention is thirty years: what is kept longer goes into an archive.
const longestRetention = 360

// ErrInform says that a service only informs: nothing can be applied for.
var ErrInform = errors.New("service: only informs")

var keyForm = regexp.MustCompile(`^[0-9]{14}$`)

// description is service.yaml.
type description struct {
	ID         string                 `yaml:"id"`
	Version    string                 `yaml:"version"`
	Kind       string                 `yaml:"kind"` // left out: application
	Tenants    []string               `yaml:"tenants"`
	Icon       string                 `yaml:"icon"`
	Situations []string               `yaml:"situations"`
	Ways       []pay.Way              `yaml:"ways"`
	Key        string                 `yaml:"key"`
	Trust      string                 `yaml:"trust"`
	Office     string                 `yaml:"office"`
	Groups     []string               `yaml:"groups"`
	Topics     []string               `yaml:"topics"`
	Channels   []string               `yaml:"channels"`
	Legal      []Legal                `yaml:"legal"`
	Retention  int                    `yaml:"retention"`
	At         map[string]elsewhere   `yaml:"at"` // by tenant
	Card       cardLayout             `yaml:"card"`
	Claims     map[string]form.Source `yaml:"claims"`
	Letter     struct {
		To []form.Source `yaml:"to"` // the applicant's address, line by line
	} `yaml:"letter"`
}

type cardLayout struct {
	Facts []struct {
		Icon  string       `yaml:"icon"`
		Value *form.Value  `yaml:"value"` // or text
		Text  *form.Saying `yaml:"text"`
		Label form.Saying  `yaml:"label"`
		When  form.Source  `yaml:"when"` // left out: always
	} `yaml:"facts"`
	Needs   []lineLayout `yaml:"needs"`
	Gets    []lineLayout `yaml:"gets"`
	Promise string       `yaml:"promise"` // key of a tenant's sentence
}

type lineLayout struct {
	Icon string      `yaml:"icon"`
	Text form.Saying `yaml:"text"`
	When form.Source `yaml:"when"` // what has to be so for it to stand there, such as app.channel == "phone"; left out: always
}

type cardRules struct {
	facts       []factRule
	needs, gets []lineRule
	promise     string
}

type factRule struct {
	icon  string
	value *form.Writer
	text  *form.Sayer
	label *form.Sayer
	when  *expr.Rule // nil: always
}

type lineRule struct {
	icon string
	text *form.Sayer
	when *expr.Rule // nil: always
}

// Load reads the folder of a service, named as the folder, for a tenant that offers it. Errors name file and line.
func Load(folder fs.FS, name string, t *Tenant) (*Service, error) {
	s, err := listService(folder, name, t)
	if err == nil && s != nil {
		err = s.open()
	}
	if err != nil {
		return nil, fmt.Errorf("service: load: %w", err)
	}
	if s == nil {
		return nil, fmt.Errorf("service: load: %s/service.yaml: %s is not among its tenants", name, t.ID)
	}
	return s, nil
}

// Speechless lists the sentences that the service needs and does not have in a language.
func (s *Service) Speechless(lang string) (keys []string) {
	_ = s.open()
	for _, key := range s.keys {
		if !s.texts.Has(lang, key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// listService reads what a catalogue says of a service; nil when it is not offered there. Everything else is read when it is opened.
func listService(folder fs.FS, name string, t *Tenant) (*Service, error) {
	data, err := limit.Read(folder, "service.yaml")
	if err != nil {
		return nil, err
	}
	var d description
	if err := form.Decode(name, "service.yaml", head(data), &d); err != nil {
		if err := form.Decode(name, "service.yaml", data, &d); err != nil { // its lines are the right ones
			return nil, err
		}
	}
	if !slices.Contains(d.Tenants, t.ID) {
		return nil, nil
	}
	if id, version, old := strings.Cut(name, "@"); d.ID != id || d.Version == "" || (old && d.Version != version) {
		return nil, fmt.Errorf("%s/service.yaml: id has to be the name of the folder, %q and not %q, and a version is needed", name, id, d.ID)
	}
	d = d.at(t.ID)
	s := &Service{ID: d.ID, Version: d.Version, Kind: cmp.Or(d.Kind, OfApplication), Icon: d.Icon, Situations: d.Situations, Ways: d.Ways, Key: d.Key, Trust: d.Trust, Office: d.Office,
		Groups: d.Groups, Topics: d.Topics, Channels: d.Channels, Legal: d.Legal, Retention: d.Retention,
		tenant: t, claims: map[string]*expr.Rule{}, documents: map[string]*template{}}
	own, err := openTexts(folder, t.names)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !own.Has(text.German, "title") {
		if err := own.Read(text.German); err != nil {
			return nil, fmt.Errorf("%s/texts: %w", name, err)
		}
	}
	s.texts = text.Join(t.law.Under(s.ID), own, t.texts)
	if err := s.check(name); err != nil {
		return nil, err
	}
	if _, err := fs.Stat(folder, "form.yaml"); err == nil {
		s.online = true
	}
	s.read = sync.OnceValue(func() error {
		var whole description
		err := form.Decode(name, "service.yaml", data, &whole)
		if err == nil {
			err = s.readRest(name, folder, whole, own)
		}
		s.broken.Store(err != nil)
		return err
	})
	return s, nil
}

// head is service.yaml without card and claims, which only an open service has.
func head(data []byte) []byte {
	sections := limit.Sections(data)
	if sections == nil || bytes.ContainsAny(data, "&*") {
		return data
	}
	var short []byte
	for _, key := range sortedKeys(sections) {
		if key != "card" && key != "claims" {
			short = append(short, sections[key]...)
		}
	}
	return short
}

// open reads everything that a catalogue does not need: the form, the card, the documents. Who uses one of them opens the service first. A service
// that turns out to be broken then has none of them; the catalogue offers it no more.
func (s *Service) open() error {
	if s.read == nil {
		return nil
	}
	return s.read()
}

func (s *Service) readRest(name string, folder fs.FS, d description, own *text.Texts) (err error) {
	if err := limit.Check(folder); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := own.Read(); err != nil {
		return fmt.Errorf("%s/texts: %w", name, err)
	}
	used := map[string]bool{}
	s.reads = map[string]expr.Place{}
	var asked *form.Form
	if s.online {
		if asked, err = form.Load(form.Folder{Service: name, FS: folder, Texts: s.texts, Tables: s.tenant.Tables}); err != nil {
			return err
		}
		if err := s.checkSurvey(name, asked); err != nil {
			return err
		}
		s.keys = append(s.keys, asked.Keys()...)
		for _, name := range asked.Tables() {
			used[name], s.reads[name] = true, asked.TableAt(name)
		}
		defer func() {
			if err == nil {
				s.form = asked
			}
		}()
	}
	if err := s.compile(name, folder, d, asked, used); err != nil {
		return err
	}
	s.digest, err = s.tenant.digest(used)
	return err
}

func (s *Service) check(name string) error {
	if len(s.Situations) == 0 || s.Icon == "" {
		return fmt.Errorf("%s/service.yaml: situations and icon are needed", name)
	}
	for _, situation := range s.Situations {
		if !s.tenant.knows(situation) {
			return fmt.Errorf("%s/service.yaml: %s has no situation %q; there are %s", name, s.tenant.ID, situation, strings.Join(s.tenant.situationIDs(), ", "))
		}
	}
	if !slices.Contains([]string{OfApplication, OfReport, OfSurvey}, s.Kind) {
		return fmt.Errorf("%s/service.yaml: no such kind: %q (%s, %s, %s)", name, s.Kind, OfApplication, OfReport, OfSurvey)
	}
	if s.Counted() && (s.Trust != "none" || !slices.Equal(s.Ways, []pay.Way{pay.Free})) {
		return fmt.Errorf("%s/service.yaml: kind: a survey asks nobody who they are and costs nothing: trust: none, ways: [free]", name)
	}
	if s.Retention < 0 || s.Retention > longestRetention {
		return fmt.Errorf("%s/service.yaml: retention: months after the decision, 1 to %d", name, longestRetention)
	}
	if s.Retention > 0 && s.Kind != OfApplication {
		return fmt.Errorf("%s/service.yaml: retention: only applications are erased (kind: %s)", name, OfApplication)
	}
	for _, w := range s.Ways {
		if !slices.Contains([]pay.Way{pay.Free, pay.Card, pay.Invoice, pay.Counter}, w) {
			return fmt.Errorf("%s/service.yaml: no such way to pay: %q (free, card, invoice, counter)", name, w)
		}
	}
	if !slices.Contains([]string{"none", "basis", "substantial", "high"}, s.Trust) {
		return fmt.Errorf("%s/service.yaml: no such trust: %q (none, basis, substantial, high)", name, s.Trust)
	}
	if s.Key != "" && !keyForm.MatchString(s.Key) {
		return fmt.Errorf("%s/service.yaml: key: a Leistungsschlüssel has 14 digits", name)
	}
	return s.checkAbout(name)
}

// compile reads what stands in expressions: card, claims and documents.
func (s *Service) compile(name string, folder fs.FS, d description, asked *form.Form, used map[string]bool) error {
	s.keys = append(s.keys, "title", "lead", "law", "search")
	c, err := form.NewCompiler(name, "service.yaml", s.texts, documentVariables()...)
	if err != nil {
		return err
	}
	for _, key := range s.keys {
		c.Key(key)
	}
	for _, f := range d.Card.Facts {
		r := factRule{icon: f.Icon, text: c.Say(f.Text), label: c.Say(&f.Label)}
		if f.Value != nil {
			r.value = c.Write(*f.Value)
		}
		if f.When.Text != "" {
			r.when = c.Rule(f.When, "card.when")
		}
		s.card.facts = append(s.card.facts, r)
		s.keys = append(append(s.keys, r.text.Keys()...), r.label.Keys()...)
	}
	lines := func(layouts []lineLayout) (rules []lineRule) {
		for _, l := range layouts {
			r := lineRule{icon: l.Icon, text: c.Say(&l.Text)}
			if l.When.Text != "" {
				r.when = c.Rule(l.When, "card.when")
			}
			rules = append(rules, r)
			s.keys = append(s.keys, r.text.Keys()...)
		}
		return rules
	}
	s.card.needs, s.card.gets = lines(d.Card.Needs), lines(d.Card.Gets)
	if s.card.promise = d.Card.Promise; s.card.promise != "" {
		c.Key(s.card.promise)
		s.keys = append(s.keys, s.card.promise)
	}
	for key, source := range d.Claims {
		s.claims[key] = c.Rule(source, "claims."+key)
	}
	for _, line := range d.Letter.To {
		s.to = append(s.to, c.Rule(line, "letter.to"))
	}
	if asked != nil {
		c.Asks(asked)
	}
	if err := c.Err(); err != nil {
		return err
	}
	note := func(names []string, at func(string) expr.Place) {
		for _, n := range names {
			if used[n] = true; s.reads[n] == (expr.Place{}) {
				s.reads[n] = at(n)
			}
		}
	}
	note(c.Tables(), c.TableAt)
	files, err := fs.Glob(folder, "documents/*.yaml")
	if err != nil {
		return err
	}
	for _, file := range files {
		t, err := loadTemplate(folder, name, file, s.texts, asked, s.tenant.folder)
		if err != nil {
			return err
		}
		note(t.tables, t.tableAt)
		s.keys = append(s.keys, t.keys...)
		s.documents[strings.TrimSuffix(path.Base(file), ".yaml")] = t
	}
	return nil
}

// digest is the SHA-256 of the tables named, in hex, with all their versions; the empty name stands for all of them.
func (t *Tenant) digest(used map[string]bool) (string, error) {
	tables := map[string]any{}
	for name, tab := range t.tables {
		if used[name] || used[""] {
			tables[name] = tab.Versions
		}
	}
	data, err := json.Marshal(tables) // sorts the keys of maps
	if err != nil {
		return "", fmt.Errorf("tables: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Icons lists the icons that the service names, each once.
func (s *Service) Icons() []string {
	_ = s.open()
	icons := []string{s.Icon}
	for _, f := range s.card.facts {
		icons = append(icons, f.icon)
	}
	for _, l := range append(slices.Clone(s.card.needs), s.card.gets...) {
		icons = append(icons, l.icon)
	}
	if s.form != nil {
		icons = append(icons, s.form.Icons()...)
	}
	slices.Sort(icons)
	return slices.Compact(icons)
}

// Online tells whether the service can be applied for here; otherwise its card says where to go.
func (s *Service) Online() bool { return s.online && !s.broken.Load() }

// Title is the service's name.
func (s *Service) Title(lang string) string { return s.texts.Say(lang, "title") }

// Say gives one of the service's sentences, or the tenant's.
func (s *Service) Say(lang, key string, args ...any) string { return s.texts.Say(lang, key, args...) }

// Knows tells whether the service, or the tenant, has a sentence of its own for key, in this language or in one that it falls back to.
func (s *Service) Knows(lang, key string) bool { return s.texts.Knows(lang, key) }

// Tenant is who offers the service.
func (s *Service) Tenant() *Tenant { return s.tenant }

// Digest is the SHA-256, in hex, of the tenant's tables that the service uses.
func (s *Service) Digest() string {
	_ = s.open()
	return s.digest
}

// Keys lists the sentences that the service needs in every language.
func (s *Service) Keys() []string {
	_ = s.open()
	return s.keys
}

// View shows the form for the answers; day is the day the rules count from. A service that only informs has no pages.
func (s *Service) View(a form.Answers, lang string, day time.Time) form.View {
	if s.open() != nil || s.form == nil {
		return form.View{}
	}
	return s.form.View(form.Input{Answers: a, Lang: lang, Day: day})
}

// Begin gives the form for somebody who fills it in; nil for a service that only informs.
func (s *Service) Begin() *form.Session {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Begin()
}

// Check says, in German, what the town hall cannot accept in the answers. Answers have to be cleaned before they are sent; see Clean.
func (s *Service) Check(a form.Answers, day time.Time) []form.Problem {
	if s.open() != nil || s.form == nil {
		return []form.Problem{{Rule: "schema", Text: ErrInform.Error()}}
	}
	return s.form.Check(form.Input{Answers: a, Lang: text.German, Day: day})
}

// Goals lists what the form has to say beforehand, without an application: only where the answer depends on what somebody says.
func (s *Service) Goals() []form.Goal {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Goals()
}

// Advise tells what the form says about a goal for the answers given so far.
func (s *Service) Advise(g form.Goal, a form.Answers, lang string, day time.Time) form.Advice {
	if s.open() != nil || s.form == nil {
		return form.Advice{}
	}
	return s.form.Advise(g, form.Input{Answers: a, Lang: lang, Day: day})
}

// OfficeFor names the office that the answers belong to: a row of the tenant's table "offices". Where the service's rule for it names none of them,
// it is the service's own.
func (s *Service) OfficeFor(a form.Answers, day time.Time) string {
	if s.open() != nil || s.form == nil {
		return s.Office
	}
	office := s.form.Route(form.Input{Answers: a, Lang: text.German, Day: day})
	if offices, _ := s.tenant.Tables(day)["offices"].(map[string]any); offices[office] == nil {
		return s.Office
	}
	return office
}

// Clean gives the answers as an application holds them: without hidden ones, with defaults, plates and days in their one form.
func (s *Service) Clean(a form.Answers, day time.Time) form.Answers {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Clean(form.Input{Answers: a, Lang: text.German, Day: day})
}

// Final looks at the form once more before it is sent, as the town hall will: see form.Form.Final. A service that only informs is never complete.
func (s *Service) Final(a form.Answers, day time.Time) form.Final {
	if s.open() != nil || s.form == nil {
		return form.Final{}
	}
	return s.form.Final(form.Input{Answers: a, Lang: text.German, Day: day})
}

// Files lists the answers that files can be added to, photos among them; see form.Form.Files.
func (s *Service) Files() []form.FileField {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Files()
}

// Fits tells which of the days could be the answer of the date at path, as far as the other answers tell. See form.Form.Fits.
func (s *Service) Fits(a form.Answers, path string, days []time.Time, day time.Time) []bool {
	if s.open() != nil || s.form == nil {
		return make([]bool, len(days))
	}
	return s.form.Fits(form.Input{Answers: a, Lang: text.German, Day: day}, path, days)
}

// Photos lists the paths of the answers that photos can be added to.
func (s *Service) Photos() []string {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Photos()
}

// Paths lists the paths of everything asked, in order.
func (s *Service) Paths() []string {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Paths()
}

// OriginSentence says where an answer comes from that nobody typed; see form.Form.OriginSentence.
func (s *Service) OriginSentence(lang string, source form.Origin) string {
	if s.open() != nil || s.form == nil {
		return ""
	}
	return s.form.OriginSentence(lang, source)
}

// Parse turns what somebody typed into a value for the answer at path; see form.Form.Parse.
func (s *Service) Parse(path, typed string) any {
	if s.open() != nil || s.form == nil {
		return typed
	}
	return s.form.Parse(path, typed)
}

// Schema is the JSON Schema 2020-12 of the answers; nil for a service that only informs.
func (s *Service) Schema() []byte {
	if s.open() != nil || s.form == nil {
		return nil
	}
	return s.form.Schema()
}

// Claims is what the signed QR code of the finished paper says: what anybody may check who sees it, never a name.
func (s *Service) Claims(app Application, day time.Time) (map[string]any, error) {
	if s.open() != nil || len(s.claims) == 0 {
		return nil, fmt.Errorf("service: claims: %s makes none", s.ID)
	}
	vars := s.vars(Data{Application: app, Today: day}, app.Lang)
	claims := map[string]any{}
	for name, r := range s.claims {
		v, err := r.Any(vars)
		if err != nil {
			return nil, fmt.Errorf("service: claims: %w", err)
		}
		claims[name] = v
	}
	return claims, nil
}
