package form

import "regexp"

// digest is a file's SHA-256 as it stands in an answer.
var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Digests gives the files that an answer of kind Photos names: hex SHA-256 of each, in the order in which they were added, each once. What is
// no such digest is left out.
func Digests(answer any) []string {
	list, _ := answer.([]any)
	var found []string
	seen := map[string]bool{}
	for _, v := range list[:min(len(list), 1000)] {
		if s, ok := v.(string); ok && digest.MatchString(s) && !seen[s] {
			seen[s] = true
			found = append(found, s)
		}
	}
	return found
}

// photos reads an answer of kind Photos: only digests, each once.
func photos(raw any) (any, *trouble) {
	list, ok := raw.([]any)
	found := Digests(raw)
	if !ok || len(found) != len(list) {
		return nil, &trouble{keyword: "type"}
	}
	clean := make([]any, len(found))
	for i, d := range found {
		clean[i] = d
	}
	return clean, nil
}

// Photos lists the paths of the fields that only photos can be added to.
func (f *Form) Photos() []string {
	var paths []string
	for _, p := range f.pages {
		for _, fd := range p.fields {
			if fd.Kind == Photos {
				paths = append(paths, fd.Path)
			}
		}
	}
	return paths
}
