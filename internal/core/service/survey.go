package service

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// What a service is.
const (
	OfApplication = "application"
	OfReport      = "report"
	OfSurvey      = "survey"
)

// Counted tells whether the service is a survey: what was answered is only counted. There is no case, no number, no slip and nothing that leads back to
// whoever answered; what was written in own words is kept without the other answers.
func (s *Service) Counted() bool { return s.Kind == OfSurvey }

// surveyKinds are the kinds of questions that can be counted, or be kept without saying who answered.
var surveyKinds = []form.Kind{form.Choice, form.Choices, form.Bool, form.Number, form.Text, form.LongText, form.Info, form.Computed}

// checkSurvey refuses questions in a survey that ask who somebody is.
func (s *Service) checkSurvey(name string, asked *form.Form) error {
	if !s.Counted() {
		return nil
	}
	for _, f := range asked.Outline().Fields {
		if !slices.Contains(surveyKinds, f.Kind) {
			var may []string
			for _, k := range surveyKinds {
				may = append(may, string(k))
			}
			return fmt.Errorf("%s/form.yaml: %s: a survey cannot ask for %s, only for %s", name, f.Path, f.Kind, strings.Join(may, ", "))
		}
	}
	return nil
}
