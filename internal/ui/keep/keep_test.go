package keep

import (
	"os"
	"testing"
	"time"

	_ "fyne.io/fyne/v2/widget" // what is reached into
)

func TestItIsTheVariableThatFyneReads(t *testing.T) {
	want := time.Minute // Fyne's own
	if d, err := time.ParseDuration(os.Getenv("FYNE_CACHE")); err == nil {
		want = d
	}
	if valid != want {
		t.Fatalf("it is %v; Fyne set its own to %v before this test began", valid, want)
	}
}

func TestWhatWasUsualComesBack(t *testing.T) {
	was := valid
	AsUsual()
	if valid != was {
		t.Errorf("without anything asked for, it is %v; want %v", valid, was)
	}
	For(2 * was)
	For(3 * was)
	if valid != 3*was {
		t.Errorf("it is %v; want %v", valid, 3*was)
	}
	AsUsual()
	if valid != was {
		t.Errorf("it is %v; want %v", valid, was)
	}
}
