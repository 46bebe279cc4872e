package main

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// benchPages are pages equivalent to our attract and home screens, for the browser beside us.
//
//go:embed pages
var benchPages embed.FS

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
	if err := b.writePages(work); err != nil {
		return err
	}
	if b.only == "" || b.only == "durable" {
		if err := b.durable(ctx, work); err != nil {
			return err
		}
	}
	if err := b.window(ctx, work); err != nil {
		return err
	}
	if err := b.onPhones(ctx, work); err != nil {
		return err
	}
	if b.only != "" {
		return nil
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
	return nil
}

// writePages lays the browser's pages and our fonts side by side.
func (b *bench) writePages(work string) error {
	for _, dir := range []string{"pages", "fonts"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o755); err != nil {
			return err
		}
	}
	for _, name := range []string{"01-attract.html", "02-home.html"} {
		text, err := fs.ReadFile(benchPages, "pages/"+name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, "pages", name), text, 0o644); err != nil {
			return err
		}
	}
	for _, name := range []string{"AtkinsonHyperlegibleNext-Regular.ttf", "AtkinsonHyperlegibleNext-Bold.ttf"} {
		font, err := fs.ReadFile(assets.FS, "fonts/"+name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, "fonts", name), font, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// durable measures "send" until it is on disk: sealing, and holding the envelope with the payment's intent. The peer is the machine's own
// limit, one fdatasync of as many bytes.
func (b *bench) durable(ctx context.Context, work string) error {
	private, err := seal.Generate()
	if err != nil {
		return err
	}
	public := private.Public()
	s, err := store.Open(filepath.Join(work, "store.db"), store.Options{
		Sign: func(pay.Outcome) (string, error) { return "", errors.New("nothing is released here") }, Now: time.Now,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	raw, err := os.Create(filepath.Join(work, "raw"))
	if err != nil {
		return err
	}
	defer raw.Close()
	plain := make([]byte, 1024)
	if _, err := rand.Read(plain); err != nil {
		return err
	}
	var ours, syncs []float64
	for range 40 * b.rounds {
		began := time.Now()
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		e, err := seal.Seal(public, id.String(), plain)
		if err != nil {
			return err
		}
		p := pay.Payment{ID: uuid.NewString(), Envelope: e.ID, Amount: 3070, State: pay.Intended, At: began}
		if err := s.Hold(ctx, e, p); err != nil {
			return err
		}
		ours = append(ours, ms(time.Since(began)))
		began = time.Now()
		if _, err := raw.Write(plain); err != nil {
			return err
		}
		if err := fdatasync(raw); err != nil {
			return err
		}
		syncs = append(syncs, ms(time.Since(began)))
	}
	our95, sync95 := quantile(ours, 0.95), quantile(syncs, 0.95)
	b.add("send until durable, p95", "ms", []float64{our95}, []float64{sync95}, "one fdatasync, p95", "<= 3 fdatasyncs + 5 ms",
		func(ours, _ float64) bool { return ours <= 3*sync95+5 }, "sealing included")
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// chromium starts the browser as a terminal would run it.
func chromium(ctx context.Context, display, profile, page string, w, h int) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile,
		fmt.Sprintf("--window-size=%d,%d", w, h), "--window-position=0,0", "file://"+page)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	return cmd
}
