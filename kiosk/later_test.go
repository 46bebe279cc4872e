package kiosk

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// shippedRig is a terminal that offers what ships, in the middle of a service of which everything but some was said.
func shippedRig(t *testing.T, id, page string, answers form.Answers) *rig {
	t.Helper()
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	s, _ := catalogue.Find(id, "")
	r.Tap("start")
	r.k.push(&card{service: s})
	r.Wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.Tap("begin")
	for name, v := range answers {
		r.k.s.visit.Answer("/"+name, v)
	}
	r.k.push(newFormPage(r.k, page, false))
	return r
}

// A terminal takes no file. Who applies there promises the CV; the town hall reads the promise, and the slip reminds of it.
func TestAtATerminalPapersArePromisedAndTheSlipRemindsOfThem(t *testing.T) {
	r := shippedRig(t, "bewerbung", "papers", form.Answers{"job": "gaertner", "name": "Renate Vogt", "street": "Werrestraße", "house": "12", "zip": "32545", "town": "Bad Oeynhausen", "email": "renate@beispiel.de"})
	r.Tap("next")
	if r.k.Screen() != "form" || !r.Sees("oder reichen Sie sie nach.") || !r.Sees("Hier am Gerät gehen keine Dateien.") {
		t.Errorf("nobody says what to do about the CV:\n%s", r.Said())
	}
	r.Shot("05-later")
	r.Tap("/cv", "next", "/privacy", "next")
	if !r.Sees("Wird nachgereicht") {
		t.Error("the summary says\n" + r.Said())
	}
	r.Tap("agree", "send")
	r.Wait("the end", func() bool { return r.k.Screen() == "done" })
	plain, err := r.town.Open(r.memory.Sent()[0])
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	if cv, _ := app.Answers.Get("/cv"); !form.Later(cv) || len(app.Attachments) != 0 {
		t.Errorf("the town hall reads %v", cv)
	}
	receipt, _ := r.k.s.visit.Receipt()
	if slip := fmt.Sprintf("%+v", receipt.Slip); !strings.Contains(slip, "Das reichen Sie nach") || !strings.Contains(slip, "Lebenslauf") {
		t.Error("the slip does not remind of the CV")
	}
}

// A finger signs on the glass, as the window system tells it: down, moved, up. Between two strokes the screen is drawn anew.
func TestAFingerSignsOnTheTerminal(t *testing.T) {
	r := shippedRig(t, "bauantrag", "sign", form.Answers{"kind": "demolition"})
	r.Shot("05-sign-empty")
	field := func() tree.Node {
		t.Helper()
		for _, n := range r.Nodes() {
			if n.ID == "/sign" {
				return n
			}
		}
		t.Fatal("there is nothing to sign on")
		return tree.Node{}
	}
	n := field()
	if n.Value != "leer" {
		t.Errorf("it says %q", n.Value)
	}
	at := fyne.NewPos(float32(n.Bounds.X+450), float32(n.Bounds.Y+150)) // where the finger is after it has moved so far
	test.Drag(r.W.Canvas(), at, 300, -60)
	test.Drag(r.W.Canvas(), at.AddXY(300, 40), 200, 50)
	v, _ := r.k.s.visit.Draft().Answers.Get("/sign")
	text, _ := v.(string)
	if drawn, err := signature.Parse(text); err != nil || len(drawn) != 2 {
		t.Fatalf("%q: %v", text, err)
	}
	if n := field(); n.Value != "unterschrieben" {
		t.Errorf("it says %q", n.Value)
	}
	r.Shot("05-sign")
	r.Tap("/sign/name")
	r.types("Renate Vogt")
	r.Shot("05-sign-name")
	if v, _ := r.k.s.visit.Draft().Answers.Get("/sign"); v != signature.OfName("Renate Vogt") {
		t.Errorf("%v", v)
	}
}
