package device

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// ErrNoDraft says that nothing lies where a draft was looked for: it was thrown away, or sent, or is too old, or has not arrived.
var ErrNoDraft = errors.New("device: no such draft")

// Drafts are what the town hall has to hear about sealed drafts; *store.Store has them.
type Drafts interface {
	// DraftTasks gives what the town hall has to hear, the ones tried least first.
	DraftTasks(ctx context.Context, most int) ([]store.DraftTask, error)
	// DraftDone forgets a task.
	DraftDone(ctx context.Context, address, token string) error
	// DraftPostponed notes a try that did not succeed.
	DraftPostponed(ctx context.Context, address string) error
	// ExpireDrafts forgets what is too old.
	ExpireDrafts(ctx context.Context) error
}

// draftsAtOnce is how many drafts travel in one exchange.
const draftsAtOnce = 50

// drafts brings the town hall drafts that wait here, and tells it which ones are over. What it refuses for good is forgotten: nobody could
// continue it.
func (c *Client) drafts(ctx context.Context) error {
	if err := c.store.ExpireDrafts(ctx); err != nil {
		return err
	}
	tasks, err := c.store.DraftTasks(ctx, draftsAtOnce)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Token == "" {
			err = c.web.put(ctx, wire.PathDrafts+t.Address, t.Draft)
		} else {
			err = c.web.delete(ctx, wire.PathDrafts+t.Address, t.Token)
		}
		switch s, answered := refusal(err); {
		case err == nil:
		case answered && s.after == 0 && s.code >= http.StatusInternalServerError, s.code == http.StatusNotFound: // a town hall that keeps none yet, or cannot now
			if err := c.store.DraftPostponed(ctx, t.Address); err != nil {
				return err
			}
			continue
		case s.code == http.StatusGone || s.code == http.StatusConflict || refused(err):
			c.o.Log.Warn("sync: a draft is not taken", "status", s.code)
		default:
			return errors.Join(offline("drafts", err), c.store.DraftPostponed(ctx, t.Address))
		}
		if err := c.store.DraftDone(ctx, t.Address, t.Token); err != nil {
			return err
		}
	}
	return nil
}

// Draft fetches a sealed draft by its address. It is stored nowhere. ErrOffline when there is no line, ErrNoDraft when nothing lies there.
func (c *Client) Draft(ctx context.Context, address string) ([]byte, error) {
	if err := wire.CheckAddress(address); err != nil {
		return nil, fmt.Errorf("device: draft: %w", err)
	}
	var got wire.Draft
	err := c.web.get(ctx, wire.PathDrafts+address, nil, wire.MaxDraftMessage, &got)
	if s, answered := refusal(err); answered && s.code == http.StatusNotFound {
		return nil, c.noted(fmt.Errorf("device: draft: %w", ErrNoDraft))
	}
	if err != nil {
		return nil, c.note(offline("draft", err))
	}
	if err := got.Check(); err != nil {
		return nil, fmt.Errorf("device: draft: %w", err)
	}
	return got.Body, c.note(nil)
}

// noted says that the line is good, and returns err.
func (c *Client) noted(err error) error {
	_ = c.note(nil)
	return err
}

func (w web) put(ctx context.Context, path string, m any) error {
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(4096).SetBody(m).SetHeader("Content-Type", "application/json").Put(path)
	return w.fine(r, err, http.StatusNoContent)
}

func (w web) delete(ctx context.Context, path, token string) error {
	r, err := w.c.R().SetContext(ctx).SetResponseBodyLimit(4096).SetHeader(wire.HeaderToken, token).Delete(path)
	return w.fine(r, err, http.StatusNoContent)
}
