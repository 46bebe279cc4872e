package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

func TestWhoPaintsIsKnownByName(t *testing.T) {
	for name, want := range map[string]int{"llvmpipe-0\n": 0, "llvmpipe-13": 13, "kiosk\n": -1, "llvmpipe-": -1, "llvmpipe-x": -1, "": -1, "llvmpipe--1": -1} {
		n, is := painter(name)
		if is != (want >= 0) || is && n != want {
			t.Errorf("%q: %d, %v", name, n, is)
		}
	}
}

// A thread that bears a painter's name gets one processor, and every other one keeps all that it had.
func TestEveryPainterHasAProcessorOfItsOwn(t *testing.T) {
	const prSetName = 15
	processors := func(thread int) (list string) {
		b, err := os.ReadFile(filepath.Join("/proc/self/task", strconv.Itoa(thread), "status"))
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(l, "Cpus_allowed_list:"); ok {
				list = strings.TrimSpace(rest)
			}
		}
		return list
	}
	all := processors(syscall.Getpid())
	named, done := make(chan int), make(chan struct{})
	defer close(done)
	var painters []int
	for n := range 3 {
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with its goroutine
			name := append([]byte("llvmpipe-"+strconv.Itoa(n)), 0)
			_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetName, uintptr(unsafe.Pointer(&name[0])), 0)
			named <- syscall.Gettid()
			<-done
		}()
		painters = append(painters, <-named)
	}
	if n := spreadPainters(); n != 3 {
		t.Fatalf("%d were spread", n)
	}
	seen := map[string]bool{}
	for _, p := range painters {
		at := processors(p)
		if _, err := strconv.Atoi(at); err != nil {
			t.Errorf("a painter may use %q", at)
		}
		seen[at] = true
	}
	if len(seen) != min(3, runtime.NumCPU()) {
		t.Errorf("3 painters share %v of %d processors", seen, runtime.NumCPU())
	}
	if now := processors(syscall.Getpid()); now != all {
		t.Errorf("the program itself may use %q, before %q", now, all)
	}
}
