package hall

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func ref(data []byte) wire.BlobRef {
	return wire.BlobRef{SHA256: wire.Digest(data), Size: int64(len(data))}
}

// bring appends a part of data from at.
func bring(d *Dock, who string, data []byte, at, n int) (int64, error) {
	return d.Append(context.Background(), who, wire.Piece{Ref: ref(data), Offset: int64(at)}, data[at:at+n])
}

func offset(t testing.TB, d *Dock, data []byte) int64 {
	t.Helper()
	n, err := d.Offset(t.Context(), ref(data))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func here(t testing.TB, d *Dock, data []byte) bool {
	t.Helper()
	got, ok, err := d.Read(ref(data))
	if err != nil || ok && !bytes.Equal(got, data) {
		t.Fatal("something else is here", err)
	}
	return ok
}

func TestABlobComesInPiecesAndIsThereWhenItIsWhole(t *testing.T) {
	d := NewDock(filepath.Join(t.TempDir(), "dock"), DockOptions{})
	data := bytes.Repeat([]byte("sealed"), 100)
	if offset(t, d, data) != 0 || here(t, d, data) {
		t.Fatal("it is here before it came")
	}
	for at := 0; at < 600; at += 200 {
		if here(t, d, data) {
			t.Fatal("half of it passes for the whole")
		}
		if n, err := bring(d, "a", data, at, 200); err != nil || n != int64(at+200) || offset(t, d, data) != n {
			t.Fatal(n, err)
		}
	}
	if !here(t, d, data) {
		t.Fatal("it did not become whole")
	}
	if n, err := bring(d, "a", data, 400, 200); !errors.Is(err, ErrOffset) || n != 600 {
		t.Fatal("a piece twice:", n, err)
	}
	if err := d.Drop(ref(data).SHA256, wire.Digest(nil)); err != nil || here(t, d, data) {
		t.Fatal(err)
	}
}

func TestAPieceInTheWrongPlaceChangesNothing(t *testing.T) {
	d := NewDock(t.TempDir(), DockOptions{})
	data := []byte("0123456789")
	if _, err := bring(d, "a", data, 0, 4); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 3, 5, 9} {
		if n, err := bring(d, "a", data, at, 1); !errors.Is(err, ErrOffset) || n != 4 {
			t.Error(at, n, err)
		}
	}
	if _, err := bring(d, "a", data, 4, 6); err != nil || !here(t, d, data) {
		t.Fatal(err)
	}
	if _, err := d.Append(t.Context(), "a", wire.Piece{Ref: wire.BlobRef{SHA256: "../x", Size: 1}}, []byte("x")); err == nil {
		t.Error("a blob is called like a file elsewhere")
	}
}

func TestWhatIsNotWhatItsNameSaysIsThrownAwayAndCanComeAgain(t *testing.T) {
	d := NewDock(t.TempDir(), DockOptions{})
	data := []byte("0123456789")
	if _, err := d.Append(t.Context(), "a", wire.Piece{Ref: ref(data)}, []byte("012345678x")); !errors.Is(err, ErrBlob) {
		t.Fatal(err)
	}
	if offset(t, d, data) != 0 {
		t.Fatal("the wrong one is still here")
	}
	if _, err := bring(d, "a", data, 0, 10); err != nil || !here(t, d, data) {
		t.Fatal(err)
	}
}

// The program died between the last piece and the blob's name; power was lost and the end of the file with it; a disk rotted.
func TestABlobSurvivesADeathAtEveryMoment(t *testing.T) {
	data := []byte("0123456789")
	id := ref(data).SHA256
	for name, left := range map[string]struct {
		file, body string
		want       int64
		whole      bool
	}{
		"before its name":        {id + partial, "0123456789", 10, true},
		"with zeros at the end":  {id + partial, "01234\x00\x00\x00\x00\x00", 0, false},
		"longer than it is":      {id + partial, "0123456789more", 0, false},
		"in the middle":          {id + partial, "0123", 4, false},
		"rotten under its name":  {id, "012345678x", 10, false}, // noticed when it is read
		"with an old half-twin":  {id + ".other", "x", 0, false},
		"with nothing but a bit": {id + partial, "", 0, false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, left.file), []byte(left.body), 0o600); err != nil {
			t.Fatal(err)
		}
		d := NewDock(dir, DockOptions{})
		if n := offset(t, d, data); n != left.want {
			t.Error(name, n)
		}
		if here(t, d, data) != left.whole {
			t.Error(name, "whole:", !left.whole)
		}
		at := offset(t, d, data)
		if at < 10 {
			if _, err := bring(d, "a", data, int(at), int(10-at)); err != nil {
				t.Error(name, err)
			}
		}
		if !here(t, d, data) {
			t.Error(name, "it cannot become whole any more")
		}
	}
}

func TestNobodyFillsTheTownHallWithFilesThatNobodyNames(t *testing.T) {
	d := NewDock(t.TempDir(), DockOptions{Each: 100, All: 250})
	blob := func(n byte) []byte { return bytes.Repeat([]byte{n}, 60) }
	for _, c := range []struct {
		who  string
		n    byte
		want error
	}{
		{"a", 1, nil}, {"a", 2, ErrQuota}, {"b", 3, nil}, {"c", 4, nil}, {"d", 5, nil}, {"e", 6, ErrQuota},
	} {
		if _, err := bring(d, c.who, blob(c.n), 0, 60); !errors.Is(err, c.want) {
			t.Error(c, err)
		}
	}
	if err := d.Drop(ref(blob(1)).SHA256); err != nil { // its item came
		t.Fatal(err)
	}
	if _, err := bring(d, "a", blob(2), 0, 60); err != nil {
		t.Fatal("what was taken away still counts:", err)
	}
}

func TestFilesWithoutAnItemGoAfterAWeek(t *testing.T) {
	dir := t.TempDir()
	d := NewDock(dir, DockOptions{})
	old, fresh, half := []byte("old"), []byte("fresh"), []byte("half")
	for _, b := range [][]byte{old, fresh} {
		if _, err := bring(d, "a", b, 0, len(b)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bring(d, "a", half, 0, 2); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, f := range []string{ref(old).SHA256, ref(half).SHA256 + partial} {
		if err := os.Chtimes(filepath.Join(dir, f), now, now.Add(-8*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.Expire(now); err != nil || n != 2 || here(t, d, old) || !here(t, d, fresh) || offset(t, d, half) != 0 {
		t.Fatal(n, err)
	}
	if n, err := NewDock(filepath.Join(dir, "none"), DockOptions{}).Expire(now); n != 0 || err != nil {
		t.Fatal(n, err)
	}
}

// Whatever two devices send in whatever pieces, with restarts between: what is whole is right, and it can always become whole.
func TestADockAgainstItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "dock")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		d := NewDock(dir, DockOptions{})
		data := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "data")
		have := 0 // of data; -1: something wrong was put in
		ctx := context.Background()
		t.Repeat(map[string]func(*rapid.T){
			"piece": func(t *rapid.T) {
				at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
				n := rapid.IntRange(1, len(data)-at).Draw(t, "n")
				piece := bytes.Clone(data[at : at+n])
				wrong := rapid.IntRange(0, 4).Draw(t, "wrong") == 0
				if wrong {
					piece[0] ^= 1
				}
				before, err := d.Offset(ctx, ref(data))
				if err != nil {
					t.Fatal(err)
				}
				got, err := d.Append(ctx, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who"), wire.Piece{Ref: ref(data), Offset: int64(at)}, piece)
				switch {
				case int64(at) != before:
					if !errors.Is(err, ErrOffset) || got != before {
						t.Fatal(got, err)
					}
				case at+n < len(data):
					if err != nil || got != int64(at+n) {
						t.Fatal(got, err)
					}
					if wrong {
						have = -1
					} else if have >= 0 {
						have = at + n
					}
				case wrong || have < 0:
					if !errors.Is(err, ErrBlob) || got != 0 {
						t.Fatal(got, err)
					}
					have = 0
				default:
					if err != nil || got != int64(len(data)) {
						t.Fatal(got, err)
					}
					have = len(data)
				}
			},
			"restart": func(*rapid.T) { d = NewDock(dir, DockOptions{}) },
			"take": func(t *rapid.T) {
				if have == len(data) {
					if err := d.Drop(ref(data).SHA256); err != nil {
						t.Fatal(err)
					}
					have = 0
				}
			},
			"": func(t *rapid.T) {
				got, ok, err := d.Read(ref(data))
				if err != nil || ok != (have == len(data)) || ok && !bytes.Equal(got, data) {
					t.Fatal(ok, have, err)
				}
			},
		})
	})
}
