package service

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// counted notes which services are read.
type counted struct {
	fs.FS
	mu   sync.Mutex
	read map[string]bool
}

func (c *counted) Open(name string) (fs.File, error) {
	if folder, ok := strings.CutPrefix(name, "services/"); ok {
		if id, file, ok := strings.Cut(folder, "/"); ok && file == "service.yaml" {
			c.mu.Lock()
			c.read[id] = true
			c.mu.Unlock()
		}
	}
	return c.FS.Open(name)
}

func TestAnOpenedCatalogueReadsAServiceWhenItIsAskedFor(t *testing.T) {
	c := &counted{FS: shipped, read: map[string]bool{}}
	catalogue, err := OpenCatalogue(c, "stadt")
	if err != nil || len(c.read) > 0 {
		t.Fatalf("before anybody asked: %v, %v", c.read, err)
	}
	if _, ok := catalogue.Find("hundesteuer", ""); !ok || len(c.read) != 1 || !c.read["hundesteuer"] {
		t.Errorf("for one service: %v", c.read)
	}
	if err := catalogue.Ready(); err != nil {
		t.Fatal(err)
	}
	if n := len(catalogue.Services()); n < 20 || len(c.read) < n {
		t.Errorf("%d services, %d read", n, len(c.read))
	}
}

// One folder that is damaged is not offered; the others are.
func TestADamagedServiceTakesNoOtherAlong(t *testing.T) {
	files := fstest.MapFS{}
	err := fs.WalkDir(shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(name, "services/hundesteuer/") && !strings.HasPrefix(name, "services/urkunden/") && !strings.HasPrefix(name, "tenants/") {
			return err
		}
		data, err := fs.ReadFile(shipped, name)
		if name == "services/hundesteuer/form.yaml" {
			data = []byte("pages: [")
		}
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := OpenCatalogue(files, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Wait(); err == nil || !strings.Contains(err.Error(), "hundesteuer/form.yaml") {
		t.Errorf("Wait says %v", err)
	}
	if _, ok := catalogue.Find("hundesteuer", ""); ok {
		t.Error("a damaged service is offered")
	}
	if _, ok := catalogue.Find("urkunden", ""); !ok || len(catalogue.Services()) != 1 {
		t.Errorf("the other one is gone: %d", len(catalogue.Services()))
	}
	if hits := catalogue.Search("de", "geburtsurkunde"); len(hits) == 0 || hits[0].Service.ID != "urkunden" {
		t.Error("and is not found")
	}
	if _, err := LoadCatalogue(files, "stadt"); err == nil {
		t.Error("the town hall starts with a damaged service")
	}
}

func BenchmarkLoadCatalogue(b *testing.B) {
	for b.Loop() {
		if _, err := LoadCatalogue(shipped, "stadt"); err != nil {
			b.Fatal(err)
		}
	}
}
