package eid

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// lines reads a file of testdata: what is no comment, with the comment above it as its section.
func lines(t testing.TB, file string) (out []line) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	section := ""
	for n, s := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if name, ok := strings.CutPrefix(s, "# "); ok {
			section = name
			continue
		}
		out = append(out, line{file, n + 1, section, s})
	}
	return out
}

type line struct {
	file    string
	n       int
	section string
	text    string
}

func read(t testing.TB, text string) Message {
	t.Helper()
	m, err := Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return m
}

// examples gives the document's examples of a kind.
func examples(t testing.TB, k Kind) (out []Message) {
	t.Helper()
	for _, l := range lines(t, "testdata/messages.txt") {
		if l.section == string(k) {
			out = append(out, read(t, l.text))
		}
	}
	if len(out) == 0 {
		t.Fatalf("no example of %s", k)
	}
	return out
}

func TestEveryMessageOfTheDocumentIsRead(t *testing.T) {
	seen := map[Kind]bool{}
	for _, l := range lines(t, "testdata/messages.txt") {
		m := read(t, l.text)
		if string(m.Kind) != l.section {
			t.Errorf("line %d is a %s, not a %s", l.n, m.Kind, l.section)
		}
		seen[m.Kind] = true
	}
	for _, k := range Kinds() {
		if !seen[k] {
			t.Errorf("no example of %s", k)
		}
	}
}

func TestWhatTheMessagesSay(t *testing.T) {
	nfc := func(retries int) *Reader {
		return &Reader{Name: "NFC", Attached: true, Card: &Card{Retries: retries}}
	}
	yes, no := true, false
	want := map[Kind][]Message{
		KindAccessRights: {
			{Error: "some optional error message", Rights: &Rights{
				Effective: []Right{PlaceOfLiving, FamilyName, GivenNames, AgeVerification, CanAllowed}, Optional: []Right{GivenNames, AgeVerification, CanAllowed},
				Required: []Right{PlaceOfLiving, FamilyName}, Transaction: "this is an example", BornBefore: "1999-07-20", RequiredAge: "18",
				ValidOn: "2017-07-20", CommunityID: "02760400110000",
			}},
			{Rights: &Rights{
				Effective: []Right{PlaceOfLiving, FamilyName, GivenNames, AgeVerification}, Optional: []Right{GivenNames, AgeVerification},
				Required: []Right{PlaceOfLiving, FamilyName},
			}},
		},
		KindAPILevel: {{Error: "optional error message like an invalid level", Level: &Level{Available: []int{1, 2, 3}, Current: 3}}},
		KindAuth: {
			{Error: "error message if RUN_AUTH failed"},
			{Result: &Result{Major: "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok"}, URL: "https://test.governikus-eid.de/gov_autent/async?refID=_123456789"},
			{Result: &Result{
				Major: "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#error", Minor: "http://www.bsi.bund.de/ecard/api/1.1/resultminor/al/common#internalError",
				Language: "en", Description: "An internal error has occurred during processing.",
				Message: "The connection to the ID card has been lost. The process was aborted.", Reason: "Card_Removed",
			}, URL: "https://test.governikus-eid.de/gov_autent/async?refID=_abcdefgh"},
		},
		KindBadState:   {{Error: "NAME_OF_YOUR_COMMAND"}},
		KindChangePIN:  {{Success: &yes}, {Success: &no, Reason: "Card_Removed"}},
		KindEnterCAN:   {{Error: "You must provide 6 digits", Reader: nfc(1)}},
		KindEnterPIN:   {{Error: "You must provide 6 digits", Reader: nfc(3)}},
		KindEnterPUK:   {{Error: "You must provide 10 digits", Reader: nfc(0)}},
		KindInsertCard: {{Error: "Name cannot be undefined"}},
		KindInfo: {{Info: &Info{
			Name: "AusweisApp2", Title: "AusweisApp2", Vendor: "Governikus GmbH & Co. KG", Version: "2.0.0", Specification: "TR-03124-1",
			SpecificationVendor: "Federal Office for Information Security", SpecificationVersion: "1.4", Connection: "CONNECTED",
		}}},
		KindReader: {
			{Reader: nfc(3)},
			{Reader: &Reader{Name: "NFC", Attached: true, Card: &Card{Unknown: true, Retries: -1}}},
			{Reader: &Reader{Name: "NFC", Attached: true}},
		},
		KindReaderList:     {{Readers: []Reader{{Name: "Example reader 1 [SmartCard] (1234567) 01 00", Attached: true, Keypad: true}, *nfc(3)}}},
		KindStatus:         {{Status: &Status{Workflow: "AUTH", Progress: 25, State: "ACCESS_RIGHTS"}}},
		KindPause:          {{Cause: "BadCardPosition"}},
		KindUnknownCommand: {{Error: "get_INFo"}},
	}
	for kind, all := range want {
		got := examples(t, kind)
		for i := range all {
			all[i].Kind = kind
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("%s\n got %s\nwant %s", kind, dump(reflect.ValueOf(got)), dump(reflect.ValueOf(all)))
		}
	}
}

func TestCertificateSaysWhoAsksWhatFor(t *testing.T) {
	c := examples(t, KindCertificate)[0].Certificate
	if c.Subject != "Governikus GmbH & Co. KG" || c.Issuer != "Governikus Test DVCA" || c.Purpose != "Demonstration des eID-Service" {
		t.Errorf("got %+v", c)
	}
	if !strings.Contains(c.Terms, "Zuständige Datenschutzaufsicht:\t\r\n") {
		t.Errorf("the terms are not what was sent: %q", c.Terms)
	}
	if until, ok := c.Until.Time(); !ok || until != time.Date(2016, 8, 30, 0, 0, 0, 0, time.UTC) {
		t.Errorf("valid until %v", until)
	}
	if _, ok := Date("30.08.2016").Time(); ok {
		t.Error("a German date passed for an ISO 8601 one")
	}
}

func TestOlderAusweisAppsAreUnderstood(t *testing.T) {
	m := read(t, `{"msg":"READER_LIST","reader":[{"name":"NFC","attached":true,"card":null}]}`) // level 1
	if len(m.Readers) != 1 || m.Readers[0].Name != "NFC" {
		t.Errorf("level 1's reader list: %+v", m.Readers)
	}
	m = read(t, `{"msg":"ACCESS_RIGHTS","aux":{"requiredAge":18}}`)
	if m.Rights == nil || m.Rights.RequiredAge != "18" {
		t.Errorf("age as a number: %+v", m.Rights)
	}
}

func TestOfMessagesNobodyKnowsOnlyNamesAreKept(t *testing.T) {
	m := read(t, `{"msg":"LOG_OF_123456","value":"\u0031\u0032\u0033\u0034\u0035\u0036","pin 123456":7,"error":"123456 is wrong"}`)
	if m.Kind != "LOG_OF_******" || !slices.Equal(m.Fields, []string{"error", "pin ******", "value"}) || m.Error != "****** is wrong" {
		t.Errorf("got %s", dump(reflect.ValueOf(m)))
	}
	long := read(t, `{"msg":"`+strings.Repeat("ä", 100)+`"}`)
	if n := len(long.Kind); n > maxName {
		t.Errorf("a name of %d bytes was kept", n)
	}
	var b strings.Builder
	b.WriteString(`{"msg":"NEW"`)
	for i := range 1000 {
		b.WriteString(`,"` + strings.Repeat("a", i+1) + `":0`)
	}
	b.WriteString("}")
	if many := read(t, b.String()); len(many.Fields) != maxFields {
		t.Errorf("%d names were kept", len(many.Fields))
	}
}

func TestBrokenMessagesSayWhereAndRepeatNothing(t *testing.T) {
	for text, place := range map[string]string{
		``:                              "offset 0 of 0",
		`{"msg":"ENTER_PIN","123456`:    "offset 26 of 26",
		`{"msg":"INFO"} 123456`:         "offset 16 of 21",
		`123456`:                        "offset 6 of 6",
		`"123456"`:                      "offset 8 of 8",
		`[123456]`:                      "offset 1 of 8",
		`{"value":"123456"}`:            "no msg",
		`{"msg":123456}`:                `"msg" is of another type`,
		`{"msg":"READER","name":12345}`: `"Name" is of another type`,
		`{"msg":"ENTER_PIN","reader":{"name":"NFC","card":{"retryCounter":"123456"}}}`:          `retryCounter`,
		`{"msg":"READER_LIST","readers":[` + strings.Repeat(`{"name":"123456"},`, 200) + `{}]}`: "more than 128 entries",
		`{"msg":"API_LEVEL","available":[` + strings.Repeat(`1,`, 200) + `1]}`:                  "more than 128 entries",
		`{"msg":"ACCESS_RIGHTS","chat":{"optional":[` + strings.Repeat(`"A",`, 200) + `"A"]}}`:  "more than 128 entries",
		"\x00\xff\xfe123456": "offset 1 of 9",
	} {
		_, err := Decode([]byte(text))
		switch {
		case !errors.Is(err, ErrPeer):
			t.Errorf("%.60q: %v", text, err)
		case !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(place)):
			t.Errorf("%.60q: no place %q in %v", text, place, err)
		case strings.Contains(err.Error(), "12345"):
			t.Errorf("%.60q: the error repeats what came: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, file := range []string{"testdata/messages.txt", "testdata/workflow.txt"} {
		for _, l := range lines(f, file) {
			f.Add([]byte(l.text))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrPeer) || len(err.Error()) > 300 {
				t.Fatalf("%v", err)
			}
			return
		}
		if m.Kind == "" || len(m.Kind) > maxName || len(m.Fields) > maxFields || len(m.Readers) > maxList {
			t.Fatalf("got %s", dump(reflect.ValueOf(m)))
		}
		if runs(m.Error) || !m.Kind.Known() && (runs(string(m.Kind)) || runs(strings.Join(m.Fields, " "))) {
			t.Fatalf("digits are left in %s", dump(reflect.ValueOf(m)))
		}
		// It can be taken in any state.
		for _, s := range someStates() {
			check(t, s, m)
		}
	})
}

// runs tells whether a number as long as a PIN can be read in s.
func runs(s string) bool {
	n := 0
	for _, r := range s {
		if n++; r < '0' || r > '9' {
			n = 0
		}
		if n >= 5 {
			return true
		}
	}
	return false
}
