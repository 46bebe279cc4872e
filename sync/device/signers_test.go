package device

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// facts is a device's memory that holds nothing but records.
type facts struct {
	Store
	list []wire.Record
}

func (f facts) Records(_ context.Context, collection string) ([]wire.Record, error) {
	var out []wire.Record
	for _, r := range f.list {
		if r.Collection == collection {
			out = append(out, r)
		}
	}
	return out, nil
}

func TestOnlyAKeyThatIsTrustedVouchesForTheNext(t *testing.T) {
	var keys [5]proof.Key
	for i := range keys {
		var err error
		if keys[i], err = proof.Generate(); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	says := func(kind string, by, of proof.Key) wire.Record {
		jwk, err := json.Marshal(of.Public())
		if err != nil {
			t.Fatal(err)
		}
		token, err := proof.Sign(by, kind, wire.Signer{Issued: time.Unix(1, 0).UTC(), Key: jwk})
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(token)
		if err != nil {
			t.Fatal(err)
		}
		n++
		return wire.Record{Collection: wire.CollectionSigners, ID: of.ID(), Seq: int64(n), Data: data}
	}
	enrolled, second, third, stranger, friend := keys[0], keys[1], keys[2], keys[3], keys[4]
	c := &Client{id: &Identity{town: town{Keys: []proof.PublicKey{enrolled.Public()}}}, store: facts{list: []wire.Record{
		says(proof.Signer, second, third), // comes before the word for the second
		says(proof.Signer, stranger, friend),
		says(proof.Keys, enrolled, stranger), // another kind of word
		says(proof.Signer, enrolled, second),
		says(proof.Signer, third, enrolled), // a circle ends
		{Collection: wire.CollectionSigners, ID: "x", Seq: 9, Data: json.RawMessage(`{"no":"token"}`)},
		{Collection: wire.CollectionSigners, ID: "y", Seq: 10, Deleted: true},
	}}}
	got, err := c.Signers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, k := range got {
		ids = append(ids, k.ID())
	}
	if len(ids) != 3 || ids[0] != enrolled.ID() || ids[1] != second.ID() || ids[2] != third.ID() {
		t.Errorf("%d keys are trusted", len(ids))
	}
}
