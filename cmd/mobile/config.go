package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/config"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
)

// Config is mobile.yaml. The smallest one is town.url and town.ca.
type Config struct {
	Data   string `yaml:"data"`   // directory of the app's memory; relative to the file; on a phone the app's own
	Tenant string `yaml:"tenant"` // whose services are shown: a folder of assets/tenants
	Lang   string `yaml:"lang"`   // what somebody reads who has not chosen: "de", "en"
	Town   Town   `yaml:"town"`   //
	Demo   Demo   `yaml:"demo"`   //
}

// Town is where the town hall is, and how it is known again.
type Town struct {
	URL  string `yaml:"url"`  // https://rathaus.example:8443
	CA   string `yaml:"ca"`   // file with the certificate of the town's authority (PEM); nobody else is believed
	Keys string `yaml:"keys"` // file that `townhall phone-config` wrote: with it a phone that never had network can seal; may be empty
}

// Demo is for an app in a window on a computer only: on a phone it is refused.
type Demo struct {
	Tree     string        `yaml:"tree"`     // Unix socket that tells what is on the screen
	Events   string        `yaml:"events"`   // file for the event log
	Pictures string        `yaml:"pictures"` // folder that stands for the system's picker
	Keyboard bool          `yaml:"keyboard"` // a keyboard of our own, for taps that cannot reach the system's
	Again    time.Duration `yaml:"again"`    // how often the app looks how its reports stand; 0: as on phones
}

// load reads the file. Paths in it are relative to its folder.
func load(file string) (Config, error) {
	c := Config{Data: "phone", Tenant: "stadt", Lang: "de"}
	text, err := os.ReadFile(file)
	if err != nil {
		return c, fmt.Errorf("mobile: read configuration: %w", err)
	}
	f, err := config.Parse(file, text)
	if err != nil {
		return c, err
	}
	if err := f.Decode(&c); err != nil {
		return c, err
	}
	if u, err := url.Parse(c.Town.URL); err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return c, f.Errorf("town.url", "is no address such as https://rathaus.example:8443")
	}
	if c.Town.CA == "" {
		return c, f.Errorf("town.ca", "is missing: the certificate of the town's authority, written by `townhall phone-config`")
	}
	if !content.Has(c.Tenant) {
		return c, f.Errorf("tenant", "there is no such tenant among %s", strings.Join(content.Tenants(), ", "))
	}
	if c.Lang != "de" && c.Lang != "en" {
		return c, f.Errorf("lang", "is de or en")
	}
	for _, p := range []*string{&c.Data, &c.Town.CA, &c.Town.Keys, &c.Demo.Tree, &c.Demo.Events, &c.Demo.Pictures} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(filepath.Dir(file), *p)
		}
	}
	return c, nil
}
