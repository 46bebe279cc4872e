package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Reach gives the way by which a room gets into another one, over as many rooms as it takes: the rooms passed, from first to last. It is nil when
// there is none. name may end in "/..." as in the floors' table. Tests do not count, files for other systems do.
func Reach(fsys fs.FS, from, name string) ([]string, error) {
	ways := map[string][]string{from: {from}}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		here := next[0]
		entered, err := enters(fsys, here)
		if err != nil {
			return nil, err
		}
		for _, room := range entered {
			if ways[room] != nil {
				continue
			}
			ways[room] = append(append([]string{}, ways[here]...), room)
			if match(name, room) {
				return ways[room], nil
			}
			next = append(next, room)
		}
	}
	return nil, nil
}

// enters lists the rooms of ours that a room's files import.
func enters(fsys fs.FS, dir string) ([]string, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("arch: %w", err)
	}
	var rooms []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("arch: %w", err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
		if err != nil {
			return nil, fmt.Errorf("arch: %w", err)
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, fmt.Errorf("arch: %w", err)
			}
			if ours, is := strings.CutPrefix(imported, Module+"/"); is {
				rooms = append(rooms, ours)
			}
		}
	}
	return rooms, nil
}
