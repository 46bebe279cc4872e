package eidemu_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
)

// shapes gives the paths of all fields in a message, such as "reader.card.retryCounter", with the kind of what is in them.
func shapes(in string, v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, inside := range v {
			out = append(out, shapes(in+"."+k, inside)...)
		}
	case []any:
		for _, inside := range v {
			out = append(out, shapes(in+"[]", inside)...)
		}
	default:
		out = []string{fmt.Sprintf("%s %T", in, v)}
	}
	return out
}

func decode(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return m
}

// documented has every field of every message in the document's examples, by kind.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("../testdata/messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "{") {
			m := decode(t, []byte(line))
			kind := fmt.Sprint(m["msg"])
			out[kind] = append(out[kind], shapes("", m)...)
		}
	}
	// What is null when there is nothing to say stands in the text.
	out["STATUS"] = append(out["STATUS"], ".workflow <nil>", ".progress <nil>", ".state <nil>")
	for _, kind := range []string{"ENTER_PIN", "ENTER_NEW_PIN", "ENTER_CAN", "ENTER_PUK"} {
		out[kind] = append(out[kind], ".reader.card <nil>")
	}
	out["READER_LIST"] = append(out["READER_LIST"], ".readers[].card <nil>")
	return out
}

// The emulator says nothing that AusweisApp would not say, as far as the document's examples tell.
func TestItSpeaksAsTheDocument(t *testing.T) {
	known := documented(t)
	for fault, script := range map[eidemu.Fault][]string{
		eidemu.None: {
			`{"cmd":"GET_INFO"}`, `{"cmd":"GET_API_LEVEL"}`, `{"cmd":"SET_API_LEVEL","level":9}`, `{"cmd":"GET_STATUS"}`, `{"cmd":"GET_READER_LIST"}`,
			`{"cmd":"nope"}`, `{"cmd":"GET_READER","name":"Emulated reader"}`, `half`, `{"cmd":"RUN_AUTH","tcTokenURL":"https://eid.example/"}`, `{"cmd":"GET_CERTIFICATE"}`,
			`{"cmd":"SET_ACCESS_RIGHTS","chat":[]}`, `{"cmd":"SET_ACCESS_RIGHTS","chat":["Nonsense"]}`, `{"cmd":"ACCEPT"}`, `{"cmd":"SET_PIN","value":"1"}`,
			`{"cmd":"SET_PIN","value":"111111"}`, `{"cmd":"SET_PIN","value":"222222"}`, `{"cmd":"SET_CAN","value":"654321"}`, `{"cmd":"SET_PIN","value":"123456"}`, `AUTH`,
		},
		eidemu.PUKNeeded: {
			`{"cmd":"RUN_CHANGE_PIN"}`, `{"cmd":"SET_PUK","value":"9876543210"}`, `{"cmd":"SET_PIN","value":"123456"}`,
			`{"cmd":"SET_NEW_PIN","value":"271828"}`, `CHANGE_PIN`,
		},
		eidemu.Pause:         {`{"cmd":"RUN_CHANGE_PIN"}`, `{"cmd":"CANCEL"}`, `CHANGE_PIN`},
		eidemu.Internal:      {`{"cmd":"RUN_CHANGE_PIN"}`, `{"cmd":"CANCEL"}`, `CHANGE_PIN`},
		eidemu.UnknownCard:   {`{"cmd":"RUN_CHANGE_PIN"}`, `{"cmd":"CANCEL"}`, `CHANGE_PIN`},
		eidemu.ProviderError: {`{"cmd":"RUN_AUTH","tcTokenURL":"https://eid.example/"}`, `{"cmd":"ACCEPT"}`, `AUTH`},
	} {
		t.Run("fault "+string(fault), func(t *testing.T) {
			s := httptest.NewServer(eidemu.New(eidemu.Opts{Fault: func() eidemu.Fault { return fault }}))
			defer s.Close()
			ws, _, err := websocket.DefaultDialer.Dial(strings.Replace(s.URL, "http", "ws", 1)+"/eID-Kernel", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
			last := script[len(script)-1]
			for _, cmd := range script[:len(script)-1] {
				if err := ws.WriteMessage(websocket.TextMessage, []byte(cmd)); err != nil {
					t.Fatal(err)
				}
			}
			for {
				_, b, err := ws.ReadMessage()
				if err != nil {
					t.Fatal(err)
				}
				m := decode(t, b)
				kind := fmt.Sprint(m["msg"])
				for _, field := range shapes("", m) {
					if !slices.Contains(known[kind], field) {
						t.Errorf("%s has no %s in the document: %s", kind, field, b)
					}
				}
				if kind == last && (m["result"] != nil || m["success"] != nil) {
					return
				}
			}
		})
	}
}

func TestItsDoorIsForOneProgramAndNoBrowser(t *testing.T) {
	s := httptest.NewServer(eidemu.New(eidemu.Opts{}))
	defer s.Close()
	address := strings.Replace(s.URL, "http", "ws", 1)
	ws, _, err := websocket.DefaultDialer.Dial(address+"/eID-Kernel", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for path, header := range map[string]http.Header{"/eID-Kernel": nil, "/eID-Kernel/": {"Origin": {"https://evil.example"}}, "/": nil} {
		_, answer, err := websocket.DefaultDialer.Dial(address+path, header)
		want := map[string]int{"/eID-Kernel": 429, "/eID-Kernel/": 403, "/": 404}[path]
		if err == nil || answer == nil || answer.StatusCode != want {
			t.Errorf("%s: %v, not %d", path, answer, want)
		}
	}
}

func TestEveryFaultHasItsOwnName(t *testing.T) {
	all := eidemu.Faults()
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || slices.Contains(all, eidemu.None) {
		t.Errorf("%v", all)
	}
}
