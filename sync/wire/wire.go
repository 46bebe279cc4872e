// Package wire holds the messages between a device and the town hall, with their checks.
//
// Every message is checked at the door by its Check: what fails there was made by a broken or foreign program. Members and kinds that are
// not known are skipped, so that the newer side can say more than the older one understands.
package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// Version of the protocol, sent as "v" in every message. Its history:
//
//	1  push, pull, answers, nudge, enroll; blobs, install and faults joined
const Version = 1

// Paths of the town hall's interface.
const (
	PathPush    = "/v1/push"
	PathPull    = "/v1/pull"
	PathAnswers = "/v1/answers/" // followed by the address
	PathNudge   = "/v1/nudge"
	PathEnroll  = "/v1/enroll"
)

// ErrMessage says that a message is not what its sender should have sent.
var ErrMessage = errors.New("wire: malformed message")

// Read decodes one JSON message of at most max bytes into m. It fails with ErrMessage when there is more or something else.
func Read(r io.Reader, max int64, m any) error {
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return fmt.Errorf("wire: read: %w", err)
	}
	if int64(len(b)) > max {
		return fmt.Errorf("wire: read: longer than %d bytes: %w", max, ErrMessage)
	}
	return Decode(b, m)
}

// Decode decodes one JSON message.
func Decode(b []byte, m any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(m); err != nil {
		return fmt.Errorf("wire: decode: %w", ErrMessage) // the cause could repeat content
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("wire: decode: trailing bytes: %w", ErrMessage)
	}
	return nil
}

// Digest is the hex SHA-256 of sealed bytes, as outcomes and receipts name them.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var (
	uuidForm    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	hashForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	compactForm = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?$`)
)

func version(v int) error {
	if v < 1 {
		return fmt.Errorf("wire: version %d: %w", v, ErrMessage)
	}
	return nil
}
