package limit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goccy/go-yaml"
)

func TestAFolderThatIsNoServiceIsNotRead(t *testing.T) {
	file := func(size int) *fstest.MapFile { return &fstest.MapFile{Data: make([]byte, size)} }
	many, sum := fstest.MapFS{}, fstest.MapFS{}
	for i := range 10_000 {
		many[fmt.Sprintf("texts/%d.yaml", i)] = file(0)
	}
	for i := range 20 {
		sum[fmt.Sprintf("%d.yaml", i)] = file(LargestFile)
	}
	for name, f := range map[string]fs.FS{
		"ten thousand files":      many,
		"a huge file":             fstest.MapFS{"form.yaml": file(LargestFile + 1)},
		"many large files":        sum,
		"a link":                  fstest.MapFS{"form.yaml": {Mode: fs.ModeSymlink, Data: []byte("/etc/passwd")}},
		"a device":                fstest.MapFS{"form.yaml": {Mode: fs.ModeDevice}},
		"a pipe":                  fstest.MapFS{"form.yaml": {Mode: fs.ModeNamedPipe}},
		"a name with NUL":         fstest.MapFS{"form\x00.yaml": file(1)},
		"a name with a backslash": fstest.MapFS{`..\x.yaml`: file(1)},
		"a name of points":        fstest.MapFS{"....": file(1)},
		"a hidden file":           fstest.MapFS{".profile": file(1)},
		"a long name":             fstest.MapFS{strings.Repeat("x", LongestName+1): file(1)},
		"a device's name":         fstest.MapFS{"con:": file(1)},
		"a new line":              fstest.MapFS{"a\nb": file(1)},
		"folders in folders":      fstest.MapFS{strings.Repeat("x/", 40) + "x": file(1)},
	} {
		began := time.Now()
		if err := Check(f); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	if err := Check(fstest.MapFS{"service.yaml": file(1), "texts/de-simple.yaml": file(1), "examples/Zwei Hunde (ä).yaml": file(1)}); err == nil {
		t.Error("brackets in a name are let through")
	}
	if err := Check(fstest.MapFS{"service.yaml": file(1), "texts/de-simple.yaml": file(1), "examples/zwei Hunde+Straße@2.yaml": file(1)}); err != nil {
		t.Error(err)
	}
}

// A link out of the folder would show whoever publishes a service what else lies on the disk.
func TestNoLinkLeadsOutOfAFolder(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"form.yaml": secret, "texts": filepath.Dir(secret)} {
		link := filepath.Join(dir, name)
		if err := os.Symlink(to, link); err != nil {
			t.Skip(err)
		}
		if err := Check(os.DirFS(dir)); !errors.Is(err, ErrLimit) || strings.Contains(fmt.Sprint(err), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Read(os.DirFS(dir), "../secret"); err == nil {
		t.Error("a way up is followed")
	}
}

// endless is a file that says it is small and does not end.
type endless struct{ fstest.MapFS }

func (e endless) Open(name string) (fs.File, error) {
	f, err := e.MapFS.Open(name)
	return endlessFile{f}, err
}

type endlessFile struct{ fs.File }

func (endlessFile) Read(p []byte) (int, error) { return len(p), nil }

func TestAFileThatLiesAboutItsSizeIsNotReadToItsEnd(t *testing.T) {
	if _, err := Read(endless{fstest.MapFS{"form.yaml": {}}}, "form.yaml"); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

// bombs are YAML files that are small and become large, or that lead a decoder down without end.
func bombs() map[string]string {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	var stairs strings.Builder
	for i := range 200 {
		stairs.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return map[string]string{
		"a thousand million laughs": laughs,
		"maps that laugh":           "a: &a {x: 1}\nb: &b {<<: *a, y: *a}\nc: {<<: *b, z: *b}\n",
		"an anchor in itself":       "a: &a [*a]\n",
		"many aliases":              "a: &a x\nb: [" + strings.Repeat("*a, ", 1000) + "*a]\n",
		"brackets":                  strings.Repeat("[", 100_000),
		"braces":                    strings.Repeat("{a: ", 50_000),
		"dashes":                    strings.Repeat("- ", 100_000) + "x",
		"questions":                 strings.Repeat("? ", 100_000) + "x",
		"stairs":                    stairs.String(),
		"too much":                  "a: " + strings.Repeat("x", LargestYAML),
		"no text":                   "a: b\x00c",
	}
}

func TestAYAMLBombDoesNotGoOff(t *testing.T) {
	for name, text := range bombs() {
		began := time.Now()
		if err := YAML([]byte(text)); err == nil {
			t.Errorf("%s is let through", name)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	for _, good := range []string{"", "a: &a [1, 2]\nb: *a\nc: &c {x: y}\nd: *c\n", "when: 'answers.a && answers.b'\n", "- a\n- - b\n  - c\n",
		"text: |\n  - - - so\n  & mehr\n"} {
		if err := YAML([]byte(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func FuzzYAML(f *testing.F) {
	for _, text := range bombs() {
		if len(text) < 10_000 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte("pages:\n  - id: one\n    fields: [{path: /a, kind: text}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if YAML(data) != nil {
			return
		}
		defer time.AfterFunc(10*time.Second, func() { panic(fmt.Sprintf("it does not end: %q", data)) }).Stop()
		began := time.Now()
		var v any
		if err := yaml.Unmarshal(data, &v); err == nil {
			if text, err := yaml.Marshal(v); err == nil && len(text) > 1000*(len(data)+100) {
				t.Fatalf("%d bytes become %d", len(data), len(text))
			}
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Fatalf("took %v: %.200q", d, bytes.ToValidUTF8(data, nil))
		}
	})
}

// The decoder panics on a tag in front of a map where a list is wanted; nobody else does.
func TestWhatTheDecoderGivesUpOnIsRefused(t *testing.T) {
	var list []struct{ A string }
	if err := Decode([]byte("! {000: 0000,000000: 000}"), &list); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	if err := Decode([]byte("- {a: so}\n"), &list); err != nil || len(list) != 1 || list[0].A != "so" {
		t.Error(list, err)
	}
	if err := Decode([]byte("- {b: so}\n"), &list); err == nil || !strings.Contains(err.Error(), "[1:4]") {
		t.Error(err)
	}
}
