package escpos_test

import (
	"fmt"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
)

// sixty is a slip of 60 lines with a QR code.
func sixty() []escpos.Part {
	part := escpos.Part{{Text: "Für Sie", Center: true, Bold: true, Wide: 2, Tall: 2}, {Kind: escpos.Rule}}
	for i := range 57 {
		if i%2 == 0 {
			part = append(part, escpos.Line{Kind: escpos.Pair, Label: fmt.Sprintf("Gebühr %d", i), Text: "30,70\u00a0€"})
		} else {
			part = append(part, escpos.Line{Text: "Bitte gut aufbewahren: Wer ihn hat, liest mit."})
		}
	}
	return []escpos.Part{append(part, escpos.Line{Kind: escpos.QR, Data: key})}
}

func BenchmarkEncode(b *testing.B) {
	for name, o := range map[string]escpos.Opts{"native": {}, "picture": {NoQR: true}} {
		b.Run(name, func(b *testing.B) {
			parts := sixty()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := escpos.Encode(o, parts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCommands(b *testing.B) {
	job, err := escpos.Encode(escpos.Opts{NoQR: true}, sixty())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(job)))
	for b.Loop() {
		escpos.Commands(job)
	}
}

// Lines cost no memory of their own: a slip of 60 lines takes little more than its bytes.
func TestEncodingTakesLittleMemory(t *testing.T) {
	parts := sixty()
	if n := testing.AllocsPerRun(20, func() {
		if _, err := escpos.Encode(escpos.Opts{}, parts); err != nil {
			t.Fatal(err)
		}
	}); n > 60 {
		t.Errorf("%v allocations for 60 lines", n)
	}
}
