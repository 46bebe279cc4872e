package wire

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestAnOfferIsRefusedBeforeAnybodyReliesOnIt(t *testing.T) {
	good := Offer{Tenant: "stadt", Service: "parken", Version: "2.1", SHA256: Digest(nil), Serial: 1}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Offer){
		"nobody's":        func(o *Offer) { o.Tenant = "" },
		"a folder's name": func(o *Offer) { o.Service = "../parken" },
		"an older folder": func(o *Offer) { o.Service = "parken@1" },
		"no version":      func(o *Offer) { o.Version = "" },
		"words":           func(o *Offer) { o.Version = "neu" },
		"no digest":       func(o *Offer) { o.SHA256 = "" },
		"no serial":       func(o *Offer) { o.Serial = 0 },
	} {
		o := good
		if spoil(&o); !errors.Is(o.Check(), ErrMessage) {
			t.Error(name)
		}
	}
	full, err := json.Marshal(Published{Token: strings.Repeat("t", 2000), Packed: make([]byte, MaxService)})
	if err != nil {
		t.Fatal(err)
	}
	if err := (Record{Collection: CollectionServices, ID: "parken", Seq: 1, Data: full}).Check(); err != nil {
		t.Error("the largest service does not fit into a record:", err)
	}
	for _, data := range []string{"", "null", `"a.b.c"`, `{"token":"a.b.c"}`, `{"packed":"AA=="}`} {
		if _, err := ReadPublished(Record{Data: []byte(data)}); !errors.Is(err, ErrMessage) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestFaultsSayPlacesOnly(t *testing.T) {
	rule := Fault{Kind: FaultRule, Service: "parken", Version: "1", File: "documents/slip.yaml", Line: 12, Key: "children.*.birth.visible", Count: 1}
	refused := Fault{Kind: FaultRefused, Service: "parken", Version: "2", Reason: "form.yaml:12: größer", Count: 1}
	m := Faults{V: 1, ID: "01931e5c-0000-7000-8000-000000000001", Faults: []Fault{rule, refused}}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]Fault{
		"a sentence for a rule": {Kind: FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 1, Key: "Renate Vogt wohnt hier", Count: 1},
		"a reason with a rule":  {Kind: FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 1, Key: "k", Reason: "Renate Vogt", Count: 1},
		"no version":            {Kind: FaultRule, Service: "parken", File: "form.yaml", Line: 1, Key: "k", Count: 1},
		"no reason":             {Kind: FaultRefused, Service: "parken", Version: "1", Count: 1},
		"a long reason":         {Kind: FaultRefused, Service: "parken", Version: "1", Reason: strings.Repeat("x", MaxReason+1), Count: 1},
		"several lines":         {Kind: FaultRefused, Service: "parken", Version: "1", Reason: "no\nno", Count: 1},
		"no letters":            {Kind: FaultRefused, Service: "parken", Version: "1", Reason: "\xff", Count: 1},
		"never":                 {Kind: FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 1, Key: "k"},
		"without end":           {Kind: FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 1, Key: "k", Count: MaxTimes + 1},
		"another kind":          {Kind: "citizen", Service: "parken", Version: "1", Count: 1},
	} {
		if !errors.Is(f.Check(), ErrMessage) {
			t.Error(name)
		}
	}
	for name, spoil := range map[string]func(*Faults){
		"no id": func(m *Faults) { m.ID = "" }, "nothing": func(m *Faults) { m.Faults = nil }, "too many": func(m *Faults) { m.Faults = make([]Fault, MaxFaults+1) },
		"no version": func(m *Faults) { m.V = 0 },
	} {
		x := m
		if spoil(&x); !errors.Is(x.Check(), ErrMessage) {
			t.Error(name)
		}
	}
	long := Faults{V: 1, ID: m.ID}
	for range MaxFaults {
		long.Faults = append(long.Faults, Fault{Kind: FaultRefused, Service: "parken", Version: "2", Reason: strings.Repeat("<", MaxReason), Count: MaxTimes})
	}
	if raw, err := json.Marshal(long); err != nil || long.Check() != nil || len(raw) > MaxFaultsSize {
		t.Error(len(raw), err)
	}
}
