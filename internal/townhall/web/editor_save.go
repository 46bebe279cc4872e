package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// sentEdit says which draft a form is about, and which state of it the page showed.
func sentEdit(r *http.Request) services.Edit {
	return services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostForm.Get("stand")), Who: user(r).Login}
}

// saveFile stores the text of a file, whatever is wrong with it.
func (s *site) saveFile(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Der Text ist zu lang. Es wurde nichts geändert, der Entwurf ist, wie er war.", Link: draftURL(r.PathValue("leistung"), ""), LinkText: "Zum Entwurf"})
		return
	}
	e, file := sentEdit(r), r.PostForm.Get("datei")
	text := strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	err := s.Library.SaveFile(r.Context(), e, file, text)
	if err != nil {
		s.notSaved(w, r, err, editorPage{File: file, Text: text, Mine: true})
		return
	}
	s.tellSaved(r, e.Service)
	to := draftURL(e.Service, "", "datei", file)
	if then := local(r.PostForm.Get("dann")); strings.HasPrefix(then, draftURL(e.Service, "")) { // somebody went on without saving first
		to = then
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// tellSaved says on the next page that a draft is saved, and whether it fits.
func (s *site) tellSaved(r *http.Request, id string) {
	flash := "entwurf-gespeichert"
	if d, err := s.Library.Draft(r.Context(), id, 0); err == nil && len(d.Mistakes) > 0 {
		flash = "entwurf-unfertig"
	}
	s.sessions.Put(r.Context(), keyFlash, flash)
}

// notSaved says why a draft was not changed, on the page with what somebody wrote.
func (s *site) notSaved(w http.ResponseWriter, r *http.Request, why error, p editorPage) {
	d, err := s.Library.Draft(r.Context(), r.PathValue("leistung"), 0)
	if errors.Is(why, services.ErrDraft) || errors.Is(err, services.ErrDraft) {
		s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Diesen Entwurf gibt es nicht mehr", Text: "Er wurde inzwischen veröffentlicht oder verworfen.", Link: "/leistungen", LinkText: "Zu den Leistungen", Kept: p.Text})
		return
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: draft of a service: %w", err))
		return
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(why, services.ErrNewer), errors.Is(why, services.ErrNoFile):
		status = http.StatusConflict
		p.Newer = s.newer(r, d, p)
		if p.Newer.Gone {
			p.File = ""
		}
	case errors.Is(why, services.ErrTaken):
		p.Problem = "Eine Datei mit diesem Namen gibt es schon."
	case p.Problem != "": // said already
	case errors.Is(why, services.ErrText):
		p.Problem = "Das ist kein Text, den eine Datei aufnehmen kann. Es wurde nichts gespeichert."
	case errors.Is(why, bundle.ErrBundle) && p.NewName != "":
		p.Problem = "So kann eine Datei hier nicht heißen. Erlaubt sind Buchstaben ohne Umlaute, Ziffern, Punkt, Bindestrich und Unterstrich, in einem Ordner wie texts, documents oder examples. Es wurde nichts geändert."
	case errors.Is(why, bundle.ErrBundle):
		p.Problem = "So passt es nicht mehr in eine Leistung. Es wurde nichts gespeichert."
	default:
		s.fail(w, r, fmt.Errorf("web: change draft of a service: %w", why))
		return
	}
	if errors.Is(why, bundle.ErrBundle) {
		p.Reason = reasonOf(why)
	}
	s.drawDraft(w, r, status, d, p)
}

// reasonOf is what the check of a folder says, without its name.
func reasonOf(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(line, bundle.ErrBundle.Error()+": ")
}

func (s *site) newer(r *http.Request, d services.Draft, p editorPage) *newer {
	n := &newer{Who: s.names(r)(d.Who), When: lower(moment(d.At, s.Now(), s.Zone)), Kept: p.Mine}
	data, ok := d.Checked.Files.File(p.File)
	n.Gone, n.Other = !ok && p.File != "", string(data)
	if old, err := s.Library.Draft(r.Context(), d.State.Service, numbered(r.PostForm.Get("stand"))); err == nil {
		before, _ := old.Checked.Files.File(p.File)
		n.Same = ok && bytes.Equal(before, data)
	}
	if n.Who == "Sie" {
		n.Who = "haben Sie selbst"
	} else {
		n.Who = "hat " + n.Who
	}
	return n
}

// lower begins a word with a small letter, for the middle of a sentence.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// changeFile adds, renames or removes a file.
func (s *site) changeFile(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.notFound(w, r)
		return
	}
	e, file, name := sentEdit(r), r.PostForm.Get("datei"), strings.TrimSpace(r.PostForm.Get("name"))
	var err error
	flash, to := "", file
	switch r.PostForm.Get("tat") {
	case "anlegen":
		err, flash, to = s.Library.AddFile(r.Context(), e, name), "datei-angelegt", name
	case "umbenennen":
		err, flash, to = s.Library.RenameFile(r.Context(), e, file, name), "datei-umbenannt", name
	case "loeschen":
		err, flash, to = s.Library.RemoveFile(r.Context(), e, file), "datei-geloescht", ""
	default:
		s.notFound(w, r)
		return
	}
	if err != nil {
		if name == "" && errors.Is(err, bundle.ErrBundle) {
			name = " "
		}
		s.notSaved(w, r, err, editorPage{File: file, NewName: name})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, flash)
	http.Redirect(w, r, draftURL(e.Service, "", "datei", to), http.StatusSeeOther)
}

// restoreDraft brings an earlier state back.
func (s *site) restoreDraft(w http.ResponseWriter, r *http.Request) {
	e, file := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}, r.PostFormValue("datei")
	if err := s.Library.Restore(r.Context(), e, numbered(r.PostFormValue("auf"))); err != nil {
		s.notSaved(w, r, err, editorPage{File: file})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "stand-zurueck")
	http.Redirect(w, r, draftURL(e.Service, "", "datei", file), http.StatusSeeOther)
}
