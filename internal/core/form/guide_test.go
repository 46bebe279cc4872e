package form

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestTheGuideNamesEveryKeyAndKindOfAForm(t *testing.T) {
	data, err := os.ReadFile("../../../docs/services.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## form.yaml\n")
	section, _, _ = strings.Cut(section, "\n## ")
	want := map[string]bool{}
	seen := map[reflect.Type]bool{reflect.TypeFor[Saying](): true, reflect.TypeFor[Value](): true, reflect.TypeFor[Source](): true}
	var keys func(reflect.Type)
	keys = func(x reflect.Type) {
		if k := x.Kind(); k == reflect.Pointer || k == reflect.Slice || k == reflect.Map {
			keys(x.Elem())
			return
		}
		if x.Kind() != reflect.Struct || seen[x] {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			want[x.Field(i).Tag.Get("yaml")] = true
			keys(x.Field(i).Type)
		}
	}
	keys(reflect.TypeFor[layout]())
	if len(want) < 40 {
		t.Fatalf("only %d keys", len(want))
	}
	for _, k := range Kinds() {
		want[string(k)] = true
		if c := k.composite(); c != nil {
			for _, p := range c.names() {
				want[p] = true
			}
		}
	}
	for _, k := range keyboards[1:] {
		want[string(k)] = true
	}
	for _, fact := range Facts() {
		want[fact] = true
	}
	for name := range want {
		if !strings.Contains(section, "`"+name+"`") {
			t.Errorf("docs/services.md does not name %q of form.yaml", name)
		}
	}
}

func TestEveryMemberOfAnAnswerIsKnown(t *testing.T) {
	spot := &field{fieldLayout: fieldLayout{Path: "/x", Kind: Place}}
	members, _ := forRules(Place, Spot{Street: "Am Kurpark"}.Value()).(map[string]any)
	if len(members) != len(spot.members()) {
		t.Errorf("a place has %v, known are %v", members, spot.members())
	}
}
