package mobile

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// A finger that is on its way to something must find it there: a journey touched "Noch eins" where the photo had pushed it away.
func TestNothingMovesWhenThePhotoIsReady(t *testing.T) {
	r := newRig(t, phone)
	photos := []string{"schlagloch.jpg", "hochkant.jpg", "klein.jpg", "null.jpg", "atlantik.jpg"}
	for _, size := range []fyne.Size{{Width: 320, Height: 568}, {Width: 390, Height: 844}, {Width: 430, Height: 932}} {
		r.W.Resize(size)
		for _, factor := range []float32{1, 1.5, 2} {
			for _, before := range []int{0, 1, 4} { // photos that are there already
				for _, ahead := range []bool{false, true} {
					name := fmt.Sprintf("%.0f wide, text %.1f, photo %d", size.Width, factor, before+1)
					r.a.style.Text = factor
					r.clear()
					f := &foto{draft: r.withPhotos(r.filled(), photos[:before]...), busy: 1, at: before, ahead: ahead}
					r.a.push(f)
					busy := r.Nodes()
					for f.busy = 2; f.busy <= 3; f.busy++ {
						r.a.show()
						stays(t, fmt.Sprintf("%s, stage %d", name, f.busy), busy, r.Nodes())
					}
					r.withPhotos(f.draft, photos[before])
					f.busy, f.ahead = 0, false
					r.a.show()
					stays(t, name, busy, r.Nodes())
				}
			}
		}
	}
}

// stays fails for everything that was on the screen and is elsewhere now; only what tells how far the photo is may go.
func stays(t *testing.T, name string, before, after []tree.Node) {
	t.Helper()
	places := map[string]tree.Node{}
	for _, n := range after {
		places[string(n.Role)+n.ID+n.Name] = n
	}
	touched := 0
	for _, n := range before {
		if n.Role == tree.Progress && n.Value[len(n.Value)-1] == '3' {
			continue
		}
		now, there := places[string(n.Role)+n.ID+n.Name]
		switch {
		case !there:
			t.Errorf("%s: %q is gone", name, n.Name)
		case now.Full() != n.Full():
			t.Errorf("%s: %q was at %v and is at %v", name, n.Name, n.Full(), now.Full())
		case n.Touchable():
			touched++
		}
	}
	if touched < 5 {
		t.Errorf("%s: only %d things can be touched while the photo is prepared", name, touched)
	}
}

// A photo takes a moment on a slow phone. Who has said everything before it is ready needs no sixth tap.
func TestAFingerFasterThanThePhotoNeedsNoTapMore(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("photo", "file.schlagloch.jpg")
	r.WaitScreen("foto")
	f := r.a.top().(*foto)
	if f.busy == 0 {
		t.Fatal("the photo is ready before anybody could touch anything")
	}
	r.Tap("/category=0", "/what=0")
	r.WaitScreen("ask")
	if len(f.draft.visit.Files()) != 1 {
		t.Error("the photo is not there")
	}
}

func TestEveryKindOfBadFileIsSaidInASentenceAndLosesNothing(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=0")
	for file, said := range map[string]string{
		"riesig.jpg": "zu groß", "kaputt.jpg": "beschädigt", "leer.jpg": "beschädigt", "rechnung.jpg": "kein Foto", "iphone.heic": "kann die App nicht lesen",
	} {
		r.photo("take", file)
		if !r.Sees(said) {
			t.Errorf("%s: nobody says %q:\n%s", file, said, r.Said())
		}
		if f := r.a.top().(*foto); len(f.draft.visit.Files()) != 0 || f.draft.answer(pathCategory) != "strasse" {
			t.Errorf("%s: the draft has changed", file)
		}
	}
	r.photo("take", "atlantik.jpg")
	if !r.Sees("nicht aus Bad Oeynhausen") {
		t.Errorf("a photo from the Atlantic: %s", r.Said())
	}
	d := r.a.top().(*foto).draft
	if _, placed := d.spot(); placed || len(d.visit.Files()) != 1 {
		t.Error("its place was taken over, or the photo was not")
	}
	r.photo("take", "null.jpg")
	if _, placed := d.spot(); placed || r.Sees("1970") {
		t.Error("0°, 0° or the year 1970 were taken over")
	}
}

func TestNoMoreThanFivePhotos(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg", "hochkant.jpg", "klein.jpg", "null.jpg", "atlantik.jpg")
	r.a.push(&foto{draft: d})
	if _, there := r.Find("take"); there {
		t.Error("a sixth one is offered")
	}
	f := r.a.top().(*foto)
	r.a.openCover(f, d.visit.Files()[0])
	r.Wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	r.a.top().(*cover).view.Tapped(&fyne.PointEvent{Position: fyne.NewPos(150, 300)})
	r.Tap("done")
	r.WaitScreen("foto")
	if len(d.visit.Files()) != mostPhotos {
		t.Errorf("after covering there are %d photos", len(d.visit.Files()))
	}
}

func TestWhatIsCoveredIsBurnedInAndCanBeUndoneBefore(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg")
	r.a.keep(d, true)
	before := d.visit.Files()[0]
	r.a.push(&foto{draft: d})
	r.Tap("cover")
	r.Wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	v := r.a.top().(*cover).view
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(120, 320)}, Dragged: fyne.Delta{DX: 20, DY: 20}})
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 380)}, Dragged: fyne.Delta{DX: 80, DY: 60}})
	v.DragEnd()
	if !r.Sees("1 Stelle verdeckt") {
		t.Fatalf("nobody says what is covered:\n%s", r.Said())
	}
	r.Tap("undo")
	if _, there := r.Find("undo"); there {
		t.Error("there is still something to undo")
	}
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(180, 340)})
	r.Tap("done")
	r.WaitScreen("foto")
	r.calm()
	after := d.visit.Files()
	if len(after) != 1 || after[0].Digest == before.Digest {
		t.Fatalf("there are %d photos, the first is the old one: %t", len(after), after[0].Digest == before.Digest)
	}
	if _, old, _ := r.memory.Get(t.Context(), shelfPhoto, before.Digest); old {
		t.Error("the photo before it was covered is still in the memory")
	}
	if _, fresh, _ := r.memory.Get(t.Context(), shelfPhoto, after[0].Digest); !fresh {
		t.Error("the covered photo is not in the memory")
	}
}

// Somebody covers a face and goes back with the arrow instead of "Fertig": the face must not travel.
func TestWhoGoesBackFromCoveringHasCovered(t *testing.T) {
	r := newRig(t, phone)
	d := r.withPhotos(r.filled(), "schlagloch.jpg")
	before := d.visit.Files()[0].Digest
	r.a.push(&foto{draft: d})
	r.Tap("cover")
	r.Wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	r.a.top().(*cover).view.Tapped(&fyne.PointEvent{Position: fyne.NewPos(180, 340)})
	r.Tap("back")
	r.WaitScreen("foto")
	if files := d.visit.Files(); len(files) != 1 || files[0].Digest == before {
		t.Error("the photo is as it was before anything was covered")
	}
	if !r.Sees("1 Stelle verdeckt") {
		t.Errorf("nobody says that it is covered:\n%s", r.Said())
	}
	r.Tap("cover")
	r.Wait("the photo", func() bool { return r.a.top().(*cover).view != nil })
	r.Tap("back") // nothing was covered this time
	if r.a.Screen() != "foto" {
		t.Errorf("on %q", r.a.Screen())
	}
}

// A large photo takes a moment on a cheap phone. Whatever somebody does meanwhile, it comes along.
func TestAPhotoThatIsStillPreparedIsNeitherLostNorLeftBehind(t *testing.T) {
	busy := func(t *testing.T, d *draft, r *rig) {
		t.Helper()
		if d.preparing != 1 {
			t.Fatalf("%d photos are being prepared on %q", d.preparing, r.a.Screen())
		}
	}
	t.Run("home", func(t *testing.T) {
		r := newRig(t, phone)
		r.Tap("photo", "file.schlagloch.jpg")
		r.WaitScreen("foto")
		d := r.a.drafts[0]
		busy(t, d, r)
		r.a.Back()
		r.Wait("the photo", func() bool { return d.preparing == 0 })
		r.calm()
		if len(r.a.drafts) != 1 || len(d.visit.Files()) != 1 || r.memory.count(shelfDraft) != 1 || r.memory.count(shelfPhoto) != 1 {
			t.Errorf("of the photo %d drafts are left, %d in the memory", len(r.a.drafts), r.memory.count(shelfDraft))
		}
	})
	t.Run("home, and it is none", func(t *testing.T) {
		r := newRig(t, phone)
		r.Tap("photo", "file.kaputt.jpg")
		r.WaitScreen("foto")
		r.a.Back()
		r.Wait("the file", func() bool { return len(r.a.drafts) == 0 })
		r.calm()
		if r.memory.count(shelfDraft) != 0 {
			t.Error("a report about nothing is kept")
		}
	})
	t.Run("send", func(t *testing.T) {
		r := newRig(t, phone)
		d := r.filled()
		r.a.push(&foto{draft: d})
		r.Tap("take", "file.schlagloch.jpg")
		r.WaitScreen("foto")
		busy(t, d, r)
		r.Tap("words.first", "send")
		if r.memory.sends() != 0 || !r.Sees("Das Foto wird vorbereitet") {
			t.Errorf("nobody says that the photo is waited for:\n%s", r.Said())
		}
		r.WaitScreen("sent")
		if apps := r.opened(); len(apps) != 1 || len(apps[0].Attachments) != 1 {
			t.Errorf("the town hall reads %+v", apps)
		}
	})
	t.Run("send, and it is none", func(t *testing.T) {
		r := newRig(t, phone)
		r.a.push(&foto{draft: r.filled()})
		r.Tap("take", "file.kaputt.jpg")
		r.WaitScreen("foto")
		r.Tap("words.first", "send")
		r.WaitFor("beschädigt")
		if r.a.Screen() != "foto" || r.memory.sends() != 0 {
			t.Errorf("on %q, %d sent", r.a.Screen(), r.memory.sends())
		}
	})
	t.Run("home, and it is none beside what was said", func(t *testing.T) {
		r := newRig(t, phone)
		d := r.filled()
		r.a.push(&foto{draft: d})
		r.Tap("take", "file.kaputt.jpg")
		r.WaitScreen("foto")
		r.a.Back()
		r.Wait("the file", func() bool { return d.preparing == 0 })
		r.Tap("mine", "draft."+d.id, "go")
		if !r.Sees("beschädigt") {
			t.Errorf("nobody says why the photo is not there:\n%s", r.Said())
		}
	})
}

// Between "wird vorbereitet" and the photo an empty room flashed up, and a journey took a picture of it.
func TestAPhotoIsSeenAsSoonAsItIsThere(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("photo", "file.schlagloch.jpg")
	r.WaitScreen("foto")
	d := r.a.drafts[0]
	r.Wait("the photo", func() bool { return d.preparing == 0 })
	if !r.Sees("Ihr Foto, 1 von 1") {
		t.Errorf("the photo is not seen:\n%s", r.Said())
	}
	r.calm()
	r.start() // as after a kill: it has to be read anew
	r.a.push(&begun{draft: r.a.drafts[0]})
	if r.Sees("Ihr Foto, 1 von 1") || !r.Sees("Foto wird geladen") {
		t.Error("who cannot see is told that it is there already")
	}
	r.WaitFor("Ihr Foto, 1 von 1")
}
