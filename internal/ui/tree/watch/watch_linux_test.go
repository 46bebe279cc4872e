package watch_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree/watch"
)

// happened reads what the kernel saw happen to a name since the folder is watched.
func happened(t *testing.T, watched int, name string) (masks []uint32) {
	t.Helper()
	var all [64 << 10]byte
	n, err := syscall.Read(watched, all[:])
	if err != nil {
		t.Fatal("nothing happened in the folder: ", err)
	}
	for b := all[:n]; len(b) >= syscall.SizeofInotifyEvent; {
		end := syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[12:]))
		if string(bytes.TrimRight(b[syscall.SizeofInotifyEvent:end], "\x00")) == name {
			masks = append(masks, binary.NativeEndian.Uint32(b[4:]))
		}
		b = b[end:]
	}
	return masks
}

// The socket once stood in its place with everybody's rights until they were taken away: who was quick saw the screen.
func TestAScreensSocketIsItsUsersAloneFromTheFirstMoment(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // a machine on which everybody may use what is new
	dir := t.TempDir()
	socket := filepath.Join(dir, "tree.sock")
	for _, round := range []string{"the first one", "one where a killed program left its own"} {
		watched, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := syscall.InotifyAddWatch(watched, dir, syscall.IN_CREATE|syscall.IN_MOVED_TO|syscall.IN_ATTRIB); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		if err := watch.Screen(ctx, socket, nil, nil); err != nil {
			t.Fatal(round, ": ", err)
		}
		masks := happened(t, watched, "tree.sock")
		if len(masks) != 1 || masks[0]&(syscall.IN_CREATE|syscall.IN_MOVED_TO) == 0 {
			t.Errorf("%s: after it was there the socket changed: %x", round, masks)
		}
		i, err := os.Lstat(socket)
		if err != nil || i.Mode() != os.ModeSocket|0o600 {
			t.Errorf("%s: %v, %v", round, i.Mode(), err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("%s: beside the socket there is something: %v, %v", round, left, err)
		}
		stop()
		for range 100 {
			if _, err = os.Lstat(socket); err != nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if !os.IsNotExist(err) {
			t.Errorf("%s: the program has ended, its socket has not: %v", round, err)
		}
		if err := syscall.Close(watched); err != nil {
			t.Fatal(err)
		}
		killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		killed.SetUnlinkOnClose(false)
		if err := killed.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
