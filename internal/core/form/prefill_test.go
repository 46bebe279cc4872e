package form

import (
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

func prefilled(t *testing.T, field string) (*Form, error) {
	t.Helper()
	texts, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte("page.who.title: Wer?\nfield.name.label: Name\nfield.agree.label: Ja\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return Load(Folder{Service: "x", Texts: texts, FS: fstest.MapFS{
		"form.yaml": {Data: []byte("pages:\n  - id: who\n    fields:\n      - " + field + "\nfee: {amount: '0'}\n")},
		"schema.json": {Data: []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,
			"properties":{"name":{"type":"string"},"agree":{"const":true}}}`)},
	}})
}

func TestAFieldSaysWhatItMayBeFilledFrom(t *testing.T) {
	f := Field{Prefill: []string{"card.given card.family", "contact.name"}}
	for name, c := range map[string]struct {
		facts map[string]string
		want  string
	}{
		"card":               {map[string]string{"card.given": "Renate", "card.family": "Vogt", "contact.name": "R. Vogt"}, "Renate Vogt"},
		"half a card":        {map[string]string{"card.given": "Renate", "contact.name": "R. Vogt"}, "R. Vogt"},
		"nothing that helps": {map[string]string{"card.birth": "1980-04-03"}, ""},
		"blanks":             {map[string]string{"contact.name": "  "}, ""},
	} {
		if got := f.Known(c.facts); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !f.Wants("contact") || f.Wants("permit") || (Field{}).Wants("card") {
		t.Error("it wants something else")
	}
}

func TestAFormThatWantsToKnowWhatNobodyTellsIsRefused(t *testing.T) {
	for field, wrong := range map[string]string{
		"{path: /name, kind: text, optional: true, prefill: [card.income]}":                "no such fact",
		"{path: /name, kind: text, optional: true, prefill: ['']}":                         "no such fact",
		"{path: /name, kind: text, optional: true, secret: true, prefill: [contact.name]}": "is not filled in",
		"{path: /agree, kind: consent, optional: true, prefill: [card.given]}":             "is not filled in",
	} {
		if _, err := prefilled(t, field); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestEveryOriginIsNamedInEveryLanguage(t *testing.T) {
	f := &Form{}
	var err error
	if f.texts, err = Sentences(); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"de", "en", "de-simple"} {
		for _, o := range []Origin{OriginCard, OriginPermit, OriginContact, OriginDraft} {
			if said := f.OriginSentence(lang, o); said == "" || strings.HasPrefix(said, "form.") {
				t.Errorf("%s in %s: %q", o, lang, said)
			}
		}
	}
	if f.OriginSentence("de", OriginNone) != "" {
		t.Error("what was typed has an origin")
	}
}
