package main

import (
	"os"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// What the bench loads is a whole town: every service of it can be opened, the copies too.
func TestATownWithMoreServicesThanOursIsWhole(t *testing.T) {
	dir, several := t.TempDir(), 0
	offered, err := copyServices(dir, 70)
	if err != nil {
		t.Fatal(err)
	}
	c, err := service.OpenCatalogue(os.DirFS(dir), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Services() {
		if s.ID == "parkausweis-bewohner" || s.ID == "parkausweis-bewohner-1" {
			several++
		}
	}
	if len(c.Services()) != offered || several != 2 {
		t.Errorf("%d services of %d, resident parking %d times", len(c.Services()), offered, several)
	}
}
