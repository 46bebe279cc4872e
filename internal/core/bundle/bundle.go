// Package bundle carries the folder of a service as one file: packed in the same way every time, signed, and read within limits whoever made it.
//
// A packed folder is a tar archive (POSIX.1-1988 ustar) closed with gzip (RFC 1952): its files in the order of their names, without times and owners.
// There is one way only to write an archive down, and nothing else is read: the archive that Read takes, Pack writes again byte by byte. A signed
// file has the signature in its first line and the packed folder behind it, so that "tail -n +2 FILE | tar xz" shows what is in it.
package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What a folder may be at most. The largest one that ships has a quarter of it.
const (
	MaxBytes = 512 << 10 // of a packed folder: it travels as one record of the sync
	MaxFiles = 300
	MaxFile  = 512 << 10 // bytes of one file
	MaxTotal = 2 << 20   // bytes of all files
	MaxName  = 100       // bytes of a name with its folders
	maxDepth = 3         // names in a name
	maxTar   = MaxTotal + (MaxFiles+2)*2*block
	block    = 512
)

// ErrBundle says that something is no folder of a service, or not within the limits.
var ErrBundle = errors.New("bundle: not a service's folder")

// Folder is the files of a service's folder. It does not change.
type Folder struct {
	files  map[string][]byte
	packed []byte
	digest string
	view   *zip.Reader
}

// Pack reads a folder. The error names every file that has no place in one.
func Pack(folder fs.FS) (*Folder, error) {
	files, total := map[string][]byte{}, 0
	var wrong []error
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case left(name) && d.IsDir():
			return fs.SkipDir
		case d.IsDir() || left(name):
			return nil
		case !d.Type().IsRegular():
			wrong = append(wrong, refuse("%s is no file but a link or something else", name))
			return enough(wrong)
		}
		if err := checkName(name); err != nil {
			wrong = append(wrong, err)
			return enough(wrong)
		}
		data, err := readAll(func() (io.ReadCloser, error) { return folder.Open(name) }, name)
		if err != nil {
			return err
		}
		files[name] = data
		if total += len(data); total > MaxTotal || len(files) > MaxFiles {
			return fs.SkipAll // build says it
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(append(wrong, fmt.Errorf("bundle: pack: %w", err))...)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return build(files)
}

// enough ends a walk that found more than anybody wants to read.
func enough(wrong []error) error {
	if len(wrong) >= 20 {
		return fs.SkipAll
	}
	return nil
}

// Import reads a folder out of a zip archive that people made with whatever their computer has: a folder around the files, and what
// computers leave in folders by themselves, is taken away.
func Import(archive []byte) (*Folder, error) {
	if len(archive) > MaxTotal {
		return nil, refuse("the archive has more than %d bytes", MaxTotal)
	}
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, refuse("this is no zip archive")
	}
	if len(r.File) > 4*MaxFiles { // folders and what computers leave count here
		return nil, refuse("there are more than %d files", MaxFiles)
	}
	files, total := map[string][]byte{}, 0
	var wrong []error
	for _, f := range r.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 && fs.ValidPath(name), fs.ValidPath(name) && left(name):
			continue
		case !f.Mode().IsRegular():
			wrong = append(wrong, refuse("%q is no file but a link or something else", short(f.Name)))
			continue
		}
		if !fs.ValidPath(f.Name) || strings.Contains(f.Name, `\`) {
			wrong = append(wrong, refuse("%q is no name of a file in a folder", short(f.Name)))
			continue
		}
		if _, twice := files[f.Name]; twice {
			wrong = append(wrong, refuse("%s is there twice", short(f.Name)))
			continue
		}
		data, err := readAll(f.Open, f.Name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		if total += len(data); total > MaxTotal || len(files) >= MaxFiles {
			return nil, refuse("there are more than %d files, or more than %d bytes", MaxFiles, MaxTotal)
		}
		files[f.Name] = data
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong[:min(len(wrong), 20)]...)
	}
	return build(unwrap(files))
}

// unwrap takes a folder away that is around all files.
func unwrap(files map[string][]byte) map[string][]byte {
	around := ""
	for name := range files {
		top, _, deep := strings.Cut(name, "/")
		if !deep || around != "" && top != around {
			return files
		}
		around = top
	}
	inner := map[string][]byte{}
	for name, data := range files {
		inner[strings.TrimPrefix(name, around+"/")] = data
	}
	return inner
}

// Read reads a packed folder. What Pack did not write is refused, before more than the limits allow is in memory.
func Read(packed []byte) (*Folder, error) {
	if len(packed) > MaxBytes {
		return nil, refuse("packed it has more than %d bytes", MaxBytes)
	}
	plain, err := open(packed)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(plain)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("the archive is damaged")
		}
		if len(files) == MaxFiles || h.Size > MaxFile || h.Typeflag != tar.TypeReg {
			return nil, refuse("%q is too large, one too many, or no file", short(h.Name))
		}
		data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
		if err != nil {
			return nil, refuse("the archive is damaged")
		}
		files[h.Name] = data
	}
	f, err := build(files)
	if err != nil {
		return nil, err
	}
	again, err := archive(files)
	if err != nil || !bytes.Equal(again, plain) {
		return nil, refuse("it is not written as folders are: names twice or out of order, times, or something behind the end")
	}
	f.packed = packed // as it came: another program may pack tighter
	return f, nil
}

// open takes the gzip off.
func open(packed []byte) ([]byte, error) {
	in := bytes.NewReader(packed)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, refuse("it is not packed")
	}
	z.Multistream(false)
	plain, err := io.ReadAll(io.LimitReader(z, maxTar+1))
	if err != nil || len(plain) > maxTar || in.Len() > 0 {
		return nil, refuse("it is damaged, or has more than %d bytes", MaxTotal)
	}
	return plain, nil
}

// build checks files as a whole and packs them.
func build(files map[string][]byte) (*Folder, error) {
	var wrong []error
	fold, total := map[string]string{}, 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := checkName(name); err != nil {
			wrong = append(wrong, err)
			continue
		}
		if other, twin := fold[strings.ToLower(name)]; twin {
			wrong = append(wrong, refuse("%s and %s differ in capitals only", other, name))
		}
		fold[strings.ToLower(name)] = name
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, is := files[dir]; is {
				wrong = append(wrong, refuse("%s is a file and a folder", dir))
			}
		}
		total += len(files[name])
	}
	switch {
	case len(files) == 0:
		wrong = append(wrong, refuse("there is no file"))
	case len(files) > MaxFiles:
		wrong = append(wrong, refuse("there are more than %d files", MaxFiles))
	case total > MaxTotal:
		wrong = append(wrong, refuse("there are more than %d bytes", MaxTotal))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong[:min(len(wrong), 20)]...)
	}
	plain, err := archive(files)
	if err != nil {
		return nil, err
	}
	f := &Folder{files: files}
	sum := sha256.Sum256(plain)
	f.digest = hex.EncodeToString(sum[:])
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("bundle: pack: %w", err)
	}
	if _, err := z.Write(plain); err != nil {
		return nil, fmt.Errorf("bundle: pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("bundle: pack: %w", err)
	}
	if f.packed = packed.Bytes(); len(f.packed) > MaxBytes {
		return nil, refuse("packed it has more than %d bytes", MaxBytes)
	}
	f.view, err = look(files)
	return f, err
}

// archive writes files down in the one way.
func archive(files map[string][]byte) ([]byte, error) {
	var plain bytes.Buffer
	w := tar.NewWriter(&plain)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(files[name])), Mode: 0o644, Format: tar.FormatUSTAR}); err != nil {
			return nil, fmt.Errorf("bundle: pack: %w", err)
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, fmt.Errorf("bundle: pack: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("bundle: pack: %w", err)
	}
	return plain.Bytes(), nil
}

// look makes the files an fs.FS: the standard library's zip reader is one.
func look(files map[string][]byte) (*zip.Reader, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("bundle: look: %w", err)
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, fmt.Errorf("bundle: look: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("bundle: look: %w", err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, fmt.Errorf("bundle: look: %w", err)
	}
	return r, nil
}

// FS gives the files.
func (f *Folder) FS() fs.FS { return f.view }

// Packed is the folder as it travels and is kept, at most MaxBytes.
func (f *Folder) Packed() []byte { return f.packed }

// Digest is the hex SHA-256 of what is in the folder. It does not depend on who packed it.
func (f *Folder) Digest() string { return f.digest }

// Names lists the files, sorted.
func (f *Folder) Names() []string { return slices.Sorted(maps.Keys(f.files)) }

// File gives what is in a file; false when there is none of this name.
func (f *Folder) File(name string) ([]byte, bool) {
	data, ok := f.files[name]
	return bytes.Clone(data), ok
}

// With gives a folder that has this in the file, too; ErrBundle when it would not be a service's folder any more.
func (f *Folder) With(name string, data []byte) (*Folder, error) {
	if len(data) > MaxFile {
		return nil, refuse("%s has more than %d bytes", short(name), MaxFile)
	}
	files := maps.Clone(f.files)
	files[name] = bytes.Clone(data)
	return build(files)
}

// Without gives a folder that does not have the file; ErrBundle when nothing would be left.
func (f *Folder) Without(name string) (*Folder, error) {
	files := maps.Clone(f.files)
	delete(files, name)
	return build(files)
}

// readAll reads one file within its limit.
func readAll(open func() (io.ReadCloser, error), name string) ([]byte, error) {
	r, err := open()
	if err != nil {
		return nil, refuse("%q cannot be read", short(name))
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, refuse("%q cannot be read", short(name))
	}
	if len(data) > MaxFile {
		return nil, refuse("%s has more than %d bytes", short(name), MaxFile)
	}
	return data, nil
}

// partForm is a name that means the same to every computer.
var partForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)

func checkName(name string) error {
	if len(name) > MaxName || !fs.ValidPath(name) {
		return refuse("%q is no name of a file in a folder", short(name))
	}
	parts := strings.Split(name, "/")
	if len(parts) > maxDepth {
		return refuse("%s lies too deep", name)
	}
	for _, p := range parts {
		if !partForm.MatchString(p) {
			return refuse("%q: names have letters without dots on them, digits, points, hyphens and underscores", short(name))
		}
	}
	return nil
}

// left tells whether computers leave this in folders by themselves.
func left(name string) bool {
	for p := range strings.SplitSeq(name, "/") {
		if p == "__MACOSX" || p == ".DS_Store" || p == "Thumbs.db" || p == "desktop.ini" {
			return true
		}
	}
	return false
}

// short is a name that somebody else chose, as far as anybody wants to read it.
func short(name string) string {
	if len(name) > MaxName {
		return strings.ToValidUTF8(name[:MaxName], "") + "…"
	}
	return name
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBundle, fmt.Sprintf(format, args...))
}
