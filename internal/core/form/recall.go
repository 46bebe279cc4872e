package form

// recall is what a Session need not find out twice about a field: it comes back when a page that was hidden is shown again, or when only the sentence
// beside the field is another one. It depends on nothing but the language, the day and the raw answer itself.
type recall struct {
	said    *said
	listed  bool
	options []Option // of a field whose options are always the same ones

	asked bool
	raw   any // what was interpreted, and what came of it
	value any
	wrong *trouble

	drawn   *Field // how it looked, and with what
	looked  standing
	written any
}

// said is what is said about a field, or a page, whatever is answered.
type said struct{ label, hint, example string }

// words are what is said about a field.
func (s *state) words(fd *field) *said {
	r := &s.recall[fd.number]
	if r.said == nil {
		r.said = &said{s.say(fd.say.label), s.optional(fd.say.hint), s.optional(fd.say.example)}
	}
	return r.said
}

// offered are the options of a field as they are now.
func (s *state) offered(fd *field) []Option {
	r := &s.recall[fd.number]
	if r.listed {
		return r.options
	}
	list := s.choices(fd)
	if fd.fixed {
		r.listed, r.options = true, list
	}
	return list
}

// hasFixedOptions tells whether a field's options are the same ones whatever is answered.
func (fd *field) hasFixedOptions() bool {
	for _, o := range fd.options {
		if o.visible != nil || len(o.hint.rules()) > 0 {
			return false
		}
	}
	return fd.rows == nil
}

// interpret is the value that counts for a raw answer, or what is wrong with it.
func (s *state) interpret(fd *field, raw any) (any, *trouble) {
	if fd.whole != nil {
		return s.compose(fd, raw)
	}
	options := s.at[fd.number].options
	if !fd.fixed {
		return fd.interpret(raw, options, s.in.Day)
	}
	r := &s.recall[fd.number]
	if !r.asked || !same(r.raw, raw) {
		r.asked, r.raw = true, kept(raw)
		r.value, r.wrong = fd.interpret(r.raw, options, s.in.Day)
	}
	return r.value, r.wrong
}

// look draws a field, or gives it as it was drawn with the same answer.
func (s *state) look(fd *field) *Field {
	if !fd.plain() {
		d := s.field(fd)
		return &d
	}
	r, now, raw := &s.recall[fd.number], &s.at[fd.number], lookup(s.in.Answers, fd.trail)
	was := &r.looked
	if r.drawn == nil || now.needed != was.needed || now.wrong.rule != "" || !now.wrong.same(was.wrong) || !same(now.value, was.value) || !same(raw, r.written) {
		d := s.field(fd)
		r.drawn, r.looked, r.written = &d, *now, kept(raw)
	}
	return r.drawn
}

// plain tells whether how a field looks depends on nothing but its own answer and what is wrong with it.
func (fd *field) plain() bool {
	return fd.fixed && fd.answers() && fd.whole == nil && fd.value == nil && len(fd.notes) == 0 && fd.Kind != Repeat && fd.Kind != Entry
}

// heading are the title and the lead of a page.
func (s *state) heading(p page, number int) *said {
	if s.headings[number] == nil {
		s.headings[number] = &said{label: s.say("page." + p.ID + ".title"), hint: s.optional("page." + p.ID + ".lead")}
	}
	return s.headings[number]
}

// judgement is what the schema said last about a unit.
type judgement struct {
	document any
	found    map[string]trouble
}

// judge asks the schema about a unit's document, if it did not judge the same one the last time. Nobody writes into what it finds.
func (s *state) judge(u *unit, document any) map[string]trouble {
	if document == nil {
		return nil
	}
	j := &s.judged[u.number]
	if !same(j.document, document) {
		*j = judgement{document, s.complain(u, document)}
	}
	return j.found
}
