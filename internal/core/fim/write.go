package fim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// quote writes a text as YAML (and JSON) has it in double quotes. What comes here has no invisible signs, see line and prose.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// id is an element's id with its version.
func id(e Element) string { return strings.TrimSpace(e.ID + " " + e.Version) }

// comment is what a file says about where something comes from.
func comment(e Element) string { return line("FIM " + id(e)) }

func (f *folder) head(b *bytes.Buffer) {
	fmt.Fprintf(b, "# Made of the data field schema %s (XDatenfelder %s). To be read by somebody who knows the service.\n", line(id(f.s.Element)), f.s.Edition)
}

func (f *folder) service() []byte {
	var b bytes.Buffer
	f.head(&b)
	fmt.Fprintf(&b, "id: %s\nversion: \"1\"\ntenants: %s\nicon: %s\nsituations: %s\n", quote(f.o.ID), quotes(f.o.Tenants), quote(f.o.Icon), quotes(f.o.Situations))
	b.WriteString("ways: [free]\n")
	b.WriteString("key: \"\" # Leistungsschlüssel: the town enters the 14 digits of its Portalverbund entry\n")
	b.WriteString("trust: none # the town enters what the law asks for\n")
	fmt.Fprintf(&b, "office: %s\n", quote(f.o.Office))
	return b.Bytes()
}

func quotes(list []string) string {
	var q []string
	for _, s := range list {
		q = append(q, quote(s))
	}
	return "[" + strings.Join(q, ", ") + "]"
}

func (f *folder) form() []byte {
	var b bytes.Buffer
	f.head(&b)
	b.WriteString("pages:\n")
	for _, p := range f.pages {
		fmt.Fprintf(&b, "  - id: %s # %s\n    fields:\n", p.id, p.comment)
		for _, a := range p.fields {
			keys := []string{"path: " + a.path, "kind: " + a.kind}
			if a.optional && a.kind != "info" {
				keys = append(keys, "optional: true")
			}
			if a.more != "" {
				keys = append(keys, a.more)
			}
			if len(a.options) == 0 {
				fmt.Fprintf(&b, "      - {%s} # %s\n", strings.Join(keys, ", "), a.comment)
				continue
			}
			fmt.Fprintf(&b, "      - %s # %s\n", strings.Join(keys, "\n        "), a.comment)
			b.WriteString("        options:\n")
			for _, o := range a.options {
				fmt.Fprintf(&b, "          - {value: %s}\n", o)
			}
		}
	}
	if len(f.rules) > 0 {
		b.WriteString("rules:\n")
	}
	for _, r := range f.rules {
		if len(r.holds) <= 80 {
			fmt.Fprintf(&b, "  - {name: %s, path: %s, holds: '%s'}\n", r.name, r.path, r.holds)
			continue
		}
		fmt.Fprintf(&b, "  - name: %s\n    path: %s\n    holds: >-\n      %s\n", r.name, r.path, strings.NewReplacer("|| ", "||\n      ", "), [", "),\n      [").Replace(r.holds))
	}
	return b.Bytes()
}

// schema writes JSON Schema 2020-12 with an answer a line.
func (f *folder) schema() []byte {
	var b bytes.Buffer
	b.WriteString("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n")
	f.root.write(&b, "  ")
	b.WriteString("}\n")
	return b.Bytes()
}

// write writes what stands between an object's braces.
func (o *object) write(b *bytes.Buffer, indent string) {
	fmt.Fprintf(b, "%s\"title\": %s,\n%s\"$comment\": %s,\n%s\"type\": \"object\",\n%s\"additionalProperties\": false,\n", indent, value(o.element.title()), indent,
		value("FIM "+id(o.element)), indent, indent)
	if len(o.required) > 0 {
		fmt.Fprintf(b, "%s\"required\": %s,\n", indent, value(o.required))
	}
	fmt.Fprintf(b, "%s\"properties\": {\n", indent)
	for i, m := range o.members {
		end := ","
		if i == len(o.members)-1 {
			end = ""
		}
		if m.object != nil {
			fmt.Fprintf(b, "%s  %s: {\n", indent, value(m.name))
			m.object.write(b, indent+"    ")
			fmt.Fprintf(b, "%s  }%s\n", indent, end)
			continue
		}
		var pairs []string
		for _, p := range m.schema {
			pairs = append(pairs, value(p.key)+": "+value(p.value))
		}
		fmt.Fprintf(b, "%s  %s: {%s}%s\n", indent, value(m.name), strings.Join(pairs, ", "), end)
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

// value writes JSON without turning < and & into numbers.
func value(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // texts, whole numbers and lists of them only
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// plainKey is a key that YAML takes for nothing but a text: words with a point or an underscore, or one of those at the top.
var plainKey = regexp.MustCompile(`^(title|lead|law|search|[a-z][a-z0-9]*([._-][a-z0-9]+)*[._][a-z]+)$`)

// texts writes texts/de.yaml. Keys inside a block are written out: a name or a code could be a word that plural forms have ("other").
func (f *folder) texts() []byte {
	var b bytes.Buffer
	f.head(&b)
	f.block(&b, "")
	for _, block := range []string{"page", "field", "rule"} {
		if slices.ContainsFunc(f.says, func(s sentence) bool { return s.block == block }) {
			b.WriteString(block + ":\n")
			f.block(&b, block)
		}
	}
	b.WriteString(slipTexts)
	return b.Bytes()
}

func (f *folder) block(b *bytes.Buffer, block string) {
	indent := ""
	if block != "" {
		indent = "  "
	}
	for _, s := range f.says {
		if s.block != block || (block == "page" && !f.has(s.key)) {
			continue
		}
		key := s.key
		if !plainKey.MatchString(key) {
			key = quote(key)
		}
		fmt.Fprintf(b, "%s%s: %s\n", indent, key, quote(s.text))
	}
}

// has tells whether a page's sentence belongs to a page that is still there.
func (f *folder) has(key string) bool {
	id, _, _ := strings.Cut(key, ".")
	return slices.ContainsFunc(f.pages, func(p *page) bool { return p.id == id })
}

// slip has one part, private: it holds the key.
const slip = `# One part, private: it holds the key.
title: slip.private
blocks:
  - {kind: paragraph, center: true, value: tenant}
  - {kind: heading, level: 1, center: true, text: slip.private}
  - {kind: paragraph, center: true, bold: true, text: slip.keep}
  - {kind: rule}
  - {kind: row, bold: true, label: slip.case, value: app.case}
  - {kind: row, label: slip.day, value: {date: app.day}}
  - {kind: row, label: slip.what, value: title}
  - {kind: rule}
  - {kind: paragraph, text: slip.free}
  - {kind: paragraph, when: 'sent != ""', value: sent}
  - {kind: paragraph, when: 'sent == "" && online', text: slip.online}
  - {kind: paragraph, when: 'sent == "" && !online', text: slip.offline}
  - {kind: paragraph, text: slip.follow}
  - {kind: qr, when: 'secret != ""', center: true, data: secret, text: slip.code}
`

const slipTexts = `slip:
  private: Ihr Beleg
  keep: Nur für Sie. Bitte gut aufheben und niemandem zeigen.
  case: Nummer
  day: Beantragt am
  what: Antrag
  free: Nichts zu zahlen
  online: Ihr Antrag ist auf dem Weg ins Rathaus.
  offline: Ihr Antrag liegt verschlüsselt in diesem Gerät. Er geht von selbst ins Rathaus, sobald es wieder Netz hat.
  follow: "So geht es weiter: Das Rathaus prüft Ihre Angaben."
  code: Mit diesem Code sehen Sie am Gerät oder am Handy, wie es steht. Wer ihn hat, kann Ihre Post dazu lesen.
`
