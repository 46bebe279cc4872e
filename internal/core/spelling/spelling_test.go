package spelling

import (
	"slices"
	"strings"
	"testing"
)

func TestANameIsFoundAsPeopleTypeIt(t *testing.T) {
	all := []string{"Herforder Straße", "Königstraße", "Alter Rehmer Weg", "Am Alten Bahnhof", "Islamische Republik Iran", "Irland", "Österreich"}
	for typed, want := range map[string]string{
		"herfoder str": "Herforder Straße", "HERFORDERSTRASSE": "Herforder Straße", "konigstr.": "Königstraße", "koenig": "Königstraße", "rehmer": "Alter Rehmer Weg",
		"irl": "Irland", "iran": "Islamische Republik Iran", "oesterreich": "Österreich", "osterr": "Österreich", "alt": "Alter Rehmer Weg",
	} {
		if found := Search(all, typed, 3); len(found) == 0 || all[found[0]] != want {
			t.Errorf("%q finds %v", typed, found)
		}
	}
	for _, typed := range []string{"", "   ", "…", "qqqqqq"} {
		if found := Search(all, typed, 3); found != nil {
			t.Errorf("%q finds %v", typed, found)
		}
	}
	if found := Search(all, "a", 0); found != nil {
		t.Error("nothing was asked for")
	}
}

func TestTwoSpellingsOfANameAreTheSame(t *testing.T) {
	for _, same := range [][2]string{{"Herforder Str.", "herforder straße"}, {"Bad Oeynhausen", "bad  oeynhausen"}, {"Königstr", "Koenigstraße"}} {
		if !Same(same[0], same[1]) {
			t.Errorf("%q and %q differ", same[0], same[1])
		}
	}
	if Same("Bünde", "Bunde") {
		t.Error("Bünde and Bunde are two towns")
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"herfo", "\xff", strings.Repeat("ä", 1000), "ﬁ ß ł", "\u0301"} {
		f.Add(s)
	}
	all := []string{"Herforder Straße", "", "\xff", strings.Repeat("x", 1000)}
	f.Fuzz(func(t *testing.T, typed string) {
		found := Search(all, typed, 2)
		if len(found) > 2 {
			t.Errorf("%d were asked for", len(found))
		}
		for i, at := range found {
			if at < 0 || at >= len(all) || slices.Contains(found[:i], at) {
				t.Errorf("%v", found)
			}
		}
		if Of(typed).Likeness(Of(typed)) != 1 && !Of(typed).Empty() {
			t.Error("a name is not like itself")
		}
	})
}
