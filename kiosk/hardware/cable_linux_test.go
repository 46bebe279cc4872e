package hardware_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// ownNetwork is set in the test process that has a network to itself.
const ownNetwork = "RATHAUSNAH_TEST_OWN_NETWORK"

// A network cable is pulled: no side says goodbye, nothing arrives any more. Whether a device is asked something every two seconds or only
// listened to, it is known within five seconds that it is gone, and a cable that is plugged in again is noticed too.
func TestAPulledCableIsNoticedWithinFiveSeconds(t *testing.T) {
	if os.Getenv(ownNetwork) == "" {
		inItsOwnNetwork(t)
		return
	}
	loopback(t, true)
	ctx, cancel := context.WithCancel(t.Context())
	terminal, err := zvtemu.New(zvtemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	printer, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	gun := scanemu.New(scanemu.Opts{})
	var sockets [3]*socket
	for i, serve := range []func(net.Conn){
		func(c net.Conn) { _ = terminal.Serve(ctx, port.Conn(c)) },
		func(c net.Conn) { _ = printer.Serve(ctx, port.Conn(c)) },
		func(c net.Conn) { _ = gun.Serve(ctx, port.Conn(c)) },
	} {
		sockets[i] = newSocket(t)
		sockets[i].plug(serve)
	}
	d, err := hardware.Open(hardware.Addresses{
		Terminal: "zvt+tcp://" + sockets[0].address, Receipt: "escpos+tcp://" + sockets[1].address, Scanner: "scan+tcp://" + sockets[2].address,
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	watched := make(chan struct{})
	go func() { d.Watch(ctx); close(watched) }()
	t.Cleanup(func() { cancel(); <-watched; d.Close() })
	time.Sleep(3 * time.Second) // every device was looked at
	wait(t, d, "the cable is in")

	loopback(t, false)
	pulled := time.Now()
	wait(t, d, "the cable was pulled", visit.PartReceipt, visit.PartScanner, visit.PartTerminal)
	for _, f := range d.Faults() {
		took := f.Since.Sub(pulled)
		t.Logf("%s: noticed after %s", f.Part, took.Round(time.Millisecond))
		if took > 5*time.Second || !errors.Is(f.Err, visit.ErrUnreachable) {
			t.Errorf("%s: %v, noticed after %s", f.Part, f.Err, took)
		}
	}
	loopback(t, true)
	wait(t, d, "the cable is in again")
	if err := d.Payer.Ready(ctx); err != nil {
		t.Error("the card terminal cannot be used again:", err)
	}
}

// inItsOwnNetwork runs the test once more, in a process whose network nobody else uses.
func inItsOwnNetwork(t *testing.T) {
	t.Helper()
	again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), ownNetwork+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	out, err := again.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Skip("this machine gives no process a network of its own: ", err)
	}
	if t.Log(string(out)); err != nil {
		t.Error(err)
	}
}

// loopback puts the only cable of this network in, or pulls it.
func loopback(t *testing.T, in bool) {
	t.Helper()
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlIfreq(s, unix.SIOCGIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
	flags := lo.Uint16() &^ unix.IFF_UP
	if in {
		flags |= unix.IFF_UP
	}
	lo.SetUint16(flags)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
}
