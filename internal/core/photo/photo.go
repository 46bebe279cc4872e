// Package photo makes of a citizen's photo what may travel: upright, at most 2048 pixels on the longer edge, at most 400 KiB, a JPEG that
// carries nothing but the picture. Where and when it was taken is told to the caller, and is gone from the file.
//
// Read looks at a file without decoding it and refuses what would cost too much. Prepare does everything at once; Edit gives the scaled
// picture first, so that faces and number plates can be covered before Encode.
package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"time"

	"golang.org/x/image/webp"
)

// What a file may cost before it is opened.
const (
	maxBytes  = 40 << 20   // of the file
	maxPixels = 60_000_000 // a phone's 48 or 50 megapixels are fine, 200 are not
	maxEdge   = 65535      // the longest edge a JPEG can have
	maxMemory = 384 << 20  // that decoding takes; met before maxPixels by rare kinds only: 16-bit PNG, progressive JPEG with full colour
)

// Why a file is refused. Each asks for another sentence on the screen.
var (
	// ErrEmpty means that there is nothing in the file.
	ErrEmpty = errors.New("empty file")
	// ErrNoPhoto means that the file is something else: a document, a video, a text.
	ErrNoPhoto = errors.New("not a photo")
	// ErrFormat means a picture of a kind that cannot be read here, above all HEIC from an iPhone: a new photo, or a camera set to JPEG, helps.
	ErrFormat = errors.New("picture format not supported")
	// ErrDamaged means that the file ends too early or is broken inside.
	ErrDamaged = errors.New("damaged picture")
	// ErrTooLarge means more than 40 MiB, more than 60 megapixels, or a picture that would need too much memory.
	ErrTooLarge = errors.New("picture too large")
)

// Options limit what comes out. The zero value stands for the limits that the town hall sets for a photo.
type Options struct {
	Edge  int // longest edge in pixels; 0 means 2048
	Bytes int // size of the JPEG in bytes; 0 means 400 KiB
}

func (o Options) complete() Options {
	if o.Edge <= 0 {
		o.Edge = 2048
	}
	if o.Bytes <= 0 {
		o.Bytes = 400 << 10
	}
	return o
}

// Place is a position in degrees, WGS 84, north and east positive. It is what the file says: whether a photo of this town can have been
// taken in the Atlantic at 0, 0 is for the caller to judge.
type Place struct{ Lat, Lon float64 }

// Photo is a file that was looked at and may be decoded.
type Photo struct {
	Format        string // "jpeg", "png", "webp" or "gif"
	Width, Height int    // in pixels, upright
	Place         *Place // from the Exif data; nil where they name none or an impossible one
	// Taken is what the camera's clock showed, without its zone, given as UTC; zero where the file does not say. The clock may be wrong: 1970.
	Taken time.Time

	head head
	turn int // Exif orientation, 1 to 8
}

// Prepared is a photo that may travel. Place and Taken are not in the JPEG: they travel only if the citizen wants it.
type Prepared struct {
	JPEG          []byte
	Width, Height int // in pixels
	Place         *Place
	Taken         time.Time
}

// head is what a format's reader finds out without decoding.
type head struct {
	format        string
	width, height int    // as stored
	memory        int64  // bytes that decoding will take, about
	exif          []byte // a TIFF structure; nil if none
	icc           []byte // a colour profile; nil if none
	body          []byte // what the decoder gets
}

// Read looks at a file's format, size and notes without decoding the picture. It keeps data, which must not change until the photo is
// edited. Errors are ErrEmpty, ErrNoPhoto, ErrFormat, ErrDamaged and ErrTooLarge.
func Read(data []byte) (Photo, error) {
	if len(data) == 0 {
		return Photo{}, fmt.Errorf("photo: read: %w", ErrEmpty)
	}
	if len(data) > maxBytes {
		return Photo{}, fmt.Errorf("photo: read: %w: %d bytes", ErrTooLarge, len(data))
	}
	h, err := look(data)
	if err != nil {
		return Photo{}, fmt.Errorf("photo: read: %w", err)
	}
	switch {
	case h.width <= 0 || h.height <= 0:
		return Photo{}, fmt.Errorf("photo: read: %w: no pixels", ErrDamaged)
	case h.width > maxEdge || h.height > maxEdge || int64(h.width)*int64(h.height) > maxPixels:
		return Photo{}, fmt.Errorf("photo: read: %w: %d x %d pixels", ErrTooLarge, h.width, h.height)
	case h.memory > maxMemory:
		return Photo{}, fmt.Errorf("photo: read: %w: %d bytes of memory", ErrTooLarge, h.memory)
	}
	n := readExif(h.exif)
	p := Photo{Format: h.format, Width: h.width, Height: h.height, Place: n.place, Taken: n.taken, head: h, turn: n.orientation}
	if p.turn >= 5 {
		p.Width, p.Height = p.Height, p.Width
	}
	return p, nil
}

// Prepare makes of a file what may travel, without covering anything. The same file gives the same bytes. Errors are those of Read.
func Prepare(data []byte, o Options) (Prepared, error) {
	p, err := Read(data)
	if err != nil {
		return Prepared{}, err
	}
	e, err := p.Edit(o)
	if err != nil {
		return Prepared{}, err
	}
	return e.Encode()
}

// Edit decodes the picture, turns it upright and scales it. Errors are ErrDamaged and ErrFormat.
func (p Photo) Edit(o Options) (*Editor, error) {
	img, err := p.head.decode()
	if err != nil {
		return nil, fmt.Errorf("photo: decode: %w", err)
	}
	o = o.complete()
	return &Editor{
		picture: scale(img, o.Edge, p.turn, newGamut(p.head.icc)),
		bytes:   o.Bytes, place: p.Place, taken: p.Taken,
	}, nil
}

// look knows a file by its first bytes. What a file is called says nothing: a PDF may be named .jpg.
func look(data []byte) (head, error) {
	begins := func(at int, magic string) bool { return len(data) >= at && bytes.HasPrefix(data[at:], []byte(magic)) }
	switch {
	case begins(0, "\xff\xd8"):
		return lookJPEG(data)
	case begins(0, "\x89PNG\r\n\x1a\n"):
		return lookPNG(data)
	case begins(0, "RIFF") && begins(8, "WEBP"):
		return lookWebP(data)
	case begins(0, "GIF87a"), begins(0, "GIF89a"):
		c, err := gif.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return head{}, broken(err)
		}
		return head{format: "gif", width: c.Width, height: c.Height, memory: int64(c.Width) * int64(c.Height), body: data}, nil
	case begins(4, "ftyp") && len(data) >= 12:
		// ISO 14496-12: the brand tells a picture from a film.
		switch brand := string(data[8:12]); brand {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "msf1", "miaf", "avif", "avis", "crx ":
			return head{}, fmt.Errorf("%w: %s", ErrFormat, brand)
		}
		return head{}, fmt.Errorf("%w: film", ErrNoPhoto)
	case begins(0, "II*\x00"), begins(0, "MM\x00*"), begins(0, "II+\x00"), begins(0, "MM\x00+"):
		return head{}, fmt.Errorf("%w: tiff or raw", ErrFormat)
	case begins(0, "BM") && begins(6, "\x00\x00\x00\x00"):
		return head{}, fmt.Errorf("%w: bmp", ErrFormat)
	case begins(0, "\xff\x0a"), begins(0, "\x00\x00\x00\x0cJXL "), begins(0, "\x00\x00\x00\x0cjP  "), begins(0, "\xff\x4f\xff\x51"):
		return head{}, fmt.Errorf("%w: jpeg xl or jpeg 2000", ErrFormat)
	}
	return head{}, ErrNoPhoto
}

// decode opens the picture; of a moving one, its first frame.
func (h head) decode() (img image.Image, err error) {
	r := bytes.NewReader(h.body)
	switch h.format {
	case "jpeg":
		img, err = jpeg.Decode(r)
	case "png":
		img, err = png.Decode(r)
	case "webp":
		img, err = webp.Decode(r)
	case "gif":
		img, err = gif.Decode(r)
	default:
		return nil, ErrNoPhoto
	}
	if err != nil {
		return nil, broken(err)
	}
	if img.Bounds().Empty() {
		return nil, fmt.Errorf("%w: no pixels", ErrDamaged)
	}
	return img, nil
}

// broken sorts a decoder's error: a feature that it lacks, or a file that is damaged.
func broken(err error) error {
	var lossless jpeg.UnsupportedError
	var depth png.UnsupportedError
	if errors.As(err, &lossless) || errors.As(err, &depth) {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
