//go:build unix

package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func receiptFor(i wire.Item, epoch string, at time.Time) wire.Receipt {
	return wire.Receipt{ID: i.ID, SHA256: wire.Digest([]byte(i.Body)), Epoch: epoch, At: at}
}

// The child is this test binary again: it works until it is killed, and tells what was confirmed to it.
const childEnv = "RATHAUSNAH_STORE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		var first int
		if _, err := fmt.Sscan(os.Getenv(childEnv+"_FIRST"), &first); err != nil {
			panic(err)
		}
		do := work
		if os.Getenv(childEnv+"_SERVICES") != "" {
			do = workServices
		}
		if err := do(path, first); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// work holds, pays, declines and releases without end. Of five applications: 0 is approved, 1 declined, 2 free, 3 stays unclear, 4 is free
// and delivered.
func work(path string, first int) error {
	s, err := Open(path, options())
	if err != nil {
		return err
	}
	say := func(n int, what string) { fmt.Printf("%d %s\n", n, what) }
	pays := func(n int, kinds ...pay.Kind) error {
		if err := s.Hold(ctx, envelope(n), intent(n)); err != nil {
			return err
		}
		say(n, "held")
		for _, k := range kinds {
			p, _, err := s.Record(ctx, intent(n).ID, pay.Event{Kind: k, At: noon})
			if err != nil {
				return err
			}
			say(n, string(p.State))
		}
		return nil
	}
	for n := first; ; n++ {
		var err error
		switch n % 5 {
		case 0:
			err = pays(n, pay.Ask, pay.Grant, pay.Complete)
		case 1:
			err = pays(n, pay.Ask, pay.Refuse)
		case 2:
			if err = s.Release(ctx, envelope(n), pay.Free, 0); err == nil {
				say(n, "released")
			}
		case 3:
			err = pays(n, pay.Ask, pay.Lose)
		case 4:
			e := envelope(n)
			if err = s.Release(ctx, e, pay.Free, 0); err == nil {
				err = s.Delivered(ctx, wire.Receipt{ID: e.ID, SHA256: wire.Digest(e.Data), Epoch: "e1", At: noon}, "a.b.c")
			}
			if err == nil {
				say(n, "sent")
			}
		}
		if err != nil {
			return err
		}
	}
}

func TestKilledInTheMiddleNothingConfirmedIsLostOrDoubled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device.db")
	said := map[int]string{} // the last confirmed word about each
	next := 0
	rnd := rand.New(rand.NewPCG(1, 2))
	for kill := range 20 {
		next = runAndKill(t, path, next, 1+rnd.IntN(40), said)
		check(t, kill, path, said)
	}
	if len(said) < 40 {
		t.Fatal("too little happened for a test:", len(said))
	}
}

// runAndKill lets a child work until it confirmed so many things, and kills it while it goes on.
func runAndKill(t *testing.T, path string, first, things int, said map[int]string) (next int) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+path, fmt.Sprintf("%s_FIRST=%d", childEnv, first))
	var trouble strings.Builder
	c.Stderr = &trouble
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	heard := 0
	for lines.Scan() { // to the end: what was said before the kill counts, also when it is read after it
		var n int
		var what string
		if _, err := fmt.Sscan(lines.Text(), &n, &what); err != nil {
			break // cut off by the kill
		}
		said[n], next = what, n+1
		if heard++; heard == things {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = c.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || heard < things || trouble.Len() > 0 {
		t.Fatal("the child ended by itself:", err, trouble.String())
	}
	return next + 1 // one may have been stored without being confirmed
}

func check(t *testing.T, kill int, path string, said map[int]string) {
	t.Helper()
	s, err := Open(path, options())
	if err != nil {
		t.Fatal(kill, err)
	}
	defer s.Close()
	var sound string
	if err := s.db.QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Fatal(kill, sound, err)
	}
	for n, what := range said {
		var state, outcome string
		err := s.db.QueryRow(`SELECT state, outcome FROM envelopes WHERE id = ?`, envelope(n).ID).Scan(&state, &outcome)
		gone := err != nil
		var paid pay.State
		if n%5 == 0 || n%5 == 1 || n%5 == 3 {
			if err := s.db.QueryRow(`SELECT state FROM payments WHERE id = ?`, intent(n).ID).Scan(&paid); err != nil {
				t.Fatal(kill, n, what, "the payment is lost", err)
			}
		}
		switch what {
		case "released":
			if state != "ready" || outcome == "" {
				t.Fatal(kill, n, what, state)
			}
		case "sent":
			if state != "sent" {
				t.Fatal(kill, n, what, state)
			}
		case string(pay.Approved):
			if paid != pay.Approved || state != "ready" || outcome == "" {
				t.Fatal(kill, n, what, paid, state)
			}
		case string(pay.Declined):
			if paid != pay.Declined || !gone {
				t.Fatal(kill, n, what, paid, state)
			}
		default:
			// Held, asked, granted or unknown: one step more may have been stored than was confirmed, and both halves of it.
			switch paid {
			case pay.Approved:
				if state != "ready" {
					t.Fatal(kill, n, what, "paid, but the application does not travel:", state)
				}
			case pay.Declined:
				if !gone {
					t.Fatal(kill, n, what, "declined, but the application is still here")
				}
			default:
				if state != "held" {
					t.Fatal(kill, n, what, paid, "the application is", state)
				}
			}
		}
	}
}
