package photo

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// The tags that are read, of Exif 2.32 (CIPA DC-008) tables 4, 7 and 15. All others are passed over unread.
const (
	tagOrientation = 0x0112
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagTaken       = 0x9003 // DateTimeOriginal
	tagLatRef      = 0x0001
	tagLat         = 0x0002
	tagLonRef      = 0x0003
	tagLon         = 0x0004
)

// notes are what the Exif data tell.
type notes struct {
	orientation int // 1 to 8; 1 where nothing usable is said
	place       *Place
	taken       time.Time
}

// readExif reads the few tags that matter. It follows no chain: there is one main directory with at most one pointer to the camera's and one
// to the position's, so a loop cannot hold it, and nothing is copied out of the data. What cannot be read is left out; the rest still counts,
// since cameras and programs damage parts of these data often.
func readExif(data []byte) notes {
	n := notes{orientation: 1}
	if len(data) < 8 {
		return n
	}
	t := tiff{data: data}
	switch string(data[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return n
	}
	first := t.order.Uint32(data[4:])
	if turn, ok := t.number(first, tagOrientation); ok && turn >= 1 && turn <= 8 {
		n.orientation = int(turn)
	}
	if at, ok := t.number(first, tagExif); ok {
		n.taken = moment(t.text(at, tagTaken))
	}
	if at, ok := t.number(first, tagGPS); ok {
		n.place = t.place(at)
	}
	return n
}

// tiff is a TIFF 6.0 structure: directories of entries of twelve bytes.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// find gives the type and the bytes of an entry's values, within the data; the first entry with the tag counts.
func (t tiff) find(dir uint32, tag uint16) (kind uint16, values []byte) {
	size := uint64(len(t.data))
	at := uint64(dir)
	if at+2 > size {
		return 0, nil
	}
	count := uint64(t.order.Uint16(t.data[at:]))
	for at += 2; count > 0 && at+12 <= size; count, at = count-1, at+12 {
		e := t.data[at : at+12]
		if t.order.Uint16(e) != tag {
			continue
		}
		kind = t.order.Uint16(e[2:])
		width := map[uint16]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}[kind] // byte, text, short, long, fraction
		length := width * uint64(t.order.Uint32(e[4:]))
		if length <= 4 {
			return kind, e[8 : 8+length]
		}
		begin := uint64(t.order.Uint32(e[8:]))
		if begin+length > size {
			return 0, nil
		}
		return kind, t.data[begin : begin+length]
	}
	return 0, nil
}

// number gives an entry's first value, a short or a long.
func (t tiff) number(dir uint32, tag uint16) (uint32, bool) {
	switch kind, v := t.find(dir, tag); {
	case kind == 3 && len(v) >= 2:
		return uint32(t.order.Uint16(v)), true
	case kind == 4 && len(v) >= 4:
		return t.order.Uint32(v), true
	}
	return 0, false
}

func (t tiff) text(dir uint32, tag uint16) string {
	kind, v := t.find(dir, tag)
	if kind != 2 || len(v) > 64 {
		return ""
	}
	return strings.Trim(string(v), "\x00 ")
}

// place reads a position. Without its letters, or with a fraction over zero (a camera that had no fix), there is none: better none than one
// in the wrong hemisphere or a mile away.
func (t tiff) place(dir uint32) *Place {
	lat, latOK := t.degrees(dir, tagLat, tagLatRef, "N", "S")
	lon, lonOK := t.degrees(dir, tagLon, tagLonRef, "E", "W")
	if !latOK || !lonOK || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		return nil
	}
	return &Place{Lat: lat, Lon: lon}
}

func (t tiff) degrees(dir uint32, value, ref uint16, plus, minus string) (float64, bool) {
	kind, v := t.find(dir, value)
	if kind != 5 || len(v) != 24 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for ; len(v) > 0; v = v[8:] {
		over := t.order.Uint32(v[4:])
		if over == 0 {
			return 0, false
		}
		sum += float64(t.order.Uint32(v)) / float64(over) * unit
		unit /= 60
	}
	switch strings.ToUpper(t.text(dir, ref)) {
	case plus:
		return sum, true
	case minus:
		return -sum, true
	}
	return 0, false
}

// moment reads Exif's way of writing a date; zero where it says none.
func moment(s string) time.Time {
	at, err := time.Parse("2006:01:02 15:04:05", s)
	if err != nil {
		return time.Time{}
	}
	return at
}
