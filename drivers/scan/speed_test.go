package scan

import (
	"strings"
	"testing"
)

// giro is a payment code as a scanner sends it.
func giro() []byte {
	return []byte("]Q1BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70\n\n\n" + strings.Repeat("x", 100) + "\r")
}

func TestBytesOfACodeCostNoMemoryOfTheirOwn(t *testing.T) {
	f := framer{data: make([]byte, 0, 512)}
	sent := giro()
	if n := testing.AllocsPerRun(100, func() {
		f.again()
		for _, b := range sent {
			f.feed(b)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkScan(b *testing.B) {
	sent := giro()
	f := framer{}
	b.SetBytes(int64(len(sent)))
	b.ReportAllocs()
	for b.Loop() {
		f.again()
		for _, c := range sent {
			f.feed(c)
		}
		if Parse(f.sent(), false).Text() == "" {
			b.Fatal("nothing was read")
		}
	}
}
