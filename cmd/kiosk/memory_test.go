package main

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

const maps = `00404000-01224000 r-xp 00004000 fe:00 131 /opt/kiosk
Size:              14464 kB
Private_Dirty:         0 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
01224000-021e4000 r--p 00e24000 fe:00 131 /opt/kiosk
Anonymous:             0 kB
021e4000-02300000 rw-p 01de4000 fe:00 131 /opt/kiosk
Anonymous:           900 kB
373b9000-3905c000 rw-p 00000000 00:00 0                                  [heap]
Anonymous:         20816 kB
7f1b3ce00000-7f1b4357c000 r-xp 00000000 fe:00 77 /usr/lib/libLLVM-15.so.1
Anonymous:             0 kB
7f1b4357d000-7f1b43d9b000 r--p 0677c000 fe:00 77 /usr/lib/libLLVM-15.so.1
Anonymous:          8292 kB
7f1b50000000-7f1b50001000 r-xp 00000000 fe:00 78 /usr/lib/small.so
Anonymous:             0 kB
7f1b36403000-7f1b36bfb000 rw-s 00000000 00:01 5 /SYSV00000000
Anonymous:             0 kB
`

func TestOnlyWhatIsTheSameAsItsFileIsUnmapped(t *testing.T) {
	got := codeIn(strings.NewReader(maps))
	want := []mapping{{0x404000, 0x1224000}, {0x1224000, 0x21e4000}, {0x7f1b3ce00000, 0x7f1b4357c000}}
	if len(got) != len(want) {
		t.Fatalf("%x", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%x, want %x", got[i], want[i])
		}
	}
}

// TestAProgramWhoseCodeWasForgottenGoesOn takes this very program's code away again and again while it works.
func TestAProgramWhoseCodeWasForgottenGoesOn(t *testing.T) {
	var s sweeper
	for range 20 {
		s.giveBack()
		sum := 0
		for _, word := range strings.Fields(strings.Repeat("eins zwei drei ", 1000)) {
			sum += len(word)
		}
		if sum != 13000-1000 {
			t.Fatal(sum)
		}
		runtime.GC()
	}
	s.busy.Lock() // the last sweep has ended
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip("no such file here")
	}
	defer f.Close()
	if len(codeIn(f)) == 0 {
		t.Error("this program's own code is not found")
	}
}
