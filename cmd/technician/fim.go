package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fim"
)

type serviceImportCmd struct {
	File      string   `arg:"" placeholder:"FILE.xml" help:"The data field schema, XDatenfelder 2.0 or 3.0; - reads it from standard input."`
	Out       string   `required:"" placeholder:"DIR" type:"path" help:"Where services lie: the new one becomes DIR/ID."`
	ID        string   `required:"" name:"id" help:"The service's name, such as hund-anmelden; it has to be new in DIR."`
	Tenant    []string `placeholder:"TENANT" help:"Who offers it; left out: stadt."`
	Office    string   `placeholder:"ROW" help:"Row of the tenant's table of offices."`
	Situation []string `placeholder:"ID" help:"Life situations of the tenant's home screen; left out: ausweis-reise."`
	Icon      string   `help:"Name of an icon; left out: list-check."`
}

// folded is the last line: the folder is there.
type folded struct {
	OK     bool   `json:"ok"`
	Files  int    `json:"files"`
	Left   int    `json:"left"` // lines of the report: what could not be carried over
	Folder string `json:"folder"`
}

// Help is shown by service import --help.
func (serviceImportCmd) Help() string {
	return `It prints what could not be carried over, an object for each, and at last what there is now:

	{"id":"F99000007","name":"Rasse","line":155,"kind":"list","what":"a choice out of a code list that is not in the document: urn:de:example:hunderasse_1","instead":"typed; form.yaml can name options, or a tenant's table"}
	{"ok":true,"files":5,"left":1,"folder":"assets/services/hund-anmelden"}

A folder that is there already stays as it is.`
}

// Run makes a service's folder of a data field schema.
func (c serviceImportCmd) Run(h *hands) error {
	in := h.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("service import: %w", err)
		}
		defer file.Close()
		in = file
	}
	schema, err := fim.Read(in)
	if err != nil {
		return err
	}
	files, report, err := schema.Folder(fim.Options{ID: c.ID, Tenants: c.Tenant, Office: c.Office, Situations: c.Situation, Icon: c.Icon})
	if err != nil {
		return errors.Join(tellReport(h, report), err)
	}
	folder := filepath.Join(c.Out, c.ID) // Folder has refused what is no name
	if err := writeFolder(folder, files); err != nil {
		return fmt.Errorf("service import: %w", err)
	}
	if err := tellReport(h, report); err != nil {
		return err
	}
	return h.print(folded{OK: true, Files: len(files), Left: len(report), Folder: folder})
}

// tellReport prints a report's lines.
func tellReport(h *hands, report fim.Report) error {
	for _, l := range report {
		if err := h.print(l); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder makes a folder that was not there, as a whole or not at all.
func writeFolder(folder string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil { // refuses one that is there
		return err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(folder) // it was made here
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
