package wire

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Sealed files travel beside their item, in pieces: HEAD PathBlobs + id tells how much the town hall
// has, PATCH appends a piece at that offset.
// What was cut off goes on where it stopped. The headers are those of tus 1.0.0 (https://tus.io/protocols/resumable-upload), core protocol.
//
// History: joined 1. Files were at most 1 MiB and 8 to an item, until documents came.
const (
	PathBlobs    = "/v1/blobs/" // followed by the blob's SHA-256 in hex
	HeaderOffset = "Upload-Offset"
	HeaderLength = "Upload-Length" // of the whole blob; on every request, because each may be the first that arrives
	TypePiece    = "application/offset+octet-stream"
)

// Limits of blobs.
const (
	MaxBlob  = 7 << 20   // bytes of a sealed file: a document of 5 MiB
	MaxBlobs = 24        // of one item
	MaxPiece = 256 << 10 // bytes of one PATCH; a device sends less
)

// BlobRef names a sealed file that belongs to an item.
type BlobRef struct {
	SHA256 string `json:"sha256"` // hex, of the sealed bytes
	Size   int64  `json:"size"`   // of the sealed bytes
}

// Check checks the form.
func (b BlobRef) Check() error {
	if !hashForm.MatchString(b.SHA256) || b.Size < 1 || b.Size > MaxBlob {
		return fmt.Errorf("wire: blob: %w", ErrMessage)
	}
	return nil
}

// CheckPart checks a sealed file. A device asks before it takes one.
func CheckPart(id string, data []byte) error {
	if err := (BlobRef{id, int64(len(data))}).Check(); err != nil {
		return err
	}
	if strings.Count(string(data), ".") != 4 || !compactForm.Match(data) || Digest(data) != id {
		return fmt.Errorf("wire: part: %w", ErrMessage)
	}
	return nil
}

// Piece is the head of a PATCH: where the piece begins, and how long the whole will be.
type Piece struct {
	Ref    BlobRef
	Offset int64
}

// ReadRef reads from the headers of a request for a blob how long it will be.
func ReadRef(id string, h http.Header) (BlobRef, error) {
	size, err := strconv.ParseInt(h.Get(HeaderLength), 10, 64)
	if err != nil {
		return BlobRef{}, fmt.Errorf("wire: blob: length: %w", ErrMessage)
	}
	ref := BlobRef{id, size}
	return ref, ref.Check()
}

// ReadPiece reads and checks a piece's head from the headers of a request for the blob.
func ReadPiece(id string, h http.Header) (Piece, error) {
	ref, err := ReadRef(id, h)
	if err != nil {
		return Piece{}, err
	}
	offset, err := Offset(h)
	if err != nil || offset >= ref.Size {
		return Piece{}, fmt.Errorf("wire: piece: %w", ErrMessage)
	}
	return Piece{ref, offset}, nil
}

// Headers writes the head of a piece.
func (p Piece) Headers() map[string]string {
	return map[string]string{HeaderOffset: strconv.FormatInt(p.Offset, 10), HeaderLength: strconv.FormatInt(p.Ref.Size, 10), "Content-Type": TypePiece}
}

// Offset reads how much of a blob there is.
func Offset(h http.Header) (int64, error) {
	n, err := strconv.ParseInt(h.Get(HeaderOffset), 10, 64)
	if err != nil || n < 0 || n > MaxBlob {
		return 0, fmt.Errorf("wire: offset: %w", ErrMessage)
	}
	return n, nil
}
