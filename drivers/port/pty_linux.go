package port

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"github.com/creack/pty"
)

// noctty keeps a device from becoming the terminal that controls this process.
const noctty = syscall.O_NOCTTY

// PTY gives a pseudo terminal: the end that plays the device, and the name under which Open finds the other one ("serial:" + name).
// Whoever opens the other end may come and go as with a cable; closing the Port pulls the cable.
func PTY() (Port, string, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, "", fmt.Errorf("port: pty: %w", err)
	}
	if err := tune(slave, func(t *syscall.Termios) {
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0 // bytes as they are
		t.Cflag = syscall.CS8 | syscall.CREAD | syscall.CLOCAL
		t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0
	}); err != nil {
		_, _ = master.Close(), slave.Close()
		return nil, "", fmt.Errorf("port: pty: %w", err)
	}
	// creack/pty leaves the master blocking, and a blocked read would hold it open beyond Close.
	fd, err := syscall.Dup(int(master.Fd()))
	_ = master.Close()
	if err == nil {
		syscall.CloseOnExec(fd)
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		_ = slave.Close()
		return nil, "", fmt.Errorf("port: pty: %w", err)
	}
	end := os.NewFile(uintptr(fd), "ptmx")
	// The slave stays open here: a master without any slave reads as if it were broken.
	return newDevice(both{end, slave}, end.Read), slave.Name(), nil
}

type both struct {
	*os.File
	slave *os.File
}

func (b both) Close() error {
	_ = b.slave.Close()
	return b.File.Close()
}

// tune changes how a terminal line treats its bytes.
func tune(f *os.File, change func(*syscall.Termios)) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		var t syscall.Termios
		if _, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TCGETS, uintptr(unsafe.Pointer(&t))); errno != 0 {
			return
		}
		change(&t)
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TCSETS, uintptr(unsafe.Pointer(&t)))
	})
	if err != nil {
		return err
	}
	if errno != 0 {
		return errno
	}
	return nil
}

// setFlow switches flow control on. tarm/serial cannot; but the settings belong to the line and not to who opened it.
func setFlow(name string, hardware bool) error {
	f, err := os.OpenFile(name, os.O_RDWR|noctty|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	const crtscts = 0x80000000 // not named in package syscall
	return tune(f, func(t *syscall.Termios) {
		if hardware {
			t.Cflag |= crtscts
		} else {
			t.Iflag |= syscall.IXON | syscall.IXOFF
			t.Cc[syscall.VSTART], t.Cc[syscall.VSTOP] = 0x11, 0x13
		}
	})
}
