package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// enclosed is a file that came with an application, as the case's page shows it.
type enclosed struct {
	URL, Label, Of, Name, About string
	Picture                     bool
	Width, Height               int
}

// enclosures lists the files of a case, with the questions that they answer, and what was promised for later.
func (s *site) enclosures(p *casePage) {
	label := map[string]string{}
	if svc, ok := s.Catalogue.Find(p.Case.Service, p.Case.ServiceVersion); ok {
		for _, page := range svc.View(p.Case.Application.Answers, "de", s.dayOf(p.Case)).Pages {
			for _, f := range page.Fields {
				label[f.Path] = f.Label
				if f.Kind == form.Files && form.Later(f.Value) && !came(p.Case, f.Path) {
					p.Later = append(p.Later, promised{Path: f.Path, Label: f.Label, Accept: acceptOf(*f), Many: f.Max != 1})
				}
			}
		}
	}
	for i, f := range p.Case.Photos {
		x := enclosed{URL: "/vorgang/" + p.Case.Number + "/anlage/" + strconv.Itoa(i+1), Label: wordFor(f.Type) + " " + strconv.Itoa(i+1), Of: label[f.Field], Name: f.Name, About: about(f),
			Picture: f.Type != enclosure.PDF, Width: f.Width, Height: f.Height}
		p.Documents = p.Documents || !x.Picture
		p.Enclosed = append(p.Enclosed, x)
	}
}

// promised is something that was to be handed in later.
type promised struct {
	Path, Label, Accept string
	Many                bool
}

// came tells whether something was handed in for a question that was only promised with the application.
func came(c cases.Case, path string) bool {
	return slices.ContainsFunc(c.Photos, func(f cases.Photo) bool { return f.Field == path })
}

// enclosedLater takes what was promised with the application, and has come now.
func (s *site) enclosedLater(w http.ResponseWriter, r *http.Request) {
	c, ok := s.find(w, r)
	if !ok {
		return
	}
	path, version := r.PostFormValue("feld"), int64(0)
	if n, err := strconv.ParseInt(r.PostFormValue("fassung"), 10, 64); err == nil {
		version = n
	}
	asked, ok := s.promisedField(c, path)
	if !ok || r.MultipartForm == nil {
		s.notFound(w, r)
		return
	}
	refuse := func(title, text string) {
		s.say(w, r, http.StatusUnprocessableEntity, message{Icon: "file", Title: title, Text: text, Link: "/vorgang/" + c.Number, LinkText: "Zum Vorgang"})
	}
	var files []cases.Photo
	for _, sent := range r.MultipartForm.File["a:"+path] {
		f, err := s.enclosable(asked, sent)
		if err != nil {
			refuse("Diese Datei geht hier nicht", sentenceOf(err))
			return
		}
		f.Field = path
		files = append(files, f)
	}
	err := s.Book.Enclose(r.Context(), c.Number, user(r).Login, asked.Label, files, version)
	switch {
	case errors.Is(err, cases.ErrEmpty):
		refuse("Es wurde keine Datei gewählt", "Bitte wählen Sie die Unterlage aus, die gekommen ist.")
	case errors.Is(err, cases.ErrMany):
		refuse("Das ist zu viel", "Zu einem Vorgang passen nicht mehr oder nicht so große Dateien.")
	case err != nil:
		s.refused(w, r, c.Number, "", err)
	default:
		s.sessions.Put(r.Context(), keyFlash, "nachgereicht")
		http.Redirect(w, r, "/vorgang/"+c.Number, http.StatusSeeOther)
	}
}

// promisedField is the question of a case that an answer was only promised to.
func (s *site) promisedField(c cases.Case, path string) (form.Field, bool) {
	svc, ok := s.Catalogue.Find(c.Service, c.ServiceVersion)
	if !ok {
		return form.Field{}, false
	}
	for _, page := range svc.View(c.Application.Answers, "de", s.dayOf(c)).Pages {
		for _, f := range page.Fields {
			if f.Path == path && f.Kind == form.Files && form.Later(f.Value) {
				return *f, true
			}
		}
	}
	return form.Field{}, false
}

// wordFor is what a file is called where nobody has to know its name.
func wordFor(mediaType string) string {
	if mediaType == enclosure.PDF {
		return "Dokument"
	}
	return "Bild"
}

// about says what there is to know of a file before it is opened.
func about(f cases.Photo) string {
	switch {
	case f.Type != enclosure.PDF:
		return strconv.Itoa(f.Width) + " × " + strconv.Itoa(f.Height) + ", " + size(f.Size)
	case f.Pages == 1:
		return "PDF, 1 Seite, " + size(f.Size)
	case f.Pages > 1:
		return "PDF, " + strconv.Itoa(f.Pages) + " Seiten, " + size(f.Size)
	}
	return "PDF, " + size(f.Size)
}

// showEnclosed sends a file that came with an application: with ?laden=1 to be kept, otherwise to be looked at.
func (s *site) showEnclosed(w http.ResponseWriter, r *http.Request) {
	c, ok := s.find(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(c.Photos) {
		s.notFound(w, r)
		return
	}
	f := c.Photos[n-1]
	data, err := s.Book.Photo(r.Context(), c.Number, f.Digest)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: enclosure: %w", err))
		return
	}
	sendFile(w, c.Number+"-anlage-"+strconv.Itoa(n), f.Type, data, r.URL.Query().Get("laden") != "")
}

// sendFile sends what a citizen handed in. Whatever it is, it is shown as a picture or a document, runs nothing, reaches nothing, and only pages of
// ours may frame it. It is kept nowhere: see guard.
func sendFile(w http.ResponseWriter, name, mediaType string, data []byte, keep bool) {
	if mediaType != enclosure.PDF && !keep {
		sendPicture(w, name, data)
		return
	}
	end, how := ".jpg", "inline"
	if mediaType == enclosure.PDF {
		end = ".pdf"
	} else {
		mediaType = enclosure.JPEG
	}
	if keep {
		how = "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Content-Disposition", how+`; filename="`+name+end+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'; sandbox")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	_, _ = w.Write(data)
}

// drawing is a signature as the path of a picture; "" when it was not drawn.
func drawing(answer any) string {
	text, _ := answer.(string)
	strokes, err := signature.Parse(text)
	if err != nil {
		return ""
	}
	return signature.Path(strokes)
}
