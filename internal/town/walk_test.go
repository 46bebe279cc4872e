package town_test

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// find gives the clerk's case of a receipt.
func (r *rig) find(t *testing.T, number string) cases.Case {
	t.Helper()
	return must[cases.Case](t)(r.Hall.Book.Get(t.Context(), number))
}

// comeBack is a citizen who holds the slip under the scanner.
func (r *rig) comeBack(t *testing.T, secret string) *visit.Case {
	t.Helper()
	code, ok := visit.Secret(must[string](t)(r.Scan(t.Context(), secret)))
	if !ok {
		t.Fatal("the slip's code is not taken for one")
	}
	return must[*visit.Case](t)(visit.Follow(t.Context(), r.Desk(), code, r.VisitOptions()))
}

func (r *rig) sync(t *testing.T) {
	t.Helper()
	if err := r.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPaidApplicationComesBackAsAPermitThatAWardenBelieves(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	v := r.fill(t)
	receipt, err := r.submit(ctx, t, v, pay.Card)
	ok(t, err)
	ok(t, v.Print(ctx))
	v.Wipe()
	if slips := r.Counter.Paper.Slips(); len(slips) != 1 || len(slips[0].Parts) != 2 {
		t.Fatalf("%d slips came out of the printer", len(slips))
	}
	r.check(t)
	r.sync(t)

	c := r.find(t, receipt.Case)
	if !c.Paid || c.Payment == nil || c.Payment.Evidence == nil || c.Fee != 3070 || len(c.Warnings) > 0 {
		t.Fatalf("the clerk sees paid %t, warnings %q", c.Paid, c.Warnings)
	}
	if e := r.Counter.Card.Journal(); len(e) != 1 || e[0].Receipt != c.Payment.Evidence.Receipt {
		t.Fatalf("the clerk's case names another receipt than the card terminal's journal: %+v", e)
	}

	ok(t, r.Hall.Book.Ask(ctx, receipt.Case, "kowalski", "Welche Farbe hat das Auto?", c.Version))
	asked := r.comeBack(t, receipt.Secret)
	if a := asked.Answer(); a.State != service.StateAsked || len(a.Questions) != 1 {
		t.Fatalf("the citizen reads %s with %d questions", a.State, len(a.Questions))
	}
	ok(t, asked.Reply(ctx, asked.Answer().Questions[0].ID, "Es ist blau."))
	asked.Wipe()
	r.sync(t)
	if c = r.find(t, receipt.Case); c.State != service.StateInWork || !c.Questions[0].Answered || c.Questions[0].Answer != "Es ist blau." {
		t.Fatalf("the reply did not arrive: %s, %+v", c.State, c.Questions)
	}

	ok(t, r.Hall.Book.Approve(ctx, receipt.Case, "kowalski", "", c.Version))
	decided := r.comeBack(t, receipt.Secret)
	if a := decided.Answer(); a.State != service.StateApproved || len(a.Papers) != 1 {
		t.Fatalf("the citizen reads %s with %d papers", a.State, len(a.Papers))
	}
	ok(t, decided.PrintPaper(ctx, 0))
	jobs := r.Counter.Sheets.Jobs()
	if len(jobs) != 1 {
		t.Fatalf("%d pages came out of the A4 printer", len(jobs))
	}
	var says map[string]any
	_, err = proof.Verify(r.Hall.PermitKeys(), proof.Permit, codeOn(t, jobs[0].PDF), &says)
	ok(t, err)
	if says["plate"] != "MI-RA 1848" || says["zone"] != "A" || says["number"] != receipt.Case {
		t.Fatalf("the warden reads %v", says)
	}
	r.drain(t)
}

// codeOn reads the QR code off a printed page, as a warden's phone does.
func codeOn(t *testing.T, pdf []byte) string {
	t.Helper()
	page := filepath.Join(t.TempDir(), "page")
	ok(t, os.WriteFile(page+".pdf", pdf, 0o600))
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-png", "-r", "150", "-singlefile", page+".pdf", page).CombinedOutput(); err != nil {
		t.Fatalf("draw the page: %v: %s", err, out)
	}
	f := must[*os.File](t)(os.Open(page + ".png"))
	defer f.Close()
	img, err := png.Decode(f)
	ok(t, err)
	return must[string](t)(qrread.Read(img))
}

func TestAWithdrawnApplicationThatWasPaidMakesARefundTask(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	receipt := r.apply(t, pay.Card)
	r.sync(t)
	back := r.comeBack(t, receipt.Secret)
	ok(t, back.Withdraw(ctx))
	r.sync(t)
	c := r.find(t, receipt.Case)
	if c.State != service.StateWithdrawn || c.Refund == nil || c.Refund.Amount != 3070 || c.Refund.Done {
		t.Fatalf("%s, refund %+v", c.State, c.Refund)
	}
	owed, err := r.Hall.Ledger.Refunds(ctx)
	ok(t, err)
	if len(owed) != 1 || owed[0].Case != receipt.Case || owed[0].Amount != 3070 {
		t.Fatalf("the Kasse owes %+v", owed)
	}
	ok(t, r.Hall.Book.RefundDone(ctx, receipt.Case, "kasse"))
	if again := r.comeBack(t, receipt.Secret); again.Open() {
		t.Fatal("the citizen can still reply to a case that is over")
	}
	r.drain(t)
}

func TestAnInvoiceNeedsNoCardTerminal(t *testing.T) {
	r := open(t, options(t))
	receipt := r.apply(t, pay.Invoice)
	r.sync(t)
	if c := r.find(t, receipt.Case); c.Paid || c.Payment != nil || c.Way != pay.Invoice || len(c.Warnings) > 0 {
		t.Fatalf("paid %t, %q", c.Paid, strings.Join(c.Warnings, "; "))
	}
	r.drain(t)
}
