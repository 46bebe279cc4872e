package port

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// dial opens a line by its address.
func dial(t *testing.T, address string) Port {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// A device that gets the right bytes at the wrong speed hears noise: what the address says has to be what the kernel was told.
func TestASerialLineIsSetUpAsItsAddressSays(t *testing.T) {
	const crtscts, speed = 0x80000000, 0x100F // CBAUD
	for query, want := range map[string]struct {
		cflag, mask uint32
		iflag       uint32
	}{
		"":                                  {syscall.B9600 | syscall.CS8, speed | syscall.CSIZE | syscall.CSTOPB | syscall.PARENB | crtscts, 0},
		"?baud=115200&stop=2":               {syscall.B115200 | syscall.CS8 | syscall.CSTOPB, speed | syscall.CSIZE | syscall.CSTOPB | syscall.PARENB | crtscts, 0},
		"?baud=1200":                        {syscall.B1200 | syscall.CS8, speed | syscall.CSIZE, 0},
		"?flow=none":                        {0, crtscts, 0},
		"?flow=rtscts":                      {crtscts, crtscts, 0},
		"?flow=xonxoff":                     {0, crtscts, syscall.IXON | syscall.IXOFF},
		"?baud=921600&flow=xonxoff&bits=8":  {syscall.B921600 | syscall.CS8, speed | syscall.CSIZE | crtscts, syscall.IXON | syscall.IXOFF},
		"?parity=none&bits=8&baud=57600":    {syscall.B57600 | syscall.CS8, speed | syscall.CSIZE | syscall.PARENB, 0},
		"?name=value-of-the-drivers-owner&": {syscall.B9600 | syscall.CS8, speed | syscall.CSIZE, 0},
	} {
		dev, name, err := PTY()
		if err != nil {
			t.Fatal(err)
		}
		_ = dial(t, "serial:"+name+query)
		f, err := os.OpenFile(name, os.O_RDWR|noctty, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got syscall.Termios
		if err := ioctl(f, syscall.TCGETS, uintptr(unsafe.Pointer(&got))); err != nil {
			t.Fatal(err)
		}
		if flow := uint32(syscall.IXON | syscall.IXOFF | syscall.IXANY); got.Cflag&want.mask != want.cflag || got.Iflag&flow != want.iflag {
			t.Errorf("%q: control %o, input %o; want %o and %o", query, got.Cflag&want.mask, got.Iflag&flow, want.cflag, want.iflag)
		}
		if got.Lflag&(syscall.ICANON|syscall.ECHO|syscall.ISIG) != 0 || got.Oflag&syscall.OPOST != 0 || got.Iflag&(syscall.ICRNL|syscall.INLCR|syscall.ISTRIP) != 0 {
			t.Errorf("%q: bytes do not pass as they are: %+v", query, got)
		}
		_, _ = f.Close(), dev.Close()
	}
}

// A printer that says XOFF gets nothing until it says XON; then it gets all. Without that setting both are bytes like all others.
func TestAPrinterThatSaysXOFFGetsNothingUntilXON(t *testing.T) {
	dev, name, err := PTY()
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	ours := dial(t, "serial:"+name+"?flow=xonxoff")
	hears := func(wait time.Duration) string {
		b := make([]byte, 8)
		if err := dev.SetReadDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		n, err := dev.Read(b)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	if _, err := dev.Write([]byte{0x13, 'a'}); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8)
	if n, err := ours.Read(b); err != nil || string(b[:n]) != "a" { // and so XOFF was heard
		t.Fatalf("%q, %v", b[:n], err)
	}
	sent := make(chan error, 1)
	go func() { _, err := ours.Write([]byte("slip")); sent <- err }()
	if got := hears(100 * time.Millisecond); got != "" {
		t.Errorf("the printer heard %q after XOFF", got)
	}
	if _, err := dev.Write([]byte{0x11}); err != nil {
		t.Fatal(err)
	}
	if got := hears(time.Minute); got != "slip" {
		t.Errorf("the printer heard %q after XON", got)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	dev2, name, err := PTY()
	if err != nil {
		t.Fatal(err)
	}
	defer dev2.Close()
	plain := dial(t, "serial:"+name)
	if _, err := dev2.Write([]byte{0x13, 0x11}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []byte{0x13, 0x11} {
		if n, err := plain.Read(b[:1]); n != 1 || b[0] != want || err != nil {
			t.Errorf("%X, %v; want %X", b[:n], err, want)
		}
	}
}

// What the kernel was told to do about a device that says nothing; kiosk/hardware pulls a cable and sees that it does.
func TestTheKernelIsToldToLookForADeviceThatSaysNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := dial(t, "tcp://"+l.Addr().String())
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	raw := p.(*conn).raw
	told := func(level, option int) (got int) {
		t.Helper()
		var bad error
		if err := raw.Control(func(fd uintptr) { got, bad = unix.GetsockoptInt(int(fd), level, option) }); err != nil || bad != nil {
			t.Fatal(err, bad)
		}
		return got
	}
	for _, c := range []struct {
		name                 string
		level, option        int
		longest, atAnyRateBy int
	}{
		{"asks", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1, 1}, {"seconds to the first question", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 2, 1},
		{"seconds between two", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 1, 1}, {"questions", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 2, 1},
	} {
		if got := told(c.level, c.option); got < c.atAnyRateBy || got > c.longest {
			t.Errorf("%s: %d", c.name, got)
		}
	}
	limit := func() int { return told(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT) }
	if limit() != 0 {
		t.Errorf("a silent line has a limit of %d ms: the kernel would not count its questions", limit())
	}
	sent := make(chan error, 1)
	go func() { _, err := p.Write(make([]byte, 16<<20)); sent <- err }()
	await(t, "a limit while bytes are on their way", func() bool { return limit() > 10_000 && limit() <= 20_000 }) // escpos waits 10 s for a printer that stands still
	for range 30 {
		time.Sleep(100 * time.Millisecond)
		if limit() == 0 {
			t.Fatal("no limit although nobody took what was written")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, peer) }()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	await(t, "none when all has arrived", func() bool { return limit() == 0 })
}

func await(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !true(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}
