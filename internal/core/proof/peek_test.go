package proof

import (
	"errors"
	"testing"
)

func TestPeekReadsAPermitOfAnybodyAndNothingElse(t *testing.T) {
	token, err := Sign(generate(t), Permit, map[string]string{"plate": "MI-RA 1848"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Plate string `json:"plate"`
	}
	if err := Peek(Permit, token, &got); err != nil || got.Plate != "MI-RA 1848" {
		t.Fatal(got, err)
	}
	for name, c := range map[string][2]string{
		"another kind": {Outcome, token}, "no kind": {"", token}, "cut off": {Permit, token[:len(token)/2]}, "nothing": {Permit, ""}, "with a line break": {Permit, token + "\n"},
	} {
		if err := Peek(c[0], c[1], &got); !errors.Is(err, ErrProof) {
			t.Error(name, err)
		}
	}
}
