package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Room tells whether new work can be taken: the reserve is there, the file system has enough left, and not too much waits already.
// ErrFull, with the cause in words, if not.
func (s *Store) Room(ctx context.Context) error {
	if err := s.refill(); err != nil {
		return fmt.Errorf("%w: reserve: %w", ErrFull, err)
	}
	free, err := s.free(s.dir)
	if err != nil {
		return fmt.Errorf("store: room: %w", err)
	}
	if free < s.o.MinFree {
		return fmt.Errorf("%w: %d bytes free, %d needed", ErrFull, free, s.o.MinFree)
	}
	var bytes int64
	if err := s.db.QueryRowContext(ctx, `SELECT (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM envelopes) + (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM parts)`).Scan(&bytes); err != nil {
		return fmt.Errorf("store: room: %w", err)
	}
	if bytes > s.o.MaxBytes {
		return fmt.Errorf("%w: %d bytes of applications are kept", ErrFull, bytes)
	}
	return nil
}

func (s *Store) reservePath() string { return filepath.Join(s.dir, "reserve") }

// spend gives the reserve back to the file system; false if there was none.
func (s *Store) spend() bool {
	s.reserve.Lock()
	defer s.reserve.Unlock()
	return os.Remove(s.reservePath()) == nil
}

// refill makes the reserve file anew if it is missing or too short. Its bytes are random, so that no file system stores them as nothing.
func (s *Store) refill() error {
	s.reserve.Lock()
	defer s.reserve.Unlock()
	if s.o.Reserve == 0 {
		return nil
	}
	path := s.reservePath()
	if i, err := os.Stat(path); err == nil && i.Size() >= s.o.Reserve {
		return nil
	}
	free, err := s.free(s.dir)
	if err != nil {
		return err
	}
	if free < s.o.Reserve+s.o.MinFree {
		return errors.New("spent, and not enough room to make it anew")
	}
	b := make([]byte, s.o.Reserve)
	_, _ = rand.Read(b) // never fails; random, because some disks do not store what is all the same
	for i := range b {
		b[i] |= 0x80 // no letter: whoever searches the disk for what somebody said does not find it here by chance
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	return os.Rename(path+".new", path)
}
