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

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// MaxFile is how many bytes a file may have: what internal/core/photo makes of a photo at most.
const MaxFile = 400 << 10

// Why a file cannot be attached.
var (
	ErrTooMany = errors.New("visit: no more files fit here")
	ErrNotFile = errors.New("visit: not a file that can be attached here")
)

// File is something that travels with an application: a prepared photo.
type File struct {
	Digest        string // hex SHA-256 of Data
	Type          string // media type: "image/jpeg"
	Data          []byte
	Width, Height int // in pixels
}

// Attach adds a file's digest to the answer at path, which has to be one of photos, and keeps its bytes until Wipe or Detach. A file that is
// there already changes nothing. ErrTooMany when the answer is full; ErrNotFile when path takes no files, or the bytes are no JPEG of at most
// MaxFile with this digest.
func (v *Visit) Attach(path string, f File) error {
	if !slices.Contains(v.service.Photos(), path) || !sound(f) {
		return ErrNotFile
	}
	most := v.most(path)
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
		v.answers, v.day = v.answers.With(path, list(append(digests, f.Digest))), v.opts.Now()
	}
	v.files[f.Digest] = f
	return nil
}

// sound tells whether a file is what it says it is.
func sound(f File) bool {
	sum := sha256.Sum256(f.Data)
	return f.Type == "image/jpeg" && len(f.Data) > 0 && len(f.Data) <= MaxFile && f.Digest == hex.EncodeToString(sum[:])
}

// most is how many files the answer at path takes; 0 when the form does not say.
func (v *Visit) most(path string) int {
	for _, p := range v.View().Pages {
		for _, f := range p.Fields {
			if f.Path == path {
				return f.Max
			}
		}
	}
	return 0
}

// Detach takes a file out of the answer at path, and forgets its bytes when no other answer names them.
func (v *Visit) Detach(path, digest string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped || !slices.Contains(v.service.Photos(), path) {
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
	for _, path := range v.service.Photos() {
		answer, _ := v.answers.Get(path)
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
		if sound(f) {
			f.Data = bytes.Clone(f.Data)
			v.files[f.Digest] = f
		}
	}
	for _, path := range s.Photos() {
		answer, _ := v.answers.Get(path)
		here := slices.DeleteFunc(form.Digests(answer), func(digest string) bool { _, ok := v.files[digest]; return !ok })
		v.answers = v.answers.With(path, list(here))
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
	for _, path := range v.service.Photos() {
		answer, _ := answers.Get(path)
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
			all = append(all, service.Attachment{Field: path, Digest: digest, Blob: part.ID, Type: f.Type, Size: len(f.Data), Width: f.Width, Height: f.Height})
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
