package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

type serviceCmd struct {
	Check   serviceCheckCmd   `cmd:"" help:"Is everything there, does every rule compile, do the examples come out as they should."`
	Import  serviceImportCmd  `cmd:"" help:"Make a service's folder of a FIM data field schema (XDatenfelder)."`
	Diff    serviceDiffCmd    `cmd:"" help:"What a newer version changes, in words."`
	Sign    serviceSignCmd    `cmd:"" help:"Check a folder, pack it and sign it: one file that the town hall publishes."`
	Key     serviceKeyCmd     `cmd:"" help:"Make a key to sign services with."`
	Explain serviceExplainCmd `cmd:"" help:"What the service makes of answers: pages, fee, what is missing, who is entitled, and why."`
}

// offered is a service in a folder, with the tenant whose tables it reads.
type offered struct {
	Dir    string `arg:"" type:"existingdir" help:"The service's folder."`
	Tenant string `default:"stadt" help:"Whose tables and sentences it uses."`
}

func (o offered) load() (*service.Service, error) { return loadFolder(o.Dir, o.Tenant) }

func loadFolder(folder, tenant string) (*service.Service, error) {
	t, err := service.LoadTenant(assets.FS, tenant)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	return service.Load(os.DirFS(dir), filepath.Base(dir), t)
}

type serviceCheckCmd struct{ offered }

// checked is how a check ended.
type checked struct {
	OK       bool   `json:"ok"`
	Service  string `json:"service"`
	Version  string `json:"version"`
	Examples int    `json:"examples"`
	Wrong    int    `json:"wrong"`
}

// Run prints what is wrong, a line each, and how it ended.
func (c serviceCheckCmd) Run(h *hands) error {
	s, err := c.load()
	if err != nil {
		return err
	}
	found, examples, err := s.Flaws(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	found = append(found, undrawn(s)...)
	for _, f := range found {
		if err := h.print(f); err != nil {
			return err
		}
	}
	if err := h.print(checked{len(found) == 0, s.ID, s.Version, examples, len(found)}); err != nil {
		return err
	}
	if len(found) > 0 {
		return service.ErrFlaws
	}
	return nil
}

// undrawn are the icons that the service names and the programs do not have.
func undrawn(s *service.Service) (found []service.Flaw) {
	for _, icon := range s.Icons() {
		if _, err := fs.Stat(assets.FS, "icons/"+icon+".svg"); err != nil {
			found = append(found, service.Flaw{Wrong: fmt.Sprintf("%s: there is no icon %q; assets/icons has them all, tabler.io/icons shows what they look like", s.ID, icon)})
		}
	}
	return found
}

type serviceDiffCmd struct {
	Older  string `arg:"" type:"existingdir" help:"The folder of the version that is offered now."`
	Newer  string `arg:"" type:"existingdir" help:"The folder of the version that is to be offered."`
	Tenant string `default:"stadt" help:"Whose tables and sentences they use."`
	JSON   bool   `name:"json" help:"Print an object a change instead of words."`
}

// Run prints a line a change; none if nothing changes.
func (c serviceDiffCmd) Run(h *hands) error {
	older, err := loadFolder(c.Older, c.Tenant)
	if err != nil {
		return err
	}
	newer, err := loadFolder(c.Newer, c.Tenant)
	if err != nil {
		return err
	}
	for _, d := range service.Diff(older, newer) {
		if c.JSON {
			err = h.print(d)
		} else {
			_, err = fmt.Fprintf(h.out, "%-24s %s\n", d.Where, d.What)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type serviceExplainCmd struct {
	offered
	Answers string `arg:"" type:"existingfile" help:"The answers as JSON."`
	Lang    string `default:"de" help:"Language of the sentences."`
	Day     string `help:"The day the rules count from; today if left out."`
}

// explanation is what a service makes of answers.
type explanation struct {
	Service  string        `json:"service"`
	Version  string        `json:"version"`
	Complete bool          `json:"complete"`
	Pages    []pageOf      `json:"pages"`
	Fields   []fieldOf     `json:"fields"`
	Missing  []string      `json:"missing"`
	Errors   []problemOf   `json:"errors"`
	Fee      *int64        `json:"fee_cents"` // null as long as it cannot be said
	FeeSteps []form.Step   `json:"fee_steps,omitempty"`
	Eligible *bool         `json:"eligible"` // null as long as it cannot be said
	Reasons  []form.Reason `json:"reasons"`
	Needs    []needOf      `json:"needs"`  // papers to bring along
	Office   string        `json:"office"` // that the answers belong to
}

type pageOf struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

type fieldOf struct {
	Page     string    `json:"page"`
	Path     string    `json:"path"`
	Kind     form.Kind `json:"kind"`
	Label    string    `json:"label"`
	Text     string    `json:"text,omitempty"`
	Note     string    `json:"note,omitempty"`
	Required bool      `json:"required"`
}

type needOf struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type problemOf struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Run prints one object.
func (c serviceExplainCmd) Run(h *hands) error {
	s, err := c.load()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.Answers)
	if err != nil {
		return fmt.Errorf("service: answers: %w", err)
	}
	var answers form.Answers
	if err := json.Unmarshal(text, &answers); err != nil {
		return fmt.Errorf("service: answers: %s: %w", c.Answers, err)
	}
	day := time.Now()
	if c.Day != "" {
		if day, err = time.Parse(time.DateOnly, strings.TrimSpace(c.Day)); err != nil {
			return errors.New("service: --day is no day such as 2026-11-23")
		}
	}
	return h.print(explain(s, answers, c.Lang, day))
}

func explain(s *service.Service, answers form.Answers, lang string, day time.Time) explanation {
	v := s.View(answers, lang, day)
	e := explanation{Service: s.ID, Version: s.Version, Complete: v.Complete, Pages: []pageOf{}, Fields: []fieldOf{}, Missing: []string{}, Errors: []problemOf{}, Reasons: []form.Reason{}, Needs: []needOf{}, Office: s.OfficeFor(answers, day)}
	for _, p := range v.Pages {
		e.Pages = append(e.Pages, pageOf{p.ID, p.Title, p.Done})
		for _, f := range p.Fields {
			e.Fields = append(e.Fields, fieldOf{p.ID, f.Path, f.Kind, f.Label, f.Text, f.Note, f.Required})
			switch {
			case f.Missing:
				e.Missing = append(e.Missing, f.Path)
			case f.Problem != "":
				e.Errors = append(e.Errors, problemOf{f.Path, f.Problem})
			}
		}
	}
	for _, n := range v.Needs {
		e.Needs = append(e.Needs, needOf{n.Name, n.Text})
	}
	if v.Fee != nil {
		n := int64(v.Fee.Amount)
		e.Fee, e.FeeSteps = &n, v.Fee.Steps
	}
	if v.Eligible != nil {
		e.Eligible, e.Reasons = &v.Eligible.OK, append(e.Reasons, v.Eligible.Reasons...)
	}
	return e
}
