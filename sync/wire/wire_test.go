package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func item(n int) Item {
	return Item{
		ID:      fmt.Sprintf("01931e5c-0000-7000-8000-%012x", n),
		Kind:    KindEnvelope,
		Key:     strings.Repeat("k", 43),
		Body:    "aa.bb.cc.dd.ee",
		Outcome: "aa.bb.cc",
	}
}

func TestABrokenItemIsNoticedAtTheDoor(t *testing.T) {
	if err := item(1).Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Item){
		"no id":             func(i *Item) { i.ID = "" },
		"a path as id":      func(i *Item) { i.ID = "../../../../etc/passwd" },
		"capitals in id":    func(i *Item) { i.ID = strings.ToUpper(i.ID) },
		"unknown kind":      func(i *Item) { i.Kind = "photo" },
		"no key":            func(i *Item) { i.Key = "" },
		"plain body":        func(i *Item) { i.Body = `{"name":"Meier"}` },
		"signed body":       func(i *Item) { i.Body = "aa.bb.cc" },
		"body too long":     func(i *Item) { i.Body = strings.Repeat("a", MaxBody) + ".b.c.d.e" },
		"line break":        func(i *Item) { i.Body += "\n" },
		"no outcome":        func(i *Item) { i.Outcome = "" },
		"outcome too long":  func(i *Item) { i.Outcome = strings.Repeat("a", MaxOutcome) + ".b.c" },
		"sealed as outcome": func(i *Item) { i.Outcome = i.Body },
	} {
		i := item(1)
		spoil(&i)
		err := i.Check()
		if !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "Meier") || strings.Contains(err.Error(), "passwd")) {
			t.Error("the error repeats content:", err)
		}
	}
}

func TestAFullPushFitsTheLimit(t *testing.T) {
	i := item(1)
	i.Body = strings.Repeat("a", MaxBody-8) + ".b.c.d.e"
	i.Outcome = strings.Repeat("a", MaxOutcome-4) + ".b.c"
	if err := i.Check(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(Push{V: Version, Items: []Item{i}})
	if err != nil || len(b) > MaxPush-4096 {
		t.Fatal("the largest application cannot travel:", len(b), err)
	}
}

func TestAPushIsCheckedAsAWhole(t *testing.T) {
	many := Push{V: 1}
	for n := range MaxItems + 1 {
		many.Items = append(many.Items, item(n))
	}
	for name, p := range map[string]Push{
		"empty":      {V: 1},
		"no version": {Items: []Item{item(1)}},
		"too many":   many,
		"twice":      {V: 1, Items: []Item{item(1), item(1)}},
	} {
		if err := p.Check(); !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
	}
	many.Items = many.Items[:MaxItems]
	if err := many.Check(); err != nil {
		t.Error(err)
	}
	if err := (Push{V: Version + 1, Items: many.Items}).Check(); err != nil {
		t.Error("a newer device is not heard:", err)
	}
}

func TestAnAnswerBelongsToItsPush(t *testing.T) {
	p := Push{V: 1, Items: []Item{item(1), item(2)}}
	good := Pushed{V: 1, Epoch: "e1", Results: []Result{{ID: item(1).ID, Status: Stored, Receipt: "a.b.c"}, {ID: item(2).ID, Status: Retry}}}
	if err := good.Check(p); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Pushed){
		"no epoch":         func(g *Pushed) { g.Epoch = "" },
		"one result less":  func(g *Pushed) { g.Results = g.Results[:1] },
		"another order":    func(g *Pushed) { g.Results = []Result{g.Results[1], g.Results[0]} },
		"without receipt":  func(g *Pushed) { g.Results = []Result{{ID: item(1).ID, Status: Dup}, g.Results[1]} },
		"without versions": func(g *Pushed) { g.V = 0 },
	} {
		g := good
		spoil(&g)
		if err := g.Check(p); !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
	}
}

func TestPulledFactsAreInOrder(t *testing.T) {
	fact := func(seq int64) Record { return Record{Collection: "slots", ID: "a", Seq: seq, Data: []byte("1")} }
	good := Pulled{V: 1, Epoch: "e1", Cursor: "c", Records: []Record{fact(1), fact(5)}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Pulled){
		"no cursor":       func(p *Pulled) { p.Cursor = "" },
		"backwards":       func(p *Pulled) { p.Records = []Record{fact(5), fact(1)} },
		"twice":           func(p *Pulled) { p.Records = []Record{fact(5), fact(5)} },
		"more of nothing": func(p *Pulled) { p.Records, p.More = nil, true },
		"no sequence":     func(p *Pulled) { p.Records = []Record{fact(0)} },
		"no data":         func(p *Pulled) { p.Records = []Record{{Collection: "slots", ID: "a", Seq: 1}} },
		"gone, with data": func(p *Pulled) {
			p.Records = []Record{{Collection: "slots", ID: "a", Seq: 1, Deleted: true, Data: []byte("1")}}
		},
		"no collection": func(p *Pulled) { p.Records = []Record{{ID: "a", Seq: 1, Data: []byte("1")}} },
	} {
		p := good
		spoil(&p)
		if err := p.Check(); !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
	}
}

func TestMembersOfANewerVersionAreSkipped(t *testing.T) {
	var n Nudge
	if err := Decode([]byte(`{"v":9,"hurry":true}`), &n); err != nil || n.Check() != nil {
		t.Fatal(err)
	}
	for _, s := range []string{``, `{`, `{"v":1}{"v":1}`, `{"v":1} x`, `"Meier"`} {
		if err := Decode([]byte(s), &n); !errors.Is(err, ErrMessage) || strings.Contains(err.Error(), "Meier") {
			t.Error(s, err)
		}
	}
	if err := Read(strings.NewReader(`{"v":1}`), 6, &n); !errors.Is(err, ErrMessage) {
		t.Error(err)
	}
	if err := Read(strings.NewReader(`{"v":1}`), 7, &n); err != nil {
		t.Error(err)
	}
}

func TestEnrolmentIsChecked(t *testing.T) {
	good := Enroll{V: 1, Code: "FOYER12345", CSR: []byte{1}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []Enroll{{V: 1, Code: "short", CSR: []byte{1}}, {V: 1, Code: "foyer12345", CSR: []byte{1}}, {V: 1, Code: "FOYER12345"}} {
		if err := bad.Check(); !errors.Is(err, ErrMessage) {
			t.Error(bad.Code, err)
		}
	}
	if err := (Enrolled{V: 1, Device: "d", Tenant: "t"}).Check(); !errors.Is(err, ErrMessage) {
		t.Error(err)
	}
	for _, a := range []string{"", "../x", strings.Repeat("A", 64), strings.Repeat("a", 63)} {
		if err := CheckAddress(a); !errors.Is(err, ErrMessage) {
			t.Error(a, err)
		}
	}
	if err := (Answers{V: 1, Answers: [][]byte{{}}}).Check(); !errors.Is(err, ErrMessage) {
		t.Error(err)
	}
}

// What is read and passes its check is written as it was understood.
func FuzzPush(f *testing.F) {
	b, _ := json.Marshal(Push{V: 1, Items: []Item{item(1), item(2)}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, again Push
		if Decode(b, &p) != nil || p.Check() != nil {
			return
		}
		out, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode(out, &again); err != nil || !reflect.DeepEqual(p, again) {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			_ = i.Check()
		}
	})
}

func FuzzPulled(f *testing.F) {
	b, _ := json.Marshal(Pulled{V: 1, Epoch: "e", Cursor: "c", Records: []Record{{Collection: "slots", ID: "a", Seq: 1, Data: []byte(`{"x":1}`)}}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Pulled
		if Decode(b, &p) != nil || p.Check() != nil {
			return
		}
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
	})
}
