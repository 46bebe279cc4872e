package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town/line"
)

// onPhone tells whether a journey takes a phone in hand: then no terminal is opened.
func onPhone(name string) bool {
	script, err := journeys.ReadFile("journeys/" + name + ".txtar")
	return err == nil && strings.Contains(string(script), "\nhold ")
}

// playPhone plays a journey with a town hall and as many phones as the script takes in hand.
func (c *townCmd) playPhone(ctx context.Context, t *town, name, out string) error {
	if _, err := t.startHall(ctx); err != nil {
		return err
	}
	j := &journey{town: t, out: out, log: os.Stdout}
	defer func() {
		for _, p := range j.phones {
			if p.app != nil {
				p.app.Stop()
			}
			p.stop()
		}
	}()
	if err := j.play(ctx, name, false); err != nil {
		return err
	}
	fmt.Printf("journey %s: well; %d pictures in %s\n", name, j.shots, out)
	return nil
}

// wire is the line between the town hall and what is in hand.
func (j *journey) wire() *line.Line {
	if j.hand != nil {
		return j.hand.line
	}
	return j.town.line
}

// phoneWords are what a script can say about phones and the town hall's reports.
func (j *journey) phoneWords() map[string]func(context.Context, string) error {
	return map[string]func(context.Context, string) error{
		"hold":     j.hold,
		"dies":     j.dies,
		"start":    j.restart,
		"slow":     func(_ context.Context, s string) error { return j.slow(s) },
		"travel":   j.travel,
		"learn":    j.learn,
		"rest":     rest,
		"cover":    j.coverPart,
		"count":    func(context.Context, string) error { j.taps = 0; return nil },
		"taps":     func(_ context.Context, most string) error { return j.fewTaps(most) },
		"draft":    j.draft,
		"waits":    j.waits,
		"reported": j.reported,
		"followed": j.followed,
		"secret":   j.secret,
	}
}

// hold takes somebody's phone in hand: what is touched and looked at from now on is on its screen. Its app is opened if it is not.
func (j *journey) hold(ctx context.Context, name string) error {
	p := j.phones[name]
	if p == nil {
		var err error
		if p, err = j.town.newPhone(ctx, name, ""); err != nil {
			return err
		}
		if j.phones == nil {
			j.phones = map[string]*phone{}
		}
		j.phones[name] = p
	}
	j.take(p)
	return nil
}

func (j *journey) take(p *phone) { j.hand, j.screen, j.town.tree = p, p.screen, p.tree }

// restart opens the app of the phone in hand, "phone", or the town hall, "hall", with what they remember.
func (j *journey) restart(ctx context.Context, what string) error {
	if what == "hall" {
		return j.town.serve(ctx)
	}
	return j.hand.start(ctx)
}

// dies ends the app of the phone in hand, "phone", or the town hall, "hall", without a word, as a flat battery does.
func (j *journey) dies(_ context.Context, what string) error {
	if what == "hall" {
		j.town.hall.Kill()
		return nil
	}
	j.hand.app.Kill()
	return nil
}

// slow makes the line in hand a poor one: so many bytes a second.
func (j *journey) slow(bytes string) error {
	n, err := strconv.Atoi(bytes)
	if err == nil {
		j.wire().Slow(n)
	}
	return err
}

// travel waits until a photo has begun to arrive at the town hall and is not whole yet.
func (j *journey) travel(ctx context.Context, _ string) error {
	for end := time.Now().Add(patience); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		parts, err := j.town.parts()
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			return nil
		}
	}
	return errors.New("demo: no photo was seen on its way")
}

// parts are the files at the town hall that are not whole yet.
func (t *town) parts() (found []string, err error) {
	err = filepath.WalkDir(filepath.Join(t.home, "hall"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".part") {
			if i, err := d.Info(); err == nil && i.Size() > 0 {
				found = append(found, path)
			}
		}
		return nil // what moves away while one looks is no error
	})
	return found, err
}

// learn waits until the phone in hand has heard everything that the town hall had to tell it: its line carried something, and then nothing for a while.
func (j *journey) learn(ctx context.Context, _ string) error {
	const calm = 1500 * time.Millisecond
	last, since := int64(0), time.Now()
	for end := time.Now().Add(patience); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if n := j.hand.line.Carried(); n != last {
			last, since = n, time.Now()
		}
		if last > 4000 && time.Since(since) > calm {
			return nil
		}
	}
	return errors.New("demo: the phone does not hear from the town hall")
}

// rest is the moment that a draft may take until it is on the disk.
func rest(ctx context.Context, _ string) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(300 * time.Millisecond):
		return nil
	}
}

// coverPart drags a rectangle over the photo on the screen: from left and top to right and bottom, in percent of what is shown.
func (j *journey) coverPart(ctx context.Context, where string) error {
	var x0, y0, x1, y1 int
	if _, err := fmt.Sscan(where, &x0, &y0, &x1, &y1); err != nil {
		return fmt.Errorf("demo: cover wants four numbers: %w", err)
	}
	n, err := j.find(ctx, "the photo", func(n node) bool { return n.ID == "photo" })
	if err != nil {
		return err
	}
	at := func(x, y int) (int, int) { return n.Bounds.X + n.Bounds.W*x/100, n.Bounds.Y + n.Bounds.H*y/100 }
	fx, fy := at(x0, y0)
	tx, ty := at(x1, y1)
	j.taps++
	return j.screen.Drag(fx, fy, tx, ty)
}

func (j *journey) fewTaps(most string) error {
	n, err := strconv.Atoi(most)
	if err == nil && j.taps > n {
		err = fmt.Errorf("demo: it took %d taps, more than %d", j.taps, n)
	}
	return err
}

// dead gives what the phone in hand remembers; its app must have been killed.
func (j *journey) dead(ctx context.Context) (memory, error) {
	select {
	case <-j.hand.app.done:
		return j.hand.remembers(ctx)
	default:
		return memory{}, errors.New("demo: nobody can look into a phone's memory while its app is open")
	}
}

// draft looks into the memory of the killed phone: one draft with as many photos as are said, none of which tells more than the picture, and with
// these words. What the photos are is kept, to be compared with what arrives.
func (j *journey) draft(ctx context.Context, what string) error {
	photos, said, _ := strings.Cut(what, " ")
	m, err := j.dead(ctx)
	if err != nil {
		return err
	}
	if len(m.drafts) != 1 || len(m.reports) != 0 {
		return fmt.Errorf("demo: the phone remembers %d drafts and %d reports, want one draft", len(m.drafts), len(m.reports))
	}
	for id, d := range m.drafts {
		j.prepared = m.photos[id]
		if words, _ := d.Answers.Get("/words"); words != said {
			return fmt.Errorf("demo: the draft says %q", words)
		}
	}
	if strconv.Itoa(len(j.prepared)) != photos || len(m.files) != len(j.prepared) {
		return fmt.Errorf("demo: the draft has %d photos, %d are kept, want %s", len(j.prepared), len(m.files), photos)
	}
	for _, data := range m.files {
		if err := bare(data); err != nil {
			return err
		}
	}
	return nil
}

// waits looks into the memory of the killed phone: one report that was sent, and nothing of its draft any more.
func (j *journey) waits(ctx context.Context, _ string) error {
	m, err := j.dead(ctx)
	if err == nil && (len(m.reports) != 1 || len(m.drafts) != 0 || len(m.files) != 0) {
		err = fmt.Errorf("demo: the phone remembers %d reports, %d drafts and %d photos, want one report", len(m.reports), len(m.drafts), len(m.files))
	}
	return err
}

// reported compares what the clerk sees with what the phone prepared: one case, its photos bit by bit, nothing hidden in them.
func (j *journey) reported(ctx context.Context, _ string) error {
	c, number, err := j.town.only(ctx)
	if err != nil {
		return err
	}
	numbers, total, err := c.reports(ctx)
	if err != nil {
		return err
	}
	if total != 1 || !slices.Equal(numbers, []string{number}) {
		return fmt.Errorf("demo: the clerk's list has %d reports %q, want %s alone", total, numbers, number)
	}
	photos, err := c.photos(ctx, number)
	if err != nil {
		return err
	}
	var here []string
	for i, data := range photos {
		if err := bare(data); err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		here = append(here, hex.EncodeToString(sum[:]))
		if err := os.WriteFile(filepath.Join(j.out, fmt.Sprintf("arrived-%d.jpg", i+1)), data, 0o600); err != nil {
			return err
		}
	}
	want := slices.Clone(j.prepared)
	slices.Sort(want)
	slices.Sort(here)
	if len(here) == 0 || !slices.Equal(here, want) {
		return fmt.Errorf("demo: the town hall has the photos %q, the phone prepared %q", here, want)
	}
	return nil
}

// followed looks into the memory of the killed phone: the town hall's last word is there, with a photo that tells nothing but the picture.
func (j *journey) followed(ctx context.Context, _ string) error {
	m, err := j.dead(ctx)
	if err != nil {
		return err
	}
	for _, r := range m.reports {
		if r.Answer == nil || len(r.Answer.Papers) != 1 || r.Answer.Papers[0].Type != "image/jpeg" {
			return errors.New("demo: the phone has no photo of the repaired place")
		}
		return bare(r.Answer.Papers[0].Data)
	}
	return errors.New("demo: the phone remembers no report")
}

// secret makes sure that nothing the citizen typed, and nothing her camera noted, can be read on the phone's disk or, outside the database that
// the clerks work with, on the town hall's; nor in what the programs said. The camera's notes must not be in the database either.
func (j *journey) secret(ctx context.Context, _ string) error {
	log, err := j.hand.happened()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(j.out, "events.jsonl"), log, 0o600); err != nil {
		return err
	}
	var typed []string
	for _, text := range j.typed {
		for _, w := range append(strings.Fields(text), text) {
			if len(w) >= 8 { // shorter ones are everywhere
				typed = append(typed, w)
			}
		}
	}
	hall := filepath.Join(j.town.home, "hall")
	everywhere := []string{j.hand.home, hall, j.town.logs}
	database := []string{"townhall.db"}
	for _, one := range []struct {
		words, skip []string
		what        string
	}{{typed, database, "what the citizen typed"}, {[]string{cameraWord}, nil, "what her camera noted"}} {
		if len(one.words) == 0 {
			return errors.New("demo: nothing was typed that could be looked for")
		}
		// The search has to be able to find something: controls that were never sealed are found first.
		for _, root := range everywhere {
			control := filepath.Join(root, "control")
			for _, w := range one.words {
				if err := os.WriteFile(control, []byte("unsealed: "+w), 0o600); err != nil {
					return err
				}
				if found, err := holds([]string{w}, one.skip, everywhere...); err != nil || found != control {
					return errors.Join(err, fmt.Errorf("demo: the search for %s finds %q, not the control", one.what, found))
				}
			}
			if err := os.Remove(control); err != nil {
				return err
			}
		}
		if found, err := holds(one.words, one.skip, everywhere...); err != nil || found != "" {
			return errors.Join(err, fmt.Errorf("demo: %s can be read in %s", one.what, found))
		}
	}
	// The clerks' database has to have the words: that is where the search must not look.
	if found, err := holds(typed, nil, hall); err != nil || !strings.HasPrefix(filepath.Base(found), database[0]) {
		return errors.Join(err, fmt.Errorf("demo: the words are not in the clerks' database, but in %q", found))
	}
	return nil
}
