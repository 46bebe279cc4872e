package escpos_test

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// breathless is a printer's end of a line that stops whoever sends after every block that it took.
type breathless struct{ port.Port }

func (b breathless) Read(buf []byte) (int, error) {
	n, err := b.Port.Read(buf[:min(len(buf), 256)])
	if n > 0 {
		_, _ = b.Write([]byte{0x13})
		time.Sleep(time.Millisecond)
		_, _ = b.Write([]byte{0x11})
	}
	return n, err
}

// The same slip over every kind of line: a device file as USB printers have, serial lines with their flow controls, and a socket. Codes as
// pictures hold every byte, those of the flow control too.
func TestASlipComesOutOverEveryKindOfLine(t *testing.T) {
	for _, address := range []string{"file:%s", "serial:%s?baud=115200", "serial:%s?baud=115200&flow=rtscts", "serial:%s?baud=115200&flow=xonxoff", "tcp://%s"} {
		for name, profile := range profiles(t) {
			t.Run(address+" "+name, func(t *testing.T) {
				d := newDesk(t, "", 48)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				served := make(chan error, 1)
				var where string
				if strings.HasPrefix(address, "tcp") {
					l, err := net.Listen("tcp", "127.0.0.1:0")
					if err != nil {
						t.Fatal(err)
					}
					defer l.Close()
					where = l.Addr().String()
					go func() {
						c, err := l.Accept()
						if err == nil {
							err = d.emu.Serve(ctx, port.Conn(c))
						}
						served <- err
					}()
				} else {
					there, node, err := port.PTY()
					if err != nil {
						t.Skip("there are no pseudo terminals here")
					}
					where = node
					if strings.Contains(address, "xonxoff") {
						there = breathless{there}
					}
					go func() { served <- d.emu.Serve(ctx, there) }()
				}
				u, err := url.Parse(strings.Replace(address, "%s", where, 1))
				if err != nil {
					t.Fatal(err)
				}
				line, err := port.Open(ctx, u)
				if err != nil {
					t.Fatal(err)
				}
				dev := escpos.New(line, escpos.Opts{Profile: profile, NoQR: true, Timeout: time.Minute})
				if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
					t.Errorf("done %d, %v", done, err)
				}
				if pieces, copies := d.count("Niemandem zeigen"); pieces != 1 || copies != 0 || d.emu.Unknown() != 0 {
					t.Errorf("%d pieces, %d marked, %d orders unknown", pieces, copies, d.emu.Unknown())
				}
				dev.Close()
				cancel()
				if err := <-served; err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			})
		}
	}
}
