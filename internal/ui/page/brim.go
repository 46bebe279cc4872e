package page

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"

// Brim remembers at which fields a letter found no room. Nothing that was typed before is lost then, but who looks at the keys would not see that
// the last letters are missing: it is said at the field, until letters are taken away. A shell keeps one for all its fields; its zero value is ready.
type Brim struct{ over map[string]bool }

// Note takes over whether the letter typed last at a path found no room, and tells whether that is new.
func (b *Brim) Note(path string, over bool) (changed bool) {
	if b.over[path] == over {
		return false
	}
	if b.over == nil {
		b.over = map[string]bool{}
	}
	b.over[path] = over
	return true
}

// Says is the sentence for a field with this text and room for max letters (0 = look.Longest); "" when there is nothing to say.
func (b *Brim) Says(texts look.Texts, lang, path, text string, max int) string {
	if b == nil || !b.over[path] || !look.Brimful(text, max) {
		return ""
	}
	if max <= 0 {
		max = look.Longest
	}
	return texts.Say(lang, "page.full", "n", max)
}
