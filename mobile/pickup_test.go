package mobile

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// withDrafts is a phone that finds what was begun at terminals.
func withDrafts(t testing.TB, size fyne.Size) (*rig, *visittest.Drafts) {
	t.Helper()
	r := newRig(t, size)
	drafts := &visittest.Drafts{Gone: visit.ErrGone}
	r.drafts, r.a.o.Desk.Drafts = drafts, drafts
	return r, drafts
}

// putAway is what somebody said at a terminal and left there at a page.
func (r *rig) putAway(id, page string, answers map[string]any) visit.Ticket {
	r.T.Helper()
	s, ok := r.a.o.Catalogue.Find(id, "")
	if !ok {
		r.T.Fatal("no service", id)
	}
	o := r.a.options()
	o.Channel = "terminal"
	v := visit.Begin(s, r.a.o.Desk, o)
	for path, x := range answers {
		v.Answer(path, x)
	}
	ticket, err := v.Pause(r.T.Context(), page)
	if err != nil {
		r.T.Fatal(err)
	}
	v.Wipe()
	return ticket
}

// parking are the answers of a parking permit but for its last page.
func parking() map[string]any {
	return map[string]any{"/name": "Renate Vogt", "/birthdate": "1980-04-03", "/street": "Herforder Straße", "/house": "12", "/registered": true,
		"/plate": "MI-RA 1848", "/owner": "me", "/permit": false}
}

// ideas are the answers of a service that costs nothing.
func ideas(t testing.TB, s *service.Service) map[string]any {
	t.Helper()
	folder, err := fs.Sub(assets.FS, "services/"+s.ID)
	if err != nil {
		t.Fatal(err)
	}
	examples, err := service.Examples(folder, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		if len(e.Expect.Problems) == 0 {
			out := map[string]any{}
			for key, v := range e.Answers {
				out["/"+key] = v
			}
			delete(out, "/photos")
			return out
		}
	}
	t.Fatal("no good example")
	return nil
}

func codePhoto(t testing.TB, code string) *fstest.MapFile {
	t.Helper()
	png, err := qr.PNG(code, qr.Medium, 9)
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: png}
}

func TestAPhotographedCodeBringsTheFormToThePhone(t *testing.T) {
	r, drafts := withDrafts(t, phone)
	ticket := r.putAway("parkausweis-bewohner", "zone", parking())
	r.album["code.png"] = codePhoto(t, ticket.Code)
	r.Tap("tab.services", "pickup", "photo", "file.code.png")
	r.WaitScreen("form")
	if !r.Sees("Wo und wie lange?") {
		t.Fatal("it does not go on where it was left:", r.Said())
	}
	if len(drafts.Lie()) != 1 || r.memory.count(shelfPhoto) != 0 {
		t.Fatal("the draft is gone already, or the photo is kept")
	}
	r.calm()
	r.start() // the program was killed
	if len(r.a.drafts) != 1 || r.a.drafts[0].visit.LiesUnder() != ticket.Code {
		t.Fatal("the phone does not remember it")
	}
	r.a.room(&mine{})
	r.Tap("draft."+r.a.drafts[0].id, "go")
	if r.a.Screen() != "form" || !r.Sees("Wo und wie lange?") {
		t.Fatal(r.a.Screen(), r.Said())
	}
	r.Tap("/zone=0", "/months=1", "next")
	r.WaitScreen("summary")
	r.Tap("handover")
	r.Wait("the code", func() bool { s, is := r.a.top().(*handover); return is && s.ticket.Code != "" })
	again := r.a.top().(*handover).ticket
	if again.Code == ticket.Code || len(drafts.Lie()) != 1 {
		t.Fatal("two drafts of one form")
	}
	saved, err := visit.Fetch(t.Context(), r.a.o.Desk, again.Code, r.a.options())
	if err != nil {
		t.Fatal(err)
	}
	if months, _ := saved.Draft.Answers.Get("/months"); fmt.Sprint(months) != "12" {
		t.Fatal("what was said on the phone does not come to the terminal:", months)
	}
}

func TestATypedCodeIsTakenAndWhatCostsNothingIsSentFromThePhone(t *testing.T) {
	r, drafts := withDrafts(t, phone)
	s, _ := r.a.o.Catalogue.Find("ideenwettbewerb", "")
	ticket := r.putAway(s.ID, "", ideas(t, s))
	r.a.push(&pickup{typed: strings.ToLower(ticket.Text)})
	r.Tap("go")
	r.WaitScreen("summary")
	r.Tap("agree", "send")
	r.WaitScreen("sent")
	if len(drafts.Lie()) != 0 {
		t.Fatal("the draft is still at the town hall")
	}
	apps := r.opened()
	if len(apps) != 1 || apps[0].Service != s.ID || apps[0].Channel != "phone" {
		t.Fatalf("%+v", apps)
	}
	r.calm()
	if r.memory.count(shelfDraft) != 0 || r.memory.count(shelfReport) != 1 {
		t.Fatal("the phone still has the draft, or forgot what it sent")
	}
	r.a.room(&mine{})
	if !r.Sees(s.Title("de")) {
		t.Fatal(r.Said())
	}
}

func TestCodesThatOpenNothingAreSaidOnThePhone(t *testing.T) {
	r, drafts := withDrafts(t, phone)
	slip, _, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		code    string
		err     error
		problem string
	}{
		"mistyped": {"ABCD-EFGH", nil, "pickup.code"}, "a slip": {slip, nil, "pickup.slip"}, "gone": {seal.DraftKey{5}.Code(), nil, "pickup.gone"},
		"no network": {seal.DraftKey{5}.Code(), visit.ErrOffline, "pickup.offline"}, "hostile": {strings.Repeat("\x00A", 30), nil, "pickup.code"},
	} {
		drafts.Break(c.err)
		s := &pickup{typed: c.code}
		r.a.push(s)
		s.fetch(r.a, c.code)
		r.Wait(name, func() bool { return s.problem == c.problem })
		if len(r.a.drafts) != 0 {
			t.Error(name, "something began")
		}
	}
	drafts.Break(nil)
	s := &pickup{}
	r.a.push(s)
	s.photographed(r.a, slices.Clone(r.album["klein.jpg"].Data), nil)
	r.Wait("a photo without a code", func() bool { return s.problem == "pickup.unread" })
	s.photographed(r.a, []byte("no photo"), nil)
	r.Wait("no photo", func() bool { return !s.busy && s.problem == "pickup.unread" })
}

func TestADraftThatIsThrownAwayOnThePhoneIsGoneEverywhere(t *testing.T) {
	r, drafts := withDrafts(t, phone)
	ticket := r.putAway("parkausweis-bewohner", "zone", parking())
	s := &pickup{typed: ticket.Code}
	r.a.push(s)
	s.fetch(r.a, ticket.Code)
	r.WaitScreen("form")
	other := &pickup{} // the same code once more: it is here already
	r.a.push(other)
	other.fetch(r.a, ticket.Text)
	if r.a.Screen() != "begun" || len(r.a.drafts) != 1 {
		t.Fatal(r.a.Screen())
	}
	r.Tap("drop", "drop.yes")
	r.calm()
	if len(drafts.Lie()) != 0 || r.memory.count(shelfDraft) != 0 {
		t.Fatal("it is still there")
	}
}

func TestAReportBegunAtATerminalGoesOnWithPhotos(t *testing.T) {
	r, _ := withDrafts(t, phone)
	ticket := r.putAway(Report, "", map[string]any{"/category": "strasse", "/what": "schlagloch"})
	s := &pickup{typed: ticket.Code}
	r.a.push(s)
	s.fetch(r.a, ticket.Code)
	r.WaitScreen("foto")
	if r.a.drafts[0].answer(pathWhat) != "schlagloch" {
		t.Fatal("what was said is not there")
	}
}

var pickupScreens = []struct {
	name string
	go_  func(r *rig)
}{
	{"p9-services", func(r *rig) { r.a.room(&services{}) }},
	{"p9-pickup", func(r *rig) { r.a.push(&pickup{}) }},
	{"p9-pickup-typed", func(r *rig) { r.a.push(&pickup{typed: "0410-6105", problem: "pickup.code"}) }},
	{"p9-pickup-gone", func(r *rig) { r.a.push(&pickup{problem: "pickup.gone"}) }},
	{"p9-pages", func(r *rig) { r.a.goOn(r.carried("vehicle")) }},
	{"p9-pages-problem", func(r *rig) {
		d := r.carried("zone")
		d.changed = true
		r.a.push(&question{filling: filling{draft: d, shown: map[string]bool{"/zone": true, "/months": true}}, id: "zone"})
	}},
	{"p9-review-open", func(r *rig) { r.a.push(&summary{draft: r.carried("")}) }},
	{"p9-review", func(r *rig) {
		d := r.carried("")
		for path, v := range map[string]any{"/zone": "A", "/months": 12} {
			d.visit.Answer(path, v)
		}
		r.a.push(&summary{draft: d})
	}},
	{"p9-handover", func(r *rig) {
		r.a.push(&handover{draft: r.carried(""), begun: true, ticket: visit.Ticket{Code: seal.DraftKey{1, 2, 3, 4, 5, 6, 7}.Code(), Text: seal.DraftKey{1, 2, 3, 4, 5, 6, 7}.Text(), Until: r.clock, Away: true}})
	}},
	{"p9-handover-files", func(r *rig) { r.handsOverPhotos() }},
	{"p9-begun", func(r *rig) { r.a.push(&begun{draft: r.carried("zone")}) }},
	{"p9-mine", func(r *rig) { r.carried("zone"); r.a.room(&mine{}) }},
}

// carried is a parking permit that was begun at a terminal.
func (r *rig) carried(page string) *draft {
	r.T.Helper()
	ticket := r.putAway("parkausweis-bewohner", page, parking())
	saved, err := visit.Fetch(r.T.Context(), r.a.o.Desk, ticket.Code, r.a.options())
	if err != nil {
		r.T.Fatal(err)
	}
	if err := (&pickup{}).picked(r.a, saved); err != nil {
		r.T.Fatal(err)
	}
	r.a.room(&start{})
	return r.a.drafts[0]
}

func (r *rig) handsOverPhotos() {
	r.a.push(&handover{draft: r.withPhotos(r.filled(), "schlagloch.jpg"), begun: true, ticket: visit.Ticket{Code: seal.DraftKey{1}.Code(), Text: seal.DraftKey{1}.Text(), Until: r.clock}})
}

// Photos are too large for what travels; who goes on at a terminal hears that before.
func TestWhoHandsOverHearsThatPhotosStayHere(t *testing.T) {
	r := newRig(t, phone)
	r.handsOverPhotos()
	if !r.Sees(r.a.say("handover.files")) {
		t.Error(r.Said())
	}
}

func TestPickingUpCanBeReadAndTouchedOnEveryScreen(t *testing.T) {
	for _, size := range []fyne.Size{phone, fyne.NewSize(320, 568)} {
		for _, style := range []look.Style{{Lang: "de", Text: 1}, {Lang: "en", Text: 2}, {Lang: "de-simple", Text: 1.5}, {Lang: "de", Text: 2, Contrast: look.YellowBlack}} {
			r, _ := withDrafts(t, size)
			for _, s := range pickupScreens {
				name := fmt.Sprintf("%s-%.0f-%s-%g-%d", s.name, size.Width, style.Lang, style.Text, style.Contrast)
				r.a.drafts, r.a.stack = nil, []screen{&start{}}
				r.a.style.Lang, r.a.style.Text, r.a.style.Contrast = style.Lang, style.Text, style.Contrast
				s.go_(r)
				r.calm()
				r.a.show()
				r.Shot(name)
				if len(r.Nodes()) == 0 {
					t.Errorf("%s: nothing is there", name)
				}
				for _, f := range tree.CheckAt(r.Nodes(), 1, leastTouch) {
					t.Errorf("%s: %s", name, f)
				}
				for _, word := range broken(r.a.root) {
					t.Errorf("%s: a word that has room is broken: %q", name, word)
				}
				for _, n := range r.Nodes() {
					if strings.HasPrefix(n.Name, "m.") || strings.Contains(n.Name, "{{") {
						t.Errorf("%s: a text is missing: %q", name, n.Name)
					}
				}
			}
		}
	}
}

func FuzzReadCode(f *testing.F) {
	png, err := qr.PNG(seal.DraftKey{1}.Code(), qr.Medium, 4)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(png)
	f.Add([]byte("no photo"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) < 4096 {
			_ = readCode(data)
		}
	})
}
