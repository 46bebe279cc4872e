package services

import (
	"cmp"
	"slices"
)

// entries puts together what is known of each service.
func (l *Library) entries(versions []Version, offers []Offer, faults []Fault) []Entry {
	all := map[string]*Entry{}
	entry := func(id string) *Entry {
		if all[id] == nil {
			all[id] = &Entry{ID: id, Title: id}
			if s, ok := l.o.Catalogue.Shipped(id, ""); ok {
				all[id].Title, all[id].Shipped, all[id].Offered = s.Title("de"), s.Version, s.Version
			}
		}
		return all[id]
	}
	for _, v := range versions {
		e := entry(v.Service)
		if len(e.Versions) == 0 {
			e.Title = v.Title
		}
		e.Versions = append(e.Versions, v)
	}
	for _, s := range l.o.Catalogue.Services() {
		e := entry(s.ID)
		e.Title, e.Offered = s.Title("de"), s.Version
	}
	for _, o := range offers {
		if e := entry(o.Service); e.Offered == o.Version { // otherwise it cannot be read by this program
			e.Since = o.Since
		}
	}
	for _, f := range faults {
		e := entry(f.Service)
		e.Faults = append(e.Faults, f)
	}
	list := make([]Entry, 0, len(all))
	for _, e := range all {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return list
}
