package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// address is where a version's schema stands: the schemaUri of FIT-Connect.
func (p *portal) address(s *service.Service) string {
	return p.Home + "/schemas/" + s.ID + "/" + s.Version + "/schema.json"
}

// schema publishes what a service's answers look like, for whoever takes over an application. What stands at an address stays: another version has
// another address.
func (p *portal) schema(w http.ResponseWriter, r *http.Request) {
	s, ok := p.Find(r.PathValue("service"), r.PathValue("version"))
	if !ok || s.Schema() == nil {
		http.NotFound(w, r)
		return
	}
	var doc map[string]json.RawMessage
	err := json.Unmarshal(s.Schema(), &doc)
	if err == nil {
		doc["$id"], err = json.Marshal(p.address(s))
	}
	p.give(w, r, "application/schema+json", "public, max-age=86400", doc, err)
}

// listed is one line of the list of schemas.
type listed struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Title   string `json:"title"` // in German
	Schema  string `json:"schemaUri"`
}

// schemas lists the schemas of what is offered now.
func (p *portal) schemas(w http.ResponseWriter, r *http.Request) {
	list := []listed{}
	for _, s := range p.Services() {
		if s.Schema() != nil {
			list = append(list, listed{s.ID, s.Version, s.Title("de"), p.address(s)})
		}
	}
	p.give(w, r, "application/json", "public, max-age=300", list, nil)
}

// give writes a document, unless who asks has it already.
func (p *portal) give(w http.ResponseWriter, r *http.Request, kind, keep string, doc any, err error) {
	var text []byte
	if err == nil {
		text, err = json.MarshalIndent(doc, "", "  ")
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(text)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", keep)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}
