package cases

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestEverySentenceIsThereInBothLanguages(t *testing.T) {
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	if de, en := w.Keys("de"), w.Keys("en"); !slices.Equal(de, en) {
		t.Errorf("German has %d sentences, English %d", len(de), len(en))
	}
	for _, s := range []service.State{service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn} {
		if !w.Has("de", "state."+string(s)) {
			t.Errorf("a citizen reads %q", s)
		}
	}
	for _, k := range []EventKind{EventReceived, EventPaid, EventTaken, EventAsked, EventAnswered, EventMessage, EventApproved, EventRejected, EventWithdrawn, EventRefund, EventRefunded} {
		if !k.Public() || !w.Has("de", "step."+string(k)) {
			t.Errorf("a citizen reads %q", k)
		}
	}
	for _, s := range []service.State{service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn} {
		if !w.Has("de", "report.state."+string(s)) {
			t.Errorf("a reporter reads %q", s)
		}
	}
	for _, k := range []EventKind{EventReceived, EventTaken, EventProgress, EventAsked, EventAnswered, EventMessage, EventApproved, EventRejected, EventWithdrawn, EventMerged} {
		if !k.Public() || !w.Has("de", "report.step."+string(k)) {
			t.Errorf("a reporter reads %q", k)
		}
	}
	for _, k := range []EventKind{EventPublished, EventUnpublished, EventJoined, EventSplit, EventSupport} {
		if k.Public() {
			t.Errorf("a citizen is told of %q", k)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`words\.warn\("([a-z]+)"`).FindAllSubmatch(code, -1) {
			if !w.Has("de", "warn."+string(m[1])) {
				t.Errorf("a clerk reads warn.%s", m[1])
			}
		}
		for _, m := range regexp.MustCompile(`Say\("de", "(log\.[a-z]+)"`).FindAllSubmatch(code, -1) {
			if !w.Has("de", string(m[1])) {
				t.Errorf("a clerk reads %s", m[1])
			}
		}
	}
}
