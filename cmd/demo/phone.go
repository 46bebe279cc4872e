package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town/line"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// A phone's screen, in pixels.
const phoneWidth, phoneHeight = 390, 844

// phone is somebody's own: the shipped app with a folder, a line to the town hall and a screen that are nobody else's.
type phone struct {
	town    *town
	name    string
	home    string // what the app's system gives it; its memory is in data
	album   string // what stands for the photos taken with it
	tree    string // socket that tells what is on its screen
	line    *line.Line
	display string
	screen  *screen
	stop    func() // of the screen
	app     *process
	starts  int
	again   time.Duration // how often it looks how its reports stand
}

// data is the app's memory.
func (p *phone) data() string { return filepath.Join(p.home, "data") }

// newPhone gives somebody a phone with photos on it. Without a display it gets one of its own.
func (t *town) newPhone(ctx context.Context, name, display string) (p *phone, err error) {
	p = &phone{town: t, name: name, home: filepath.Join(t.home, "phone-"+name), display: display, stop: func() {}, again: time.Second}
	p.album, p.tree = filepath.Join(t.home, "album-"+name), filepath.Join(t.home, "tree-"+name)
	for _, dir := range []string{p.home, p.album} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("demo: phone: %w", err)
		}
	}
	for file, data := range t.album.snapshots() {
		if err := os.WriteFile(filepath.Join(p.album, file), data, 0o600); err != nil {
			return nil, fmt.Errorf("demo: phone: %w", err)
		}
	}
	if p.line, err = line.New(t.hallDevices); err != nil {
		return nil, err
	}
	stopX := func() {}
	if p.display == "" {
		log, err := os.Create(filepath.Join(t.logs, "display-"+name+".log"))
		if err != nil {
			return nil, fmt.Errorf("demo: phone: %w", err)
		}
		if p.display, stopX, err = virtualDisplay(ctx, phoneWidth, phoneHeight, log); err != nil {
			log.Close()
			return nil, err
		}
	}
	if p.screen, err = openScreen(p.display); err != nil {
		stopX()
		return nil, err
	}
	p.stop = func() { p.line.Cut(); p.screen.Close(); stopX() }
	return p, nil
}

// start opens the app. What the town gave it on its way is the public part: address, certificate, keys.
func (p *phone) start(ctx context.Context) error {
	given := filepath.Join(p.home, "town")
	if p.starts++; p.starts == 1 {
		if err := p.town.call(ctx, nil, nil, "townhall", "phone-config", given, "--url", "https://"+p.line.Addr(), "--config", p.town.hallConfig); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("data: %s\ntown:\n  url: https://%s\n  ca: %s\n  keys: %s\ndemo:\n  tree: %s\n  events: %s\n  pictures: %s\n  keyboard: true\n  again: %s\n",
		p.data(), p.line.Addr(), filepath.Join(given, "ca.crt"), filepath.Join(given, "town.keys.json"), p.tree, p.events(p.starts), p.album, p.again)
	err := os.WriteFile(p.config(), []byte(text), 0o600)
	if err != nil {
		return fmt.Errorf("demo: phone: %w", err)
	}
	p.app, err = p.town.launch(ctx, nil, p.env(), p.town.again("phone-"+p.name), "mobile", p.args()...)
	return err
}

func (p *phone) config() string { return filepath.Join(p.home, "mobile.yaml") }

func (p *phone) args() []string {
	return []string{"--config", p.config(), "--desktop", fmt.Sprintf("%dx%d", phoneWidth, phoneHeight)}
}

// env lets everything that the app or its libraries lay down be in its own folder, where it is searched as well.
func (p *phone) env() []string {
	return []string{"DISPLAY=" + p.display, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1", "HOME=" + p.home,
		"XDG_CONFIG_HOME=" + filepath.Join(p.home, ".config"), "XDG_CACHE_HOME=" + filepath.Join(p.home, ".cache")}
}

// events is the event log of one start.
func (p *phone) events(n int) string {
	return filepath.Join(p.home, fmt.Sprintf("events-%03d.jsonl", n))
}

// happened is the event logs of all starts.
func (p *phone) happened() ([]byte, error) {
	var all []byte
	for n := range p.starts {
		text, err := os.ReadFile(p.events(n + 1))
		if err != nil {
			return nil, fmt.Errorf("demo: the phone's event log: %w", err)
		}
		all = append(all, text...)
	}
	return all, nil
}

// memory is what a phone remembers, opened with the key that lies beside it, as only the app itself does. Nothing else may have it open.
type memory struct {
	drafts  map[string]visit.Draft // by id
	photos  map[string][]string    // a draft's photos, by digest, in their order
	files   map[string][]byte      // photos by digest
	reports map[string]reported    // by envelope
}

// reported is what a phone remembers of something that it sent; see mobile.
type reported struct {
	Case    string          `json:"case"`
	Support bool            `json:"support"`
	Answer  *service.Answer `json:"answer"`
}

// remembers reads the memory of a phone whose app is not running.
func (p *phone) remembers(ctx context.Context) (m memory, err error) {
	m = memory{map[string]visit.Draft{}, map[string][]string{}, map[string][]byte{}, map[string]reported{}}
	if _, err := os.Stat(filepath.Join(p.data(), outpost.LockerFile)); err != nil { // it was killed before it had anything
		return m, nil
	}
	key, err := store.OpenLocker(filepath.Join(p.data(), outpost.LockerFile))
	if err != nil {
		return m, err
	}
	s, err := store.Open(filepath.Join(p.data(), outpost.File), store.Options{Locker: key})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	read := func(shelf string, each func(e store.Entry) error) error {
		list, err := s.List(ctx, shelf)
		for _, e := range list {
			err = errors.Join(err, each(e))
		}
		if err != nil {
			return fmt.Errorf("demo: the phone's shelf %s: %w", shelf, err)
		}
		return nil
	}
	return m, errors.Join(
		read("draft", func(e store.Entry) error {
			var d struct {
				Visit  visit.Draft               `json:"visit"`
				Photos []struct{ Digest string } `json:"photos"`
			}
			err := json.Unmarshal(e.Data, &d)
			m.drafts[e.ID] = d.Visit
			for _, f := range d.Photos {
				m.photos[e.ID] = append(m.photos[e.ID], f.Digest)
			}
			return err
		}),
		read("photo", func(e store.Entry) error {
			m.files[e.ID] = e.Data
			if sum := sha256.Sum256(e.Data); hex.EncodeToString(sum[:]) != e.ID {
				return errors.New("a photo is not what its digest says")
			}
			return nil
		}),
		read("report", func(e store.Entry) error {
			var r reported
			err := json.Unmarshal(e.Data, &r)
			m.reports[e.ID] = r
			return err
		}))
}

// shifted touches the shift key and finds the key.
func (j *journey) shifted(ctx context.Context, id string) (node, error) {
	shift, err := j.find(ctx, "the key shift", func(n node) bool { return n.ID == "key.shift" })
	if err == nil {
		err = j.touch(ctx, shift)
	}
	if err != nil {
		return node{}, err
	}
	return j.find(ctx, id, func(n node) bool { return n.Role == "key" && n.ID == id })
}

// push scrolls towards a thing that is out of sight, with a finger at the page's edge, as people do on a phone.
func (j *journey) push(n node) error {
	const (
		edge   = phoneWidth - 6
		middle = 300
		reach  = 180 // a page with a keyboard is no higher
	)
	by := min(reach, max(60, n.Bounds.Y+n.Bounds.H-2*middle))
	if n.Bounds.Y < 2*middle/3 {
		by = -reach
	}
	return j.screen.Push(edge, middle, middle-by)
}
