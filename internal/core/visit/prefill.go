package visit

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// How reading an identity card can end without its data.
var (
	ErrNoCard  = errors.New("no identity card")
	ErrRefused = errors.New("the card's holder did not agree")
)

// IDReader reads an identity card with its holder's consent: the card is put in, and the PIN is given.
type IDReader interface {
	// Ready tells whether a card could be read now; the error wraps ErrUnreachable.
	Ready(ctx context.Context) error
	// Read gives what is on the card. It ends with ctx; ErrNoCard when none was put in, ErrRefused when its holder did not agree.
	Read(ctx context.Context) (fact.Person, error)
}

// Prefill fills in what is known from elsewhere, where nothing was said yet, and says how many answers it gave. What the form would not accept is
// left out. Every answer of it bears its source until somebody changes it.
func (v *Visit) Prefill(facts fact.Facts) int {
	n := 0
	for _, p := range v.View().Pages {
		for _, f := range p.Inputs() {
			if f.Text != "" || f.Value != nil || f.ReadOnly {
				continue
			}
			known := f.Known(facts.Values)
			if known == "" {
				continue
			}
			if v.fill(f, known, facts.Origin) {
				n++
			}
		}
	}
	return n
}

// fill gives one answer, unless the form does not accept it.
func (v *Visit) fill(f form.Field, known string, source form.Origin) bool {
	value := v.service.Parse(f.Path, known)
	if len(f.Options) > 0 {
		value = nil
		for _, o := range f.Options {
			if form.Same(o.Value, known) || form.Same(o.Value, v.service.Parse(f.Path, known)) {
				value = o.Value
			}
		}
		if value == nil {
			return false
		}
	}
	v.Answer(f.Path, value)
	for _, p := range v.View().Pages {
		for _, x := range p.Inputs() {
			if x.Path == f.Path && x.Problem != "" && !x.Missing {
				v.Answer(f.Path, nil)
				return false
			}
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped {
		return false
	}
	v.mark(f.Path, source)
	return true
}

// mark notes where an answer comes from. The caller holds the lock.
func (v *Visit) mark(path string, source form.Origin) {
	if v.from == nil {
		v.from = map[string]form.Origin{}
	}
	v.from[path] = source
}

// sources notes where answers come from.
func (v *Visit) sources(answers form.Answers, source form.Origin) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, path := range v.service.Paths() {
		if value, ok := answers.Get(path); ok && value != nil {
			v.mark(path, source)
		}
	}
}

// typed forgets where an answer came from that is changed now. The caller holds the lock.
func (v *Visit) typed(path string, value any) {
	if _, known := v.from[path]; !known {
		if value == nil { // an entry of a list goes, and those behind it move up
			v.listChanged(path)
		}
		return
	}
	if was, _ := v.answers.Get(path); value == nil || !form.Same(was, value) {
		delete(v.from, path)
	}
}

// listChanged forgets the sources of what lies in a list when one of its entries goes.
func (v *Visit) listChanged(path string) {
	at := strings.LastIndexByte(path, '/')
	if at <= 0 {
		return
	}
	if _, err := strconv.Atoi(path[at+1:]); err != nil {
		return
	}
	maps.DeleteFunc(v.from, func(known string, _ form.Origin) bool { return strings.HasPrefix(known, path[:at+1]) })
}

// sourced says with every answer where it comes from, when nobody typed it here.
func (v *Visit) sourced(view form.View, s saying) form.View {
	if len(s.from) == 0 {
		return view
	}
	for i := range view.Pages {
		view.Pages[i].Fields = slices.Clone(view.Pages[i].Fields) // others see them without
		for j, f := range view.Pages[i].Fields {
			if source := sourceOf(f, s); source != form.OriginNone {
				told := *f
				told.Source = v.service.OriginSentence(s.lang, source)
				view.Pages[i].Fields[j] = &told
			}
		}
	}
	return view
}

// sourceOf says where an answer, or the last of its parts that was filled in, comes from.
func sourceOf(f *form.Field, s saying) form.Origin {
	found := form.OriginNone
	if f.Text != "" || f.Value != nil {
		found = s.from[f.Path]
	}
	for _, part := range f.Parts {
		if source := s.from[part.Path]; source != form.OriginNone && part.Text != "" {
			found = source
		}
	}
	return found
}
