package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// tape is what was said on a device's line. It is recorded while an emulator answers, and played afterwards by something that does not think at all:
// then only the driver's share is left of the time.
type tape struct {
	port.Port // the driver's end

	mu    sync.Mutex
	turns []turn
	from  int  // the first turn of what is played again and again
	next  bool // begin a new turn
}

// turn is what one side said before the other one spoke.
type turn struct {
	driver bool // else the device
	said   []byte
}

func (t *tape) note(driver bool, said []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.turns); n > 0 && !t.next && t.turns[n-1].driver == driver {
		t.turns[n-1].said = append(t.turns[n-1].said, said...)
		return
	}
	t.next = false
	t.turns = append(t.turns, turn{driver, bytes.Clone(said)})
}

// Read implements port.Port.
func (t *tape) Read(b []byte) (int, error) {
	n, err := t.Port.Read(b)
	if n > 0 {
		t.note(false, b[:n])
	}
	return n, err
}

// Write implements port.Port.
func (t *tape) Write(b []byte) (int, error) {
	t.note(true, b)
	return t.Port.Write(b)
}

// mark says that what comes now is what will be played again and again. Nothing is on its way.
func (t *tape) mark() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from, t.next = len(t.turns), true
}

// played counts the bytes of one round from the mark, and how often the device had a turn.
func (t *tape) played() (driver, device, turns int) {
	for _, one := range t.turns[t.from:] {
		if one.driver {
			driver += len(one.said)
		} else {
			device += len(one.said)
			turns++
		}
	}
	return driver, device, turns
}

// play is the device: it says what it said on the tape as soon as it has heard the driver's words before it, until the line ends. A driver that says
// anything else is an error.
func (t *tape) play(line io.ReadWriter) error {
	heard := make([]byte, 64<<10)
	for i := 0; ; {
		one := t.turns[i]
		if !one.driver {
			if _, err := line.Write(one.said); err != nil {
				return err
			}
		} else if n, err := io.ReadFull(line, heard[:len(one.said)]); err != nil {
			return err
		} else if !bytes.Equal(heard[:n], one.said) {
			return fmt.Errorf("the driver says something else than on the tape, in turn %d", i+1)
		}
		if i++; i == len(t.turns) {
			i = t.from
		}
	}
}
