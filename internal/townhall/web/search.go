package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// maxSearches is how many searches of one clerk are remembered; the oldest goes when there is one more.
const maxSearches = 50

// searches keeps what clerks searched for. The words are often people's names: they are sent inside a form and never stand in an address, where
// a browser's history, a proxy's log or a shared link would keep them. The address has a random word instead, which means something to its clerk
// only, until the end of the working day. It lives in memory only.
type searches struct {
	mu  sync.Mutex
	now func() time.Time
	m   map[string][]search // by clerk, oldest first
}

type search struct {
	key, words string
	at         time.Time
}

func newSearches(now func() time.Time) *searches {
	return &searches{now: now, m: map[string][]search{}}
}

// keep gives the word that stands for a clerk's search in an address: the same one for the same search. It is empty for no words.
func (s *searches) keep(clerk, words string) string {
	if words == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mine, found := s.fresh(clerk), search{key: rand.Text(), words: words}
	for i, old := range mine {
		if old.words == words {
			found.key = old.key
			mine = append(mine[:i:i], mine[i+1:]...)
			break
		}
	}
	found.at = s.now()
	mine = append(mine, found)
	s.m[clerk] = mine[max(0, len(mine)-maxSearches):]
	return found.key
}

// find gives what a clerk searched for.
func (s *searches) find(clerk, key string) (words string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.fresh(clerk) {
		if x.key == key {
			return x.words, true
		}
	}
	return "", false
}

// fresh gives a clerk's searches of this working day.
func (s *searches) fresh(clerk string) []search {
	mine := s.m[clerk]
	for len(mine) > 0 && s.now().Sub(mine[0].at) >= workday {
		mine = mine[1:]
	}
	return mine
}

// forget is for a clerk who signs out.
func (s *searches) forget(clerk string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, clerk)
}

// search takes the filter's form. Without a script it leads on to the list's address, so that Back and reload ask nothing; htmx gets the list at
// once and the address to show beside it.
func (s *site) search(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Suchen Sie mit einem kürzeren Wort."})
		return
	}
	q := readQuery(r.PostForm)
	q.Text = cut(strings.TrimSpace(r.PostForm.Get("wort")), 200)
	q.Key, q.Page = s.searches.keep(user(r).Login, q.Text), 0
	if r.Header.Get("HX-Request") == "" {
		if number := strings.ToUpper(q.Text); service.ValidCase(number) { // somebody typed a whole case number: that is where to go
			if c, err := s.Book.Get(r.Context(), number); err == nil {
				http.Redirect(w, r, "/vorgang/"+c.Number, http.StatusSeeOther)
				return
			}
		}
		http.Redirect(w, r, q.url(), http.StatusSeeOther)
		return
	}
	w.Header().Set("HX-Push-Url", q.url())
	if at, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil && q.Key != "" {
		if had := readQuery(at.Query()).Key; had != "" && had != q.Key { // a word while it is being typed is one step for Back, not one a letter
			w.Header().Del("HX-Push-Url")
			w.Header().Set("HX-Replace-Url", q.url())
		}
	}
	s.drawWorklist(w, r, q)
}

// cut shortens a text to at most n bytes, and leaves only whole letters.
func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }
