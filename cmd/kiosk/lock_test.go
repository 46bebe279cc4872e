package main

import (
	"errors"
	"testing"
)

func TestASecondProgramOnTheSameMemoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	free, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(dir); !errors.Is(err, errTaken) {
		t.Errorf("got %v, want %v", err, errTaken)
	}
	if err := free(); err != nil {
		t.Fatal(err)
	}
	again, err := lock(dir)
	if err != nil {
		t.Fatal("after the first has ended:", err)
	}
	_ = again()
}
