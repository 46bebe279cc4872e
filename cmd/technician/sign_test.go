package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func technician(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, strings.NewReader(""), &out, io.Discard)
	return out.String(), err
}

func TestASignedServiceIsOneFileThatItsKeyVouchesFor(t *testing.T) {
	dir := t.TempDir()
	from, err := fs.Sub(assets.FS, "services/umfrage")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "work in progress") // the folder may be called as it likes
	if err := os.CopyFS(folder, from); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "me.key")
	printed, err := technician(t, "service", "key", secret)
	if err != nil {
		t.Fatal(err)
	}
	var public proof.PublicKey
	if err := json.Unmarshal([]byte(printed), &public); err != nil || strings.Contains(printed, `"d"`) {
		t.Fatalf("%s %v", printed, err)
	}
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if _, err := technician(t, "service", "key", secret); err == nil {
		t.Error("a key was replaced")
	}
	printed, err = technician(t, "service", "sign", folder, "--key", secret, "--out", dir)
	if err != nil {
		t.Fatal(printed, err)
	}
	var told signedFile
	if err := json.Unmarshal([]byte(printed), &told); err != nil || told.File != filepath.Join(dir, "umfrage-1.service") || told.Key != public.ID() {
		t.Fatalf("%s %v", printed, err)
	}
	file, err := os.ReadFile(told.File)
	if err != nil {
		t.Fatal(err)
	}
	s, err := bundle.Open([]proof.PublicKey{public}, file)
	if err != nil || s.Service != "umfrage" || s.Version != "1" || s.Folder.Digest() != told.SHA256 {
		t.Fatal(s.Statement, err)
	}
	again := filepath.Join(dir, "again")
	if err := os.Mkdir(again, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := technician(t, "service", "sign", folder, "--key", secret, "--out", again); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(filepath.Join(again, "umfrage-1.service")); err != nil || !bytes.Equal(second, file) {
		t.Error("the same folder gives another file", err)
	}
}

func TestWhatDoesNotCheckIsNotSigned(t *testing.T) {
	dir := t.TempDir()
	from, err := fs.Sub(assets.FS, "services/umfrage")
	if err != nil {
		t.Fatal(err)
	}
	folder, secret := filepath.Join(dir, "umfrage"), filepath.Join(dir, "me.key")
	if err := os.CopyFS(folder, from); err != nil {
		t.Fatal(err)
	}
	if _, err := technician(t, "service", "key", secret); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "texts", "en.yaml"), []byte("title: Survey\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	printed, err := technician(t, "service", "sign", folder, "--key", secret, "--out", dir)
	if !errors.Is(err, service.ErrFlaws) || strings.Count(printed, "is missing") < 10 {
		t.Error(printed, err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*.service")); len(found) > 0 {
		t.Error("it was signed all the same")
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, "form2.yaml")); err == nil {
		if _, err := technician(t, "service", "sign", folder, "--key", secret, "--out", dir); !errors.Is(err, bundle.ErrBundle) {
			t.Error("a link is packed:", err)
		}
	}
	if _, err := technician(t, "service", "sign", folder, "--key", filepath.Join(folder, "service.yaml"), "--out", dir); err == nil {
		t.Error("anything is a key")
	}
}

func TestTheSelfTestTellsOfServicesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(filepath.Join(dir, outpost.File), store.Options{Reserve: -1, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.NoteFault(t.Context(), wire.Fault{Kind: wire.FaultRefused, Service: "umfrage", Version: "3", Reason: "no situation", Count: 1}), s.Close()); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "kiosk.yaml")
	if err := os.WriteFile(config, []byte("data: "+dir+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	printed, err := technician(t, "selftest", "--config", config)
	if !errors.Is(err, errSelftest) || !strings.Contains(printed, "umfrage 3 ist veröffentlicht und wird hier nicht angeboten") || !strings.Contains(printed, "no situation") {
		t.Error(printed, err)
	}
}
