package service

import (
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// However a file of everyday words is written, it says what YAML says.
func sameSynonyms(t *testing.T, data []byte) {
	var want []Synonym
	wrong := form.Decode("search", "de.yaml", data, &want)
	got, err := readSynonyms("de.yaml", data)
	if (err == nil) != (wrong == nil) {
		t.Fatalf("it is wrong to one of the two:\n%v\n%v", err, wrong)
	}
	if err == nil && !(len(got) == 0 && len(want) == 0) && !reflect.DeepEqual(got, want) {
		t.Fatalf("it says\n%q, not\n%q", got, want)
	}
}

func TestTheEverydayWordsSayWhatYAMLSays(t *testing.T) {
	data, err := fs.ReadFile(shipped, "search/de.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sameSynonyms(t, data)
}

func FuzzSynonyms(f *testing.F) {
	for _, line := range []string{"", "# nichts\n", "- {say: [Umzug, Haus-Nr 7], means: [Wohnung]}\n", "- {say: [Umzug], means: [Wohnung]}",
		"- {say: [\"§ 19, 20\", 'e. V.'], means: [116 116, 7, 0x1F]}\n", "- say: [a]\n  means: [b]\n- {say: [c], means: [d]}\n", "- {say: [a, ], means: [b]}\n",
		"- {say: [null, Null, ~, yes, No, true, Inf, NaN], means: [b]}\n", "- {say: [], means: [b]}\n", "- {say: [a], means: [b], also: [c]}\n", "- {say: [a], means: [b]} # so\n",
		"- {say: [a], means: [b]}\r\n", "- {say: [a: b], means: [c #d]}\n", "- {say: [&a b, *a], means: [c]}\n", "- {say: [a, - b, c -, -], means: [d  e]}\n", "---\n- {say: [a], means: [b]}\n",
		"- {say: [a], means: [b]}\n...\n", "- {say: [a], means: [b]}\n- {say: [c\n  d], means: [e]}\n", "- {say: [a], means: [b]}\n\n#\n  \n", "- {say: [a], means: [b]}\n---\n- {say: [a], means: [b]}\n",
		"- {means: [b], say: [a]}\n", "- {say: [a\u0301, \u2028b], means: [\ufeffc]}\n", "- {say: [a], means: [b]}\n- {say: &x [c], means: [d]}\n- {say: [e], means: *x}\n",
		"! {000: 0000,000000: 000}", "- {say: [a], means: [b]}!\n", "#\r0"} {
		f.Add([]byte(line))
	}
	f.Fuzz(sameSynonyms)
}

func TestAnErrorInTheEverydayWordsNamesItsLine(t *testing.T) {
	good := "- {say: [Umzug], means: [Wohnung]}\n"
	for name, bad := range map[string]string{"an unknown key": "- {say: [a], mean: [b]}\n", "no list": "- {say: [a, means: [b]}\n"} {
		_, err := LoadSynonyms(fstest.MapFS{"search/de.yaml": {Data: []byte(good + "# mehr\n" + good + bad + good)}})
		if err == nil || !strings.Contains(err.Error(), "search/de.yaml") || !strings.Contains(err.Error(), "[4:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := LoadSynonyms(fstest.MapFS{"search/de.yaml": {Data: []byte(good + "- {say: [], means: [b]}\n")}})
	if err == nil || !strings.Contains(err.Error(), "entry 2") {
		t.Error(err)
	}
}
