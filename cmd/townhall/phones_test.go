package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

func TestAPhoneWithItsShippedFilesSealsBeforeItHadALineAndBringsItLater(t *testing.T) {
	h := newHouse(t)
	if _, err := h.run("", "phone-config", "--url", "https://127.0.0.1:1", h.dir+"/phone"); err == nil || !strings.Contains(err.Error(), "keys init") {
		t.Fatal("before there are keys:", err)
	}
	h.must("", "keys", "init")
	if _, err := h.run("", "phone-config", "--url", "http://rathaus.example", h.dir+"/phone"); err == nil {
		t.Fatal("a phone without TLS")
	}
	out := h.must("", "phone-config", "--url", "https://rathaus.example:8443", h.dir+"/phone")
	ca, keys := filepath.Join(h.dir, "phone", "ca.crt"), filepath.Join(h.dir, "phone", "town.keys.json")
	for _, want := range []string{"url: https://rathaus.example:8443", "ca: " + ca, "keys: " + keys} {
		if !strings.Contains(out, want) {
			t.Errorf("%q does not say %q", out, want)
		}
	}
	raw, err := os.ReadFile(keys)
	if err != nil || strings.Contains(string(raw), `"d"`) {
		t.Fatal("a secret goes along with the program", err)
	}

	dir := t.TempDir()
	id, err := device.Install(t.Context(), dir, "https://127.0.0.1:1", ca, keys) // nobody is there
	if err != nil || id.Tenant() != "stadt" {
		t.Fatal(err)
	}
	memory, err := store.Open(filepath.Join(dir, "memory.db"), store.Options{Sign: id.Sign, Reserve: -1, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { memory.Close() })
	e, err := device.New(id, memory, device.Options{}).Seal(t.Context(), "01931e5c-0000-7000-8000-000000000001", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	photo, err := device.New(id, memory, device.Options{}).Seal(t.Context(), "photo", []byte("jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	e.Parts = []seal.Part{photo.Part()}
	if err := memory.Release(t.Context(), e, pay.Free, 0); err != nil {
		t.Fatal(err)
	}

	m := h.serve()
	defer m.Close()
	there, err := id.At("https://" + m.Address("device"))
	if err != nil {
		t.Fatal(err)
	}
	if err := device.New(there, memory, device.Options{}).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st, err := memory.Standing(t.Context(), e.ID); err != nil || st.State != store.Sent {
		t.Fatal(st, err)
	}
	if records, err := memory.Records(t.Context(), "keys"); err != nil || len(records) != 1 {
		t.Fatal("a phone is told nothing:", len(records), err)
	}
}
