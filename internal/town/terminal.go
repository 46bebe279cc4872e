package town

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// ErrKilled says that the terminal is off, or went off in the middle.
var ErrKilled = errors.New("town: the terminal is off")

// terminal is one run of the terminal's program.
type terminal struct {
	post    *outpost.Outpost
	desk    visit.Desk
	journal *journal
	shows   *service.Catalogue
	offers  *outpost.Offers
	lines   lines
	ctx     context.Context // ends when the run begins to end
	stop    context.CancelFunc
	off     chan struct{} // closed when nothing of the run happens any more
	syncing sync.Mutex
}

func (t *Town) start() (*terminal, error) {
	dir := filepath.Join(t.dir, TerminalDir)
	id, err := device.Load(dir)
	if err != nil {
		return nil, err
	}
	term := &terminal{off: make(chan struct{})}
	if term.post, err = outpost.Open(dir, id, outpost.Options{Now: t.o.Now, Log: t.log, Store: t.o.Store}); err != nil {
		return nil, err
	}
	term.shows = t.o.Shipped.Beside()
	if term.offers, err = term.post.Offers(context.Background(), term.shows); err != nil {
		return nil, errors.Join(err, term.post.Close())
	}
	term.ctx, term.stop = context.WithCancel(context.Background())
	term.desk = term.post.Desk()
	term.journal = &journal{real: term.desk.Journal, town: t, of: term}
	term.desk.Journal = term.journal
	t.Counter.desk(&term.desk, &term.lines)
	return term, nil
}

func (t *Town) terminal() *terminal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.term
}

// Desk is the terminal's desk. It dies with the terminal.
func (t *Town) Desk() visit.Desk {
	if term := t.terminal(); term != nil {
		return term.desk
	}
	return visit.Desk{}
}

// Off is closed when the run of the terminal that is on now has ended.
func (t *Town) Off() <-chan struct{} {
	if term := t.terminal(); term != nil {
		return term.off
	}
	off := make(chan struct{})
	close(off)
	return off
}

// KillTerminal ends the terminal's program without ceremony, whatever it is doing: what is on disk stays as it is, every line breaks, and
// nothing that it still would have done happens. It does nothing when the terminal is off.
func (t *Town) KillTerminal() error {
	t.power.Lock()
	defer t.power.Unlock()
	return t.kill()
}

func (t *Town) kill() error {
	term := t.terminal()
	if term == nil || term.ctx.Err() != nil {
		return nil
	}
	defer close(term.off)
	term.journal.die()
	term.lines.end()
	term.stop()
	term.syncing.Lock()
	defer term.syncing.Unlock()
	// Closing a database tidies it up. A program that is killed does not get to that, so the files are put back as they were.
	kept := map[string][]byte{}
	for _, end := range []string{"", "-wal"} {
		name := filepath.Join(t.dir, TerminalDir, outpost.File+end)
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("town: kill terminal: %w", err)
		}
		kept[name] = data
	}
	if err := term.post.Close(); err != nil {
		return fmt.Errorf("town: kill terminal: %w", err)
	}
	for name, data := range kept {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return fmt.Errorf("town: kill terminal: %w", err)
		}
	}
	t.log.Info("terminal is off")
	return nil
}

// RestartTerminal starts the terminal's program again from what it left on disk; if it runs, it is killed before.
func (t *Town) RestartTerminal() error {
	t.power.Lock()
	defer t.power.Unlock()
	if err := t.kill(); err != nil {
		return err
	}
	term, err := t.start()
	if err != nil {
		return fmt.Errorf("town: start terminal: %w", err)
	}
	t.mu.Lock()
	t.term = term
	t.mu.Unlock()
	t.log.Info("terminal is on")
	return nil
}

// Moment is a point at which the terminal can be stopped: just before or just after something became durable.
type Moment struct {
	After bool
	What  string // "hold", "release", or the kind of a payment's event
}

func (m Moment) String() string {
	if m.After {
		return "after " + m.What
	}
	return "before " + m.What
}

// KillAt asks at every moment whether the terminal is killed there; nil asks no more.
func (t *Town) KillAt(kill func(Moment) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moment = kill
}

// reach tells whether the terminal was killed at this moment.
func (t *Town) reach(term *terminal, m Moment) error {
	t.mu.Lock()
	kill := t.moment
	t.mu.Unlock()
	if term.ctx.Err() != nil {
		return ErrKilled
	}
	if kill == nil || !kill(m) {
		return nil
	}
	return errors.Join(ErrKilled, t.KillTerminal())
}
