package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

func TestAWardenChecksAPermit(t *testing.T) {
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	other, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.json")
	set, err := json.Marshal(map[string]any{"keys": []proof.PublicKey{key.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	sign := func(k proof.Key, kind, from, until string) string {
		token, err := proof.Sign(k, kind, map[string]any{"plate": "MI-RV 1958", "zone": "B", "from": from, "until": until})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	day := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ token, want string }{
		{sign(key, proof.Permit, "2026-11-23", "2027-11-22"), ""},
		{sign(key, proof.Permit, "2025-11-23", "2026-11-23"), ""},
		{sign(key, proof.Permit, "2025-11-23", "2026-11-22"), "ended on 2026-11-22"},
		{sign(key, proof.Permit, "2026-12-01", "2027-11-30"), "begins on 2026-12-01"},
		{sign(other, proof.Permit, "2026-11-23", "2027-11-22"), "NOT VALID"},
		{sign(key, proof.Receipt, "2026-11-23", "2027-11-22"), "NOT VALID"},
		{"", "NOT VALID"},
		{"https://example.org", "NOT VALID"},
	} {
		var out bytes.Buffer
		err := verifyCmd{Keys: file, Token: "-"}.check(&hands{in: strings.NewReader(c.token + "\n"), out: &out}, day)
		switch {
		case c.want == "" && (err != nil || !strings.Contains(out.String(), "MI-RV 1958") || !strings.Contains(out.String(), "VALID today")):
			t.Errorf("%s, %v", out.String(), err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	several, err := proof.Sign(key, proof.Permit, map[string]any{"plates": []string{"MI-AB 1", "HF-CD 22"}, "from": "2026-11-23", "until": "2027-11-22"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (verifyCmd{Keys: file, Token: "-"}).check(&hands{in: strings.NewReader(several), out: &out}, day); err != nil || !strings.Contains(out.String(), "Plate    MI-AB 1, HF-CD 22\n") {
		t.Errorf("a craftsmen's permit: %s, %v", out.String(), err)
	}
}
