package service

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/german"
)

// token is one word of a text or a query, in the forms it is compared in.
type token struct {
	typed string // as it stands there
	bare  string // lower case; ä, ae and a are one letter, ß is ss: people write them as their keyboard can
	stem  string // bare, without the endings of grammar
}

// tongue splits texts of one language into words.
type tongue struct {
	stem  func(*snowballstem.Env) bool
	known map[string]token // words as they were typed before; nil: each is looked at anew
}

func newTongue(lang string) tongue {
	if base, _, _ := strings.Cut(lang, "-"); base == "en" {
		return tongue{stem: english.Stem}
	}
	return tongue{stem: german.Stem}
}

// tokens gives the words of a text; little words that say nothing are left out as long as others remain.
func (t tongue) tokens(s string) []token {
	var all, little []token
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) }) {
		w := t.word(part)
		if w.bare == "" {
			continue
		}
		if _, found := slices.BinarySearch(littleWords, w.bare); found {
			little = append(little, w)
		} else {
			all = append(all, w)
		}
	}
	if len(all) == 0 {
		return little
	}
	return all
}

// word gives the forms of a word.
func (t tongue) word(typed string) token {
	if w, known := t.known[typed]; known {
		return w
	}
	lower := strings.ToLower(typed)
	env := snowballstem.NewEnv(lower)
	t.stem(env)
	w := token{typed: typed, bare: bare(lower), stem: bare(env.Current())}
	if t.known != nil {
		t.known[typed] = w
	}
	return w
}

// bare writes a word so that every way to write its umlauts is the same. Real double letters become one too, on both sides, and so do no harm.
func bare(s string) string { return bareLetters.Replace(s) }

var bareLetters = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "ae", "a", "oe", "o", "ue", "u", "é", "e", "è", "e", "ê", "e", "á", "a", "à", "a",
	"ç", "c", "ş", "s", "š", "s", "ı", "i", "ğ", "g", "ł", "l", "ń", "n", "ñ", "n", "ž", "z", "č", "c", "ć", "c", "ă", "a", "â", "a", "î", "i", "ț", "t", "ș", "s")

// littleWords say nothing about what is wanted; bare, in order.
var littleWords = func() []string {
	words := strings.Fields("aber als am an auch auf aus bei bereits beim bekomme bekommen bin bitte brauche brauchen da dafür damit darf das dass davon dem den denn der des die dies diese diesen doch du durch dürfen eigentlich etwas gern gerne " +
		"ein eine einen einem einer eines er es für gibt geht haben habe hat hatte hier ich ihr ihre ihren im in ist ja kann kein keine keinen können könnte lassen machen mal man mein meine meinem " +
		"meinen meiner mich mir mit möchte möchten muss müssen nach nicht noch nur oder ob sie schon sein seine sich sind so soll sollen sollte tun um und uns unser unsere " +
		"unseren von vom vor war wann warum was wegen welche wenn wer werden wie will wir wird wo wohin worden wurde zu zum zur über unter " +
		"the a an of for to my i how where do does need want and or is are your can get at on it me we")
	for i, w := range words {
		words[i] = bare(w)
	}
	slices.Sort(words)
	return slices.Compact(words)
}()
