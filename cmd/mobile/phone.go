package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// town is what the app has to know of its town; see town/README.md.
//
//go:embed town
var town embed.FS

// onPhone tells a phone from a computer that only draws as one (-tags mobile).
const onPhone = runtime.GOOS == "android" || runtime.GOOS == "ios"

// errNoTown says that the app was packaged without a town.
var errNoTown = errors.New("mobile: packaged without cmd/mobile/town/mobile.yaml")

// unpack lays down the packaged files in the app's own folder, anew at every start: an update may have brought others. It gives the
// configuration's path.
func unpack(dir string) (string, error) {
	if _, err := fs.Stat(town, "town/mobile.yaml"); err != nil {
		return "", errNoTown
	}
	files, err := fs.ReadDir(town, "town")
	if err != nil {
		return "", fmt.Errorf("mobile: unpack: %w", err)
	}
	to := filepath.Join(dir, "town")
	if err := os.MkdirAll(to, 0o700); err != nil {
		return "", fmt.Errorf("mobile: unpack: %w", err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(town, "town/"+f.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(to, f.Name()), data, 0o600)
		}
		if err != nil {
			return "", fmt.Errorf("mobile: unpack: %w", err)
		}
	}
	return filepath.Join(to, "mobile.yaml"), nil
}
