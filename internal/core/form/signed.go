package form

import (
	"errors"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
)

// longestSignature is what a drawing, or a name of the widest letters, may have in characters.
const longestSignature = signature.MaxBytes

// signed reads an answer of kind Signature.
func signed(raw any) (any, *trouble) {
	s, ok := raw.(string)
	if !ok {
		return nil, &trouble{keyword: "type"}
	}
	if len(s) > signature.MaxBytes {
		return nil, &trouble{keyword: "long"}
	}
	if name, typed := signature.TypedName(s); typed {
		if !writable(visible(name, false)) {
			return nil, &trouble{keyword: "characters"}
		}
		if s = signature.OfName(visible(name, false)); s == signature.OfName("") {
			return "", nil // nothing typed yet
		}
	}
	switch _, err := signature.Read(s); {
	case errors.Is(err, signature.ErrShort):
		return nil, &trouble{keyword: "short"}
	case errors.Is(err, signature.ErrLong):
		return nil, &trouble{keyword: "long"}
	case errors.Is(err, signature.ErrName):
		return nil, &trouble{keyword: "name"}
	case err != nil:
		return nil, &trouble{keyword: "type"}
	}
	return s, nil
}

// signatureText says how somebody signed.
func (s *state) signatureText(v any) string {
	text, _ := v.(string)
	sig, err := signature.Read(text)
	switch {
	case err != nil:
		return ""
	case sig.Paper:
		return s.say("form.signature.paper")
	case sig.Name != "":
		return s.say("form.signature.name", "name", sig.Name)
	}
	return s.say("form.signature.drawn")
}

// typedSignature is the answer of somebody who types the full name instead of signing; it stays one while nothing is typed yet.
func typedSignature(typed string) any { return signature.StartName + typed }

// nameOf is the field that the full name is typed into, by somebody who chose that; it has the path of the signature itself.
func (s *state) nameOf(fd *field, d Field) []Field {
	raw, _ := s.in.Answers.Get(fd.Path)
	text, _ := raw.(string)
	name, typed := signature.TypedName(text)
	if !typed {
		return nil
	}
	return []Field{{Path: fd.Path, Kind: Text, Label: s.say("form.signature.label"), Hint: s.say("form.signature.hint"), Text: name, Value: s.at[fd.number].value, Keys: KeysText, Max: signature.MaxName,
		Required: d.Required, Missing: d.Missing, Problem: d.Problem, ReadOnly: d.ReadOnly}}
}
