package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// filling is a form while somebody fills it in, one change after another and then again from the first.
type filling struct {
	service *service.Service
	session *form.Session
	changes []bigChange
	next    int
	in      form.Input
	shown   form.View
}

// bigFilling loads the big form as a service of the town.
func bigFilling(f bigForm) (*filling, error) {
	tenant, err := service.LoadTenant(assets.FS, "stadt")
	if err != nil {
		return nil, err
	}
	s, err := service.Load(f.folder("big"), "big", tenant)
	if err != nil {
		return nil, err
	}
	x := &filling{service: s, session: s.Begin(), changes: f.changes(),
		in: form.Input{Answers: form.Answers{}, Lang: "de", Day: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}}
	x.shown = x.session.View(x.in)
	return x, nil
}

// set reads what is typed next and sets it.
func (x *filling) set() {
	c := x.changes[x.next%len(x.changes)]
	x.next++
	x.in.Answers = x.in.Answers.With(c.path(), x.service.Parse(c.path(), c.typed))
}

// change is set, and shows the form anew.
func (x *filling) change() {
	x.set()
	x.shown = x.session.View(x.in)
}

// whole evaluates everything.
func (x *filling) whole() form.View { return x.service.View(x.in.Answers, x.in.Lang, x.in.Day) }

// keystroke measures a change in a form of two hundred fields beside evaluating everything after the same change, and what it takes as a rule beside
// survey-core, which shows, hides, computes and validates what changed by itself at every change. Ours reads what is typed and writes what is shown, too.
//
// Every change is made once a round and counts with the median of its rounds; of these, the slowest hundredth stands beside the median of evaluating
// everything. The row also tells it of the single ones, pauses of the machine included, and how long the machine itself pauses in so short a time.
func (b *bench) keystroke(ctx context.Context, work string) error {
	f := newBigForm()
	x, err := bigFilling(f)
	if err != nil {
		return err
	}
	for range x.changes {
		if x.change(); !reflect.DeepEqual(x.shown, x.whole()) {
			return errors.New("what is shown after a change is not what evaluating everything shows")
		}
	}
	of := make([][]float64, len(x.changes)) // rounds, by change
	var single, whole []float64
	for range b.rounds {
		runtime.GC() // what the peer left behind is not ours
		for i := range x.changes {
			began := time.Now()
			x.change()
			took := ms(time.Since(began))
			of[i], single = append(of[i], took), append(single, took)
		}
		for range x.changes {
			x.set()
			began := time.Now()
			x.whole()
			whole = append(whole, ms(time.Since(began)))
		}
	}
	var each []float64
	for _, rounds := range of {
		each = append(each, median(rounds))
	}
	word := fmt.Sprintf("of %d changes; of %d single ones %.3f, median beside median %.3f; a loop that takes as long as the median has a p99 of %.3f ms here",
		len(each), len(single), quantile(single, 0.99)/median(whole), median(single)/median(whole), pauses(median(single)))
	fields := 0
	for _, p := range f.pages {
		fields += len(p)
	}
	b.add(fmt.Sprintf("keystroke in a %d-field form, p99", fields), "ms", []float64{quantile(each, 0.99)}, []float64{median(whole)}, "ours, evaluating everything, median", "ratio <= 0.1",
		func(_, ratio float64) bool { return ratio <= 0.1 }, word)
	return b.keystrokeBesidePeer(ctx, work, f)
}

// pauses is the p99 of a loop that only counts for about so many milliseconds, many times over: what the machine takes away.
func pauses(about float64) float64 {
	turns, sum := 1000, uint64(0)
	count := func() float64 {
		began := time.Now()
		for i := range turns {
			sum = sum*6364136223846793005 + uint64(i)
		}
		return ms(time.Since(began))
	}
	for count() < about && turns < 1<<24 {
		turns += turns / 8
	}
	took := make([]float64, 10_000)
	for i := range took {
		took[i] = count()
	}
	return quantile(took, 0.99) + float64(sum&1)*1e-9 // the sum is used, or nothing would be counted
}

func (b *bench) keystrokeBesidePeer(ctx context.Context, work string, f bigForm) error {
	x, err := bigFilling(f)
	if err != nil {
		return err
	}
	changes, err := json.Marshal(x.changes)
	if err != nil {
		return err
	}
	files := []string{filepath.Join(work, "survey.json"), filepath.Join(work, "changes.json")}
	for i, text := range [][]byte{f.survey(), changes} {
		if err := os.WriteFile(files[i], text, 0o644); err != nil {
			return err
		}
	}
	p, err := b.startPeer(ctx, "form.js", files...)
	word := fmt.Sprintf("%d changes; visibility, computed values, validation", len(x.changes))
	switch {
	case errors.Is(err, errNoPeer):
		word = err.Error()
	case err != nil:
		return err
	default:
		defer p.close()
		if _, err := p.turn(len(x.changes)); err != nil {
			return err
		}
		for range x.changes {
			x.change()
		}
		if err := x.agrees(p); err != nil {
			return err
		}
	}
	ours, theirs, err := b.turns(len(x.changes), func() error { x.change(); return nil }, p)
	if err != nil {
		return err
	}
	b.add("change in the same form", "us", ours, theirs, "npm survey-core 3.1.1", "ratio <= 0.2", func(_, ratio float64) bool { return ratio <= 0.2 }, word)
	return nil
}

// agrees tells whether the peer shows the same fields, the same fee and the same mistakes.
func (x *filling) agrees(p *peer) error {
	text, err := p.show()
	if err != nil {
		return err
	}
	var theirs struct {
		Visible, Wrong []string
		Fee            int64
	}
	if err := json.Unmarshal(text, &theirs); err != nil {
		return fmt.Errorf("survey-core: %w", err)
	}
	var visible, wrong []string
	for _, page := range x.shown.Pages {
		for _, fd := range page.Fields {
			name := strings.ReplaceAll(strings.TrimPrefix(fd.Path, "/"), "/", "_")
			visible = append(visible, name)
			if fd.Problem != "" && !fd.Missing { // survey-core asks for what is missing when somebody goes on
				wrong = append(wrong, name)
			}
		}
	}
	if !slices.Equal(visible, theirs.Visible) || !slices.Equal(wrong, theirs.Wrong) || x.shown.Fee == nil || int64(x.shown.Fee.Amount) != theirs.Fee {
		return fmt.Errorf("survey-core shows another form: %d fields, wrong %v, fee %d; ours %d fields, wrong %v, %+v",
			len(theirs.Visible), theirs.Wrong, theirs.Fee, len(visible), wrong, x.shown.Fee)
	}
	return nil
}
