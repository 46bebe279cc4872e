package outpost

import "context"

// Published gives the data of a collection's records, as far as the device knows what the town hall has published.
func (o *Outpost) Published(ctx context.Context, collection string) ([][]byte, error) {
	records, err := o.Store.Records(ctx, collection)
	var all [][]byte
	for _, r := range records {
		if !r.Deleted {
			all = append(all, r.Data)
		}
	}
	return all, err
}
