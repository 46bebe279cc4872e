package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// store opens the database for one command.
func (s *session) store(do func(*sqlite.Store) error) error {
	if err := os.MkdirAll(s.config.Data, 0o700); err != nil {
		return err
	}
	st, err := sqlite.Open(s.ctx, s.config.database(), s.now)
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// secret reads one line: a password is never on the command line, where others could see it.
func (s *session) secret(what string, shortest int) (string, error) {
	fmt.Fprintf(s.say, "%s: ", what)
	line, err := bufio.NewReader(io.LimitReader(s.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	fmt.Fprintln(s.say)
	if utf8.RuneCountInString(line) < shortest {
		return "", fmt.Errorf("the %s needs at least %d characters", strings.ToLower(what), shortest)
	}
	return line, nil
}

type keysCmd struct {
	Init         keysInitCmd    `cmd:"" help:"Make all keys and the certificate authority. Existing ones are never replaced."`
	Rotate       keysRotateCmd  `cmd:"" help:"Make a new key to seal to and a new key for permits. Old ones stay for what is on its way."`
	Backup       keysBackupCmd  `cmd:"" help:"Write all keys to a file closed with a passphrase, which is read from standard input."`
	Restore      keysRestoreCmd `cmd:"" help:"Bring the keys of a backup to a town hall that has none."`
	VerifyExport keysExportCmd  `cmd:"" name:"verify-export" help:"Print the public keys that check permits, as JSON."`
}

type keysInitCmd struct{}

func (keysInitCmd) Run(s *session) error {
	ca, err := newKeyring(s.config.Data, "Rathausnah "+s.config.Tenant, s.now())
	if err != nil {
		return err
	}
	return s.printf("Keys made in %s.\nFingerprint for devices: %s\nMake a backup now: townhall keys backup FILE\n", s.config.Data, ca.Fingerprint())
}

type keysRotateCmd struct{}

func (keysRotateCmd) Run(s *session) error {
	k, err := loadKeyring(s.config.Data)
	if err != nil {
		return err
	}
	if err := k.rotate(s.now()); err != nil {
		return err
	}
	if err := k.save(s.config.Data); err != nil {
		return err
	}
	return s.printf("New keys made. A running server uses them within ten seconds; devices learn them with their next contact.\n" +
		"Make a backup now, and give wardens the new list: townhall keys backup FILE, townhall keys verify-export\n")
}

type keysBackupCmd struct {
	File string `arg:"" help:"New file." type:"path"`
}

func (c keysBackupCmd) Run(s *session) error {
	pass, err := s.secret("Passphrase", 12)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = backupKeys(s.config.Data, pass, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	return s.printf("Keys saved in %s. Keep file and passphrase in two places: without the keys nobody can read what devices bring.\n", c.File)
}

type keysRestoreCmd struct {
	File string `arg:"" help:"Backup of keys." type:"existingfile"`
}

func (c keysRestoreCmd) Run(s *session) error {
	pass, err := s.secret("Passphrase", 1)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := restoreKeys(s.config.Data, pass, f); err != nil {
		return err
	}
	return s.printf("Keys are back in %s.\n", s.config.Data)
}

type keysExportCmd struct{}

func (keysExportCmd) Run(s *session) error {
	k, err := loadKeyring(s.config.Data)
	if err != nil {
		return err
	}
	raw, err := k.verifiers()
	if err != nil {
		return err
	}
	return s.printf("%s\n", raw)
}

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add somebody. The password is read from standard input."`
	Password userPasswordCmd `cmd:"" help:"Give somebody a new password, read from standard input, and let them in again."`
	List     userListCmd     `cmd:"" help:"List everybody."`
	Disable  userDisableCmd  `cmd:"" help:"Shut somebody out, at once."`
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// reserved are names that a history uses for others than clerks.
func reserved(login string) bool { return login == "system" || login == "citizen" }

type userAddCmd struct {
	Login string `arg:"" help:"Login: small letters, digits, point, hyphen."`
	Name  string `required:"" help:"Name as colleagues read it."`
}

func (c userAddCmd) Run(s *session) error {
	if !loginForm.MatchString(c.Login) || reserved(c.Login) {
		return errors.New("a login has 2 to 64 small letters, digits, points or hyphens; system and citizen are taken")
	}
	pass, err := s.secret("Password", 12)
	if err != nil {
		return err
	}
	return s.store(func(st *sqlite.Store) error {
		err := st.AddUser(s.ctx, c.Login, c.Name, pass)
		if errors.Is(err, sqlite.ErrUser) {
			return fmt.Errorf("there is a user %s already", c.Login)
		}
		if err != nil {
			return err
		}
		return s.printf("%s may sign in now.\n", c.Login)
	})
}

type userPasswordCmd struct {
	Login string `arg:""`
}

func (c userPasswordCmd) Run(s *session) error {
	pass, err := s.secret("Password", 12)
	if err != nil {
		return err
	}
	return s.store(func(st *sqlite.Store) error { return c.say(s, st.SetPassword(s.ctx, c.Login, pass)) })
}

func (c userPasswordCmd) say(s *session, err error) error {
	if errors.Is(err, sqlite.ErrUser) {
		return fmt.Errorf("there is no user %s", c.Login)
	}
	if err != nil {
		return err
	}
	return s.printf("%s has a new password.\n", c.Login)
}

type userListCmd struct{}

func (userListCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		all, err := st.Users(s.ctx)
		if err != nil {
			return err
		}
		for _, u := range all {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			if err := s.printf("%-20s %-9s %s\n", u.Login, state, u.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

type userDisableCmd struct {
	Login string `arg:""`
}

func (c userDisableCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		err := st.DisableUser(s.ctx, c.Login)
		if errors.Is(err, sqlite.ErrUser) {
			return fmt.Errorf("there is no user %s", c.Login)
		}
		if err != nil {
			return err
		}
		return s.printf("%s is shut out.\n", c.Login)
	})
}

type deviceCmd struct {
	Add    deviceAddCmd    `cmd:"" help:"Make a one-time code with which a device enrols."`
	List   deviceListCmd   `cmd:"" help:"List enrolled devices."`
	Revoke deviceRevokeCmd `cmd:"" help:"Shut a device out, at once."`
}

// codeLife is how long an enrolment code counts.
const codeLife = 24 * time.Hour

type deviceAddCmd struct {
	Name string `arg:"" help:"Name as the staff call it: Terminal Bürgerbüro."`
	JSON bool   `name:"json" help:"Print JSON."`
}

func (c deviceAddCmd) Run(s *session) error {
	if strings.TrimSpace(c.Name) == "" || len(c.Name) > 100 {
		return errors.New("a device needs a name of at most 100 bytes")
	}
	ca, err := hall.LoadCA(s.config.Data)
	if err != nil {
		return fmt.Errorf("read the certificate authority; 'townhall keys init' makes one: %w", err)
	}
	return s.store(func(st *sqlite.Store) error {
		until := s.now().Add(codeLife)
		code, err := st.AddCode(s.ctx, c.Name, s.config.Tenant, s.config.Tenant, until)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]string{
				"name": c.Name, "code": code, "fingerprint": ca.Fingerprint(), "expires": until.Format(time.RFC3339),
			})
		}
		return s.printf("Device:       %s\nCode:         %s\nFingerprint:  %s\nThe code works once, until %s.\n",
			c.Name, code, ca.Fingerprint(), until.Format("02.01.2006 15:04"))
	})
}

type deviceListCmd struct{}

func (deviceListCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		all, err := st.Devices(s.ctx)
		if err != nil {
			return err
		}
		for _, d := range all {
			state := "active since " + d.Enrolled.Format("02.01.2006")
			if !d.Revoked.IsZero() {
				state = "revoked on " + d.Revoked.Format("02.01.2006")
			}
			if err := s.printf("%s  %-24s  %s\n", d.ID, state, d.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

type deviceRevokeCmd struct {
	Device string `arg:"" help:"Name or id."`
}

func (c deviceRevokeCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		err := st.Revoke(s.ctx, c.Device)
		if errors.Is(err, sqlite.ErrDevice) {
			return fmt.Errorf("there is no device %s at work", c.Device)
		}
		if err != nil {
			return err
		}
		return s.printf("%s is shut out. What it brought before stays.\n", c.Device)
	})
}

type backupCmd struct {
	File string `arg:"" help:"New file." type:"path"`
}

func (c backupCmd) Run(s *session) error {
	if _, err := os.Stat(s.config.database()); err != nil {
		return fmt.Errorf("there is nothing to back up: %w", err)
	}
	return s.store(func(st *sqlite.Store) error {
		if err := st.Backup(s.ctx, c.File); err != nil {
			return err
		}
		return s.printf("Database saved in %s, checked. It holds what citizens wrote: keep it as safe as the server. Keys are not in it.\n", c.File)
	})
}

type restoreCmd struct {
	File string `arg:"" help:"Backup of the database." type:"existingfile"`
}

func (c restoreCmd) Run(s *session) error {
	if err := os.MkdirAll(s.config.Data, 0o700); err != nil {
		return err
	}
	err := sqlite.Restore(s.ctx, c.File, s.config.database(), s.now())
	if errors.Is(err, sqlite.ErrInUse) {
		return errors.New("the database is in use: stop the server first")
	}
	if err != nil {
		return err
	}
	return s.printf("The backup is in place, with a new epoch: devices push again what it does not have. "+
		"Devices revoked and people shut out since the backup was made are let in again: look at 'device list' and 'user list'. "+
		"The database that was there stays beside it in %s.\n", filepath.Dir(s.config.database()))
}
