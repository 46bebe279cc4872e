package outpost

import (
	"bytes"
	"context"
	"slices"
	"time"
)

// mirrorEvery is how often a device looks whether a collection has changed: it reads its own memory, nobody is asked.
const mirrorEvery = 20 * time.Second

// Mirror gives the records of a collection, as this device knows them, to put: at once, and after every change, until ctx ends. Without a record put
// hears nothing.
func (o *Outpost) Mirror(ctx context.Context, collection string, put func(collection string, rows [][]byte)) {
	tick := time.NewTicker(mirrorEvery)
	defer tick.Stop()
	var last [][]byte
	for {
		if rows, err := o.rows(ctx, collection); err == nil && !slices.EqualFunc(rows, last, bytes.Equal) { // otherwise the next time
			last = rows
			put(collection, rows)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (o *Outpost) rows(ctx context.Context, collection string) ([][]byte, error) {
	records, err := o.Store.Records(ctx, collection)
	var rows [][]byte
	for _, r := range records {
		if !r.Deleted {
			rows = append(rows, r.Data)
		}
	}
	return rows, err
}
