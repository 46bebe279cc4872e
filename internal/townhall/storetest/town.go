// Package storetest holds what every store of the town hall has to pass, and a small town to try the rooms with.
package storetest

import (
	"embed"
	"io/fs"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

//go:embed town
var town embed.FS

// Town is a folder of data with one tenant "stadt", who offers one service "parken" for 30,70 €.
func Town(t testing.TB) fs.FS {
	t.Helper()
	sub, err := fs.Sub(town, "town")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// Catalogue is what the town offers.
func Catalogue(t testing.TB) *service.Catalogue {
	t.Helper()
	c, err := service.LoadCatalogue(Town(t), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Day is when the tests play: a Monday in November 2026.
func Day() time.Time { return time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC) }

// Application is a good application to the town, paid by card.
func Application(t testing.TB, envelope, number, recipient string) service.Application {
	t.Helper()
	s, ok := Catalogue(t).Find("parken", "")
	if !ok {
		t.Fatal("the town offers no parking")
	}
	return service.Application{
		Kind: service.KindApplication, ID: envelope, Case: number, Service: "parken", Version: s.Version, Digest: s.Digest(), Tenant: "stadt",
		Lang: "de", Day: "2026-11-23", Answers: form.Answers{"name": "Jörg Müller", "plate": "MI-RA 1848", "zone": "A"}, Fee: 3070, Way: pay.Card,
		Recipient: recipient, Channel: "terminal", At: Day(),
	}
}
