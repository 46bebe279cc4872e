//go:build unix

package device_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// The child is this test binary again: a phone that exchanges once with the town hall, unless it is killed.
const childEnv = "RATHAUSNAH_PHONE_CHILD"

func TestMain(m *testing.M) {
	if args := os.Getenv(childEnv); args != "" {
		if err := exchange(strings.Split(args, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func exchange(args []string) error {
	dir, url, ca, keysFile := args[0], args[1], args[2], args[3]
	id, err := device.Install(context.Background(), dir, url, ca, keysFile)
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(dir, "memory.db"), store.Options{Sign: id.Sign, Reserve: -1, MinFree: -1})
	if err != nil {
		return err
	}
	if err := device.New(id, s, device.Options{}).Sync(context.Background()); err != nil {
		return err
	}
	return s.Close()
}

func TestAPhoneThatIsKilledAtEveryPieceBringsItsReportOnce(t *testing.T) {
	p := build(t)
	dir, ca, shipped := t.TempDir(), p.authority(), p.shipped()
	one, two := photo(120_000), photo(60_000)
	k := p.phone(dir, shipped, device.Options{})
	id := k.report(one, two)
	if err := k.store.Close(); err != nil {
		t.Fatal(err)
	}
	arrived := func() bool { return len(p.house.has()) > 0 }
	for at := 0; at < 20; at++ {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{dir, p.url, ca, shipped}, "\n"))
		var killed atomic.Bool
		var requests atomic.Int64
		begun := make(chan struct{})
		p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
			if r.Method != http.MethodPatch && r.URL.Path != wire.PathPush || killed.Load() {
				h.ServeHTTP(w, r)
				return
			}
			kill := func() {
				if <-begun; killed.CompareAndSwap(false, true) {
					_ = c.Process.Kill()
				}
			}
			if requests.Add(1) < 3 {
				h.ServeHTTP(w, r)
				return
			}
			if at%2 == 0 { // before the town hall has it, or after that and before the phone knows
				kill()
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(nowhere{http.Header{}}, r)
			kill()
		})
		var trouble strings.Builder
		c.Stderr = &trouble
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		close(begun)
		err := c.Wait()
		if !killed.Load() {
			if err != nil {
				t.Fatal(err, trouble.String())
			}
			if at < 3 || !arrived() {
				t.Fatalf("after %d deaths it says that all is done", at)
			}
			p.spoil(nil)
			p.arrived(id, one, two)
			k = p.phone(dir, shipped, device.Options{})
			if st, err := k.store.Standing(ctx, id); err != nil || st.State != store.Sent {
				t.Fatal(st, err)
			}
			if n := len(p.house.has()); n != 1 {
				t.Fatalf("it arrived %d times", n)
			}
			return
		}
	}
	t.Fatal("it never arrives")
}
