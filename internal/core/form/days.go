package form

import (
	"maps"
	"strings"
	"time"
)

// pick says how a day of this field is pointed at.
func (f *field) pick() Pick {
	switch {
	case !f.Past:
		return PickNear
	case f.Near:
		return PickPast
	}
	return PickBirth
}

// Fits tells for each of the days whether it could be the answer of the date at path: the rules told there hold with it, as far as the other answers tell.
// It is what a calendar greys out.
func (f *Form) Fits(in Input, path string, days []time.Time) []bool {
	fits := make([]bool, len(days))
	fd := f.nearest(path)
	switch {
	case fd != nil && fd.whole != nil:
		return f.partFits(in, fd, strings.TrimPrefix(path, fd.Path+"/"), days)
	case fd == nil || fd.Kind != Date:
		return fits
	}
	s := f.evaluate(in)
	all, _ := s.vars["answers"].(map[string]any)
	before, _ := Answers(all).Get(path)
	at := &s.at[fd.number]
	was := at.wrong
	defer func() { put(all, path, before) }()
	at.wrong = trouble{}
	for i, day := range days {
		iso := day.Format(time.DateOnly)
		put(all, path, iso)
		at.value = iso
		fits[i] = (!fd.Past || iso <= in.Day.Format(time.DateOnly)) && s.allow(fd)
	}
	at.wrong = was
	return fits
}

// partFits is Fits for a part of an answer.
func (f *Form) partFits(in Input, fd *field, name string, days []time.Time) []bool {
	fits := make([]bool, len(days))
	p, ok := fd.whole.part(name)
	if !ok || p.kind != Date {
		return fits
	}
	s := f.evaluate(in)
	all, _ := s.vars["answers"].(map[string]any)
	raw, _ := in.Answers.Get(fd.Path)
	said, _ := object(raw)
	before, _ := Answers(all).Get(fd.Path)
	was := s.at[fd.number].wrong
	for i, day := range days {
		iso := day.Format(time.DateOnly)
		if _, keyword := p.parse(iso, nil, in.Day); keyword != "" {
			continue
		}
		with := maps.Clone(said)
		if with == nil {
			with = map[string]any{}
		}
		with[name] = iso
		v, t := s.compose(fd, with)
		if fits[i] = true; t != nil { // the other parts are not there yet: no rule can be asked
			continue
		}
		s.at[fd.number].wrong = trouble{}
		s.at[fd.number].value = v
		put(all, fd.Path, forRules(fd.Kind, v))
		fits[i] = s.allow(fd)
	}
	put(all, fd.Path, before)
	s.at[fd.number].wrong = was
	return fits
}

// allow tells whether every rule told at a field holds.
func (s *state) allow(fd *field) bool {
	for _, r := range s.f.rules {
		if r.Path != fd.Path || !s.known(r.holds) {
			continue
		}
		if holds, err := r.holds.Bool(s.vars); err == nil && !holds {
			return false
		}
	}
	if fd.in == nil {
		return true
	}
	vars := maps.Clone(s.vars)
	vars["item"] = s.item(fd)
	entry := fd.entryPath()
	for _, r := range fd.in.rules {
		if entry+r.Path != fd.Path || !s.known(r.holds) || !s.knownIn(r.holds, entry) {
			continue
		}
		if holds, err := r.holds.Bool(vars); err == nil && !holds {
			return false
		}
	}
	return true
}
