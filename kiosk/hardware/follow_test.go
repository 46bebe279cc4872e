package hardware

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// scripted is a device whose looks end when and as the test says.
type scripted struct {
	begun chan context.Context
	ends  chan seen
}

type seen struct {
	gone <-chan struct{}
	err  error
}

func (s *scripted) Look(ctx context.Context) (<-chan struct{}, error) {
	s.begun <- ctx
	e := <-s.ends
	return e.gone, e.err
}

func following(t *testing.T) (*watch, *scripted) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watch{now: time.Now, faults: map[visit.Part]visit.Fault{}}
	s := &scripted{begun: make(chan context.Context), ends: make(chan seen)}
	w.parts = []watched{{visit.PartScanner, s}}
	if err := w.Note(filepath.Join(t.TempDir(), "faults.json")); err != nil {
		t.Fatal(err)
	}
	var done = make(chan struct{})
	go func() { defer close(done); w.Watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		for {
			select {
			case <-s.begun:
				s.ends <- seen{nil, ctx.Err()}
			case <-done:
				return
			}
		}
	})
	return w, s
}

func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !true(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// A device whose line ended is a fault while one still tries to reach it again, not only when that has failed.
func TestALineThatEndedIsToldBeforeTheNextConnectionHasFailed(t *testing.T) {
	w, s := following(t)
	gone := make(chan struct{})
	<-s.begun
	s.ends <- seen{gone, nil}
	until(t, "well", func() bool { return len(w.Faults()) == 0 })
	close(gone)
	<-s.begun // and does not come back
	until(t, "told while the next look still waits", func() bool {
		f := w.Faults()
		return len(f) == 1 && errors.Is(f[0].Err, visit.ErrUnreachable)
	})
	s.ends <- seen{nil, visit.ErrUnreachable}
	<-s.begun
	s.ends <- seen{make(chan struct{}), nil}
	until(t, "well again", func() bool { return len(w.Faults()) == 0 })
	last, err := LastFaults(w.diary.file)
	if p := last[visit.PartScanner]; err != nil || p.Fault != errEnded.Error() || p.Until == nil || p.Until.Before(p.Since) {
		t.Errorf("kept: %+v, %v", p, err)
	}
}

// Somebody who uses the device sees for himself; and one that hung up and is back at once is well.
func TestALineThatEndedInUseOrIsBackAtOnceIsNoFault(t *testing.T) {
	for _, back := range []error{nil, errInUse} {
		w, s := following(t)
		gone := make(chan struct{})
		<-s.begun
		s.ends <- seen{gone, nil}
		close(gone)
		<-s.begun
		s.ends <- seen{make(chan struct{}), back}
		<-s.begun // the next look: the one before was told
		if f := w.Faults(); len(f) != 0 {
			t.Errorf("a fault: %v", f)
		}
		s.ends <- seen{nil, nil}
	}
}

func TestTheLastFaultOfEveryDeviceIsKeptUntilTheNextOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faults.json")
	d, err := openDiary(file)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	d.note(visit.PartA4, nil, at(0)) // never anything wrong: nothing to tell
	d.note(visit.PartReceipt, visit.ErrNoPaper, at(1))
	d.note(visit.PartReceipt, visit.ErrCoverOpen, at(2)) // the same fault still: somebody fills paper in
	if d, err = openDiary(file); err != nil {            // the terminal is started anew in between
		t.Fatal(err)
	}
	d.note(visit.PartReceipt, visit.ErrNoPaper, at(3))
	last, err := LastFaults(file)
	if p := last[visit.PartReceipt]; err != nil || len(last) != 1 || p.Fault != visit.ErrNoPaper.Error() || !p.Since.Equal(at(1)) || p.Until != nil {
		t.Errorf("while it lasts: %+v, %v", last, err)
	}
	d.note(visit.PartReceipt, nil, at(4))
	d.note(visit.PartReceipt, nil, at(5))
	last, err = LastFaults(file)
	if p := last[visit.PartReceipt]; err != nil || p.Until == nil || !p.Until.Equal(at(4)) || !p.Since.Equal(at(1)) {
		t.Errorf("when it is over: %+v, %v", last, err)
	}
	d.note(visit.PartReceipt, visit.ErrUnreachable, at(9))
	last, err = LastFaults(file)
	if p := last[visit.PartReceipt]; err != nil || p.Fault != visit.ErrUnreachable.Error() || !p.Since.Equal(at(9)) || p.Until != nil {
		t.Errorf("the next one: %+v, %v", last, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err = openDiary(file); err == nil || d == nil {
		t.Errorf("a damaged file: %v, %v", d, err)
	}
	d.note(visit.PartReceipt, visit.ErrNoPaper, at(10))
	if last, err = LastFaults(file); err != nil || len(last) != 1 {
		t.Errorf("after a damaged file: %+v, %v", last, err)
	}
}
