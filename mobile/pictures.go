package mobile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// mostPhotos is how many photos a report takes.
const mostPhotos = 5

// viewEdge is the longer edge of a photo as it is kept for the screen, in pixels.
const viewEdge = 900

// gallery keeps photos decoded and scaled for the screen, so that a drawing does not wait for them.
type gallery struct {
	pictures map[string]image.Image // by digest; nil: being made
	order    []string
}

// most that are kept; a picture is 2 MB.
const galleryMost = 12

func (g *gallery) put(digest string, img image.Image) {
	if g.pictures == nil {
		g.pictures = map[string]image.Image{}
	}
	if _, known := g.pictures[digest]; !known {
		g.order = append(g.order, digest)
	}
	g.pictures[digest] = img
	if len(g.order) > galleryMost {
		delete(g.pictures, g.order[0])
		g.order = g.order[1:]
	}
}

// picture gives a photo for the screen; nil while it is being made. It draws anew when it is there.
func (a *App) picture(digest string, jpeg []byte) image.Image {
	img, known := a.gallery.pictures[digest]
	if known {
		return img
	}
	a.gallery.put(digest, nil)
	a.beside(func(context.Context) func() {
		img := shrunk(jpeg, viewEdge)
		if img == nil {
			return nil
		}
		return func() { a.gallery.put(digest, img); a.show() }
	})
	return nil
}

// mostCut is how much larger than its room a photo may be to be cut to it: who has to find a face, or to know a hole again, has to see all of it.
const mostCut = 1.15

// photoView is a photo as wide as there is room and this high, told by name.
func (a *App) photoView(digest string, jpeg []byte, h float32, name string) fyne.CanvasObject {
	c := a.style.Colors()
	img := a.picture(digest, jpeg)
	p := look.NewScene(a.px(60), look.Fixed(h), func(s fyne.Size) []fyne.CanvasObject {
		ground := canvas.NewRectangle(c.Sunken)
		ground.CornerRadius = a.px(16)
		objs := []fyne.CanvasObject{look.At(ground, 0, 0, s.Width, s.Height)}
		if img == nil {
			i := a.px(32)
			return append(objs, look.At(look.Icon(a.style, "camera", i, c.Ink2), (s.Width-i)/2, (s.Height-i)/2, i, i))
		}
		pic := canvas.NewImageFromImage(img)
		pic.FillMode, pic.CornerRadius = canvas.ImageFillCover, a.px(16)
		if b := img.Bounds(); s.Width*float32(b.Dy()) > mostCut*s.Height*float32(b.Dx()) { // all of it, in the middle
			w := s.Height * float32(b.Dx()) / float32(b.Dy())
			return append(objs, look.At(pic, (s.Width-w)/2, 0, w, s.Height))
		}
		return append(objs, look.At(pic, 0, 0, s.Width, s.Height))
	})
	if img == nil { // who cannot see, and who watches, should not believe that it is there
		name = a.say("photo.loading")
	}
	p.Node = tree.Node{Role: tree.Picture, Name: name}
	return p
}

// take lets somebody choose a photo for a draft; nil begins one.
func (a *App) take(d *draft) {
	a.o.Event("pick")
	if a.o.Album != nil {
		a.push(&album{draft: d})
		return
	}
	if a.o.Pictures == nil {
		return
	}
	a.o.Pictures.Pick(func(data []byte, err error) {
		a.gently(func() {
			if data != nil || err != nil {
				a.taken(d, data, err)
			}
		})
	})
}

// taken shows the photo's page and prepares the file there.
func (a *App) taken(d *draft, data []byte, err error) {
	if d == nil {
		d = a.begin(nil)
	}
	f, ok := a.top().(*foto)
	if !ok || f.draft != d {
		f = &foto{draft: d}
		a.push(f)
	}
	if err != nil {
		f.problem = "photo.unread"
		a.show()
		return
	}
	f.problem, f.busy, f.at = "", 1, len(d.visit.Files())
	d.preparing++
	a.show()
	a.beside(func(context.Context) func() {
		stage := func(n int) { a.gently(func() { f.busy = n; a.refresh(f) }) }
		made, err := prepare(data, stage)
		return func() { a.prepared(f, made, err) }
	})
}

// prepared puts a photo into its draft, or says why it is not taken. Meanwhile somebody may have gone on, or back, or home.
func (a *App) prepared(f *foto, m made, err error) {
	d, ahead := f.draft, f.ahead
	f.busy, f.ahead = 0, false
	d.preparing--
	if d.dropped.Load() { // thrown away, or said to be somebody else's
		return
	}
	if err == nil {
		err = d.visit.Attach(pathPhotos, m.file())
	}
	if err != nil {
		f.problem = photoProblem(err)
		a.o.Event("photo.refused", "why", f.problem)
		a.refused(f)
		return
	}
	a.shows(m)
	f.at = len(d.visit.Files()) - 1
	a.o.Event("photo", "bytes", len(m.JPEG))
	a.placed(f, m.Place)
	a.keep(d, true)
	if q, is := a.top().(*ask); is && q.draft == d && q.waits {
		q.send(a)
		return
	}
	if ahead && a.top() == screen(f) {
		a.onward(d, f)
		return
	}
	a.show()
}

// refused says that a file was not taken: at once where the photos are, or where somebody waits for it; otherwise when they are looked at again.
func (a *App) refused(f *foto) {
	d := f.draft
	mine := func(x screen) bool { return x == screen(f) }
	switch q, is := a.top().(*ask); {
	case is && q.draft == d && q.waits:
		if q.waits = false; !a.until(mine) {
			a.push(f)
		}
	case !slices.ContainsFunc(a.stack, mine) && d.empty(): // there was nothing but this file
		a.drop(d)
		a.show()
	case !slices.ContainsFunc(a.stack, mine):
		d.trouble = f.problem
	default:
		a.refresh(f)
	}
}

// made is a photo that may travel, and how the screen shows it.
type made struct {
	photo.Prepared
	view image.Image
}

// prepare turns a file into a photo that may travel, and tells how far it is.
func prepare(data []byte, stage func(n int)) (made, error) {
	p, err := photo.Read(data)
	if err != nil {
		return made{}, err
	}
	stage(2)
	e, err := p.Edit(photo.Options{})
	if err != nil {
		return made{}, err
	}
	stage(3)
	ready, err := e.Encode()
	e.Wipe()
	if err != nil {
		return made{}, err
	}
	return made{ready, shrunk(ready.JPEG, viewEdge)}, nil
}

// shows has a photo ready for the screen, so that no empty room is seen where it will be.
func (a *App) shows(m made) {
	if m.view != nil {
		a.gallery.put(m.file().Digest, m.view)
	}
}

func (m made) file() visit.File {
	sum := sha256.Sum256(m.JPEG)
	return visit.File{Digest: hex.EncodeToString(sum[:]), Type: "image/jpeg", Data: m.JPEG, Width: m.Width, Height: m.Height}
}

// photoProblem is the key of the sentence that says why a file was not taken.
func photoProblem(err error) string {
	for _, p := range []struct {
		is  error
		key string
	}{
		{photo.ErrTooLarge, "photo.large"}, {photo.ErrFormat, "photo.format"}, {photo.ErrNoPhoto, "photo.none"}, {photo.ErrDamaged, "photo.broken"},
		{photo.ErrEmpty, "photo.broken"}, {visit.ErrTooMany, "photo.many"},
	} {
		if errors.Is(err, p.is) {
			return p.key
		}
	}
	return "photo.unread"
}

// placed takes over where the photo was taken, unless somebody said already where it is.
func (a *App) placed(f *foto, p *photo.Place) {
	if p == nil {
		return
	}
	if _, said := f.draft.spot(); said {
		return
	}
	at := place.Point{Lat: p.Lat, Lon: p.Lon}
	switch err := a.town.Check(at); {
	case errors.Is(err, place.ErrOutside):
		f.problem, f.draft.astray = problemOutside, true
	case err == nil:
		f.draft.visit.Answer(pathPlace, a.spotAt(at, form.ByPhoto).Value())
	}
}

// addressAway is how far from a street something can lie and still be said to be at it, in metres.
const addressAway = 60

// spotAt is a point, with the street that it is at.
func (a *App) spotAt(p place.Point, how string) form.Spot {
	s := form.Spot{Lat: p.Lat, Lon: p.Lon, Located: true, How: how}
	if n := a.town.Nearest(p); n.Distance <= addressAway {
		s.Street, s.Number = n.Street, n.Number
	}
	return s
}

// thumb is a small picture of a photo; nil where none can be made.
func thumb(jpeg []byte) []byte {
	p, err := photo.Prepare(jpeg, photo.Options{Edge: 240, Bytes: 12 << 10})
	if err != nil {
		return nil
	}
	return p.JPEG
}
