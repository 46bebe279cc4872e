package photo

import (
	"encoding/binary"
	"math"
)

// gamut brings colours of a wider space, Display P3 of phones above all, into sRGB, since the JPEG leaves without its profile and would look
// pale. It knows a profile by its primaries and takes sRGB's tone curve for granted, which is exact for Display P3 and close for Adobe RGB.
type gamut struct {
	matrix [3][3]int64  // linear light, in 1/4096
	light  [256]int64   // linear light of a value, 0 to 65535
	value  [16384]uint8 // value of linear light / 4
}

const one = 4096

// newGamut reads an ICC profile (ICC.1, sections 7.2, 7.3 and 9.2: the matrix columns, in 1/65536, white point D50). It is nil where there is nothing
// to convert: no profile, sRGB itself, or a profile of another kind.
func newGamut(icc []byte) *gamut {
	if len(icc) < 132 || string(icc[16:20]) != "RGB " {
		return nil
	}
	var columns [3][3]int64
	for i, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		xyz := iccTag(icc, name)
		if len(xyz) < 20 || string(xyz[:4]) != "XYZ " {
			return nil
		}
		for k := range 3 {
			columns[i][k] = int64(int32(binary.BigEndian.Uint32(xyz[8+4*k:])))
		}
	}
	// XYZ of D50 to linear sRGB, Bradford-adapted, in 1/65536.
	toSRGB := [3][3]int64{{205380, -105963, -32153}, {-64145, 125576, 2192}, {4715, -15007, 92094}}
	g := &gamut{}
	plain := true
	for row := range 3 {
		white := int64(0)
		for col := range 3 {
			sum := int64(0)
			for k := range 3 {
				sum += toSRGB[row][k] * columns[col][k]
			}
			sum >>= 20
			if sum > 4*one || sum < -4*one {
				return nil
			}
			g.matrix[row][col] = sum
			white += sum
			if row == col {
				sum -= one
			}
			plain = plain && sum < one/64 && sum > -one/64
		}
		if white < one*9/10 || white > one*11/10 {
			return nil // white would get a colour: no profile of a camera or a screen
		}
		g.matrix[row][row] += one - white
	}
	if plain {
		return nil
	}
	for i := range g.light {
		v := float64(i) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		g.light[i] = int64(math.Round(v * 65535))
	}
	near := 0
	for i := range g.value {
		for near < 255 && 2*int64(4*i) >= g.light[near]+g.light[near+1] {
			near++
		}
		g.value[i] = uint8(near)
	}
	return g
}

// iccTag finds a tag's data in a profile.
func iccTag(icc []byte, name string) []byte {
	count := binary.BigEndian.Uint32(icc[128:])
	for at := 132; count > 0 && at+12 <= len(icc); count, at = count-1, at+12 {
		if string(icc[at:at+4]) != name {
			continue
		}
		begin, size := uint64(binary.BigEndian.Uint32(icc[at+4:])), uint64(binary.BigEndian.Uint32(icc[at+8:]))
		if begin+size > uint64(len(icc)) {
			return nil
		}
		return icc[begin : begin+size]
	}
	return nil
}

// convert brings one colour into sRGB; what lies outside is cut off.
func (g *gamut) convert(r, gr, b uint8) (uint8, uint8, uint8) {
	x, y, z := g.light[r], g.light[gr], g.light[b]
	to := func(m *[3]int64) uint8 {
		v := (m[0]*x + m[1]*y + m[2]*z + one/2) / one
		return g.value[min(max(v, 0), 65535)/4]
	}
	return to(&g.matrix[0]), to(&g.matrix[1]), to(&g.matrix[2])
}
