// Package config reads YAML strictly: whatever is wrong is told with file, line and key.
package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Error is something wrong in a file.
type Error struct {
	File string
	Line int    // from 1; 0 when it concerns no line, such as a missing key
	Key  string // "devices.terminal"; empty when the file as a whole is not readable
	Text string

	cause error
}

// Unwrap gives what Errorf was told to wrap.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Key != "" {
		return fmt.Sprintf("%s: %s: %s", place, e.Key, e.Text)
	}
	return fmt.Sprintf("%s: %s", place, e.Text)
}

// File is a YAML file that was read.
type File struct {
	name string
	data []byte
	root ast.Node
}

// Parse reads the text of the file called name.
func Parse(name string, data []byte) (*File, error) {
	f := &File{name: name, data: data}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, f.wrap(err)
	}
	if len(parsed.Docs) > 1 {
		return nil, &Error{File: name, Text: "holds more than one document"}
	}
	if len(parsed.Docs) == 1 && parsed.Docs[0].Body != nil {
		f.root = parsed.Docs[0].Body
	}
	return f, nil
}

// Decode fills into, a pointer to a struct with yaml tags. Keys that the struct does not have are refused.
func (f *File) Decode(into any) error {
	if f.root == nil {
		return nil
	}
	err := yaml.UnmarshalWithOptions(f.data, into, yaml.Strict())
	var y yaml.Error
	if err != nil && !errors.As(err, &y) { // a value refused itself, and does not know where it stands
		if key := f.culprit(reflect.TypeOf(into).Elem()); key != "" {
			return f.Errorf(key, "%w", err)
		}
	}
	return f.wrap(err)
}

// culprit is the key without which the file can be read into a value of this type; "" when there is no such one.
func (f *File) culprit(as reflect.Type) (key string) {
	f.walk(func(n ast.Node, path string) {
		var tree map[string]any
		if key != "" || yaml.Unmarshal(f.data, &tree) != nil || !leave(tree, strings.Split(path, ".")) {
			return
		}
		rest, err := yaml.Marshal(tree)
		if err == nil && yaml.Unmarshal(rest, reflect.New(as).Interface()) == nil {
			key = path
		}
	})
	return key
}

// leave takes what stands at the path out of a tree, if it is no tree itself.
func leave(tree map[string]any, path []string) bool {
	switch v := tree[path[0]].(type) {
	case nil:
		return false
	case map[string]any:
		return len(path) > 1 && leave(v, path[1:])
	}
	delete(tree, path[0])
	return len(path) == 1
}

// Errorf makes an Error about the value at key, "devices.terminal", with its line if it is in the file, or the line of what it would stand in. It wraps
// as fmt.Errorf does.
func (f *File) Errorf(key, format string, args ...any) error {
	said := fmt.Errorf(format, args...)
	e := &Error{File: f.name, Key: key, Text: said.Error(), cause: errors.Unwrap(said)}
	for at := key; at != "" && e.Line == 0; {
		e.Line = f.line(at)
		at = at[:max(strings.LastIndexByte(at, '.'), 0)]
	}
	return e
}

// Has tells whether the file itself says something at key.
func (f *File) Has(key string) bool { return f.line(key) > 0 }

// line is where key stands; 0 when it does not.
func (f *File) line(key string) (line int) {
	f.walk(func(n ast.Node, path string) {
		if path == key && line == 0 {
			line = n.GetToken().Position.Line
		}
	})
	return line
}

func (f *File) wrap(err error) error {
	if err == nil {
		return nil
	}
	var y yaml.Error
	if !errors.As(err, &y) {
		return &Error{File: f.name, Text: err.Error()}
	}
	e := &Error{File: f.name, Text: y.GetMessage()}
	tk := y.GetToken()
	if tk == nil || tk.Position == nil {
		return e
	}
	e.Line = tk.Position.Line
	f.walk(func(n ast.Node, path string) {
		if p := n.GetToken().Position; p.Line == tk.Position.Line && p.Column == tk.Position.Column && len(path) > len(e.Key) {
			e.Key = path
		}
	})
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		e.Text = "unknown key"
	}
	return e
}

// walk visits every key and value with its path.
func (f *File) walk(visit func(n ast.Node, path string)) {
	if f.root != nil {
		ast.Walk(walker(visit), f.root)
	}
}

type walker func(ast.Node, string)

func (w walker) Visit(n ast.Node) ast.Visitor {
	if n.GetToken() != nil && n.GetToken().Position != nil {
		w(n, strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), "$"), "."))
	}
	return w
}
