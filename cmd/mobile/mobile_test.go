package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/mobile"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// authority writes the certificate of a town's authority.
func authority(t *testing.T, dir string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "town"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A phone that never had a line remembers drafts across restarts, and puts a report on its way together with what it remembers of it.
func TestAPhoneRemembersWithoutEverHavingHadALine(t *testing.T) {
	dir := t.TempDir()
	ca := authority(t, dir)
	data := filepath.Join(dir, "data")
	open := func() *outpost.Outpost {
		id, err := device.Install(t.Context(), data, "https://127.0.0.1:1", ca, "")
		if err != nil {
			t.Fatal(err)
		}
		post, err := outpost.Open(data, id, outpost.Options{Locker: true})
		if err != nil {
			t.Fatal(err)
		}
		return post
	}
	post := open()
	said := []byte("Das Loch ist neben dem Zebrastreifen.")
	if err := (shelves{post.Store}).Put(t.Context(), mobile.Entry{Shelf: "draft", ID: "d", Data: said}, mobile.Entry{Shelf: "photo", ID: "p", Data: []byte("jpeg")}); err != nil {
		t.Fatal(err)
	}
	if err := post.Close(); err != nil {
		t.Fatal(err)
	}
	memory, err := os.ReadFile(filepath.Join(data, outpost.File))
	if err != nil || strings.Contains(string(memory), "Zebrastreifen") {
		t.Fatalf("what was said can be read on the disk: %v", err)
	}
	post = open()
	defer post.Close()
	all := shelves{post.Store}
	e, ok, err := all.Get(t.Context(), "draft", "d")
	if err != nil || !ok || string(e.Data) != string(said) {
		t.Fatalf("after a restart: %q, %t, %v", e.Data, ok, err)
	}
	key, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := seal.Seal(key.Public(), uuid.NewString(), said)
	if err != nil {
		t.Fatal(err)
	}
	out := outbox{post}
	for range 2 { // once more changes nothing
		err := out.Keep(t.Context(), envelope, pay.Free, 0, []mobile.Entry{{Shelf: "report", ID: envelope.ID, Data: []byte("{}")}}, []mobile.Ref{{Shelf: "draft", ID: "d"}, {Shelf: "photo", ID: "p"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if s, _, err := out.Standing(t.Context(), envelope.ID); err != nil || s != mobile.Waiting {
		t.Errorf("it stands at %d: %v", s, err)
	}
	if list, err := all.List(t.Context(), "report"); err != nil || len(list) != 1 {
		t.Errorf("%d reports: %v", len(list), err)
	}
	if list, err := all.List(t.Context(), "draft"); err != nil || len(list) != 0 {
		t.Errorf("%d drafts: %v", len(list), err)
	}
}

func TestAMistakeInTheConfigurationIsNamed(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"town: {url: \"https://rathaus.example\", ca: ca.crt}\nphotos: 5\n":      "mobile.yaml:2: photos: ",
		"town: {url: \"http://rathaus.example\", ca: ca.crt}\n":                  "mobile.yaml:1: town.url: ",
		"lang: de\ntown:\n  url: \"https://rathaus.example\"\n":                  "mobile.yaml:2: town.ca: ",
		"town: {url: \"https://rathaus.example\", ca: c}\nlang: fr\n":            "mobile.yaml:2: lang: ",
		"town: {url: \"https://rathaus.example\", ca: c}\n\ntenant: minden\n":    "mobile.yaml:3: tenant: ",
		"town: {url: \"https://rathaus.example\", ca: c}\ndemo: {again: soon}\n": "mobile.yaml:2: demo.again: ",
	} {
		file := filepath.Join(dir, "mobile.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "mobile.yaml"), []byte("town: {url: \"https://rathaus.example\", ca: ca.crt}\ndemo: {pictures: bilder}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(filepath.Join(dir, "mobile.yaml"))
	if err != nil || c.Town.CA != filepath.Join(dir, "ca.crt") || c.Demo.Pictures != filepath.Join(dir, "bilder") || c.Data != filepath.Join(dir, "phone") {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestTheWindowHasASizeOfAPhone(t *testing.T) {
	if s, err := sizeOf("390x844"); err != nil || s.Width != 390 || s.Height != 844 {
		t.Error(s, err)
	}
	for _, bad := range []string{"", "390", "390x", "xx", "20x20", "390x844x1"} {
		if _, err := sizeOf(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestAnAppPackagedWithoutATownSaysSo(t *testing.T) {
	if _, err := town.ReadFile("town/mobile.yaml"); err == nil {
		t.Skip("this source has a town")
	}
	if _, err := unpack(t.TempDir()); !errors.Is(err, errNoTown) {
		t.Error(err)
	}
}
