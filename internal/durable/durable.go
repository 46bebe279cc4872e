// Package durable writes small files that have to be there, whole, after the power has gone.
package durable

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Write replaces a file or makes it, readable for its owner only. After a crash at any moment the file holds what it held before or b, never a
// part; once Write has returned without an error it holds b.
func Write(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return Names(filepath.Dir(path))
}

// Names makes durable which names there are in a directory.
func Names(dir string) error {
	if runtime.GOOS == "windows" { // there they are durable with their files
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
