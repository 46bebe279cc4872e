package device

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// piece is how much of a blob is sent at once: what is lost at the most when the line breaks.
const piece = 64 << 10

// errSpoiled says that a file is not here any more as it was sealed.
var errSpoiled = errors.New("device: a file of this envelope is damaged here")

// bring sends the files that the town hall still needs for an item, and then the item again at once.
func (c *Client) bring(ctx context.Context, item wire.Item, need []string) error {
	size := map[string]int64{}
	for _, b := range item.Blobs {
		size[b.SHA256] = b.Size
	}
	for _, id := range need {
		if size[id] == 0 {
			return errors.Join(fmt.Errorf("device: push: envelope %s: a file is wanted that it does not have", item.ID),
				c.store.Postpone(ctx, item.ID, "a file is wanted that it does not have"))
		}
		err := c.upload(ctx, wire.BlobRef{SHA256: id, Size: size[id]})
		if errors.Is(err, errSpoiled) {
			c.o.Log.Error("sync: put into quarantine", "envelope", item.ID, "err", err)
			return c.store.Quarantine(ctx, item.ID, "a file is damaged here")
		}
		if err != nil {
			return errors.Join(err, c.store.Postpone(ctx, item.ID, "a file did not get through"))
		}
	}
	p := wire.Push{V: wire.Version, Items: []wire.Item{item}}
	var got wire.Pushed
	if err := c.web.post(ctx, wire.PathPush, p, wire.MaxPush, &got); err != nil {
		return offline("push", err)
	}
	if err := got.Check(p); err != nil {
		return fmt.Errorf("device: push: %w", err)
	}
	if err := c.store.Town(ctx, got.Epoch, got.Watermark); err != nil {
		return err
	}
	if r := got.Results[0]; r.Status == wire.NeedBlobs { // they were all there: next time
		return errors.Join(fmt.Errorf("device: push: envelope %s: files are still wanted", item.ID),
			c.store.Postpone(ctx, item.ID, "files are still wanted"))
	}
	return c.result(ctx, item, got.Results[0], got.Epoch)
}

// upload sends a blob, from where it stopped. What the town hall threw away because it was not whole is sent anew, once.
func (c *Client) upload(ctx context.Context, ref wire.BlobRef) error {
	data, ok, err := c.store.Part(ctx, ref.SHA256)
	if err != nil {
		return err
	}
	if !ok || int64(len(data)) != ref.Size || wire.Digest(data) != ref.SHA256 {
		return errSpoiled
	}
	for range 2 {
		if err = c.send(ctx, ref, data); err == nil {
			return nil
		}
		if s, _ := refusal(err); s.code != http.StatusUnprocessableEntity {
			break
		}
	}
	return offline("upload", err)
}

// send appends pieces until the blob is whole at the town hall.
func (c *Client) send(ctx context.Context, ref wire.BlobRef, data []byte) error {
	at, err := c.web.offset(ctx, ref)
	if err != nil {
		return err
	}
	for turns := 4 + 2*len(data)/piece; at < ref.Size; turns-- {
		if turns == 0 { // it says the same again and again
			return errors.New("device: the upload does not move")
		}
		end := min(at+piece, ref.Size)
		if at, err = c.web.patch(ctx, wire.Piece{Ref: ref, Offset: at}, data[at:end]); err != nil {
			return err
		}
	}
	return nil
}
