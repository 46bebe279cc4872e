package eid

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	pinOfTests = "739164"
	canOfTests = "482915"
	pukOfTests = "9173648205"
)

// alphabet is everything that AusweisApp may say, as far as the machine can tell things apart.
func alphabet() []Message {
	texts := []string{
		`{"msg":"API_LEVEL","available":[1,2,3],"current":3}`, `{"msg":"API_LEVEL","available":[1,2,3,4],"current":4}`,
		`{"msg":"API_LEVEL","available":[7],"current":7}`, `{"msg":"API_LEVEL","error":"Unknown level","available":[1],"current":1}`,
		`{"msg":"AUTH"}`, `{"msg":"AUTH","error":"Validation of tcTokenURL failed"}`,
		`{"msg":"AUTH","result":{"major":"http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok"},"url":"https://eid.example/?ref=1"}`,
		`{"msg":"AUTH","result":{"major":"x#error","minor":"http://www.bsi.bund.de/ecard/api/1.1/resultminor/sal#cancellationByUser"}}`,
		`{"msg":"AUTH","result":{"major":"x#error","minor":"y","reason":"Card_Removed"},"url":"https://eid.example/?ref=1"}`,
		`{"msg":"CHANGE_PIN"}`, `{"msg":"CHANGE_PIN","success":true}`, `{"msg":"CHANGE_PIN","success":false}`,
		`{"msg":"CHANGE_PIN","success":false,"reason":"Change_Pin_New_Pin_Mismatch"}`, `{"msg":"CHANGE_PIN","error":"no"}`,
		`{"msg":"ACCESS_RIGHTS","chat":{"effective":["Address","GivenNames"],"optional":["GivenNames"],"required":["Address"]}}`,
		`{"msg":"ACCESS_RIGHTS","chat":{"effective":["Address","CanAllowed"],"optional":[],"required":["Address","CanAllowed"]}}`,
		`{"msg":"ACCESS_RIGHTS","error":"Entry in 'chat' data is invalid"}`,
		`{"msg":"CERTIFICATE","description":{"subjectName":"Stadt Musterhausen"}}`,
		`{"msg":"INSERT_CARD"}`, `{"msg":"INSERT_CARD","error":"Unknown reader name"}`,
		`{"msg":"PAUSE","cause":"BadCardPosition"}`, `{"msg":"INTERNAL_ERROR","error":"Unexpected condition"}`, `{"msg":"INVALID","error":"illegal value"}`,
		`{"msg":"STATUS","workflow":"AUTH","progress":80,"state":"INSERT_CARD"}`, `{"msg":"STATUS","workflow":null,"progress":null,"state":null}`,
		`{"msg":"SOMETHING_NEW","value":[1]}`, `{"msg":"INFO","VersionInfo":{}}`, `{"msg":"READER_LIST","readers":[]}`,
	}
	for _, cmd := range []string{
		"GET_API_LEVEL", "SET_API_LEVEL", "GET_READER_LIST", "RUN_AUTH", "RUN_CHANGE_PIN", "GET_CERTIFICATE", "SET_ACCESS_RIGHTS", "ACCEPT",
		"SET_CARD", "SET_PIN", "CANCEL", "NOPE",
	} {
		texts = append(texts, `{"msg":"BAD_STATE","error":"`+cmd+`"}`, `{"msg":"UNKNOWN_COMMAND","error":"`+cmd+`"}`)
	}
	for _, card := range []string{
		`null`, `{}`, `{"inoperative":false,"deactivated":false,"retryCounter":3}`, `{"inoperative":false,"deactivated":false,"retryCounter":1}`,
		`{"inoperative":true,"deactivated":false,"retryCounter":0}`, `{"inoperative":false,"deactivated":true,"retryCounter":3}`,
	} {
		texts = append(texts, `{"msg":"READER","name":"A","attached":true,"keypad":false,"insertable":false,"card":`+card+`}`)
	}
	texts = append(texts, `{"msg":"READER","name":"A","attached":false}`, `{"msg":"READER","name":"S","attached":true,"keypad":true,"insertable":true,"card":null}`)
	for _, kind := range []string{"ENTER_PIN", "ENTER_NEW_PIN", "ENTER_CAN", "ENTER_PUK"} {
		for _, reader := range []string{
			`"error":"No card inserted"`, `"reader":{"name":"A","attached":true,"card":{"inoperative":false,"deactivated":false,"retryCounter":2}}`,
			`"reader":{"name":"A","attached":true,"keypad":true,"card":{"inoperative":false,"deactivated":false,"retryCounter":2}}`,
		} {
			texts = append(texts, `{"msg":"`+kind+`",`+reader+`}`)
		}
	}
	var out []Message
	for _, text := range texts {
		m, err := Decode([]byte(text))
		if err != nil {
			panic(text + ": " + err.Error())
		}
		out = append(out, m)
	}
	for _, k := range Kinds() {
		out = append(out, Message{Kind: k}) // with nothing in it
	}
	return append(out, Message{})
}

type answer struct {
	name string
	give func(State) (State, []Command, error)
}

// answers is everything that a screen may do.
func answers() []answer {
	typed := func(name, digits string, give func(State, Secret) (State, []Command, error)) answer {
		return answer{name, func(s State) (State, []Command, error) { return give(s, secret(digits)) }}
	}
	return []answer{
		{"allow nothing", func(s State) (State, []Command, error) { return s.Allow() }},
		{"allow a name", func(s State) (State, []Command, error) { return s.Allow(GivenNames) }},
		{"allow too much", func(s State) (State, []Command, error) { return s.Allow(WriteAddress) }},
		{"consent", State.Consent}, {"type at reader", State.TypeAtReader}, {"continue", State.Continue}, {"cancel", State.Cancel},
		{"simulate", func(s State) (State, []Command, error) { return s.Simulate(nil) }},
		{"hang up", func(s State) (State, []Command, error) { return s.lost(), nil, nil }},
		typed("PIN", pinOfTests, State.PIN), typed("letter's PIN", "73916", State.PIN), typed("new PIN", pinOfTests, State.NewPIN),
		typed("CAN", canOfTests, State.CAN), typed("PUK", pukOfTests, State.PUK), typed("no PIN", "", State.PIN), typed("letters", "73916x", State.PIN),
	}
}

// dump shows all that is in a value, unexported fields and what pointers lead to included.
func dump(v reflect.Value) string {
	var b strings.Builder
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				b.WriteString("nil")
				return
			}
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				b.WriteString(v.Type().Field(i).Name + ":")
				walk(v.Field(i))
				b.WriteByte(' ')
			}
		case reflect.Slice:
			b.WriteByte('[')
			for i := range v.Len() {
				walk(v.Index(i))
				b.WriteByte(',')
			}
			b.WriteByte(']')
		case reflect.String:
			b.WriteString(v.String())
		case reflect.Int, reflect.Int64:
			b.WriteString(strconv.FormatInt(v.Int(), 10))
		case reflect.Bool:
			b.WriteString(strconv.FormatBool(v.Bool()))
		default:
			panic("dump: " + v.Kind().String())
		}
	}
	walk(v)
	return b.String()
}

func all(s State) string { return dump(reflect.ValueOf(s)) }

// check takes one step and looks at it from all sides.
func check(t *testing.T, s State, m Message) State {
	t.Helper()
	next, say := Step(s, m)
	for _, c := range say {
		if c.Secret() {
			t.Fatalf("%s on %s makes the driver say a secret on its own", m.Kind, s.Screen)
		}
	}
	sound(t, next, say, string(m.Kind), s)
	if s.Over() && (!next.Over() || *next.Outcome != *s.Outcome || len(say) > 0) {
		t.Fatalf("%s after the end changes the end", m.Kind)
	}
	return next
}

// sound says what is true of every state.
func sound(t *testing.T, s State, say []Command, how string, from State) {
	t.Helper()
	fail := func(why string) {
		t.Helper()
		t.Fatalf("%s on %s (%s): %s\n%s", how, from.Screen, from.stage, why, all(s))
	}
	asks := slices.Contains([]Screen{EnterPIN, EnterNewPIN, EnterCAN, EnterPUK}, s.Screen)
	switch {
	case !slices.Contains(Screens(), s.Screen):
		fail("nobody can draw this screen")
	case s.Over() != slices.Contains([]Screen{Done, Cancelled, Failed}, s.Screen):
		fail("the end is not shown as one")
	case s.Over() && len(say) > 0:
		fail("talks on after the end")
	case asks != (s.Min >= 5 && s.Max >= s.Min && s.Max <= 10):
		fail("how many digits?")
	case s.Keypad && !asks:
		fail("nothing is asked, yet it is to be typed at the reader")
	case s.Screen == Consent && (s.Rights == nil || s.Certificate == nil):
		fail("consent to an unknown")
	case s.Pending && s.Over():
		fail("waits for rights after the end")
	case s.Progress < 0 || s.Progress > 100 || s.Retries < -1:
		fail("numbers out of range")
	case len(s.Others) > maxOthers || len(s.Readers) > maxReaders:
		fail("keeps everything it hears")
	case !slices.IsSortedFunc(s.Readers, func(a, b Reader) int { return strings.Compare(a.Name, b.Name) }):
		fail("readers out of order")
	case !reflect.DeepEqual(s, s.settle()):
		fail("not settled")
	}
}

// shape is what tells states apart that the walk goes on from.
func shape(s State) string {
	if s.Outcome != nil {
		return fmt.Sprint(s.Workflow, s.Outcome.Cause) // nothing more can happen
	}
	return fmt.Sprint(s.Workflow, s.stage, s.Screen, s.tried, s.Keypad, s.Pending, s.carded, s.faulty, s.Rights != nil)
}

type reached struct {
	states []State
}

var walked = struct {
	sync.Once
	reached
}{}

// walk goes everywhere that messages and answers lead to, checks each step, and gives one state of every shape. It goes once.
func walk(t *testing.T) reached {
	t.Helper()
	walked.Do(func() { walked.reached = explore(t) })
	if len(walked.states) == 0 {
		t.Skip("the walk failed, see the test before")
	}
	return walked.reached
}

func explore(t *testing.T) (r reached) {
	seen := map[string]bool{}
	add := func(s State) {
		if k := shape(s); !seen[k] {
			seen[k] = true
			r.states = append(r.states, s)
		}
	}
	for _, w := range []Workflow{Authenticate, ChangePIN} {
		s, say := Begin(w, "https://eid.example/token", false)
		sound(t, s, nil, "begin", s)
		if len(say) != 1 || say[0].Name() != "GET_API_LEVEL" {
			t.Fatalf("begins with %v", say)
		}
		add(s)
	}
	messages, replies := alphabet(), answers()
	for i := 0; i < len(r.states); i++ {
		s := r.states[i]
		before := all(s)
		for _, m := range messages {
			add(check(t, s, m))
		}
		for _, a := range replies {
			next, say, err := a.give(s)
			for _, number := range []string{pinOfTests, canOfTests, pukOfTests} {
				if strings.Contains(all(next), number) || err != nil && strings.Contains(err.Error(), number) {
					t.Fatalf("%s on %s: what was typed is kept", a.name, s.Screen)
				}
			}
			switch {
			case err == nil:
				sound(t, next, nil, a.name, s)
				add(next)
			case !errors.Is(err, ErrNotNow) && !errors.Is(err, ErrDigits):
				t.Fatalf("%s on %s: %v", a.name, s.Screen, err)
			case all(next) != before || len(say) > 0:
				t.Fatalf("%s on %s was refused, and changed something all the same", a.name, s.Screen)
			}
		}
		if all(s) != before {
			t.Fatalf("a message or an answer changed the state it was given:\n%s\n%s", before, all(s))
		}
	}
	return r
}

func TestEveryStateTakesEveryMessage(t *testing.T) {
	r := walk(t)
	t.Logf("%d kinds of state, %d messages and %d answers in each", len(r.states), len(alphabet()), len(answers()))
	screens, causes, stages := map[Screen]bool{}, map[Cause]bool{}, map[stage]bool{}
	for _, s := range r.states {
		screens[s.Screen], stages[s.stage] = true, true
		if s.Outcome != nil {
			causes[s.Outcome.Cause] = true
		}
	}
	for _, s := range Screens() {
		if !screens[s] {
			t.Errorf("no way leads to the screen %s", s)
		}
	}
	for _, c := range []Cause{Success, ByCitizen, CardRemoved, PINsDiffer, TokenRefused, Occupied, TooOld, TooNew, Software, Line, Other} {
		if !causes[c] {
			t.Errorf("no way ends in %s", c)
		}
	}
	if len(stages) != 13 {
		t.Errorf("%d stages of 13 were reached", len(stages))
	}
}

func TestCancelIsPossibleEverywhere(t *testing.T) {
	over := map[Workflow]string{
		Authenticate: `{"msg":"AUTH","result":{"major":"x#error","minor":"http://www.bsi.bund.de/ecard/api/1.1/resultminor/sal#cancellationByUser"}}`,
		ChangePIN:    `{"msg":"CHANGE_PIN","success":false}`,
	}
	for _, s := range walk(t).states {
		next, say, err := s.Cancel()
		if err != nil {
			t.Fatalf("on %s: %v", s.Screen, err)
		}
		if s.Over() {
			continue
		}
		if next.Screen != Cancelled && next.Screen != Cancelling {
			t.Fatalf("on %s (%s): the citizen sees %s", s.Screen, s.stage, next.Screen)
		}
		if s.stage != leaving && next.Screen == Cancelling && (len(say) != 1 || say[0].Name() != "CANCEL") {
			t.Fatalf("on %s: says %v", s.Screen, say)
		}
		want := ByCitizen
		if s.faulty {
			want = Software
		}
		if next, _ = Step(next, read(t, over[s.Workflow])); next.Outcome == nil || next.Outcome.Cause != want {
			t.Fatalf("on %s (%s), cancelled: %+v", s.Screen, s.stage, next.Outcome)
		}
	}
}

func TestAnswersThatNobodyAskedForAreRefusedAndWiped(t *testing.T) {
	asked := map[string]Screen{"PIN": EnterPIN, "new PIN": EnterNewPIN, "CAN": EnterCAN, "PUK": EnterPUK}
	give := map[string]func(State, Secret) (State, []Command, error){"PIN": State.PIN, "new PIN": State.NewPIN, "CAN": State.CAN, "PUK": State.PUK}
	for _, s := range walk(t).states {
		for name, g := range give {
			typed := secret(map[bool]string{true: pukOfTests, false: pinOfTests}[name == "PUK"])
			_, say, err := g(s, typed)
			if right := s.Screen == asked[name] && !s.Keypad; right != (err == nil) || right != (len(say) == 1) {
				t.Fatalf("%s on %s, keypad %v: %v, %v", name, s.Screen, s.Keypad, say, err)
			}
			if err != nil && typed.Digits() > 0 {
				t.Fatalf("%s on %s: refused, and still in memory", name, s.Screen)
			}
		}
	}
}

// someStates are some of those that walk reaches, one of each screen and stage.
var someStates = sync.OnceValue(func() []State {
	var out []State
	seen := map[string]bool{}
	for _, s := range explore(new(testing.T)).states {
		if k := fmt.Sprint(s.stage, s.Screen, s.Workflow); !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	return out
})

// after makes a state by what AusweisApp says (JSON) and what is answered (a word of answers).
func after(t *testing.T, w Workflow, happens ...string) State {
	t.Helper()
	s, _ := Begin(w, "https://eid.example/token", false)
	for _, h := range happens {
		s, _ = happen(t, s, h)
	}
	return s
}

func happen(t *testing.T, s State, h string) (State, []Command) {
	t.Helper()
	if strings.HasPrefix(h, "{") {
		return Step(s, read(t, h))
	}
	for _, a := range answers() {
		if a.name == h {
			next, say, err := a.give(s)
			if err != nil {
				t.Fatalf("%s on %s: %v", h, s.Screen, err)
			}
			return next, say
		}
	}
	t.Fatalf("nobody knows the answer %q", h)
	return State{}, nil
}

const (
	level      = `{"msg":"API_LEVEL","available":[1,2,3],"current":3}`
	authBegins = `{"msg":"AUTH"}`
	rights     = `{"msg":"ACCESS_RIGHTS","chat":{"effective":["Address","GivenNames"],"optional":["GivenNames"],"required":["Address"]}}`
	fewer      = `{"msg":"ACCESS_RIGHTS","chat":{"effective":["Address"],"optional":["GivenNames"],"required":["Address"]}}`
	who        = `{"msg":"CERTIFICATE","description":{"subjectName":"Stadt Musterhausen"}}`
)

func TestNobodyConsentsToRightsThatAreNotShown(t *testing.T) {
	s := after(t, Authenticate, level, authBegins, rights)
	if s.Screen != Working {
		t.Errorf("before the certificate came: %s", s.Screen)
	}
	s = after(t, Authenticate, level, authBegins, rights, who, "allow nothing", "allow a name", fewer)
	if !s.Pending || !slices.Equal(s.Rights.Effective, []Right{PlaceOfLiving}) {
		t.Errorf("two changes were asked for, one is confirmed: pending %v, %v", s.Pending, s.Rights.Effective)
	}
	if _, _, err := s.Consent(); !errors.Is(err, ErrNotNow) {
		t.Errorf("consent between two changes: %v", err)
	}
	s, _ = happen(t, s, rights)
	if _, say, err := s.Consent(); err != nil || say[0].Name() != "ACCEPT" {
		t.Errorf("consent when all changes are confirmed: %v, %v", say, err)
	}
}

func TestFaultOfAusweisAppIsNotTheCitizensCancel(t *testing.T) {
	s := after(t, Authenticate, level, authBegins, `{"msg":"INTERNAL_ERROR","error":"Unexpected condition"}`)
	if s.Screen != Cancelling || s.Problem != Refused {
		t.Errorf("got %s, %s", s.Screen, s.Problem)
	}
	s, _ = happen(t, s, `{"msg":"AUTH","result":{"major":"x#error","minor":"http://www.bsi.bund.de/ecard/api/1.1/resultminor/sal#cancellationByUser"},
		"url":"https://eid.example/?err=1"}`)
	if s.Screen != Failed || s.Outcome.Cause != Software || s.Outcome.Note != "Unexpected condition" || s.Outcome.URL == "" {
		t.Errorf("got %s, %+v", s.Screen, s.Outcome)
	}
}

func TestReaderThatIsPulledOutIsMissed(t *testing.T) {
	pin := `{"msg":"ENTER_PIN","reader":{"name":"A","attached":true,"card":{"inoperative":false,"deactivated":false,"retryCounter":3}}}`
	s := after(t, ChangePIN, level, `{"msg":"CHANGE_PIN"}`, pin, `{"msg":"READER","name":"A","attached":false}`)
	if s.Screen != ConnectReader || s.Problem != TakenAway {
		t.Errorf("got %s, %s", s.Screen, s.Problem)
	}
	s = after(t, ChangePIN, level, `{"msg":"CHANGE_PIN"}`, pin, "PIN", `{"msg":"READER","name":"A","attached":false}`, `{"msg":"CHANGE_PIN","success":false}`)
	if s.Outcome.Cause != CardRemoved {
		t.Errorf("pulled out while the PIN was checked: %s", s.Outcome.Cause)
	}
}

func TestCardThatIsOffWorksWhereTheCANIsEnough(t *testing.T) {
	off := `{"msg":"READER","name":"A","attached":true,"card":{"inoperative":false,"deactivated":true,"retryCounter":3}}`
	for chat, want := range map[string]Screen{`["Address"]`: Deactivated, `["Address","CanAllowed"]`: Working} {
		s := after(t, Authenticate, level, authBegins, `{"msg":"ACCESS_RIGHTS","chat":{"effective":`+chat+`}}`, who, "consent", `{"msg":"INSERT_CARD"}`, off)
		if s.Screen != want {
			t.Errorf("%s: %s", chat, s.Screen)
		}
	}
}
