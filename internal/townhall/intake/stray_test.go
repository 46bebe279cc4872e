package intake_test

import (
	"testing"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
)

// stray is a terminal's report of money that it cannot give back.
func (w *town) stray(e pay.Evidence) service.Application {
	return service.Application{Kind: service.KindStray, ID: uuid.Must(uuid.NewV7()).String(), Lang: "de", Way: pay.Free, At: w.now,
		Stray: &pay.Outcome{Payment: "stray-1", Envelope: "gone", Way: pay.Card, Amount: 3070, Evidence: &e, At: w.now}}
}

// A card terminal kept money for which there is no application, and nobody in the town hall ever learned of it.
func TestMoneyThatATerminalKeepsIsARefundTask(t *testing.T) {
	w := newTown(t)
	kept := pay.Evidence{Amount: 3070, TerminalID: "12345678", Trace: 90, Receipt: 41, Date: "1123", Time: "235955"}
	first := w.stray(kept)
	w.bring(w.item(w.keys[0], first, nil))
	list := check[[]cases.Refund](t)(w.book.Refunds(t.Context()))
	if len(list) != 1 || list[0].Amount != 3070 || list[0].Reason != cases.ReasonStray || list[0].Payment.Evidence.Receipt != 41 {
		t.Fatalf("%+v", list)
	}
	c := w.find(list[0].Number)
	if c.Open() || c.Fee != 0 || c.Title != "Kartenzahlung ohne Antrag" || c.Device != w.device.Name || !service.ValidCase(c.Number) {
		t.Errorf("%+v", c)
	}
	// The terminal stopped before it noted that it had told, and told again.
	again := w.stray(kept)
	w.bring(w.item(w.keys[0], again, nil))
	if list := check[[]cases.Refund](t)(w.book.Refunds(t.Context())); len(list) != 1 || len(w.quarantine()) != 0 {
		t.Errorf("%d refunds for one payment, %d in quarantine", len(list), len(w.quarantine()))
	}
	w.ok(w.book.RefundDone(t.Context(), c.Number, "b.kowalski"))
	day := check[ledger.Day](t)(ledger.New(w.store).Day(t.Context(), w.now))
	if day.Received[pay.Card] != 3070 || day.Refunded != 3070 {
		t.Errorf("%+v", day)
	}
	if open := check[cases.Counts](t)(w.book.Counts(t.Context(), "b.kowalski")); open.Open != 0 || open.Refunds != 0 {
		t.Errorf("%+v", open)
	}
}

func TestMoneyThatBelongsToAnApplicationIsNotGivenBack(t *testing.T) {
	w := newTown(t)
	app := w.application(w.slip())
	e := pay.Evidence{Amount: app.Fee, TerminalID: "12345678", Trace: 17, Receipt: 4, Date: "1123", Time: "101500"}
	w.bring(w.item(w.keys[0], app, func(o *pay.Outcome) { o.Evidence = &e }))
	w.bring(w.item(w.keys[0], w.stray(e), nil))
	if list := check[[]cases.Refund](t)(w.book.Refunds(t.Context())); len(list) != 0 {
		t.Errorf("a paid application's fee is to be given back: %+v", list)
	}
}

func TestARefundIsNotMadeOfAReportThatNoTerminalSigned(t *testing.T) {
	w := newTown(t)
	item := w.item(w.keys[0], w.stray(pay.Evidence{Amount: 3070}), nil)
	item.Outcome = w.item(w.keys[0], w.stray(pay.Evidence{}), nil).Outcome
	w.bring(item)
	empty := w.stray(pay.Evidence{})
	empty.Stray = nil
	w.bring(w.item(w.keys[0], empty, nil))
	if list := check[[]cases.Refund](t)(w.book.Refunds(t.Context())); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	for _, e := range w.quarantine() {
		if e.Reason != intake.ReasonUnsigned {
			t.Errorf("in quarantine for %s", e.Reason)
		}
	}
	if n := len(w.quarantine()); n != 2 {
		t.Errorf("%d in quarantine", n)
	}
}
