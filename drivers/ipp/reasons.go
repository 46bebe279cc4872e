package ipp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// Reason is a keyword of printer-state-reasons or job-state-reasons, such as "media-empty-error".
type Reason string

// Stem is the keyword without the suffix that says how bad it is (RFC 8011 5.4.12).
func (r Reason) Stem() string {
	for _, suffix := range []string{"-error", "-warning", "-report"} {
		if stem, ok := strings.CutSuffix(string(r), suffix); ok {
			return stem
		}
	}
	return string(r)
}

// Mild tells that the printer goes on in spite of it: a warning or a report.
func (r Reason) Mild() bool {
	return strings.HasSuffix(string(r), "-warning") || strings.HasSuffix(string(r), "-report")
}

// Sentence says the reason to a citizen, in English ("en") or German; "" for a keyword that nobody listed.
func (r Reason) Sentence(lang string) string {
	de, en, _ := meaning(r.Stem())
	if lang == "en" {
		return en
	}
	return de
}

// meaning lists the reasons of RFC 8011 5.4.12 and 5.3.8 and of PWG 5100.9 that a person can do something about. err is what they mean for a page that is to
// be printed; nil means that it is printed all the same.
func meaning(stem string) (de, en string, err error) {
	switch stem {
	case "media-empty", "media-needed":
		return "Im Drucker ist kein Papier mehr.", "The printer is out of paper.", ErrNoPaper
	case "input-tray-missing", "input-media-tray-missing":
		return "Das Papierfach des Druckers fehlt.", "The printer's paper tray is missing.", ErrNoPaper
	case "media-low":
		return "Im Drucker ist nur noch wenig Papier.", "The printer is low on paper.", nil
	case "cover-open", "door-open", "interlock-open", "input-cover-open", "output-cover-open", "scanner-cover-open":
		return "Am Drucker ist eine Klappe offen.", "A cover of the printer is open.", ErrCoverOpen
	case "media-jam", "input-media-jam", "output-media-jam":
		return "Im Drucker steckt Papier fest.", "Paper is stuck in the printer.", ErrStopped
	case "toner-empty", "marker-supply-empty", "developer-empty", "opc-life-over", "marker-supply-missing":
		return "Toner oder Tinte des Druckers ist leer.", "The printer is out of toner or ink.", ErrStopped
	case "toner-low", "marker-supply-low", "developer-low", "opc-near-eol":
		return "Toner oder Tinte des Druckers geht zur Neige.", "The printer is low on toner or ink.", nil
	case "marker-waste-full":
		return "Der Behälter für Resttoner ist voll.", "The printer's waste container is full.", ErrStopped
	case "marker-waste-almost-full":
		return "Der Behälter für Resttoner ist fast voll.", "The printer's waste container is almost full.", nil
	case "output-area-full", "output-tray-full":
		return "Das Ausgabefach ist voll. Bitte nehmen Sie die Blätter heraus.", "The output tray is full. Please take the sheets out.", ErrStopped
	case "output-area-almost-full":
		return "Das Ausgabefach ist fast voll.", "The output tray is almost full.", nil
	case "output-tray-missing":
		return "Das Ausgabefach des Druckers fehlt.", "The printer's output tray is missing.", ErrStopped
	case "fuser-over-temp", "fuser-under-temp", "power-down", "hibernate", "deactivated":
		return "Der Drucker braucht einen Augenblick, bis er wieder drucken kann.", "The printer needs a moment before it can print again.", ErrStopped
	case "spool-area-full":
		return "Der Speicher des Druckers ist voll.", "The printer's memory is full.", ErrStopped
	case "paused", "stopped-partly", "stopping", "moving-to-paused", "hold-new-jobs", "printer-stopped":
		return "Der Drucker wurde angehalten.", "The printer was paused.", ErrStopped
	case "connecting-to-device", "timed-out", "shutdown", "offline", "cups-waiting-for-job-completed-offline":
		return "Der Drucker ist nicht zu erreichen.", "The printer cannot be reached.", ErrStopped
	case "job-canceled-by-user", "job-canceled-at-device", "job-canceled-by-operator":
		return "Der Druck wurde am Drucker abgebrochen.", "Printing was cancelled at the printer.", ErrAborted
	case "document-format", "document-unprintable", "unsupported-document-format", "document-access":
		return "Der Drucker konnte die Seite nicht lesen.", "The printer could not read the page.", ErrAborted
	case "aborted-by-system":
		return "Der Drucker hat den Auftrag abgebrochen.", "The printer gave the job up.", ErrAborted
	}
	return "", "", nil
}

// Trouble is an error with what the printer said of it. It wraps one of the package's errors.
type Trouble struct {
	Err     error
	Reasons []Reason // the first one is why
}

// Error gives the error with the printer's keywords.
func (t *Trouble) Error() string {
	var all []string
	for _, r := range t.Reasons {
		all = append(all, string(r))
	}
	return fmt.Sprintf("%v: %s", t.Err, strings.Join(all, ", "))
}

// Unwrap gives one of the package's errors.
func (t *Trouble) Unwrap() error { return t.Err }

// Sentence says an error of this package to a citizen, in English ("en") or German.
func Sentence(err error, lang string) string {
	var t *Trouble
	if errors.As(err, &t) {
		for _, r := range t.Reasons {
			if s := r.Sentence(lang); s != "" {
				return s
			}
		}
	}
	for _, s := range []struct {
		err    error
		de, en string
	}{
		{ErrUnclear, "Bitte sehen Sie nach, ob die Seite im Drucker liegt.", "Please see whether the page lies in the printer."},
		{ErrNoPaper, "Im Drucker ist kein Papier mehr.", "The printer is out of paper."},
		{ErrCoverOpen, "Am Drucker ist eine Klappe offen.", "A cover of the printer is open."},
		{ErrAborted, "Die Seite wurde nicht gedruckt.", "The page was not printed."},
		{ErrRefused, "Der Drucker nimmt die Seite nicht an.", "The printer does not accept the page."},
		{ErrUnreachable, "Der Drucker ist nicht zu erreichen.", "The printer cannot be reached."},
	} {
		if errors.Is(err, s.err) {
			if lang == "en" {
				return s.en
			}
			return s.de
		}
	}
	if lang == "en" {
		return "The printer does not work at the moment."
	}
	return "Der Drucker arbeitet gerade nicht."
}

// reasons reads keywords; "none" says that there is nothing to say.
func reasons(a goipp.Attributes, name string) []Reason {
	var out []Reason
	for _, s := range texts(a, name) {
		if s != "none" && s != "" {
			out = append(out, Reason(s))
		}
	}
	return out
}

// trouble tells what keeps a page from being printed now: nil, or a Trouble.
func (i Info) trouble() error {
	if err := i.said(func(r Reason) bool { return !r.Mild() }); err != nil {
		return err
	}
	if i.State == Stopped {
		return &Trouble{ErrStopped, i.Reasons}
	}
	if !i.Accepting {
		return fmt.Errorf("%w: takes no jobs", ErrStopped)
	}
	return nil
}

// worry tells what might keep a page from being printed, although the printer only warns: nil, or a Trouble.
func (i Info) worry() error {
	return i.said(func(r Reason) bool { return strings.HasSuffix(string(r), "-warning") })
}

// said finds the first reason of a kind that stands against printing.
func (i Info) said(kind func(Reason) bool) error {
	for n, r := range i.Reasons {
		if _, _, err := meaning(r.Stem()); err != nil && kind(r) {
			return &Trouble{err, append(append([]Reason{r}, i.Reasons[:n]...), i.Reasons[n+1:]...)}
		}
	}
	return nil
}
