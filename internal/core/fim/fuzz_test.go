package fim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// FuzzRead: whatever is read becomes a folder whose form loads and can be shown, or nothing in it can be asked.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(nested(3, "0:*")))
	f.Add([]byte(in3(struktur("1:1", group3("G1", "<x:art><code>X</code></x:art>"+struktur("1:1", field3("F1", "input", "date", `<x:praezisierung minValue="2026-01-01" pattern="a{2}"/>`)))))))
	f.Add([]byte(in3(struktur("1:2", field3("F1", "select", "num_int", "<x:werte><x:wert><x:code>1</x:code><x:name>{{a}}</x:name></x:wert></x:werte>")))))
	f.Fuzz(func(t *testing.T, document []byte) {
		s, err := Read(bytes.NewReader(document))
		if err != nil {
			return
		}
		folded, report, err := s.Folder(Options{ID: "probe"})
		if err != nil {
			if !errors.Is(err, ErrNothing) {
				t.Fatal(err)
			}
			return
		}
		loaded, err := formOf(folded)
		if err != nil {
			t.Fatalf("%v\n%s\n%s\n%s", err, folded["form.yaml"], folded["texts/de.yaml"], folded["schema.json"])
		}
		if len(loaded.View(form.Input{Day: today}).Pages) == 0 || report.String() == "" {
			t.Fatal("nobody sees anything")
		}
	})
}

// FuzzWords: whatever stands in a document's words, codes and limits stays there.
func FuzzWords(f *testing.F) {
	f.Add("Name", "Code", "[a-z]+", "1", "9", "text", "2026-01-01", uint8(0))
	f.Add("in", "other", "(", "-1", "0,5", "num", "", uint8(1))
	f.Add("{{.x}}", "a: b", "[a-[b]]", "1e9", "", "num_currency", "2026-02-30", uint8(2))
	f.Fuzz(func(t *testing.T, name, code, pattern, low, high, kind, content string, often uint8) {
		e := func(s string) string {
			var b bytes.Buffer
			if err := xml.EscapeText(&b, []byte(s)); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		limits := `<x:praezisierung minLength="` + e(low) + `" maxLength="` + e(high) + `" minValue="` + e(low) + `" maxValue="` + e(high) + `" pattern="` + e(pattern) + `"/>`
		words := "<x:bezeichnungEingabe>" + e(name) + "</x:bezeichnungEingabe><x:hilfetextEingabe>" + e(content) + "</x:hilfetextEingabe>"
		values := "<x:werte><x:wert><x:code>" + e(code) + "</x:code><x:name>" + e(name) + "</x:name><x:hilfe>" + e(content) + "</x:hilfe></x:wert></x:werte>"
		times := []string{"0:1", "1:1", "0:*", "1:3"}[often%4]
		inner := struktur("1:1", field3("F1", "input", e(kind), words+limits+"<x:inhalt>"+e(content)+"</x:inhalt>")) + struktur(times, field3("F2", "select", e(kind), words+values)) +
			struktur("1:1", field3("F3", e(code), e(kind), words+limits)) + struktur(times, field3("F4", "input", "date", words+limits)) + struktur("1:1", field3("F5", "input", "text", ""))
		document := in3(words + struktur(times, group3(e(code)+"x", words+"<x:art><code>"+[]string{"", "X"}[often/4%2]+"</code></x:art>"+inner)) + inner)
		s, err := Read(strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		folded, _, err := s.Folder(Options{ID: "probe"})
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := formOf(folded)
		if err != nil {
			t.Fatalf("%v\n%s\n%s\n%s", err, folded["form.yaml"], folded["texts/de.yaml"], folded["schema.json"])
		}
		for _, p := range loaded.View(form.Input{Day: today}).Pages {
			for _, field := range p.Fields {
				if strings.HasPrefix(field.Label, "field.") {
					t.Fatalf("%s has no words", field.Path)
				}
			}
		}
	})
}
