package visit

import (
	"fmt"
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
	set.Wipe()
	set.View()
	if said := fmt.Sprintf("%+v", set.session); strings.Contains(said, "GEHEIM") {
		t.Error("the form still knows the name")
	}
	for _, p := range set.View().Pages {
		for _, f := range p.Fields {
			if f.Kind == form.Text && f.Text != "" {
				t.Errorf("%s is still there", f.Path)
			}
		}
	}
}
