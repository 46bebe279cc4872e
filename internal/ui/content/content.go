// Package content is what both shells show of the house's assets: a tenant's services and colour, the texts, the town's map.
package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Content is what a shell is opened with. It is read once and does not change.
type Content struct {
	Catalogue *service.Catalogue // the tenant's services, each read when it is first needed; its Ready reads the rest
	Texts     *text.Texts
}

// Begin begins to read beside everything else that a start needs; the function it returns waits for what was read. tenant is a folder of
// assets/tenants.
func Begin(tenant string) func() (Content, error) {
	var c Content
	var textsErr, servicesErr error
	said, offered := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(said)
		c.Texts, textsErr = TextsOf(tenant)
	}()
	go func() {
		defer close(offered)
		c.Catalogue, servicesErr = service.OpenCatalogue(assets.FS, tenant)
	}()
	return func() (Content, error) {
		<-said
		<-offered
		return c, errors.Join(textsErr, servicesErr)
	}
}

// Tenants lists the tenants that there are, by their ids.
func Tenants() (ids []string) {
	folders, _ := fs.Glob(assets.FS, "tenants/*/tenant.yaml")
	for _, f := range folders {
		ids = append(ids, path.Base(path.Dir(f)))
	}
	return ids
}

// Has tells whether there is such a tenant.
func Has(tenant string) bool { return slices.Contains(Tenants(), tenant) }

// Languages lists the languages that the terminal speaks, by their tags.
func Languages() (tags []string) {
	files, _ := fs.Glob(assets.FS, "texts/kiosk/*.yaml")
	for _, f := range files {
		tags = append(tags, strings.TrimSuffix(path.Base(f), ".yaml"))
	}
	return tags
}

// Accent is the tenant's colour.
func (c Content) Accent() look.Accent {
	if c.Catalogue.Tenant().Accent == "staatsbad" {
		return look.Sloe
	}
	return look.Petrol
}

// Texts reads the texts in all languages, as the town hall says them.
func Texts() (*text.Texts, error) { return texts(text.Names{}) }

// TextsOf reads the texts in all languages, with a tenant's own names for its house.
func TextsOf(tenant string) (*text.Texts, error) {
	names, err := service.LoadNames(assets.FS, tenant)
	if err != nil {
		return nil, fmt.Errorf("content: texts: %w", err)
	}
	return texts(names)
}

func texts(names text.Names) (*text.Texts, error) {
	files, err := fs.Sub(assets.FS, "texts")
	if err != nil {
		return nil, fmt.Errorf("content: texts: %w", err)
	}
	t, err := text.LoadAs(files, names)
	if err != nil {
		return nil, fmt.Errorf("content: texts: %w", err)
	}
	return t, nil
}

// Map reads the town's map.
func Map() (*place.Town, error) {
	data, err := assets.FS.ReadFile("map/bad-oeynhausen.geojson")
	if err != nil {
		return nil, fmt.Errorf("content: map: %w", err)
	}
	t, err := place.Read(data)
	if err != nil {
		return nil, fmt.Errorf("content: map: %w", err)
	}
	return t, nil
}
