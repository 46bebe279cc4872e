package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type signInPage struct {
	Login, Next, Info string
	Problem           *problem
}

type problem struct{ Title, Text string }

func (s *site) showSignIn(w http.ResponseWriter, r *http.Request) {
	if user(r).Login != "" {
		http.Redirect(w, r, "/arbeitsliste", http.StatusSeeOther)
		return
	}
	p := signInPage{Next: r.URL.Query().Get("weiter")}
	if r.URL.Query().Has("abgemeldet") {
		p.Info = "Sie sind abgemeldet."
	}
	s.draw(w, r, http.StatusOK, "signin", shell{Title: "Anmelden"}, p)
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	login, password := strings.TrimSpace(r.PostFormValue("anmeldename")), r.PostFormValue("passwort")
	page := signInPage{Login: login, Next: r.PostFormValue("weiter")}
	again := func(status int, title, text string) {
		page.Problem = &problem{title, text}
		s.draw(w, r, status, "signin", shell{Title: "Fehler: Anmelden"}, page)
	}
	if login == "" || password == "" {
		again(http.StatusUnprocessableEntity, "Es fehlt noch etwas", "Geben Sie Anmeldename und Passwort ein.")
		return
	}
	if len(login) > 200 || len(password) > 1000 {
		page.Login = ""
		again(http.StatusUnprocessableEntity, "Das passt nicht", "Anmeldename oder Passwort ist zu lang.")
		return
	}
	key, from := strings.ToLower(login), s.address(r)
	if wait := s.limit.begin(key, from); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		s.Log.Warn("too many attempts to sign in", "from", from)
		again(http.StatusTooManyRequests, "Zu viele Versuche", "Bitte warten Sie "+lasting(wait)+" und versuchen Sie es dann noch einmal.")
		return
	}
	u, err := s.checkPassword(r, login, password)
	switch {
	case errors.Is(err, ErrSignIn):
		s.Log.Warn("sign-in refused", "from", from)
		again(http.StatusUnauthorized, "Das hat nicht gepasst", "Anmeldename oder Passwort stimmt nicht.")
		return
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: sign in: %w", err))
		return
	}
	s.limit.forgive(key, from)
	// A new token, so that one that somebody planted before is worth nothing.
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		s.fail(w, r, fmt.Errorf("web: sign in: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyLogin, u.Login)
	s.sessions.Put(r.Context(), keySince, u.Since)
	http.Redirect(w, r, local(page.Next), http.StatusSeeOther)
}

// lasting says how long a wait is, rounded up.
func lasting(d time.Duration) string {
	if seconds := int((d + time.Second - 1) / time.Second); seconds <= 90 {
		return count(seconds, "Sekunde", "Sekunden")
	}
	return count(int((d+time.Minute-1)/time.Minute), "Minute", "Minuten")
}

func (s *site) checkPassword(r *http.Request, login, password string) (User, error) {
	select {
	case s.limit.gate <- struct{}{}:
		defer func() { <-s.limit.gate }()
	case <-r.Context().Done():
		return User{}, r.Context().Err()
	}
	return s.Users.Check(r.Context(), login, password)
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if u := user(r); u.Login != "" {
		s.drafts.forget(u.Login)
		s.searches.forget(u.Login)
	}
	if err := s.sessions.Destroy(r.Context()); err != nil {
		s.fail(w, r, fmt.Errorf("web: sign out: %w", err))
		return
	}
	http.Redirect(w, r, "/anmelden?abgemeldet", http.StatusSeeOther)
}
