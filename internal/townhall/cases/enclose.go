package cases

import (
	"context"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
)

// Enclose adds files that were handed in after the application, each for the question that its Field names; what they are is written into the log. The
// application itself stays as it was sealed. ErrEmpty without files, ErrState for a case that is decided, ErrMany when more would be kept than one
// application may bring.
func (b *Book) Enclose(ctx context.Context, number, clerk, what string, files []Photo, version int64) error {
	what, err := written(what)
	if err != nil || len(files) == 0 {
		return ErrEmpty
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Open() {
			return ErrState
		}
		all := 0
		for _, f := range files {
			all += f.Size
		}
		if len(c.Photos)+len(files) > enclosure.MaxFiles || all > enclosure.MaxAll {
			return ErrMany
		}
		with.Photos = files
		b.log(c, with, clerk, EventEnclosed, what)
		return nil
	})
}
