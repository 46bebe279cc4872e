package zvt

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
)

// The words of P015 table 17 (pages 125 to 128, German and English there), chapter 10 (pages 181, 182) and chapter 11 (page 183), and the names
// of 9.4.1 (pages 151 to 156). Table 17's 5E and 6A to 6D are in no document that we have: they are of later revisions, as published
// programs know them.
//
//go:embed intermediate-de.json intermediate-en.json results-de.json results-en.json states-de.json states-en.json tags-en.json
var texts embed.FS

// tables are read once, when the first text is wanted; their names are those of the files, their keys hexadecimal.
var tables = sync.OnceValue(func() map[string]map[uint32]string {
	all := map[string]map[uint32]string{}
	for _, name := range []string{"intermediate-de", "intermediate-en", "results-de", "results-en", "states-de", "states-en", "tags-en"} {
		var raw map[string]string
		data, err := texts.ReadFile(name + ".json")
		if err == nil {
			err = json.Unmarshal(data, &raw)
		}
		all[name] = make(map[uint32]string, len(raw))
		for key, s := range raw {
			code, bad := strconv.ParseUint(key, 16, 32)
			all[name][uint32(code)], err = s, cmp.Or(err, bad)
		}
		if err != nil {
			panic(fmt.Sprintf("zvt: embedded texts %s: %v", name, err)) // a test reads them; it cannot happen in a released program
		}
	}
	return all
})

// StatusText gives the words of P015 3.7 for an intermediate status, in German ("de") or English ("en"); "" for an unknown code and for FF, which means: see the terminal's own words.
func StatusText(lang string, code byte) string {
	if lang != "en" {
		lang = "de"
	}
	return tables()["intermediate-"+lang][uint32(code)]
}
