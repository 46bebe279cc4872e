package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Whoever is handed an application finds what its answers look like under an address that stays, without signing in.
func TestTheSchemaOfEveryServiceIsPublished(t *testing.T) {
	c, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, false, c)
	for _, s := range c.Services() {
		path := "/schemas/" + s.ID + "/" + s.Version + "/schema.json"
		res := h.get(path)
		if !s.Online() {
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s only informs and has a schema: %d", s.ID, res.StatusCode)
			}
			continue
		}
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/schema+json" {
			t.Fatalf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		var id struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal([]byte(res.body), &id); err != nil || id.ID != strings.Replace(h.url, "http:", "https:", 1)+path {
			t.Errorf("%s is called %q, %v", path, id.ID, err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(res.body)))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(id.ID, doc); err != nil {
			t.Fatal(err)
		}
		if _, err := compiler.Compile(id.ID); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/schemas/parkausweis-bewohner/99/schema.json", "/schemas/nichts/1/schema.json", "/schemas/..%2f..%2fetc/1/schema.json"} {
		if res := h.get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
