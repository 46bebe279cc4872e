package main

/*
#define _GNU_SOURCE
#include <sched.h>

// pin binds a thread to the nth of the processors that this program may use, counted from 0 and around.
static int pin(int thread, int nth) {
	cpu_set_t mine, one;
	if (sched_getaffinity(0, sizeof mine, &mine) || !CPU_COUNT(&mine)) {
		return 0;
	}
	nth %= CPU_COUNT(&mine);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &mine) && nth-- == 0) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			return !sched_setaffinity(thread, sizeof one, &one);
		}
	}
	return 0;
}
*/
import "C"

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// spreadPainters gives every thread that paints without a graphics card (Mesa's llvmpipe-0, llvmpipe-1 ...) a processor of its own, and tells how many
// there were. They are woken together for each frame, and the system often puts them on the same processor while another one sleeps: such a frame takes
// twice as long. With a graphics card there are none.
func spreadPainters() (spread int) {
	names, _ := filepath.Glob("/proc/self/task/*/comm")
	for _, file := range names {
		name, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		n, is := painter(string(name))
		thread, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if is && err == nil && C.pin(C.int(thread), C.int(n)) != 0 {
			spread++
		}
	}
	return spread
}

// painter reads the name of a thread that paints, and which one it is.
func painter(name string) (n int, is bool) {
	number, is := strings.CutPrefix(strings.TrimSpace(name), "llvmpipe-")
	n, err := strconv.Atoi(number)
	return n, is && err == nil && n >= 0
}
