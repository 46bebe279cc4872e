package main

/*
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>

// What Mesa frees goes back to the system at once: pictures come and go with every page. The library's own rule raises the threshold with each
// large piece that is freed, and then keeps tens of MiB in holes.
static int small_holes(void) {
	return mallopt(M_MMAP_THRESHOLD, 32 * 1024) && mallopt(M_TRIM_THRESHOLD, 512 * 1024) && mallopt(M_ARENA_MAX, 2);
}

static int unmap(uintptr_t from, uintptr_t to) { return madvise((void *)from, to - from, MADV_DONTNEED); }
*/
import "C"

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keep"
)

// How much may be allocated between two collections, in percent of what lives, and from how many bytes of the whole heap on the collector works harder
// still. While somebody touches the screen the processors are for the frames that answer; while nobody does, memory is dearer than the collector's time.
const (
	percentInUse, limitInUse   = 45, 50 << 20
	percentAtRest, limitAtRest = 30, 48 << 20
)

// collect sets how much may be allocated between two collections.
func collect(percent int, limit int64) {
	debug.SetMemoryLimit(limit)
	debug.SetGCPercent(percent)
}

// keepMemorySmall tells both heaps, C's and ours, that memory is dearer than time here.
func keepMemorySmall() error {
	if C.small_holes() == 0 {
		return errors.New("kiosk: the C library does not take memory settings")
	}
	debug.SetMemoryLimit(limitInUse)
	return nil
}

// flatWindow asks for a window without depth and stencil, which nothing here draws with: 8 MiB less on a portrait screen, and less to clear for
// each frame. It has to be called between Fyne's start of GLFW, with its first window, and that window's opening.
func flatWindow() {
	glfw.WindowHint(glfw.DepthBits, 0)
	glfw.WindowHint(glfw.StencilBits, 0)
}

// sweeper gives memory back while nobody touches the screen.
type sweeper struct {
	window fyne.Window
	busy   sync.Mutex // memory is being given back
}

// Stir says that somebody is there again. What is past may go at once then; see package early.
func (s *sweeper) Stir() {
	collect(percentInUse, limitInUse)
	keep.AsUsual()
}

// Sweep gives back what it can. It is called on Fyne's goroutine. The compiler of shaders loses its tables: they are 6 MiB, and made anew for the next
// new shader.
func (s *sweeper) Sweep() {
	collect(percentAtRest, limitAtRest) // here, and not in the background: a Stir may follow at once
	if w, ok := s.window.(interface{ RunWithContext(func()) }); ok {
		w.RunWithContext(releaseShaders)
	}
	s.giveBack()
}

// giveBack works in the background; while it does, another one does nothing.
func (s *sweeper) giveBack() {
	if !s.busy.TryLock() {
		return
	}
	go func() {
		defer s.busy.Unlock()
		debug.FreeOSMemory()
		C.malloc_trim(0)
		if maps, err := os.Open("/proc/self/smaps"); err == nil { // a kernel without it loses nothing but this
			defer maps.Close()
			forgetCode(maps)
		}
	}()
}

// forgetCode unmaps program code and constants: the compiler of shaders and what only a start needs are 40 MiB. What is needed again comes back
// from the file, 64 KiB at a time, without reading the disk as long as the system has memory for it.
func forgetCode(smaps io.Reader) {
	for _, m := range codeIn(smaps) {
		C.unmap(C.uintptr_t(m.from), C.uintptr_t(m.to)) // it is a hint: refused, nothing happens
	}
}

// mapping is a piece of the address space.
type mapping struct{ from, to uintptr }

// codeIn finds the large mappings that are the same as their file: read only, and no page of them was ever written. A mapping that was written
// before it became read only (what the dynamic linker filled in) would be lost for good.
func codeIn(smaps io.Reader) []mapping {
	const large = 1 << 20
	var found []mapping
	var now mapping
	open := false
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		line := lines.Text()
		first, _, _ := strings.Cut(line, " ")
		if strings.Contains(first, "-") { // 7f1b3ce00000-7f1b4357c000 r-xp 00000000 fe:00 77 /usr/lib/libLLVM-15.so.1
			var rights, offset, device, node, file string
			n, _ := fmt.Sscanf(line, "%x-%x %s %s %s %s %s", &now.from, &now.to, &rights, &offset, &device, &node, &file)
			open = n == 7 && strings.HasPrefix(file, "/") && (rights == "r-xp" || rights == "r--p") && now.to-now.from >= large
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		if open && field == "Anonymous" { // pages that are no longer the file's
			if strings.TrimSpace(value) == "0 kB" {
				found = append(found, now)
			}
			open = false
		}
	}
	return found
}
