package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is one of the shipped binaries at work.
type process struct {
	name string
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
	err  error
}

// launch runs a program with its log in dir. first, if not nil, is filled from the first line of its standard output, which is JSON.
func (t *town) launch(ctx context.Context, first any, env []string, name, program string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(t.logs, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("demo: start %s: %w", name, err)
	}
	p := &process{name: name, log: log, done: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(t.bin, program), args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = log
	// A demo that is killed takes its town along.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	var out io.ReadCloser
	if first == nil {
		p.cmd.Stdout = log
	} else if out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("demo: start %s: %w", name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("demo: start %s: %w", name, err)
	}
	t.processes = append(t.processes, p)
	ready := make(chan error, 1)
	go func() {
		if out != nil {
			r := bufio.NewReader(out)
			text, err := r.ReadBytes('\n')
			if err == nil {
				err = json.Unmarshal(text, first)
			}
			ready <- err
			_, _ = io.Copy(log, r)
		}
		p.err = p.cmd.Wait()
		_ = log.Close()
		close(p.done)
	}()
	if out == nil {
		return p, nil
	}
	select {
	case err := <-ready:
		if err != nil {
			return nil, fmt.Errorf("demo: %s said nothing useful, see %s: %w", name, log.Name(), err)
		}
		return p, nil
	case <-time.After(20 * time.Second):
		return nil, fmt.Errorf("demo: %s did not start, see %s", name, log.Name())
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Stop asks the process to end and waits; after ten seconds it is ended.
func (p *process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// Kill ends the process at once, as SIGKILL and a flat battery do, and waits until it is gone.
func (p *process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// call runs a program to its end and fills answer from its standard output, which is JSON; nil ignores it.
func (t *town) call(ctx context.Context, stdin io.Reader, answer any, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(t.bin, program), args...)
	cmd.Stdin = stdin
	var stderr tail
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("demo: %s %s: %w: %s", program, args[0], err, stderr.text)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return fmt.Errorf("demo: %s %s: %w", program, args[0], err)
	}
	return nil
}

// tail keeps the last 2000 bytes written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - 2000; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}
