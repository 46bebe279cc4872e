package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

type killsCmd struct {
	Rounds int    `help:"How often the app is killed." default:"20"`
	Seed   uint64 `help:"Repeats the moments of an earlier run; 0: other ones." default:"0"`
	Out    string `help:"Folder for what is left behind." default:"out"`
}

// Run kills, and fails when anything was lost or doubled.
func (c *killsCmd) Run(ctx context.Context) error {
	bin, err := programs(ctx, "out")
	if err != nil {
		return err
	}
	out, err := filepath.Abs(filepath.Join(c.Out, "kills"))
	if err == nil {
		err = os.RemoveAll(out)
	}
	if err != nil {
		return err
	}
	t, err := newTown(bin, out)
	if err != nil {
		return err
	}
	defer t.Close()
	k := &kills{town: t, seed: c.Seed}
	if k.seed == 0 {
		k.seed = rand.Uint64()
	}
	if err := k.run(ctx, c.Rounds); err != nil {
		return err
	}
	fmt.Println(k)
	if k.lost+k.doubled > 0 {
		return fmt.Errorf("demo: kills: %d lost, %d doubled; logs are in %s", k.lost, k.doubled, t.logs)
	}
	return nil
}

// kills plays people whose phones die: the shipped app, touched on a display of its own, is killed at random moments of drafting and sending,
// and its memory is compared with what its screen had promised. Now and then the town hall dies too, while it receives. In the end it has to have
// every report, once.
type kills struct {
	town *town
	seed uint64
	rnd  *rand.Rand
	j    *journey

	phone   *phone
	drafts  map[string]int    // what this phone has to remember: how far each draft was said, see step
	reports map[string]string // case numbers of this phone's reports, by envelope

	rounds, drafting, sending, begun, resumed, sent, lost, doubled int
	halls, receiving                                               int // deaths of the town hall, and how many while a photo was half there
}

// String counts for people.
func (k *kills) String() string {
	return fmt.Sprintf("kills: %d, of these %d while drafting, %d around sending; %d reports begun, %d gone on with after a kill, %d sent; the town hall killed %d times, %d while a photo was half there; lost %d, doubled %d (seed %d)",
		k.rounds, k.drafting, k.sending, k.begun, k.resumed, k.sent, k.halls, k.receiving, k.lost, k.doubled, k.seed)
}

// How far a draft was said.
const (
	stepPhoto    = 1 + iota // the photo is in it, and with it the place
	stepCategory            // what field it is about
	stepWhat                // what it is
	stepSend                // "Melden" was touched
	stepSent                // the screen said that it is kept
)

// onePhone is how often one phone is killed. Then the next one begins: the town hall takes only so much a minute from one.
const onePhone = 20

// eachHall is in which rounds the town hall dies before the phone does: in every fifth.
const eachHall = 5

// settled is when something that the screen showed has to be in the memory.
const settled = 300 * time.Millisecond

func (k *kills) run(ctx context.Context, rounds int) error {
	k.rnd = rand.New(rand.NewPCG(k.seed, 1))
	if _, err := k.town.startHall(ctx); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(k.town.logs, "display.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	display, stopX, err := virtualDisplay(ctx, phoneWidth, phoneHeight, log)
	if err != nil {
		return err
	}
	defer stopX()
	known := map[string]string{} // the reports of all phones, by case number
	for n := 0; k.rounds < rounds; n++ {
		if k.phone, err = k.town.newPhone(ctx, fmt.Sprint(n+1), display); err != nil {
			return err
		}
		k.phone.again = 10 * time.Second // many reports, asked for every second, are more than one phone may
		k.j = &journey{town: k.town, out: k.town.out, log: io.Discard}
		k.j.take(k.phone)
		k.drafts, k.reports = map[string]int{}, map[string]string{}
		err = k.life(ctx, min(rounds, k.rounds+onePhone))
		if err == nil {
			for id, number := range k.reports {
				known[number] = id
			}
			err = k.arrive(ctx, known)
		}
		if k.phone.app != nil {
			k.phone.app.Kill()
		}
		k.phone.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// life is what happens to one phone until its last kill.
func (k *kills) life(ctx context.Context, last int) error {
	for k.rounds < last {
		k.phone.line.Slow(40_000 + k.rnd.IntN(400_000))
		if k.rnd.IntN(3) == 0 && !k.hallFalls() {
			k.phone.line.Cut()
		} else if err := k.phone.line.Join(); err != nil {
			return err
		}
		if err := k.round(ctx); err != nil {
			return fmt.Errorf("demo: kills: round %d: %w", k.rounds+1, err)
		}
		k.rounds++
	}
	return nil
}

// seen is what the screen showed of the draft of this round, and when.
type seen struct {
	step int
	at   time.Time
}

// errDead says that the app was killed while a step was made.
var errDead = errors.New("the app was killed")

// hallFalls tells whether this is a round in which the town hall dies too.
func (k *kills) hallFalls() bool { return (k.rounds+1)%eachHall == 0 }

// killHall kills the town hall as soon as it has half of a photo, or after a while without.
func (k *kills) killHall() {
	k.halls++
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if parts, err := k.town.parts(); err == nil && len(parts) > 0 {
			k.receiving++
			break
		}
	}
	k.town.hall.Kill()
}

// round starts the app, does what a resident does, and kills it at some moment.
func (k *kills) round(ctx context.Context) error {
	whole := ctx
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := k.phone.start(ctx); err != nil {
		return err
	}
	if err := k.j.see(ctx, "Was ist Ihnen"); err != nil {
		return err
	}
	if len(k.drafts)+len(k.reports) > 0 {
		if err := k.j.see(ctx, "Meine Anliegen"); err != nil { // what was remembered is on the screen
			return err
		}
	}
	app := k.phone.app
	died := make(chan time.Time, 1)
	var falls atomic.Bool
	both := k.hallFalls()
	fall := func(longest int) {
		after := time.Duration(k.rnd.IntN(longest)) * time.Millisecond
		go func() {
			if both {
				k.killHall()
			}
			time.Sleep(after)
			at := time.Now()
			falls.Store(true)
			app.Kill()
			died <- at
			stop()
		}()
	}
	late := both || k.rnd.IntN(2) == 0 // it dies around sending; else somewhere on the way there
	if !late {
		fall(2200)
	}
	old := ""
	for id := range k.drafts {
		if old == "" || id < old {
			old = id
		}
	}
	if old != "" && k.rnd.IntN(3) == 0 { // another report beside it
		old = ""
	}
	var told []seen
	err := k.walk(ctx, old, func(step int) {
		told = append(told, seen{step, time.Now()})
		switch {
		case step != stepSend || !late:
		case both: // the photo's way has its time already
			fall(400)
		default:
			fall(1500)
		}
	})
	if !falls.Load() {
		return fmt.Errorf("the screen does not go on: %w", err)
	}
	at := <-died
	back := make(chan error, 1)
	if both {
		go func() { back <- k.town.serve(whole) }()
	} else {
		back <- nil
	}
	err = k.compare(whole, old, told, at)
	return errors.Join(err, <-back)
}

// walk says what is still to be said of a draft, "" for a new one, and sends it; then it waits to be killed.
func (k *kills) walk(ctx context.Context, old string, told func(step int)) error {
	step := k.drafts[old]
	taps := func(names ...string) error {
		for _, name := range names {
			if err := k.j.tap(ctx, name); err != nil {
				return err
			}
		}
		return nil
	}
	if old == "" {
		k.begun++
		if err := taps("photo", "file.nebenan.jpg"); err != nil {
			return err
		}
		if err := k.j.see(ctx, "Ihr Foto, 1 von 1"); err != nil {
			return err
		}
		told(stepPhoto)
	} else {
		k.resumed++
		if err := taps("tab.mine", "draft."+old, "go"); err != nil {
			return err
		}
	}
	if step < stepCategory {
		if err := taps("/category=0"); err != nil {
			return err
		}
		if err := k.j.see(ctx, "Schlagloch"); err != nil {
			return err
		}
		told(stepCategory)
	}
	next := "/what=0"
	if step >= stepWhat {
		next = "next"
	}
	if err := taps(next); err != nil {
		return err
	}
	if err := k.j.see(ctx, "aus Ihrem Foto"); err != nil {
		return err
	}
	told(stepWhat)
	if err := taps("/size=1"); err != nil {
		return err
	}
	told(stepSend)
	if err := taps("send"); err != nil {
		return err
	}
	if _, err := k.j.find(ctx, "the way on", func(n node) bool { return n.ID == "home" }); err != nil {
		return err
	}
	told(stepSent)
	<-ctx.Done() // the photo travels
	return errDead
}

// compare looks into the killed phone's memory. Whatever was on the screen some time before is in it; nothing is in it twice.
func (k *kills) compare(ctx context.Context, old string, told []seen, died time.Time) error {
	m, err := k.phone.remembers(ctx)
	if err != nil {
		return err
	}
	promised, touched := k.drafts[old], 0
	for _, s := range told {
		touched = max(touched, s.step)
		if s.step == stepSent || s.step < stepSend && died.Sub(s.at) > settled {
			promised = max(promised, s.step)
		}
	}
	if touched >= stepSend {
		k.sending++
	} else {
		k.drafting++
	}
	wrong := func(counter *int, what string) {
		*counter++
		fmt.Printf("  round %d: %s; promised step %d, seen step %d\n", k.rounds+1, what, promised, touched)
	}
	// What this round did not touch is as it was.
	for id, step := range k.drafts {
		if id != old && stepOf(m, id) < step {
			wrong(&k.lost, "another draft is lost or says less")
		}
	}
	for id := range k.reports {
		if _, ok := m.reports[id]; !ok {
			wrong(&k.lost, "a report that waited or was sent is lost")
		}
	}
	// What it touched is a draft or a report, never both, and never neither when the screen had promised it.
	var drafts, reports []string
	for id := range m.drafts {
		if _, ok := k.drafts[id]; !ok || id == old {
			drafts = append(drafts, id)
		}
	}
	for id := range m.reports {
		if _, ok := k.reports[id]; !ok {
			reports = append(reports, id)
		}
	}
	switch {
	case len(drafts)+len(reports) > 1:
		wrong(&k.doubled, fmt.Sprintf("one report is %d drafts and %d reports", len(drafts), len(reports)))
	case promised == stepSent && len(reports) == 0:
		wrong(&k.lost, "the screen said that it is kept, and it is not")
	case len(reports) == 0 && promised > 0 && (len(drafts) == 0 || stepOf(m, drafts[0]) < promised):
		wrong(&k.lost, "the draft is lost or says less")
	case len(reports) > 0 && touched < stepSend:
		wrong(&k.doubled, "something was sent that nobody sent")
	}
	k.drafts = map[string]int{}
	for id := range m.drafts {
		k.drafts[id] = stepOf(m, id)
	}
	for _, id := range reports {
		k.sent++
		k.reports[id] = m.reports[id].Case
	}
	return nil
}

// stepOf tells how far a draft in the memory was said; 0 when it is not there.
func stepOf(m memory, id string) int {
	d, ok := m.drafts[id]
	said := func(d visit.Draft, path string) bool { v, _ := d.Answers.Get(path); return v != nil }
	photos := m.photos[id]
	whole := ok && len(photos) == 1 && m.files[photos[0]] != nil && said(d, "/place")
	switch {
	case !whole:
		return 0
	case said(d, "/what"):
		return stepWhat
	case said(d, "/category"):
		return stepCategory
	}
	return stepPhoto
}

// arrive lets everything that the phone sent arrive, and compares the town hall's list with all that were ever sent.
func (k *kills) arrive(ctx context.Context, known map[string]string) error {
	k.phone.line.Slow(0)
	if err := k.phone.line.Join(); err != nil {
		return err
	}
	if err := k.phone.start(ctx); err != nil {
		return err
	}
	c, err := newClerk(ctx, k.town.pages, k.town.clerk, k.town.password)
	if err != nil {
		return err
	}
	var numbers []string
	total := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if numbers, total, err = c.reports(ctx); err != nil {
			return err
		}
		if total >= len(known) {
			break
		}
	}
	for number := range known {
		if !slices.Contains(numbers, number) {
			k.lost++
			fmt.Printf("  after round %d: the town hall does not have %s\n", k.rounds, number)
		}
	}
	if over := total - len(known); over > 0 {
		k.doubled += over
		fmt.Printf("  after round %d: the town hall has %d reports too many\n", k.rounds, over)
	}
	return nil
}
