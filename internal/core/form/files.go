package form

import (
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
)

// What a field of kind Files may take. A picture becomes a JPEG on its way.
const (
	AcceptPDF  = "pdf"
	AcceptJPEG = "jpeg"
	AcceptPNG  = "png"
)

// later is the only entry of an answer of kind Files that promises to hand the files in later.
const later = "later"

// LaterAnswer is the answer of kind Files that says: I hand it in later.
func LaterAnswer() any { return []any{later} }

// Later tells whether an answer of kind Files promises to hand the files in later.
func Later(answer any) bool {
	list, _ := answer.([]any)
	return len(list) == 1 && list[0] == later
}

// FileField is a field that files can be added to.
type FileField struct {
	Path    string
	PDF     bool // documents are taken
	Picture bool // pictures are taken
	Most    int  // files; 0 = the schema does not say
	Size    int  // bytes that a document may have
}

// Files lists the fields that files can be added to, of kinds Photos and Files, in the order they are asked.
func (f *Form) Files() []FileField {
	var all []FileField
	for _, p := range f.pages {
		for _, fd := range p.fields {
			switch fd.Kind {
			case Photos:
				all = append(all, FileField{Path: fd.Path, Picture: true, Most: fd.max})
			case Files:
				all = append(all, FileField{Path: fd.Path, PDF: slices.Contains(fd.Accept, AcceptPDF), Picture: fd.pictures(), Most: fd.max, Size: fd.size()})
			}
		}
	}
	return all
}

func (f *field) pictures() bool {
	return slices.Contains(f.Accept, AcceptJPEG) || slices.Contains(f.Accept, AcceptPNG)
}

// size is how many bytes a document may have here.
func (f *field) size() int {
	if f.Size == 0 {
		return enclosure.MaxFile
	}
	return int(f.Size * (1 << 20))
}

// fits notes a problem when a field of files or a signature is described otherwise in schema.json, or in form.yaml as no server takes it.
func (c *Compiler) fits(fd *field, l leaf) {
	if types := fd.Kind.types(); types != nil && l.kind != "" && !slices.Contains(types, l.kind) {
		c.fail("%s: kind %s is of type %s in schema.json, not %s", fd.Path, fd.Kind, strings.Join(types, " or "), l.kind)
	}
	switch fd.Kind {
	case Signature:
		if !l.text || l.max != 0 && l.max < longestSignature {
			c.fail("%s: a signature is a string in schema.json, of maxLength %d or without", fd.Path, longestSignature)
		}
		fd.max = 0
	case Files:
		if !l.list || !l.texts {
			c.fail("%s: files are a list of strings in schema.json", fd.Path)
		}
		if fd.Most < 1 || fd.Most > enclosure.MaxFiles || l.items < fd.Most {
			c.fail("%s: most has to be a number up to %d, and maxItems of schema.json at least as large", fd.Path, enclosure.MaxFiles)
		}
		if fd.size() < 1 || fd.size() > enclosure.MaxFile {
			c.fail("%s: size has to be a number of MB up to %d", fd.Path, enclosure.MaxFile>>20)
		}
		if len(fd.Accept) == 0 || slices.ContainsFunc(fd.Accept, func(s string) bool { return s != AcceptPDF && s != AcceptJPEG && s != AcceptPNG }) {
			c.fail("%s: accept has to name some of pdf, jpeg, png", fd.Path)
		}
		fd.max = fd.Most
	}
}

// files reads an answer of kind Files: digests, each once, or the promise to hand them in later.
func (f *field) files(raw any) (any, *trouble) {
	if Later(raw) {
		if !f.Later {
			return nil, &trouble{keyword: later}
		}
		return LaterAnswer(), nil
	}
	v, t := photos(raw)
	if list, _ := v.([]any); t == nil && len(list) > f.max {
		return nil, &trouble{keyword: "maxItems", args: []any{"n", f.max}}
	}
	return v, t
}

func (s *state) filesText(v any) string {
	if Later(v) {
		return s.say("form.files.later")
	}
	if n := len(Digests(v)); n > 0 {
		return s.say("form.files.here", "n", n)
	}
	return ""
}
