package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Parts keeps the sealed files that devices brought. It is asked only for files of an item that was Stored, so that all of them were there.
type Parts interface {
	// Part gives the sealed bytes; ErrPart when there are none.
	Part(ctx context.Context, sha256 string) ([]byte, error)
}

// ErrPart says that a sealed file is not there.
var ErrPart = errors.New("intake: no such part")

// Limits of a photo: what a device's photos are prepared to.
const (
	maxPhoto = enclosure.MaxPicture
	maxEdge  = 2048 // pixels
	maxFiles = wire.MaxBlobs
)

// photos opens the files that came with an application and gives those that are what it says, bit for bit. A file that is not becomes a
// sentence for clerks: the report counts without it. An error means that the store could not be asked and all has to be tried again.
func (in *Intake) photos(ctx context.Context, e Envelope, app service.Application) (good []cases.Photo, notes []string, err error) {
	came := map[string]bool{}
	for _, b := range e.Item.Blobs {
		came[b.SHA256] = true
	}
	named := map[string]bool{}
	for i, a := range app.Attachments {
		name := fmt.Sprintf("%s %d ", wordOf(a), i+1)
		if i == maxFiles {
			notes = append(notes, "Es kamen mehr Dateien als erlaubt. Die übrigen fehlen.")
			break
		}
		if named[a.Digest] {
			continue
		}
		if !came[a.Blob] || in.o.Parts == nil {
			notes = append(notes, name+"ist nicht angekommen.")
			continue
		}
		sealed, err := in.o.Parts.Part(ctx, a.Blob)
		if errors.Is(err, ErrPart) {
			notes = append(notes, name+"ist nicht angekommen.")
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		data, err := in.o.Ring().OpenPart(seal.Part{ID: a.Blob, Data: sealed})
		if err != nil {
			notes = append(notes, name+"lässt sich nicht öffnen.")
			continue
		}
		if app.Service == cases.ReportService && a.Type == enclosure.PDF { // reports have photos only
			a.Type = ""
		}
		p, fault := opened(data, a)
		if fault != "" {
			notes = append(notes, name+fault)
			continue
		}
		named[a.Digest] = true
		good = append(good, p)
	}
	return good, append(notes, missing(app, named)...), nil
}

// missing says when the answers name files that are not there.
func missing(app service.Application, there map[string]bool) []string {
	n := 0
	count(map[string]any(app.Answers), func(digest string) {
		if !there[digest] {
			n++
		}
	})
	if n <= len(app.Attachments)-len(there) { // each is named already
		return nil
	}
	if app.Service == cases.ReportService {
		return []string{"Die Meldung nennt Fotos, die nicht dabei sind."}
	}
	return []string{"Der Antrag nennt Dateien, die nicht dabei sind."}
}

// count tells of every file that answers name, wherever they do.
func count(answer any, file func(digest string)) {
	if m, ok := answer.(map[string]any); ok {
		for _, inner := range m {
			count(inner, file)
		}
		return
	}
	for _, digest := range form.Digests(answer) {
		file(digest)
	}
}

// wordOf is what a file is called where clerks read of it.
func wordOf(a service.Attachment) string {
	if a.Type == enclosure.PDF {
		return "Dokument"
	}
	return "Foto"
}

// opened checks an opened file against what the application says of it.
func opened(data []byte, a service.Attachment) (p cases.Photo, fault string) {
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != a.Digest {
		return p, "ist nicht das " + wordOf(a) + ", das angegeben ist."
	}
	if a.Type == enclosure.PDF {
		p, fault = document(data)
	} else {
		p, fault = picture(data, a)
	}
	if fault != "" {
		return cases.Photo{}, fault
	}
	p.Field, p.Digest, p.Name, p.Size, p.Data = a.Field, a.Digest, enclosure.Name(a.Name), len(data), data
	if !strings.HasPrefix(p.Field, "/") || len(p.Field) > 200 {
		p.Field = cases.PathPhotos
	}
	return p, fault
}

// document checks a PDF.
func document(data []byte) (p cases.Photo, fault string) {
	pages, err := enclosure.Pages(data, enclosure.MaxFile)
	switch {
	case errors.Is(err, enclosure.ErrEncrypted):
		return p, "ist mit einem Passwort verschlossen."
	case errors.Is(err, enclosure.ErrLarge):
		return p, "ist größer als erlaubt."
	case errors.Is(err, enclosure.ErrFormat):
		return p, "ist kein PDF."
	case err != nil:
		return p, damaged
	}
	return cases.Photo{Type: enclosure.PDF, Pages: pages}, ""
}

// picture checks a photo.
func picture(data []byte, a service.Attachment) (p cases.Photo, fault string) {
	if len(data) > maxPhoto {
		return p, "ist größer als erlaubt."
	}
	if a.Type != "image/jpeg" || !bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}) {
		return p, "ist kein JPEG."
	}
	if fault := look(data); fault != "" {
		return p, fault
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return p, damaged
	}
	if c.Width > maxEdge || c.Height > maxEdge || c.Width < 1 || c.Height < 1 {
		return p, "hat mehr Bildpunkte als erlaubt."
	}
	return cases.Photo{Type: enclosure.JPEG, Width: c.Width, Height: c.Height}, ""
}

const (
	damaged = "ist beschädigt."
	laden   = "enthält mehr als das Bild, zum Beispiel wo es aufgenommen wurde."
)

// look says whether a JPEG carries anything but the picture: it may have only the segments that are needed to draw it, and nothing behind its
// end. Exif with the place, comments, profiles, and a second file behind the first are noticed, and an end that is missing.
func look(data []byte) (fault string) {
	const (
		sos, eoi, app0, app14, rst0, rst7, sof0 = 0xda, 0xd9, 0xe0, 0xee, 0xd0, 0xd7, 0xc0
	)
	rest := data[2:]
	for len(rest) >= 4 && rest[0] == 0xff {
		kind := rest[1]
		size := int(rest[2])<<8 | int(rest[3])
		if size < 2 || len(rest) < 2+size {
			return damaged
		}
		body := rest[4 : 2+size]
		switch {
		case kind == app0:
			if !bytes.HasPrefix(body, []byte("JFIF\x00")) || len(body) != 14 { // longer: a thumbnail
				return laden
			}
		case kind == app14:
			if !bytes.HasPrefix(body, []byte("Adobe")) || len(body) != 12 {
				return laden
			}
		case kind > app0: // comments, and everything that programs add
			return laden
		case kind < sof0, kind == eoi, kind >= rst0 && kind <= rst7:
			return damaged
		}
		rest = rest[2+size:]
		if kind != sos {
			continue
		}
		// The picture itself, up to the next marker that is no restart; a progressive one has several scans.
		for {
			i := bytes.IndexByte(rest, 0xff)
			if i < 0 || i+1 >= len(rest) {
				return damaged
			}
			next := rest[i+1]
			if next == 0 || next >= rst0 && next <= rst7 {
				rest = rest[i+2:]
				continue
			}
			rest = rest[i:]
			break
		}
		switch {
		case rest[1] == eoi && len(rest) == 2:
			return ""
		case rest[1] == eoi:
			return laden
		}
	}
	return damaged
}
