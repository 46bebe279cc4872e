package hardware_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence/presenceemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// socket is a device's place in the network: devices are plugged in and pulled out, the address stays.
type socket struct {
	t       *testing.T
	address string
	mu      sync.Mutex
	l       net.Listener
	lines   []net.Conn
}

func newSocket(t *testing.T) *socket {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := &socket{t: t, address: l.Addr().String()}
	t.Cleanup(s.pull)
	return s
}

// plug makes serve reachable.
func (s *socket) plug(serve func(net.Conn)) {
	s.t.Helper()
	var l net.Listener
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var err error
		if l, err = net.Listen("tcp", s.address); err == nil {
			break
		}
		if time.Now().After(deadline) {
			s.t.Fatal(err)
		}
	}
	s.mu.Lock()
	s.l = l
	s.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.lines = append(s.lines, c)
			s.mu.Unlock()
			go serve(c)
		}
	}()
}

func (s *socket) pull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.l != nil {
		_ = s.l.Close()
	}
	for _, c := range s.lines {
		_ = c.Close()
	}
	s.l, s.lines = nil, nil
}

// A cable is pulled while nobody uses the terminal: it is known before the next citizen types anything. Plugged in again, the device is used
// without a restart.
func TestDevicesThatVanishAreNoticedAndUsedAgainWhenTheyReturn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	terminal, err := zvtemu.New(zvtemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	printer, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	sheets := ippemu.New(ippemu.Opts{})
	gun := scanemu.New(scanemu.Opts{})
	tags := rfidemu.New(rfidemu.Opts{Model: rfid.TWN4})
	sensor := presenceemu.New(presenceemu.Opts{Beat: 100 * time.Millisecond})
	ausweisapp := eidemu.New(eidemu.Opts{})
	sockets := map[visit.Part]*socket{}
	serve := map[visit.Part]func(net.Conn){
		visit.PartTerminal: func(c net.Conn) { _ = terminal.Serve(ctx, port.Conn(c)) },
		visit.PartReceipt:  func(c net.Conn) { _ = printer.Serve(ctx, port.Conn(c)) },
		visit.PartScanner:  func(c net.Conn) { _ = gun.Serve(ctx, port.Conn(c)) },
		visit.PartA4:       func(c net.Conn) { _ = http.Serve(&one{conn: c}, sheets) },
		visit.PartRFID:     func(c net.Conn) { _ = tags.Serve(ctx, port.Conn(c)) },
		visit.PartPresence: func(c net.Conn) { _ = sensor.Serve(ctx, port.Conn(c)) },
		visit.PartEID:      func(c net.Conn) { _ = http.Serve(&one{conn: c}, ausweisapp) },
	}
	for part := range serve {
		sockets[part] = newSocket(t)
	}
	d, err := hardware.Open(hardware.Addresses{
		Terminal: "zvt+tcp://" + sockets[visit.PartTerminal].address,
		Receipt:  "escpos+tcp://" + sockets[visit.PartReceipt].address,
		A4:       "ipp://" + sockets[visit.PartA4].address + "/ipp/print",
		Scanner:  "scan+tcp://" + sockets[visit.PartScanner].address,
		RFID:     "rfid+tcp://" + sockets[visit.PartRFID].address + "?model=twn4",
		Sensor:   "presence+tcp://" + sockets[visit.PartPresence].address,
		EID:      "eid+ws://" + sockets[visit.PartEID].address + "/eID-Kernel",
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	watched := make(chan struct{})
	go func() { d.Watch(ctx); close(watched) }()
	t.Cleanup(func() { cancel(); <-watched; d.Close() })

	wait(t, d, "nothing is plugged in", visit.PartA4, visit.PartEID, visit.PartPresence, visit.PartReceipt, visit.PartRFID, visit.PartScanner, visit.PartTerminal)
	for part, s := range sockets {
		s.plug(serve[part])
	}
	wait(t, d, "everything is plugged in")
	for part, s := range sockets {
		s.pull()
		wait(t, d, "pulled: "+string(part), part)
		for _, f := range d.Faults() {
			if !errors.Is(f.Err, visit.ErrUnreachable) || f.Since.IsZero() {
				t.Errorf("%s: %v since %v", f.Part, f.Err, f.Since)
			}
		}
		s.plug(serve[part])
		wait(t, d, "plugged in again: "+string(part))
	}
	if err := d.Payer.Ready(ctx); err != nil {
		t.Error("the card terminal came back and cannot be used:", err)
	}
	if _, err := d.Printer.Ready(ctx); err != nil {
		t.Error("the receipt printer came back and cannot be used:", err)
	}
	tags.Hold(rfid.Tag{ID: []byte{0x04, 0xA2, 0x5B, 0x11, 0x3C, 0x6F, 0x80}, Bits: 56, Kind: rfid.MIFARE})
	if id, err := d.Tags.Tag(ctx); err != nil || id != "04A25B113C6F80" {
		t.Errorf("the tag reader came back and reads %q, %v", id, err)
	}
	sensor.Sense(presence.Somebody)
	for somebody := false; !somebody; { // nobody was there at first
		if somebody, err = d.Sensor.Next(ctx); err != nil {
			t.Fatal("the sensor came back and cannot be used:", err)
		}
	}
	if r, err := d.EID.Info(ctx); err != nil || r.Info.Version == "" {
		t.Error("AusweisApp came back and cannot be used:", err)
	}
}

// Paper that runs out while nobody prints is a fault too, and no fault any more once paper is there.
func TestAnEmptyPrinterIsNoticedWhileNobodyPrints(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	fault := make(chan escposemu.Fault, 1)
	fault <- escposemu.NoPaper
	printer, err := escposemu.New(escposemu.Opts{Fault: func() escposemu.Fault { f := <-fault; fault <- f; return f }})
	if err != nil {
		t.Fatal(err)
	}
	s := newSocket(t)
	s.plug(func(c net.Conn) { _ = printer.Serve(ctx, port.Conn(c)) })
	d, err := hardware.Open(hardware.Addresses{Receipt: "escpos+tcp://" + s.address}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	watched := make(chan struct{})
	go func() { d.Watch(ctx); close(watched) }()
	t.Cleanup(func() { cancel(); <-watched; d.Close() })
	wait(t, d, "no paper", visit.PartReceipt)
	if f := d.Faults(); !errors.Is(f[0].Err, visit.ErrNoPaper) {
		t.Errorf("an empty printer is said to have %v", f[0].Err)
	}
	<-fault
	fault <- ""
	wait(t, d, "paper was filled in")
}

// wait waits until exactly these parts have a fault.
func wait(t *testing.T, d *hardware.Devices, when string, parts ...visit.Part) {
	t.Helper()
	var now []visit.Part
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		now = nil
		for _, f := range d.Faults() {
			now = append(now, f.Part)
		}
		if len(now) == len(parts) {
			same := true
			for i := range now {
				same = same && now[i] == parts[i]
			}
			if same {
				return
			}
		}
	}
	t.Fatalf("%s: faults of %v, want %v", when, now, parts)
}

// one is a listener that gives one connection.
type one struct {
	conn net.Conn
	done chan struct{}
	once sync.Once
}

func (l *one) Accept() (c net.Conn, err error) {
	l.once.Do(func() { c, l.done = l.conn, make(chan struct{}) })
	if c == nil {
		<-l.done
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l *one) Close() error   { return nil }
func (l *one) Addr() net.Addr { return l.conn.LocalAddr() }
