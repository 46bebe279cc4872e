// Package outposttest lets tests enrol a device without a whole town.
package outposttest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// closed is a door at which nothing is taken.
type closed struct{}

func (closed) Take(context.Context, hall.Device, []wire.Item) ([]hall.Taken, error) {
	return nil, errors.New("nobody is there")
}

// Hall opens a town hall that enrols one device, publishes no key and takes nothing, and gives the device's ticket to it. demo marks the
// devices it enrols as a demo town's. It hears nothing more after stop, or when the test is over.
func Hall(t testing.TB, demo bool) (ticket device.Entry, stop func()) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), time.Now)
	must(err)
	t.Cleanup(func() { s.Close() })
	ca, err := hall.NewCA("Stadt", time.Now())
	must(err)
	key, err := proof.Generate()
	must(err)
	conf, err := ca.TLS([]string{"127.0.0.1"}, time.Now)
	must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	h := hall.New(hall.House{Intake: closed{}, Records: s, Answers: s, Devices: s, State: s}, hall.Options{CA: ca, Key: key, Demo: demo})
	srv := &http.Server{Handler: h, TLSConfig: conf}
	go func() { _ = srv.ServeTLS(ln, "", "") }() // ends with stop
	stop = func() { _ = srv.Close() }
	t.Cleanup(stop)
	code, err := s.AddCode(t.Context(), "Foyer", "stadt", "stadt", time.Now().Add(time.Hour))
	must(err)
	return device.Entry{URL: "https://" + ln.Addr().String(), Fingerprint: ca.Fingerprint(), Code: code}, stop
}
