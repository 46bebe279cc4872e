package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/base64"
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

// peerFiles are the programs around the npm packages that ours is measured against, and the exact versions of these.
//
//go:embed peers
var peerFiles embed.FS

// errNoPeer says that a peer cannot be had here: its row stays without it.
var errNoPeer = errors.New("no peer")

// installPeers installs the npm packages below out, unless they are there, and gives their folder.
func (b *bench) installPeers(ctx context.Context) (dir string, err error) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%w: %s is not installed", errNoPeer, program)
		}
	}
	if dir, err = filepath.Abs(filepath.Join(b.out, "peers")); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	files, err := peerFiles.ReadDir("peers")
	if err != nil {
		return "", err
	}
	for _, f := range files {
		text, err := peerFiles.ReadFile("peers/" + f.Name())
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), text, 0o644); err != nil {
			return "", err
		}
	}
	wanted, err := peerFiles.ReadFile("peers/package-lock.json")
	if err != nil {
		return "", err
	}
	mark := filepath.Join(dir, "installed") // what npm made last, when it came to its end
	if there, err := os.ReadFile(mark); err == nil && bytes.Equal(there, wanted) {
		return dir, nil
	}
	limited, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limited, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		fmt.Printf("  %s\n", bytes.TrimSpace(out))
		return "", fmt.Errorf("%w: npm cannot install it", errNoPeer)
	}
	return dir, os.WriteFile(mark, wanted, 0o644)
}

// peer is one of the programs at work; see peers/turns.js.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startPeer starts one of the programs. The error wraps errNoPeer where it cannot be had.
func (b *bench) startPeer(ctx context.Context, script string, args ...string) (*peer, error) {
	dir, err := b.installPeers(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &peer{cmd, in, bufio.NewReader(out)}, nil
}

func (p *peer) ask(line string) (string, error) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return "", fmt.Errorf("npm's program: %w", err)
	}
	answer, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("npm's program: %w", err)
	}
	return strings.TrimSpace(answer), nil
}

// turn lets the program do its work so often and gives the microseconds of one.
func (p *peer) turn(times int) (float64, error) {
	answer, err := p.ask(strconv.Itoa(times))
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(answer, 64)
}

// show gives what the program makes.
func (p *peer) show() ([]byte, error) {
	answer, err := p.ask("show")
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer)
}

func (p *peer) close() {
	_ = p.in.Close()
	_ = p.cmd.Wait()
}

// turns does ours and the peer's work in turn, so often each, and gives the microseconds of one. Both are warm before it counts. p may be nil.
func (b *bench) turns(times int, work func() error, p *peer) (ours, theirs []float64, err error) {
	for round := range b.rounds + 1 {
		began := time.Now()
		for range times {
			if err := work(); err != nil {
				return nil, nil, err
			}
		}
		our := microseconds(time.Since(began)) / float64(times)
		their := 0.0
		if p != nil {
			if their, err = p.turn(times); err != nil {
				return nil, nil, err
			}
		}
		if round == 0 {
			continue
		}
		ours = append(ours, our)
		if p != nil {
			theirs = append(theirs, their)
		}
	}
	return ours, theirs, nil
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
