package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

// survey lays the survey that ships down in a folder, as another version.
func survey(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "umfrage")
	from, err := fs.Sub(assets.FS, "services/umfrage")
	if err == nil {
		err = os.CopyFS(dir, from)
	}
	file := filepath.Join(dir, "service.yaml")
	text, err2 := os.ReadFile(file)
	if err == nil && err2 == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), `version: "1"`, `version: "`+version+`"`, 1)), 0o600)
	}
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return dir
}

func TestAServiceIsPublishedFromTheCommandLineWhileTheServerRuns(t *testing.T) {
	h := newHouse(t)
	h.write("data: data\ntenant: stadt\ndevice: {listen: \"127.0.0.1:0\", names: [127.0.0.1]}\nstaff: {listen: \"127.0.0.1:0\"}\npublic: {listen: \"127.0.0.1:0\"}\nops: {listen: \"127.0.0.1:0\"}\n")
	h.must("", "keys", "init")
	m := h.serve()
	t.Cleanup(func() { m.Close() })
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	keyFile, file := filepath.Join(h.dir, "amt.jwk"), filepath.Join(h.dir, "umfrage-2.service")
	folder, err := bundle.Pack(os.DirFS(survey(t, "2")))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := bundle.Sign(key, "umfrage", "2", folder)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{keyFile: public, file: signed} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.run("", "service", "publish", file); err == nil || !strings.Contains(err.Error(), "publisher add") {
		t.Error("a stranger publishes:", err)
	}
	h.must("", "publisher", "add", "Amt", keyFile)
	if out := h.must("", "publisher", "list"); !strings.Contains(out, key.ID()) || !strings.Contains(out, "Amt") {
		t.Error(out)
	}
	if out := h.must("", "service", "publish", file); !strings.Contains(out, "umfrage 2 is published") {
		t.Error(out)
	}
	if _, err := h.run("", "service", "publish", survey(t, "1")); err == nil || !strings.Contains(err.Error(), "version 1 is taken") {
		t.Error("what ships is replaced:", err)
	}
	broken := survey(t, "4")
	if err := os.Remove(filepath.Join(broken, "texts", "en.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run("", "service", "publish", broken); err == nil || strings.Count(err.Error(), "is missing") < 10 {
		t.Error("not every reason is said:", err)
	}
	h.must("", "service", "publish", survey(t, "3"))
	if err := m.Library.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, body := h.get(m, "public", "/schemas/"); code != http.StatusOK || !strings.Contains(body, `"/schemas/umfrage/3/schema.json"`) {
		t.Error(code, body)
	}
	if out := h.must("", "service", "list"); !strings.Contains(out, "3, 2") || !strings.Contains(out, "published since") || !strings.Contains(out, "ships") {
		t.Error(out)
	}
	h.must("", "service", "return", "umfrage", "2")
	h.must("", "service", "withdraw", "umfrage")
	if _, err := h.run("", "service", "withdraw", "umfrage"); err == nil {
		t.Error("nothing was withdrawn, and nobody says so")
	}
	for _, version := range []string{"1", "2", "3"} { // whoever was handed an application of it can still read it
		if code, body := h.get(m, "public", "/schemas/umfrage/"+version+"/schema.json"); code != http.StatusOK || !strings.Contains(body, "/schemas/umfrage/"+version+"/schema.json") {
			t.Error(code, body)
		}
	}
	h.must("", "publisher", "remove", "Amt")
	if _, err := h.run("", "publisher", "add", "Amt", file); err == nil {
		t.Error("anything is a key")
	}
}

func TestWhoPublishesIsSaidOnTheCommandLine(t *testing.T) {
	h := newHouse(t)
	h.must("a very long password\n", "user", "add", "kowalski", "--name", "B. Kowalski")
	h.must("", "user", "publish", "kowalski")
	if out := h.must("", "user", "list"); !strings.Contains(out, "publishes services") {
		t.Error(out)
	}
	h.must("", "user", "publish", "kowalski", "--not")
	if out := h.must("", "user", "list"); strings.Contains(out, "publishes services") {
		t.Error(out)
	}
	if _, err := h.run("", "user", "publish", "nobody"); err == nil {
		t.Error("nobody publishes")
	}
}
