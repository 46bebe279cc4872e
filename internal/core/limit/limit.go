// Package limit reads the folders that services and tenants come in: from a disk, out of the program or out of a bundle that somebody published. What lies
// there is not trusted: how much there is, how it is called and how it is built has limits, and all that read such a folder keep to the same ones.
package limit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Limits of a folder. A service has about twenty files of some kilobytes; the largest table of a tenant has some hundred rows.
const (
	MostFiles   = 1000      // files and folders
	LargestFile = 2 << 20   // bytes
	LargestYAML = 512 << 10 // bytes of a file that is read as YAML
	LargestSum  = 32 << 20  // bytes of all files
	Deepest     = 6         // folders in each other
	LongestName = 100       // bytes
)

// Limits of a YAML file's shape.
const (
	deepestYAML = 64  // lists and maps in each other
	mostAliases = 200 // places where something said before stands again
)

// ErrLimit says that a folder or a file is larger than, or called or built otherwise than, what is read.
var ErrLimit = errors.New("outside the limits")

// name is how files and folders may be called: as every disk and every archive can hold them.
var name = regexp.MustCompile(`^[\pL\pN_][\pL\pN_.@ +-]*$`)

// Check looks at a folder before anything in it is read: only files and folders, no links, not too many, with plain names, not too large. The error
// wraps ErrLimit and names the file.
func Check(fsys fs.FS) error {
	count, sum := 0, int64(0)
	return fs.WalkDir(fsys, ".", func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if at == "." {
			return nil
		}
		if count++; count > MostFiles {
			return fmt.Errorf("more than %d files: %w", MostFiles, ErrLimit)
		}
		if !fs.ValidPath(at) || len(d.Name()) > LongestName || !name.MatchString(d.Name()) || strings.HasSuffix(d.Name(), ".") {
			return fmt.Errorf("%.100q is no name for a file: %w", d.Name(), ErrLimit)
		}
		if strings.Count(at, "/") >= Deepest {
			return fmt.Errorf("%.200q lies too deep: %w", at, ErrLimit)
		}
		if d.IsDir() {
			return nil
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no file, it may be a link: %w", at, ErrLimit)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Size() > LargestFile {
			return fmt.Errorf("%s has %d bytes, %d are read: %w", at, info.Size(), LargestFile, ErrLimit)
		}
		if sum += info.Size(); sum > LargestSum {
			return fmt.Errorf("more than %d bytes altogether: %w", LargestSum, ErrLimit)
		}
		return nil
	})
}

// Read is fs.ReadFile for a file of a folder; what is larger than LargestFile is not read, whatever its folder says of its size.
func Read(fsys fs.FS, file string) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var data bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() <= LargestFile {
		data.Grow(int(info.Size()) + bytes.MinRead)
	}
	if _, err := data.ReadFrom(io.LimitReader(f, LargestFile+1)); err != nil {
		return nil, err
	}
	if data.Len() > LargestFile {
		return nil, fmt.Errorf("%s is larger than %d bytes: %w", file, LargestFile, ErrLimit)
	}
	return data.Bytes(), nil
}

// YAML looks at a YAML file's text before it is decoded: a decoder follows lists in lists and names for what was said before as far as they go.
func YAML(data []byte) error {
	if len(data) > LargestYAML {
		return fmt.Errorf("larger than %d bytes: %w", LargestYAML, ErrLimit)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return fmt.Errorf("no text: %w", ErrLimit)
	}
	if line := tooDeep(data); line > 0 {
		return fmt.Errorf("[%d:1] more than %d lists and maps in each other: %w", line, deepestYAML, ErrLimit)
	}
	if bytes.IndexByte(data, '&') < 0 || !anchor.Match(data) {
		return nil
	}
	return aliases(data)
}

// Decode reads YAML that YAML has nothing against, and refuses unknown keys. The error names line and column.
func Decode(data []byte, into any) (err error) {
	if err := YAML(data); err != nil {
		return err
	}
	defer func() { // the decoder gives up in this way on some of what is wrong: a tag in front of a map where a list is wanted
		if recover() != nil {
			err = fmt.Errorf("cannot be read: %w", ErrLimit)
		}
	}()
	return yaml.UnmarshalWithOptions(data, into, yaml.Strict())
}

// anchor finds what may be an anchor (&name); && of an expression is none.
var anchor = regexp.MustCompile(`(^|[\s\[{,:-])&[^&\s]`)

// tooDeep gives the line in which lists and maps lie too deep in each other, 0: none. It counts brackets and lines' beginnings without knowing which stand
// in a text, so that the limit is a generous one.
func tooDeep(data []byte) int {
	var indents []int // of the lines around
	open := 0
	for n, line := range bytes.Split(data, []byte("\n")) {
		text := bytes.TrimLeft(line, " ")
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		indent := len(line) - len(text)
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			indents = indents[:len(indents)-1]
		}
		indents = append(indents, indent)
		depth := len(indents)
		for len(text) > 1 && bytes.IndexByte([]byte("-?:!&*|>"), text[0]) >= 0 { // "- - -": lists that begin in one line
			depth++
			_, rest, found := bytes.Cut(text, []byte(" "))
			if !found {
				break
			}
			text = bytes.TrimLeft(rest, " ")
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if depth+open > deepestYAML {
				return n + 1
			}
		}
	}
	return 0
}

// aliases refuses what would grow without end: a name for something in which there are such names again.
func aliases(data []byte) error {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return err
	}
	a := &anchors{}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(a, doc.Body)
		}
	}
	if a.used > mostAliases {
		return fmt.Errorf("more than %d aliases: %w", mostAliases, ErrLimit)
	}
	if a.nested {
		return fmt.Errorf("an alias inside of an anchor: %w", ErrLimit)
	}
	return nil
}

type anchors struct {
	used   int
	inside bool
	nested bool
}

// Visit counts.
func (a *anchors) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.AnchorNode:
		if !a.inside && n.Value != nil {
			inner := &anchors{inside: true}
			ast.Walk(inner, n.Value)
			a.nested = a.nested || inner.nested || inner.used > 0
		}
	case *ast.AliasNode:
		a.used++
	}
	return a
}

// Sections divides a YAML file at the keys that stand at the beginning of a line, for who wants to know little out of a long file: the text of each key,
// with the key. nil: it is not built so.
func Sections(data []byte) map[string][]byte {
	found := map[string][]byte{}
	at := ""
	for line := range bytes.Lines(data) {
		c := line[0]
		switch {
		case c == ' ' || c == '\n' || c == '\r' || c == '#':
			if at != "" {
				found[at] = append(found[at], line...)
			}
			continue
		case c >= 'a' && c <= 'z':
			key, _, ok := strings.Cut(string(line), ":")
			if ok && found[key] == nil && strings.IndexFunc(key, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) < 0 {
				at = key
				found[at] = append(found[at], line...)
				continue
			}
		}
		return nil
	}
	return found
}
