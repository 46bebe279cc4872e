package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"time"
)

// row is one line of out/bench.json. Peer and Ratio are null where there is no peer; Word then says why.
type row struct {
	Name     string   `json:"name"`
	Unit     string   `json:"unit"`
	Ours     float64  `json:"ours"`
	Peer     *float64 `json:"peer"`
	PeerName string   `json:"peer_name"`
	Ratio    *float64 `json:"ratio"`
	Goal     string   `json:"goal"`
	Holds    *bool    `json:"holds"`
	Word     string   `json:"word,omitempty"`
}

// bench measures ours and a peer in turn, in one run, and writes the table.
type bench struct {
	bin, out string
	rounds   int
	only     string // one measurement instead of all; bench.json is not written then
	rows     []row
}

// measurement is something that is measured, under the name by which it can be asked for alone. It adds its rows to the table; work is a folder for
// what it needs, with the browser's pages.
type measurement struct {
	name    string
	measure func(b *bench, ctx context.Context, work string) error
}

// measurements are all that exist, in the order of the table.
func measurements() []measurement {
	return []measurement{
		{"durable", (*bench).durable},
		{"paint", (*bench).firstPaint},
		{"memory", (*bench).memory},
		{"hurry", (*bench).hurry},
		{"tap", (*bench).taps},
		{"reading", (*bench).reading},
		{"photo", (*bench).photo},
		{"phone", (*bench).phonePaint},
		{"five", (*bench).fiveTaps},
		{"status", (*bench).status},
		{"payment", (*bench).payment},
		{"slip", (*bench).slip},
		{"girocode", (*bench).girocode},
		{"search", (*bench).search},
		{"keystroke", (*bench).keystroke},
		{"loading", (*bench).loading},
		{"idle", (*bench).idle},
		{"kills", (*bench).kills},
	}
}

// add writes a row: the medians of ours and the peer's, and whether the goal holds. Without a peer that a goal needs it stays open; word says why.
func (b *bench) add(name, unit string, ours, peer []float64, peerName, goal string, holds func(ours, ratio float64) bool, word string) {
	r := row{Name: name, Unit: unit, Ours: median(ours), PeerName: peerName, Goal: goal, Word: word}
	ratio := 0.0
	if len(peer) > 0 {
		p := median(peer)
		r.Peer = &p
		if p > 0 {
			ratio = r.Ours / p
			r.Ratio = &ratio
		}
	}
	if holds != nil && (len(peer) > 0 || peerName == "") {
		h := holds(r.Ours, ratio)
		r.Holds = &h
	}
	b.rows = append(b.rows, r)
	fmt.Println(r)
}

// String writes the row for people.
func (r row) String() string {
	peer, ratio, holds := "-", "-", "-"
	if r.Peer != nil {
		peer = fmt.Sprintf("%.2f", *r.Peer)
	}
	if r.Ratio != nil {
		ratio = fmt.Sprintf("%.2f", *r.Ratio)
	}
	if r.Holds != nil {
		holds = map[bool]string{true: "holds", false: "MISSED"}[*r.Holds]
	}
	return fmt.Sprintf("%-34s %9.2f %-6s %9s %-34s ratio %-6s goal %-26s %s %s", r.Name, r.Ours, r.Unit, peer, r.PeerName, ratio, r.Goal, holds, r.Word)
}

func median(v []float64) float64 { return quantile(v, 0.5) }

func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	sort.Float64s(s)
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func (b *bench) run(ctx context.Context) error {
	work, err := os.MkdirTemp("", "rathausnah-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := layPages(work); err != nil {
		return err
	}
	var failed []error
	for _, m := range measurements() {
		if b.only != "" && b.only != m.name {
			continue
		}
		if err := m.measure(b, ctx, work); err != nil { // the others are measured all the same: they take their time
			err = fmt.Errorf("demo: bench: %s: %w", m.name, err)
			fmt.Println(err)
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if b.only != "" {
		return errors.Join(failed...)
	}
	text, err := json.MarshalIndent(b.rows, "", " ")
	if err != nil {
		return err
	}
	file := filepath.Join(b.out, "bench.json")
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Println("written to", file)
	return errors.Join(failed...)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
