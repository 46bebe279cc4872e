package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

func folder() fstest.MapFS {
	return fstest.MapFS{
		"service.yaml":        {Data: []byte("id: parken\nversion: \"2\"\n")},
		"texts/de.yaml":       {Data: []byte("title: Parken\n")},
		"documents/slip.yaml": {Data: []byte("blocks: []\n"), Mode: 0o755},
	}
}

func pack(t testing.TB, from fs.FS) *Folder {
	t.Helper()
	f, err := Pack(from)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func key(t testing.TB) proof.Key {
	t.Helper()
	k, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAFolderIsPackedInTheSameWayWhateverTheComputer(t *testing.T) {
	dir := t.TempDir()
	for name, f := range folder() {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".DS_Store"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := pack(t, folder()), pack(t, os.DirFS(dir))
	if a.Digest() != b.Digest() || !bytes.Equal(a.Packed(), b.Packed()) {
		t.Error("times, rights or what a computer leaves change the file")
	}
	again, err := Read(a.Packed())
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != a.Digest() {
		t.Error("another digest")
	}
	data, err := fs.ReadFile(again.FS(), "texts/de.yaml")
	if err != nil || string(data) != "title: Parken\n" {
		t.Errorf("%q %v", data, err)
	}
	if found, err := fs.Glob(again.FS(), "documents/*.yaml"); err != nil || len(found) != 1 {
		t.Error(found, err)
	}
	if err := fstest.TestFS(again.FS(), "service.yaml", "texts/de.yaml", "documents/slip.yaml"); err != nil {
		t.Error(err)
	}
}

func TestASignedFileIsBelievedFromItsSignerOnly(t *testing.T) {
	mine, other := key(t), key(t)
	f := pack(t, folder())
	file, err := Sign(mine, "parken", "2", f)
	if err != nil {
		t.Fatal(err)
	}
	keys := []proof.PublicKey{mine.Public()}
	s, err := Open(keys, file)
	if err != nil || s.Service != "parken" || s.Version != "2" || s.Signer != mine.ID() || s.Folder.Digest() != f.Digest() {
		t.Fatal(s.Statement, err)
	}
	changed := folder()
	changed["service.yaml"] = &fstest.MapFile{Data: []byte("id: parken\nversion: \"3\"\n")}
	line, _, _ := bytes.Cut(file, []byte("\n"))
	for name, c := range map[string]struct {
		keys []proof.PublicKey
		file []byte
		want error
	}{
		"signed by somebody else":       {[]proof.PublicKey{other.Public()}, file, proof.ErrKey},
		"nobody may publish here":       {nil, file, proof.ErrKey},
		"another folder behind it":      {keys, append(append(bytes.Clone(line), '\n'), pack(t, changed).Packed()...), proof.ErrProof},
		"a byte of the signature":       {keys, flip(file, len(line)-9), proof.ErrProof},
		"a byte of the folder":          {keys, flip(file, len(file)-20), ErrBundle},
		"cut off":                       {keys, file[:len(file)-1], ErrBundle},
		"something behind the end":      {keys, append(bytes.Clone(file), 0), ErrBundle},
		"no signature at all":           {keys, f.Packed(), nil},
		"longer than anything may be":   {keys, make([]byte, MaxSigned+1), ErrBundle},
		"a signature without a folder":  {keys, line, ErrBundle},
		"a permit instead of a service": {keys, permit(t, mine, f), proof.ErrProof},
	} {
		if _, err := Open(c.keys, c.file); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range [][2]string{{"Parken", "2"}, {"../x", "2"}, {"parken", "zwei"}, {"parken", ""}, {"", "1"}, {"parken", "1/2"}} {
		if _, err := Sign(mine, bad[0], bad[1], f); !errors.Is(err, ErrBundle) {
			t.Errorf("%q is signed", bad)
		}
	}
}

func flip(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}

// permit is a true signature of the same key about something else.
func permit(t *testing.T, k proof.Key, f *Folder) []byte {
	t.Helper()
	token, err := proof.Sign(k, proof.Permit, Statement{"parken", "2", f.Digest()})
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(token+"\n"), f.Packed()...)
}

// entry is a file of a hostile archive.
type entry struct {
	name string
	data []byte
	kind byte
	link string
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Size: int64(len(e.data)), Mode: 0o644, Typeflag: tar.TypeReg}
		if e.kind != 0 {
			h.Typeflag, h.Linkname, h.Size = e.kind, e.link, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write(e.data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.kind == tar.TypeSymlink {
			h.SetMode(fs.ModeSymlink | 0o777)
			e.data = []byte(e.link)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.name, "/") {
			if _, err := f.Write(e.data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostile are archives that nobody should have to suffer from, by what they try.
func hostile() map[string][]entry {
	x := []byte("x")
	many := make([]entry, 10_000)
	for i := range many {
		many[i] = entry{name: fmt.Sprintf("f%05d.yaml", i), data: x}
	}
	bomb := []entry{{name: "a.yaml", data: make([]byte, 64<<20)}}
	var bombs []entry
	for i := range 20 {
		bombs = append(bombs, entry{name: fmt.Sprintf("b%02d.yaml", i), data: make([]byte, MaxFile)})
	}
	return map[string][]entry{
		"a file that unpacks without end": bomb, "files that unpack without end": bombs, "ten thousand files": many,
		"out of the folder":       {{name: "../../etc/passwd", data: x}},
		"out of it from within":   {{name: "texts/../../x", data: x}},
		"an absolute name":        {{name: "/etc/passwd", data: x}},
		"another system's name":   {{name: `texts\de.yaml`, data: x}},
		"a drive":                 {{name: "C:evil.yaml", data: x}},
		"one name twice":          {{name: "a.yaml", data: x}, {name: "a.yaml", data: []byte("y")}},
		"twins in capitals":       {{name: "texts/DE.yaml", data: x}, {name: "texts/de.yaml", data: x}},
		"a file that is a folder": {{name: "texts", data: x}, {name: "texts/de.yaml", data: x}},
		"a link":                  {{name: "service.yaml", kind: tar.TypeSymlink, link: "/etc/passwd"}},
		"a hidden file":           {{name: ".git", data: x}, {name: "a.yaml", data: x}},
		"a name with an end":      {{name: "a.yaml\x00.png", data: x}},
		"a name that turns":       {{name: "a\u202eyaml.exe", data: x}},
		"a name without end":      {{name: strings.Repeat("a", 300), data: x}},
		"too deep":                {{name: "a/b/c/d/e.yaml", data: x}},
		"nothing":                 {},
	}
}

func TestHostileArchivesAreRefusedWithinBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	for name, entries := range hostile() {
		var before, after runtime.MemStats
		archives := map[string][]byte{"zip": zipOf(t, entries...)}
		if name != "a name with an end" { // tar has no such names
			archives["tar"] = tarOf(t, entries...)
		}
		for kind, archive := range archives {
			read := Import
			if kind == "tar" {
				read = Read
			}
			runtime.ReadMemStats(&before)
			_, err := read(archive)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrBundle) {
				t.Errorf("%s in a %s: %v", name, kind, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 40<<20 {
				t.Errorf("%s in a %s: %d bytes were used", name, kind, used)
			}
			if err != nil && len(err.Error()) > 8<<10 {
				t.Errorf("%s in a %s: an error of %d bytes", name, kind, len(err.Error()))
			}
		}
	}
}

func TestAFolderThatLooksOrderlyButIsWrittenOtherwiseIsRefused(t *testing.T) {
	good := pack(t, folder())
	plain, err := open(good.Packed())
	if err != nil {
		t.Fatal(err)
	}
	again := func(plain []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if _, err := Read(again(plain)); err != nil {
		t.Fatal("another packer's file is refused:", err)
	}
	for name, packed := range map[string][]byte{
		"out of order":       tarOf(t, entry{name: "b.yaml", data: []byte("x")}, entry{name: "a.yaml", data: []byte("x")}),
		"something at last":  again(append(bytes.Clone(plain), "more"...)),
		"two archives":       append(bytes.Clone(good.Packed()), good.Packed()...),
		"not packed":         plain,
		"nothing":            nil,
		"a time":             again(bytes.Replace(plain, []byte("00000000000\x00"), []byte("00000000001\x00"), 1)),
		"a folder's own row": tarOf(t, entry{name: "texts/", kind: tar.TypeDir}, entry{name: "texts/de.yaml", data: []byte("x")}),
	} {
		if _, err := Read(packed); !errors.Is(err, ErrBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAZipThatPeopleMadeIsTaken(t *testing.T) {
	want := pack(t, folder()).Digest()
	var plain, wrapped []entry
	for name, f := range folder() {
		plain = append(plain, entry{name: name, data: f.Data})
		wrapped = append(wrapped, entry{name: "parken 2/" + name, data: f.Data})
	}
	wrapped = append(wrapped, entry{name: "parken 2/"}, entry{name: "parken 2/texts/"}, entry{name: "parken 2/.DS_Store", data: []byte("x")}, entry{name: "__MACOSX/parken 2/._service.yaml", data: []byte("x")})
	for name, entries := range map[string][]entry{"the files": plain, "a folder around them, and what a computer leaves": wrapped} {
		f, err := Import(zipOf(t, entries...))
		if err != nil || f.Digest() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFileThatHasNoPlaceInAFolderIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"service.yaml", "ein Name.yaml", "größe.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "form.yaml")); err != nil {
		t.Skip(err)
	}
	_, err := Pack(os.DirFS(dir))
	for _, name := range []string{"ein Name.yaml", "größe.yaml", "form.yaml"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(pack(f, folder()).Packed())
	for _, entries := range [][]entry{{{name: "../x", data: []byte("x")}}, {{name: "b", data: []byte("x")}, {name: "a", data: []byte("x")}}} {
		f.Add(tarOf(f, entries...))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		got, err := Read(packed)
		if err != nil {
			if !errors.Is(err, ErrBundle) {
				t.Fatal(err)
			}
			return
		}
		again, err := Pack(got.FS())
		if err != nil || again.Digest() != got.Digest() {
			t.Fatalf("what was read is packed otherwise: %v", err)
		}
	})
}

func FuzzImport(f *testing.F) {
	f.Add(zipOf(f, entry{name: "a/service.yaml", data: []byte("x")}, entry{name: "a/texts/de.yaml", data: []byte("x")}))
	f.Fuzz(func(t *testing.T, archive []byte) {
		got, err := Import(archive)
		if err != nil {
			if !errors.Is(err, ErrBundle) {
				t.Fatal(err)
			}
			return
		}
		if again, err := Read(got.Packed()); err != nil || again.Digest() != got.Digest() {
			t.Fatalf("what was taken cannot be read: %v", err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	k := key(f)
	file, err := Sign(k, "parken", "2", pack(f, folder()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := Open([]proof.PublicKey{k.Public()}, file)
		if err == nil && (s.Service != "parken" || s.Version != "2" || s.Folder.Digest() != s.SHA256) {
			t.Fatalf("%+v was never signed", s.Statement)
		}
	})
}

func TestAFolderIsChangedFileByFileWithinTheSameLimits(t *testing.T) {
	f := pack(t, folder())
	with := func(name string, data []byte) *Folder {
		t.Helper()
		g, err := f.With(name, data)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	g := with("texts/en.yaml", []byte("title: Parking\n"))
	if data, ok := g.File("texts/en.yaml"); !ok || string(data) != "title: Parking\n" || len(g.Names()) != 4 {
		t.Errorf("%q %v", data, g.Names())
	}
	if _, there := f.File("texts/en.yaml"); there || len(f.Names()) != 3 {
		t.Error("the folder of before has changed")
	}
	back, err := g.Without("texts/en.yaml")
	if err != nil || back.Digest() != f.Digest() {
		t.Errorf("without it, it is another folder: %v", err)
	}
	for name, data := range map[string][]byte{"../x": nil, "größe.yaml": nil, "texts": nil, "texts/DE.yaml": nil, "big.yaml": make([]byte, MaxFile+1)} {
		if _, err := f.With(name, data); !errors.Is(err, ErrBundle) {
			t.Errorf("%s is taken: %v", name, err)
		}
	}
	one, err := pack(t, fstest.MapFS{"a.yaml": {Data: []byte("x")}}).Without("a.yaml")
	if !errors.Is(err, ErrBundle) {
		t.Errorf("nothing is a folder: %v %v", one, err)
	}
}
