package web

import (
	"encoding/json"
	"net/http"
)

// schema publishes what a service's answers look like, for whoever takes over an application: the schemaUri of FIT-Connect. It is public, and what
// stands at an address stays: another version has another address.
func (s *site) schema(w http.ResponseWriter, r *http.Request) {
	svc, ok := s.Catalogue.Find(r.PathValue("service"), r.PathValue("version"))
	if !ok || svc.Schema() == nil {
		http.NotFound(w, r)
		return
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(svc.Schema(), &doc); err != nil { // the catalogue has read it
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	id, err := json.Marshal("https://" + r.Host + r.URL.Path)
	if err == nil {
		doc["$id"] = id
		id, err = json.MarshalIndent(doc, "", "  ")
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write(id) // who hung up does not want it any more
}
