package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

// withPaper is the day-care service with another paper in its folder, and a picture beside it.
func withPaper(t *testing.T, name, paper string) (*Service, error) {
	t.Helper()
	folder := fstest.MapFS{}
	from, err := fs.Sub(shipped, "services/betreuungsplatz")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(from, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, file)
		folder[file] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var arms bytes.Buffer
	if err := png.Encode(&arms, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	folder["documents/arms.png"] = &fstest.MapFile{Data: arms.Bytes()}
	folder["documents/broken.png"] = &fstest.MapFile{Data: []byte("no picture")}
	folder["documents/"+name+".yaml"] = &fstest.MapFile{Data: []byte(paper)}
	tenant, err := LoadTenant(shipped, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return Load(folder, "betreuungsplatz", tenant)
}

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func daycare() Data {
	return Data{Today: day, Settled: true, Application: Application{Lang: "de", Day: "2026-11-23", Case: "BO-26-4T7K-2M9-X", Way: pay.Free, Answers: form.Answers{
		"parent":   map[string]any{"given": "Renate", "family": "Vogt"},
		"address":  map[string]any{"street": "Werrestraße", "number": "12", "postcode": "32549", "town": "Bad Oeynhausen"},
		"wishes":   []any{map[string]any{"centre": "rehme"}, map[string]any{"centre": "werste"}},
		"siblings": []any{map[string]any{"child": map[string]any{"given": "Jonas", "family": "Vogt", "birth": "2019-03-02"}}, map[string]any{"child": map[string]any{"given": "Lea", "family": "Vogt", "birth": "2021-03-02"}}},
	}}}
}

func TestAPaperRepeatsABlockForEachEntry(t *testing.T) {
	s, err := withPaper(t, "proof", `
title: slip.private
blocks:
  - kind: group
    each: answers.wishes
    blocks:
      - {kind: row, label: {text: slip.wish, args: {n: number}}, value: 'item_said["centre"]'}
      - kind: group
        each: answers.siblings
        blocks:
          - {kind: paragraph, value: 'outer.centre + " " + item.child.given + " " + string(number) + " " + item_said["child.given"]'}
  - {kind: group, each: 'null', blocks: [{kind: paragraph, value: item}]}
  - {kind: group, when: 'false', blocks: [{kind: paragraph, value: item.nothing}]}
  - kind: table
    each: answers.siblings
    columns: [{label: slip.what, value: item.child.given}, {value: 'string(number)', right: true}]
    rows:
      - {bold: true, cells: [{text: slip.points}, {value: 'string(size(answers.siblings))'}]}
      - {when: 'false', cells: [{value: item.nothing}]}
  - kind: list
    numbered: true
    items: [{text: slip.what}, {when: 'false', value: item.nothing}]
    lines: 'answers.siblings.map(s, s.child.given)'
  - {kind: image, file: arms.png, width: 30, text: slip.what}
  - {kind: barcode, data: app.case}
  - {kind: signature, label: slip.day, text: slip.what, data: '"Hier, heute"', strokes: '[[[0, 0], [2, 1.5]]]'}
  - {kind: signature, text: slip.what, strokes: 'null'}
  - kind: qr
    transfer: {name: '"Stadt"', iban: '"DE02120300000000202051"', cents: '1234', text: app.case}
`)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := s.Document("proof", daycare())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, b := range doc.Blocks {
		switch b.Kind {
		case document.Row:
			said = append(said, b.Label+": "+b.Text)
		case document.Paragraph:
			said = append(said, b.Text)
		}
	}
	want := []string{"1. Wunsch: Kita Rehme", "rehme Jonas 1 Jonas", "rehme Lea 2 Lea", "2. Wunsch: Kita Werste", "werste Jonas 1 Jonas", "werste Lea 2 Lea"}
	if !slices.Equal(said, want) {
		t.Errorf("it says %q", said)
	}
	rest := doc.Blocks[len(want):]
	if len(rest) != 7 {
		t.Fatalf("%d blocks follow", len(rest))
	}
	if got := fmt.Sprint(rest[0].Columns, rest[0].Rows); got != "[{Antrag false} { true}] [{[Jonas 1] false} {[Lea 2] false} {[Punkte 2] true}]" {
		t.Errorf("the table is %s", got)
	}
	if !slices.Equal(rest[1].Lines, []string{"Antrag", "Jonas", "Lea"}) || !rest[1].Numbered {
		t.Errorf("the list is %q", rest[1].Lines)
	}
	if len(rest[2].Picture) == 0 || rest[2].Width != 30 || rest[3].Data != "BO-26-4T7K-2M9-X" {
		t.Error("the picture or the bar code is missing")
	}
	if rest[4].Data != "Hier, heute" || len(rest[4].Strokes) != 1 || rest[4].Strokes[0][1] != (document.Point{X: 2, Y: 1.5}) || rest[5].Strokes != nil {
		t.Errorf("the signatures are %v and %v", rest[4].Strokes, rest[5].Strokes)
	}
	if !strings.HasPrefix(rest[6].Data, "BCD\n002\n1\nSCT\n\nStadt\nDE02120300000000202051\nEUR12.34\n") {
		t.Errorf("the transfer's code has %d letters", len(rest[6].Data))
	}
}

func TestWhatIsWrongWithAPaperIsToldWhenItIsRead(t *testing.T) {
	for name, blocks := range map[string]string{
		"no such kind":           `{kind: sculpture}`,
		"needs columns":          `{kind: table, each: answers.wishes}`,
		"nested once":            `{kind: group, blocks: [{kind: group, blocks: [{kind: group, blocks: [{kind: rule}]}]}]}`,
		"file does not exist":    `{kind: image, file: other.png}`,
		"no name of a picture":   `{kind: image, file: ../../tenant.yaml}`,
		"no PNG and no JPEG":     `{kind: image, file: broken.png}`,
		"undeclared reference":   `{kind: group, each: answers.wishes, blocks: [{kind: paragraph, value: entry.name}]}`,
		"does not say slip.wash": `{kind: list, items: [{text: slip.wash}]}`,
	} {
		_, err := withPaper(t, "proof", "title: slip.private\nblocks:\n  - "+blocks+"\n")
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "proof.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := withPaper(t, "proof", "title: slip.private\nframe: permit\nblocks: []\n"); err == nil || !strings.Contains(err.Error(), "frame") {
		t.Errorf("a frame that is none: %v", err)
	}
}

func TestEveryServiceWritesLettersAndOneMayHaveItsOwn(t *testing.T) {
	s, err := withPaper(t, "unused", "title: slip.private\nblocks: []\n")
	if err != nil {
		t.Fatal(err)
	}
	d := daycare()
	d.Letter = &Letter{To: s.Address(d.Application, day), Text: "Ihr Kind hat einen Platz.", Clerk: "Birgit Kowalski", Remarks: []string{"Persönlich"}}
	if want := []string{"Renate Vogt", "Werrestraße 12", "32549 Bad Oeynhausen"}; !slices.Equal(d.Letter.To, want) {
		t.Errorf("the address is %q", d.Letter.To)
	}
	doc, err := s.Document("letter", d)
	if err != nil {
		t.Fatal(err)
	}
	l := doc.Letter
	if l == nil || l.From[0] != "Stadt Bad Oeynhausen" || !strings.Contains(l.Return, "32545") || !slices.Equal(l.To, d.Letter.To) || l.Subject != s.Title("de") || len(l.Foot) != 3 || l.Foot[1][0] != "Öffnungszeiten" {
		t.Fatalf("around the letter stands %+v", l)
	}
	if info := fmt.Sprint(l.Info); !strings.Contains(info, "{Unser Zeichen BO-26-4T7K-2M9-X}") || !strings.Contains(info, "{Auskunft Jugendamt}") || !strings.Contains(info, "{Datum 23. November 2026}") {
		t.Errorf("the information block says %s", info)
	}
	if said := fmt.Sprintf("%+v", doc.Blocks); !strings.Contains(said, "Ihr Kind hat einen Platz.") || !strings.Contains(said, "Birgit Kowalski") {
		t.Errorf("the letter says %s", said)
	}
	d.Application.Lang = "en"
	if doc, err = s.Document("letter", d); err != nil || doc.Letter.Foot[1][0] != "Opening hours" {
		t.Errorf("in English: %v, %v", doc.Letter, err)
	}
	d.Application.Answers["address"] = map[string]any{"street": "Werrestraße", "number": "12"}
	if half := s.Address(d.Application, day); half != nil {
		t.Errorf("half an address is %q", half)
	}

	own, err := withPaper(t, "letter", "title: slip.private\nframe: letter\nblocks:\n  - {kind: heading, level: 2, value: letter.text}\n")
	if err != nil {
		t.Fatal(err)
	}
	doc, err = own.Document("letter", d)
	if err != nil || len(doc.Blocks) != 1 || doc.Letter == nil || doc.Letter.From[0] != l.From[0] {
		t.Errorf("its own letter: %+v, %v", doc, err)
	}
	if _, err := own.Document("nothing", d); err == nil {
		t.Error("a paper that nobody has was made")
	}
}

func TestTheSummarySaysEveryAnswerAndHoldsThemForPrograms(t *testing.T) {
	c := catalogue(t)
	s, ok := c.Find("parkausweis-bewohner", "")
	if !ok {
		t.Fatal("nobody can apply for a parking permit")
	}
	folder, err := fs.Sub(shipped, "services/"+s.ID)
	if err != nil {
		t.Fatal(err)
	}
	examples, err := Examples(folder, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(examples, func(e Example) bool { return len(e.Expect.Problems) == 0 && e.Expect.Fee > 0 })
	e := examples[i]
	app := Application{Service: s.ID, Version: s.Version, Case: "BO-26-4T7K-2M9-X", Day: e.Day, Answers: s.Clean(e.Answers, e.On()), Way: pay.Card,
		Attachments: []Attachment{{Field: "/photos", Digest: "aa", Size: 2049, Type: "image/jpeg"}}}
	for _, lang := range []string{"de", "en", "de-simple"} {
		app.Lang = lang
		v := s.View(app.Answers, lang, e.On())
		app.Fee = v.Fee.Amount
		d := Data{Application: app, Today: e.On(), Settled: true}
		doc, err := s.Summary(d)
		if err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprintf("%+v", doc.Blocks)
		for _, p := range v.Pages {
			for _, f := range p.Fields {
				if f.Kind != form.Info && f.Kind != form.Repeat && !strings.Contains(said, "Label:"+f.Label+" Text:"+f.Text) {
					t.Errorf("in %s the summary does not say %q", lang, f.Label)
				}
			}
		}
		for _, step := range v.Fee.Steps {
			if !strings.Contains(said, step.Value) {
				t.Errorf("in %s the step %q is missing", lang, step.Label)
			}
		}
		if !strings.Contains(said, "3 KB") || strings.Contains(said, "paper.") {
			t.Errorf("in %s the attachments or a sentence are missing", lang)
		}
		var m Machine
		if err := json.Unmarshal(doc.Files[0].Data, &m); err != nil {
			t.Fatal(err)
		}
		var want form.Answers
		if data, err := json.Marshal(app.Answers); err != nil || json.Unmarshal(data, &want) != nil {
			t.Fatal("the answers are no JSON")
		}
		if doc.Files[0].Name != "answers.json" || !reflect.DeepEqual(m.Answers, want) || m.Service != s.ID || m.Version != s.Version || m.SchemaURI != "/schemas/"+s.ID+"/"+s.Version+"/schema.json" || m.Fee != app.Fee {
			t.Errorf("programs read %s %s %s", m.Service, m.Version, m.SchemaURI)
		}
		d.Settled = false
		if open, err := s.Summary(d); err != nil || fmt.Sprintf("%+v", open.Blocks) == said {
			t.Errorf("in %s a payment that is not clear looks like a clear one (%v)", lang, err)
		}
	}
	for _, informing := range c.Services() {
		if !informing.Online() {
			if _, err := informing.Summary(Data{Today: e.On()}); err == nil {
				t.Errorf("%s has nothing to sum up", informing.ID)
			}
		}
	}
}

func TestTheSentencesOfPapersAreThereInGermanAndEnglish(t *testing.T) {
	s, err := Sentences()
	if err != nil {
		t.Fatal(err)
	}
	if de, en := s.Keys("de"), s.Keys("en"); !slices.Equal(de, en) || len(de) < 20 {
		t.Errorf("German says %v, English %v", de, en)
	}
	for _, key := range s.Keys("de-simple") {
		if !s.Has("de", key) {
			t.Errorf("only Leichte Sprache says %s", key)
		}
	}
}
