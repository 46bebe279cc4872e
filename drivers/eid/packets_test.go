package eid

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

func secret(digits string) Secret { return NewSecret([]byte(digits)) }

func address(a Address) *Address { return &a }

func withSecret(name, digits string) Command {
	s := secret(digits)
	return Command{name: name, secret: &s}
}

// Whatever the driver says must stand in the document like that; optional fields it leaves out.
func TestCommandsAreThoseOfTheDocument(t *testing.T) {
	say := map[string][]Command{
		"SET_API_LEVEL":     {{name: "SET_API_LEVEL", level: 1}},
		"GET_READER":        {{name: "GET_READER", reader: "NAME OF THE READER"}},
		"RUN_AUTH":          {{name: "RUN_AUTH", token: address("https://test.governikus-eid.de/AusweisAuskunft/WebServiceRequesterServlet")}},
		"SET_ACCESS_RIGHTS": {{name: "SET_ACCESS_RIGHTS"}, {name: "SET_ACCESS_RIGHTS", chat: []Right{FamilyName}}},
		"SET_CARD":          {{name: "SET_CARD", reader: "reader name", card: &Simulator{}}},
		"SET_PIN":           {withSecret("SET_PIN", "123456")},
		"SET_NEW_PIN":       {withSecret("SET_NEW_PIN", "123456")},
		"SET_CAN":           {withSecret("SET_CAN", "123456")},
		"SET_PUK":           {withSecret("SET_PUK", "1234567890")},
	}
	optional := map[string]bool{"handleInterrupt": true, "status": true, "messages": true} // and of the simulator's: files, keys
	for _, l := range lines(t, "testdata/commands.txt") {
		if l.section == "INTERRUPT" {
			continue // for iOS; nothing here says it
		}
		c := plain(l.section)
		if all := say[l.section]; len(all) > 0 {
			c, say[l.section] = all[0], all[1:]
		}
		var want, got map[string]any
		if err := errors.Join(json.Unmarshal([]byte(l.text), &want), json.Unmarshal(c.Append(nil), &got)); err != nil {
			t.Fatal(err)
		}
		for k := range optional {
			delete(want, k)
		}
		if s, ok := want["simulator"].(map[string]any); ok {
			clear(s)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: says %v, the document has %v", l.section, got, want)
		}
	}
	for name, left := range say {
		if len(left) > 0 {
			t.Errorf("%s: no example in the document", name)
		}
	}
}

func TestVirtualCardIsSaidAsAusweisAppTookIt(t *testing.T) {
	want, err := os.ReadFile("testdata/recorded/1.26.2-set-card.json")
	if err != nil {
		t.Fatal(err)
	}
	var in struct{ Simulator Simulator }
	if err := json.Unmarshal(want, &in); err != nil {
		t.Fatal(err)
	}
	c := Command{name: "SET_CARD", reader: "Simulator", card: &in.Simulator}
	if got, want := normal(t, c.Append(nil)), normal(t, want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func normal(t *testing.T, b []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestCommandWithSecretNeedsNoMoreRoomThanItSays(t *testing.T) {
	for _, digits := range []string{"", "12345", "123456", "1234567890"} {
		c := withSecret("SET_NEW_PIN", digits)
		b := make([]byte, 0, c.Size())
		if got := c.Append(b); len(got) > c.Size() || &b[:1][0] != &got[:1][0] {
			t.Errorf("%d digits: %d bytes said to be %d; a copy is left behind", len(digits), len(got), c.Size())
		}
	}
}

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	const pin, token = "739164", "https://eid.example/token?session=secret739164"
	s := secret(pin)
	c := Command{name: "SET_PIN", secret: &s, token: address(token)}
	state, say := Begin(Authenticate, token, false)
	state = state.end(Outcome{Cause: Success, URL: token})
	session := &Session{s: state}
	for what, v := range map[string]any{
		"secret": s, "pointer": &s, "inside": struct{ In Secret }{s}, "hidden": struct{ in Secret }{s}, "list": []Secret{s},
		"command": c, "commands": []Command{c}, "hidden command": struct{ c Command }{c}, "hidden commands": struct{ c []*Command }{[]*Command{&c}},
		"address": Address(token), "address inside": struct{ In Address }{token}, "state": state,
		"first": say, "session": session, "outcome": state.Outcome, "message": Message{Kind: KindAuth, URL: token},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			if out := fmt.Sprintf(verb, v); tells(out, pin) {
				t.Errorf("%s by %s: %s", what, verb, out)
			}
		}
		if out, _ := json.Marshal(v); tells(string(out), pin) {
			t.Errorf("%s as JSON: %s", what, out)
		}
	}
	if Address(token).String() != "https://eid.example/…" {
		t.Errorf("an address prints as %s", Address(token))
	}
	if _, err := json.Marshal(s); err == nil {
		t.Error("a secret can be written into a file")
	}
}

// tells tells whether a number can be read out of what was printed, as text, as hexadecimal text or as a list of codes.
func tells(out, number string) bool {
	var list []string
	for _, b := range []byte(number) {
		list = append(list, fmt.Sprint(b))
	}
	hex := fmt.Sprintf("%x", number)
	return strings.Contains(out, number) || strings.Contains(strings.ToLower(out), hex) || strings.Contains(out, strings.Join(list, " "))
}

func TestSecretExistsOnceAndIsWiped(t *testing.T) {
	typed := []byte("123456")
	s := NewSecret(typed)
	other := s
	if !s.Equal(secret("123456")) || s.Equal(secret("123457")) || s.Equal(secret("12345")) || s.Equal(Secret{}) {
		t.Error("the same number typed twice is not told from another")
	}
	other.Wipe()
	if s.Digits() != 0 || string(typed) != "\x00\x00\x00\x00\x00\x00" {
		t.Errorf("%d digits are left of it: %q", s.Digits(), typed)
	}
	if s.Equal(other) || (Secret{}).Equal(Secret{}) {
		t.Error("two that are wiped count as the same number typed twice")
	}
	s.Wipe()
	Secret{}.Wipe()
	for _, no := range []string{"", "12345a", " 12345", "１２３４５６", "12345\x00"} {
		if n := secret(no).Digits(); n != 0 {
			t.Errorf("%q passes for %d digits", no, n)
		}
	}
}

func TestAddressesOfAusweisApp(t *testing.T) {
	for in, want := range map[string]string{
		"eid+ws://127.0.0.1:24727/eID-Kernel": "ws://127.0.0.1:24727/eID-Kernel",
		"eid+ws://localhost:24727":            "ws://localhost:24727/eID-Kernel",
		"ws://[::1]:24727/":                   "ws://[::1]:24727/eID-Kernel",
		"eid+wss://reader.example/eID-Kernel": "wss://reader.example/eID-Kernel",
	} {
		if got, err := ParseAddress(in); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for in, why := range map[string]string{
		"eid+ws://192.0.2.7:24727/eID-Kernel":       "in the clear",
		"eid+ws://localhost.example/eID-Kernel":     "in the clear",
		"eid+http://127.0.0.1/":                     "neither eid+ws nor eid+wss",
		"tcp://127.0.0.1:24727":                     "neither eid+ws nor eid+wss",
		"eid+ws:///eID-Kernel":                      "no host",
		"eid+wss://user:password@reader.example/":   "neither user nor fragment",
		"eid+wss://reader.example/eID-Kernel#there": "neither user nor fragment",
		"":           "neither eid+ws nor eid+wss",
		"eid+ws://%": "not a URL",
	} {
		if _, err := ParseAddress(in); !errors.Is(err, ErrAddress) || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "password") {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"eid+ws://127.0.0.1:24727/eID-Kernel", "eid+wss://reader.example", "ws://[::1]:1/", "eid+eid+ws://localhost", "ws://127.0.0.1@example/", "ws://2130706433/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_ = Address(s).String()
		to, err := ParseAddress(s)
		if err != nil {
			if !errors.Is(err, ErrAddress) {
				t.Fatal(err)
			}
			return
		}
		again, err := ParseAddress(to)
		if err != nil || again != to {
			t.Fatalf("%q, then %q, %v", to, again, err)
		}
		if !strings.HasPrefix(to, "wss://") && !strings.HasPrefix(to, "ws://127.") && !strings.HasPrefix(to, "ws://localhost") && !strings.HasPrefix(to, "ws://[") {
			t.Fatalf("a PIN could go in the clear to %q", to)
		}
	})
}
