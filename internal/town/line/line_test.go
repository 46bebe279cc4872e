package line

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echo answers every line with itself.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); _, _ = io.Copy(c, c) }()
		}
	}()
	return ln.Addr().String()
}

func say(t *testing.T, c net.Conn, word string) string {
	t.Helper()
	if _, err := io.WriteString(c, word+"\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestACutLineIsReallyCutAndCanBeMended(t *testing.T) {
	l, err := New(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Cut()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := say(t, c, "before"); got != "before\n" {
		t.Fatalf("the line carries %q", got)
	}
	l.Cut()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("an open connection survives the cut")
	}
	if again, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		if err == nil {
			again.Close()
		}
		t.Errorf("a new connection while the line is cut: %v", err)
	}
	for range 2 { // a line that is whole stays so
		if err := l.Join(); err != nil {
			t.Fatal(err)
		}
	}
	after, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	if got := say(t, after, "after"); got != "after\n" {
		t.Errorf("the mended line carries %q", got)
	}
}

func TestASlowLineTakesItsTime(t *testing.T) {
	l, err := New(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Cut()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l.Slow(20_000)
	word := strings.Repeat("x", 2000)
	began := time.Now()
	if got := say(t, c, word); got != word+"\n" {
		t.Fatalf("the slow line changes what it carries: %d bytes", len(got))
	}
	if took := time.Since(began); took < 190*time.Millisecond {
		t.Errorf("4000 bytes at 20000 a second took %s", took)
	}
	for late := time.Now().Add(10 * time.Second); l.Carried() != 4002; time.Sleep(time.Millisecond) { // the last bytes are counted once they are there
		if time.Now().After(late) {
			t.Fatalf("it says that it carried %d bytes", l.Carried())
		}
	}
}

// While a line is cut, its port is nobody else's: the system gives away only ports above those that a line takes.
func TestAPortThatIsLeftIsNotGivenAway(t *testing.T) {
	from := 32768
	if b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Sscan(string(b), &from); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[int]bool{}
	for range 200 {
		ln, err := Listen()
		if err != nil {
			t.Fatal(err)
		}
		port := ln.Addr().(*net.TCPAddr).Port
		seen[port] = true
		if port >= from {
			t.Errorf("port %d is one that the system gives to anybody from %d on", port, from)
		}
		_ = ln.Close()
	}
	if len(seen) < 100 {
		t.Errorf("only %d different ports: two towns would meet", len(seen))
	}
}
