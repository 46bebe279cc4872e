package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
)

func TestARestoreSaysWhoStaysOutAndWhomToLookAt(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	m := h.serve()
	h.terminal(m)
	h.must("ein langes Kennwort\n", "user", "add", "anna", "--name", "Anna")
	backup := filepath.Join(h.dir, "backup.db")
	h.must("", "backup", backup)
	h.must("", "device", "revoke", "Terminal Bürgerbüro")
	h.must("", "user", "disable", "anna")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	out := h.must("", "restore", backup)
	if !strings.Contains(out, "Still revoked, as decided after the backup: Terminal Bürgerbüro.") || !strings.Contains(out, "after the backup: anna.") || strings.Contains(out, "look at each") {
		t.Error(out)
	}
	if list := h.must("", "device", "list"); !strings.Contains(list, "revoked on") {
		t.Error(list)
	}
	if err := os.Remove(filepath.Join(h.dir, "data", "townhall.db"+sqlite.ShutOut)); err != nil {
		t.Fatal(err)
	}
	if out := h.must("", "restore", backup); !strings.Contains(out, "look at each") || !strings.Contains(out, "Devices: Terminal Bürgerbüro.") || !strings.Contains(out, "People: anna.") {
		t.Error(out)
	}
}
