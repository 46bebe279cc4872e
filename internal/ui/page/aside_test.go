package page_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

var today = time.Date(2026, 11, 23, 15, 4, 0, 0, time.UTC)

// streets is a page with a list of so many streets to choose from; the chosen one by its number, or none.
func streets(n, chosen int, kind form.Kind) form.View {
	f := form.Field{Path: "/street", Kind: kind, Label: "In welcher Straße?", Required: true, Search: true}
	for i := range n {
		f.Options = append(f.Options, form.Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("Straße Nummer %d", i), Selected: i == chosen})
	}
	f.Options[n-1].Label = "Übergasse"
	return form.View{Pages: []form.Page{{ID: "one", Title: "Die Straße", Fields: []*form.Field{&f}}}}
}

func ids(nodes []tree.Node) (all []string) {
	for _, n := range nodes {
		if strings.HasPrefix(n.ID, "/") {
			all = append(all, n.ID)
		}
	}
	return all
}

// onBoth calls f for both shells in three sizes of text.
func onBoth(t *testing.T, f func(st look.Style, width float32, check func([]tree.Node))) {
	for _, shell := range []look.Shell{look.Terminal, look.Phone} {
		width, perMM, least := float32(952), look.PxPerMM, float64(tree.MinTouch)
		if shell == look.Phone {
			width, perMM, least = 350, 1, 48
		}
		for _, size := range []float32{1, 1.5, 2} {
			st := look.Style{Lang: "de", Text: size, Shell: shell, Still: true}
			f(st, width, func(nodes []tree.Node) {
				for _, fault := range tree.CheckAt(nodes, perMM, least) {
					t.Errorf("%v×, shell %d: %s", size, shell, fault)
				}
			})
		}
	}
}

func TestALongListIsSearchedAsPeopleType(t *testing.T) {
	onBoth(t, func(st look.Style, width float32, check func([]tree.Node)) {
		aside := &page.Aside{}
		got := map[string]any{}
		ev := page.Events{Aside: aside, Answer: func(p string, v any) { got[p] = v }}
		_, nodes := show(t, st, width, page.Draw(st, texts(t), streets(400, 333, form.Choice), 0, ev, nil, ""))
		check(nodes)
		if want := append([]string{"/street?", "/street=333"}, "/street=0", "/street=1", "/street=2", "/street=3", "/street=4", "/street=5", "/street=6", "/street=7"); !slices.Equal(ids(nodes), want) {
			t.Errorf("a list of 400 shows %v", ids(nodes))
		}
		for query, want := range map[string]string{"uber": "/street=399", "Uebergase": "/street=399", "str. nummer 27": "/street=27", "nummer 12": "/street=12"} {
			aside.Search("/street?", query)
			_, nodes = show(t, st, width, page.Draw(st, texts(t), streets(400, 333, form.Choice), 0, ev, nil, "/street?"))
			check(nodes)
			if all := ids(nodes); len(all) < 3 || all[0] != "/street?" || all[1] != "/street=333" || all[2] != want {
				t.Errorf("%q finds %v", query, all)
			}
		}
		aside.Search("/street?", "nummer 12")
		c, _ := show(t, st, width, page.Draw(st, texts(t), streets(400, 333, form.Choice), 0, ev, nil, "/street?"))
		touch(t, c, "/street=12")
		if !reflect.DeepEqual(got, map[string]any{"/street": "12"}) {
			t.Errorf("touching what was found gives %v", got)
		}
		if in := aside.Inputs(streets(400, 12, form.Choice).Pages[0]); len(in) != 2 || in[1].Path != "/street?" || in[1].Text != "" || !page.Searching(in[1].Path) {
			t.Errorf("the search stays after something was found: %+v", in[1])
		}
		aside.Search("/street?", "qqqqqqqq")
		_, nodes = show(t, st, width, page.Draw(st, texts(t), streets(400, -1, form.Choice), 0, ev, nil, "/street?"))
		check(nodes)
		if !slices.ContainsFunc(nodes, func(n tree.Node) bool { return strings.HasPrefix(n.Name, "Dazu finden wir nichts") }) {
			t.Error("nothing found is not said")
		}
	})
}

func TestAShorterListIsWholeUntilItIsSearched(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	ev := page.Events{Aside: &page.Aside{}}
	_, nodes := show(t, st, 952, page.Draw(st, texts(t), streets(12, 7, form.Choice), 0, ev, nil, ""))
	if all := ids(nodes); len(all) != 13 || all[1] != "/street=0" || all[8] != "/street=7" {
		t.Errorf("%v", all)
	}
	_, nodes = show(t, st, 952, page.Draw(st, texts(t), streets(12, 7, form.Choice), 0, page.Events{}, nil, ""))
	if len(ids(nodes)) != 12 {
		t.Error("a shell that cannot search shows a search")
	}
}

func TestSeveralAreChosenFromALongList(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	got := map[string]any{}
	ev := page.Events{Aside: &page.Aside{}, Answer: func(p string, v any) { got[p] = v }}
	ev.Aside.Search("/street?", "nummer 44")
	c, _ := show(t, st, 952, page.Draw(st, texts(t), streets(100, 3, form.Choices), 0, ev, nil, ""))
	touch(t, c, "/street=44")
	if want := map[string]any{"/street": []any{"3", "44"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// dates is a page with one date.
func dates(pick form.Pick, value any) form.View {
	return form.View{Pages: []form.Page{{ID: "one", Title: "Wann?", Fields: []*form.Field{
		{Path: "/when", Kind: form.Date, Label: "Erster Tag", Keys: form.KeysDate, Required: true, Pick: pick, Value: value},
	}}}}
}

func TestANearDayIsPointedAt(t *testing.T) {
	onBoth(t, func(st look.Style, width float32, check func([]tree.Node)) {
		aside := &page.Aside{}
		got := ""
		drawn := 0
		ev := page.Events{Aside: aside, Day: today, Show: func() { drawn++ }, Answer: func(p string, v any) { got = fmt.Sprint(p, v) },
			Days: func(_ string, days []time.Time) []bool { // from the 30th of November to the 6th of January
				var fit []bool
				for _, d := range days {
					iso := d.Format(time.DateOnly)
					fit = append(fit, iso >= "2026-11-30" && iso <= "2027-01-06")
				}
				return fit
			}}
		step := func(v form.View, id string) []tree.Node {
			c, nodes := show(t, st, width, page.Draw(st, texts(t), v, 0, ev, nil, ""))
			check(nodes)
			if id != "" {
				touch(t, c, id)
			}
			return nodes
		}
		if all := ids(step(dates(form.PickNear, nil), "/when=pick")); !slices.Equal(all, []string{"/when", "/when=pick"}) {
			t.Errorf("today cannot be chosen and is offered: %v", all)
		}
		if all := ids(step(dates(form.PickNear, nil), "/when=after")); !slices.Equal(all, []string{"/when", "/when=after", "/when=2026-11-30", "/when=close"}) {
			t.Errorf("November shows %v", all)
		}
		nodes := step(dates(form.PickNear, nil), "/when=2026-12-24")
		if n := find(t, nodes, "/when=2026-12-24"); n.Name != "Donnerstag, 24. Dezember 2026" {
			t.Errorf("a day is read out as %q", n.Name)
		}
		if got != "/when2026-12-24" || drawn != 2 || aside.Open() != "" {
			t.Errorf("%q, drawn %d times, %q is open", got, drawn, aside.Open())
		}
		aside.Point("/when")
		if n := find(t, step(dates(form.PickNear, "2026-12-24"), "/when=after"), "/when=2026-12-24"); !n.Is("checked") {
			t.Error("the chosen day does not say so")
		}
		if all := ids(step(dates(form.PickNear, nil), "/when=close")); slices.Contains(all, "/when=after") || !slices.Contains(all, "/when=before") {
			t.Errorf("January leads on: %v", all)
		}
		if aside.Open() != "" {
			t.Error("closed, it is open")
		}
	})
}

func TestTodayAndItsNeighbourAreOneTouch(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	for pick, want := range map[form.Pick]string{form.PickNear: "/when2026-11-24", form.PickPast: "/when2026-11-22"} {
		got := ""
		ev := page.Events{Aside: &page.Aside{}, Day: today, Answer: func(p string, v any) { got = fmt.Sprint(p, v) }}
		c, nodes := show(t, st, 952, page.Draw(st, texts(t), dates(pick, nil), 0, ev, nil, ""))
		if n := find(t, nodes, "/when=0"); n.Name != "Heute, 23. November 2026" {
			t.Errorf("%q", n.Name)
		}
		if touch(t, c, "/when=1"); got != want {
			t.Errorf("%s: %s", pick, got)
		}
	}
}

func TestADayLongAgoIsChosenStepByStep(t *testing.T) {
	onBoth(t, func(st look.Style, width float32, check func([]tree.Node)) {
		aside := &page.Aside{}
		got := ""
		ev := page.Events{Aside: aside, Day: today, Answer: func(p string, v any) { got = fmt.Sprint(p, v) }}
		for _, id := range []string{"/when=pick", "/when=d29", "/when=m4", "/when=back", "/when=m2", "/when=y1980", "/when=y1984"} {
			c, nodes := show(t, st, width, page.Draw(st, texts(t), dates(form.PickBirth, nil), 0, ev, nil, ""))
			check(nodes)
			if id == "/when=y1984" && slices.Contains(ids(nodes), "/when=y1985") {
				t.Error("the 29th of February of 1985 can be chosen")
			}
			touch(t, c, id)
		}
		if got != "/when1984-02-29" || aside.Open() != "" {
			t.Errorf("%q", got)
		}
	})
}

func TestPointsOfADateComeByThemselves(t *testing.T) {
	f := form.Field{Kind: form.Date}
	for typed, want := range map[string]string{"03041980": "03.04.1980", "3.4.80": "3.4.80", "030480": "03.04.80", "12.3.2026": "12.3.2026", "24.12.2026": "24.12.2026", "3. april": "3. april", "123": "12.3"} {
		text := ""
		for _, r := range typed {
			text = page.Dotted(f, text, text+string(r))
		}
		if text != want {
			t.Errorf("%s becomes %s", typed, text)
		}
	}
	if got := page.Dotted(f, "03.0", "03."); got != "03." {
		t.Errorf("taking a digit back gives %q", got)
	}
	if got := page.Dotted(form.Field{Kind: form.Text}, "12", "123"); got != "123" {
		t.Errorf("a number gets a point: %q", got)
	}
}

// home is a page that asks for an address in the town.
func home(street string) form.View {
	with := map[string]string{"postcode": "32545", "town": "Bad Oeynhausen"}
	return form.View{Pages: []form.Page{{ID: "home", Title: "Wo wohnen Sie?", Fields: []*form.Field{
		{Path: "/home", Kind: form.Address, Label: "Ihre Adresse", Required: true, Missing: true, Problem: "Bitte nennen Sie die Postleitzahl.", Parts: []form.Field{
			{Path: "/home/street", Kind: form.Text, Label: "Straße", Text: street, Required: true, Keys: form.KeysText, Max: 80,
				Offers: []form.Offer{{Text: "Herforder Straße", With: with}, {Text: "Klosterstraße", With: with}}},
			{Path: "/home/number", Kind: form.Text, Label: "Hausnummer", Text: "12", Required: true, Keys: form.KeysText},
			{Path: "/home/postcode", Kind: form.Text, Label: "Postleitzahl", Required: true, Missing: true, Problem: "Bitte nennen Sie die Postleitzahl.", Keys: form.KeysDigits},
			{Path: "/home/town", Kind: form.Text, Label: "Ort", Required: true, Keys: form.KeysText},
		}},
	}}}}
}

func TestOneTouchFillsInAnAddress(t *testing.T) {
	onBoth(t, func(st look.Style, width float32, check func([]tree.Node)) {
		got := map[string]any{}
		ev := page.Events{Aside: &page.Aside{}, Answer: func(p string, v any) { got[p] = v }}
		c, nodes := show(t, st, width, page.Draw(st, texts(t), home("herfoder str"), 0, ev, map[string]bool{"/home": true}, "/home/street"))
		check(nodes)
		if n := find(t, nodes, "/home/street=0"); n.Name != "Herforder Straße" {
			t.Errorf("%q is offered first", n.Name)
		}
		if n := find(t, nodes, "/home/postcode"); !n.Is("invalid") {
			t.Error("the postcode does not say that it is missing")
		}
		touch(t, c, "/home/street=0")
		want := map[string]any{"/home": map[string]any{"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v", got)
		}
		if _, nodes := show(t, st, width, page.Draw(st, texts(t), home("Klosterstraße"), 0, ev, nil, "/home/street")); slices.Contains(ids(nodes), "/home/street=0") {
			t.Error("what stands there is offered again")
		}
	})
}
