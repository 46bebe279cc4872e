package intake_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// dogs is a town hall with the services that ship, and a case of one of them.
func dogs(t *testing.T) (*town, cases.Case) {
	t.Helper()
	w := newTownWith(t, shipped(t))
	s, ok := w.offers.Find("hundesteuer", "")
	if !ok {
		t.Fatal("nobody can register a dog")
	}
	examples := check[[]service.Example](t)(service.Examples(os.DirFS("../../../assets/services/hundesteuer"), "hundesteuer"))
	for _, e := range examples {
		if e.Name == "moved-here" {
			c, _, err := w.book.Enter(t.Context(), "anna", service.Application{Service: s.ID, Version: s.Version, Answers: e.Answers, Day: e.Day, Way: pay.Free, Channel: "counter"})
			w.ok(err)
			return w, w.find(c.Number)
		}
	}
	t.Fatal("the example is gone")
	return nil, cases.Case{}
}

func pdfTool(t *testing.T, file []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skip(tool + " is not installed")
	}
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = name
		}
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", tool, err, out)
	}
	return string(out)
}

func TestWhoWantsPostGetsALetterWithTheAnswer(t *testing.T) {
	w, c := dogs(t)
	w.ok(w.book.Approve(t.Context(), c.Number, "anna", "Ihr Hund ist angemeldet. Die Marke liegt bei.", c.Version))
	c = w.find(c.Number)
	l := w.book.Draft(c)
	if len(l.To) < 3 || l.Text != "Ihr Hund ist angemeldet. Die Marke liegt bei." || !strings.HasPrefix(l.Salutation, "Guten Tag "+l.To[0]) {
		t.Fatalf("the draft has %d lines of address, and says %q", len(l.To), l.Text)
	}
	l.Clerk = "Birgit Kowalski"
	file := check[[]byte](t)(w.book.Letter(t.Context(), c.Number, "anna", l))
	said := pdfTool(t, file, "pdftotext", "-layout", "FILE", "-")
	for _, want := range append(l.To, c.Number, "Die Marke liegt bei.", "Birgit Kowalski", "Steueramt", "IBAN") {
		if !strings.Contains(said, want) {
			t.Errorf("the letter does not say %q", want)
		}
	}
	after := w.find(c.Number)
	last := after.History[len(after.History)-1]
	if last.Kind != cases.EventNote || last.Who != "anna" || strings.Contains(last.Text, l.To[0]) {
		t.Errorf("the log ends with %q by %s", last.Text, last.Who)
	}
	for name, spoil := range map[string]func(*service.Letter){
		"no address":    func(l *service.Letter) { l.To = nil },
		"one line":      func(l *service.Letter) { l.To = l.To[:1] },
		"an empty line": func(l *service.Letter) { l.To = []string{"Vera Vogt", " "} },
		"seven lines":   func(l *service.Letter) { l.To = strings.Split("abcdefg", "") },
		"a long line":   func(l *service.Letter) { l.To = []string{strings.Repeat("x", 81), "y"} },
	} {
		bad := l
		spoil(&bad)
		if _, err := w.book.Letter(t.Context(), c.Number, "anna", bad); !errors.Is(err, cases.ErrAddress) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.Text = " \n"
	if _, err := w.book.Letter(t.Context(), c.Number, "anna", l); !errors.Is(err, cases.ErrEmpty) {
		t.Errorf("without words: %v", err)
	}
}

func TestTheSummaryHoldsTheAnswersForPeopleAndForPrograms(t *testing.T) {
	w, c := dogs(t)
	file := check[[]byte](t)(w.book.Summary(t.Context(), c.Number, "https://rathaus.example"))
	name, _ := c.Application.Answers["name"].(string)
	said := pdfTool(t, file, "pdftotext", "-layout", "FILE", "-")
	for _, want := range []string{c.Number, name, "Zusammenfassung"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	dir := t.TempDir()
	pdfTool(t, file, "pdfdetach", "-saveall", "-o", dir, "FILE")
	var m service.Machine
	if err := json.Unmarshal(check[[]byte](t)(os.ReadFile(filepath.Join(dir, service.AnswersFile))), &m); err != nil {
		t.Fatal(err)
	}
	if m.Service != "hundesteuer" || m.Version != c.ServiceVersion || m.Case != c.Number || m.SchemaURI != "https://rathaus.example/schemas/hundesteuer/"+c.ServiceVersion+"/schema.json" {
		t.Errorf("programs read %s %s %s %s", m.Service, m.Version, m.Case, m.SchemaURI)
	}
	var want form.Answers
	if err := json.Unmarshal(check[[]byte](t)(json.Marshal(c.Application.Answers)), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m.Answers, want) {
		t.Error("programs read other answers than people gave")
	}
}
