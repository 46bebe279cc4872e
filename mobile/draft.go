package mobile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// keepAfter is how long after a letter was typed the draft is written down, with whatever was typed meanwhile: a phone that switches off loses a
// word at most, also of somebody who types without a pause.
const keepAfter = 250 * time.Millisecond

// The answers that the shell asks for on screens of its own.
const (
	pathCategory = "/category"
	pathWhat     = "/what"
	pathPhotos   = "/photos"
	pathPlace    = "/place"
	pathWords    = "/words" // the questions' page asks for it; who wants to say it first is led there
)

// draft is a report or an application that was begun. Its visit holds what was said; everything else says how to keep it.
type draft struct {
	id     string
	visit  *visit.Visit
	keeper *keeper
	begun  time.Time
	page   string // of the form: where somebody left an application
	astray bool   // a photo names a place outside the town; not remembered

	changed   bool   // the service asks something else than when it was begun; not remembered
	preparing int    // photos that are on their way into it
	trouble   string // key of the sentence about a file that was not taken while nobody looked

	timer   *time.Timer
	due     atomic.Bool     // the timer runs: what is typed now is written with it
	dropped atomic.Bool     // sent or thrown away: nothing of it is written any more
	stored  map[string]bool // photos and documents that are in the memory; only the shelf's jobs touch it
}

// draftData is a draft in the memory.
type draftData struct {
	Version int         `json:"v"`
	Visit   visit.Draft `json:"visit"`
	Photos  []photoData `json:"photos,omitempty"`
	Begun   time.Time   `json:"begun"`
	Page    string      `json:"page,omitempty"` // of a form: where it was left
	Code    string      `json:"code,omitempty"` // of a draft that lies at the town hall too
}

// photoData is what the memory knows of a photo besides its bytes.
type photoData struct {
	Digest string `json:"digest"`
	Type   string `json:"type"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Pages  int    `json:"pages,omitempty"`
	Name   string `json:"name,omitempty"` // as its owner calls it
}

// begin starts a report. answers are those that are already known.
func (a *App) begin(answers map[string]any) *draft { return a.beginFor(a.service(), answers) }

// beginFor starts an application for a service.
func (a *App) beginFor(s *service.Service, answers map[string]any) *draft {
	d := a.loose(s)
	for path, v := range answers {
		d.visit.Answer(path, v)
	}
	a.add(d)
	return d
}

// loose is a draft that is on no list and written down nowhere: somebody only wants to know something.
func (a *App) loose(s *service.Service) *draft {
	d := &draft{id: a.newID(), begun: a.now(), stored: map[string]bool{}, keeper: &keeper{out: a.o.Outbox}}
	d.visit = visit.Begin(s, a.deskOf(d), a.options())
	d.dropped.Store(true)
	return d
}

func (a *App) add(d *draft) {
	d.dropped.Store(false)
	a.drafts = slices.Insert(a.drafts, 0, d)
	a.o.Event("begin", "service", d.visit.Service().ID)
}

func (a *App) newID() string {
	id, err := uuid.NewV7FromReader(a.o.Random)
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// deskOf is the phone's desk, which remembers this draft when it is sent.
func (a *App) deskOf(d *draft) visit.Desk {
	desk := a.o.Desk
	desk.Keeper = d.keeper
	return desk
}

// empty tells whether nothing was said yet.
func (d *draft) empty() bool { return len(d.visit.Draft().Answers) == 0 }

// answer gives the answer at path as a text; "" when there is none.
func (d *draft) answer(path string) string {
	v, _ := d.visit.Draft().Answers.Get(path)
	s, _ := v.(string)
	return s
}

// spot is where it is, as far as that was said.
func (d *draft) spot() (form.Spot, bool) {
	v, _ := d.visit.Draft().Answers.Get(pathPlace)
	return form.SpotOf(v)
}

// keep writes the draft down: at once when a page changes, a moment later while somebody types.
func (a *App) keep(d *draft, atOnce bool) {
	page := d.page
	write := func() { a.shelf.do(func(ctx context.Context) { a.wrote(a.write(ctx, d, page)) }) }
	if atOnce {
		if d.timer != nil {
			d.timer.Stop()
		}
		d.due.Store(false)
		write()
		return
	}
	if d.due.Swap(true) {
		return
	}
	d.timer = time.AfterFunc(keepAfter, func() {
		d.due.Store(false)
		write()
	})
}

// write puts a draft, which stands on a page, and its new photos into the memory, in one transaction, and takes out photos that it does not
// show any more.
func (a *App) write(ctx context.Context, d *draft, page string) error {
	if d.dropped.Load() || d.empty() {
		return nil
	}
	files := d.visit.Enclosed("")
	data := draftData{Version: 1, Visit: d.visit.Draft(), Begun: d.begun, Page: page, Code: d.visit.LiesUnder()}
	var put []Entry
	shown := map[string]bool{}
	now := a.now()
	for _, f := range files {
		data.Photos = append(data.Photos, photoData{f.Digest, f.Type, f.Width, f.Height, f.Pages, f.Name})
		if shown[f.Digest] = true; d.stored[f.Digest] {
			continue
		}
		if whole, ok := d.visit.File(f.Digest); ok {
			put = append(put, Entry{Shelf: shelfPhoto, ID: f.Digest, Data: whole.Data, At: now})
		}
	}
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("mobile: write draft: marshal") // the cause could quote an answer
	}
	if err := a.o.Memory.Put(ctx, append(put, Entry{Shelf: shelfDraft, ID: d.id, Data: text, At: now})...); err != nil {
		return fmt.Errorf("mobile: write draft: %w", err)
	}
	for digest := range shown {
		d.stored[digest] = true
	}
	for digest := range d.stored {
		if shown[digest] || a.usedElsewhere(ctx, d, digest) {
			continue
		}
		if err := a.o.Memory.Remove(ctx, shelfPhoto, digest); err != nil {
			return fmt.Errorf("mobile: write draft: %w", err)
		}
		delete(d.stored, digest)
	}
	return nil
}

// usedElsewhere tells whether another draft shows the same photo. In doubt it does.
func (a *App) usedElsewhere(ctx context.Context, d *draft, digest string) bool {
	all, err := a.o.Memory.List(ctx, shelfDraft)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(all, func(e Entry) bool { return e.ID != d.id && bytes.Contains(e.Data, []byte(digest)) })
}

// wrote tells the screen when the memory takes nothing more, and when it does again. It may be called on any goroutine.
func (a *App) wrote(err error) {
	full := err != nil
	a.gently(func() {
		if a.full != full {
			a.full = full
			a.o.Event("memory", "full", full)
			a.show()
		}
	})
}

// drop throws a draft away, with its photos.
func (a *App) drop(d *draft) {
	a.forget(d)
	a.shelf.do(func(ctx context.Context) {
		var photos []string
		for digest := range d.stored {
			if !a.usedElsewhere(ctx, d, digest) {
				photos = append(photos, digest)
			}
		}
		err := a.o.Memory.Remove(ctx, shelfDraft, d.id)
		if err == nil && photos != nil {
			err = a.o.Memory.Remove(ctx, shelfPhoto, photos...)
		}
		if err == nil {
			_ = d.visit.Discard(ctx) // otherwise it ends by itself
			d.visit.Wipe()
		}
		a.wrote(err)
	})
}

// forget takes a draft off the list: it was sent, or is thrown away.
func (a *App) forget(d *draft) {
	if d.timer != nil {
		d.timer.Stop()
	}
	d.dropped.Store(true)
	a.drafts = slices.DeleteFunc(a.drafts, func(x *draft) bool { return x == d })
}

// remember reads what the memory holds.
func (a *App) remember(ctx context.Context, opts visit.Options) func() {
	style, styled := a.readSetting(ctx)
	drafts, err1 := a.readDrafts(ctx, opts)
	reports, err2 := a.readReports(ctx)
	near := a.readNear(ctx)
	return func() {
		for _, d := range a.drafts { // begun while the memory was read
			drafts = append([]*draft{d}, drafts...)
		}
		a.drafts, a.near, a.loaded = drafts, near, true
		a.reports = append(a.reports, reports...)
		if styled {
			a.style.Text, a.style.Contrast, a.style.Lang = style.Text, style.Contrast, style.Lang
			for _, d := range drafts {
				d.visit.SetLang(style.Lang)
			}
		}
		if err1 != nil || err2 != nil {
			a.o.Event("memory", "unreadable", true)
		}
		a.o.Event("remember", "drafts", len(a.drafts), "reports", len(a.reports))
		a.show()
		a.look()
	}
}

// readDrafts reads the drafts, newest first. One that cannot be read is left where it is.
func (a *App) readDrafts(ctx context.Context, opts visit.Options) ([]*draft, error) {
	all, err := a.o.Memory.List(ctx, shelfDraft)
	if err != nil {
		err = fmt.Errorf("mobile: read drafts: %w", err) // those that can be read are there all the same
	}
	var drafts []*draft
	for _, e := range all {
		var data draftData
		if json.Unmarshal(e.Data, &data) != nil || data.Version != 1 {
			continue
		}
		s, ok := a.o.Catalogue.Find(data.Visit.Service, data.Visit.Version)
		if !ok { // that version is not known any more: what was said is asked by the newest
			if s, ok = a.o.Catalogue.Find(data.Visit.Service, ""); !ok {
				continue
			}
		}
		d := &draft{id: e.ID, begun: data.Begun, page: data.Page, changed: s.Version != data.Visit.Version, stored: map[string]bool{}, keeper: &keeper{out: a.o.Outbox}}
		var files []visit.File
		for _, p := range data.Photos {
			photo, ok, err := a.o.Memory.Get(ctx, shelfPhoto, p.Digest)
			if err != nil || !ok { // the report goes on without it
				continue
			}
			d.stored[p.Digest] = true
			files = append(files, visit.File{Digest: p.Digest, Type: p.Type, Data: photo.Data, Width: p.Width, Height: p.Height, Pages: p.Pages, Name: p.Name})
		}
		d.visit = visit.Resume(s, a.deskOf(d), opts, data.Visit, files)
		d.visit.LieUnder(data.Code)
		drafts = append(drafts, d)
	}
	slices.Reverse(drafts)
	return drafts, err
}
