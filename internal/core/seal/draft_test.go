package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func draftKey(t testing.TB) DraftKey {
	t.Helper()
	k, err := NewDraftKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	k := DraftKey{0: 0xff, 7: 0x10, 15: 1}
	text := k.Text()
	if len(text) != 28+6 || strings.Count(text, "-") != 6 || strings.ContainsAny(text, "ILOU") {
		t.Fatal(text)
	}
	sloppy := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(text))
	for name, typed := range map[string]string{
		"scanned": k.Code(), "typed": text, "small": strings.ToLower(text), "blanks": " " + strings.ReplaceAll(text, "-", " ") + "\n",
		"in one": strings.ReplaceAll(text, "-", ""), "O and L": sloppy,
	} {
		if got, err := ParseDraft(typed); err != nil || got != k {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMistypedCodeIsNoticed(t *testing.T) {
	k := draftKey(t)
	good := []byte(k.letters())
	missed := 0
	for n := range good {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			bad := bytes.Clone(good)
			if bad[n] == byte(c) {
				continue
			}
			bad[n] = byte(c)
			if got, err := ParseDraft(string(bad)); err == nil {
				if got == k {
					t.Fatalf("letter %d has two spellings", n)
				}
				missed++
			}
		}
	}
	if missed > 9 { // ten bits check 868 wrong codes
		t.Fatalf("%d wrong letters went unnoticed", missed)
	}
}

func TestASlipsCodeIsNoDraftsAndNotTheOtherWayRound(t *testing.T) {
	secret, _, err := NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseDraft(secret); !errors.Is(err, ErrKey) {
		t.Error("a slip is taken for a draft:", err)
	}
	if _, err := Recipient(draftKey(t).Code()); !errors.Is(err, ErrKey) {
		t.Error("a draft is taken for a slip:", err)
	}
}

func TestOnlyItsCodeOpensADraft(t *testing.T) {
	k := draftKey(t)
	for _, size := range []int{0, 1, leastDraft - draftHead, leastDraft, MaxDraft} {
		plain := bytes.Repeat([]byte("x"), size)
		sealed, err := k.Seal(plain)
		if err != nil {
			t.Fatal(size, err)
		}
		if got, err := k.Open(sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatal(size, err)
		}
		if _, err := draftKey(t).Open(sealed); !errors.Is(err, ErrSealed) {
			t.Fatal("another code opens it:", err)
		}
		for _, at := range []int{0, len(sealed) / 2, len(sealed) - 1} {
			bad := bytes.Clone(sealed)
			bad[at] ^= 1
			if _, err := k.Open(bad); !errors.Is(err, ErrSealed) {
				t.Fatal("a changed draft is opened")
			}
		}
		if len(sealed) > MaxSealedDraft {
			t.Fatal(len(sealed))
		}
	}
	if _, err := k.Seal(make([]byte, MaxDraft+1)); err == nil {
		t.Fatal("more than fits was sealed")
	}
}

func TestTheLengthOfASealedDraftTellsLittle(t *testing.T) {
	k := draftKey(t)
	sizes := map[int]bool{}
	for n := range 4000 {
		sealed, err := k.Seal(make([]byte, n))
		if err != nil {
			t.Fatal(err)
		}
		sizes[len(sealed)] = true
	}
	if len(sizes) != 1 {
		t.Fatal("a few answers more are seen from outside:", sizes)
	}
}

func TestWhatFollowsFromAKeyDoesNotLeadBackToIt(t *testing.T) {
	k := draftKey(t)
	d, err := k.Draft([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Address != k.Address() || d.Grip != DraftGrip(k.Token()) || k.Address() == k.Token() || d.Grip == k.Token() || len(d.Address) != 64 {
		t.Fatalf("%+v", d)
	}
	if k.Address() == draftKey(t).Address() {
		t.Fatal("two drafts have one address")
	}
}

func FuzzParseDraft(f *testing.F) {
	f.Add(DraftKey{}.Code())
	f.Add("AGE-SECRET-KEY-1")
	f.Add("RN-WEITER:\xff\xfe")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseDraft(s)
		if err != nil {
			if s != "" && len(s) > 20 && strings.Contains(err.Error(), s) {
				t.Fatal("the error repeats what was scanned")
			}
			return
		}
		if again, err := ParseDraft(k.Code()); err != nil || again != k {
			t.Fatal(err)
		}
	})
}
