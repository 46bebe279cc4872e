package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// recording is the flag of every command that opens a line.
type recording struct {
	Record string `placeholder:"FILE" type:"path" help:"Write what is said on the line to a new file, for a bug report (see replay). Codes and pictures of a slip are left out of it. It may hold what a citizen typed and what is on a card: use test data and test cards, keep the file to yourself, delete it when the fault is found."`
}

// open opens the address's line, and records it if that is wanted.
func (r recording) open(ctx context.Context, u *url.URL) (port.Port, error) {
	p, err := port.Open(ctx, u)
	if err != nil {
		return nil, err
	}
	return r.wrap(p, u.Scheme)
}

// conceal keeps out of a recording what opens a citizen's post: a slip's key is on its paper and nowhere else.
func conceal(rec *port.Recorder, scheme string) {
	if strings.HasPrefix(scheme, "escpos+") {
		rec.Hide(new(escpos.Hide).Bytes)
	}
}

// wrap records a line that is open already. title must not hold an address's parameters: they may be a password.
func (r recording) wrap(p port.Port, title string) (port.Port, error) {
	if r.Record == "" {
		return p, nil
	}
	file, err := os.OpenFile(r.Record, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s exists already: a recording is not written over", r.Record)
	}
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("record: %w", err)
	}
	rec := port.NewRecorder(p, file, title)
	conceal(rec, title)
	return &tape{Recorder: rec, file: file}, nil
}

// tape is a recorded line that closes its file, too.
type tape struct {
	*port.Recorder
	file *os.File
	once sync.Once
	err  error
}

// Close closes the line and the file; its error says that the recording is not whole.
func (t *tape) Close() error {
	t.once.Do(func() {
		t.err = errors.Join(t.Recorder.Close(), t.Recorder.Err(), t.file.Close())
	})
	return t.err
}
