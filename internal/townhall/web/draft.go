package web

import (
	"crypto/rand"
	"maps"
	"sort"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// maxDrafts is how many applications one clerk may have begun; the oldest goes when there is one more.
const maxDrafts = 20

// draft is an application that a clerk is entering. It lives in memory only: a restart of the server forgets it, a disk never sees it.
type draft struct {
	ID      string
	Clerk   string
	Service *service.Service // the version with which it was begun
	Channel string
	Lang    string
	Answers form.Answers
	Photos  map[string]cases.Photo // by digest, prepared
	Pressed map[string]bool        // pages that the clerk wanted to leave: from then on they say what is wrong
	Day     time.Time
	Since   time.Time
	touched time.Time
	refused map[string]string // why a file was not taken, by path: for the next page only
}

// drafts keeps what clerks are entering, and remembers which ones became a case.
type drafts struct {
	mu       sync.Mutex
	now      func() time.Time
	m        map[string]draft
	spent    map[string]ended
	darkroom chan struct{} // photos are prepared one after another
}

type ended struct {
	clerk, number string
	at            time.Time
}

func newDrafts(now func() time.Time) *drafts {
	return &drafts{now: now, m: map[string]draft{}, spent: map[string]ended{}, darkroom: make(chan struct{}, 1)}
}

// start begins a draft.
func (d *drafts) start(x draft) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweep()
	mine := d.of(x.Clerk)
	for len(mine) >= maxDrafts {
		delete(d.m, mine[0].ID)
		mine = mine[1:]
	}
	x.ID = rand.Text()
	x.Since, x.touched = d.now(), d.now()
	x.Pressed, x.Photos = map[string]bool{}, map[string]cases.Photo{}
	d.m[x.ID] = x
	return x.ID
}

// get gives a clerk's own draft.
func (d *drafts) get(id, clerk string) (draft, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x, ok := d.m[id]
	if !ok || x.Clerk != clerk {
		return draft{}, false
	}
	x.Pressed, x.Photos = maps.Clone(x.Pressed), maps.Clone(x.Photos)
	return x, true
}

// put stores a changed draft, unless it was dropped or became a case meanwhile.
func (d *drafts) put(x draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old, ok := d.m[x.ID]; ok && old.Clerk == x.Clerk {
		x.touched, x.refused = d.now(), nil
		d.m[x.ID] = x
	}
}

// take removes a draft so that only one request makes a case of it. back undoes that.
func (d *drafts) take(id, clerk string) (draft, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x, ok := d.m[id]
	if !ok || x.Clerk != clerk {
		return draft{}, false
	}
	delete(d.m, id)
	d.spent[id] = ended{clerk: clerk, at: d.now()}
	return x, true
}

func (d *drafts) back(x draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.spent, x.ID)
	d.m[x.ID] = x
}

// counted stands for a case's number where a draft was an answer to a survey.
const counted = "counted"

// became notes the case that a draft turned into, or that it was counted.
func (d *drafts) became(id, number string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.spent[id]
	e.number = number
	d.spent[id] = e
}

// ended tells whether a clerk's draft became a case, and which. The number is empty while that is still going on.
func (d *drafts) ended(id, clerk string) (number string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.spent[id]
	return e.number, ok && e.clerk == clerk
}

func (d *drafts) drop(id, clerk string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.m[id].Clerk == clerk {
		delete(d.m, id)
	}
}

// forget drops everything that a clerk has begun.
func (d *drafts) forget(clerk string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, x := range d.m {
		if x.Clerk == clerk {
			delete(d.m, id)
		}
	}
}

// list gives a clerk's drafts, oldest first.
func (d *drafts) list(clerk string) []draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweep()
	return d.of(clerk)
}

func (d *drafts) of(clerk string) []draft {
	var out []draft
	for _, x := range d.m {
		if x.Clerk == clerk {
			out = append(out, x)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Since.Before(out[j].Since) })
	return out
}

func (d *drafts) sweep() {
	now := d.now()
	for id, x := range d.m {
		if now.Sub(x.touched) > workday {
			delete(d.m, id)
		}
	}
	for id, e := range d.spent {
		if now.Sub(e.at) > workday {
			delete(d.spent, id)
		}
	}
}

// tickets are the right to one new slip each: a page that is sent twice makes one slip, not two.
type tickets struct {
	mu  sync.Mutex
	now func() time.Time
	m   map[string]ticket
}

type ticket struct {
	number, clerk string
	at            time.Time
}

func newTickets(now func() time.Time) *tickets { return &tickets{now: now, m: map[string]ticket{}} }

func (t *tickets) issue(number, clerk string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, x := range t.m {
		if t.now().Sub(x.at) > idleTime {
			delete(t.m, id)
		}
	}
	id := rand.Text()
	t.m[id] = ticket{number: number, clerk: clerk, at: t.now()}
	return id
}

// use takes a ticket; false when it is not good for this case and clerk, or was used.
func (t *tickets) use(id, number, clerk string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.m[id]
	if !ok || x.number != number || x.clerk != clerk || t.now().Sub(x.at) > idleTime {
		return false
	}
	delete(t.m, id)
	return true
}
