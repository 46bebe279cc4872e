package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// folder is a copy of a shipped service, to be changed.
func folder(t *testing.T, id string) string {
	t.Helper()
	sub, err := fs.Sub(assets.FS, "services/"+id)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), id)
	if err := os.CopyFS(dir, sub); err != nil {
		t.Fatal(err)
	}
	return dir
}

// change replaces a text in a file once.
func change(t *testing.T, file, old, with string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not have %q: %v", file, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, with, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAServiceIsCheckedBeforeAnybodySeesIt(t *testing.T) {
	dir := folder(t, "parkausweis-bewohner")
	out, err := tool(t, nil, "service", "check", dir)
	if err != nil || !strings.Contains(out, `"ok":true`) {
		t.Fatalf("a good one: %s, %v", out, err)
	}
	for _, c := range []struct{ name, file, old, with, says string }{
		{"a rule that is no expression", "form.yaml", "holds: answers.registered", "holds: answers.registered &&", "parkausweis-bewohner/form.yaml:"},
		{"a rule about a question that nobody asks", "form.yaml", "holds: answers.registered", "holds: answers.registred", "registred"},
		{"a key nobody knows", "service.yaml", "office:", "offise:", "service.yaml"},
		{"a field the schema does not have", "schema.json", `"registered": {"type": "boolean"},`, "", "registered"},
		{"a sentence missing in English", "texts/en.yaml", "  born:", "  borne:", "rule.born is missing"},
		{"an example that comes out otherwise", "examples/own-car.yaml", "fee: 3070", "fee: 3071", "examples/own-car.yaml"},
		{"an icon that nobody drew", "service.yaml", "icon: parking", "icon: parkin", `there is no icon \"parkin\"`},
		{"a part of an answer that has none", "form.yaml", "holds: answers.registered", "holds: answers.registered.since == null", "form.yaml:60: eligible.registered reads answers.registered.since, but /registered is one answer without parts"},
		{"a reference to another file", "schema.json", `"registered": {"type": "boolean"}`, `"registered": {"$ref": "https://evil.example/x.json"}`, "not followed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, "parkausweis-bewohner")
			change(t, filepath.Join(dir, c.file), c.old, c.with)
			out, err := tool(t, nil, "service", "check", dir)
			if err == nil || !strings.Contains(out+err.Error(), c.says) {
				t.Errorf("%s, %v", out, err)
			}
		})
	}
}

func TestAServiceExplainsWhatItMakesOfAnswers(t *testing.T) {
	dir := folder(t, "parkausweis-bewohner")
	ask := func(answers string) explanation {
		t.Helper()
		out, err := tool(t, nil, "service", "explain", dir, file(t, "a.json", answers), "--day", "2026-11-23")
		if err != nil {
			t.Fatal(err)
		}
		return last[explanation](t, out)
	}
	e := ask(`{"name": "Renate Vogt", "registered": false, "plate": "MI-RA", "months": 12}`)
	if e.Complete || e.Eligible == nil || *e.Eligible || len(e.Reasons) != 1 || e.Reasons[0].Rule != "registered" || e.Fee == nil || *e.Fee != 3070 {
		t.Errorf("%+v", e)
	}
	if len(e.Errors) != 1 || e.Errors[0].Path != "/plate" || len(e.Missing) == 0 || len(e.Pages) != 4 {
		t.Errorf("wrong %v, missing %v, pages %v", e.Errors, e.Missing, e.Pages)
	}
	e = ask(`{"name": "Renate Vogt", "birthdate": "1980-04-03", "street": "Herforder Straße", "house": "12", "registered": true, "plate": "MI-RA 1848", "owner": "me",
		"permit": false, "zone": "A", "months": 12, "start": "today"}`)
	if !e.Complete || e.Eligible == nil || !*e.Eligible || len(e.Missing)+len(e.Errors) > 0 {
		t.Errorf("%+v", e)
	}
	for _, bad := range []string{`[]`, `{`, `12`, `{"name": 1e999}`} {
		if out, err := tool(t, nil, "service", "explain", dir, file(t, "a.json", bad)); err == nil {
			t.Errorf("%s: %s", bad, out)
		}
	}
}

func TestWhatANewVersionChangesIsSaidInWords(t *testing.T) {
	older, newer := folder(t, "parkausweis-bewohner"), folder(t, "parkausweis-bewohner")
	if out, err := tool(t, nil, "service", "diff", older, newer); err != nil || out != "" {
		t.Errorf("nothing changed: %s, %v", out, err)
	}
	form, schema := filepath.Join(newer, "form.yaml"), filepath.Join(newer, "schema.json")
	change(t, form, "{path: /house, kind: text, prefill", "{path: /house, kind: text, optional: true, prefill")
	change(t, schema, `"street", "house"`, `"street"`)
	change(t, form, "addMonths(day, tables.parking.ahead)", "addMonths(day, 6)")
	change(t, form, "          - {value: today}\n          - {value: later}", "          - {value: later}")
	change(t, form, "      - {path: /permit, kind: bool, columns: 2}", "      - {path: /permit, kind: bool, columns: 2}\n      - {path: /mail, kind: email, optional: true}")
	change(t, schema, `"permit": {"type": "boolean"},`, `"permit": {"type": "boolean"}, "mail": {"type": "string"},`)
	change(t, filepath.Join(newer, "texts", "de.yaml"), "  plate: {label: Kennzeichen,", "  mail: {label: E-Mail}\n  plate: {label: Ihr Kennzeichen,")
	change(t, filepath.Join(newer, "service.yaml"), "ways: [card, invoice]", "ways: [card]")
	out, err := tool(t, nil, "service", "diff", "--json", older, newer)
	if err != nil {
		t.Fatal(err)
	}
	var where []string
	for _, d := range each[service.Change](t, out) {
		where = append(where, d.Where)
		if d.What == "" {
			t.Errorf("%s says nothing", d.Where)
		}
	}
	if want := []string{"ways", "/house", "/mail", "/start", "rule.start", "text.field.plate.label"}; !slices.Equal(where, want) {
		t.Errorf("%v\n%s", where, out)
	}
	if out, err := tool(t, nil, "service", "diff", newer, older); err != nil || !strings.Contains(out, "Nicht mehr gefragt wird „E-Mail“.") || !strings.Contains(out, "muss jetzt beantwortet werden") {
		t.Errorf("%s, %v", out, err)
	}
}

func TestASearchTellsWhySomethingIsFound(t *testing.T) {
	out, err := tool(t, nil, "search", "--json", "--top", "2", "Heirat", "parkausweiss", "qqqqxyz")
	if err != nil {
		t.Fatal(err)
	}
	all := each[search](t, out)
	if len(all) != 3 || all[0].Query != "Heirat" || all[0].Hits[0].ID != "eheschliessung" || !strings.Contains(all[0].Hits[0].Why, "Heirat") {
		t.Errorf("%+v", all)
	}
	if len(all[1].Hits) == 0 || !strings.HasPrefix(all[1].Hits[0].ID, "parkausweis-") || !strings.EqualFold(all[1].Meant, "Parkausweis") {
		t.Errorf("%+v", all[1])
	}
	if len(all[2].Hits) != 2 || all[2].Hits[0].Score != 0 {
		t.Errorf("nothing fits: %+v", all[2])
	}
	list := file(t, "list.json", `[{"id": "1", "name": "Eheschließung - Anmeldung", "topic": "Meldewesen"}, {"id": "2", "name": "Wohnberechtigungsschein", "topic": "Wohnen"}]`)
	out, err = tool(t, nil, "search", "--json", "--catalogue", list, "heiraten", "zzzz")
	if all = each[search](t, out); err != nil || len(all) != 2 || len(all[0].Hits) != 1 || all[0].Hits[0].ID != "1" || len(all[1].Hits) != 0 {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := tool(t, nil, "search", "--catalogue", file(t, "bad.json", "{"), "x"); err == nil {
		t.Error("a list that cannot be read was searched")
	}
}
