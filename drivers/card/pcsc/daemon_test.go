package pcsc_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
)

const (
	program = "/usr/sbin/pcscd"
	vpcd    = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
)

// daemon is a pcscd of our own with the two readers of one vpcd. Debian's has the place of its socket built in; it takes another one as systemd
// would hand it over (sd_listen_fds), so that it leaves the machine's own service alone.
type daemon struct {
	dir    string
	port   int
	cmd    *exec.Cmd
	exited chan struct{}
	log    *output
}

// output collects what a program says.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(b) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// newDaemon prepares a pcscd that does not run yet, and tells libpcsclite where it will.
func newDaemon(t *testing.T) *daemon {
	t.Helper()
	for _, name := range []string{program, vpcd} {
		if _, err := os.Stat(name); err != nil {
			t.Skipf("no pcscd with vpcd here: %v", err)
		}
	}
	// A socket's path is at most 107 bytes long, and libpcsclite reads its name once in a process.
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("pcscd-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &daemon{dir: dir, log: &output{}, port: twoPorts(t)}
	t.Cleanup(func() {
		d.end(syscall.SIGKILL)
		os.RemoveAll(dir)
	})
	if err := os.Mkdir(filepath.Join(dir, "conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PCSCLITE_CSOCK_NAME", d.socket())
	d.plug(t)
	return d
}

// twoPorts finds two free ports, one behind the other, as vpcd wants them.
func twoPorts(t *testing.T) int {
	for range 100 {
		one, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		n := one.Addr().(*net.TCPAddr).Port
		two, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n+1))
		one.Close()
		if err == nil {
			two.Close()
			return n
		}
	}
	t.Fatal("no two free ports")
	return 0
}

func (d *daemon) socket() string { return filepath.Join(d.dir, "comm") }

func (d *daemon) conf() string { return filepath.Join(d.dir, "conf", "vpcd") }

// plug says in the configuration that the readers are there; unplug that they are not. Both count from the next start on.
func (d *daemon) plug(t *testing.T) {
	t.Helper()
	text := fmt.Sprintf("FRIENDLYNAME \"Counter\"\nDEVICENAME /dev/null:%d\nLIBPATH %s\nCHANNELID %d\n", d.port, vpcd, d.port)
	if err := os.WriteFile(d.conf(), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (d *daemon) unplug(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.conf()); err != nil {
		t.Fatal(err)
	}
}

// start starts the service. It listens before it runs.
func (d *daemon) start(t *testing.T) {
	t.Helper()
	os.Remove(d.socket())
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: d.socket(), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	defer l.Close()
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d.cmd = exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`, program, "--foreground", "--config", filepath.Dir(d.conf()))
	d.cmd.ExtraFiles = []*os.File{file}
	d.cmd.Stdout, d.cmd.Stderr = d.log, d.log
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan<- struct{}) { _ = cmd.Wait(); close(exited) }(d.cmd, d.exited)
	select {
	case <-d.exited:
		t.Skipf("pcscd does not run here: %s", d.log)
	case <-time.After(200 * time.Millisecond):
	}
}

// end ends the service with a signal and waits for its end.
func (d *daemon) end(s syscall.Signal) {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Signal(s) // it may have ended by itself
	<-d.exited
	d.cmd = nil
}

// put puts a card on one of the two readers and gives what takes it away again.
func (d *daemon) put(t *testing.T, slot int, c *cardemu.Card) (away func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() {
		for { // the service may have told of its reader a moment before vpcd listens
			err := c.Dial(ctx, fmt.Sprintf("127.0.0.1:%d", d.port+slot))
			var refused *net.OpError
			if ctx.Err() != nil || !asOp(err, &refused) {
				over <- err
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() {
		stop()
		if err := <-over; err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
}
