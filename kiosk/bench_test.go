package kiosk

import "testing"

// BenchmarkALetterTyped is the time from a key to the new page: it should stay below one frame.
func BenchmarkALetterTyped(b *testing.B) {
	r := newRig(b, portrait)
	r.filled()
	r.k.push(newFormPage(r.k, "who", false))
	r.k.s.visit.Type("/name", "Renate Vogt")
	b.ResetTimer()
	for b.Loop() {
		r.k.show()
	}
}
