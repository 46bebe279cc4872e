package visit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// MaxFile is how many bytes a picture may have: what internal/core/photo makes of a photo at most.
const MaxFile = enclosure.MaxPicture

// Why a file cannot be attached.
var (
	ErrTooMany = errors.New("visit: no more files fit here")
	ErrTooMuch = errors.New("visit: all files together are too large to travel")
	ErrNotFile = errors.New("visit: not a file that can be attached here")
)

// File is something that travels with an application: a prepared photo, or a document.
type File struct {
	Digest        string // hex SHA-256 of Data
	Type          string // media type: enclosure.JPEG or enclosure.PDF
	Data          []byte
	Width, Height int    // of a picture, in pixels
	Pages         int    // of a document; 0: not known
	Name          string // what the citizen calls it; see enclosure.Name. May be empty
}

// Attach adds a file's digest to the answer at path, which has to be one of photos or files, and keeps its bytes until Wipe or Detach. A file that is
// there already changes nothing; that files will be handed in later is taken back. ErrTooMany when the answer is full, or enclosure.MaxFiles are there;
// ErrTooMuch when all together would be more than enclosure.MaxAll; ErrNotFile when path takes no such files, or the bytes are not what f says.
func (v *Visit) Attach(path string, f File) error {
	field, ok := v.takes(path)
	if !ok || !sound(f, field) {
		return ErrNotFile
	}
	most := field.Most
	f.Name = enclosure.Name(f.Name)
	f.Data = bytes.Clone(f.Data) // Wipe clears them
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped {
		return ErrWiped
	}
	answer, _ := v.answers.Get(path)
	digests := form.Digests(answer)
	if !slices.Contains(digests, f.Digest) {
		if most > 0 && len(digests) >= most {
			return ErrTooMany
		}
		if err := v.room(f); err != nil {
			return err
		}
		v.answers, v.day = v.answers.With(path, list(append(digests, f.Digest))), v.opts.Now()
	}
	v.files[f.Digest] = f
	return nil
}

// takes is what the answer at path takes; false when it takes no files.
func (v *Visit) takes(path string) (form.FileField, bool) {
	all := v.service.Files()
	i := slices.IndexFunc(all, func(f form.FileField) bool { return f.Path == path })
	if i < 0 {
		return form.FileField{}, false
	}
	return all[i], true
}

// sound tells whether a file is what it says it is, and may be given there.
func sound(f File, at form.FileField) bool {
	sum := sha256.Sum256(f.Data)
	if f.Digest != hex.EncodeToString(sum[:]) {
		return false
	}
	switch f.Type {
	case enclosure.JPEG:
		return at.Picture && len(f.Data) > 0 && len(f.Data) <= MaxFile
	case enclosure.PDF:
		_, err := enclosure.Pages(f.Data, at.Size)
		return at.PDF && err == nil
	}
	return false
}

// room tells whether one more file may travel with the application. The caller holds the lock.
func (v *Visit) room(f File) error {
	all, bytes := v.named(), len(f.Data)
	if slices.Contains(all, f.Digest) {
		return nil
	}
	for _, digest := range all {
		bytes += len(v.files[digest].Data)
	}
	switch {
	case len(all) >= enclosure.MaxFiles:
		return ErrTooMany
	case bytes > enclosure.MaxAll:
		return ErrTooMuch
	}
	return nil
}

// Detach takes a file out of the answer at path, and forgets its bytes when no other answer names them.
func (v *Visit) Detach(path, digest string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.takes(path); v.wiped || !ok {
		return
	}
	answer, _ := v.answers.Get(path)
	digests := form.Digests(answer)
	if !slices.Contains(digests, digest) {
		return
	}
	digests = slices.DeleteFunc(digests, func(d string) bool { return d == digest })
	v.answers, v.day = v.answers.With(path, list(digests)), v.opts.Now()
	if !slices.Contains(v.named(), digest) {
		clear(v.files[digest].Data)
		delete(v.files, digest)
	}
}

// list is a list of digests as an answer; nil when there is none.
func list(digests []string) any {
	if len(digests) == 0 {
		return nil
	}
	answer := make([]any, len(digests))
	for i, d := range digests {
		answer[i] = d
	}
	return answer
}

// named are the files that the answers name, each once. The caller holds the lock.
func (v *Visit) named() []string {
	var all []string
	for _, field := range v.service.Files() {
		answer, _ := v.answers.Get(field.Path)
		for _, d := range form.Digests(answer) {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

// Files gives the files that the answers name, in the order in which they were added. The bytes are copies.
func (v *Visit) Files() []File {
	v.mu.Lock()
	defer v.mu.Unlock()
	var files []File
	for _, d := range v.named() {
		if f, ok := v.files[d]; ok {
			f.Data = bytes.Clone(f.Data)
			files = append(files, f)
		}
	}
	return files
}

// Enclosed is what is known of a file besides its bytes.
type Enclosed struct {
	Digest, Type, Name         string
	Size, Width, Height, Pages int
}

// Enclosed tells of the files that the answer at path names, in the order in which they were added; without a path, of all.
func (v *Visit) Enclosed(path string) []Enclosed {
	v.mu.Lock()
	defer v.mu.Unlock()
	digests := v.named()
	if path != "" {
		answer, _ := v.answers.Get(path)
		digests = form.Digests(answer)
	}
	var all []Enclosed
	for _, d := range digests {
		if f, ok := v.files[d]; ok {
			all = append(all, Enclosed{f.Digest, f.Type, f.Name, len(f.Data), f.Width, f.Height, f.Pages})
		}
	}
	return all
}

// File gives one of the files that the answers name; the bytes are a copy.
func (v *Visit) File(digest string) (File, bool) { return v.file(digest) }

// Draft is a visit as it can be put away and continued later, on the same device. The files are not in it.
type Draft struct {
	Service string       `json:"service"`
	Version string       `json:"version"` // of the service, when it was put away
	Lang    string       `json:"lang"`
	Day     time.Time    `json:"day"` // of the last answer: for people to read
	Answers form.Answers `json:"answers"`
}

// Draft gives what was said so far. It is as secret as the answers themselves.
func (v *Visit) Draft() Draft {
	answers, said := v.said()
	return Draft{Service: v.service.ID, Version: v.service.Version, Lang: said.lang, Day: said.day, Answers: answers}
}

// Resume continues a visit that was put away. Fee and rules count from today: nobody has read a summary of it since. Files that are not given,
// or are not what they say, are taken out of the answers; a newer version of the service leaves out what it does not ask any more.
func Resume(s *service.Service, d Desk, o Options, draft Draft, files []File) *Visit {
	v := Begin(s, d, o)
	if draft.Lang != "" {
		v.lang = draft.Lang
	}
	if draft.Answers != nil {
		v.answers = draft.Answers.With("", nil) // a copy
	}
	for _, f := range files {
		if slices.ContainsFunc(s.Files(), func(at form.FileField) bool { return sound(f, at) }) {
			f.Data = bytes.Clone(f.Data)
			v.files[f.Digest] = f
		}
	}
	for _, field := range s.Files() {
		answer, _ := v.answers.Get(field.Path)
		if form.Later(answer) {
			continue
		}
		here := slices.DeleteFunc(form.Digests(answer), func(digest string) bool { f, ok := v.files[digest]; return !ok || !sound(f, field) })
		v.answers = v.answers.With(field.Path, list(here))
	}
	for digest := range v.files {
		if !slices.Contains(v.named(), digest) {
			delete(v.files, digest)
		}
	}
	return v
}

// attach seals the files that the cleaned answers name, each as a part of its own, and says which is which.
func (v *Visit) attach(ctx context.Context, answers form.Answers) ([]seal.Part, []service.Attachment, error) {
	var parts []seal.Part
	var all []service.Attachment
	for _, field := range v.service.Files() {
		answer, _ := answers.Get(field.Path)
		for _, digest := range form.Digests(answer) {
			f, ok := v.file(digest)
			if !ok {
				return nil, nil, fmt.Errorf("visit: submit: a file is missing: %w", ErrIncomplete)
			}
			sealed, err := v.desk.Sealer.Seal(ctx, digest, f.Data)
			clear(f.Data)
			if err != nil {
				return nil, nil, fmt.Errorf("visit: seal: %w", err)
			}
			part := sealed.Part()
			parts = append(parts, part)
			all = append(all, service.Attachment{Field: field.Path, Digest: digest, Blob: part.ID, Type: f.Type, Size: len(f.Data), Width: f.Width, Height: f.Height,
				Pages: f.Pages, Name: f.Name})
		}
	}
	return parts, all, nil
}

// file gives a copy of a file, which survives Wipe.
func (v *Visit) file(digest string) (File, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f, ok := v.files[digest]
	f.Data = bytes.Clone(f.Data)
	return f, ok
}
