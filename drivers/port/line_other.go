//go:build !linux

package port

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

const noctty = 0

// PTY gives a pseudo terminal; there is one on Linux only.
func PTY() (Port, string, error) {
	return nil, "", fmt.Errorf("port: pty: %w", errors.ErrUnsupported)
}

func setFlow(_, _ string) error { return errors.ErrUnsupported }

func openPolled(settings) (Port, error) { return nil, errors.ErrUnsupported }

// giveUp leaves it to the system how long it waits for an answer.
func giveUp(syscall.RawConn, time.Duration) {}

func underWay(syscall.RawConn) bool { return false }
