package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/justinas/nosurf"
)

// policy lets a page use what this server gives and nothing else: no script or style inside the page, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxBody is the longest form without files that is read, in bytes.
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
	inner := s.sessions.LoadAndSave(s.identify(s.limitBody(csrf)))
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
			s.searches.forget(login)
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
