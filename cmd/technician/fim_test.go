package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fim"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

const dogSchema = "../../internal/core/fim/testdata/hund-2.xml"

// townWith copies the assets that ship, so that a service can be added to them.
func townWith(t *testing.T) string {
	t.Helper()
	town := t.TempDir()
	for _, part := range []string{"services", "tenants"} {
		if err := os.CopyFS(filepath.Join(town, part), os.DirFS("../../assets/"+part)); err != nil {
			t.Fatal(err)
		}
	}
	return town
}

func TestASchemaOfTheCatalogueBecomesAServiceOfTheTown(t *testing.T) {
	town := townWith(t)
	args := []string{"service", "import", dogSchema, "--out", filepath.Join(town, "services"), "--id", "hund-neu", "--office", "steuern", "--situation", "hund-haus-garten"}
	out, err := tool(t, nil, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines[:len(lines)-1] {
		var l fim.Line
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Kind == "" || l.What == "" || l.Instead == "" {
			t.Errorf("%s: %v", line, err)
		}
	}
	var last folded
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || !last.OK || last.Files != 5 || last.Left != len(lines)-1 || last.Left == 0 {
		t.Errorf("%s: %v", lines[len(lines)-1], err)
	}
	c, err := service.LoadCatalogue(os.DirFS(town), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Find("hund-neu", "")
	if !ok || !s.Online() || s.Title("de") != "Hund anmelden" || s.Office != "steuern" || s.Card("de").Office == "" {
		t.Errorf("%+v", s)
	}

	before, err := os.ReadFile(filepath.Join(town, "services", "hund-neu", "form.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	args[2] = "../../internal/core/fim/testdata/fest-3.xml"
	if out, err := tool(t, nil, args...); err == nil || out != "" {
		t.Errorf("a folder that was there is written over: %s", out)
	}
	if after, err := os.ReadFile(filepath.Join(town, "services", "hund-neu", "form.yaml")); err != nil || string(after) != string(before) {
		t.Errorf("a folder that was there has changed: %v", err)
	}
}

func TestASchemaComesThroughAPipe(t *testing.T) {
	document, err := os.Open("../../internal/core/fim/testdata/fest-3.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	dir := filepath.Join(t.TempDir(), "new", "services")
	if out, err := tool(t, document, "service", "import", "-", "--out", dir, "--id", "fest"); err != nil || !strings.Contains(out, `"left":`) {
		t.Errorf("%s: %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "fest", "documents", "slip.yaml")); err != nil {
		t.Error(err)
	}
}

func TestABrokenSchemaLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.xml")
	if err := os.WriteFile(broken, []byte("<xdf:xdatenfelder/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	services := filepath.Join(dir, "services")
	for name, args := range map[string][]string{
		"broken":       {broken, "--id", "hund"},
		"not there":    {filepath.Join(dir, "nothing.xml"), "--id", "hund"},
		"a way out":    {dogSchema, "--id", "../hund"},
		"an odd row":   {dogSchema, "--id", "hund", "--office", "a: b"},
		"an empty one": {dogSchema, "--id", ""},
	} {
		if out, err := tool(t, nil, append([]string{"service", "import", "--out", services}, args...)...); err == nil || strings.Contains(out, `"ok":true`) {
			t.Errorf("%s: %s", name, out)
		}
		if _, err := os.Stat(services); err == nil {
			t.Errorf("%s: something is left", name)
		}
		if _, err := os.Stat(filepath.Join(dir, "hund")); err == nil {
			t.Errorf("%s: it got out", name)
		}
	}
}

func TestHelpTellsWhatAnImportPrints(t *testing.T) {
	examples := 0
	for line := range strings.Lines(helped(t, []string{"service", "import", "--help"})) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "{") {
			continue
		}
		examples++
		strict := func(into any) bool {
			d := json.NewDecoder(strings.NewReader(line))
			d.DisallowUnknownFields()
			return d.Decode(into) == nil
		}
		if !strict(new(fim.Line)) && !strict(new(folded)) {
			t.Errorf("--help shows what is never printed: %s", line)
		}
	}
	if examples != 2 {
		t.Errorf("%d examples", examples)
	}
}
