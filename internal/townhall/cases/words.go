package cases

import (
	"embed"
	"fmt"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

//go:embed texts/*.yaml
var texts embed.FS

// words are the sentences that the town hall's book says by itself.
type words struct{ *text.Texts }

func loadWords() (words, error) {
	t, err := text.Load(texts)
	if err != nil {
		return words{}, fmt.Errorf("load texts: %w", err)
	}
	return words{t}, nil
}

// state is the sentence that a citizen reads about a state when the clerk wrote none.
func (w words) state(c Case) string { return w.Say(c.Lang, kin(c)+"state."+string(c.State)) }

// kin begins the keys of the sentences that say something else for a kind of cases: a defect is mended, not approved.
func kin(c Case) string {
	if c.Report != nil {
		return "report."
	}
	return ""
}

// step is what a citizen reads about an event when nothing was written with it.
func (w words) step(c Case, e Event) string {
	if e.Text != "" && (e.Kind == EventAsked || e.Kind == EventApproved || e.Kind == EventRejected || e.Kind == EventProgress) {
		return e.Text
	}
	return w.Say(c.Lang, kin(c)+"step."+string(e.Kind))
}

// warn is a sentence for clerks.
func (w words) warn(key string, args ...any) string { return w.Say("de", "warn."+key, args...) }

// problem says which check does not hold. It names the place and the rule, never the answer.
func (w words) problem(p form.Problem) string {
	return strings.TrimSpace(w.warn("problem", "path", p.Path, "rule", p.Rule, "text", p.Text))
}
