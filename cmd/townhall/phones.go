package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

type phoneConfigCmd struct {
	Dir string `arg:"" help:"Directory for the files; it is made when it is not there." type:"path"`
	URL string `required:"" help:"Address at which phones reach the town hall: https://rathaus.example:8443."`
}

// Files that go into the phone's program, beside its configuration.
const (
	phoneCA   = "ca.crt"
	phoneKeys = "town.keys.json"
)

// Run writes what a phone has to know so that it can close a report before it ever had a line. Nothing in it is secret; whoever can change it
// before it is in the program can play the town hall.
func (c phoneConfigCmd) Run(s *session) error {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("the address begins with https://")
	}
	keys, err := server.LoadKeyring(s.config.Data)
	if err != nil {
		return err
	}
	ca, err := hall.LoadCA(s.config.Data)
	if err != nil {
		return fmt.Errorf("read the certificate authority; 'townhall keys init' makes one: %w", err)
	}
	epoch := ""
	if err := s.store(func(st *sqlite.Store) (err error) {
		epoch, err = st.Epoch(s.ctx)
		return err
	}); err != nil {
		return err
	}
	m, err := keys.Installed(s.config.Tenant, epoch, s.config.Demo)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		phoneCA:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate()}),
		phoneKeys: append(raw, '\n'),
	} {
		if err := os.WriteFile(filepath.Join(c.Dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return s.printf("town:\n  url: %s\n  ca: %s\n  keys: %s\n", c.URL, filepath.Join(c.Dir, phoneCA), filepath.Join(c.Dir, phoneKeys))
}
