package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// pageCmd draws every page of a service.
type pageCmd struct {
	flags
	Service  string `arg:"" help:"A service's folder, or the id of a shipped one."`
	Tenant   string `help:"Id of the tenant." default:"stadt"`
	Answers  string `help:"JSON file with answers, or one of the service's examples/*.yaml." type:"existingfile"`
	Day      string `help:"The day the rules count from; default today." placeholder:"2026-11-23"`
	Problems bool   `help:"Show what is wrong and what is missing."`
	Document string `help:"Draw this document instead of the pages, on the screen, on the receipt printer and as PDF: slip, permit, letter, summary ..."`
	Typing   bool   `help:"Open the keyboard for the first field to type into."`
	Open     string `help:"Path of a date whose calendar is open." placeholder:"/from"`
	Search   string `help:"Path of a long list, and what it is searched for." placeholder:"/country=irl"`
}

// Run is called by kong.
func (c *pageCmd) Run() error {
	p, st, texts, err := c.painter()
	if err != nil {
		return err
	}
	s, err := c.find()
	if err != nil {
		return err
	}
	if !s.Online() {
		return fmt.Errorf("preview: the service %q has no form", c.Service)
	}
	answers, day, err := c.read()
	if err != nil {
		return err
	}
	if c.Document != "" {
		return c.documents(p, st, s, answers, day)
	}
	v := s.View(answers, st.Lang, day)
	steps := len(v.Pages) + 2
	suggest, err := streets()
	if err != nil {
		return err
	}
	aside := &page.Aside{}
	if c.Open != "" {
		aside.Point(c.Open)
	}
	if path, query, ok := strings.Cut(c.Search, "="); ok {
		aside.Search(path+"?", query)
	}
	fits := func(path string, days []time.Time) []bool { return s.Fits(answers, path, days, day) }
	for i, pg := range v.Pages {
		shown := map[string]bool{}
		scr := &screen{title: pg.Title, service: s.Title(st.Lang), sub: s.Tenant().Name, step: i + 1, of: steps, next: texts.Say(st.Lang, "page.next")}
		for _, f := range pg.Inputs() {
			shown[f.Path] = c.Problems
			if c.Typing && scr.focused == "" && f.Keys != form.KeysNone && !f.ReadOnly {
				scr.focused, scr.keys, scr.typed = f.Path, f.Keys, true
			}
		}
		scr.body = page.Draw(st, texts, v, i, page.Events{Suggest: suggest, Aside: aside, Day: day, Days: fits}, shown, scr.focused)
		if err := p.draw(fmt.Sprintf("%02d-%s", i+1, pg.ID), scr.draw(st, texts, p.size), false, scr.reveal); err != nil {
			return err
		}
	}
	sum := &screen{title: texts.Say(st.Lang, "page.summary"), service: s.Title(st.Lang), sub: s.Tenant().Name, step: len(v.Pages) + 1, of: steps,
		next: texts.Say(st.Lang, "page.next"), body: page.Summary(st, texts, v, nil)}
	return p.draw(fmt.Sprintf("%02d-summary", len(v.Pages)+1), sum.draw(st, texts, p.size), false, nil)
}

// streets suggests streets of the shipped map, as the terminal does.
func streets() (func(form.Field) []string, error) {
	town, err := content.Map()
	if err != nil {
		return nil, fmt.Errorf("preview: %w", err)
	}
	return func(f form.Field) []string { return town.Suggest(f.Text, 4) }, nil
}

// find reads the service's folder, or finds it among those that every program ships.
func (c *pageCmd) find() (*service.Service, error) {
	if info, err := os.Stat(c.Service); err == nil && info.IsDir() {
		t, err := service.LoadTenant(assets.FS, c.Tenant)
		if err != nil {
			return nil, fmt.Errorf("preview: %w", err)
		}
		dir, err := filepath.Abs(c.Service)
		if err != nil {
			return nil, fmt.Errorf("preview: service: %w", err)
		}
		s, err := service.Load(os.DirFS(dir), filepath.Base(dir), t)
		if err != nil {
			return nil, fmt.Errorf("preview: %w", err)
		}
		return s, nil
	}
	catalogue, err := service.LoadCatalogue(assets.FS, c.Tenant)
	if err != nil {
		return nil, fmt.Errorf("preview: services: %w", err)
	}
	s, ok := catalogue.Find(c.Service, "")
	if !ok {
		return nil, fmt.Errorf("preview: there is no service %q", c.Service)
	}
	return s, nil
}

// read reads the answers and the day.
func (c *pageCmd) read() (form.Answers, time.Time, error) {
	answers, day := form.Answers{}, time.Now()
	if c.Day != "" {
		d, err := time.Parse(time.DateOnly, c.Day)
		if err != nil {
			return nil, day, fmt.Errorf("preview: day: want one such as 2026-11-23")
		}
		day = d
	}
	if c.Answers == "" {
		return answers, day, nil
	}
	data, err := os.ReadFile(c.Answers)
	if err != nil {
		return nil, day, fmt.Errorf("preview: answers: %w", err)
	}
	if strings.HasSuffix(c.Answers, ".yaml") { // one of the service's examples
		var e service.Example
		if err := form.Decode(c.Service, c.Answers, data, &e); err != nil {
			return nil, day, fmt.Errorf("preview: answers: %w", err)
		}
		if c.Day == "" && e.Day != "" {
			day = e.On()
		}
		return e.Answers, day, nil
	}
	if err := json.Unmarshal(data, &answers); err != nil {
		return nil, day, fmt.Errorf("preview: answers: not a JSON object")
	}
	return answers, day, nil
}
