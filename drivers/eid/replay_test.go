package eid

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/screens anew")

// replayer lets a conversation that was had, or stands in the document, happen to the machine. What a program said there the citizen does
// here; what the machine says on its own is compared.
type replayer struct {
	t   *testing.T
	out strings.Builder
	s   State
	on  bool
	say []Command
}

func (r *replayer) cmd(text string) {
	var c struct {
		Cmd, TcTokenURL, Name string
		Chat                  []Right
		Value                 *string
		Simulator             *Simulator
	}
	if json.Unmarshal([]byte(text), &c) != nil || strings.HasPrefix(c.Cmd, "GET_") || c.Cmd == "NOPE" {
		return
	}
	if w, begins := map[string]Workflow{"RUN_AUTH": Authenticate, "RUN_CHANGE_PIN": ChangePIN}[c.Cmd]; begins && !(r.on && !r.s.Over()) {
		r.s, _ = Begin(w, Address(c.TcTokenURL), false)
		r.on = true
		r.take(Message{Kind: KindAPILevel, Level: &Level{Available: []int{1, 2}, Current: 2}})
		if len(r.say) != 2 || r.say[1].Name() != c.Cmd || !strings.Contains(string(r.say[1].Append(nil)), c.TcTokenURL) {
			r.t.Errorf("instead of %s the machine says %v", c.Cmd, r.say)
		}
		r.show(c.Cmd)
		return
	}
	if !r.on {
		return
	}
	var err error
	number := func(typed func(State, Secret) (State, []Command, error)) (State, []Command, error) {
		if c.Value == nil {
			return r.s.TypeAtReader()
		}
		return typed(r.s, secret(*c.Value))
	}
	switch c.Cmd {
	case "ACCEPT":
		r.s, r.say, err = r.s.Consent()
	case "SET_ACCESS_RIGHTS":
		r.s, r.say, err = r.s.Allow(c.Chat...)
	case "SET_CARD":
		r.s, r.say, err = r.s.Simulate(c.Simulator)
	case "SET_PIN":
		r.s, r.say, err = number(State.PIN)
	case "SET_NEW_PIN":
		r.s, r.say, err = number(State.NewPIN)
	case "SET_CAN":
		r.s, r.say, err = number(State.CAN)
	case "SET_PUK":
		r.s, r.say, err = number(State.PUK)
	case "CANCEL":
		r.s, r.say, err = r.s.Cancel()
	default:
		err = ErrNotNow
	}
	switch {
	case err != nil:
		fmt.Fprintf(&r.out, "%-30s the driver would not say that: %v\n", c.Cmd, err)
		return
	case len(r.say) == 1 && r.say[0].Name() != c.Cmd:
		r.t.Errorf("instead of %s the machine says %v", c.Cmd, r.say)
	}
	r.show(c.Cmd)
}

func (r *replayer) msg(m Message) {
	if !r.on {
		return
	}
	r.take(m)
	r.show(string(m.Kind))
}

func (r *replayer) take(m Message) {
	before := r.s
	r.s, r.say = Step(r.s, m)
	sound(r.t, r.s, r.say, string(m.Kind), before)
	if len(r.say) == 1 && r.say[0].Name() == "GET_CERTIFICATE" { // the document leaves it out
		r.take(examples(r.t, KindCertificate)[0])
	}
}

func (r *replayer) show(what string) {
	s := r.s
	fmt.Fprintf(&r.out, "%-30s %s", what, s.Screen)
	if s.Problem != NoProblem {
		fmt.Fprintf(&r.out, ", %s", s.Problem)
	}
	if s.Retries >= 0 && !s.Over() {
		fmt.Fprintf(&r.out, ", %d tries", s.Retries)
	}
	if s.Keypad {
		r.out.WriteString(", at the reader")
	}
	if s.Screen == Consent {
		fmt.Fprintf(&r.out, ", %s gets %v", s.Certificate.Subject, s.Rights.Effective)
		if s.Pending {
			r.out.WriteString(", not confirmed")
		}
	}
	if s.Over() {
		fmt.Fprintf(&r.out, ", %s", s.Outcome.Cause)
		if s.Outcome.URL != "" {
			fmt.Fprintf(&r.out, ", on to %s", s.Outcome.URL)
		}
	}
	r.out.WriteString("\n")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the citizen sees something else now:\n%s", file, got)
	}
}

// The real runs of AusweisApp 1.26.2, message by message, with what the citizen would have seen.
func TestRecordedRunsOfAusweisAppGiveTheseScreens(t *testing.T) {
	files, err := filepath.Glob("testdata/recorded/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("recordings: %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			r := &replayer{t: t}
			for _, l := range lines(t, file) {
				if text, ok := strings.CutPrefix(l.text, "-> "); ok {
					r.cmd(text)
				} else if text, ok := strings.CutPrefix(l.text, "<- "); ok {
					r.msg(read(t, text))
				}
			}
			if name != "1.26.2-info" { // which has no workflow, see TestRecordedInformationIsUnderstood
				golden(t, "testdata/screens/"+name+".txt", r.out.String())
			}
		})
	}
}

func TestRecordedInformationIsUnderstood(t *testing.T) {
	var s State
	got := map[Kind]Message{}
	for _, l := range lines(t, "testdata/recorded/1.26.2-info.txt") {
		if text, ok := strings.CutPrefix(l.text, "<- "); ok {
			m := read(t, text)
			got[m.Kind] = m
			s, _ = s.news(m)
		}
	}
	var names []string
	for _, r := range s.readers {
		names = append(names, r.Name)
	}
	if want := []string{"Simulator", "Virtual PCD 00 00", "Virtual PCD 00 01"}; !slices.Equal(names, want) {
		t.Errorf("readers %q", names)
	}
	if i := got[KindInfo].Info; i.Version != "1.26.2" || i.Name != "AusweisApp2" {
		t.Errorf("info %+v", i)
	}
	if l := got[KindAPILevel].Level; !slices.Equal(l.Available, []int{1, 2}) || l.Current != 2 {
		t.Errorf("level %+v", l)
	}
	if st := got[KindStatus].Status; *st != (Status{}) {
		t.Errorf("status %+v", st)
	}
}

// The conversations that the document gives as examples.
func TestWorkflowsOfTheDocumentGiveTheseScreens(t *testing.T) {
	r, section := &replayer{t: t}, ""
	for _, l := range lines(t, "testdata/workflow.txt") {
		if l.section != section {
			section = l.section
			fmt.Fprintf(&r.out, "# %s\n", section)
		}
		if strings.HasPrefix(l.text, `{"cmd"`) {
			r.cmd(l.text)
		} else {
			r.msg(read(t, l.text))
		}
	}
	golden(t, "testdata/screens/workflow.txt", r.out.String())
}

// What the codes of the document tell people to do is what the screens will tell them.
func TestEveryFailureCodeHasItsCause(t *testing.T) {
	want := map[string]Cause{"card_position": CardContact, "fix_connections_problems": Network, "inform_service_provider": Provider, "contact_support": Software}
	special := map[string]Cause{
		"User_Cancelled": ByCitizen, "Card_Removed": CardRemoved, "Connect_Card_Eid_Inactive": EIDOff, "Establish_Pace_Channel_Puk_Inoperative": PUKUsedUp,
		"Establish_Pace_Channel_User_Cancelled": ByCitizen, "Change_Pin_Input_Timeout": TimedOut, "Change_Pin_User_Cancelled": ByCitizen,
		"Change_Pin_New_Pin_Mismatch": PINsDiffer, "Change_Pin_Card_User_Cancelled": ByCitizen, "Pre_Verification_No_Test_Environment": Software,
		// A phone as a reader that was told to stop: the document sends people to support, a citizen knows better.
		"Enter_Pace_Password_Ifd_User_Cancelled": ByCitizen, "Enter_New_Pace_Pin_Ifd_User_Cancelled": ByCitizen,
	}
	seen := 0
	for _, l := range lines(t, "testdata/failurecodes.txt") {
		code, solution, _ := strings.Cut(l.text, " ")
		cause, ok := special[code]
		if !ok {
			cause, ok = want[solution]
		}
		if !ok {
			t.Errorf("%s: what is to be done?", code)
		}
		if got := judgeCode(code); got != cause {
			t.Errorf("%s (%s): %s, not %s", code, solution, got, cause)
		}
		seen++
	}
	for code := range codes() {
		if !strings.Contains(dumpFile(t, "testdata/failurecodes.txt"), code+" ") {
			t.Errorf("%s is no code of the document", code)
		}
	}
	if seen < 80 || judgeCode("Something_New") != Other || judgeCode("") != Other {
		t.Errorf("%d codes; a new one is %s", seen, judgeCode("Something_New"))
	}
}

func dumpFile(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestResultsOfOlderAusweisAppsHaveACause(t *testing.T) {
	const minor = "http://www.bsi.bund.de/ecard/api/1.1/resultminor/"
	for end, want := range map[string]Cause{
		minor + "sal#cancellationByUser": ByCitizen, minor + "dp#trustedChannelEstablishmentFailed": Network, minor + "al/common#internalError": Software,
		minor + "something#new": Other, "": Other, "sal#cancellationByUser": Other,
	} {
		if got := (Result{Major: "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#error", Minor: end}).judge(); got != want {
			t.Errorf("%q: %s, not %s", end, got, want)
		}
	}
	if got := (Result{Minor: minor + "al/common#internalError", Reason: "Card_Removed"}).judge(); got != CardRemoved {
		t.Errorf("a reason is better than a code of the framework, got %s", got)
	}
}
