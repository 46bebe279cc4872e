package zvt

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed intermediate-de.json
var intermediateDE []byte

//go:embed intermediate-en.json
var intermediateEN []byte

//go:embed results-en.json
var resultsEN []byte

// tables are read once, when the first text is wanted.
var tables = sync.OnceValue(func() map[string]map[byte]string {
	all := map[string]map[byte]string{}
	for name, data := range map[string][]byte{"de": intermediateDE, "en": intermediateEN, "result": resultsEN} {
		var raw map[string]string
		if err := json.Unmarshal(data, &raw); err != nil {
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
	return tables()[lang][code]
}

// ResultText gives the meaning of a result code, P015 chapter 10, in English: for technicians.
func ResultText(code byte) string {
	if code >= 0x01 && code <= 0x63 {
		return "refused by the network operator or the authorisation system"
	}
	if s := tables()["result"][code]; s != "" {
		return s
	}
	return "unknown code"
}
