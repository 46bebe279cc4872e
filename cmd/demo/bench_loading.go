package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// folders is how many services a town has that offers everything here.
const folders = 200

// loading measures the start with two hundred services on the disk: until the catalogue can be shown and searched. That takes what it says of each service;
// form, card and documents are read when a service is opened, or afterwards, while somebody looks at the screen. Beside it stands reading all files of all
// the services, without looking into them.
func (b *bench) loading(_ context.Context, work string) error {
	dir := filepath.Join(work, "town")
	offered, err := copyServices(dir, folders)
	if err != nil {
		return fmt.Errorf("demo: bench: loading: %w", err)
	}
	var ours, reading []float64
	files := 0
	var last *service.Catalogue
	for range b.rounds + 1 {
		last = nil
		runtime.GC() // a start finds nothing to clear away
		began := time.Now()
		if files, err = readFolders(filepath.Join(dir, "services")); err != nil {
			return err
		}
		reading = append(reading, ms(time.Since(began)))
		began = time.Now()
		c, err := service.OpenCatalogue(os.DirFS(dir), "stadt")
		if err != nil {
			return err
		}
		shown, found := c.Services(), c.Ask("de", "parkausweis")
		ours = append(ours, ms(time.Since(began)))
		if len(shown) != offered || found.None {
			return fmt.Errorf("demo: bench: loading: %d services of %d are shown", len(shown), offered)
		}
		last = c
	}
	if err := last.Wait(); err != nil { // and each of them can be opened
		return err
	}
	b.add(fmt.Sprintf("loading %d services", folders), "ms", ours[1:], reading[1:], fmt.Sprintf("reading their %d files", files), "ratio <= 3",
		func(_, ratio float64) bool { return ratio <= 3 }, fmt.Sprintf("shown and searched; %d are this tenant's", offered))
	return nil
}

// copyServices writes so many services to a folder, ours again and again under other ids, with the tenants and the search's words. It tells how many of
// them the town offers.
func copyServices(dir string, count int) (offered int, err error) {
	for _, top := range []string{"tenants", "search"} {
		sub, err := fs.Sub(assets.FS, top)
		if err != nil {
			return 0, err
		}
		if err := os.CopyFS(filepath.Join(dir, top), sub); err != nil {
			return 0, err
		}
	}
	all, err := fs.Glob(assets.FS, "services/*/service.yaml")
	if err != nil || len(all) == 0 {
		return 0, errors.Join(err, errors.New("no services"))
	}
	copies := map[string][]string{}
	for n := range count {
		about := all[n%len(all)]
		old := strings.Split(about, "/")[1]
		id := old
		if again := n / len(all); again > 0 {
			id = fmt.Sprintf("%s-%d", old, again)
			copies[old] = append(copies[old], id)
		}
		sub, err := fs.Sub(assets.FS, "services/"+old)
		if err != nil {
			return 0, err
		}
		to := filepath.Join(dir, "services", id)
		if err := os.CopyFS(to, sub); err != nil {
			return 0, err
		}
		text, err := fs.ReadFile(assets.FS, about)
		if err != nil {
			return 0, err
		}
		text = bytes.Replace(text, []byte("id: "+old+"\n"), []byte("id: "+id+"\n"), 1)
		if err := os.WriteFile(filepath.Join(to, "service.yaml"), text, 0o644); err != nil {
			return 0, err
		}
		if bytes.Contains(text, []byte("stadt")) && !bytes.Contains(text, []byte("tenants: [staatsbad]")) {
			offered++
		}
	}
	return offered, copyLaw(filepath.Join(dir, "tenants"), copies)
}

// copyLaw lets the tenants promise for the copies what they promise in law for a service.
func copyLaw(tenants string, copies map[string][]string) error {
	return filepath.WalkDir(tenants, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" || !strings.Contains(filepath.ToSlash(name), "/texts/") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var said map[string]any
		if err := yaml.Unmarshal(text, &said); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		law, _ := said["law"].(map[string]any)
		if law == nil {
			return nil
		}
		for id, all := range copies {
			for _, other := range all {
				if law[id] != nil {
					law[other] = law[id]
				}
			}
		}
		if text, err = yaml.Marshal(said); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return os.WriteFile(name, text, 0o644)
	})
}

// readFolders reads all files.
func readFolders(dir string) (files int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		_, err = os.ReadFile(name)
		return err
	})
	return files, err
}
