package hall

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// ear hears of faults.
type ear struct {
	heard []wire.Faults
	who   []Device
	err   error
}

func (e *ear) Note(_ context.Context, d Device, m wire.Faults) error {
	e.heard, e.who = append(e.heard, m), append(e.who, d)
	return e.err
}

const faultMessage = `{"v":1,"id":"01931e5c-0000-7000-8000-000000000001","faults":[{"kind":"rule","service":"parken","version":"1","file":"form.yaml","line":3,"key":"fee.amount","count":2}]}`

func TestFaultsAreCheckedAtTheDoor(t *testing.T) {
	ca, err := NewCA("Stadt", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{}
	b := broken{enrolled: true}
	o := Options{CA: ca, Key: key, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	h := New(House{Intake: b, Records: b, Answers: b, Devices: b, State: b, Faults: e}, o)
	for body, want := range map[string]int{
		faultMessage: http.StatusOK, "{": http.StatusBadRequest, `{"v":1}`: http.StatusBadRequest,
		strings.Replace(faultMessage, `"fee.amount"`, `"Renate Vogt"`, 1): http.StatusBadRequest,
		faultMessage + strings.Repeat(" ", wire.MaxFaultsSize):            http.StatusRequestEntityTooLarge,
	} {
		if w := ask(t, h, http.MethodPost, wire.PathFaults, body); w.Code != want {
			t.Errorf("%.60s: %d", body, w.Code)
		}
	}
	if len(e.heard) != 1 || e.heard[0].Faults[0].Count != 2 || e.who[0].ID != "d" {
		t.Errorf("%+v", e.heard)
	}
	e.err = errDisk
	if w := ask(t, h, http.MethodPost, wire.PathFaults, faultMessage); w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code)
	}
	deaf := New(House{Intake: b, Records: b, Answers: b, Devices: b, State: b}, o)
	if w := ask(t, deaf, http.MethodPost, wire.PathFaults, faultMessage); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
}
