package visit

import (
	"reflect"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// A visit shows what changed and nothing older, in whatever order it is asked, typed and read.
func TestAVisitShowsWhatTheServiceShows(t *testing.T) {
	set := atTheCounter(t)
	for _, c := range []struct {
		path  string
		value any
	}{{"/name", "R2D2 🚗"}, {"/zone", "B"}, {"/months", 6}, {"/name", nil}, {"/name", "Renate Vogt"}, {"/zone", "A"}, {"/owner", "other"}, {"/owner", "me"}} {
		set.Answer(c.path, c.value)
		for _, lang := range []string{"en", "de"} {
			set.SetLang(lang)
			a, s := set.said()
			if v, whole := set.View(), set.Service().View(a, lang, s.day); !reflect.DeepEqual(v, whole) {
				t.Errorf("after %s the visit shows something else", c.path)
			}
		}
	}
	if v := set.View(); !v.Complete {
		t.Error(faults(v))
	}
}

// The form that a visit keeps between two touches forgets with it.
func TestTheWipeEmptiesTheFormToo(t *testing.T) {
	set := atTheCounter(t)
	set.Answer("/name", "GEHEIM")
	set.View()
	session := set.session
	if !remembers(reflect.ValueOf(session), "GEHEIM", map[uintptr]bool{}) {
		t.Fatal("the form remembers nothing anyway")
	}
	set.Wipe()
	set.View()
	for _, s := range []*form.Session{session, set.session} {
		if remembers(reflect.ValueOf(s), "GEHEIM", map[uintptr]bool{}) {
			t.Error("the form still knows the name")
		}
	}
	for _, p := range set.View().Pages {
		for _, f := range p.Fields {
			if f.Kind == form.Text && f.Text != "" {
				t.Errorf("%s is still there", f.Path)
			}
		}
	}
}

// remembers looks for a word in everything that can be reached from a value.
func remembers(v reflect.Value, word string, been map[uintptr]bool) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(v.String(), word)
	case reflect.Interface:
		return remembers(v.Elem(), word, been)
	case reflect.Pointer:
		if v.IsNil() || been[v.Pointer()] {
			return false
		}
		been[v.Pointer()] = true
		return remembers(v.Elem(), word, been)
	case reflect.Struct:
		for i := range v.NumField() {
			if remembers(v.Field(i), word, been) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if remembers(v.Index(i), word, been) {
				return true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if remembers(it.Key(), word, been) || remembers(it.Value(), word, been) {
				return true
			}
		}
	}
	return false
}
