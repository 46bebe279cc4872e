package zvt

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// The words of P015 table 17 (pages 125 to 128, German and English there), chapter 10 (pages 181, 182) and chapter 11 (page 183).
//
//go:embed intermediate-de.json intermediate-en.json results-de.json results-en.json states-de.json states-en.json
var texts embed.FS

// tables are read once, when the first text is wanted; their names are those of the files.
var tables = sync.OnceValue(func() map[string]map[byte]string {
	all := map[string]map[byte]string{}
	for _, name := range []string{"intermediate-de", "intermediate-en", "results-de", "results-en", "states-de", "states-en"} {
		var raw map[string]string
		data, err := texts.ReadFile(name + ".json")
		if err == nil {
			err = json.Unmarshal(data, &raw)
		}
		if err != nil {
			panic(fmt.Sprintf("zvt: embedded texts %s: %v", name, err)) // a test reads them; it cannot happen in a released program
		}
		all[name] = make(map[byte]string, len(raw))
		for key, s := range raw {
			var code byte
			if _, err := fmt.Sscanf(key, "0x%02X", &code); err == nil {
				all[name][code] = strings.TrimSpace(strings.ReplaceAll(s, `\n`, "\n"))
			}
		}
	}
	return all
})

// StatusText gives the words of P015 3.7 for an intermediate status, in German ("de") or English ("en"); "" for an unknown code.
func StatusText(lang string, code byte) string {
	if lang != "en" {
		lang = "de"
	}
	if code == 0xFF { // means: see the terminal's own words
		return ""
	}
	return tables()["intermediate-"+lang][code]
}
