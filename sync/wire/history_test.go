package wire

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
)

// A member joined a message and nobody could tell since when, and what it means that an older side does not send it.
func TestWhatJoinedEnrolmentIsInItsHistory(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "enroll.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	history := map[string]string{}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			_, history[g.Specs[0].(*ast.TypeSpec).Name.Name], _ = strings.Cut(g.Doc.Text(), "History:")
		}
	}
	for _, m := range []reflect.Type{reflect.TypeFor[Enroll](), reflect.TypeFor[Enrolled]()} {
		if !strings.Contains(history[m.Name()], "1 first") {
			t.Errorf("%s has no history", m.Name())
		}
		for i := range m.NumField() {
			name, optional := strings.CutSuffix(m.Field(i).Tag.Get("json"), ",omitempty")
			if optional && !strings.Contains(history[m.Name()], name+" joined") {
				t.Errorf("the history of %s does not say when %s joined", m.Name(), name)
			}
		}
	}
}

func TestATownHallThatDoesNotKnowDemosHasNone(t *testing.T) {
	var e Enrolled
	if err := json.Unmarshal([]byte(`{"v":1,"device":"d","tenant":"stadt"}`), &e); err != nil || e.Demo {
		t.Errorf("demo %v, %v", e.Demo, err)
	}
}
