package service

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Flaw is something that has to be mended before a service is offered.
type Flaw struct {
	Where string `json:"where"` // file in the folder; "" when Wrong says it
	Wrong string `json:"wrong"`
}

// enoughExamples is how many examples a service needs that can be applied for.
const enoughExamples = 5

// Named tells id and version of a service's folder, as far as service.yaml says them.
func Named(folder fs.FS) (id, version string, err error) {
	data, err := fs.ReadFile(folder, "service.yaml")
	if err != nil {
		return "", "", fmt.Errorf("service: name: there is no service.yaml: %w", err)
	}
	var d description
	if err := form.Decode("", "service.yaml", data, &d); err != nil {
		return "", "", fmt.Errorf("service: name: %w", err)
	}
	return d.ID, d.Version, nil
}

// Inspect reads the folder of a service, whatever it is called, for a tenant that offers it, and tells everything that is wrong with it. The
// service is nil when it cannot be read.
func Inspect(folder fs.FS, t *Tenant) (*Service, []Flaw) {
	id, _, err := Named(folder)
	if err != nil {
		return nil, flaws(err)
	}
	s, err := Load(folder, id, t)
	if err != nil {
		return nil, flaws(err)
	}
	found, _, err := s.Flaws(folder)
	if err != nil {
		return nil, flaws(err)
	}
	return s, found
}

// flaws are the lines of an error.
func flaws(err error) (list []Flaw) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line = strings.TrimPrefix(strings.TrimSpace(line), "service: load: "); line != "" {
			list = append(list, Flaw{Wrong: line})
		}
	}
	return list
}

// Flaws tells what is wrong with a service that was read from the folder: sentences that are missing, and examples that do not come out as
// they say. examples is how many there are. An error says that the examples cannot be read.
func (s *Service) Flaws(folder fs.FS) (found []Flaw, examples int, err error) {
	for _, lang := range []string{text.German, "en"} {
		for _, key := range s.Speechless(lang) {
			found = append(found, Flaw{"texts/" + lang + ".yaml", key + " is missing"})
		}
	}
	for _, table := range sortedKeys(s.reads) {
		if table != "" && !s.tenant.has(table) {
			found = append(found, Flaw{Wrong: fmt.Sprintf("%s reads tables.%s, but %s has no tables/%s.yaml", s.reads[table], table, s.tenant.ID, table)})
		}
	}
	if s.form != nil {
		for _, p := range s.form.Boundless() {
			found = append(found, Flaw{"schema.json", p + " is a text without maxLength"})
		}
	}
	list, err := Examples(folder, s.ID)
	if err != nil {
		return nil, 0, err
	}
	if s.Online() && len(list) < enoughExamples {
		found = append(found, Flaw{"examples", fmt.Sprintf("there are only %d, at least %d are needed", len(list), enoughExamples)})
	}
	for _, e := range list {
		for _, d := range s.Try(e, text.German, "en") {
			found = append(found, Flaw{"examples/" + e.Name + ".yaml", d})
		}
	}
	return found, len(list), nil
}

// ErrFlaws says that a service cannot be offered as it is.
var ErrFlaws = errors.New("service: it cannot be offered like this")

// Flawed is an error that says every flaw, a line each; nil without any.
func Flawed(list []Flaw) error {
	if len(list) == 0 {
		return nil
	}
	errs := []error{ErrFlaws}
	for _, f := range list {
		errs = append(errs, errors.New(strings.TrimPrefix(f.Where+": "+f.Wrong, ": ")))
	}
	return errors.Join(errs...)
}
