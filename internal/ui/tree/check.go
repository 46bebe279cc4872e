package tree

import "fmt"

// MinTouch is the least width and height of a control on the terminal, in millimetres.
const MinTouch = 20

// Fault is something on the screen that somebody cannot use.
type Fault struct {
	Node Node
	Text string // what is wrong, for a developer; never an answer
}

// String says which node has which fault.
func (f Fault) String() string { return fmt.Sprintf("%s %q: %s", f.Node.Role, f.Node.Name, f.Text) }

// Check finds controls without a name or smaller than MinTouch, and texts that are cut off. A phone, whose fingers are nearer, passes
// its own least size through CheckAt. The keys of the on-screen keyboard are controls as all others are.
func Check(nodes []Node, pxPerMM float64) []Fault { return CheckAt(nodes, pxPerMM, MinTouch) }

// CheckAt is Check with another least size in millimetres.
func CheckAt(nodes []Node, pxPerMM, least float64) []Fault {
	var faults []Fault
	for _, n := range nodes {
		if n.Touchable() {
			if n.Name == "" {
				faults = append(faults, Fault{n, "has no name"})
			}
			// Half a pixel and more is rounding.
			if w, h := float64(n.Full().W)/pxPerMM, float64(n.Full().H)/pxPerMM; w < least-0.3 || h < least-0.3 {
				faults = append(faults, Fault{n, fmt.Sprintf("is %.1f × %.1f mm, less than %.0f mm", w, h, least)})
			}
		}
		for range n.Cut {
			faults = append(faults, Fault{n, "is cut off"})
		}
	}
	return faults
}
