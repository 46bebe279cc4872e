package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// secret reads one line: a password is never on the command line, where others could see it. On a terminal it does not appear while it is
// typed. From a pipe it is read as it comes.
func (s *session) secret(what string) (string, error) {
	fmt.Fprintf(s.say, "%s: ", what)
	defer fmt.Fprintln(s.say)
	if f, ok := s.terminal(); ok {
		return s.unseen(f)
	}
	line, err := bufio.NewReader(io.LimitReader(s.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// newSecret reads a secret that counts from now on. Whoever cannot see it types it twice.
func (s *session) newSecret(what string, shortest int) (string, error) {
	first, err := s.secret(what)
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(first) < shortest {
		return "", fmt.Errorf("the %s needs at least %d characters", strings.ToLower(what), shortest)
	}
	if _, typed := s.terminal(); !typed {
		return first, nil
	}
	again, err := s.secret(what + " once more")
	if err != nil {
		return "", err
	}
	if again != first {
		return "", fmt.Errorf("the two are not the same %s; nothing was changed", strings.ToLower(what))
	}
	return first, nil
}

// terminal gives the terminal that somebody types at, if it is one.
func (s *session) terminal() (*os.File, bool) {
	f, ok := s.in.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// unseen reads a line without showing it. When the program is told to stop meanwhile, the terminal shows again what is typed.
func (s *session) unseen(f *os.File) (string, error) {
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type read struct {
		line []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		done <- read{line, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && !errors.Is(r.err, io.EOF) {
			return "", r.err
		}
		return string(r.line), nil
	case <-s.ctx.Done():
		return "", errors.Join(s.ctx.Err(), term.Restore(fd, before))
	}
}
