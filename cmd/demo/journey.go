package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// journeys are what people came for: one script each, named after the wish. They say what is touched and what has to be seen.
//
//go:embed journeys/*.txtar
var journeys embed.FS

// patience is how long a person waits for something to appear before the journey counts as failed.
const patience = 30 * time.Second

// node is what the terminal says about one thing on its screen; see ui/tree.
type node struct {
	Role   string `json:"role"`
	Name   string `json:"name"`
	Value  string `json:"value"`
	State  string `json:"state"`
	ID     string `json:"id"`
	Bounds struct{ X, Y, W, H int }
}

func (n node) is(state string) bool { return slices.Contains(strings.Fields(n.State), state) }

// journey is one citizen's way through the town, played by taps.
type journey struct {
	town   *town
	screen *screen
	out    string // folder for pictures
	shots  int
	last   *image.RGBA
	typed  []string // what the citizen typed: it must be nowhere afterwards
	phone  string   // the code that she took from the screen with her phone
	log    io.Writer

	phones map[string]*phone
	hand   *phone // the one that is held; its screen is the journey's
	taps   int    // touches since the last count, keys not counted

	prepared []string // digests of the photos as the phone prepared them
}

// play runs the journey's script to its end.
func (j *journey) play(ctx context.Context, name string, offline bool) (err error) {
	script, err := journeys.ReadFile("journeys/" + name + ".txtar")
	if err != nil {
		return fmt.Errorf("demo: there is no journey %q", name)
	}
	work, err := os.MkdirTemp("", "rathausnah-journey-")
	if err != nil {
		return fmt.Errorf("demo: play: %w", err)
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, name+".txtar")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		return fmt.Errorf("demo: play: %w", err)
	}
	p := &player{log: j.log}
	func() {
		defer func() {
			if r := recover(); r != nil && r != errFailed {
				panic(r)
			}
		}()
		testscript.RunT(p, testscript.Params{
			Files: []string{file},
			Condition: func(cond string) (bool, error) {
				switch cond {
				case "offline":
					return offline, nil
				case "chromium": // what only draws pictures goes without
					_, err := exec.LookPath("chromium")
					return err == nil, nil
				}
				return false, fmt.Errorf("unknown condition %q", cond)
			},
			Cmds: j.commands(ctx),
		})
	}()
	if p.failed {
		return fmt.Errorf("demo: journey %s failed; pictures are in %s, logs in %s", name, j.out, j.town.logs)
	}
	return nil
}

func (j *journey) commands(ctx context.Context) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	one := func(do func(context.Context, string) error) func(*testscript.TestScript, bool, []string) {
		return func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("this cannot be negated")
			}
			if err := do(ctx, strings.Join(args, " ")); err != nil {
				ts.Fatalf("%v", err)
			}
		}
	}
	words := map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"tap":    one(j.tap),
		"type":   one(j.typeKeys),
		"see":    one(j.see),
		"shot":   one(j.shot),
		"cut":    one(func(context.Context, string) error { j.wire().Cut(); return nil }),
		"join":   one(func(context.Context, string) error { return j.wire().Join() }),
		"scan":   one(j.town.scanSlip),
		"clerk":  one(j.town.clerkDoes),
		"keep":   one(j.keep),
		"paper":  one(j.paper),
		"agree":  one(j.agree),
		"gone":   one(j.gone),
		"unplug": one(j.town.unplug),
		"plug":   one(j.town.plug),
		"fault":  one(j.town.fault),
		"mend":   one(j.town.mend),
		"phone":  one(j.takeCode),
		"hear":   one(j.hear),
		"draw":   one(j.picture),
		"arrive": one(j.town.arrived),
	}
	for name, do := range j.phoneWords() {
		words[name] = one(do)
	}
	return words
}

// look asks the terminal what is on its screen.
func (j *journey) look(ctx context.Context) ([]node, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", j.town.tree)
	if err != nil {
		return nil, fmt.Errorf("demo: look: %w", err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	var nodes []node
	if err := json.NewDecoder(c).Decode(&nodes); err != nil {
		return nil, fmt.Errorf("demo: look: %w", err)
	}
	return nodes, nil
}

// find waits until something that is wanted is on the screen.
func (j *journey) find(ctx context.Context, what string, want func(node) bool) (node, error) {
	end := time.Now().Add(patience)
	var seen []node
	for {
		nodes, err := j.look(ctx)
		if err == nil {
			for _, n := range nodes {
				if want(n) && !n.is("hidden") {
					return n, nil
				}
			}
			seen = nodes
		}
		if time.Now().After(end) {
			var names []string
			for _, n := range seen {
				names = append(names, n.Role+" "+n.Name)
			}
			_ = j.shot(ctx, "not-found")
			return node{}, fmt.Errorf("waited for %s; on the screen are: %s", what, strings.Join(names, " | "))
		}
		select {
		case <-ctx.Done():
			return node{}, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func touchable(n node) bool {
	return slices.Contains([]string{"button", "radio", "checkbox", "textbox", "key"}, n.Role)
}

// tap touches what is called so, and turns pages until it is there. It waits for it to stand still first.
func (j *journey) tap(ctx context.Context, name string) error {
	begin, open := strings.CutSuffix(name, "*") // "draft.*": an id that ends with something random
	want := func(n node) bool {
		return touchable(n) && (n.Name == name || n.ID == name || open && strings.HasPrefix(n.ID, begin))
	}
	if err := j.turnTo(ctx, want); err != nil {
		return err
	}
	n, err := j.find(ctx, fmt.Sprintf("%q to tap", name), want)
	for i := 0; err == nil && i < 20; i++ {
		time.Sleep(40 * time.Millisecond)
		var again node
		if again, err = j.find(ctx, fmt.Sprintf("%q to tap", name), want); again == n {
			break
		}
		n = again
	}
	if err != nil {
		return err
	}
	return j.touch(ctx, n)
}

// touch puts a finger on a thing and, as a person does, waits until the screen has answered: the next touch would otherwise land on what was
// there before. What does not answer within a few seconds is left to the next step to complain about.
func (j *journey) touch(ctx context.Context, n node) error {
	before, err := j.look(ctx)
	if err != nil {
		return err
	}
	if n.Role != "key" {
		j.taps++
	}
	if err := j.screen.Tap(n.Bounds.X+n.Bounds.W/2, n.Bounds.Y+n.Bounds.H/2); err != nil {
		return err
	}
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if after, err := j.look(ctx); err != nil || !slices.Equal(before, after) {
			return err
		}
	}
	return nil
}

// typeKeys taps the text on the terminal's own keyboard, letter by letter.
func (j *journey) typeKeys(ctx context.Context, text string) error {
	j.typed = append(j.typed, text)
	for _, r := range text {
		letter, id := string(r), "key."+string(r)
		if r == ' ' {
			id = "key.space"
		}
		key := func(n node) bool { return n.Role == "key" && strings.EqualFold(n.ID, id) }
		n, err := j.find(ctx, fmt.Sprintf("the key %q", letter), key)
		if err == nil && j.hand != nil && r != ' ' && n.ID != id { // prose has capitals inside
			n, err = j.shifted(ctx, id)
		}
		if err != nil {
			return err
		}
		if err := j.touch(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// see waits until a text is on the screen, anywhere, and turns pages until it is there.
func (j *journey) see(ctx context.Context, text string) error {
	want := func(n node) bool { return strings.Contains(n.Name, text) || strings.Contains(n.Value, text) }
	if err := j.turnTo(ctx, want); err != nil {
		return err
	}
	_, err := j.find(ctx, fmt.Sprintf("%q to read", text), want)
	return err
}

// gone waits until nobody can read a text any more, neither in sight nor further down.
func (j *journey) gone(ctx context.Context, text string) error {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		nodes, err := j.look(ctx)
		if err == nil && !slices.ContainsFunc(nodes, func(n node) bool { return strings.Contains(n.Name, text) || strings.Contains(n.Value, text) }) {
			return nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			_ = j.shot(ctx, "not-gone")
			return fmt.Errorf("%q is still there", text)
		}
	}
}

// turnTo waits until something is on the page, seen or not, and touches "Mehr" as long as it is out of sight. What never comes is left to
// the next look to complain about.
func (j *journey) turnTo(ctx context.Context, want func(node) bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		nodes, _ := j.look(ctx) // the terminal may still be starting
		there, more, at := false, -1, node{}
		for i, n := range nodes {
			switch {
			case want(n) && !n.is("hidden"):
				return nil
			case want(n):
				there, at = true, n
			case n.ID == "more" && touchable(n):
				more = i
			}
		}
		if there && more >= 0 {
			if err := j.touch(ctx, nodes[more]); err != nil {
				return err
			}
			continue
		}
		if there && j.hand != nil {
			if err := j.push(at); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// shot takes a numbered picture of the screen.
func (j *journey) shot(_ context.Context, name string) error {
	img, err := j.screen.Still()
	if err != nil {
		return err
	}
	j.shots++
	j.last = img
	return writePNG(filepath.Join(j.out, fmt.Sprintf("%02d-%s.png", j.shots, strings.ReplaceAll(name, " ", "-"))), img)
}

// player is what the script engine reports to.
type player struct {
	log    io.Writer
	failed bool
}

var errFailed = errors.New("the journey failed")

func (p *player) Skip(...any)   {}
func (p *player) Parallel()     {}
func (p *player) Verbose() bool { return false }
func (p *player) Log(args ...any) {
	fmt.Fprintln(p.log, args...)
}
func (p *player) FailNow() {
	p.failed = true
	panic(errFailed)
}
func (p *player) Fatal(args ...any) {
	p.Log(args...)
	p.FailNow()
}
func (p *player) Run(_ string, f func(testscript.T)) { f(p) }
