//go:build unix

package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// workServices takes one version after the other, and withdraws every fifth.
func workServices(path string, first int) error {
	s, err := Open(path, options())
	if err != nil {
		return err
	}
	for n := first; ; n++ {
		if err := s.TakeService(ctx, published("parken", n)); err != nil {
			return err
		}
		fmt.Println(n, "taken")
		if n%5 == 4 {
			if err := s.WithdrawService(ctx, "parken"); err != nil {
				return err
			}
			fmt.Println(n, "withdrawn")
		}
	}
}

func TestKilledWhileAServiceComesOneWholeVersionIsOffered(t *testing.T) {
	t.Setenv(childEnv+"_SERVICES", "1")
	path := filepath.Join(t.TempDir(), "device.db")
	said, next := map[int]string{}, 0
	rnd := rand.New(rand.NewPCG(3, 4))
	for kill := range 15 {
		last := next
		next = runAndKill(t, path, next, 1+rnd.IntN(20), said)
		for n := range said {
			last = max(last, n)
		}
		s, err := Open(path, options())
		if err != nil {
			t.Fatal(kill, err)
		}
		current, newest := 0, int64(0)
		for _, x := range list(t, s) {
			if want := published("parken", int(x.Serial)); x.Version != want.Version || x.Token != want.Token || string(x.Packed) != string(want.Packed) {
				t.Fatalf("%d: half of a version: %+v", kill, x)
			}
			if x.Current {
				if current++; x.Serial < newest {
					t.Errorf("%d: an older version is offered", kill)
				}
			}
			newest = max(newest, x.Serial)
		}
		if newest < int64(last) || current > 1 || current == 0 && said[last] == "taken" && last%5 != 4 {
			t.Fatalf("%d: %d are offered, the newest is %d, %d was %s", kill, current, newest, last, said[last])
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
