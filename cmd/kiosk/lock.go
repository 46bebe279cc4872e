package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errTaken says that another terminal program uses the memory already: two would disturb each other's payments.
var errTaken = errors.New("kiosk: another program uses this data directory")

// lock takes the data directory for this program until close is called, or the program ends however it may.
func lock(dir string) (close func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("kiosk: lock the data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errTaken
		}
		return nil, fmt.Errorf("kiosk: lock the data directory: %w", err)
	}
	return f.Close, nil
}
