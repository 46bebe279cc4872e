package mobile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// album stands for the system's picker in a demo: the files of a folder.
type album struct {
	draft *draft
	busy  bool
}

func (*album) name() string { return "album" }

// largest file that is read at all: what is larger, photo refuses.
const largestFile = 40<<20 + 1

func (s *album) draw(a *App) page {
	p := page{title: a.say("album.title"), gap: 10}
	files, err := fs.ReadDir(a.o.Album, ".")
	if err != nil || len(files) == 0 {
		p.body = append(p.body, a.lead(a.say("album.none")))
		return p
	}
	p.body = append(p.body, a.small(a.say("album.text")))
	var rows []fyne.CanvasObject
	for _, f := range files {
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		rows = append(rows, look.Row(a.style, look.RowOpts{Icon: "camera", Title: strings.TrimSuffix(f.Name(), path.Ext(f.Name())), ID: "file." + f.Name(), Tap: func() { s.choose(a, f.Name()) }}))
	}
	p.body = append(p.body, slices.Clip(rows)...)
	return p
}

func (s *album) choose(a *App, name string) {
	if s.busy {
		return
	}
	s.busy = true
	a.beside(func(context.Context) func() {
		var data []byte
		f, err := a.o.Album.Open(name)
		if err == nil {
			data, err = ReadPicture(f)
			f.Close()
		}
		return func() {
			if a.top() != screen(s) {
				return
			}
			a.stack = a.stack[:len(a.stack)-1]
			a.taken(s.draft, data, err)
		}
	})
}

// ReadPicture reads a picture as far as a photo can be large.
func ReadPicture(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestFile))
	if err != nil {
		return nil, errors.New("mobile: read picture") // the cause could name the file
	}
	return data, nil
}
