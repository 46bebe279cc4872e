package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// maxUpload is how much a form with photos may weigh, in bytes: what net/http keeps in memory, so that a citizen's photo is never laid down on
// the disk on its way.
const maxUpload = 32 << 20

// limitBody sets how much of a request is read: photos are only taken from who signed in.
func (s *site) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxBody)
		if user(r).Login != "" && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			most = maxUpload
			if r.ContentLength > most { // said here: behind this the form's own token could not be read
				s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal",
					Text: "Die Fotos sind zusammen zu groß. Es wurde nichts übernommen. Gehen Sie zurück und wählen Sie weniger auf einmal.", Link: "/erfassen", LinkText: "Zu den Entwürfen"})
				return
			}
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// sentForm reads a form, with or without files.
func sentForm(r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return r.ParseMultipartForm(maxUpload)
	}
	return r.ParseForm()
}

// takePhotos takes away the photos that were ticked and prepares those that were chosen. What it says is why a file was not taken; the
// others are.
func (s *site) takePhotos(d *draft, fields []form.Field, sent url.Values, files map[string][]*multipart.FileHeader) (refused string) {
	for _, f := range fields {
		if f.Kind != form.Photos || f.ReadOnly || !slices.Contains(sent["gefragt"], f.Path) {
			continue
		}
		here := slices.DeleteFunc(form.Digests(f.Value), func(digest string) bool { return slices.Contains(sent["weg:"+f.Path], digest) })
		for _, file := range files["a:"+f.Path] {
			if f.Max > 0 && len(here) >= f.Max {
				refused = "Mehr als " + strconv.Itoa(f.Max) + " Fotos passen hier nicht hinein."
				break
			}
			p, err := s.prepare(file)
			if err != nil {
				refused = sentenceOf(err)
				continue
			}
			p.Field = f.Path
			if !slices.Contains(here, p.Digest) {
				here = append(here, p.Digest)
			}
			d.Photos[p.Digest] = p
		}
		var answer any
		if len(here) > 0 {
			list := make([]any, len(here))
			for i, digest := range here {
				list[i] = digest
			}
			answer = list
		}
		d.Answers = d.Answers.With(f.Path, answer)
	}
	for digest := range d.Photos {
		if !slices.ContainsFunc(d.Service.Photos(), func(path string) bool {
			answer, _ := d.Answers.Get(path)
			return slices.Contains(form.Digests(answer), digest)
		}) {
			delete(d.Photos, digest)
		}
	}
	return refused
}

// prepare makes of a file what may be kept: small, upright, without notes of where and when. One at a time: decoding costs memory.
func (s *site) prepare(file *multipart.FileHeader) (cases.Photo, error) {
	in, err := file.Open()
	if err != nil {
		return cases.Photo{}, err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		return cases.Photo{}, err
	}
	s.drafts.darkroom <- struct{}{}
	defer func() { <-s.drafts.darkroom }()
	p, err := photo.Prepare(data, photo.Options{})
	if err != nil {
		return cases.Photo{}, err
	}
	sum := sha256.Sum256(p.JPEG)
	return cases.Photo{Digest: hex.EncodeToString(sum[:]), Width: p.Width, Height: p.Height, Size: len(p.JPEG), Data: p.JPEG}, nil
}

// sentenceOf says why a file is not taken.
func sentenceOf(err error) string {
	switch {
	case errors.Is(err, photo.ErrEmpty):
		return "In der Datei ist nichts."
	case errors.Is(err, photo.ErrNoPhoto):
		return "Das ist kein Foto. Bitte wählen Sie ein Bild."
	case errors.Is(err, photo.ErrFormat):
		return "Diese Art von Bild geht hier nicht. Bitte nehmen Sie JPEG oder PNG; am iPhone hilft die Einstellung „Maximale Kompatibilität“."
	case errors.Is(err, photo.ErrTooLarge):
		return "Dieses Bild ist zu groß. Bitte wählen Sie ein kleineres."
	}
	return "Dieses Bild ist beschädigt. Bitte wählen Sie ein anderes."
}

// showDraftPhoto shows a photo of a clerk's own draft.
func (s *site) showDraftPhoto(w http.ResponseWriter, r *http.Request) {
	d, ok := s.draftOf(w, r)
	if !ok {
		return
	}
	p, ok := d.Photos[r.PathValue("foto")]
	if !ok {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.Data)))
	_, _ = w.Write(p.Data)
}

// photos are what an application that a clerk entered brings along, and what it says of them.
func (d draft) photos(answers form.Answers) (photos []cases.Photo, said []service.Attachment) {
	for _, path := range d.Service.Photos() {
		answer, _ := answers.Get(path)
		for _, digest := range form.Digests(answer) {
			if p, ok := d.Photos[digest]; ok {
				photos = append(photos, p)
				said = append(said, service.Attachment{Field: path, Digest: digest, Type: "image/jpeg", Size: p.Size, Width: p.Width, Height: p.Height})
			}
		}
	}
	return photos, said
}
