package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// Keys take seconds to make: two for all tests.
var keys = sync.OnceValue(func() [2]Private {
	var k [2]Private
	var wg sync.WaitGroup
	for n := range k {
		wg.Go(func() {
			var err error
			if k[n], err = Generate(); err != nil {
				panic(err)
			}
		})
	}
	wg.Wait()
	return k
})

const id = "01931e5c-0000-7000-8000-000000000001"

var plain = []byte(`{"service":"bewohnerparken"}`)

func TestWhatWasSealedIsOpenedByItsAuthorityOnly(t *testing.T) {
	k := keys()
	e, err := Seal(k[0].Public(), id, plain)
	if err != nil {
		t.Fatal(err)
	}
	if e.ID != id || e.Key != k[0].ID() || bytes.Contains(e.Data, []byte("bewohner")) {
		t.Fatal(e)
	}
	for name, r := range map[string]Ring{"alone": {k[0]}, "among others": {k[1], k[0]}} {
		if got, err := r.Open(e); err != nil || !bytes.Equal(got, plain) {
			t.Fatal(name, got, err)
		}
	}
	if _, err := (Ring{k[1]}).Open(e); !errors.Is(err, ErrKey) {
		t.Fatal("another authority:", err)
	}
	// The envelope claims the other key.
	e.Key = k[1].ID()
	if _, err := (Ring{k[1]}).Open(e); !errors.Is(err, ErrSealed) {
		t.Fatal(err)
	}
}

func TestTheHeaderIsWhatFITConnectWants(t *testing.T) {
	k := keys()[0]
	e, _ := Seal(k.Public(), id, plain)
	head, _, _ := strings.Cut(string(e.Data), ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "application/json", "kid": k.ID()}; !maps.Equal(got, want) {
		t.Fatal(got)
	}
	if kid, ok := KeyOf(e.Data); !ok || kid != k.ID() {
		t.Fatal(kid)
	}
}

func TestChangedBytesAreNoticed(t *testing.T) {
	k := keys()[0]
	e, _ := Seal(k.Public(), id, plain)
	for n := len(e.Data) - 1; n >= 0; n -= 61 {
		bad := bytes.Clone(e.Data)
		if bad[n] == 'A' {
			bad[n] = 'B'
		} else {
			bad[n] = 'A'
		}
		if _, err := (Ring{k}).Open(Envelope{ID: e.ID, Key: e.Key, Data: bad}); err == nil {
			t.Fatal("byte", n, "can be changed")
		}
	}
	for _, cut := range [][]byte{nil, e.Data[:10], e.Data[:len(e.Data)-4], append(bytes.Clone(e.Data), '\n'), append([]byte("\n"), e.Data...)} {
		if _, err := (Ring{k}).Open(Envelope{ID: e.ID, Key: e.Key, Data: cut}); !errors.Is(err, ErrSealed) {
			t.Fatal(len(cut), err)
		}
	}
}

func TestOtherAlgorithmsAreRefused(t *testing.T) {
	k := keys()[0]
	make := func(alg jose.KeyAlgorithm, enc jose.ContentEncryption, o *jose.EncrypterOptions) []byte {
		t.Helper()
		c, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: &k.key.PublicKey, KeyID: k.id}, o)
		if err != nil {
			t.Fatal(err)
		}
		j, err := c.Encrypt(plain)
		if err != nil {
			t.Fatal(err)
		}
		s, err := j.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}
	options := func() *jose.EncrypterOptions { return (&jose.EncrypterOptions{}).WithContentType(contentType) }
	zip := options()
	zip.Compression = jose.DEFLATE
	for name, data := range map[string][]byte{
		"RSA1_5":          make(jose.RSA1_5, jose.A256GCM, options()),
		"RSA-OAEP SHA-1":  make(jose.RSA_OAEP, jose.A256GCM, options()),
		"A128GCM":         make(jose.RSA_OAEP_256, jose.A128GCM, options()),
		"CBC":             make(jose.RSA_OAEP_256, jose.A256CBC_HS512, options()),
		"compressed":      make(jose.RSA_OAEP_256, jose.A256GCM, zip),
		"no content type": make(jose.RSA_OAEP_256, jose.A256GCM, nil),
		"one more header": make(jose.RSA_OAEP_256, jose.A256GCM, options().WithHeader("x", "y")),
	} {
		if _, err := (Ring{k}).Open(Envelope{ID: id, Key: k.id, Data: data}); !errors.Is(err, ErrSealed) {
			t.Error(name, err)
		}
	}
}

func TestKeysSurviveTheirFile(t *testing.T) {
	k := keys()[0]
	private, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(public, &members); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(members)); !slices.Equal(got, []string{"alg", "e", "key_ops", "kid", "kty", "n"}) {
		t.Fatal("the public key says", got)
	}
	var back Private
	var to Public
	if err := errors.Join(json.Unmarshal(private, &back), json.Unmarshal(public, &to)); err != nil {
		t.Fatal(err)
	}
	e, err := Seal(to, id, plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (Ring{back}).Open(e); err != nil || !bytes.Equal(got, plain) {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"for signing":    strings.Replace(string(public), wrap, "verify", 1),
		"for two things": strings.Replace(string(public), `"wrapKey"`, `"wrapKey","encrypt"`, 1),
		"another alg":    strings.Replace(string(public), "RSA-OAEP-256", "RSA1_5", 1),
		"another name":   strings.Replace(string(public), k.ID(), "key-1", 1),
		"private":        string(private),
		"nothing":        "{}",
	} {
		if err := json.Unmarshal([]byte(bad), new(Public)); !errors.Is(err, ErrKey) {
			t.Error(name, err)
		}
	}
	if err := json.Unmarshal(public, new(Private)); !errors.Is(err, ErrKey) {
		t.Error("a public key was read as a private one")
	}
}

func TestShortKeysAreRefused(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	name, err := thumbprint(&short.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	b, err := marshal(&short.PublicKey, name, wrap)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, new(Public)); !errors.Is(err, ErrKey) {
		t.Fatal(err)
	}
	if _, err := Seal(Public{}, id, plain); !errors.Is(err, ErrKey) {
		t.Fatal("sealed to nobody")
	}
}

func TestTheSlipOpensItsAnswers(t *testing.T) {
	secret, to, err := NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "AGE-SECRET-KEY-1") || !strings.HasPrefix(to, "age1") {
		t.Fatal(to)
	}
	if again, err := Recipient(secret); err != nil || again != to {
		t.Fatal(again, err)
	}
	sealed, err := SealTo(to, plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenWith(secret, sealed); err != nil || !bytes.Equal(got, plain) {
		t.Fatal(err)
	}
	other, _, _ := NewSlip()
	if _, err := OpenWith(other, sealed); !errors.Is(err, ErrSealed) {
		t.Fatal("another slip opens it:", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := OpenWith(secret, sealed); !errors.Is(err, ErrSealed) {
		t.Fatal(err)
	}
	for _, s := range []string{"", "Frau Meier", strings.ToLower(secret)[:30]} {
		if _, err := OpenWith(s, sealed); !errors.Is(err, ErrKey) || (s != "" && strings.Contains(err.Error(), s)) {
			t.Fatal(err)
		}
	}
	if a := Address(to); len(a) != 64 || a == Address(to+"x") {
		t.Fatal(a)
	}
}

func FuzzOpen(f *testing.F) {
	k := keys()[0]
	e, err := Seal(k.Public(), id, plain)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.Data)
	f.Add([]byte("a.b.c.d.e"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := (Ring{k}).Open(Envelope{ID: id, Key: k.ID(), Data: b}); err == nil && !bytes.Equal(b, e.Data) {
			t.Fatalf("a second spelling of the envelope: %q", b)
		}
	})
}

func TestAPartIsOpenedByItsAuthorityAndOnlyWholeAndUnderItsOwnName(t *testing.T) {
	k := keys()
	file := []byte{0xff, 0xd8, 0xff, 0, 1, 2}
	e, err := Seal(k[0].Public(), "photo", file)
	if err != nil {
		t.Fatal(err)
	}
	p := e.Part()
	if got, err := (Ring{k[1], k[0]}).OpenPart(p); err != nil || !bytes.Equal(got, file) || !p.Whole() {
		t.Fatal(err)
	}
	again, err := Seal(k[0].Public(), "photo", file)
	if err != nil || again.Part().ID == p.ID {
		t.Fatal("on the way it can be seen that two photos are the same:", err)
	}
	if _, err := (Ring{k[1]}).OpenPart(p); !errors.Is(err, ErrKey) {
		t.Fatal(err)
	}
	for name, bad := range map[string]Part{
		"under another name": {ID: again.Part().ID, Data: p.Data},
		"cut off":            {ID: p.ID, Data: p.Data[:len(p.Data)-1]},
		"in clear":           {ID: digest(file), Data: file},
	} {
		if _, err := (Ring{k[0]}).OpenPart(bad); !errors.Is(err, ErrSealed) {
			t.Error(name, err)
		}
	}
}
