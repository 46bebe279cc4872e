package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// maxScans bounds the passes over a progressive JPEG. Cameras make about ten; a small file with thousands of empty passes over a large
// picture would keep the processor busy for minutes.
const maxScans = 100

// maxProfile bounds a colour profile that is stored compressed.
const maxProfile = 64 << 10

// lookJPEG walks over the segments of ITU T.81 annex B up to the end of the first picture; what follows (a film, a second picture) is not
// looked at.
func lookJPEG(data []byte) (head, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return head{}, broken(err)
	}
	h := head{format: "jpeg", width: c.Width, height: c.Height, body: data}
	var perPixel float64
	scans := 0
	for pos := 2; ; {
		next := bytes.IndexByte(data[pos:], 0xff)
		if next < 0 {
			break
		}
		for pos += next; pos < len(data) && data[pos] == 0xff; pos++ {
		}
		if pos == len(data) || data[pos] == 0xd9 {
			break
		}
		marker := data[pos]
		pos++
		if marker <= 0x01 || marker >= 0xd0 && marker <= 0xd8 {
			continue // a stuffed byte inside a scan, or a marker without a body
		}
		if pos+2 > len(data) {
			break
		}
		size := int(binary.BigEndian.Uint16(data[pos:]))
		if size < 2 || pos+size > len(data) {
			break
		}
		body := data[pos+2 : pos+size]
		pos += size
		switch marker {
		case 0xc0, 0xc1, 0xc2:
			if perPixel == 0 {
				perPixel = samples(body, marker == 0xc2)
			}
		case 0xda:
			scans++
		case 0xe1:
			if notes, is := bytes.CutPrefix(body, []byte("Exif\x00\x00")); is && h.exif == nil {
				h.exif = notes
			}
		case 0xe2: // a profile in one piece, as phones write it
			if profile, is := bytes.CutPrefix(body, []byte("ICC_PROFILE\x00\x01\x01")); is {
				h.icc = profile
			}
		}
	}
	if scans > maxScans {
		return head{}, fmt.Errorf("%w: %d scans", ErrDamaged, scans)
	}
	if c.ColorModel != color.YCbCrModel && c.ColorModel != color.GrayModel {
		perPixel += 4 // RGB and CMYK are put together in a second picture
	}
	h.memory = int64(perPixel * float64(c.Width) * float64(c.Height))
	return h, nil
}

// samples reads a frame header: how many bytes the decoder keeps for one pixel. A progressive one keeps 4 more bytes for each sample.
func samples(frame []byte, progressive bool) float64 {
	if len(frame) < 6 {
		return 0
	}
	var sum, most int
	for i := 0; i < int(frame[5]) && 6+3*i+1 < len(frame); i++ {
		hv := frame[6+3*i+1]
		area := int(hv>>4) * int(hv&15)
		sum, most = sum+area, max(most, area)
	}
	if most == 0 {
		return 0
	}
	each := float64(sum) / float64(most)
	if progressive {
		each *= 5
	}
	return each
}

// lookPNG reads the header and walks over the chunks.
func lookPNG(data []byte) (head, error) {
	if len(data) >= 24 {
		// The decoder calls a size that overflows a missing feature.
		w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
		if w > maxEdge || h > maxEdge {
			return head{}, fmt.Errorf("%w: %d x %d pixels", ErrTooLarge, w, h)
		}
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return head{}, broken(err)
	}
	h := head{format: "png", width: c.Width, height: c.Height, body: data}
	// DecodeConfig has seen the whole header: depth at 24, colour type at 25, interlacing at 28.
	perPixel := int64(4)
	if data[25] == 3 {
		perPixel = 1
	} else if data[24] == 16 {
		perPixel = 8
	}
	if data[28] != 0 {
		perPixel *= 2 // the passes are kept beside the picture
	}
	h.memory = perPixel * int64(c.Width) * int64(c.Height)
	for rest := data[8:]; len(rest) >= 12; {
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+12 > uint64(len(rest)) {
			break
		}
		body := rest[8 : 8+size]
		switch string(rest[4:8]) {
		case "eXIf":
			h.exif = body
		case "iCCP":
			h.icc = inflate(body)
		}
		rest = rest[12+size:]
	}
	return h, nil
}

// inflate opens PNG's iCCP chunk: a name, a zero, the method, zlib. A profile that is broken or too large is none.
func inflate(chunk []byte) []byte {
	_, packed, found := bytes.Cut(chunk, []byte{0})
	if !found || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	defer r.Close()
	profile, err := io.ReadAll(io.LimitReader(r, maxProfile))
	if err != nil {
		return nil
	}
	return profile
}

// webpChunks is what the chunks of a WebP file hold for us; of an animation, those of the first frame.
type webpChunks struct {
	kind                     string // "VP8 " or "VP8L"; empty while none was found
	picture, alpha, exif, cc []byte
}

// walk reads a list of chunks, RFC 9649 section 2.3.
func (w *webpChunks) walk(rest []byte, inFrame bool) bool {
	for len(rest) >= 8 {
		kind, size := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		rest = rest[8:]
		if uint64(size) > uint64(len(rest)) {
			return false
		}
		body := rest[:size]
		rest = rest[min(uint64(len(rest)), uint64(size)+uint64(size&1)):]
		switch {
		case kind == "EXIF" && !inFrame:
			w.exif = bytes.TrimPrefix(body, []byte("Exif\x00\x00"))
		case kind == "ICCP" && !inFrame:
			w.cc = body
		case w.kind != "":
			// The picture is found.
		case kind == "VP8 ", kind == "VP8L":
			w.kind, w.picture = kind, body
		case kind == "ALPH":
			w.alpha = body
		case kind == "ANMF" && !inFrame && len(body) > 16:
			if !w.walk(body[16:], true) {
				return false
			}
		}
	}
	return true
}

// lookWebP reads the size out of the picture itself and hands the decoder that picture only: the container may claim another size, and
// the decoder knows no animations.
func lookWebP(data []byte) (head, error) {
	var w webpChunks
	if !w.walk(data[12:], false) {
		return head{}, fmt.Errorf("%w: webp ends early", ErrDamaged)
	}
	h := head{format: "webp", exif: w.exif, icc: w.cc}
	var perPixel float64
	switch p := w.picture; {
	case w.kind == "VP8 " && len(p) >= 10 && p[0]&1 == 0 && string(p[3:6]) == "\x9d\x01\x2a":
		h.width, h.height = int(binary.LittleEndian.Uint16(p[6:])&0x3fff), int(binary.LittleEndian.Uint16(p[8:])&0x3fff)
		perPixel = 1.5
		if w.alpha != nil {
			perPixel += 5 // opened as a lossless picture first
		}
	case w.kind == "VP8L" && len(p) >= 5 && p[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(p[1:])
		h.width, h.height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		w.alpha = nil
		perPixel = 8 // the picture, and once more while its transforms are undone
	default:
		return head{}, fmt.Errorf("%w: no picture in webp", ErrDamaged)
	}
	h.memory = int64(perPixel * float64(h.width) * float64(h.height))

	file := []byte("RIFF\x00\x00\x00\x00WEBP")
	add := func(kind string, body []byte) {
		file = binary.LittleEndian.AppendUint32(append(file, kind...), uint32(len(body)))
		file = append(file, body...)
		if len(body)%2 == 1 {
			file = append(file, 0)
		}
	}
	if w.alpha != nil {
		x, y := h.width-1, h.height-1
		add("VP8X", []byte{0x10, 0, 0, 0, byte(x), byte(x >> 8), byte(x >> 16), byte(y), byte(y >> 8), byte(y >> 16)})
		add("ALPH", w.alpha)
	}
	add(w.kind, w.picture)
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
	h.body = file
	return h, nil
}
