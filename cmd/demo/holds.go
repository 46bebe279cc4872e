package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// holds looks for any of the words in all files below the folders, without regard to capitals, and gives the first file that has one. Files whose
// name begins with one of skip are left out.
func holds(words []string, skip []string, roots ...string) (found string, err error) {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			for _, s := range skip {
				if strings.HasPrefix(d.Name(), s) {
					return nil
				}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			data = bytes.ToLower(data)
			for _, w := range words {
				if bytes.Contains(data, bytes.ToLower([]byte(w))) {
					found = path
					return filepath.SkipAll
				}
			}
			return nil
		})
		if err != nil || found != "" {
			return found, err
		}
	}
	return "", nil
}
