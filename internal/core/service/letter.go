package service

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// general holds the papers that every service of every tenant has, with their sentences. A tenant puts its own in tenants/<id>/documents/, a service
// in services/<id>/documents/, each under the same name.
//
//go:embed general
var general embed.FS

// Letter is what a clerk writes.
type Letter struct {
	To         []string // the address; at most document.LetterLines
	Remarks    []string // above the address: "Persönlich"
	Subject    string   // "" is the service's title
	Salutation string   // "Guten Tag Vera Vogt,"; "" is the usual one
	Text       string
	Clerk      string // who signs; "" for nobody
	Phone      string // the clerk's; "" is the office's
	Granted    bool   // it tells that what was asked for is granted
}

func (l Letter) vars() map[string]any {
	list := func(of []string) []any {
		out := []any{}
		for _, s := range of {
			out = append(out, s)
		}
		return out
	}
	return map[string]any{"to": list(l.To), "remarks": list(l.Remarks), "subject": l.Subject, "salutation": l.Salutation, "text": l.Text, "clerk": l.Clerk, "phone": l.Phone, "granted": l.Granted}
}

// letterLayout is what stands around the blocks of a letter: from, remarks, to and foot are lists of lines.
type letterLayout struct {
	Logo    string      `yaml:"logo"` // a picture in documents/; a tenant that has none goes without
	From    form.Source `yaml:"from"`
	Return  form.Source `yaml:"return"`
	Remarks form.Source `yaml:"remarks"`
	To      form.Source `yaml:"to"`
	Info    []struct {
		Label form.Saying `yaml:"label"`
		Cell  cellLayout  `yaml:",inline"`
	} `yaml:"info"`
	Subject cellLayout  `yaml:"subject"`
	Foot    form.Source `yaml:"foot"` // a list of columns, each a list of lines
}

type letterRule struct {
	from, sender, remarks, to, foot *expr.Rule
	labels                          []*form.Sayer
	info                            []cellRule
	subject                         cellRule
	logo                            []byte
}

func (d drawer) letter(l letterLayout) (*letterRule, error) {
	r := &letterRule{from: d.rule(l.From, "letter.from"), sender: d.rule(l.Return, "letter.return"), remarks: d.rule(l.Remarks, "letter.remarks"),
		to: d.rule(l.To, "letter.to"), foot: d.rule(l.Foot, "letter.foot"), subject: d.cell(l.Subject, "letter.subject")}
	for i, line := range l.Info {
		r.labels = append(r.labels, d.say(&line.Label))
		r.info = append(r.info, d.cell(line.Cell, fmt.Sprintf("letter.info[%d]", i)))
	}
	if l.Logo != "" {
		logo, err := d.picture(l.Logo)
		if err != nil && !isNotExist(err) {
			return nil, fmt.Errorf("%s/%s: letter.logo: %w", d.service, d.file, err)
		}
		r.logo = logo
	}
	return r, nil
}

func (r *letterRule) make(lang string, vars expr.Vars) (*document.Letter, error) {
	s := scope{lang: lang, vars: vars}
	l := &document.Letter{Logo: r.logo}
	var err error
	for _, zone := range []struct {
		rule  *expr.Rule
		lines *[]string
	}{{r.from, &l.From}, {r.remarks, &l.Remarks}, {r.to, &l.To}} {
		if *zone.lines, err = texts(zone.rule, lang, vars); err != nil {
			return nil, err
		}
	}
	if r.sender != nil {
		if l.Return, err = r.sender.Text(vars); err != nil {
			return nil, err
		}
	}
	for i, line := range r.info {
		said, show, err := line.write(s)
		label, ok := r.labels[i].Say(lang, vars)
		if err != nil || !ok {
			return nil, expr.ErrEval
		}
		if show {
			l.Info = append(l.Info, document.Info{Label: label, Text: said})
		}
	}
	if l.Subject, _, err = r.subject.write(s); err != nil {
		return nil, err
	}
	if r.foot == nil {
		return l, nil
	}
	v, err := r.foot.Any(vars)
	columns, is := v.([]any)
	if err != nil || !is {
		return nil, expr.ErrEval
	}
	for _, c := range columns {
		list, _ := c.([]any)
		var lines []string
		for _, line := range list {
			lines = append(lines, form.InLang(lang, line))
		}
		l.Foot = append(l.Foot, lines)
	}
	return l, nil
}

// Address is where the applicant lives, as service.yaml says it (letter.to), line by line; empty when the service does not ask for it, or it was not
// answered.
func (s *Service) Address(app Application, today time.Time) []string {
	vars := s.vars(Data{Application: app, Today: today}, app.Lang)
	var lines []string
	for _, r := range s.to {
		line, err := r.Text(vars)
		if err != nil { // half an address brings a letter to somebody else
			return nil
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// sender is who writes letters: the tenant's table "letter", with what can be said without it.
func (t *Tenant) sender(day time.Time) map[string]any {
	s := map[string]any{"head": []any{t.Name}, "return": t.Name, "place": "", "foot": []any{}}
	table, _ := t.Tables(day)["letter"].(map[string]any)
	for key, v := range table {
		s[key] = v
	}
	return s
}

// officeVars are name, address, hours, phone and mail of an office in a language; what is not known is empty.
func (t *Tenant) officeVars(row, lang string, day time.Time) map[string]any {
	offices, _ := t.Tables(day)["offices"].(map[string]any)
	o, _ := offices[row].(map[string]any)
	vars := map[string]any{}
	for _, key := range []string{"name", "address", "hours", "phone", "mail"} {
		vars[key] = form.InLang(lang, o[key])
	}
	return vars
}

// loadSentences reads the sentences of the general papers once.
var loadSentences = sync.OnceValues(func() (*text.Texts, error) {
	folder, err := fs.Sub(general, "general/texts")
	if err != nil {
		return nil, err
	}
	return text.Load(folder)
})

// Sentences are those of the papers that every service has: the letter, the summary.
func Sentences() (*text.Texts, error) { return loadSentences() }

// readGeneral compiles the general papers for a tenant, its own ones in place of ours.
func (t *Tenant) readGeneral(folder fs.FS) (map[string]*template, error) {
	own, err := fs.Sub(general, "general")
	if err != nil {
		return nil, err
	}
	templates := map[string]*template{}
	for _, from := range []struct {
		name   string
		folder fs.FS
	}{{"general", own}, {t.ID, folder}} {
		files, err := fs.Glob(from.folder, "documents/*.yaml")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			read, err := loadTemplate(from.folder, from.name, file, t.texts, nil, folder)
			if err != nil {
				return nil, err
			}
			templates[strings.TrimSuffix(path.Base(file), ".yaml")] = read
		}
	}
	return templates, nil
}
