package town_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

const defects = "maengelmeldung"

// snapshot is a photo like no other, as it is prepared.
func snapshot(t testing.TB, n uint64) visit.File {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 560, 420))
	rnd := rand.New(rand.NewPCG(n, n))
	for i := range img.Pix {
		img.Pix[i] = byte(rnd.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return visit.File{Digest: hex.EncodeToString(sum[:]), Type: "image/jpeg", Data: b.Bytes(), Width: 560, Height: 420}
}

func phone(t testing.TB, r *rig, name string) *town.Phone {
	t.Helper()
	p := must[*town.Phone](t)(r.Phone(name))
	t.Cleanup(func() { _ = p.Close() }) // a second time does no harm
	return p
}

// report is a resident who reports a defect with photos; nothing is needed for that but the phone.
func report(t testing.TB, p *town.Phone, photos ...visit.File) visit.Receipt {
	t.Helper()
	v := p.Visit(defects)
	if v == nil {
		t.Fatal("nobody can report anything in this town")
	}
	for path, value := range map[string]any{
		"/category": "strasse", "/what": "schlagloch", "/size": "teller", "/danger": true, "/words": "neben dem Zebrastreifen",
		"/place": map[string]any{"street": "Klosterstraße", "number": "14", "how": "street"},
	} {
		v.Answer(path, value)
	}
	for _, f := range photos {
		if err := v.Attach("/photos", f); err != nil {
			t.Fatal(err)
		}
	}
	return must[visit.Receipt](t)(v.Submit(t.Context(), pay.Free, nil))
}

// has wants the town hall to have the report once, with its photos bit by bit, without a word about the phone.
func (r *rig) has(t testing.TB, number string, photos ...visit.File) {
	t.Helper()
	c := must[cases.Case](t)(r.Hall.Book.Get(t.Context(), number))
	if len(c.Photos) != len(photos) || len(c.Warnings) != 0 || c.Channel != "phone" {
		t.Fatalf("%d photos, %v, %s", len(c.Photos), c.Warnings, c.Channel)
	}
	for n, f := range photos {
		data := must[[]byte](t)(r.Hall.Book.Photo(t.Context(), number, f.Digest))
		if !bytes.Equal(data, f.Data) || c.Photos[n].Digest != f.Digest {
			t.Fatal("a photo is not what was taken")
		}
	}
}

func TestAReportMadeWithoutALineArrivesOnceThoughTheLineBreaksAgainAndAgain(t *testing.T) {
	r := open(t, options(t))
	r.Cut()
	p := phone(t, r, "phone")
	one, two := snapshot(t, 1), snapshot(t, 2)
	receipt := report(t, p, one, two)
	kept := must[[]store.Entry](t)(p.Post.Store.List(t.Context(), town.ShelfReports))
	var k visit.Kept
	if len(kept) != 1 || json.Unmarshal(kept[0].Data, &k) != nil || k.Case != receipt.Case || k.Secret != receipt.Secret {
		t.Fatal("the phone does not remember what it sent")
	}
	envelope := kept[0].ID
	var requests atomic.Int64
	for tries := 0; ; tries++ {
		if tries > 60 {
			t.Fatal("it never arrives")
		}
		if err := r.Join(); err != nil {
			t.Fatal(err)
		}
		requests.Store(0)
		r.Hall.Watch(func(q *http.Request, after bool) {
			if q.Method != http.MethodPatch && q.URL.Path != wire.PathPush {
				return
			}
			if n := requests.Add(1); (n >= 5 && after == (tries%2 == 0)) && n < 100 { // two halves of a request count
				requests.Store(100)
				r.Cut()
			}
		})
		err := p.Sync(t.Context())
		if st := must[store.Standing](t)(p.Post.Store.Standing(t.Context(), envelope)); st.State == store.Sent {
			if tries < 3 {
				t.Fatalf("the line broke %d times only", tries)
			}
			break
		} else if err == nil {
			t.Fatal("it did not arrive, and nobody says so")
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		p = phone(t, r, "phone")
	}
	r.Hall.Watch(nil)
	if err := r.Join(); err != nil {
		t.Fatal(err)
	}
	if err := p.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.has(t, receipt.Case, one, two)
	if all := must[[]cases.Case](t)(r.Hall.Cases(t.Context())); len(all) != 1 {
		t.Fatalf("%d cases", len(all))
	}
	r.check(t)
	// The town hall answers, and the phone reads it with what it remembers.
	c, err := visit.Follow(t.Context(), p.Post.Desk(), k.Secret, visit.Options{Now: r.VisitOptions().Now})
	if err != nil || c.Answer().State != service.StateReceived {
		t.Fatal(err)
	}
}

func TestTwoResidentsWithTheSamePhotoMakeTwoReports(t *testing.T) {
	r := open(t, options(t))
	same := snapshot(t, 1)
	var numbers []string
	for _, name := range []string{"phone-a", "phone-b"} {
		p := phone(t, r, name)
		numbers = append(numbers, report(t, p, same).Case)
		if err := p.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range numbers {
		r.has(t, n, same)
	}
}

// Who looks into the town hall's files finds no phone, and who finds a phone reads no report.
func TestNeitherTheTownHallNorAFinderLearnsWhoReportedWhat(t *testing.T) {
	r := open(t, options(t))
	p := phone(t, r, "phone")
	report(t, p, snapshot(t, 1))
	if err := p.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	status := must[[]byte](t)(os.ReadFile(filepath.Join(r.dir, "phone", "install.json")))
	if !bytes.Contains(status, []byte(`"public"`)) {
		t.Error("the phone has learned nothing")
	}
	id := p.ID()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	search := func(folder string, words ...string) {
		t.Helper()
		err := filepath.WalkDir(filepath.Join(r.dir, folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			for _, w := range words {
				if bytes.Contains(b, []byte(w)) {
					t.Errorf("%s says %q", strings.TrimPrefix(path, r.dir), w)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	search(town.HallDir, id.ID(), strings.TrimPrefix(id.ID(), "phone-"), id.Key().ID())
	search("phone", "Zebrastreifen", "Klosterstra", "schlagloch", "AGE-SECRET-KEY")
}
