package storetest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// report is the n-th report of a defect, with one photo.
func report(t testing.TB, n int, category string) cases.Case {
	c := sample(t, n)
	c.Service, c.Title, c.Fee = cases.ReportService, "Schlagloch", 0
	c.Report = &cases.Report{Category: category, What: "schlagloch", Words: "Hier klappert es.", Place: form.Spot{Street: "Klosterstraße", Number: "14", Lat: 52.2, Lon: 8.8, Located: true, How: form.ByMap}}
	data := bytes.Repeat([]byte{0, 255, byte(n)}, 100_000)
	c.Photos = []cases.Photo{{Field: cases.PathPhotos, Digest: wire.Digest(data), Width: 640, Height: 480, Size: len(data), Data: data}}
	return c
}

func publication(id string) *cases.Publication {
	return &cases.Publication{ID: id, Shown: true, Title: "Schlagloch", Text: "Ein Loch", Thumb: []byte("jpeg"), Clerk: "anna", At: Day()}
}

func wholeReport(t *testing.T, s Store) {
	c := report(t, 1, "strasse")
	data := c.Photos[0].Data
	c = insert(t, s, c, cases.Change{})
	got := must(s.Get(t.Context(), c.Number))(t)
	r := got.Report
	if r == nil || r.Category != "strasse" || r.What != "schlagloch" || r.Words != c.Report.Words || r.Place != c.Report.Place || r.Public != nil || r.Supports != 0 {
		t.Fatalf("the report came back changed: %+v", r)
	}
	if len(got.Photos) != 1 || got.Photos[0].Digest != c.Photos[0].Digest || got.Photos[0].Width != 640 || got.Photos[0].Size != len(data) || got.Photos[0].Data != nil {
		t.Fatal("the photo's notes came back changed")
	}
	if back := must(s.Photo(t.Context(), c.Number, c.Photos[0].Digest))(t); !bytes.Equal(back, data) {
		t.Fatal("the photo came back changed")
	}
	_, err := s.Photo(t.Context(), "MH-26-none", c.Photos[0].Digest)
	is(t, err, cases.ErrNotFound)
	_, err = s.Photo(t.Context(), c.Number, "0")
	is(t, err, cases.ErrNotFound)

	// The same photo in another report is that one's own.
	second := report(t, 1, "strasse")
	second.Number, second.Envelope = "MH-26-0002", "envelope-2"
	insert(t, s, second, cases.Change{})
	if back := must(s.Photo(t.Context(), second.Number, c.Photos[0].Digest))(t); !bytes.Equal(back, data) {
		t.Fatal("the second report has no photo")
	}
	if plain := must(s.Get(t.Context(), insert(t, s, sample(t, 3), cases.Change{}).Number))(t); plain.Report != nil || len(plain.Photos) != 0 {
		t.Fatal("another case became a report")
	}
	if p := must(s.List(t.Context(), cases.Filter{Text: c.Photos[0].Digest[:12]}))(t); p.Total != 0 {
		t.Fatal("a photo's digest is a word to search for")
	}
}

func reportLists(t *testing.T, s Store) {
	for n, category := range []string{"strasse", "licht", "strasse", "muell", "strasse"} {
		c := report(t, n+1, category)
		c.Report.Urgent = n == 3
		switch n {
		case 1:
			c.State = service.StateInWork
		case 2:
			c.Report.Public = publication("p3")
		case 4:
			c.State, c.Decided = service.StateApproved, Day()
		}
		insert(t, s, c, cases.Change{})
	}
	insert(t, s, sample(t, 6), cases.Change{})
	merged := report(t, 7, "strasse")
	merged.Main = "MH-26-0001"
	insert(t, s, merged, cases.Change{})
	for _, q := range []struct {
		name string
		f    cases.ReportFilter
		want []string
	}{
		{"urgent first, then by due day, what is done last", cases.ReportFilter{}, []string{"MH-26-0004", "MH-26-0001", "MH-26-0002", "MH-26-0003", "MH-26-0005"}},
		{"open", cases.ReportFilter{Open: true}, []string{"MH-26-0004", "MH-26-0001", "MH-26-0002", "MH-26-0003"}},
		{"done", cases.ReportFilter{Done: true}, []string{"MH-26-0005"}},
		{"a category", cases.ReportFilter{Category: "strasse", Open: true}, []string{"MH-26-0001", "MH-26-0003"}},
		{"a state", cases.ReportFilter{State: service.StateInWork}, []string{"MH-26-0002"}},
		{"urgent", cases.ReportFilter{Urgent: true}, []string{"MH-26-0004"}},
		{"public", cases.ReportFilter{Public: true}, []string{"MH-26-0003"}},
		{"later", cases.ReportFilter{Since: Day().Add(time.Hour)}, nil},
		{"second page", cases.ReportFilter{Size: 2, Page: 2}, []string{"MH-26-0002", "MH-26-0003"}},
	} {
		p := must(s.Reports(t.Context(), q.f))(t)
		if !slices.Equal(numbers(p), q.want) {
			t.Errorf("%s: %v", q.name, numbers(p))
		}
		for _, c := range p.Cases {
			if c.Report == nil || len(c.Photos) != 1 || c.Photos[0].Data != nil {
				t.Errorf("%s: %s comes without its report", q.name, c.Number)
			}
		}
	}
	if n, want := must(s.ReportCounts(t.Context()))(t), (cases.ReportCounts{Open: 4, New: 3, InWork: 1, Urgent: 1, Public: 1, Done: 1}); n != want {
		t.Errorf("got %+v want %+v", n, want)
	}
	if n := must(s.Counts(t.Context(), "", Day()))(t); n.Reports != 4 || n.Open != 5 {
		t.Errorf("the menu counts %d reports of %d open cases", n.Reports, n.Open)
	}
}

func mergedReports(t *testing.T, s Store) {
	main := insert(t, s, report(t, 1, "strasse"), cases.Change{Answer: []byte("main")})
	child := insert(t, s, report(t, 2, "strasse"), cases.Change{Answer: []byte("child"),
		Supporters: []cases.Supporter{{Recipient: "age1x", Address: "x", Lang: "de", At: Day()}, {Recipient: "age1both", Address: "both"}}, Others: []cases.Sealed{{Address: "x", Data: []byte("old")}}})
	ok(t, s.Update(t.Context(), main, 0, cases.Change{Supporters: []cases.Supporter{{Recipient: "age1both", Address: "both"}, {Recipient: "age1both", Address: "both"}}}))
	main.Version = 1

	// A case that changed meanwhile stops all of it.
	child.Main = main.Number
	join := cases.Change{Adopt: []string{child.Number}, Others: []cases.Sealed{{Address: "x", Data: []byte("new")}, {Address: "both", Data: []byte("new")}},
		Also: []cases.Also{{Case: child, From: 9}}, Public: []wire.Record{publish.ReportGone("p2")}}
	is(t, s.Update(t.Context(), main, 1, join), cases.ErrChanged)
	if got := must(s.Get(t.Context(), main.Number))(t); got.Version != 1 || len(must(s.For(t.Context(), "both"))(t)) != 0 {
		t.Fatal("half of a change was stored")
	}
	join.Also[0] = cases.Also{Case: child, From: 0, With: cases.Change{Forget: true, Answer: []byte("follows")}}
	ok(t, s.Update(t.Context(), main, 1, join))
	got := must(s.Get(t.Context(), main.Number))(t)
	if !slices.Equal(got.Report.Merged, []string{child.Number}) || got.Report.Supports != 3 {
		t.Fatalf("merged %v, %d have the same", got.Report.Merged, got.Report.Supports)
	}
	if all := must(s.Merged(t.Context(), main.Number))(t); len(all) != 1 || all[0].Number != child.Number || all[0].Open() || all[0].Report == nil {
		t.Fatal("the merged report is not found, or is open")
	}
	if none := must(s.Merged(t.Context(), ""))(t); len(none) != 0 {
		t.Fatal("every report is merged into nothing")
	}
	if who := must(s.Supporters(t.Context(), main.Number))(t); len(who) != 2 || len(must(s.Supporters(t.Context(), child.Number))(t)) != 0 {
		t.Fatalf("%d supporters", len(who))
	}
	for address, want := range map[string]string{main.Address: "main", child.Address: "follows", "x": "new", "both": "new"} {
		if got := must(s.For(t.Context(), address))(t); len(got) != 1 || string(got[0]) != want {
			t.Errorf("%s reads %q", address, got)
		}
	}
	// The reporter's answer is a new one, those of supporters stay.
	ok(t, s.Update(t.Context(), main, 2, cases.Change{Answer: []byte("again")}))
	if string(must(s.For(t.Context(), "x"))(t)[0]) != "new" || string(must(s.For(t.Context(), main.Address))(t)[0]) != "again" {
		t.Fatal("an answer hits the wrong people")
	}
}

func published(t *testing.T, s Store) {
	c := report(t, 1, "strasse")
	c.Report.Public = publication("p1")
	c = insert(t, s, c, cases.Change{})
	if number := must(s.ByPublic(t.Context(), "p1"))(t); number != c.Number {
		t.Fatal(number)
	}
	_, err := s.ByPublic(t.Context(), "p2")
	is(t, err, cases.ErrNotFound)
	record := must(publish.Report{ID: "p1", Category: "strasse", State: publish.ReportReceived}.Record())(t)
	ok(t, s.Update(t.Context(), c, 0, cases.Change{Public: []wire.Record{record}}))
	all := must(s.After(t.Context(), publish.Public, 0, 10))(t)
	if len(all) != 1 || all[0].Collection != publish.CollectionReports || all[0].ID != "p1" || len(must(s.After(t.Context(), "stadt", 0, 10))(t)) != 0 {
		t.Fatal("what is published with a change is not there for everybody")
	}
	c.Report.Public.Shown = false
	ok(t, s.Update(t.Context(), c, 1, cases.Change{Public: []wire.Record{publish.ReportGone("p1")}}))
	if gone := must(s.After(t.Context(), publish.Public, all[0].Seq, 10))(t); len(gone) != 1 || !gone[0].Deleted {
		t.Fatal("what was taken back is still there")
	}
	if number := must(s.ByPublic(t.Context(), "p1"))(t); number != c.Number {
		t.Fatal("who supports what was taken back finds nothing")
	}
	got := must(s.Get(t.Context(), c.Number))(t)
	if p := got.Report.Public; p == nil || p.Shown || p.Text != "Ein Loch" || string(p.Thumb) != "jpeg" || !p.At.Equal(Day()) {
		t.Fatalf("%+v", p)
	}
}
