package town

import "context"

// Published is what the terminal knows of a collection that the town hall has published.
func (t *Town) Published(ctx context.Context, collection string) ([][]byte, error) {
	term := t.terminal()
	if term == nil {
		return nil, ErrKilled
	}
	return term.post.Published(ctx, collection)
}
