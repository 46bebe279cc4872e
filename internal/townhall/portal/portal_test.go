package portal_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/portal"
)

const home = "https://rathaus.example"

func open(t *testing.T) (*service.Catalogue, http.Handler) {
	t.Helper()
	c, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return c, portal.New(portal.Options{Home: home, Services: c.Services, Find: c.Find})
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "10.0.0.7:8081"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Whoever is handed an application finds what its answers look like under an address that stays, without signing in and however this town hall is reached.
func TestTheSchemaOfEveryServiceIsPublished(t *testing.T) {
	c, h := open(t)
	for _, s := range c.Services() {
		path := "/schemas/" + s.ID + "/" + s.Version + "/schema.json"
		res := get(h, path)
		if !s.Online() {
			if res.Code != http.StatusNotFound {
				t.Errorf("%s only informs and has a schema: %d", s.ID, res.Code)
			}
			continue
		}
		if res.Code != http.StatusOK || res.Header().Get("Content-Type") != "application/schema+json" || res.Header().Get("Set-Cookie") != "" {
			t.Fatalf("%s: %d %s", path, res.Code, res.Header())
		}
		var id struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal(res.Body.Bytes(), &id); err != nil || id.ID != home+path {
			t.Errorf("%s is called %q, %v", path, id.ID, err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(res.Body.Bytes()))
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
		if again := get(h, path, "If-None-Match", res.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s is sent to who has it: %d", path, again.Code)
		}
	}
	for _, path := range []string{"/schemas/parkausweis-bewohner/99/schema.json", "/schemas/nichts/1/schema.json", "/schemas/..%2f..%2fetc/1/schema.json", "/", "/vorgang/1"} {
		if res := get(h, path); res.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.Code)
		}
	}
}

func TestTheListNamesEverySchemaThatCanBeFetched(t *testing.T) {
	c, h := open(t)
	res := get(h, "/schemas/")
	var list []struct{ Service, Version, Title, SchemaURI string }
	if err := json.Unmarshal(res.Body.Bytes(), &list); err != nil || res.Code != http.StatusOK {
		t.Fatal(res.Code, err)
	}
	online := 0
	for _, s := range c.Services() {
		if s.Online() {
			online++
		}
	}
	if len(list) != online {
		t.Errorf("%d schemas of %d services", len(list), online)
	}
	for _, x := range list {
		if len(x.SchemaURI) < len(home) || x.SchemaURI[:len(home)] != home || get(h, x.SchemaURI[len(home):]).Code != http.StatusOK || x.Title == "" {
			t.Errorf("%+v", x)
		}
	}
}

func TestAnAddressIsCheckedBeforeThingsAreCalledByIt(t *testing.T) {
	for _, wrong := range []string{"", "rathaus.example", "http://rathaus.example", "https://rathaus.example/", "https://", "https://a@rathaus.example", "https://rathaus.example/x?y", "https://rathaus.example#z"} {
		if portal.CheckHome(wrong) == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	for _, right := range []string{home, home + ":8443", home + "/stadt"} {
		if err := portal.CheckHome(right); err != nil {
			t.Errorf("%q: %v", right, err)
		}
	}
}
