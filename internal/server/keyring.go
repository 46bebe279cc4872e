package server

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// Keyring is every secret of the town hall but the certificate authority's: DATA/keys.json, mode 0600. Newest keys stand first.
type Keyring struct {
	Authority []AuthorityKey `json:"authority"`        // open envelopes; old ones are kept for late envelopes
	Permit    []PermitKey    `json:"permit"`           // sign permits; old ones are kept so that what they signed can be checked
	Hall      proof.Key      `json:"hall"`             // signs receipts, cursors and the authority's keys
	Former    []FormerKey    `json:"former,omitempty"` // vouch for the key that followed them
	Secret    []byte         `json:"secret"`           // for reply tokens
}

// AuthorityKey is a key that envelopes are sealed to.
type AuthorityKey struct {
	Issued time.Time    `json:"issued"`
	Key    seal.Private `json:"key"`
}

// PermitKey is a key that signs permits.
type PermitKey struct {
	Issued time.Time `json:"issued"`
	Key    proof.Key `json:"key"`
}

const (
	keyFile = "keys.json"
	caKey   = "ca.key"
	caCert  = "ca.crt"
)

func keyPath(dir string) string { return filepath.Join(dir, keyFile) }

// Found lays down the first keys of a town hall in dir, with authority as the first to seal to, and its certificate authority under the
// town's name. It fails when there are keys already: replacing them would make what is on its way unreadable.
func Found(dir, town string, authority seal.Private, now time.Time) (ca *hall.CA, err error) {
	defer in("make keys", &err)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := vacant(dir); err != nil {
		return nil, err
	}
	k := Keyring{Secret: make([]byte, 32)}
	_, _ = rand.Read(k.Secret) // never fails
	if k.Hall, err = proof.Generate(); err != nil {
		return nil, err
	}
	if err := k.Put(authority, now); err != nil {
		return nil, err
	}
	if err := k.Save(dir); err != nil {
		return nil, err
	}
	return hall.OpenCA(dir, town, now)
}

// vacant fails when there is a key in dir.
func vacant(dir string) error {
	for _, f := range []string{keyFile, caKey, caCert} {
		if _, err := os.Stat(filepath.Join(dir, f)); err == nil {
			return fmt.Errorf("there are keys in %s already; they are not replaced", dir)
		}
	}
	return nil
}

// Put puts a new authority key first, with a new permit key beside it. It counts once it is saved and the server has read it.
func (k *Keyring) Put(authority seal.Private, now time.Time) error {
	permit, err := proof.Generate()
	if err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Second)
	// Devices seal to the key that was issued last. A clock that was ahead at the last rotation must not keep the old key in use.
	if len(k.Authority) > 0 && !now.After(k.Authority[0].Issued) {
		now = k.Authority[0].Issued.Add(time.Second)
	}
	k.Authority = append([]AuthorityKey{{now, authority}}, k.Authority...)
	k.Permit = append([]PermitKey{{now, permit}}, k.Permit...)
	return nil
}

// LoadKeyring reads the keys in dir.
func LoadKeyring(dir string) (k *Keyring, err error) {
	defer in("read keys", &err)
	raw, err := os.ReadFile(keyPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there are no keys in %s yet: make them with 'townhall keys init'", dir)
	}
	if err != nil {
		return nil, err
	}
	return parseKeyring(raw)
}

func parseKeyring(raw []byte) (*Keyring, error) {
	var k Keyring
	if err := json.Unmarshal(raw, &k); err != nil {
		return nil, errors.New("keys.json cannot be read") // the cause could repeat key material
	}
	if len(k.Authority) == 0 || len(k.Permit) == 0 || len(k.Secret) < 32 || k.Hall.ID() == "" {
		return nil, errors.New("keys.json is not complete")
	}
	return &k, nil
}

// Save writes the file whole or not at all.
func (k *Keyring) Save(dir string) (err error) {
	defer in("save keys", &err)
	raw, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(keyPath(dir), raw)
}

// Ring gives the keys that open envelopes, newest first.
func (k *Keyring) Ring() seal.Ring {
	r := make(seal.Ring, len(k.Authority))
	for i, a := range k.Authority {
		r[i] = a.Key
	}
	return r
}

// Verifiers are the public halves of the permit keys as a JSON Web Key Set (RFC 7517): what a warden's device needs.
func (k *Keyring) Verifiers() ([]byte, error) {
	var set struct {
		Keys []proof.PublicKey `json:"keys"`
	}
	for _, p := range k.Permit {
		set.Keys = append(set.Keys, p.Key.Public())
	}
	return json.MarshalIndent(set, "", "  ")
}

// bundle is what a backup of the keys holds.
type bundle struct {
	Keyring json.RawMessage `json:"keyring"`
	CAKey   []byte          `json:"ca_key"`
	CACert  []byte          `json:"ca_cert"`
}

// BackupKeys writes all keys in dir, closed with a passphrase (age, scrypt).
func BackupKeys(dir, passphrase string, to io.Writer) (err error) {
	defer in("back up keys", &err)
	var b bundle
	if b.Keyring, err = os.ReadFile(keyPath(dir)); err != nil {
		return err
	}
	if b.CAKey, err = os.ReadFile(filepath.Join(dir, caKey)); err != nil {
		return err
	}
	if b.CACert, err = os.ReadFile(filepath.Join(dir, caCert)); err != nil {
		return err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(to, r)
	if err != nil {
		return err
	}
	_, err = w.Write(raw)
	return errors.Join(err, w.Close())
}

// RestoreKeys brings the keys of a backup into a data directory that has none.
func RestoreKeys(dir, passphrase string, from io.Reader) (err error) {
	defer in("restore keys", &err)
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(from, id)
	if err != nil {
		return errors.New("the backup cannot be opened: the passphrase is wrong, or it is no backup of keys")
	}
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return err
	}
	var b bundle
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&b); err != nil || len(b.CAKey) == 0 || len(b.CACert) == 0 {
		return errors.New("this is no backup of keys")
	}
	if _, err := parseKeyring(b.Keyring); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := vacant(dir); err != nil {
		return err
	}
	for name, data := range map[string][]byte{keyFile: b.Keyring, caKey: b.CAKey, caCert: b.CACert} {
		if err := durable.Write(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	return nil
}
