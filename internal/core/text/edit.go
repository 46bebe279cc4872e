package text

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// ErrForm says that a file of sentences is written in a way that only somebody with the file before them can change: with names for what was said
// before, or not as keys with sentences.
var ErrForm = errors.New("text: the file can only be changed as a whole")

// Sentence is a sentence as a file says it. The forms of a plural are sentences with keys of their own ("dogs.one").
type Sentence struct{ Key, Text string }

// Sentences lists what a file says, in its order; ErrForm.
func Sentences(data []byte) ([]Sentence, error) {
	p, err := readSheet(data)
	if err != nil {
		return nil, err
	}
	var list []Sentence
	for _, l := range p.leaves() {
		list = append(list, Sentence{l.key, l.said})
	}
	return list, nil
}

// Edit gives the file with other sentences, by their keys; an empty one is taken out, and one that was not there is added. Order and comments stay.
// ErrForm when that cannot be done.
func Edit(data []byte, changes map[string]string) (out []byte, err error) {
	defer func() {
		if recover() != nil { // the library gives up in this way on some of what it has read
			out, err = nil, ErrForm
		}
	}()
	p, err := readSheet(data)
	if err != nil {
		return nil, err
	}
	want := map[string]string{}
	at := map[string]leaf{}
	for _, l := range p.leaves() {
		want[l.key], at[l.key] = l.said, l
	}
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		said := changes[key]
		l, there := at[key]
		switch {
		case said == "":
			delete(want, key)
			if there {
				p.remove(l)
			}
			continue
		case there:
			err = l.entry.Replace(scalar(said, l.entry.Value))
		default:
			err = p.add(key, said)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrForm, err)
		}
		want[key] = said
	}
	out = p.write(data)
	return out, sayTheSame(out, want)
}

// sayTheSame looks whether a file says exactly this: what was written by a program is not believed unread.
func sayTheSame(data []byte, want map[string]string) error {
	list, err := Sentences(data)
	if err != nil {
		return err
	}
	got := map[string]string{}
	for _, s := range list {
		got[s.Key] = s.Text
	}
	if len(list) != len(got) || !maps.Equal(got, want) {
		return ErrForm
	}
	return nil
}

// sheet is a file of sentences as it is written.
type sheet struct {
	file *ast.File
	root *ast.MappingNode // nil: the file says nothing
}

// leaf is a sentence where it stands.
type leaf struct {
	key, said string
	entry     *ast.MappingValueNode
	in        []*ast.MappingNode // the maps around it, the outermost first
}

func readSheet(data []byte) (sheet, error) {
	if err := limit.YAML(data); err != nil {
		return sheet{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	file, err := parse(data)
	if err != nil || len(file.Docs) > 1 {
		return sheet{}, errors.Join(ErrForm, err)
	}
	s := sheet{file: file}
	if len(file.Docs) == 1 && file.Docs[0].Body != nil {
		switch body := file.Docs[0].Body.(type) {
		case *ast.MappingNode:
			s.root = body
		case *ast.NullNode, *ast.CommentGroupNode:
		default:
			return sheet{}, ErrForm
		}
	}
	if s.root != nil && !plain(s.root) {
		return sheet{}, ErrForm
	}
	return s, nil
}

// parse is parser.ParseBytes, which gives up on some files by a panic.
func parse(data []byte) (f *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("cannot be read")
		}
	}()
	return parser.ParseBytes(data, parser.ParseComments)
}

// plain tells whether a map has only keys with sentences and such maps.
func plain(m *ast.MappingNode) bool {
	for _, v := range m.Values {
		if _, ok := v.Key.(*ast.StringNode); !ok {
			return false
		}
		switch x := v.Value.(type) {
		case *ast.MappingNode:
			if !plain(x) {
				return false
			}
		case *ast.StringNode, *ast.LiteralNode:
		default:
			return false
		}
	}
	return true
}

func (s sheet) leaves() (list []leaf) {
	if s.root != nil {
		walk("", s.root, nil, &list)
	}
	return list
}

func walk(prefix string, m *ast.MappingNode, around []*ast.MappingNode, list *[]leaf) {
	around = append(slices.Clone(around), m)
	for _, v := range m.Values {
		key := prefix + v.Key.(*ast.StringNode).Value
		switch x := v.Value.(type) {
		case *ast.MappingNode:
			walk(key+".", x, around, list)
		case *ast.StringNode:
			*list = append(*list, leaf{key, x.Value, v, around})
		case *ast.LiteralNode:
			*list = append(*list, leaf{key, x.Value.Value, v, around})
		}
	}
}

// remove takes a sentence out, and the maps that have nothing left to say.
func (s sheet) remove(l leaf) {
	gone := func(v *ast.MappingValueNode) bool { return v == l.entry }
	for i := len(l.in) - 1; i >= 0; i-- {
		m := l.in[i]
		m.Values = slices.DeleteFunc(m.Values, gone)
		if len(m.Values) > 0 {
			return
		}
		gone = func(v *ast.MappingValueNode) bool { return v.Value == ast.Node(m) }
	}
}

// add puts a sentence at the end of the innermost map that its key leads to.
func (s *sheet) add(key, said string) error {
	m, rest := s.root, key
	for m != nil {
		inner, after := deeper(m, rest)
		if inner == nil {
			break
		}
		m, rest = inner, after
	}
	file, err := parse([]byte(quote(rest) + ": " + scalar(said, nil).String() + "\n"))
	if err != nil {
		return err
	}
	made, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return ErrForm
	}
	if m == nil || len(m.Values) == 0 {
		if m != s.root {
			return ErrForm
		}
		s.root, s.file = made, file
		return nil
	}
	made.AddColumn(m.Values[0].Key.GetToken().Position.Column - 1)
	m.Values = append(m.Values, made.Values...)
	return nil
}

// deeper finds the map in a map that a key leads into, that of the longest name, and what is left of the key there.
func deeper(m *ast.MappingNode, key string) (found *ast.MappingNode, left string) {
	for _, v := range m.Values {
		inner, ok := v.Value.(*ast.MappingNode)
		rest, leads := strings.CutPrefix(key, v.Key.(*ast.StringNode).Value+".")
		if ok && leads && rest != "" && len(inner.Values) > 0 && (found == nil || len(rest) < len(left)) {
			found, left = inner, rest
		}
	}
	return found, left
}

// write gives the file's text.
func (s sheet) write(before []byte) []byte {
	if s.root == nil || len(s.root.Values) == 0 {
		return nil
	}
	out := strings.TrimRight(s.file.String(), "\n") + "\n"
	if !strings.Contains(string(before), `\u00a0`) { // a blank that does not break is written as one here
		out = strings.ReplaceAll(out, `\u00a0`, "\u00a0")
	}
	return []byte(out)
}

// bareSentence is a sentence that needs no quotes, whatever stands around it.
var bareSentence = regexp.MustCompile(`^\pL[\pL\pN .!?()/;§€–„“+-]*[\pL\pN.!?)“]$`)

// keywords are words that YAML does not take for a text.
var keywords = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// scalar writes a sentence as it was written before, in quotes where it needs them.
func scalar(said string, before ast.Node) *ast.StringNode {
	t := token.New(said, said, &token.Position{Line: 1, Column: 1})
	t.Type = token.StringType
	old, was := before.(*ast.StringNode)
	if was && old.Token.Type == token.DoubleQuoteType || !bareSentence.MatchString(said) || slices.Contains(keywords, strings.ToLower(said)) || strings.Contains(said, "  ") {
		t.Type = token.DoubleQuoteType
	}
	if before != nil {
		t.Position = before.GetToken().Position
	}
	return ast.String(t)
}

// quote writes a key.
func quote(key string) string {
	if plainKey.MatchString(key) {
		return key
	}
	return scalar(key, &ast.StringNode{Token: &token.Token{Type: token.DoubleQuoteType, Position: &token.Position{}}}).String()
}

var plainKey = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9._-]*$`)
