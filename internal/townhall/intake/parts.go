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
	maxPhoto  = 400 << 10 // bytes
	maxEdge   = 2048      // pixels
	maxPhotos = wire.MaxBlobs
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
		name := fmt.Sprintf("Foto %d ", i+1)
		if i == maxPhotos {
			notes = append(notes, "Es kamen mehr Fotos als erlaubt. Die übrigen fehlen.")
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
		p, fault := picture(data, a)
		if fault != "" {
			notes = append(notes, name+fault)
			continue
		}
		named[a.Digest] = true
		good = append(good, p)
	}
	return good, append(notes, missing(app, named)...), nil
}

// missing says when the answers name photos that are not there.
func missing(app service.Application, there map[string]bool) []string {
	if app.Service != cases.ReportService {
		return nil
	}
	v, _ := app.Answers.Get(cases.PathPhotos)
	n := 0
	for _, d := range form.Digests(v) {
		if !there[d] {
			n++
		}
	}
	if n > len(app.Attachments)-len(there) { // otherwise each is named already
		return []string{"Die Meldung nennt Fotos, die nicht dabei sind."}
	}
	return nil
}

// picture checks an opened file against what the application says of it.
func picture(data []byte, a service.Attachment) (p cases.Photo, fault string) {
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != a.Digest {
		return p, "ist nicht das Foto, das in der Meldung steht."
	}
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
	field := a.Field
	if !strings.HasPrefix(field, "/") || len(field) > 200 {
		field = cases.PathPhotos
	}
	return cases.Photo{Field: field, Digest: a.Digest, Width: c.Width, Height: c.Height, Size: len(data), Data: data}, ""
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
