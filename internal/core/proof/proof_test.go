package proof

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

type said struct {
	Amount int64 `json:"amount"`
}

func generate(t testing.TB) Key {
	t.Helper()
	k, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWhatWasSignedIsRead(t *testing.T) {
	other, k := generate(t), generate(t)
	token, err := Sign(k, Outcome, said{3070})
	if err != nil {
		t.Fatal(err)
	}
	var got said
	kid, err := Verify([]PublicKey{other.Public(), k.Public()}, Outcome, token, &got)
	if err != nil || kid != k.ID() || got.Amount != 3070 {
		t.Fatal(kid, got, err)
	}
}

func TestAProofOfOneKindIsNoneOfAnother(t *testing.T) {
	k := generate(t)
	token, _ := Sign(k, Permit, said{1})
	if _, err := Verify([]PublicKey{k.Public()}, Outcome, token, &said{}); !errors.Is(err, ErrProof) {
		t.Fatal("a permit was taken for a payment:", err)
	}
}

func TestAProofOfAStrangerDoesNotCount(t *testing.T) {
	k, stranger := generate(t), generate(t)
	token, _ := Sign(stranger, Outcome, said{1})
	if _, err := Verify([]PublicKey{k.Public()}, Outcome, token, &said{}); !errors.Is(err, ErrKey) {
		t.Fatal(err)
	}
	// The stranger names our key in the header.
	forged, _ := Sign(Key{stranger.key, k.id}, Outcome, said{1})
	var got said
	if _, err := Verify([]PublicKey{k.Public()}, Outcome, forged, &got); !errors.Is(err, ErrProof) || got.Amount != 0 {
		t.Fatal(err, got)
	}
}

func TestEveryChangedCharacterIsNoticed(t *testing.T) {
	k := generate(t)
	token, _ := Sign(k, Receipt, said{5})
	for n := range token {
		c := byte('A')
		if token[n] == c {
			c = 'B'
		}
		if _, err := Verify([]PublicKey{k.Public()}, Receipt, token[:n]+string(c)+token[n+1:], &said{}); err == nil {
			t.Fatalf("character %d of %q can be changed", n, token)
		}
	}
}

func TestOtherHeadersAreRefused(t *testing.T) {
	k := generate(t)
	body := base64.RawURLEncoding.EncodeToString([]byte(`{"amount":1}`))
	sig := base64.RawURLEncoding.EncodeToString(make([]byte, 64))
	for name, head := range map[string]string{
		"none":     `{"alg":"none","kid":"` + k.ID() + `","typ":"outcome"}`,
		"HS256":    `{"alg":"HS256","kid":"` + k.ID() + `","typ":"outcome"}`,
		"no typ":   `{"alg":"EdDSA","kid":"` + k.ID() + `"}`,
		"no kid":   `{"alg":"EdDSA","typ":"outcome"}`,
		"crit":     `{"alg":"EdDSA","kid":"` + k.ID() + `","typ":"outcome","crit":["b64"]}`,
		"no json":  `hello`,
		"an array": `[]`,
	} {
		token := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + body + "." + sig
		if _, err := Verify([]PublicKey{k.Public()}, Outcome, token, &said{}); !errors.Is(err, ErrProof) {
			t.Error(name, err)
		}
	}
	// Properly signed, but with the key embedded: whoever looks there instead of at kid would believe anybody.
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: k.key, KeyID: k.id}},
		(&jose.SignerOptions{EmbedJWK: true}).WithType(Outcome))
	if err != nil {
		t.Fatal(err)
	}
	signed, _ := signer.Sign([]byte(`{"amount":1}`))
	token, _ := signed.CompactSerialize()
	if _, err := Verify([]PublicKey{k.Public()}, Outcome, token, &said{}); !errors.Is(err, ErrProof) {
		t.Error("embedded key", err)
	}
}

// The key of RFC 8037, appendix A: its thumbprint stands there.
func TestTheKeyOfTheStandardHasItsThumbprint(t *testing.T) {
	const thumb = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
	jwk := `{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"` + thumb + `",
		"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	var k Key
	if err := json.Unmarshal([]byte(jwk), &k); err != nil {
		t.Fatal(err)
	}
	if k.ID() != thumb {
		t.Fatal(k.ID())
	}
	for name, bad := range map[string]string{
		"another name": strings.Replace(jwk, thumb, "me", 1),
		"another alg":  strings.Replace(jwk, `"EdDSA"`, `"ES256"`, 1),
		"another use":  strings.Replace(jwk, `"sig"`, `"enc"`, 1),
		"no key":       `{}`,
	} {
		if err := json.Unmarshal([]byte(bad), new(Key)); !errors.Is(err, ErrKey) {
			t.Error(name, err)
		}
	}
	if err := json.Unmarshal([]byte(jwk), new(PublicKey)); !errors.Is(err, ErrKey) {
		t.Error("a private key was read as a public one")
	}
}

func TestKeysSurviveTheirFile(t *testing.T) {
	k := generate(t)
	private, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(public), `"d"`) {
		t.Fatal("the public key tells the secret")
	}
	var back Key
	var pub PublicKey
	if err := errors.Join(json.Unmarshal(private, &back), json.Unmarshal(public, &pub)); err != nil {
		t.Fatal(err)
	}
	token, _ := Sign(back, Permit, said{2})
	if _, err := Verify([]PublicKey{pub}, Permit, token, &said{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(Key{}, Permit, said{2}); !errors.Is(err, ErrKey) {
		t.Fatal("an empty key signs")
	}
}

func FuzzVerify(f *testing.F) {
	k := generate(f)
	token, _ := Sign(k, Outcome, said{1})
	f.Add(token)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := Verify([]PublicKey{k.Public()}, Outcome, s, &said{}); err == nil && s != token {
			t.Fatalf("a second spelling of the token: %q", s)
		}
	})
}
