package mobile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// papers is how it stands with the files of one field: one is being prepared, or was not taken.
type papers struct {
	stage   int    // 1 to 3 while one is being prepared
	problem string // key of the sentence that says why one was not taken
}

func (q *question) papersOf(path string) *papers {
	if q.papers == nil {
		q.papers = map[string]*papers{}
	}
	if q.papers[path] == nil {
		q.papers[path] = &papers{}
	}
	return q.papers[path]
}

// preparing tells whether a file of the page is still being prepared.
func (q *question) preparing() bool {
	for _, p := range q.papers {
		if p.stage > 0 {
			return true
		}
	}
	return false
}

// takes is what a field of files takes.
func (d *draft) takes(path string) form.FileField {
	all := d.visit.Service().Files()
	if i := slices.IndexFunc(all, func(f form.FileField) bool { return f.Path == path }); i >= 0 {
		return all[i]
	}
	return form.FileField{}
}

// files shows the files of a field, and how more are given.
func (q *question) files(a *App, f form.Field) fyne.CanvasObject {
	st, d, now := a.style, q.draft, q.papersOf(f.Path)
	takes := d.takes(f.Path)
	here := d.visit.Enclosed(f.Path)
	var objs []fyne.CanvasObject
	for i, e := range here {
		objs = append(objs, q.paper(a, f.Path, i+1, e))
	}
	if now.problem != "" {
		objs = append(objs, a.note(look.Warn, "file-text", a.say(now.problem), a.say(now.problem+".text")))
	}
	full := takes.Most > 0 && len(here) >= takes.Most
	switch {
	case now.stage > 0:
		objs = append(objs, look.Card(st, look.Progress(st, now.stage, 3, a.say("papers.busy"), a.say("photo.stage."+strconv.Itoa(now.stage)))))
	case f.ReadOnly:
	case full:
		objs = append(objs, a.small(a.say("papers.full", "n", takes.Most)))
	default:
		var row []look.ButtonOpts
		if takes.PDF {
			row = append(row, look.ButtonOpts{Label: a.say("papers.choose"), Icon: "file-text", Small: true, ID: f.Path + "/file", Tap: func() { q.pick(a, f.Path, true) }})
		}
		if takes.Picture {
			row = append(row, look.ButtonOpts{Label: a.say("papers.photo"), Icon: "camera", Small: true, ID: f.Path + "/photo", Tap: func() { q.pick(a, f.Path, false) }})
		}
		objs = append(objs, a.row(row...), a.small(a.limits(takes)))
	}
	return look.Column(a.px(10), objs...)
}

// limits says what a field takes.
func (a *App) limits(f form.FileField) string {
	key := "papers.limit.photo"
	switch {
	case f.PDF && f.Picture:
		key = "papers.limit.both"
	case f.PDF:
		key = "papers.limit.pdf"
	}
	said := a.say(key, "mb", form.Written(form.Number, a.style.Lang, float64(f.Size*10>>20)/10))
	if f.Most > 1 {
		said += " " + a.say("papers.limit.most", "n", f.Most)
	}
	return said
}

// paper is one file: what it is, without its name, and the way to take it out.
func (q *question) paper(a *App, path string, n int, e visit.Enclosed) fyne.CanvasObject {
	icon, label := "camera", a.say("papers.picture", "n", n)
	if e.Type == enclosure.PDF {
		icon, label = "file-text", a.say("papers.document", "n", n)
	}
	size := a.weight(e.Size)
	if e.Pages > 0 {
		size = a.say("papers.pages", "n", e.Pages) + ", " + size
	}
	remove := look.Link(a.style, look.LinkOpts{Label: a.say("papers.remove"), Icon: "trash", Name: a.say("papers.remove.what", "what", label), ID: path + "/remove." + strconv.Itoa(n), Tap: func() {
		q.draft.visit.Detach(path, e.Digest)
		q.papersOf(path).problem = ""
		a.keep(q.draft, true)
		a.show()
	}})
	words := look.Beside(a.style.Gap(), a.signed(icon, label, size), remove)
	if e.Type != enclosure.JPEG {
		return look.Card(a.style, words)
	}
	var data []byte
	if _, known := a.gallery.pictures[e.Digest]; !known {
		if f, ok := q.draft.visit.File(e.Digest); ok {
			data = f.Data
		}
	}
	return look.Card(a.style, look.Column(a.px(10), a.photoView(e.Digest, data, min(a.px(150), a.size.Height*0.2), label), words))
}

// weight is a size in bytes as people say it.
func (a *App) weight(bytes int) string {
	if bytes < 1<<20 {
		return a.say("papers.kb", "n", max(1, bytes>>10))
	}
	return a.say("papers.mb", "n", form.Written(form.Number, a.style.Lang, float64((bytes*10+(1<<19))>>20)/10))
}

// pick lets somebody choose a file, or a picture of a paper.
func (q *question) pick(a *App, path string, document bool) {
	a.o.Event("pick")
	took := func(name string, data []byte, err error) {
		if data != nil || err != nil {
			q.took(a, path, name, data, err)
		}
	}
	switch {
	case a.o.Album != nil:
		a.push(&album{draft: q.draft, pick: took})
	case document && a.o.Documents != nil:
		a.o.Documents.PickFile(func(name string, data []byte, err error) { a.gently(func() { took(name, data, err) }) })
	case a.o.Pictures != nil:
		a.o.Pictures.Pick(func(data []byte, err error) { a.gently(func() { took("", data, err) }) })
	}
}

// took prepares a file that was chosen.
func (q *question) took(a *App, path, name string, data []byte, err error) {
	now, d := q.papersOf(path), q.draft
	now.problem = ""
	if err != nil {
		now.problem = "papers.unread"
		a.show()
		return
	}
	now.stage = 1
	d.preparing++
	a.show()
	takes := d.takes(path)
	a.beside(func(context.Context) func() {
		f, view, err := enclosed(name, data, takes, func(n int) { a.gently(func() { now.stage = n; a.refresh(q) }) })
		return func() {
			now.stage = 0
			d.preparing--
			if d.dropped.Load() { // thrown away meanwhile
				return
			}
			if err == nil {
				err = d.visit.Attach(path, f)
			}
			if err != nil {
				now.problem = paperProblem(err)
				a.o.Event("file.refused", "why", now.problem)
				a.refresh(q)
				return
			}
			if view != nil {
				a.gallery.put(f.Digest, view.view)
			}
			a.o.Event("file", "type", f.Type, "bytes", len(f.Data))
			a.keep(d, true)
			a.refresh(q)
		}
	})
}

// enclosed makes of what was chosen what may travel: a document as it is, a picture upright and rid of what it tells besides. view is how the screen
// shows a picture.
func enclosed(name string, data []byte, takes form.FileField, stage func(n int)) (f visit.File, view *made, err error) {
	switch sort := enclosure.SortOf(data); {
	case len(data) == 0:
		return f, nil, enclosure.ErrEmpty
	case sort == enclosure.Document && takes.PDF:
		pages, err := enclosure.Pages(data, takes.Size)
		sum := sha256.Sum256(data)
		return visit.File{Digest: hex.EncodeToString(sum[:]), Type: enclosure.PDF, Data: data, Pages: pages, Name: enclosure.Name(name)}, nil, err
	case sort == enclosure.Picture && takes.Picture:
		m, err := prepare(data, stage)
		if err != nil {
			return f, nil, err
		}
		f = m.file()
		f.Name = enclosure.Name(name)
		return f, &m, nil
	}
	return f, nil, enclosure.ErrFormat
}

// paperProblem is the key of the sentence that says why a file was not taken.
func paperProblem(err error) string {
	for _, p := range []struct {
		is  error
		key string
	}{
		{enclosure.ErrEncrypted, "papers.locked"}, {enclosure.ErrLarge, "papers.large"}, {enclosure.ErrDamaged, "papers.broken"}, {enclosure.ErrEmpty, "papers.broken"},
		{enclosure.ErrFormat, "papers.format"}, {visit.ErrTooMany, "papers.many"}, {visit.ErrTooMuch, "papers.much"},
	} {
		if errors.Is(err, p.is) {
			return p.key
		}
	}
	return photoProblem(err)
}
