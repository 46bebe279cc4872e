package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// durable measures "send" until it is on disk: sealing, and holding the envelope with the payment's intent. The peer is the machine's own
// limit, one fdatasync of as many bytes.
func (b *bench) durable(ctx context.Context, work string) error {
	private, err := seal.Generate()
	if err != nil {
		return err
	}
	public := private.Public()
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
	plain := make([]byte, 1024)
	if _, err := rand.Read(plain); err != nil {
		return err
	}
	var ours, syncs []float64
	for range 40 * b.rounds {
		began := time.Now()
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		e, err := seal.Seal(public, id.String(), plain)
		if err != nil {
			return err
		}
		p := pay.Payment{ID: uuid.NewString(), Envelope: e.ID, Amount: 3070, State: pay.Intended, At: began}
		if err := s.Hold(ctx, e, p); err != nil {
			return err
		}
		ours = append(ours, ms(time.Since(began)))
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
		func(ours, _ float64) bool { return ours <= 3*sync95+5 }, "sealing included")
	return nil
}

func fdatasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
