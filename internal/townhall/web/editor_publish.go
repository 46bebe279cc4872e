package web

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// sendDraft sends the folder as a file that can be handed in again.
func (s *site) sendDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, numbered(r.URL.Query().Get("stand")))
	if !ok {
		return
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := errors.Join(z.AddFS(d.Checked.Files.FS()), z.Close()); err != nil {
		s.fail(w, r, fmt.Errorf("web: pack draft of a service: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+d.State.Service+`-entwurf.zip"`)
	_, _ = w.Write(b.Bytes()) // who hung up does not want it any more
}

// draftChangesPage is what a draft changes, and the way to publish it.
type draftChangesPage struct {
	draftHead
	Version, Was, Next string
	Taken              bool
	Moved              bool // another version is offered than the one it began with
	Changes            []reasonLine
	Mistakes           []mistakeLine
}

func (s *site) showDraftChanges(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.serviceDraft(w, r, 0); ok {
		s.drawDraftChanges(w, r, http.StatusOK, d)
	}
}

func (s *site) drawDraftChanges(w http.ResponseWriter, r *http.Request, status int, d services.Draft) {
	next, err := s.Library.Next(r.Context(), d.State.Service)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: next version: %w", err))
		return
	}
	p := draftChangesPage{draftHead: s.draftHead(r, d), Next: next, Taken: d.Checked.Taken, Mistakes: mistakeLines(d, "")}
	if d.Checked.Service != nil {
		p.Version = d.Checked.Service.Version
	}
	if d.Checked.Now != nil {
		p.Was = d.Checked.Now.Version
		p.Moved = p.Was != d.Base
	}
	for _, c := range d.Checked.Changes {
		p.Changes = append(p.Changes, reasonLine{c.Where, c.What})
	}
	s.draw(w, r, status, "editor-changes", shell{Title: p.Title + ", was sich ändert", Nav: "leistungen"}, p)
}

// raiseDraft gives the draft a number that is free.
func (s *site) raiseDraft(w http.ResponseWriter, r *http.Request) {
	e := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}
	switch err := s.Library.Raise(r.Context(), e); {
	case errors.Is(err, services.ErrText):
		s.notSaved(w, r, err, editorPage{File: "service.yaml", Problem: "In service.yaml steht keine Zeile, die mit version beginnt."})
		return
	case err != nil:
		s.notSaved(w, r, err, editorPage{})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "nummer-erhoeht")
	http.Redirect(w, r, draftURL(e.Service, "/aenderungen"), http.StatusSeeOther)
}

// readyDraft lays a draft without mistakes ready, to be confirmed as what was handed in is.
func (s *site) readyDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	if d.Revision != numbered(r.PostFormValue("stand")) {
		s.notSaved(w, r, services.ErrNewer, editorPage{})
		return
	}
	if len(d.Mistakes) > 0 || d.Checked.Taken {
		s.drawDraftChanges(w, r, http.StatusUnprocessableEntity, d)
		return
	}
	f, err := s.Library.CheckFolder(r.Context(), d.Checked.Files)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: check draft of a service: %w", err))
		return
	}
	if refused(f, nil) != nil { // it was whole a moment ago: the tenant's tables have changed
		s.drawDraftChanges(w, r, http.StatusUnprocessableEntity, d)
		return
	}
	http.Redirect(w, r, "/leistungen/pruefen/"+s.sheets.put(user(r).Login, f), http.StatusSeeOther)
}

type discardDraftPage struct {
	draftHead
	States int
}

func (s *site) askDiscardDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	states, err := s.Library.DraftStates(r.Context(), d.State.Service)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: states of a draft: %w", err))
		return
	}
	s.draw(w, r, http.StatusOK, "editor-discard", shell{Title: d.Title + ", Entwurf verwerfen", Nav: "leistungen"}, discardDraftPage{s.draftHead(r, d), len(states)})
}

func (s *site) discardDraft(w http.ResponseWriter, r *http.Request) {
	e := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}
	if err := s.Library.Discard(r.Context(), e); err != nil {
		s.notSaved(w, r, err, editorPage{})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "entwurf-verworfen")
	http.Redirect(w, r, "/leistungen", http.StatusSeeOther)
}
