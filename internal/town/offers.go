package town

import (
	"context"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// Shows is what the terminal offers; before its first start, what ships.
func (t *Town) Shows() *service.Catalogue {
	if term := t.terminal(); term != nil {
		return term.shows
	}
	return t.o.Shipped
}

// Renew offers at the terminal what the last exchanges brought, as a shell does between two visits, and tells whether that was anything.
func (t *Town) Renew() bool {
	term := t.terminal()
	return term != nil && term.offers.Renew()
}

// broken hears of rules that are broken.
func (t *Town) broken(version string, rules []expr.Place) {
	if term := t.terminal(); term != nil && term.ctx.Err() == nil {
		term.post.Broken(version, rules)
	}
}

// Faults is what the terminal's memory says is wrong with services.
func (t *Town) Faults(ctx context.Context) ([]store.Fault, error) {
	term := t.terminal()
	if term == nil {
		return nil, ErrKilled
	}
	return term.post.Store.Faults(ctx)
}
