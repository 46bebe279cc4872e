package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// house is a town hall as an operator has it: a folder with townhall.yaml, and the program.
type house struct {
	t    *testing.T
	dir  string
	conf string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.conf = filepath.Join(h.dir, "townhall.yaml")
	if err := os.CopyFS(filepath.Join(h.dir, "assets"), storetest.Town(t)); err != nil {
		t.Fatal(err)
	}
	h.write(`data: data
tenant: stadt
assets: assets
device: {listen: "127.0.0.1:0", names: [127.0.0.1]}
staff: {listen: "127.0.0.1:0"}
public: {listen: "127.0.0.1:0", home: "https://rathaus.example"}
ops: {listen: "127.0.0.1:0"}
`)
	return h
}

func (h *house) write(config string) {
	h.t.Helper()
	if err := os.WriteFile(h.conf, []byte(config), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// run is one call of the program; in is what is typed.
func (h *house) run(in string, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(h.t.Context(), append([]string{"--config", h.conf}, args...), strings.NewReader(in), &out, io.Discard)
	return out.String(), err
}

func (h *house) must(in string, args ...string) string {
	h.t.Helper()
	out, err := h.run(in, args...)
	if err != nil {
		h.t.Fatalf("%v: %v", args, err)
	}
	return out
}

// serve starts the server in this process.
func (h *house) serve() *server.Server {
	h.t.Helper()
	c, err := load(h.conf)
	if err != nil {
		h.t.Fatal(err)
	}
	now, err := clock.Town()
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := start(h.t.Context(), c, now, slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *house) get(m *server.Server, door, path string) (int, string) {
	h.t.Helper()
	r, err := http.Get("http://" + m.Address(door) + path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// terminal is a real enrolled device.
type terminal struct {
	t      *testing.T
	dir    string
	id     *device.Identity
	memory *store.Store
	client *device.Client
}

func (h *house) terminal(m *server.Server) *terminal {
	h.t.Helper()
	var ticket struct{ Code, Fingerprint string }
	if err := json.Unmarshal([]byte(h.must("", "device", "add", "Terminal Bürgerbüro", "--json")), &ticket); err != nil {
		h.t.Fatal(err)
	}
	d := &terminal{t: h.t, dir: h.t.TempDir()}
	var err error
	d.id, err = device.Enroll(h.t.Context(), d.dir, device.Entry{URL: "https://" + m.Address("device"), Fingerprint: ticket.Fingerprint, Code: ticket.Code})
	if err != nil {
		h.t.Fatal(err)
	}
	d.memory, err = store.Open(filepath.Join(d.dir, "device.db"), store.Options{Sign: d.id.Sign, Reserve: -1, MinFree: -1})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { d.memory.Close() })
	d.client = device.New(d.id, d.memory, device.Options{})
	return d
}

func (d *terminal) sync() {
	d.t.Helper()
	if err := d.client.Sync(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// apply does what a visit does: seal, hold, pay, and it is on its way.
func (d *terminal) apply(id, number, recipient string) service.Application {
	d.t.Helper()
	ctx := d.t.Context()
	app := storetest.Application(d.t, id, number, recipient)
	plain, err := json.Marshal(app)
	if err != nil {
		d.t.Fatal(err)
	}
	e, err := d.client.Seal(ctx, id, plain)
	if err != nil {
		d.t.Fatal(err)
	}
	p := pay.Payment{ID: "p-" + id, Envelope: id, Amount: app.Fee, State: pay.Intended, At: time.Now()}
	if err := d.memory.Hold(ctx, e, p); err != nil {
		d.t.Fatal(err)
	}
	evidence := &pay.Evidence{Amount: app.Fee, TerminalID: "12345678", Trace: 1, Receipt: 1}
	for _, ev := range []pay.Event{{Kind: pay.Ask}, {Kind: pay.Grant, Evidence: evidence}, {Kind: pay.Complete}} {
		ev.At = time.Now()
		if _, _, err := d.memory.Record(ctx, p.ID, ev); err != nil {
			d.t.Fatal(err)
		}
	}
	return app
}

// arrived waits until the server made the case.
func arrived(t *testing.T, m *server.Server, number string) cases.Case {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		c, err := m.Book.Get(ctx, number)
		if err == nil {
			return c
		}
		if !errors.Is(err, cases.ErrNotFound) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func number(t *testing.T) string {
	t.Helper()
	n, err := service.NewCase(strings.NewReader(t.Name()+time.Now().String()+strings.Repeat("x", 64)), "MH", 2026)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The whole life of a town hall: keys, a clerk, a terminal, a paid application, a decision, new keys, a lost machine.
func TestATownHallFromItsFirstKeyToItsRestore(t *testing.T) {
	h := newHouse(t)
	if _, err := h.run("", "serve"); err == nil || !strings.Contains(err.Error(), "keys init") {
		t.Fatal("without keys the server does not say what to do:", err)
	}
	h.must("", "keys", "init")
	if _, err := h.run("", "keys", "init"); err == nil {
		t.Fatal("keys were replaced")
	}
	h.must("ein langes Kennwort\n", "user", "add", "anna", "--name", "Anna Ahrens")
	m := h.serve()
	defer func() { m.Close() }()
	if code, body := h.get(m, "staff", "/anmelden"); code != http.StatusOK || !strings.Contains(body, "Stadt Musterhausen") {
		t.Errorf("the staff cannot sign in: %d", code)
	}
	if code, body := h.get(m, "public", "/schemas/"); code != http.StatusOK || !strings.Contains(body, "https://rathaus.example/schemas/") {
		t.Errorf("nothing is published: %d %s", code, body)
	}
	if code, body := h.get(m, "ops", "/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("not healthy: %d", code)
	}

	d := h.terminal(m)
	d.sync()
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	app := d.apply("019ab000-0000-7000-8000-000000000001", number(t), recipient)
	d.sync()
	c := arrived(t, m, app.Case)
	if !c.Paid || len(c.Warnings) != 0 || c.Device != "Terminal Bürgerbüro" {
		t.Fatalf("paid %v, warnings %q", c.Paid, c.Warnings)
	}
	if _, body := h.get(m, "ops", "/metrics"); !strings.Contains(body, "townhall_cases_open 1") || strings.Contains(body, "Müller") {
		t.Error("the figures are wrong")
	}
	backup := filepath.Join(h.dir, "backup.db")
	h.must("", "backup", backup)
	if err := m.Book.Approve(t.Context(), c.Number, "anna", "", c.Version); err != nil {
		t.Fatal(err)
	}
	checkPermit(t, h, d, secret, recipient)

	// New keys reach the terminal; what is sealed to old ones is still opened.
	old, err := d.client.NewestKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.must("", "keys", "rotate")
	late := d.apply("019ab000-0000-7000-8000-000000000002", number(t), recipient)
	if err := m.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.sync()
	arrived(t, m, late.Case)
	if k, err := d.client.NewestKey(t.Context()); err != nil || k.ID() == old.ID() {
		t.Fatal("the terminal did not learn the new key", err)
	}

	// The machine is lost. The backup knows the first case, undecided; the terminal brings the second one again.
	if _, err := h.run("", "restore", backup); err == nil || !strings.Contains(err.Error(), "stop the server") {
		t.Fatal("a running town hall was overwritten:", err)
	}
	device := m.Address("device")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	h.must("", "restore", backup)
	h.write(strings.Replace(read(t, h.conf), `device: {listen: "127.0.0.1:0"`, `device: {listen: "`+device+`"`, 1))
	m = h.serve()
	d.sync()
	d.sync() // the first exchange tells the epoch
	arrived(t, m, late.Case)
	if c := arrived(t, m, app.Case); c.State != service.StateReceived {
		t.Errorf("state %s", c.State)
	}

	h.must("", "device", "revoke", "Terminal Bürgerbüro")
	if err := d.client.Sync(t.Context()); err == nil {
		t.Error("a revoked terminal still talks")
	}
	if out := h.must("", "device", "list"); !strings.Contains(out, "revoked") {
		t.Error(out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// checkPermit reads the permit at the terminal, with the slip.
func checkPermit(t *testing.T, h *house, d *terminal, secret, recipient string) {
	t.Helper()
	all, err := d.client.Answers(t.Context(), seal.Address(recipient))
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	plain, err := seal.OpenWith(secret, all[0])
	if err != nil {
		t.Fatal(err)
	}
	var a service.Answer
	if err := json.Unmarshal(plain, &a); err != nil {
		t.Fatal(err)
	}
	if a.State != service.StateApproved || len(a.Papers) != 1 || !bytes.HasPrefix(a.Papers[0].Data, []byte("%PDF-")) {
		t.Fatalf("state %s, %d papers", a.State, len(a.Papers))
	}
	var set struct{ Keys []proof.PublicKey }
	if err := json.Unmarshal([]byte(h.must("", "keys", "verify-export")), &set); err != nil || len(set.Keys) != 1 {
		t.Fatal("wardens have no key", err)
	}
}

func TestKeysComeBackFromTheirBackupAndOnlyWithThePassphrase(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	before := h.must("", "keys", "verify-export")
	file := filepath.Join(h.dir, "keys.age")
	if _, err := h.run("kurz\n", "keys", "backup", file); err == nil {
		t.Error("a short passphrase is taken")
	}
	h.must("ein langer guter Satz\n", "keys", "backup", file)
	if raw := read(t, file); strings.Contains(raw, "RSA") || strings.Contains(raw, "kty") {
		t.Error("the backup is open")
	}
	other := newHouse(t)
	if _, err := other.run("ein falscher Satz\n", "keys", "restore", file); err == nil || !strings.Contains(err.Error(), "passphrase") {
		t.Error(err)
	}
	other.must("ein langer guter Satz\n", "keys", "restore", file)
	if after := other.must("", "keys", "verify-export"); after != before {
		t.Error("other keys came back")
	}
	if _, err := other.run("ein langer guter Satz\n", "keys", "restore", file); err == nil {
		t.Error("keys were replaced")
	}
	for _, name := range []string{"keys.json", "ca.key"} {
		if info, err := os.Stat(filepath.Join(other.dir, "data", name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(name, "may be read by others", err)
		}
	}
}

// free are doors that nobody stands in.
const (
	freeDevice = "device: {listen: \"127.0.0.1:0\"}\n"
	free       = freeDevice + "staff: {listen: \"127.0.0.1:0\"}\npublic: {listen: \"127.0.0.1:0\"}\n"
)

func TestAWrongConfigurationNamesFileLineAndKey(t *testing.T) {
	for config, want := range map[string]string{
		"data: x\ntenant: stadt\nfoo: 1\n":             "townhall.yaml:3: foo: unknown key",
		"data: x\nstaff:\n  listen: nowhere\n":         "townhall.yaml:3: staff.listen: ",
		"data: x\ndays: 0\n":                           "townhall.yaml:2: days: ",
		"data: x\ndays: many\n":                        "townhall.yaml:2: days: ",
		"staff: {listen: \"0.0.0.0:80\"}\n":            "townhall.yaml:1: staff.listen: is open to others without TLS",
		"staff: {listen: \"127.0.0.1:0\", cert: a}\n":  "townhall.yaml:1: staff: needs cert and key",
		"data: x\npublic: {listen: \"0.0.0.0:80\"}\n":  "townhall.yaml:2: public.listen: ",
		"public: {home: \"http://rathaus\"}\n":         "townhall.yaml:1: public.home: ",
		"device: {names: []}\n":                        "townhall.yaml:1: device.names: ",
		"data: [\n":                                    "townhall.yaml",
		"tenant: stadt\ndata: \"\"\n":                  "townhall.yaml:2: data: ",
		"device:\n  listen: \":8443\"\n  nanes: [x]\n": "townhall.yaml:3: device.nanes: unknown key",
	} {
		h := newHouse(t)
		h.write(config)
		if _, err := h.run("", "user", "list"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", config, err)
		}
	}

	// What turns out only when it is used.
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for config, want := range map[string]string{
		"assets: assets\n\ntenant: minden\n":                                                                   "townhall.yaml:3: tenant: there is no such tenant",
		"tenant: stadt\nassets: elsewhere\n":                                                                   "townhall.yaml:2: assets: ",
		"assets: assets\nops: {listen: \"" + taken.Addr().String() + "\"}\n" + free:                            "townhall.yaml:2: ops.listen: ",
		"assets: assets\nops: {listen: \"127.0.0.1:0\"}\nstaff:\n  cert: no.crt\n  key: no.key\n" + freeDevice: "townhall.yaml:4: staff.cert: ",
	} {
		h := newHouse(t)
		h.must("", "keys", "init")
		h.write(config)
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		err := run(ctx, []string{"--config", h.conf, "serve"}, strings.NewReader(""), io.Discard, io.Discard)
		stop()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", config, err, want)
		}
	}
}

func TestWhoKeepsTheTownHallIsToldWhatWentWrong(t *testing.T) {
	h := newHouse(t)
	h.must("ein langes Kennwort\n", "user", "add", "anna", "--name", "Anna Ahrens")
	for _, q := range []struct {
		in   string
		args []string
		want string
	}{
		{"ein langes Kennwort\n", []string{"user", "add", "anna", "--name", "Anna"}, "already"},
		{"kurz\n", []string{"user", "add", "bert", "--name", "Bert"}, "at least 12"},
		{"ein langes Kennwort\n", []string{"user", "add", "system", "--name", "S"}, "taken"},
		{"ein langes Kennwort\n", []string{"user", "password", "bert"}, "no user bert"},
		{"", []string{"user", "disable", "bert"}, "no user bert"},
		{"", []string{"device", "revoke", "x"}, "no device x"},
		{"", []string{"device", "add", "x"}, "keys init"},
		{"", []string{"restore", h.conf}, "no backup"},
		{"", []string{"keys", "rotate"}, "keys init"},
	} {
		if _, err := h.run(q.in, q.args...); err == nil || !strings.Contains(err.Error(), q.want) {
			t.Errorf("%v: %v", q.args, err)
		}
	}
	h.must("ein neues Kennwort\n", "user", "password", "anna")
	h.must("", "user", "disable", "anna")
	if out := h.must("", "user", "list"); !strings.Contains(out, "anna") || !strings.Contains(out, "disabled") {
		t.Error(out)
	}
	if out := h.must("", "--help"); !strings.Contains(out, "serve") {
		t.Error(out)
	}
}

func TestTheQuarantineIsShownAndTriedAgain(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	if out := h.must("", "quarantine", "list"); !strings.Contains(out, "Nothing") {
		t.Error(out)
	}
	m := h.serve()
	d := h.terminal(m)
	d.sync()
	_, recipient, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	good := d.apply("019ab000-0000-7000-8000-000000000001", number(t), recipient)
	const copied = "019ab000-0000-7000-8000-000000000002" // sealed with another id inside
	plain, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.client.Seal(t.Context(), copied, plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.memory.Release(t.Context(), e, pay.Invoice, int64(good.Fee)); err != nil {
		t.Fatal(err)
	}
	d.sync()
	arrived(t, m, good.Case)
	for aside := 0; aside == 0; time.Sleep(5 * time.Millisecond) {
		list, err := m.Intake.Quarantined(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		aside = len(list)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	out := h.must("", "quarantine", "list")
	if !strings.Contains(out, copied) || !strings.Contains(out, "identity") || !strings.Contains(out, "Terminal Bürgerbüro") || strings.Contains(out, good.ID) {
		t.Error(out)
	}
	if strings.Contains(out, "Müller") {
		t.Error("the list tells what somebody wrote")
	}
	if out := h.must("", "quarantine", "retry", copied); !strings.Contains(out, "tried again") {
		t.Error(out)
	}
	for _, id := range []string{copied, good.ID, "nothing"} {
		if _, err := h.run("", "quarantine", "retry", id); err == nil || !strings.Contains(err.Error(), "not in quarantine") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if out := h.must("", "quarantine", "list"); !strings.Contains(out, "Nothing") {
		t.Error(out)
	}
	m = h.serve() // it is still a copy
	defer m.Close()
	if c := arrived(t, m, good.Case); c.State != service.StateReceived {
		t.Error(c.State)
	}
}
