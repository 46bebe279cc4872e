package services

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

var (
	// ErrDraft says that nobody writes at this service, or that its draft never had this state.
	ErrDraft = errors.New("services: no such draft")
	// ErrNewer says that somebody else saved the draft meanwhile.
	ErrNewer = errors.New("services: somebody else saved the draft meanwhile")
	// ErrTaken says that the id of a new service, or the name of a new file, is there already.
	ErrTaken = errors.New("services: it is there already")
	// ErrTitle says that nobody could read a service's title.
	ErrTitle = errors.New("services: no title")
	// ErrOffice says that the town has no such office, ErrSituation that it has no such life situation.
	ErrOffice    = errors.New("services: no such office")
	ErrSituation = errors.New("services: no such situation")
	// ErrText says that something is no text that could be kept in a file.
	ErrText = errors.New("services: no text")
	// ErrNoFile says that a draft has no file of this name.
	ErrNoFile = errors.New("services: no such file in the draft")
)

// What was done to a draft.
const (
	DraftBegun    = "begun"
	DraftSaved    = "saved"    // a file
	DraftAdded    = "added"    // a file
	DraftRenamed  = "renamed"  // a file; its new name
	DraftRemoved  = "removed"  // a file
	DraftRestored = "restored" // an earlier state
	DraftRaised   = "raised"   // the version's number
	DraftWorded   = "worded"   // sentences, in whichever languages
)

// keptStates is how many states of a draft are kept.
const keptStates = 50

// State is a draft of a service as it was saved once; the newest state is the draft.
type State struct {
	Service  string
	Title    string // in German, as far as it can be read
	Revision int64  // greater than that of every state before, of whichever draft
	Base     string // version from which the draft was begun; "" for a new service
	At       time.Time
	Who      string // login
	What     string // DraftBegun and so on
	File     string // that it was done to; "" for the whole folder
	Wrong    int    // how many mistakes it had
	Digest   string // bundle.Folder.Digest
	Packed   []byte // only of a single state
}

// Drafts keeps what somebody writes. Every method returns only when it is on disk.
type Drafts interface {
	// SaveDraftState adds a state and gives its revision. before is the newest one so far, 0: there was no draft; ErrNewer. Of each draft only so many
	// states are kept.
	SaveDraftState(ctx context.Context, s State, before int64, keep int) (int64, error)
	// DraftState gives a state; revision 0 is the newest. ErrDraft.
	DraftState(ctx context.Context, service string, revision int64) (State, error)
	// DraftStates lists the states of a draft without Packed, the newest first.
	DraftStates(ctx context.Context, service string) ([]State, error)
	// DraftedServices lists the newest state of every draft without Packed, the one saved last first.
	DraftedServices(ctx context.Context) ([]State, error)
	// DropDraftStates throws a draft away with all its states if before is the newest; ErrNewer, ErrDraft.
	DropDraftStates(ctx context.Context, service string, before int64) error
}

// Draft is a state of a draft with its files, and what the town hall found about them.
type Draft struct {
	State
	Checked  Folder
	Mistakes []Mistake // everything but a number that is taken: that one is chosen last
}

// Drafted lists all drafts, the one saved last first.
func (l *Library) Drafted(ctx context.Context) ([]State, error) {
	return l.o.Store.DraftedServices(ctx)
}

// DraftStates lists what was done to a draft, the newest first.
func (l *Library) DraftStates(ctx context.Context, id string) ([]State, error) {
	return l.o.Store.DraftStates(ctx, id)
}

// Draft gives a state of a draft; revision 0 is the newest. ErrDraft.
func (l *Library) Draft(ctx context.Context, id string, revision int64) (Draft, error) {
	s, err := l.o.Store.DraftState(ctx, id, revision)
	if err != nil {
		return Draft{}, err
	}
	files, err := bundle.Read(s.Packed)
	if err != nil {
		return Draft{}, err
	}
	return l.readDraft(ctx, s, files)
}

// readDraft looks at the files of a draft.
func (l *Library) readDraft(ctx context.Context, s State, files *bundle.Folder) (Draft, error) {
	f, err := l.judge(ctx, files, l.looks.inspect(files.Digest()))
	if errors.Is(err, bundle.ErrBundle) {
		f, err = Folder{Files: files, Flaws: []service.Flaw{{Wrong: err.Error()}}}, nil
	}
	if err != nil {
		return Draft{}, err
	}
	if f.Service != nil && f.Service.ID != s.Service {
		f.Flaws = append(f.Flaws, service.Flaw{Where: "service.yaml", Wrong: fmt.Sprintf("the id has to stay %s", s.Service)})
	}
	flaws := f.Flaws
	if f.Taken {
		taken := takenFlaw(f.Service.Version)
		flaws = slices.DeleteFunc(slices.Clone(flaws), func(x service.Flaw) bool { return x == taken })
	}
	return Draft{s, f, append(mistakes(flaws, files), l.begun(files)...)}, nil
}

// Begin begins a draft out of the version that is offered, unless there is one: then it goes on with that. ErrUnknown when nothing is offered.
func (l *Library) Begin(ctx context.Context, id, who string) error {
	if _, err := l.o.Store.DraftState(ctx, id, 0); !errors.Is(err, ErrDraft) {
		return err
	}
	files, version, err := l.offeredFolder(ctx, id)
	if err != nil {
		return err
	}
	_, err = l.keep(ctx, State{Service: id, Base: version, Who: who, What: DraftBegun}, files, 0)
	if errors.Is(err, ErrNewer) { // somebody else began it at the same moment
		return nil
	}
	return err
}

// offeredFolder gives the files of the version that is offered.
func (l *Library) offeredFolder(ctx context.Context, id string) (*bundle.Folder, string, error) {
	s, ok := l.Find(id, "")
	if !ok {
		return nil, "", ErrUnknown
	}
	offers, err := l.o.Store.Offers(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, o := range offers {
		if o.Service == id && o.Version == s.Version {
			packed, err := l.o.Store.Packed(ctx, id, s.Version)
			if err != nil {
				return nil, "", err
			}
			files, err := bundle.Read(packed)
			return files, s.Version, err
		}
	}
	folder, ok := l.o.Catalogue.Folder(id, s.Version)
	if !ok {
		return nil, "", ErrUnknown
	}
	files, err := bundle.Pack(folder)
	return files, s.Version, err
}

// Beginning is what a new service begins with.
type Beginning struct {
	ID, Title         string
	From              string // the service it begins as a copy of; "": as a small one that can be applied for
	Office, Situation string // of a small one: who works the cases, and in which life situation it is found
	Who               string
}

// Invent begins a draft of a new service. ErrTaken when the id is there already, bundle.ErrBundle when nothing can be called so, ErrTitle, ErrOffice and
// ErrSituation for what the town does not have, ErrUnknown when there is nothing to copy, ErrText when a program cannot copy it.
func (l *Library) Invent(ctx context.Context, b Beginning) error {
	id, title := b.ID, strings.TrimSpace(b.Title)
	if err := bundle.CheckName(id, "1"); err != nil {
		return err
	}
	if title == "" || utf8.RuneCountInString(title) > 120 || strings.Contains(title, "{{") || strings.ContainsFunc(title, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		return ErrTitle
	}
	if taken, err := l.known(ctx, id); err != nil || taken {
		return errors.Join(err, ErrTaken)
	}
	begin := func() (*bundle.Folder, error) { return l.skeleton(b) }
	if b.From != "" {
		begin = func() (*bundle.Folder, error) { return l.copied(ctx, b.From, id, title) }
	}
	files, err := begin()
	if err != nil {
		return err
	}
	_, err = l.keep(ctx, State{Service: id, Who: b.Who, What: DraftBegun}, files, 0)
	if errors.Is(err, ErrNewer) {
		return ErrTaken
	}
	return err
}

// known tells whether an id belongs to a service that is or was offered, or is being written.
func (l *Library) known(ctx context.Context, id string) (bool, error) {
	if _, ok := l.Find(id, ""); ok {
		return true, nil
	}
	all, err := l.o.Store.Versions(ctx)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(v Version) bool { return v.Service == id }) {
		return true, nil
	}
	_, err = l.o.Store.DraftState(ctx, id, 0)
	if errors.Is(err, ErrDraft) {
		return false, nil
	}
	return err == nil, err
}

// keep stores a state of a draft; ErrNewer.
func (l *Library) keep(ctx context.Context, s State, files *bundle.Folder, before int64) (Draft, error) {
	s.At, s.Digest, s.Packed, s.Title = l.o.Now(), files.Digest(), files.Packed(), s.Service
	d, err := l.readDraft(ctx, s, files)
	if err != nil {
		return Draft{}, err
	}
	d.Wrong = len(d.Mistakes)
	if d.Checked.Service != nil {
		d.Title = d.Checked.Service.Title("de")
	} else if old, err := l.o.Store.DraftState(ctx, s.Service, 0); err == nil {
		d.Title = old.Title
	}
	d.Revision, err = l.o.Store.SaveDraftState(ctx, d.State, before, keptStates)
	return d, err
}

// Edit says who changes which draft, and which state of it they saw.
type Edit struct {
	Service  string
	Revision int64
	Who      string
}

// change stores a new state of a draft; the same once more is none. ErrNewer when somebody saved one since.
func (l *Library) change(ctx context.Context, e Edit, what, file string, do func(*bundle.Folder) (*bundle.Folder, error)) error {
	old, err := l.o.Store.DraftState(ctx, e.Service, 0)
	if err != nil {
		return err
	}
	if old.Revision != e.Revision {
		return ErrNewer
	}
	files, err := bundle.Read(old.Packed)
	if err != nil {
		return err
	}
	if files, err = do(files); err != nil || files.Digest() == old.Digest {
		return err
	}
	_, err = l.keep(ctx, State{Service: e.Service, Base: old.Base, Who: e.Who, What: what, File: file}, files, old.Revision)
	return err
}

// SaveFile stores the text of a file; ErrNewer, ErrNoFile, ErrText, bundle.ErrBundle when it is too much.
func (l *Library) SaveFile(ctx context.Context, e Edit, file, text string) error {
	return l.change(ctx, e, DraftSaved, file, func(f *bundle.Folder) (*bundle.Folder, error) {
		if _, ok := f.File(file); !ok {
			return nil, ErrNoFile
		}
		return with(f, file, text)
	})
}

// with puts a text into a file.
func with(f *bundle.Folder, file, text string) (*bundle.Folder, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, ErrText
	}
	return f.With(file, []byte(text))
}

// AddFile adds an empty file; ErrNewer, ErrTaken, bundle.ErrBundle when no file can be called so.
func (l *Library) AddFile(ctx context.Context, e Edit, file string) error {
	return l.change(ctx, e, DraftAdded, file, func(f *bundle.Folder) (*bundle.Folder, error) {
		if _, ok := f.File(file); ok {
			return nil, ErrTaken
		}
		return f.With(file, nil)
	})
}

// RenameFile calls a file otherwise; ErrNewer, ErrNoFile, ErrTaken, bundle.ErrBundle when no file can be called so.
func (l *Library) RenameFile(ctx context.Context, e Edit, file, to string) error {
	return l.change(ctx, e, DraftRenamed, to, func(f *bundle.Folder) (*bundle.Folder, error) {
		data, ok := f.File(file)
		if !ok {
			return nil, ErrNoFile
		}
		if _, ok := f.File(to); ok {
			return nil, ErrTaken
		}
		f, err := f.With(to, data)
		if err != nil {
			return nil, err
		}
		return f.Without(file)
	})
}

// RemoveFile takes a file out; ErrNewer, ErrNoFile.
func (l *Library) RemoveFile(ctx context.Context, e Edit, file string) error {
	return l.change(ctx, e, DraftRemoved, file, func(f *bundle.Folder) (*bundle.Folder, error) {
		if _, ok := f.File(file); !ok {
			return nil, ErrNoFile
		}
		return f.Without(file)
	})
}

// Restore makes an earlier state the newest one again; ErrNewer, ErrDraft.
func (l *Library) Restore(ctx context.Context, e Edit, revision int64) error {
	old, err := l.o.Store.DraftState(ctx, e.Service, revision)
	if err != nil {
		return err
	}
	return l.change(ctx, e, DraftRestored, "", func(*bundle.Folder) (*bundle.Folder, error) { return bundle.Read(old.Packed) })
}

// Raise gives the draft the next number that is free; ErrNewer, ErrText when service.yaml has no line for it.
func (l *Library) Raise(ctx context.Context, e Edit) error {
	next, err := l.Next(ctx, e.Service)
	if err != nil {
		return err
	}
	return l.change(ctx, e, DraftRaised, "service.yaml", func(f *bundle.Folder) (*bundle.Folder, error) {
		return rewrite(f, "service.yaml", "version", strconv.Quote(next))
	})
}

// Next is the number that the next version of a service may have.
func (l *Library) Next(ctx context.Context, id string) (string, error) {
	all, err := l.o.Store.Versions(ctx)
	if err != nil {
		return "", err
	}
	last := 0
	note := func(version string) {
		first, _, _ := strings.Cut(version, ".")
		if n, err := strconv.Atoi(first); err == nil {
			last = max(last, n)
		}
	}
	for _, v := range all {
		if v.Service == id {
			note(v.Version)
		}
	}
	if s, ok := l.o.Catalogue.Shipped(id, ""); ok {
		note(s.Version)
	}
	return strconv.Itoa(last + 1), nil
}

// Discard throws a draft away with all its states; ErrNewer, ErrDraft.
func (l *Library) Discard(ctx context.Context, e Edit) error {
	return l.o.Store.DropDraftStates(ctx, e.Service, e.Revision)
}

// finishDraft throws a draft away that was published. One that somebody went on writing meanwhile stays.
func (l *Library) finishDraft(ctx context.Context, id, digest string) {
	d, err := l.o.Store.DraftState(ctx, id, 0)
	if err == nil && d.Digest == digest {
		err = l.o.Store.DropDraftStates(ctx, id, d.Revision)
	}
	if err != nil && !errors.Is(err, ErrDraft) && !errors.Is(err, ErrNewer) {
		l.o.Log.Error("a published draft stays", "service", id, "error", err)
	}
}
