package mobile

import (
	"context"
	"errors"
	"image"
	"io"
	"io/fs"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// album stands for the system's picker in a demo: the files of a folder.
type album struct {
	draft *draft
	pick  func(name string, data []byte, err error) // who else wants a file; nil: a report's photo
	busy  bool
	names []string
	small map[string]image.Image // what is in the files; nil: none that can be shown
	next  int                    // the file that is looked at now
}

// What an album shows of a file.
const (
	smallEdge = 360 // pixels of the longer edge
	mostSmall = 60  // so many are looked at; the rest is there by name
)

func (*album) name() string { return "album" }

// largest file that is read at all: what is larger, photo refuses.
const largestFile = 40<<20 + 1

func (s *album) draw(a *App) page {
	p := page{title: a.say("album.title"), gap: 10}
	if s.pick != nil {
		p.title = a.say("papers.choose")
	}
	if s.small == nil {
		s.small = map[string]image.Image{}
		files, _ := fs.ReadDir(a.o.Album, ".") // without: as if there were none
		for _, f := range files {
			if !f.IsDir() && !strings.HasPrefix(f.Name(), ".") {
				s.names = append(s.names, f.Name())
			}
		}
		s.look(a)
	}
	if len(s.names) == 0 {
		p.body = append(p.body, a.lead(a.say("album.none")))
		return p
	}
	var cells []fyne.CanvasObject
	for _, name := range s.names {
		cells = append(cells, s.cell(a, name))
	}
	p.body = append(p.body, a.small(a.say("album.text")), look.Grid(a.px(10), 2, cells...))
	return p
}

// look makes the small pictures, one after the other, as long as the album is open: large files take their time and much memory.
func (s *album) look(a *App) {
	if s.next == min(len(s.names), mostSmall) {
		return
	}
	name := s.names[s.next]
	a.beside(func(context.Context) func() {
		var img image.Image
		if data, err := readFile(a.o.Album, name); err == nil {
			img = shrunk(data, smallEdge)
		}
		return func() {
			s.small[name] = img
			s.next++
			if a.top() != screen(s) || s.busy {
				return
			}
			s.look(a)
			a.show()
		}
	})
}

// shrunk is a small picture of a file; nil where it is none.
func shrunk(data []byte, edge int) image.Image {
	p, err := photo.Read(data)
	if err != nil {
		return nil
	}
	e, err := p.Edit(photo.Options{Edge: edge})
	if err != nil {
		return nil
	}
	return e.Picture()
}

// cell is a picture that can be touched, with its name below.
func (s *album) cell(a *App, name string) fyne.CanvasObject {
	st, c := a.style, a.style.Colors()
	word := strings.TrimSuffix(name, path.Ext(name))
	touch := look.Area(st, a.say("album.file", "name", word), "file."+name, false, func() { s.choose(a, name) })
	size := st.Size(look.Small)
	foot := look.Measure(word, size, false).Height + a.px(8)
	img, known := s.small[name]
	return look.NewScene(a.px(100), func(w float32) float32 { return w*0.7 + foot }, func(room fyne.Size) []fyne.CanvasObject {
		high := room.Height - foot
		ground := canvas.NewRectangle(c.Sunken)
		ground.CornerRadius, ground.StrokeColor, ground.StrokeWidth = a.px(14), c.Edge, a.px(1.5)
		objs := []fyne.CanvasObject{look.At(touch, 0, 0, room.Width, room.Height), look.At(ground, 0, 0, room.Width, high)}
		if img != nil {
			pic := canvas.NewImageFromImage(img)
			pic.FillMode, pic.CornerRadius = canvas.ImageFillCover, a.px(12)
			in := a.px(1.5)
			objs = append(objs, look.At(pic, in, in, room.Width-2*in, high-2*in))
		} else {
			icon, i := "camera", a.px(36)
			switch {
			case path.Ext(name) == ".pdf":
				icon = "file-text"
			case known:
				icon = "alert-circle"
			}
			objs = append(objs, look.At(look.Icon(st, icon, i, c.Ink2), (room.Width-i)/2, (high-i)/2, i, i))
		}
		letters := look.Letters(fitting(word, size, room.Width-a.px(8)), c.Ink, size, false)
		return append(objs, look.At(letters, a.px(4), high+a.px(2), room.Width-a.px(8), foot-a.px(4)))
	})
}

// fitting shortens a name that is too long for a line.
func fitting(name string, size, room float32) string {
	if look.Measure(name, size, false).Width <= room {
		return name
	}
	letters := []rune(name)
	for len(letters) > 1 && look.Measure(string(letters)+"…", size, false).Width > room {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

func (s *album) choose(a *App, name string) {
	if s.busy {
		return
	}
	s.busy = true
	a.beside(func(context.Context) func() {
		data, err := readFile(a.o.Album, name)
		return func() {
			if a.top() != screen(s) {
				return
			}
			a.stack = a.stack[:len(a.stack)-1]
			if s.pick != nil {
				s.pick(name, data, err)
				return
			}
			a.taken(s.draft, data, err)
		}
	})
}

func readFile(from fs.FS, name string) ([]byte, error) {
	f, err := from.Open(name)
	if err != nil {
		return nil, errors.New("mobile: open picture") // the cause names the file
	}
	defer f.Close()
	return ReadPicture(f)
}

// ReadPicture reads a picture as far as a photo can be large.
func ReadPicture(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestFile))
	if err != nil {
		return nil, errors.New("mobile: read picture") // the cause could name the file
	}
	return data, nil
}
