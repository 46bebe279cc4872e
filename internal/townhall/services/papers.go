package services

import (
	"errors"
	"fmt"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// ErrPaper says that a paper of a draft cannot be made: there is none of this name, no such example, or a value in it is missing.
var ErrPaper = errors.New("services: the paper cannot be made")

// summary is the paper that every application has, whatever is in the service's folder.
const summary = "summary"

// Examples are the examples of a draft, by name; none as long as it cannot be read.
func (d Draft) Examples() []service.Example {
	if d.Checked.Service == nil {
		return nil
	}
	list, err := service.Examples(d.Checked.Files.FS(), d.State.Service)
	if err != nil { // then it could not be read
		return nil
	}
	return list
}

// Example gives an example of a draft by its name.
func (d Draft) Example(name string) (service.Example, bool) {
	list := d.Examples()
	i := slices.IndexFunc(list, func(e service.Example) bool { return e.Name == name })
	if i < 0 {
		return service.Example{}, false
	}
	return list[i], true
}

// Papers lists the papers that Paper can show.
func (l *Library) Papers(d Draft) []string {
	if l.o.Render == nil || d.Checked.Service == nil || !d.Checked.Service.Online() {
		return nil
	}
	if d.Checked.Service.Counted() { // nobody gets a paper of it
		return d.Checked.Service.Documents()
	}
	return append(d.Checked.Service.Documents(), summary)
}

// Paper draws a paper of a draft as a PDF, for the answers of an example; ErrPaper.
func (l *Library) Paper(d Draft, name, example, lang string) ([]byte, error) {
	e, ok := d.Example(example)
	if !ok || !slices.Contains(l.Papers(d), name) {
		return nil, ErrPaper
	}
	s := d.Checked.Service
	data := s.Sample(e.Answers, lang, e.On())
	var doc document.Document
	var err error
	if name == summary {
		doc, err = s.Summary(data)
	} else {
		doc, err = s.Document(name, data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPaper, err)
	}
	file, err := l.o.Render(doc)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPaper, err)
	}
	return file, nil
}
