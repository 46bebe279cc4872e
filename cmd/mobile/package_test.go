package main

import (
	"encoding/xml"
	"image/png"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The packager takes AndroidManifest.xml as it is, and refuses its icon where the layers of one are not named: no phone, no error until then.
func TestThePackagerFindsWhatTheManifestNames(t *testing.T) {
	text, err := os.ReadFile("AndroidManifest.xml")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Permissions []struct {
			Name string `xml:"name,attr"`
		} `xml:"uses-permission"`
		Application struct {
			Icon   string `xml:"icon,attr"`
			Label  string `xml:"label,attr"`
			Backup string `xml:"allowBackup,attr"`
		} `xml:"application"`
	}
	if err := xml.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Permissions) != 1 || m.Permissions[0].Name != "android.permission.INTERNET" {
		t.Errorf("the app asks for %v", m.Permissions)
	}
	if m.Application.Backup != "false" {
		t.Error("what the app remembers would be copied into a cloud, with its key")
	}
	toml, err := os.ReadFile("FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	value := func(key string) string {
		found := regexp.MustCompile(`(?m)^` + key + ` = "(.*)"$`).FindStringSubmatch(string(toml))
		if found == nil {
			t.Fatalf("FyneApp.toml names no %s", key)
		}
		return found[1]
	}
	if m.Application.Icon != "@mipmap/ic_launcher" || m.Application.Label != value("Name") {
		t.Errorf("the app is shown as %+v", m.Application)
	}
	if !strings.Contains(string(toml), "[AdaptiveIcon]") {
		t.Error("FyneApp.toml names no layers of an icon: the packager refuses the manifest")
	}
	for _, key := range []string{"Icon", "Foreground", "Background", "Monochrome"} {
		f, err := os.Open(value(key))
		if err != nil {
			t.Error(err)
			continue
		}
		img, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || img.Width != img.Height || img.Width < 432 {
			t.Errorf("%s is %d by %d: %v", value(key), img.Width, img.Height, err)
		}
	}
}
