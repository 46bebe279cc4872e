package wire

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestAFileIsRefusedBeforeAnybodyReliesOnIt(t *testing.T) {
	good := []byte("aa.bb.cc.dd.ee")
	if err := CheckPart(Digest(good), good); err != nil {
		t.Fatal(err)
	}
	long := append([]byte("aa.bb.cc.dd."), make([]byte, MaxBlob)...)
	for name, p := range map[string]struct {
		id   string
		data []byte
	}{
		"another name":    {Digest([]byte("x")), good},
		"nothing":         {Digest(nil), nil},
		"not sealed":      {Digest([]byte("photo")), []byte("photo")},
		"too long":        {Digest(long), long},
		"a file's name":   {"../../etc/passwd", good},
		"capital letters": {strings.ToUpper(Digest(good)), good},
	} {
		if err := CheckPart(p.id, p.data); !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
	}
}

func TestAnItemNamesItsFilesOnceAndNotTooMany(t *testing.T) {
	ref := func(n int) BlobRef { return BlobRef{Digest([]byte{byte(n)}), 10} }
	item := Item{ID: "01931e5c-0000-7000-8000-000000000001", Kind: KindEnvelope, Key: strings.Repeat("k", 43), Body: "a.b.c.d.e", Outcome: "a.b.c"}
	for n := range MaxBlobs {
		item.Blobs = append(item.Blobs, ref(n))
	}
	if err := item.Check(); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]BlobRef{
		"one too many": append(item.Blobs[:MaxBlobs:MaxBlobs], ref(MaxBlobs)),
		"one twice":    {ref(1), ref(1)},
		"no size":      {{Digest(nil), 0}},
		"too large":    {{Digest(nil), MaxBlob + 1}},
		"no name":      {{"photo.jpg", 10}},
	} {
		item.Blobs = list
		if err := item.Check(); !errors.Is(err, ErrMessage) {
			t.Error(name, err)
		}
	}
	p := Push{V: 1, Items: []Item{item}}
	answer := Pushed{V: 1, Epoch: "e", Results: []Result{{ID: item.ID, Status: NeedBlobs}}}
	if err := answer.Check(p); !errors.Is(err, ErrMessage) {
		t.Error("files are wanted, and nobody says which:", err)
	}
}

func FuzzPiece(f *testing.F) {
	f.Add(Digest(nil), "10", "0")
	f.Add(Digest(nil), "1048577", "1048576")
	f.Add("..", "-1", "9223372036854775807")
	f.Fuzz(func(t *testing.T, id, length, offset string) {
		h := http.Header{}
		h.Set(HeaderLength, length)
		h.Set(HeaderOffset, offset)
		p, err := ReadPiece(id, h)
		if err != nil {
			return
		}
		if p.Offset < 0 || p.Offset >= p.Ref.Size || p.Ref.Size > MaxBlob || len(p.Ref.SHA256) != 64 {
			t.Fatalf("%+v", p)
		}
		back := http.Header{}
		for k, v := range p.Headers() {
			back.Set(k, v)
		}
		if again, err := ReadPiece(id, back); err != nil || again != p {
			t.Fatalf("%+v became %+v: %v", p, again, err)
		}
	})
}
