package device_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func TestATechnicianEnrolsADevice(t *testing.T) {
	p := build(t)
	dir := t.TempDir()
	if _, err := device.Load(dir); !errors.Is(err, device.ErrNotEnrolled) {
		t.Fatal(err)
	}
	p.code("FOYER12345")
	spaced := " " + strings.ToUpper(p.ca.Fingerprint()[:32]) + " " + p.ca.Fingerprint()[32:]
	id, err := device.Enroll(ctx, dir, device.Entry{URL: p.url + "/", Fingerprint: spaced, Code: "foyer-123 45"})
	if err != nil {
		t.Fatal(err)
	}
	back, err := device.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if back.ID() != id.ID() || back.Name() != "Foyer" || back.Tenant() != "bad-oeynhausen" || back.URL() != p.url || len(back.Hall()) != 1 {
		t.Fatal(back.ID(), back.Name(), back.URL())
	}
	token, err := back.Sign(pay.Outcome{Envelope: "e", Amount: 3070})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range p.house.devices {
		var o pay.Outcome
		if _, err := proof.Verify([]proof.PublicKey{d.Key}, proof.Outcome, token, &o); err != nil || o.Amount != 3070 {
			t.Fatal("the town hall does not believe its own device:", err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if i, err := os.Stat(f); err != nil || i.Mode().Perm() != 0o600 {
			t.Error(filepath.Base(f), i.Mode(), err)
		}
	}
	// A code counts once.
	e := device.Entry{URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: "FOYER12345"}
	if _, err := device.Enroll(ctx, t.TempDir(), e); !errors.Is(err, device.ErrCode) {
		t.Fatal(err)
	}
	// Enrolled again, the device keeps its key: what it signed before still counts.
	p.code("AGAIN12345")
	e.Code = "AGAIN12345"
	again, err := device.Enroll(ctx, dir, e)
	if err != nil || again.Key().ID() != id.Key().ID() || again.ID() == id.ID() {
		t.Fatal(err)
	}
}

func TestNothingIsToldToSomebodyElsesTownHall(t *testing.T) {
	p, other := build(t), build(t)
	told := false
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		told = true
		h.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	_, err := device.Enroll(ctx, dir, device.Entry{URL: p.url, Fingerprint: other.ca.Fingerprint(), Code: p.code("FOYER12345")})
	if !errors.Is(err, device.ErrFingerprint) || told {
		t.Fatal(err, told)
	}
	for name, e := range map[string]device.Entry{
		"no TLS":               {URL: strings.Replace(p.url, "https", "http", 1), Fingerprint: p.ca.Fingerprint(), Code: "FOYER12345"},
		"half a fingerprint":   {URL: p.url, Fingerprint: p.ca.Fingerprint()[:32], Code: "FOYER12345"},
		"a code nobody gave":   {URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: "GUESSED123"},
		"something short":      {URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: "A1"},
		"a name not certified": {URL: strings.Replace(p.url, "127.0.0.1", "127.0.0.2", 1), Fingerprint: p.ca.Fingerprint(), Code: "FOYER12345"},
	} {
		if _, err := device.Enroll(ctx, dir, e); err == nil || strings.Contains(err.Error(), "GUESSED") {
			t.Error(name, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Error("something was kept:", files)
	}
}

func TestGuessingCodesIsSlow(t *testing.T) {
	p := build(t)
	e := device.Entry{URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: "GUESSED123"}
	for range 20 {
		if _, err := device.Enroll(ctx, t.TempDir(), e); !errors.Is(err, device.ErrCode) {
			t.Fatal(err)
		}
	}
	e.Code = p.code("FOYER12345")
	if _, err := device.Enroll(ctx, t.TempDir(), e); err == nil || errors.Is(err, device.ErrCode) {
		t.Fatal("after twenty wrong codes the next one is heard at once:", err)
	}
}

func TestARevokedDeviceIsShutOutAndSaysSo(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	k.submit()
	clear(p.house.devices)
	if err := k.client.Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
	s, err := k.client.Status(ctx)
	if err != nil || s.Online || s.Queued != 1 || !strings.Contains(s.Problem, "enrol") {
		t.Fatal(s, err)
	}
}

func TestACertificateOfAnotherTownOpensNothing(t *testing.T) {
	p, other := build(t), build(t)
	stranger := other.kiosk(device.Options{})
	stranger.submit()
	// The stranger's device is sent to our town hall: it does not trust it, and is not trusted.
	cut := stranger.id.URL()
	dir := t.TempDir()
	if err := stranger.id.SaveFor(dir, p.url); err != nil {
		t.Fatal(err)
	}
	id, err := device.Load(dir)
	if err != nil || id.URL() == cut {
		t.Fatal(err)
	}
	if err := device.New(id, stranger.store, device.Options{}).Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
	// Even if it trusted us.
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: stranger.id.Trusting()}}
	resp, err := c.Get(p.url + wire.PathPull)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Fatal("another town's certificate was accepted:", resp.Status)
	}
	if len(p.house.takes) != 0 {
		t.Fatal(p.house.takes)
	}
}

func TestWithoutCertificateOnlyEnrolmentIsOpen(t *testing.T) {
	p := build(t)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, path := range []string{wire.PathPull, wire.PathNudge, wire.PathAnswers + strings.Repeat("0", 64)} {
		resp, err := c.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Error(path, resp.Status)
		}
	}
	for path, want := range map[string]int{wire.PathPush: http.StatusUnauthorized, wire.PathEnroll: http.StatusBadRequest} {
		resp, err := c.Post(p.url+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Error(path, resp.Status)
		}
	}
}

// Batteries die, and people set years: neither cuts the line, and nobody is left to believe the times that the device says.
func TestAWrongClockDoesNotCutTheLineAndIsSaid(t *testing.T) {
	for name, now := range map[string]time.Time{
		"a dead battery":   time.Unix(0, 0),
		"the year 2040":    time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
		"the year 9000":    time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC),
		"a minute or less": time.Now().Add(20 * time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			p := build(t)
			k := p.kiosk(device.Options{Now: func() time.Time { return now }})
			k.submit()
			k.sync()
			mine := p.phone(t.TempDir(), "", device.Options{Now: func() time.Time { return now }})
			mine.sync()
			mine.report(photo(10))
			mine.sync()
			if len(p.house.stored) != 2 {
				t.Fatal("nothing arrived")
			}
			right := name == "a minute or less"
			for _, c := range []*device.Client{k.client, mine.client} {
				s, err := c.Status(ctx)
				if err != nil || !s.Online || s.ClockOff() == right || (s.Ahead > 0) != now.After(time.Now()) {
					t.Error(s, err)
				}
				if ahead, heard := c.Clock(); heard == (now.Year() == 9000) || (ahead == 0) != right || heard && time.Until(now.Add(-ahead)).Abs() > time.Minute {
					t.Error("the clock is said to be ahead by", ahead, heard)
				}
			}
		})
	}
}

// The town hall's own clock decides whether its certificate still counts.
func TestACertificateThatHasEndedByTheTownHallsClockIsNotBelieved(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	k.submit()
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		w.Header().Set("Date", time.Now().AddDate(1, 1, 0).UTC().Format(http.TimeFormat))
		h.ServeHTTP(w, r)
	})
	err := k.client.Sync(ctx)
	if !errors.Is(err, device.ErrOffline) || !strings.Contains(err.Error(), "has ended") {
		t.Fatal(err)
	}
	if o := k.outbox(); o.Ready != 1 {
		t.Fatal(o)
	}
	p.spoil(nil)
	k.sync()
}

// Only what the town hall said at enrolment makes a demo terminal, whose screen programs may read.
func TestOnlyADemoTownMakesADemoTerminal(t *testing.T) {
	p := build(t)
	serving := p.handler
	demo := hall.New(hall.House{Intake: p.house, Records: p.house, Answers: p.house, Devices: p.house, State: p.house},
		hall.Options{CA: p.ca, Key: p.key, Demo: true})
	t.Cleanup(func() { _ = demo.Close() })
	dir := t.TempDir()
	enroll := func(h *hall.Handler, code string) {
		t.Helper()
		p.handler = h
		id, err := device.Enroll(ctx, dir, device.Entry{URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: p.code(code)})
		if err != nil {
			t.Fatal(err)
		}
		back, err := device.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := h == demo; id.Demo() != want || back.Demo() != want {
			t.Errorf("demo %v, and after a restart %v; the town hall said %v", id.Demo(), back.Demo(), want)
		}
	}
	enroll(serving, "FOYER12345")
	enroll(demo, "AGAIN12345")
	enroll(serving, "THIRD12345") // a terminal that came from the demo into service forgets it
}

func TestATownHallThatMovedIsTheSameTownHall(t *testing.T) {
	p := build(t)
	id := p.enroll()
	moved, err := id.At(strings.Replace(p.url, "127.0.0.1", "localhost", 1) + "/")
	if err != nil || moved.ID() != id.ID() || moved.URL() == id.URL() || !strings.Contains(moved.URL(), "localhost") {
		t.Fatal(moved, err)
	}
	k := p.kiosk(device.Options{})
	if err := device.New(moved, k.store, device.Options{}).Sync(ctx); err != nil {
		t.Error(err)
	}
	other, err := id.At(build(t).url)
	if err != nil {
		t.Fatal(err)
	}
	if err := device.New(other, k.store, device.Options{}).Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Error("somebody else's town hall was believed:", err)
	}
	for _, bad := range []string{"http://localhost:1", "localhost", "https://"} {
		if _, err := id.At(bad); err == nil {
			t.Error(bad)
		}
	}
}
