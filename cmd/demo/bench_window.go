package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// stage is a virtual display with a town behind the terminal.
type stage struct {
	town    *town
	display string
	screen  *screen
	devices map[string]string
	hall    string
	stop    func()
}

func (b *bench) stage(ctx context.Context, work, name string, w, h int) (*stage, error) {
	display, stopX, err := virtualDisplay(ctx, w, h, io.Discard)
	if err != nil {
		return nil, err
	}
	s, err := openScreen(display)
	if err != nil {
		stopX()
		return nil, err
	}
	t, err := newTown(b.bin, filepath.Join(work, name))
	if err != nil {
		return nil, err
	}
	st := &stage{town: t, display: display, screen: s, stop: func() { t.Close(); s.Close(); stopX() }}
	if st.hall, err = t.startHall(ctx); err == nil {
		st.devices, err = t.startDevices(ctx)
	}
	if err != nil {
		st.stop()
		return nil, err
	}
	return st, nil
}

var portrait = layout{width: 1080, height: 1920, density: 3.21, fullscreen: true}

// steady waits until the terminal serves its screen tree and stands still.
func (st *stage) steady(ctx context.Context) error {
	j := &journey{town: st.town, screen: st.screen, log: io.Discard, out: st.town.out}
	if err := j.see(ctx, "Bitte berühren"); err != nil {
		return err
	}
	_, err := st.screen.Still()
	return err
}

// memory compares the proportional set sizes, and takes the terminal's processor time while nobody touches it.
func (b *bench) memory(ctx context.Context, work string) error {
	st, err := b.stage(ctx, work, "memory", portrait.width, portrait.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, portrait); err != nil {
		return err
	}
	j := &journey{town: st.town, screen: st.screen, log: os.Stdout, out: st.town.out}
	if err := st.steady(ctx); err != nil {
		return err
	}
	pid := st.town.kiosk.cmd.Process.Pid
	worst, where := 0.0, ""
	most, at := 0.0, ""
	for _, s := range benchWalk() {
		for _, do := range s.do {
			if err := b.step(ctx, j, do); err != nil {
				return err
			}
		}
		inUse, err := pss(pid)
		if err != nil {
			return err
		}
		if inUse > most {
			most, at = inUse, s.name
		}
		// The watch is long enough for the one sweep of the memory that falls into it to count as what it is: once per visitor.
		rest, watch := 3*time.Second, 15*time.Second
		if s.moves { // its animations have to be over after half a minute
			rest = 32 * time.Second
		}
		time.Sleep(rest)
		before, err := cpuTime(pid)
		if err != nil {
			return err
		}
		time.Sleep(watch)
		after, err := cpuTime(pid)
		if err != nil {
			return err
		}
		percent := (after - before).Seconds() / watch.Seconds() * 100
		fmt.Printf("  idle on %-10s %.2f %%, %.1f MiB when it came\n", s.name+":", percent, inUse)
		if percent >= worst {
			worst, where = percent, s.name
		}
	}
	b.add("idle processor time, worst screen", "% core", []float64{worst}, nil, "", "<= 2", func(ours, _ float64) bool { return ours <= 2 }, "on "+where)

	_, err = exec.LookPath("chromium")
	browser := err == nil
	profile := filepath.Join(work, "profile-memory")
	var ours, theirs []float64
	for range b.rounds {
		o, err := pss(pid)
		if err != nil {
			return err
		}
		ours = append(ours, o)
		if !browser {
			continue
		}
		cmd := chromium(ctx, st.display, profile, filepath.Join(work, "pages", "02-home.html"), portrait)
		if err := cmd.Start(); err != nil {
			return err
		}
		time.Sleep(4 * time.Second)
		t, err := pss(cmd.Process.Pid)
		end(cmd)
		if err != nil {
			return err
		}
		theirs = append(theirs, t)
	}
	b.add("memory (PSS), most on the way", "MiB", []float64{most}, nil, "", "<= 150", func(ours, _ float64) bool { return ours <= 150 }, "on "+at)
	b.add("memory (PSS)", "MiB", ours, theirs, "chromium --kiosk, home page", "ratio <= 0.33 and <= 150",
		func(ours, ratio float64) bool { return ratio <= 0.33 && ours <= 150 }, noBrowser(theirs, "after the screens above"))
	return nil
}

// hurry takes the memory of a walk without a pause: somebody who comes to the attract screen, knows everything already and types as fast as the screen
// answers. Nothing is given back on the way, because nothing stands still.
func (b *bench) hurry(ctx context.Context, work string) error {
	st, err := b.stage(ctx, work, "hurry", portrait.width, portrait.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, portrait); err != nil {
		return err
	}
	if err := st.steady(ctx); err != nil {
		return err
	}
	time.Sleep(45 * time.Second) // a terminal stands there before somebody comes
	j := &journey{town: st.town, screen: st.screen, log: os.Stdout, out: st.town.out}
	var all []float64
	most, at := 0.0, ""
	for _, s := range benchWalk() {
		for _, do := range append([]string{""}, s.do...) {
			if do != "" {
				if err := b.step(ctx, j, do); err != nil {
					return err
				}
			}
			now, err := pss(st.town.kiosk.cmd.Process.Pid)
			if err != nil {
				return err
			}
			if all = append(all, now); now > most {
				most, at = now, s.name
			}
		}
		fmt.Printf("  in a hurry on %-10s %.1f MiB\n", s.name+":", all[len(all)-1])
	}
	b.add("memory (PSS), most in a hurry", "MiB", []float64{most}, nil, "", "<= 150", func(ours, _ float64) bool { return ours <= 150 },
		fmt.Sprintf("on %s; half of the time below %.0f", at, quantile(all, 0.5)))
	return nil
}

// benchStop is a screen that is measured, and what leads there from the one before.
type benchStop struct {
	name  string
	do    []string
	moves bool
}

// step does one thing of a walk: a word and what it is about, or what is touched.
func (b *bench) step(ctx context.Context, j *journey, do string) error {
	word, what, _ := strings.Cut(do, " ")
	switch word {
	case "type":
		return j.typeKeys(ctx, what)
	case "see":
		return j.see(ctx, what)
	case "fault":
		return j.town.fault(ctx, what)
	case "mend":
		return j.town.mend(ctx, what)
	case "scan":
		return j.town.scanSlip(ctx, "")
	}
	return j.tap(ctx, do)
}

// benchWalk leads past every kind of screen.
func benchWalk() []benchStop {
	return []benchStop{
		{"attract", nil, true},
		{"home", []string{"start"}, true},
		{"search", []string{"search", "type parken"}, true},
		{"help", []string{"help"}, false},
		{"service", []string{"back", "back", "Auto und Parken", "service-parkausweis-bewohner"}, false},
		{"form", []string{"begin"}, true},
		{"address", []string{"type Renate Vogt", "key.done", "type 3.4.1980", "key.done", "next"}, true},
		{"vehicle", []string{"type Herforder Straße", "key.done", "type 12", "key.done", "Ja", "next"}, true},
		{"zone", []string{"type MI-RA 1848", "key.done", "Mir", "Nein", "next"}, false},
		{"summary", []string{"Innenstadt Nord", "1 Jahr", "next"}, false},
		{"ways", []string{"agree", "send"}, false},
		{"paying", []string{"fault terminal hold", "way-card", "see Sie bezahlen"}, true},
		{"done", []string{"mend terminal", "see BO-"}, true},
		{"scan", []string{"end", "start", "Beleg einlesen"}, true},
		{"case", []string{"scan", "see Nummer BO-"}, true},
		{"privacy", []string{"home", "help", "Datenschutz"}, false},
		{"pause", []string{"back", "back", "Auto und Parken", "service-parkausweis-bewohner", "begin", "type Renate", "key.done", "pause"}, true},
	}
}

// family is a process and all below it.
func family(pid int) []int {
	pids := []int{pid}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return pids
	}
	for _, file := range tasks {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				pids = append(pids, family(child)...)
			}
		}
	}
	return pids
}

// pss is the proportional set size of a process and all below it, in MiB.
func pss(pid int) (float64, error) {
	kib := 0
	for _, p := range family(pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		if err != nil {
			continue // it has ended
		}
		for l := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(l, "Pss:"); ok {
				n, err := strconv.Atoi(strings.Fields(rest)[0])
				if err != nil {
					return 0, err
				}
				kib += n
			}
		}
	}
	if kib == 0 {
		return 0, errors.New("demo: bench: no memory to be read")
	}
	return float64(kib) / 1024, nil
}

// cpuTime is the processor time that a process has used.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, errors.New("demo: bench: /proc/PID/stat is too short")
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}
