package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
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
	for file, data := range snapshots() {
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

// Where the demo's photos were taken: at the Klosterstraße, some metres from each other.
const holeLat, holeLon = 52.2042, 8.79983

// cameraWord is what the demo's camera writes into its own notes. Nobody else has any business with it.
const cameraWord = "Seriennummer-4711-Kamera-von-Renate"

// snapshots are the photos on a phone, by file name: drawn by rules, with the notes that cameras write.
var snapshots = sync.OnceValue(func() map[string][]byte {
	notes := func(lat, lon float64) phototest.Notes {
		return phototest.Notes{Orientation: 1, Taken: "2026:11:24 10:20:00", Lat: phototest.North(lat), Lon: phototest.East(lon), Maker: []byte(cameraWord)}
	}
	upright := notes(holeLat, holeLon)
	upright.Orientation = 6
	return map[string][]byte{
		"schlagloch.jpg": phototest.Annotate(phototest.JPEG(turned(phototest.Scene(1512, 2016)), 92), upright),
		"zuhause.jpg":    phototest.Camera(1600, 1200, phototest.Notes{Orientation: 1, Taken: "2026:11:24 10:21:00", Maker: []byte(cameraWord)}),
		"nebenan.jpg":    phototest.Camera(1200, 900, notes(holeLat+0.0002, holeLon)), // 22 metres further north
	}
})

// turned is a picture as the sensor of a camera sees it that is held upright: it has to be turned clockwise to be seen.
func turned(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range w {
		for x := range h {
			out.SetRGBA(x, y, img.RGBAAt(w-1-y, x))
		}
	}
	return out
}

// mended is the photo of the repaired place, taken by somebody of the town.
var mended = sync.OnceValue(func() []byte {
	road := phototest.Scene(2600, 960).SubImage(image.Rect(0, 0, 960, 960)) // the hole is further to the right
	return phototest.Annotate(phototest.JPEG(road, 92), phototest.Notes{Taken: "2026:11:25 08:00:00", Lat: phototest.North(holeLat), Lon: phototest.East(holeLon), Maker: []byte(cameraWord)})
})

// bare makes sure that a JPEG carries the picture and nothing else: no notes of any program, no comment, no position.
func bare(jpeg []byte) error {
	p, err := photo.Read(jpeg)
	if err != nil {
		return err
	}
	if p.Place != nil || !p.Taken.IsZero() {
		return errors.New("demo: the photo says where or when it was taken")
	}
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xff; {
		marker := jpeg[at+1]
		if marker == 0xda { // what follows is the picture
			break
		}
		if marker >= 0xe0 && marker <= 0xef || marker == 0xfe {
			return fmt.Errorf("demo: the photo carries a segment %#x beside the picture", marker)
		}
		at += 2 + int(jpeg[at+2])<<8 + int(jpeg[at+3])
	}
	if bytes.Contains(jpeg, []byte(cameraWord)) {
		return errors.New("demo: the photo knows the camera")
	}
	return nil
}

// holds looks for any of the words in all files below the folders, without regard to capitals, and gives the first file that has one. Files whose
// name begins with one of skip are left out.
func holds(words []string, skip []string, roots ...string) (found string, err error) {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			for _, s := range skip {
				if strings.HasPrefix(d.Name(), s) {
					return nil
				}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			data = bytes.ToLower(data)
			for _, w := range words {
				if bytes.Contains(data, bytes.ToLower([]byte(w))) {
					found = path
					return filepath.SkipAll
				}
			}
			return nil
		})
		if err != nil || found != "" {
			return found, err
		}
	}
	return "", nil
}
