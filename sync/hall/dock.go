package hall

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Dock keeps blobs in a folder from their first piece until an item that names them takes them away. It implements Blobs. A blob that is not whole
// yet is a file "<SHA-256>.part"; whole, verified and on disk it is "<SHA-256>". Nothing in the folder says who brought it: that is known in
// memory only, for the quota.
type Dock struct {
	dir string
	o   DockOptions

	mu     sync.Mutex
	owner  map[string]string // of a blob, since the start
	opened bool              // the folder is there
}

// DockOptions of a Dock; zero values mean the defaults.
type DockOptions struct {
	Each int64         // bytes that one device may have here at the same time: 32 MiB
	All  int64         // bytes of everything here: 1 GiB
	Keep time.Duration // how long a blob waits for its item: 7 days
}

// NewDock makes a dock in dir, which need not exist.
func NewDock(dir string, o DockOptions) *Dock {
	if o.Each == 0 {
		o.Each = 32 << 20
	}
	if o.All == 0 {
		o.All = 1 << 30
	}
	if o.Keep == 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	return &Dock{dir: dir, o: o, owner: map[string]string{}}
}

const partial = ".part"

func (d *Dock) path(id string) string { return filepath.Join(d.dir, id) }

// Offset tells how many bytes of a blob are here; see Blobs.
func (d *Dock) Offset(_ context.Context, ref wire.BlobRef) (int64, error) {
	if err := ref.Check(); err != nil { // the name is a file's
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.offset(ref)
	if err != nil {
		return 0, fmt.Errorf("hall: dock: %w", err)
	}
	return n, nil
}

func (d *Dock) offset(ref wire.BlobRef) (int64, error) {
	if i, err := os.Stat(d.path(ref.SHA256)); err == nil || !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return 0, err
		}
		return i.Size(), nil
	}
	i, err := os.Stat(d.path(ref.SHA256 + partial))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	case i.Size() < ref.Size:
		return i.Size(), nil
	}
	// The program died between the last piece and the name, or power was lost and the end of the file with it.
	n, err := d.finish(ref)
	if errors.Is(err, ErrBlob) {
		return 0, nil
	}
	return n, err
}

// finish verifies a blob of which everything is here, brings it to disk and gives it its name. ErrBlob, and it is gone.
func (d *Dock) finish(ref wire.BlobRef) (int64, error) {
	part := d.path(ref.SHA256 + partial)
	whole, err := os.ReadFile(part)
	if err != nil {
		return 0, err
	}
	if int64(len(whole)) != ref.Size || wire.Digest(whole) != ref.SHA256 {
		delete(d.owner, ref.SHA256)
		return 0, errors.Join(ErrBlob, os.Remove(part))
	}
	if err := syncPath(part); err != nil {
		return 0, err
	}
	if err := os.Rename(part, d.path(ref.SHA256)); err != nil {
		return 0, err
	}
	return ref.Size, syncPath(d.dir)
}

// Append adds a piece; see Blobs.
func (d *Dock) Append(_ context.Context, who string, p wire.Piece, data []byte) (int64, error) {
	if err := p.Ref.Check(); err != nil { // the name becomes a file's
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.append(who, p, data)
	if err != nil {
		err = fmt.Errorf("hall: dock: %w", err)
	}
	return n, err
}

func (d *Dock) append(who string, p wire.Piece, data []byte) (int64, error) {
	at, err := d.offset(p.Ref)
	if err != nil {
		return 0, err
	}
	if at != p.Offset || int64(len(data)) > p.Ref.Size-at {
		return at, ErrOffset
	}
	if err := d.open(); err != nil {
		return at, err
	}
	if err := d.room(who, int64(len(data))); err != nil {
		return at, err
	}
	d.owner[p.Ref.SHA256] = who
	if err := add(d.path(p.Ref.SHA256+partial), data); err != nil {
		return at, err
	}
	if at += int64(len(data)); at < p.Ref.Size {
		return at, nil
	}
	return d.finish(p.Ref)
}

func add(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// syncPath brings a file, or a folder's names, to disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *Dock) open() error {
	if d.opened {
		return nil
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	d.opened = true
	return nil
}

// room tells whether who may bring so much more.
func (d *Dock) room(who string, more int64) error {
	all, his := int64(0), int64(0)
	files, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		i, err := f.Info()
		if err != nil {
			continue // taken meanwhile
		}
		all += i.Size()
		if d.owner[strings.TrimSuffix(f.Name(), partial)] == who {
			his += i.Size()
		}
	}
	if all+more > d.o.All || his+more > d.o.Each {
		return ErrQuota
	}
	return nil
}

// Read gives a whole blob; false when it is not here, or not whole.
func (d *Dock) Read(ref wire.BlobRef) ([]byte, bool, error) {
	if err := ref.Check(); err != nil {
		return nil, false, err
	}
	data, err := os.ReadFile(d.path(ref.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("hall: dock: %w", err)
	}
	if wire.Digest(data) != ref.SHA256 { // damaged since: it has to come again
		return nil, false, d.Drop(ref.SHA256)
	}
	return data, int64(len(data)) == ref.Size, nil
}

// Drop takes blobs away.
func (d *Dock) Drop(ids ...string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, id := range ids {
		delete(d.owner, id)
		if err := os.Remove(d.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("hall: dock: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Expire takes away what no item has named for too long, and tells how many it was.
func (d *Dock) Expire(now time.Time) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	files, err := os.ReadDir(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("hall: dock: %w", err)
	}
	n := 0
	var errs []error
	for _, f := range files {
		i, err := f.Info()
		if err != nil || now.Sub(i.ModTime()) < d.o.Keep {
			continue
		}
		delete(d.owner, strings.TrimSuffix(f.Name(), partial))
		if err := os.Remove(d.path(f.Name())); err != nil {
			errs = append(errs, fmt.Errorf("hall: dock: %w", err))
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}
