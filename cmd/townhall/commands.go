package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
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

type keysCmd struct {
	Init         keysInitCmd    `cmd:"" help:"Make all keys and the certificate authority. Existing ones are never replaced."`
	Rotate       keysRotateCmd  `cmd:"" help:"Make a new key to seal to and a new key for permits. Old ones stay for what is on its way."`
	Backup       keysBackupCmd  `cmd:"" help:"Write all keys to a file closed with a passphrase, which is read from standard input."`
	Restore      keysRestoreCmd `cmd:"" help:"Bring the keys of a backup to a town hall that has none."`
	VerifyExport keysExportCmd  `cmd:"" name:"verify-export" help:"Print the public keys that check permits, as JSON."`
}

type keysInitCmd struct{}

func (keysInitCmd) Run(s *session) error {
	first, err := seal.Generate()
	if err != nil {
		return err
	}
	ca, err := server.Found(s.config.Data, "Rathausnah "+s.config.Tenant, first, s.now())
	if err != nil {
		return err
	}
	return s.printf("Keys made in %s.\nFingerprint for devices: %s\nMake a backup now: townhall keys backup FILE\n", s.config.Data, ca.Fingerprint())
}

type keysRotateCmd struct {
	Receipts bool `help:"Make a new key for receipts as well. Devices learn it by the former one's signature; the server has to be started anew."`
}

func (c keysRotateCmd) Run(s *session) error {
	k, err := server.LoadKeyring(s.config.Data)
	if err != nil {
		return err
	}
	next, err := seal.Generate()
	if err != nil {
		return err
	}
	if err := k.Put(next, s.now()); err != nil {
		return err
	}
	if c.Receipts {
		if err := k.PutHall(s.now()); err != nil {
			return err
		}
	}
	if err := k.Save(s.config.Data); err != nil {
		return err
	}
	if c.Receipts {
		if err := s.printf("The new key for receipts counts when the server is started anew. Devices learn it with their next contact, by the signature of the former one.\n"); err != nil {
			return err
		}
	}
	return s.printf("New keys made. A running server uses them within ten seconds; devices learn them with their next contact.\n" +
		"Make a backup now, and give wardens the new list: townhall keys backup FILE, townhall keys verify-export\n")
}

type keysBackupCmd struct {
	File string `arg:"" help:"New file." type:"path"`
}

func (c keysBackupCmd) Run(s *session) error {
	pass, err := s.newSecret("Passphrase", 12)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = server.BackupKeys(s.config.Data, pass, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	return s.printf("Keys saved in %s. Keep file and passphrase in two places: without the keys nobody can read what devices bring.\n", c.File)
}

type keysRestoreCmd struct {
	File string `arg:"" help:"Backup of keys." type:"existingfile"`
}

func (c keysRestoreCmd) Run(s *session) error {
	pass, err := s.secret("Passphrase")
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := server.RestoreKeys(s.config.Data, pass, f); err != nil {
		return err
	}
	return s.printf("Keys are back in %s.\n", s.config.Data)
}

type keysExportCmd struct{}

func (keysExportCmd) Run(s *session) error {
	k, err := server.LoadKeyring(s.config.Data)
	if err != nil {
		return err
	}
	raw, err := k.Verifiers()
	if err != nil {
		return err
	}
	return s.printf("%s\n", raw)
}

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add somebody. The password is read from standard input."`
	Password userPasswordCmd `cmd:"" help:"Give somebody a new password, read from standard input, and let them in again."`
	List     userListCmd     `cmd:"" help:"List everybody."`
	Publish  userPublishCmd  `cmd:"" help:"Let somebody decide which services are offered, or not any more."`
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
	pass, err := s.newSecret("Password", 12)
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
	pass, err := s.newSecret("Password", 12)
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
			if u.Publishes {
				u.Name += "  (publishes services)"
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
	r, err := sqlite.Restore(s.ctx, c.File, s.config.database(), s.now())
	if errors.Is(err, sqlite.ErrInUse) {
		return errors.New("the database is in use: stop the server first")
	}
	if err != nil {
		return err
	}
	err = s.printf("The backup is in place, with a new epoch: devices push again what it does not have. Devices that were enrolled since it was made "+
		"have to be enrolled again, with new codes. The database that was there stays beside it in %s.\n", filepath.Dir(s.config.database()))
	return errors.Join(err, s.restored(r))
}

// restored says who stays out, and whom somebody has to look at.
func (s *session) restored(r sqlite.Restored) error {
	var b strings.Builder
	if len(r.Devices) > 0 {
		fmt.Fprintf(&b, "Still revoked, as decided after the backup: %s.\n", strings.Join(r.Devices, ", "))
	}
	if len(r.Users) > 0 {
		fmt.Fprintf(&b, "Still shut out, or in need of a new password ('user password LOGIN'), because of what was changed after the backup: %s.\n", strings.Join(r.Users, ", "))
	}
	if r.Look {
		fmt.Fprintf(&b, "The list of who was shut out (%s) is missing or damaged. Whoever was shut out after the backup is let in again: look at each of these and revoke or disable whom you do not want.\n",
			filepath.Base(s.config.database())+sqlite.ShutOut)
		fmt.Fprintf(&b, "Devices: %s.\nPeople: %s.\n", none(r.LookDevices), none(r.LookUsers))
	}
	return s.printf("%s", b.String())
}

func none(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
