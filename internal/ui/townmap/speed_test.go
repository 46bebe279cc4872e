package townmap

import (
	"testing"
)

func BenchmarkMap(b *testing.B) {
	a := atlas(b)
	st := phone()
	pin := at(b, a, "Klosterstraße", "14")
	for _, c := range []struct {
		name  string
		px    float64
		fresh bool
		zoom  int
	}{{"first/usual", 1, true, Usual}, {"first/widest", 1, true, Widest}, {"first/middle", 1, true, 3}, {"first/fine screen", 2, true, Usual}, {"pushed", 1, false, Usual}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if c.fresh {
					a.last = sheet{}
				}
				a.screen(st, c.px, int(390*c.px), int(420*c.px), State{pin, c.zoom}, &Here{At: pin, Accuracy: 35}, []Marker{{"", pin}, {"", pin}})
			}
		})
	}
	b.Run("names", func(b *testing.B) {
		for b.Loop() {
			a.labels = map[labelKey][]label{}
			a.labelsOf(labelKey{0.8, 15})
		}
	})
}
