package web

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// How long checked folders lie ready to be published, and how many of one person's.
const (
	sheetLife = time.Hour
	maxSheets = 3
)

// sheets are folders that were handed in and checked, and that somebody still has to confirm.
type sheets struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string][]sheet // by login, the oldest first
}

type sheet struct {
	id     string
	until  time.Time
	folder services.Folder
}

func newSheets(now func() time.Time) *sheets { return &sheets{now: now, all: map[string][]sheet{}} }

// put lays a folder ready and gives its name.
func (s *sheets) put(login string, f services.Folder) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := sheet{rand.Text(), s.now().Add(sheetLife), f}
	list := append(s.live(login), x)
	s.all[login] = list[max(0, len(list)-maxSheets):]
	return x.id
}

func (s *sheets) get(login, id string) (services.Folder, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.live(login) {
		if x.id == id {
			return x.folder, true
		}
	}
	return services.Folder{}, false
}

func (s *sheets) drop(login, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[login] = slices.DeleteFunc(s.live(login), func(x sheet) bool { return x.id == id })
}

func (s *sheets) live(login string) []sheet {
	return slices.DeleteFunc(s.all[login], func(x sheet) bool { return !s.now().Before(x.until) })
}

// olderThan tells whether version a comes before b.
func olderThan(a, b string) bool { return a != b && service.Later(b, a) }
