package server_test

import (
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
)

// A rotation while the clock was ahead kept devices sealing to that key for ever: the next one looked older.
func TestANewKeyIsAlwaysTheNewestKey(t *testing.T) {
	key, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	var k server.Keyring
	day := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{day.AddDate(1, 0, 0), day, day} {
		if err := k.Put(key, now); err != nil {
			t.Fatal(err)
		}
	}
	for n := range k.Authority[1:] {
		if !k.Authority[n].Issued.After(k.Authority[n+1].Issued) {
			t.Error("the newer key is not the one that was issued last")
		}
	}
}
