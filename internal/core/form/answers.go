package form

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// Answers is the JSON object of a service's schema: what the citizen said. It is a value: With gives a changed copy.
type Answers map[string]any

// Get gives the answer at a JSON pointer ("/vehicle/plate") and whether there is one.
func (a Answers) Get(path string) (any, bool) {
	var at any = map[string]any(a)
	for _, name := range names(path) {
		if list, is := at.([]any); is {
			n, ok := index(name)
			if !ok || n >= len(list) {
				return nil, false
			}
			at = list[n]
			continue
		}
		m, ok := object(at)
		if !ok {
			return nil, false
		}
		if at, ok = m[name]; !ok {
			return nil, false
		}
	}
	return at, true
}

// With gives a copy in which the answer at a JSON pointer is v; nil removes it, and the objects that are empty without it. The
// receiver stays as it was.
func (a Answers) With(path string, v any) Answers {
	parts := names(path)
	if len(parts) == 0 {
		return maps.Clone(a)
	}
	changed, _ := object(with(map[string]any(a), parts, v))
	if changed == nil {
		return Answers{}
	}
	return Answers(changed)
}

// Restore gives a copy in which an entry that was taken out of a list is back at its place, such as "/children/1". What followed it moves on.
func (a Answers) Restore(path string, entry any) Answers {
	list, n, ok := EntryOf(path)
	if !ok {
		return a
	}
	old, _ := a.Get(list)
	entries, _ := old.([]any)
	return a.With(list, slices.Insert(slices.Clone(entries), min(n, len(entries)), entry))
}

// EntryOf splits the path of a list's entry: "/children/1" is number 1 of "/children".
func EntryOf(path string) (list string, n int, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "", 0, false
	}
	n, ok = index(path[i+1:])
	return path[:i], n, ok
}

// with gives a changed copy; nil when nothing is left. In a list nil takes an entry out, and an entry of which nothing is left stays.
func with(at any, parts []string, v any) any {
	list, isList := at.([]any)
	if n, ok := index(parts[0]); ok && n < mostEntries && (isList || at == nil) {
		c := slices.Clone(list)
		if len(parts) == 1 && v == nil {
			if n < len(c) {
				c = slices.Delete(c, n, n+1)
			}
			if len(c) == 0 {
				return nil
			}
			return c
		}
		for len(c) <= n {
			c = append(c, map[string]any{})
		}
		if len(parts) == 1 {
			c[n] = v
		} else if c[n] = with(c[n], parts[1:], v); c[n] == nil {
			c[n] = map[string]any{}
		}
		return c
	}
	m, _ := object(at)
	c := maps.Clone(m)
	if c == nil {
		c = map[string]any{}
	}
	if len(parts) == 1 {
		c[parts[0]] = v
	} else {
		c[parts[0]] = with(c[parts[0]], parts[1:], v)
	}
	if c[parts[0]] == nil {
		delete(c, parts[0])
	}
	if len(c) == 0 {
		return nil
	}
	return c
}

func object(v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case Answers:
		return v, true
	}
	return nil, false
}

// names splits a JSON pointer (RFC 6901).
func names(path string) []string {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return nil
	}
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
	}
	return parts
}

func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// Same is the equality of JSON scalars: 1 and 1.0 are the same, 1 and "1" are not. Lists and objects are never the same.
func Same(a, b any) bool {
	x, y := scalar(a), scalar(b)
	if x == nil || y == nil {
		return a == nil && b == nil
	}
	return x == y
}

func scalar(v any) any {
	switch v.(type) {
	case nil, map[string]any, []any, Answers:
		return nil
	case json.Number:
		return expr.Normal(v)
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer, reflect.Func, reflect.Chan, reflect.Interface:
		return nil
	case reflect.Bool, reflect.String:
		return v
	}
	return expr.Normal(v)
}
