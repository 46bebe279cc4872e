package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// User is somebody who works with the staff's pages.
type User struct {
	Login     string
	Name      string
	Disabled  bool
	Created   time.Time
	Publishes bool   // may decide which services are offered
	Since     string // says nothing, but is another one after every change of the password; only from SignIn and FindUser
}

var (
	// ErrSignIn says that login and password do not belong together, or that the account may not be used.
	ErrSignIn = errors.New("sqlite: login or password is wrong")
	// ErrUser says that there is no such user, or already one.
	ErrUser = errors.New("sqlite: no such user, or one of this login already")
)

// AddUser adds somebody. ErrUser when the login is taken.
func (s *Store) AddUser(ctx context.Context, login, name, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return fmt.Errorf("sqlite: add user: %w", err)
	}
	r, err := s.db.ExecContext(ctx, `INSERT INTO users (login, name, password, created) VALUES (?,?,?,?) ON CONFLICT DO NOTHING`,
		login, name, hash, millis(s.now()))
	if err != nil {
		return fmt.Errorf("sqlite: add user: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrUser)
	}
	return nil
}

// SetPassword gives somebody a new password and lets them in again. ErrUser when there is none of this login.
func (s *Store) SetPassword(ctx context.Context, login, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return fmt.Errorf("sqlite: set password: %w", err)
	}
	return s.shutOut(ctx, "set password", decision{User: login, Since: since(hash)}, `UPDATE users SET password = ?, disabled = 0 WHERE login = ?`, hash, login)
}

// DisableUser shuts somebody out. ErrUser when there is none of this login.
func (s *Store) DisableUser(ctx context.Context, login string) error {
	return s.shutOut(ctx, "shut user out", decision{User: login, Disabled: true}, `UPDATE users SET disabled = 1 WHERE login = ?`, login)
}

func (s *Store) changeUser(ctx context.Context, query string, args ...any) error {
	r, err := s.db.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("sqlite: change user: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrUser)
	}
	return nil
}

// Users lists everybody by login.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT login, name, disabled, created, publishes FROM users ORDER BY login`)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list users: %w", err)
	}
	defer rows.Close()
	var all []User
	for rows.Next() {
		var u User
		var created int64
		if err := rows.Scan(&u.Login, &u.Name, &u.Disabled, &created, &u.Publishes); err != nil {
			return nil, fmt.Errorf("sqlite: list users: %w", err)
		}
		u.Created = s.moment(created)
		all = append(all, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: list users: %w", err)
	}
	return all, nil
}

// SignIn gives the user of login and password; ErrSignIn otherwise. It takes as long for an unknown login as for a known one.
func (s *Store) SignIn(ctx context.Context, login, password string) (User, error) {
	u := User{Login: login}
	var hash string
	err := s.db.QueryRowContext(ctx, `SELECT name, password, disabled, publishes FROM users WHERE login = ?`, login).Scan(&u.Name, &hash, &u.Disabled, &u.Publishes)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return User{}, fmt.Errorf("sqlite: sign in: %w", err)
	}
	if hash == "" {
		hash = nobody
	}
	if !samePassword(hash, password) || u.Disabled || err != nil {
		return User{}, ErrSignIn
	}
	u.Since = since(hash)
	return u, nil
}

// since names a password without telling anything about it: the hash has a new salt each time.
func since(hash string) string {
	sum := sha256.Sum256([]byte("session\x00" + hash))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// FindUser gives somebody who signed in earlier; false when there is no such account, or it was shut out.
func (s *Store) FindUser(ctx context.Context, login string) (User, bool, error) {
	u := User{Login: login}
	var hash string
	err := s.db.QueryRowContext(ctx, `SELECT name, password, publishes FROM users WHERE login = ? AND disabled = 0`, login).Scan(&u.Name, &hash, &u.Publishes)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, false, nil
	}
	if err != nil {
		return User{}, false, fmt.Errorf("sqlite: look for user: %w", err)
	}
	u.Since = since(hash)
	return u, true, nil
}

// Argon2id with the second recommended setting of RFC 9106: 64 MiB, three passes. One lane fits a small server. A hash of another kind or with
// other parameters opens nothing: whoever changes them here has to give everybody a new password.
const (
	argonTime   = 3
	argonMemory = 64 * 1024
	argonLanes  = 1
	argonPrefix = "$argon2id$v=19$m=65536,t=3,p=1$"
)

// nobody is the hash of no password: it costs what a real one costs.
const nobody = argonPrefix + "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func hashPassword(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32)
	e := base64.RawStdEncoding
	return argonPrefix + e.EncodeToString(salt) + "$" + e.EncodeToString(sum), nil
}

func samePassword(hash, password string) bool {
	rest, ok := strings.CutPrefix(hash, argonPrefix)
	salt, sum, ok2 := strings.Cut(rest, "$")
	e := base64.RawStdEncoding
	s, err := e.DecodeString(salt)
	want, err2 := e.DecodeString(sum)
	if !ok || !ok2 || err != nil || err2 != nil || len(want) != 32 {
		return false
	}
	got := argon2.IDKey([]byte(password), s, argonTime, argonMemory, argonLanes, 32)
	return subtle.ConstantTimeCompare(got, want) == 1
}
