package hardware

import (
	"context"
	"errors"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

const emulatedCard = "eid+emulated:?given=Renate&family=Vogt&birth=1980-04-03&street=Herforder+Stra%C3%9Fe+12&postcode=32545&town=Bad+Oeynhausen"

// openedID is the identity card reader of a desk with this address.
func openedID(t *testing.T, address string) visit.IDReader {
	t.Helper()
	d, err := Open(Addresses{EID: address}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var desk visit.Desk
	d.Fill(&desk)
	if desk.IDs == nil {
		t.Fatal("no card can be read at this desk")
	}
	desk.IDs.(*EmulatedID).wait = 0
	return desk.IDs
}

func TestAnEmulatedCardIsReadAsARealOneWillBe(t *testing.T) {
	want := fact.Person{Given: "Renate", Family: "Vogt", Birth: "1980-04-03", Street: "Herforder Straße", Number: "12", Postcode: "32545", Town: "Bad Oeynhausen"}
	reader := openedID(t, emulatedCard)
	if got, err := reader.Read(t.Context()); err != nil || got != want || reader.Ready(t.Context()) != nil {
		t.Fatal(got, err)
	}
	for word, want := range map[string]error{"missing": visit.ErrNoCard, "refused": visit.ErrRefused} {
		if _, err := openedID(t, emulatedCard+"&card="+word).Read(t.Context()); !errors.Is(err, want) {
			t.Error(word, err)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	slow := openedID(t, emulatedCard).(*EmulatedID)
	slow.wait = time.Hour
	if _, err := slow.Read(gone); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAnEmulatedCardWithAMistakeIsRefused(t *testing.T) {
	for _, address := range []string{emulatedCard + "&card=lost", emulatedCard + "&pin=123456"} {
		if _, err := Open(Addresses{EID: address}, time.Now); !errors.Is(err, ErrAddress) {
			t.Error(err)
		}
	}
	if _, err := Open(Addresses{Scanner: emulatedCard}, time.Now); !errors.Is(err, ErrAddress) {
		t.Error("a card reader is taken for a scanner:", err)
	}
}
