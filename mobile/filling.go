package mobile

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// filling is what a screen that asks for answers holds besides them: which field is typed into, which problems may be told, what is searched.
type filling struct {
	draft *draft
	focus string          // the field that is typed into
	shown map[string]bool // fields whose problem may be told
	aside uipage.Aside    // what is searched and which calendar is open
}

// events says what becomes of a touch or a letter: it is answered, kept, and drawn.
func (s *filling) events(a *App) uipage.Events {
	d := s.draft
	return uipage.Events{
		Answer: func(path string, v any) {
			s.leave(path)
			d.visit.Answer(path, v)
			a.keep(d, true)
			a.show()
		},
		Brim: &a.brim,
		Typed: func(path, text string, over bool) {
			a.brim.Note(path, over)
			d.visit.Type(path, text)
			a.keep(d, false)
			a.show()
		},
		Focus: func(path string) {
			s.leave(path)
			s.aside.Close()
			s.focus = path
			a.show()
		},
		Aside: &s.aside,
		Show: func() {
			if !uipage.Searching(s.focus) {
				s.leave(s.aside.Open()) // whoever opens its calendar is still at it
				s.focus, a.lift = "", s.aside.Open()
			}
			a.show()
		},
		Day: a.now(), Days: d.visit.Fits,
		Gone: d.visit.Gone(),
		Undo: func() { d.visit.Undo(); a.keep(d, true); a.show() },
	}
}

// typing connects keyboard and field; done is what Enter does in a field of one line.
func (s *filling) typing(a *App, f form.Field, done func()) *typing {
	t := &typing{path: f.Path, keys: f.Keys, max: f.Max,
		get: func() string { return s.text(f.Path) },
		set: func(text string) {
			if uipage.Searching(f.Path) {
				s.aside.Search(f.Path, text)
				return
			}
			s.draft.visit.Type(f.Path, uipage.Dotted(f, s.text(f.Path), text))
			a.keep(s.draft, false)
		}}
	if f.Kind != form.LongText {
		t.enter = func() { done(); a.show() }
	}
	return t
}

// text is what stands in a field now.
func (s *filling) text(path string) string {
	for _, p := range s.draft.visit.View().Pages {
		for _, f := range s.aside.Inputs(p) {
			if f.Path == path {
				return f.Text
			}
		}
	}
	return ""
}

// tell lets the problem of a field be told.
func (s *filling) tell(path string) {
	if s.shown == nil {
		s.shown = map[string]bool{}
	}
	s.shown[path] = true
}

// leave lets the problem of the field that was left be told.
func (s *filling) leave(to string) {
	if s.focus != "" && s.focus != to {
		s.tell(s.focus)
		s.focus = ""
	}
}

func (s *filling) rest() { s.leave("") }
