package form

import (
	"slices"
	"strings"
)

// Facts lists the names of what can be known of somebody from elsewhere, as a field's "prefill" names them: from an identity card, from the code of
// one of our own parking permits, from a contact card that a phone shows as a code.
func Facts() []string {
	return []string{
		"card.given", "card.family", "card.birth", "card.birthplace", "card.street", "card.number", "card.postcode", "card.town",
		"permit.number", "permit.plate", "permit.zone", "permit.from", "permit.until",
		"contact.name", "contact.given", "contact.family", "contact.phone", "contact.email", "contact.street", "contact.number", "contact.postcode", "contact.town",
	}
}

// Origin says where an answer comes from that nobody typed.
type Origin string

// The origins of answers.
const (
	OriginNone    Origin = ""        // it was typed or chosen here
	OriginCard    Origin = "card"    // an identity card
	OriginPermit  Origin = "permit"  // the code of a parking permit
	OriginContact Origin = "contact" // a contact card
	OriginDraft   Origin = "draft"   // a draft that was put away
)

// OriginSentence says it to the citizen: "Aus Ihrem Ausweis". "" for OriginNone.
func (f *Form) OriginSentence(lang string, s Origin) string {
	if s == OriginNone {
		return ""
	}
	return f.texts.Say(lang, "form.origin."+string(s))
}

// factsOf are the facts that a part of an answer may be filled from: of an answer made of several its prefill names where from only ("card"), and each
// part takes what is called as itself ("card.given").
func (f *field) factsOf(part string) []string {
	var facts []string
	for _, from := range f.Prefill {
		if name := from + "." + part; slices.Contains(Facts(), name) {
			facts = append(facts, name)
		}
	}
	return facts
}

// sources checks what a field may be filled from. An entry is a fact, or several joined by blanks that only count together.
func (c *Compiler) sources(fd *field) {
	known := Facts()
	if fd.whole != nil {
		for _, from := range fd.Prefill {
			if !slices.ContainsFunc(fd.parts, func(p part) bool { return slices.Contains(known, from+"."+p.name) }) {
				c.fail("%s: prefill: nothing of it is known from %q", fd.Path, from)
			}
		}
		return
	}
	for _, entry := range fd.Prefill {
		names := strings.Fields(entry)
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(known, n) }) {
			c.fail("%s: prefill: no such fact %q; there are %s", fd.Path, entry, strings.Join(known, ", "))
		}
	}
	if len(fd.Prefill) > 0 && (fd.Kind.Told() || fd.Kind == Photos || fd.Kind == Consent || fd.Secret) {
		c.fail("%s: a %s is not filled in for somebody", fd.Path, fd.Kind)
	}
}

// Known gives what facts say about a field: the first entry of its Prefill of which everything is known; "" when nothing is.
func (f Field) Known(facts map[string]string) string {
	for _, entry := range f.Prefill {
		var parts []string
		for _, name := range strings.Fields(entry) {
			if v := strings.TrimSpace(facts[name]); v != "" {
				parts = append(parts, v)
			}
		}
		if len(parts) > 0 && len(parts) == len(strings.Fields(entry)) {
			return strings.Join(parts, " ")
		}
	}
	return ""
}

// Wants tells whether the field can be filled from facts that begin with one of these words: "card", "permit".
func (f Field) Wants(from ...string) bool {
	for _, entry := range f.Prefill {
		for _, name := range strings.Fields(entry) {
			kind, _, _ := strings.Cut(name, ".")
			if slices.Contains(from, kind) {
				return true
			}
		}
	}
	return false
}
