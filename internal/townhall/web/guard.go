package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/justinas/nosurf"
)

// policy lets a page use what this server gives and nothing else: no script or style inside the page, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxBody is the longest form that is read, in bytes.
const maxBody = 512 << 10

// What a session holds.
const (
	keyLogin = "login"
	keySince = "since"
	keyFlash = "flash"
)

type userKey struct{}

// user is who asks; the zero User before signing in.
func user(r *http.Request) User {
	u, _ := r.Context().Value(userKey{}).(User)
	return u
}

// guard puts everything that holds for every page around the pages.
func (s *site) guard(pages http.Handler) http.Handler {
	csrf := nosurf.New(pages)
	csrf.SetBaseCookie(http.Cookie{Name: "formular", Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	csrf.SetIsTLSFunc(func(*http.Request) bool { return s.Secure })
	csrf.SetFailureHandler(http.HandlerFunc(s.forbidden))
	inner := s.sessions.LoadAndSave(s.identify(csrf))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/s/") {
			s.static.ServeHTTP(w, r)
			return
		}
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.Log.Error("page panicked", "page", r.Pattern, "panic", fmt.Sprintf("%T", p)) // not its value: it may hold an answer
				http.Error(w, "Hier hakt es gerade bei uns. Bitte versuchen Sie es gleich noch einmal.", http.StatusInternalServerError)
			}
		}()
		inner.ServeHTTP(w, r)
	})
}

// identify finds out who asks. An account that was closed, or got a new password, is out with its next page.
func (s *site) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		login := s.sessions.GetString(r.Context(), keyLogin)
		if login == "" {
			next.ServeHTTP(w, r)
			return
		}
		u, ok, err := s.Users.Find(r.Context(), login)
		switch {
		case err != nil:
			s.fail(w, r, fmt.Errorf("web: find user: %w", err))
			return
		case !ok || u.Since != s.sessions.GetString(r.Context(), keySince):
			if err := s.sessions.Destroy(r.Context()); err != nil {
				s.fail(w, r, fmt.Errorf("web: end session: %w", err))
				return
			}
			s.drafts.forget(login)
		default:
			r = r.WithContext(context.WithValue(r.Context(), userKey{}, u))
		}
		next.ServeHTTP(w, r)
	})
}

// signed lets only people in who signed in; everybody else is asked to, and comes back to the page afterwards.
func (s *site) signed(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if user(r).Login != "" {
			page(w, r)
			return
		}
		to := "/anmelden"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?weiter=" + url.QueryEscape(r.URL.RequestURI())
		}
		if r.Header.Get("HX-Request") != "" { // htmx would put the sign-in page into the middle of this one
			w.Header().Set("HX-Redirect", "/anmelden")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// local gives an address of our own that somebody wanted to go to, or the worklist: never a foreign one.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/arbeitsliste"
	}
	return to
}

// How often somebody may try to sign in within window: by login, so that no password is guessed, and by address, so that no list of
// logins is tried.
const (
	window     = 15 * time.Minute
	perLogin   = 6
	perAddress = 40
)

// limiter counts attempts to sign in.
type limiter struct {
	mu   sync.Mutex
	now  func() time.Time
	m    map[string]*attempts
	gate chan struct{} // checking a password costs memory on purpose: few at once
}

type attempts struct {
	since time.Time
	n     int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, m: map[string]*attempts{}, gate: make(chan struct{}, 2)}
}

// begin counts an attempt before it is made, so that many at once do not slip through. It says how long to wait when it is one too many.
func (l *limiter) begin(login, address string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if len(l.m) > 1000 {
		for k, a := range l.m {
			if now.Sub(a.since) >= window {
				delete(l.m, k)
			}
		}
	}
	for _, x := range []struct {
		key   string
		limit int
	}{{"a:" + address, perAddress}, {"l:" + login, perLogin}} {
		a := l.m[x.key]
		if a == nil || now.Sub(a.since) >= window {
			a = &attempts{since: now}
			l.m[x.key] = a
		}
		a.n++
		if a.n > x.limit { // an address that tried too often locks no login out, and fills no memory with invented ones
			return window - now.Sub(a.since)
		}
	}
	return 0
}

// forgive takes a good attempt out of the count.
func (l *limiter) forgive(login, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.m, "l:"+login)
	if a := l.m["a:"+address]; a != nil {
		a.n--
	}
}

// address is where a request comes from. What proxies write is believed only of the town's own: anybody can send such a header.
func (s *site) address(r *http.Request) string {
	if all := r.Header.Values("X-Forwarded-For"); s.Proxy && len(all) > 0 {
		list := strings.Split(all[len(all)-1], ",")
		return strings.TrimSpace(list[len(list)-1])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
