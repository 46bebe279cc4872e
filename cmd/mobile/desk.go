package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/mobile"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// shelves is the device's store in the shell's words.
type shelves struct{ store *store.Store }

func (s shelves) Put(ctx context.Context, entries ...mobile.Entry) error {
	return inWords(s.store.Put(ctx, theirs(entries)...))
}

func (s shelves) Get(ctx context.Context, shelf, id string) (mobile.Entry, bool, error) {
	e, ok, err := s.store.Get(ctx, shelf, id)
	return mobile.Entry(e), ok, err
}

func (s shelves) List(ctx context.Context, shelf string) ([]mobile.Entry, error) {
	list, err := s.store.List(ctx, shelf)
	var all []mobile.Entry
	for _, e := range list {
		all = append(all, mobile.Entry(e))
	}
	return all, err
}

func (s shelves) Remove(ctx context.Context, shelf string, ids ...string) error {
	return inWords(s.store.Remove(ctx, shelf, ids...))
}

func theirs(entries []mobile.Entry) []store.Entry {
	var all []store.Entry
	for _, e := range entries {
		all = append(all, store.Entry(e))
	}
	return all
}

// outbox is what travels.
type outbox struct{ post *outpost.Outpost }

func (o outbox) Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, put []mobile.Entry, remove []mobile.Ref) error {
	var refs []store.Ref
	for _, r := range remove {
		refs = append(refs, store.Ref(r))
	}
	return inWords(o.post.Store.Keep(ctx, e, way, amount, theirs(put), refs))
}

func (o outbox) Standing(ctx context.Context, envelope string) (mobile.Standing, time.Time, error) {
	s, err := o.post.Store.Standing(ctx, envelope)
	if err != nil {
		return mobile.Unknown, time.Time{}, err
	}
	switch s.State {
	case store.Sent:
		return mobile.Arrived, s.At, nil
	case store.Quarantined:
		return mobile.Refused, s.At, nil
	case store.Held, store.Ready:
		return mobile.Waiting, time.Time{}, nil
	}
	return mobile.Unknown, time.Time{}, nil
}

// board is what the town hall has published.
type board struct{ store *store.Store }

func (b board) Published(ctx context.Context, collection string) ([][]byte, error) {
	records, err := b.store.Records(ctx, collection)
	var all [][]byte
	for _, r := range records {
		if !r.Deleted {
			all = append(all, r.Data)
		}
	}
	return all, err
}

func inWords(err error) error {
	if errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w: %w", visit.ErrFull, err)
	}
	return err
}

// picker is the system's own way to choose a picture: on a phone its documents and photos.
type picker struct{ window fyne.Window }

// Pick implements mobile.Pictures.
func (p picker) Pick(done func(data []byte, err error)) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			done(nil, err)
			return
		}
		go func() { // a picture from a cloud may take its time
			defer f.Close()
			done(mobile.ReadPicture(f))
		}()
	}, p.window)
	d.SetFilter(storage.NewMimeTypeFileFilter([]string{"image/*"}))
	d.Show()
}

// PickFile implements mobile.Documents.
func (p picker) PickFile(done func(name string, data []byte, err error)) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			done("", nil, err)
			return
		}
		go func() { // a document from a cloud may take its time
			defer f.Close()
			data, err := mobile.ReadPicture(f)
			done(f.URI().Name(), data, err)
		}()
	}, p.window)
	d.SetFilter(storage.NewMimeTypeFileFilter([]string{"application/pdf", "image/*"}))
	d.Show()
}

// saver is the system's own way to save a file: on a phone its documents.
type saver struct{ window fyne.Window }

// Save implements mobile.Papers.
func (s saver) Save(name string, data []byte, done func(saved bool, err error)) {
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil || f == nil {
			done(false, err)
			return
		}
		go func() { // a place in a cloud may take its time
			_, err := f.Write(data)
			err = errors.Join(err, f.Close())
			done(err == nil, err)
		}()
	}, s.window)
	d.SetFileName(name)
	d.Show()
}
