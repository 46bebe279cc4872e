package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// durable measures "send" until it is on disk: the resident parking permit is looked at once more, sealed, and held with the payment's intent, until the
// card terminal would be asked. The peer is the machine's own limit, one fdatasync of as many bytes.
func (b *bench) durable(ctx context.Context, work string) error {
	private, err := seal.Generate()
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(work, "store.db"), store.Options{
		Sign: func(pay.Outcome) (string, error) { return "", errors.New("nothing is released here") }, Now: time.Now,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	raw, err := os.Create(filepath.Join(work, "raw"))
	if err != nil {
		return err
	}
	defer raw.Close()
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		return err
	}
	permit, ok := catalogue.Find("parkausweis-bewohner", "")
	if !ok {
		return errors.New("demo: bench: there is no parking permit")
	}
	till := &noCard{}
	desk := visit.Desk{Journal: s, Sealer: sealer{private.Public()}, Payer: till, Till: &sync.Mutex{}}
	plain := make([]byte, 1024)
	if _, err := rand.Read(plain); err != nil {
		return err
	}
	var ours, syncs []float64
	for range 40 * b.rounds {
		v := visit.Begin(permit, desk, visit.Options{Lang: "de", Now: time.Now, Random: rand.Reader, Tenant: "stadt", Channel: service.AtTerminal, CasePrefix: "BO"})
		for path, answer := range map[string]any{
			"/name": "Renate Vogt", "/birthdate": "1980-04-03", "/street": "Herforder Straße", "/house": "12", "/registered": true, "/plate": "MI-RA 1848",
			"/owner": "me", "/permit": false, "/zone": "A", "/months": 12, "/start": "today",
		} {
			v.Answer(path, answer)
		}
		began := time.Now()
		if _, err := v.Submit(ctx, pay.Card, nil); !errors.Is(err, visit.ErrDeclined) {
			return fmt.Errorf("demo: bench: durable: %w", err)
		}
		ours = append(ours, ms(till.asked.Sub(began)))
		began = time.Now()
		if _, err := raw.Write(plain); err != nil {
			return err
		}
		if err := fdatasync(raw); err != nil {
			return err
		}
		syncs = append(syncs, ms(time.Since(began)))
	}
	our95, sync95 := quantile(ours, 0.95), quantile(syncs, 0.95)
	b.add("send until durable, p95", "ms", []float64{our95}, []float64{sync95}, "one fdatasync, p95", "<= 3 fdatasyncs + 5 ms",
		func(ours, _ float64) bool { return ours <= 3*sync95+5 }, "checking and sealing included")
	return nil
}

// sealer seals for a town hall whose key is known.
type sealer struct{ to seal.Public }

func (s sealer) Ready(context.Context) error { return nil }
func (s sealer) Seal(_ context.Context, id string, plain []byte) (seal.Envelope, error) {
	return seal.Seal(s.to, id, plain)
}

// noCard is a card terminal that notes when it was asked, and declines.
type noCard struct{ asked time.Time }

func (n *noCard) Ready(context.Context) error { return nil }
func (n *noCard) Pay(_ context.Context, _ pay.Payment, on func(pay.Event) error, _ func(byte, string)) error {
	n.asked = time.Now()
	return on(pay.Event{Kind: pay.Refuse, Code: "6C", At: n.asked})
}
func (n *noCard) Settle(context.Context, pay.Payment) (pay.Event, error) {
	return pay.Event{}, visit.ErrUnreachable
}
func (n *noCard) Reverse(context.Context, pay.Payment) (pay.Event, error) {
	return pay.Event{}, visit.ErrUnreachable
}

func fdatasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
