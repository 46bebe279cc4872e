package port

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/creack/pty"
	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
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
	return newDevice(both{end, slave}, end.Read, nil), slave.Name(), nil
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
	var t syscall.Termios
	if err := ioctl(f, syscall.TCGETS, uintptr(unsafe.Pointer(&t))); err != nil {
		return err
	}
	change(&t)
	return ioctl(f, syscall.TCSETS, uintptr(unsafe.Pointer(&t)))
}

func ioctl(f *os.File, request, arg uintptr) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var errno syscall.Errno
	if err := raw.Control(func(fd uintptr) { _, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, request, arg) }); err != nil {
		return err
	}
	if errno != 0 {
		return errno
	}
	return nil
}

// setFlow switches flow control on. tarm/serial cannot; but the settings belong to the line and not to who opened it.
func setFlow(name, flow string) error {
	f, err := os.OpenFile(name, os.O_RDWR|noctty|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return tune(f, func(t *syscall.Termios) { flowControl(t, flow) })
}

func flowControl(t *syscall.Termios, flow string) {
	const crtscts = 0x80000000 // not named in package syscall
	switch flow {
	case "rtscts":
		t.Cflag |= crtscts
	case "xonxoff":
		t.Iflag |= syscall.IXON | syscall.IXOFF
		t.Cc[syscall.VSTART], t.Cc[syscall.VSTOP] = 0x11, 0x13
	}
}

// giveUp makes the kernel end a connection when something that was written stays unacknowledged for d; 0 leaves it to the kernel. A connection
// that is closed already, or is none of TCP's, is left alone.
func giveUp(c syscall.RawConn, d time.Duration) {
	_ = c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d/time.Millisecond))
	})
}

// underWay tells whether something that was written has not been acknowledged yet.
func underWay(c syscall.RawConn) (yes bool) {
	_ = c.Control(func(fd uintptr) {
		left, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
		yes = err == nil && left > 0
	})
	return yes
}

// look is how often a silent serial line's node is looked for. The kernel ends a line whose adapter was pulled by itself; this is for drivers
// that forget to.
const look = 3 * time.Second

// openPolled opens a serial line a second time beside tarm/serial, which sets it up and goes: in this descriptor an idle line costs nothing, an end
// is an end, and Close ends a write that nobody takes. It is also locked against other programs, because two that read one line each get half.
func openPolled(s settings) (Port, error) {
	f, err := os.OpenFile(s.Name, os.O_RDWR|noctty|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := setUp(f, s); err != nil {
		_ = f.Close()
		return nil, err
	}
	return newDevice(f, func(b []byte) (int, error) {
		if err := f.SetReadDeadline(time.Now().Add(look)); err != nil {
			return 0, err
		}
		n, err := f.Read(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			_, err = os.Stat(s.Name)
		}
		return n, err
	}, func() { _ = ioctl(f, tcflsh, tcoflush) }), nil
}

// Not named in package syscall: throw away (TCFLSH) what was written and not sent.
const tcflsh, tcoflush = 0x540B, 1

func setUp(f *os.File, s settings) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var taken error
	if err := raw.Control(func(fd uintptr) { taken = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) }); err != nil {
		return err
	}
	if errors.Is(taken, syscall.EWOULDBLOCK) {
		return fmt.Errorf("%w: %s", ErrBusy, s.Name)
	}
	p, err := serial.OpenPort(&s.Config)
	if err != nil {
		return err
	}
	defer p.Close() // the settings stay: they are the line's
	return tune(f, func(t *syscall.Termios) {
		t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0 // no timer: the poller tells
		flowControl(t, s.flow)
	})
}
