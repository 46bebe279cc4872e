package presence

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// State is what a sensor knows.
type State byte

// The states. The zero value is what is known without a sensor.
const (
	Unknown  State = '?'
	Nobody   State = '0'
	Somebody State = '1'
)

// String gives the state in words.
func (s State) String() string {
	switch s {
	case Nobody:
		return "nobody"
	case Somebody:
		return "somebody"
	}
	return "unknown"
}

// Line is what a sensor says of the state, with LF.
func (s State) Line() string {
	if s != Nobody && s != Somebody {
		s = Unknown
	}
	return line("S" + string(rune(s)))
}

// Identity is what a sensor says of itself. The zero value is a sensor that said nothing.
type Identity struct {
	Version int    // of the protocol, from 1
	Name    string // 1 to 40 printable characters of ASCII, no star
}

// Line is what a sensor says of itself, with LF.
func (i Identity) Line() string { return line("I" + strconv.Itoa(i.Version) + "," + i.Name) }

// String gives name and version of the protocol.
func (i Identity) String() string {
	if i.Version == 0 {
		return ""
	}
	return fmt.Sprintf("%s (presence line %d)", i.Name, i.Version)
}

// Question is what the terminal says.
const Question = "?\n"

const (
	longestLine = 64
	longestName = 40
)

func line(body string) string { return fmt.Sprintf("%s*%02X\n", body, sum(body)) }

func sum(body string) (x byte) {
	for i := range len(body) {
		x ^= body[i]
	}
	return x
}

// What can be wrong with a line.
var (
	ErrSum  = errors.New("presence: sum is wrong")
	ErrLine = errors.New("presence: this is not what a sensor says")
)

// Said is one line of a sensor; what the line does not say is zero.
type Said struct {
	State    State
	Identity Identity
}

// Parse reads a line without its LF. A line of an unknown kind with a right sum says nothing and is no error.
func Parse(b []byte) (Said, error) {
	s := strings.TrimSuffix(string(b), "\r")
	if len(s) > longestLine {
		return Said{}, fmt.Errorf("%w: %d bytes", ErrLine, len(s))
	}
	if at := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }); at >= 0 {
		return Said{}, fmt.Errorf("%w: no character at %d", ErrLine, at)
	}
	star := strings.IndexByte(s, '*')
	if star < 1 || len(s) != star+3 {
		return Said{}, fmt.Errorf("%w: no sum at the end of %d bytes", ErrLine, len(s))
	}
	body := s[:star]
	if fmt.Sprintf("%02X", sum(body)) != s[star+1:] {
		return Said{}, ErrSum
	}
	switch body[0] {
	case 'S':
		if state := State(body[len(body)-1]); len(body) == 2 && (state == Nobody || state == Somebody || state == Unknown) {
			return Said{State: state}, nil
		}
		return Said{}, fmt.Errorf("%w: a state of %d bytes", ErrLine, len(body)-1)
	case 'I':
		number, name, _ := strings.Cut(body[1:], ",")
		version, err := strconv.Atoi(number)
		if err != nil || version < 1 || strconv.Itoa(version) != number || name == "" || len(name) > longestName {
			return Said{}, fmt.Errorf("%w: an identity of %d bytes", ErrLine, len(body)-1)
		}
		return Said{Identity: Identity{version, name}}, nil
	}
	return Said{}, nil
}
