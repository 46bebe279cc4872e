package form

import "fmt"

// Outline is what a form asks and by which rules, without sentences: what somebody compares who wants to know what a new version changes.
type Outline struct {
	Pages  []string          // in order
	Fields []OutlineField    // in order
	Rules  map[string]string // expression by its name: "rule.start", "eligible.zone", "page.vehicle.visible", "fee.amount"
}

// OutlineField is one field of an Outline.
type OutlineField struct {
	Path, Page string
	Kind       Kind
	Optional   bool
	Max        int // longest answer, most photos or files, most entries; 0 = no limit of its own
	Options    []string
	Parts      []string          // of an answer made of several: what is asked; "?" behind what may stay empty
	Rules      map[string]string // expression by what it is for: "visible", "required", "default", "value", "from"
}

// Outline gives the form's outline.
func (f *Form) Outline() Outline {
	o := Outline{Rules: map[string]string{}}
	note := func(into map[string]string, name string, s Source) {
		if s.Text != "" {
			into[name] = s.Text
		}
	}
	add := func(fd *field, path string) {
		x := OutlineField{Path: path, Page: fd.page, Kind: fd.Kind, Optional: fd.Optional, Max: max(fd.max, fd.Most), Rules: map[string]string{}}
		for _, opt := range fd.options {
			x.Options = append(x.Options, fmt.Sprint(opt.Value))
		}
		for _, p := range fd.parts {
			x.Parts = append(x.Parts, p.String())
		}
		note(x.Rules, "visible", fd.Visible)
		note(x.Rules, "required", fd.Required)
		note(x.Rules, "default", fd.Default)
		note(x.Rules, "value", fd.Value)
		if fd.From != nil {
			note(x.Rules, "from", fd.From.Rows)
		}
		o.Fields = append(o.Fields, x)
	}
	for _, p := range f.pages {
		o.Pages = append(o.Pages, p.ID)
		note(o.Rules, "page."+p.ID+".visible", p.Visible)
		for _, fd := range p.fields {
			switch {
			case fd.in != nil: // with its list
			case fd.Kind == Repeat:
				add(fd, fd.Path)
				for _, item := range fd.items {
					add(item, item.Path)
				}
				for _, r := range fd.rules {
					note(o.Rules, "rule."+r.Name, r.Holds)
				}
			default:
				add(fd, fd.Path)
			}
		}
	}
	for _, r := range f.rules {
		note(o.Rules, "rule."+r.Name, r.Holds)
	}
	for _, r := range f.elig {
		note(o.Rules, "eligible."+r.Name, r.Holds)
	}
	for _, n := range f.needs {
		note(o.Rules, "needs."+n.Name, n.When)
	}
	note(o.Rules, "route", f.routed)
	if f.fee != nil {
		note(o.Rules, "fee.amount", f.fee.source)
	}
	return o
}
