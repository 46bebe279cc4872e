//go:build linux

package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

func TestWithoutRoomNoNewWorkIsTaken(t *testing.T) {
	o := options()
	o.MinFree, o.MaxBytes = 1<<20, 30
	s := open(t, filepath.Join(t.TempDir(), "device.db"), o)
	free := int64(100 << 20)
	s.free = func(string) (int64, error) { return free, nil }
	if err := s.Room(ctx); err != nil {
		t.Fatal(err)
	}
	free = 1<<20 - 1
	if err := s.Room(ctx); !errors.Is(err, ErrFull) {
		t.Fatal("the disk is nearly full:", err)
	}
	free = 1 << 20 // enough to work, not enough to work and to make a reserve
	if err := os.Remove(s.reservePath()); err != nil {
		t.Fatal(err)
	}
	if err := s.Room(ctx); !errors.Is(err, ErrFull) {
		t.Fatal("the reserve is spent:", err)
	}
	free = 100 << 20
	if err := s.Room(ctx); err != nil {
		t.Fatal("there is room again:", err)
	}
	if b, err := os.ReadFile(s.reservePath()); err != nil || slices.ContainsFunc(b, func(c byte) bool { return c < 0x80 }) {
		t.Errorf("words may stand in the reserve by chance: %v", err)
	}
	if i, err := os.Stat(s.reservePath()); err != nil || i.Size() != o.Reserve {
		t.Fatal("the reserve is not made anew", err)
	}
	for n := 1; n <= 3; n++ {
		release(t, s, n)
	}
	if err := s.Room(ctx); !errors.Is(err, ErrFull) {
		t.Fatal("too much waits:", err)
	}
}

// A small real file system, filled to the last byte.
func TestAFullDiskStillDrains(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("cannot mount a small file system here:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	o := options()
	o.Reserve = 3 << 20
	s, err := Open(filepath.Join(dir, "device.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hold(t, s, 0)
	record(t, s, 0, pay.Ask)
	// Citizens come until nothing more fits.
	last, stop := 0, error(nil)
	for n := 1; n < 10_000 && stop == nil; n++ {
		e := envelope(n)
		for len(e.Data) < 20_000 {
			e.Data = append(e.Data, "paddingpaddingpadding"...)
		}
		if stop = s.Release(ctx, e, pay.Free, 0); stop == nil {
			last = n
		}
	}
	if !errors.Is(stop, ErrFull) || last == 0 {
		t.Fatal(last, stop)
	}
	fill(t, filepath.Join(dir, "others.log"))
	// The card terminal says yes just now.
	if p, effect := record(t, s, 0, pay.Grant, pay.Complete); p.State != pay.Approved || effect != pay.Release {
		t.Fatal(p, effect)
	}
	// The line comes back: everything that was confirmed travels.
	for n := 0; ; n++ {
		items := ready(t, s)
		if len(items) == 0 {
			break
		}
		if n > last {
			t.Fatal("it does not end")
		}
		for _, i := range items {
			if err := s.Delivered(ctx, receiptFor(i, "e1", noon), "a.b.c"); err != nil {
				t.Fatal("the receipt cannot be stored:", err)
			}
		}
	}
	if c := count(t, s); c.Sent != last+1 {
		t.Fatal(c, last)
	}
	if err := s.Room(ctx); !errors.Is(err, ErrFull) {
		t.Fatal("new work is taken on a full disk:", err)
	}
}

func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		return // not even a name fits: full enough
	}
	defer f.Close()
	b := make([]byte, 4096)
	for {
		if _, err := f.Write(b); err != nil {
			return
		}
	}
}
