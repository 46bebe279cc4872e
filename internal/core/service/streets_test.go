package service

import (
	"io/fs"
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
)

// Addresses and the map must not know different streets.
func TestTheTableOfStreetsHasTheStreetsOfTheMap(t *testing.T) {
	data, err := fs.ReadFile(assets.FS, "map/bad-oeynhausen.geojson")
	if err != nil {
		t.Fatal(err)
	}
	town, err := place.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := LoadTenant(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	table, _ := tenant.Tables(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))["streets"].(map[string]any)
	rows, _ := table["streets"].([]any)
	codes, _ := table["postcodes"].([]any)
	var mapped, listed []string
	for _, s := range town.Streets {
		mapped = append(mapped, s.Name)
	}
	for _, r := range rows {
		row, _ := r.(map[string]any)
		name, _ := row["name"].(string)
		listed = append(listed, name)
		if code := row["postcode"]; code != nil && !slices.Contains(codes, code) {
			t.Errorf("%s has the postcode %v, which the town does not have", name, code)
		}
	}
	slices.Sort(mapped)
	slices.Sort(listed)
	if !slices.Equal(mapped, listed) {
		t.Errorf("the map has %q, the table %q", mapped, listed)
	}
}
