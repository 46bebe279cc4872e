package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

type serviceSignCmd struct {
	offered
	Key string `required:"" type:"existingfile" help:"The file with your key; 'service key' makes one."`
	Out string `default:"." type:"path" help:"The folder for the file."`
}

// signedFile tells of the file that was written.
type signedFile struct {
	File    string `json:"file"`
	Service string `json:"service"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // of what is in the folder
	Key     string `json:"key"`    // id of the key
	Bytes   int    `json:"bytes"`
}

// Run prints what is wrong, a line each, and writes nothing then; otherwise it prints which file it wrote. What is read once is what is
// checked and signed.
func (c serviceSignCmd) Run(h *hands) error {
	key, err := readKey(c.Key)
	if err != nil {
		return err
	}
	folder, err := bundle.Pack(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	t, err := service.LoadTenant(assets.FS, c.Tenant)
	if err != nil {
		return err
	}
	s, flaws := service.Inspect(folder.FS(), t)
	if s != nil {
		flaws = append(flaws, undrawn(s)...)
	}
	for _, f := range flaws {
		if err := h.print(f); err != nil {
			return err
		}
	}
	if len(flaws) > 0 {
		return service.ErrFlaws
	}
	file, err := bundle.Sign(key, s.ID, s.Version, folder)
	if err != nil {
		return err
	}
	name := filepath.Join(c.Out, bundle.FileName(s.ID, s.Version))
	if err := os.WriteFile(name, file, 0o644); err != nil {
		return fmt.Errorf("service: sign: %w", err)
	}
	return h.print(signedFile{name, s.ID, s.Version, folder.Digest(), key.ID(), len(file)})
}

func readKey(file string) (k proof.Key, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return k, fmt.Errorf("service: key: %w", err)
	}
	if json.Unmarshal(raw, &k) != nil {
		return k, fmt.Errorf("service: key: %s holds no key to sign with", file) // the cause could repeat it
	}
	return k, nil
}

type serviceKeyCmd struct {
	File string `arg:"" type:"path" help:"A new file. Keep it secret: it is your signature."`
}

// Run writes the secret half into the file and prints the public one, which the town hall has to know.
func (c serviceKeyCmd) Run(h *hands) (err error) {
	key, err := proof.Generate()
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(key, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("service: key: %s is there already; keys are not replaced", c.File)
	}
	if err != nil {
		return fmt.Errorf("service: key: %w", err)
	}
	if _, err := f.Write(append(raw, '\n')); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("service: key: %w", err)
	}
	return h.print(key.Public())
}
