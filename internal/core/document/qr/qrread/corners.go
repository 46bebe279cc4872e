package qrread

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// A code has a square in three of its corners by which it is found. What stands in a code can look like a fourth (about one in 350 does), and the
// library takes the first three squares that it meets; no other size of the picture helps then. So all squares are looked for, and threes of them tried that
// may be one code's corners, the likeliest first.
const (
	mostSquares = 24  // the largest ones that are looked at: a picture of a code among text has a handful
	mostThrees  = 12  // that are tried
	skew        = 0.4 // how far a three may be from half a square, as a part of its longest side's square
)

// byCorners reads the code whose corners are any three of the squares in the picture.
func byCorners(dark *gozxing.BitMatrix) (string, bool) {
	for i, t := range threes(squares(dark)) {
		if i == mostThrees {
			break
		}
		found, err := detector.NewDetector(dark).ProcessFinderPatternInfo(t.corners)
		if err != nil {
			continue
		}
		if text, err := decoder.NewDecoder().Decode(found.GetBits(), nil); err == nil {
			return text.GetText(), true
		}
		// The small square near the fourth corner may be a wrong one, too. A picture without perspective does not need it.
		c := t.corners
		flat := detector.Detector_createTransform(c.GetTopLeft(), c.GetTopRight(), c.GetBottomLeft(), nil, found.GetBits().GetWidth())
		bits, err := detector.Detector_sampleGrid(dark, flat, found.GetBits().GetWidth())
		if err != nil {
			continue
		}
		if text, err := decoder.NewDecoder().Decode(bits, nil); err == nil {
			return text.GetText(), true
		}
	}
	return "", false
}

// squares finds what looks like a corner's square: dark, light, dark, light and dark as 1:1:3:1:1, along the row, the column and the diagonal.
func squares(dark *gozxing.BitMatrix) []*detector.FinderPattern {
	f := detector.NewFinderPatternFinder(dark, nil)
	w := dark.GetWidth()
	for y := 0; y < dark.GetHeight(); y += 2 {
		runs, at := []int{0, 0, 0, 0, 0}, 0 // even ones are dark
		for x := 0; x <= w; x++ {
			on := x < w && dark.Get(x, y)
			if on == (at%2 == 0) {
				runs[at]++
				continue
			}
			switch {
			case at == 0 && runs[0] == 0: // light before the first dark
			case at < 4:
				at++
				runs[at] = 1
			default: // the fifth run has ended
				if detector.FinderPatternFinder_foundPatternCross(runs) {
					f.HandlePossibleCenter(runs, y, x)
				}
				detector.FinderPatternFinder_ShiftCounts2(runs) // dark, light, dark, and the light that begins here
				at = 3
			}
		}
	}
	all := slices.DeleteFunc(slices.Clone(f.GetPossibleCenters()), func(p *detector.FinderPattern) bool {
		return p.GetCount() < detector.FinderPatternFinder_CENTER_QUORUM
	})
	slices.SortStableFunc(all, func(a, b *detector.FinderPattern) int {
		return cmp.Compare(b.GetEstimatedModuleSize(), a.GetEstimatedModuleSize())
	})
	return all[:min(len(all), mostSquares)]
}

type three struct {
	corners *detector.FinderPatternInfo
	off     float64 // from half a square; 0 is one
}

// threes are those that may be one code's corners, the best first.
func threes(of []*detector.FinderPattern) []three {
	var all []three
	for i, a := range of {
		for j, b := range of[i+1:] {
			for _, c := range of[i+1+j+1:] {
				if a.GetEstimatedModuleSize() > 1.4*c.GetEstimatedModuleSize() { // they are sorted
					continue
				}
				below, corner, beside := gozxing.ResultPoint_OrderBestPatterns(a, b, c)
				long, left, top := square(below, beside), square(corner, below), square(corner, beside)
				if off := (math.Abs(long-2*left) + math.Abs(long-2*top)) / long; off <= skew {
					all = append(all, three{detector.NewFinderPatternInfo(below.(*detector.FinderPattern), corner.(*detector.FinderPattern), beside.(*detector.FinderPattern)), off})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b three) int { return cmp.Compare(a.off, b.off) })
	return all
}

// square is the square of the distance in pixels.
func square(a, b gozxing.ResultPoint) float64 {
	x, y := a.GetX()-b.GetX(), a.GetY()-b.GetY()
	return x*x + y*y
}
