package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/config"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/portal"
)

// Config is townhall.yaml.
type Config struct {
	Data   string       `yaml:"data"`   // directory for database and keys; relative to the file
	Tenant string       `yaml:"tenant"` // whose cases these are
	Assets string       `yaml:"assets"` // directory with tenants/, services/ and fonts/; empty: what is built in
	Days   int          `yaml:"days"`   // within how many days a case should be decided
	Demo   bool         `yaml:"demo"`   // a demo town: terminals enrolled here may tell programs what is on their screen
	Device DeviceConfig `yaml:"device"`
	Staff  WebConfig    `yaml:"staff"`  // where the staff's pages are
	Public PublicConfig `yaml:"public"` // where everybody may read
	Ops    OpsConfig    `yaml:"ops"`

	file *config.File // where it stands, for what turns out to be wrong only when it is used
}

// DeviceConfig is where devices reach the town hall: TLS with its own authority.
type DeviceConfig struct {
	Listen string   `yaml:"listen"`
	Names  []string `yaml:"names"` // host names and addresses that devices use
}

// PublicConfig is where everybody may read what the town hall publishes.
type PublicConfig struct {
	WebConfig `yaml:",inline"`
	Home      string `yaml:"home"` // under which it is reached from everywhere: https://rathaus.example
}

// WebConfig is where browsers and other programs come.
type WebConfig struct {
	Listen string `yaml:"listen"`
	Cert   string `yaml:"cert"`  // PEM; empty: plain HTTP, for this machine or behind a proxy that does TLS
	Key    string `yaml:"key"`   // PEM
	Proxy  bool   `yaml:"proxy"` // a proxy in front does TLS
}

// OpsConfig is where operators look: /healthz and /metrics.
type OpsConfig struct {
	Listen string `yaml:"listen"`
}

func defaults() Config {
	return Config{
		Data: "data", Tenant: "stadt", Days: 14,
		Device: DeviceConfig{Listen: ":8443", Names: []string{"localhost", "127.0.0.1"}},
		Staff:  WebConfig{Listen: "127.0.0.1:8080"},
		Public: PublicConfig{WebConfig: WebConfig{Listen: "127.0.0.1:8081"}},
		Ops:    OpsConfig{Listen: "127.0.0.1:9100"},
	}
}

// load reads the file. Every mistake names file, line and key.
func load(path string) (Config, error) {
	c := defaults()
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	f, err := config.Parse(path, raw)
	if err != nil {
		return Config{}, err
	}
	if err := f.Decode(&c); err != nil {
		return Config{}, err
	}
	dir := filepath.Dir(path)
	for _, p := range []*string{&c.Data, &c.Assets, &c.Staff.Cert, &c.Staff.Key, &c.Public.Cert, &c.Public.Key} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	c.file = f
	return c, c.check(f)
}

func (c Config) check(f *config.File) error {
	for key, address := range map[string]string{"device.listen": c.Device.Listen, "staff.listen": c.Staff.Listen, "public.listen": c.Public.Listen, "ops.listen": c.Ops.Listen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return f.Errorf(key, "is no address such as 127.0.0.1:8080")
		}
	}
	switch {
	case c.Data == "":
		return f.Errorf("data", "is missing")
	case c.Tenant == "":
		return f.Errorf("tenant", "is missing")
	case c.Days < 1 || c.Days > 365:
		return f.Errorf("days", "has to be from 1 to 365")
	case len(c.Device.Names) == 0:
		return f.Errorf("device.names", "needs at least one host name or address")
	case c.Public.Home != "" && portal.CheckHome(c.Public.Home) != nil:
		return f.Errorf("public.home", "is no address such as https://rathaus.example, without a slash at its end")
	}
	for _, w := range []struct {
		key string
		WebConfig
	}{{"staff", c.Staff}, {"public", c.Public.WebConfig}} {
		if (w.Cert == "") != (w.Key == "") {
			return f.Errorf(w.key, "needs cert and key, or neither")
		}
		if host, _, _ := net.SplitHostPort(w.Listen); w.Cert == "" && !w.Proxy && !local(host) {
			return f.Errorf(w.key+".listen", "is open to others without TLS: set cert and key, or proxy: true when a proxy does TLS")
		}
	}
	return nil
}

// tls is nil for plain HTTP. key is where w stands.
func (c Config) tls(key string, w WebConfig) (*tls.Config, error) {
	if w.Cert == "" {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(w.Cert, w.Key)
	if err != nil {
		return nil, c.file.Errorf(key+".cert", "with its key it is no certificate that can be used: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// database is where the cases are.
func (c Config) database() string { return server.Database(c.Data) }
