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

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
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
				if strings.HasPrefix(r.URL.Path, "/leistung") {
					s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "So viel passt nicht in eine Leistung. Es wurde nichts geändert.", Link: "/leistungen", LinkText: "Zu den Leistungen"})
					return
				}
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

// takeFiles takes away the files that were ticked and prepares those that were chosen. What it says, by path, is why a file was not taken; the
// others are.
func (s *site) takeFiles(d *draft, fields []form.Field, sent url.Values, files map[string][]*multipart.FileHeader) (refused map[string]string) {
	refused = map[string]string{}
	for _, f := range fields {
		if f.Kind != form.Photos && f.Kind != form.Files || f.ReadOnly || !slices.Contains(sent["gefragt"], f.Path) {
			continue
		}
		here := slices.DeleteFunc(form.Digests(f.Value), func(digest string) bool { return slices.Contains(sent["weg:"+f.Path], digest) })
		for _, file := range files["a:"+f.Path] {
			if f.Max > 0 && len(here) >= f.Max {
				refused[f.Path] = "Mehr als " + strconv.Itoa(f.Max) + map[bool]string{true: " Fotos", false: " Dateien"}[f.Kind == form.Photos] + " passen hier nicht hinein."
				break
			}
			p, err := s.enclose(d, f, file)
			if err != nil {
				refused[f.Path] = sentenceOf(err)
				continue
			}
			if !slices.Contains(here, p.Digest) {
				here = append(here, p.Digest)
			}
			d.Photos[p.Digest] = p
		}
		var answer any
		switch {
		case len(here) > 0:
			list := make([]any, len(here))
			for i, digest := range here {
				list[i] = digest
			}
			answer = list
		case f.Later && sent.Get("spaeter:"+f.Path) != "":
			answer = form.LaterAnswer()
		}
		d.Answers = d.Answers.With(f.Path, answer)
	}
	for digest := range d.Photos {
		if !slices.ContainsFunc(d.Service.Files(), func(f form.FileField) bool {
			answer, _ := d.Answers.Get(f.Path)
			return slices.Contains(form.Digests(answer), digest)
		}) {
			delete(d.Photos, digest)
		}
	}
	return refused
}

// enclose makes of a file what a field takes: a picture as prepare does, a document as it is.
func (s *site) enclose(d *draft, f form.Field, file *multipart.FileHeader) (cases.Photo, error) {
	p, err := s.enclosable(f, file)
	if err != nil {
		return p, err
	}
	p.Field = f.Path
	all := p.Size
	for digest, other := range d.Photos {
		if digest != p.Digest {
			all += other.Size
		}
	}
	if all > enclosure.MaxAll {
		return p, errTooMuch
	}
	return p, nil
}

// errTooMuch says that all files of an application together are too large.
var errTooMuch = errors.New("web: too much")

func (s *site) enclosable(f form.Field, file *multipart.FileHeader) (cases.Photo, error) {
	data, err := content(file)
	if err != nil {
		return cases.Photo{}, err
	}
	if f.Kind == form.Photos {
		return s.prepared(data)
	}
	takes := func(kinds ...string) bool {
		return slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(f.Takes, k) })
	}
	switch sort := enclosure.SortOf(data); {
	case len(data) == 0:
		return cases.Photo{}, enclosure.ErrEmpty
	case sort == enclosure.Document && takes(form.AcceptPDF):
		pages, err := enclosure.Pages(data, f.Size)
		sum := sha256.Sum256(data)
		return cases.Photo{Digest: hex.EncodeToString(sum[:]), Type: enclosure.PDF, Pages: pages, Name: enclosure.Name(file.Filename), Size: len(data), Data: data}, err
	case sort == enclosure.Picture && takes(form.AcceptJPEG, form.AcceptPNG):
		p, err := s.prepared(data)
		p.Name = enclosure.Name(file.Filename)
		return p, err
	}
	return cases.Photo{}, enclosure.ErrFormat
}

// name says of the files of a field what they are.
func (d draft) name(x *field) {
	for i, p := range x.Photos {
		if f, ok := d.Photos[p.Digest]; ok && x.Shape == "files" {
			x.Photos[i].Document = f.Type == enclosure.PDF
			x.Photos[i].Label = wordFor(f.Type) + " " + p.Label
			if x.Photos[i].Document {
				x.Photos[i].Label += ", " + about(f)
			}
		}
	}
}

// prepare makes of a file what may be kept: small, upright, without notes of where and when. One at a time: decoding costs memory.
func (s *site) prepare(file *multipart.FileHeader) (cases.Photo, error) {
	data, err := content(file)
	if err != nil {
		return cases.Photo{}, err
	}
	return s.prepared(data)
}

func content(file *multipart.FileHeader) ([]byte, error) {
	in, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

func (s *site) prepared(data []byte) (cases.Photo, error) {
	s.drafts.darkroom <- struct{}{}
	defer func() { <-s.drafts.darkroom }()
	p, err := photo.Prepare(data, photo.Options{})
	if err != nil {
		return cases.Photo{}, err
	}
	sum := sha256.Sum256(p.JPEG)
	return cases.Photo{Digest: hex.EncodeToString(sum[:]), Type: enclosure.JPEG, Width: p.Width, Height: p.Height, Size: len(p.JPEG), Data: p.JPEG}, nil
}

// sentenceOf says why a file is not taken.
func sentenceOf(err error) string {
	switch {
	case errors.Is(err, photo.ErrEmpty), errors.Is(err, enclosure.ErrEmpty):
		return "In der Datei ist nichts."
	case errors.Is(err, enclosure.ErrFormat):
		return "Diese Art von Datei geht hier nicht. Bitte nehmen Sie ein PDF, oder wo es passt ein Bild."
	case errors.Is(err, enclosure.ErrEncrypted):
		return "Dieses PDF ist mit einem Passwort verschlossen. Bitte nehmen Sie eines ohne Passwort."
	case errors.Is(err, enclosure.ErrDamaged):
		return "Dieses PDF ist beschädigt. Bitte wählen Sie ein anderes."
	case errors.Is(err, enclosure.ErrLarge):
		return "Dieses PDF ist zu groß. Bitte wählen Sie ein kleineres."
	case errors.Is(err, errTooMuch):
		return "Zusammen sind die Dateien zu groß. Es wurde nicht alles übernommen."
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
	sendFile(w, "anlage", p.Type, p.Data, p.Type == enclosure.PDF)
}

// photos are the files that an application that a clerk entered brings along, and what it says of them.
func (d draft) photos(answers form.Answers) (photos []cases.Photo, said []service.Attachment) {
	for _, f := range d.Service.Files() {
		answer, _ := answers.Get(f.Path)
		for _, digest := range form.Digests(answer) {
			if p, ok := d.Photos[digest]; ok {
				photos = append(photos, p)
				said = append(said, service.Attachment{Field: f.Path, Digest: digest, Type: p.Type, Size: p.Size, Width: p.Width, Height: p.Height, Pages: p.Pages, Name: p.Name})
			}
		}
	}
	return photos, said
}
