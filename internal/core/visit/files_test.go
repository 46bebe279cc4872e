package visit

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
)

func file(content string) File {
	sum := sha256.Sum256([]byte(content))
	return File{Digest: hex.EncodeToString(sum[:]), Type: "image/jpeg", Data: []byte(content), Width: 4, Height: 3}
}

// shelf is the memory of somebody's phone.
type shelf struct {
	kept []Kept
	sent []seal.Envelope
	err  error
}

func (s *shelf) Keep(_ context.Context, e seal.Envelope, way pay.Way, amount int64, k Kept) error {
	if s.err != nil {
		return s.err
	}
	if way != pay.Free || amount != 0 {
		return errors.New("a report costs nothing")
	}
	s.kept, s.sent = append(s.kept, k), append(s.sent, e)
	return nil
}

// onThePhone begins a report of a pothole with everything but photos.
func onThePhone(t *testing.T) (*Visit, *visittest.Office, *shelf, *visittest.Journal) {
	t.Helper()
	catalogue, err := town()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := catalogue.Find("maengelmeldung", "")
	if !ok {
		t.Fatal("there is no defect report")
	}
	private, err := key()
	if err != nil {
		t.Fatal(err)
	}
	office, mem, journal := visittest.NewOffice(private), &shelf{}, visittest.NewJournal()
	v := Begin(s, Desk{Journal: journal, Sealer: office, Town: office, Keeper: mem}, Options{Lang: "de", Random: rand.Reader, Tenant: "stadt", Channel: "phone",
		CasePrefix: "BO", Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.Local) }})
	for path, value := range map[string]any{"/category": "strasse", "/what": "schlagloch", "/place/street": "Klosterstraße", "/place/number": "14", "/size": "teller", "/danger": false} {
		v.Answer(path, value)
	}
	return v, office, mem, journal
}

func TestAReportArrivesWithItsPhotosAndThePhoneRemembersIt(t *testing.T) {
	v, office, mem, journal := onThePhone(t)
	first, second := file("loch"), file("loch von der anderen Seite")
	for _, f := range []File{first, second, first} {
		if err := v.Attach("/photos", f); err != nil {
			t.Fatal(err)
		}
	}
	if text := v.Summary().Pages[0].Fields[2].Text; text != "2 Fotos" {
		t.Errorf("the summary says %q", text)
	}
	r, err := v.Submit(context.Background(), pay.Free, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(journal.Sent()) != 0 || len(mem.sent) != 1 {
		t.Fatal("the phone did not keep what it sent in one step")
	}
	if k := mem.kept[0]; k.Case != r.Case || k.Secret != r.Secret || k.Title != "Schaden melden" || k.Service != "maengelmeldung" || k.At.IsZero() {
		t.Errorf("the phone remembers %+v", k)
	}
	if to, err := seal.Recipient(mem.kept[0].Secret); err != nil || to != mem.kept[0].Recipient {
		t.Error("the key that the phone keeps does not open the answers", err)
	}
	e := mem.sent[0]
	plain, err := office.Open(e)
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	if len(e.Parts) != 2 || len(app.Attachments) != 2 || app.Channel != "phone" {
		t.Fatalf("%d parts, %+v", len(e.Parts), app.Attachments)
	}
	for i, want := range []File{first, second} {
		part, said := e.Parts[i], app.Attachments[i]
		kid, ok := seal.KeyOf(part.Data)
		if !ok {
			t.Fatal("the part is not sealed")
		}
		got, err := office.Open(seal.Envelope{Key: kid, Data: part.Data})
		if err != nil || !bytes.Equal(got, want.Data) {
			t.Errorf("the town hall reads %q, %v", got, err)
		}
		if !part.Whole() || !reflect.DeepEqual(said, service.Attachment{Field: "/photos", Digest: want.Digest, Blob: part.ID, Type: "image/jpeg", Size: len(want.Data), Width: 4, Height: 3}) {
			t.Errorf("%+v", said)
		}
	}
}

func TestOnlyPhotosAreTakenAndNoMoreThanFit(t *testing.T) {
	v, _, _, _ := onThePhone(t)
	good := file("loch")
	wrong := map[string]File{"a wrong digest": good, "a film": good, "nothing": file(""), "too large": file(strings.Repeat("x", MaxFile+1))}
	f := wrong["a wrong digest"]
	f.Digest = strings.Repeat("0", 64)
	wrong["a wrong digest"] = f
	f = wrong["a film"]
	f.Type = "video/mp4"
	wrong["a film"] = f
	for name, f := range wrong {
		if err := v.Attach("/photos", f); !errors.Is(err, ErrNotFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := v.Attach("/words", good); !errors.Is(err, ErrNotFile) {
		t.Error("a photo among the words:", err)
	}
	for i := range 5 {
		if err := v.Attach("/photos", file(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Attach("/photos", good); !errors.Is(err, ErrTooMany) {
		t.Error("a sixth photo:", err)
	}
	v.Detach("/photos", file("2").Digest)
	if err := v.Attach("/photos", good); err != nil {
		t.Error("there is room again, but:", err)
	}
	var got []string
	for _, f := range v.Files() {
		got = append(got, string(f.Data))
	}
	if !slices.Equal(got, []string{"0", "1", "3", "4", "loch"}) {
		t.Errorf("the photos are %v", got)
	}
}

func TestADraftIsContinuedWithItsPhotos(t *testing.T) {
	v, _, mem, _ := onThePhone(t)
	here, lost := file("loch"), file("verloren")
	for _, f := range []File{here, lost} {
		if err := v.Attach("/photos", f); err != nil {
			t.Fatal(err)
		}
	}
	v.SetLang("en")
	data, err := json.Marshal(v.Draft())
	if err != nil {
		t.Fatal(err)
	}
	var d Draft
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	broken := file("verloren")
	broken.Data = []byte("anderes")
	next := Resume(v.Service(), v.desk, v.opts, d, []File{here, broken, file("fremd")})
	v.Wipe()
	if next.Lang() != "en" || d.Service != "maengelmeldung" || d.Version == "" || d.Day.IsZero() {
		t.Errorf("%+v", d)
	}
	if files := next.Files(); len(files) != 1 || files[0].Digest != here.Digest || !bytes.Equal(files[0].Data, here.Data) {
		t.Errorf("continued with %d photos", len(files))
	}
	if len(next.files) != 1 {
		t.Error("a photo that nobody named is kept")
	}
	if _, err := next.Submit(context.Background(), pay.Free, nil); err != nil {
		t.Fatal(err)
	}
	if len(mem.sent) != 1 || len(mem.sent[0].Parts) != 1 {
		t.Error("the photo that was lost is sent, or the other one is not")
	}
}

func TestAPhotoThatIsNotThereIsNotSent(t *testing.T) {
	v, _, mem, _ := onThePhone(t)
	v.Answer("/photos", []any{file("nirgends").Digest})
	if _, err := v.Submit(context.Background(), pay.Free, nil); !errors.Is(err, ErrIncomplete) || len(mem.sent) != 0 {
		t.Errorf("%v, %d sent", err, len(mem.sent))
	}
}

func TestWhatThePhoneCannotKeepIsNotSent(t *testing.T) {
	v, _, mem, _ := onThePhone(t)
	mem.err = ErrFull
	if _, err := v.Submit(context.Background(), pay.Free, nil); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	if _, ok := v.Receipt(); ok {
		t.Error("there is a receipt for nothing")
	}
	mem.err = nil
	if _, err := v.Submit(context.Background(), pay.Free, nil); err != nil {
		t.Error("a second try does not work:", err)
	}
}

func TestTheWipeTakesThePhotosToo(t *testing.T) {
	v, _, _, _ := onThePhone(t)
	if err := v.Attach("/photos", file("loch")); err != nil {
		t.Fatal(err)
	}
	var inside []byte
	for _, f := range v.files {
		inside = f.Data
	}
	v.Wipe()
	if len(v.files) != 0 || len(v.Files()) != 0 || bytes.Contains(inside, []byte("loch")) {
		t.Error("the photo is still there")
	}
	if err := v.Attach("/photos", file("loch")); !errors.Is(err, ErrWiped) {
		t.Error("a wiped visit takes photos:", err)
	}
}

func TestThatIsMineTooTravelsWithoutAName(t *testing.T) {
	v, office, mem, _ := onThePhone(t)
	r, err := Support(context.Background(), v.desk, v.opts, "7f3a", "Schlagloch")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := office.Open(mem.sent[0])
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	to, err := seal.Recipient(r.Secret)
	if err != nil || app.Kind != service.KindSupport || app.Follows != "7f3a" || app.Recipient != to || app.Answers != nil || app.Case != "" {
		t.Errorf("%v %+v", err, app)
	}
	if k := mem.kept[0]; k.Secret != r.Secret || k.Title != "Schlagloch" {
		t.Errorf("the phone remembers %+v", k)
	}
}
