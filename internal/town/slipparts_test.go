package town_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// part is what lies between two cuts: what the printer was told, what it wrote, how it looks.
type part struct {
	orders []escpos.Command
	lines  []string
	paper  image.Image
}

// parts cuts a printed slip.
func parts(t *testing.T, s escposemu.Slip) []part {
	t.Helper()
	all := make([]part, len(s.Parts))
	n := 0
	for _, c := range escpos.Commands(s.Raw) {
		if n == len(all) {
			break // what follows the last cut is not on this paper
		}
		all[n].orders = append(all[n].orders, c)
		if c.Name == "GS V" {
			n++
		}
	}
	if n != len(all) || len(s.Text) != n {
		t.Fatalf("%d cuts made %d parts", n, len(all))
	}
	for i := range all {
		all[i].lines, all[i].paper = s.Text[i], s.Parts[i]
	}
	return all
}

// tells are what a part of a slip gives away to whoever sees it: anything that is no writing, a key, and of the words those that it has, also where a line
// ends in them.
func (p part) tells(secret string, words []string) (found []string) {
	for _, c := range p.orders {
		switch c.Name {
		case "GS ( k", "GS v 0", "GS ( L", "GS 8 L", "ESC *", "GS k", "FS p":
			found = append(found, "a code or picture")
		}
	}
	if len(found) > 0 { // paper on which there is only writing has none, and to look for it takes long
		if _, err := qrread.Read(p.paper); err == nil {
			found = append(found, "a code that can be read")
		}
	}
	close := strings.NewReplacer(" ", "", "\n", "", "-", "").Replace
	said := []string{strings.ToLower(close(strings.Join(p.lines, "")))}
	var sent strings.Builder
	for _, c := range p.orders {
		sent.WriteString(c.Text)
		if c.Name != "text" {
			sent.Write(c.Args)
		}
	}
	said = append(said, strings.ToLower(close(sent.String())))
	has := func(word string) bool {
		return slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, strings.ToLower(close(word))) })
	}
	for i := len(keyHead); i+10 <= len(secret); i += 10 {
		if has(secret[i : i+10]) {
			found = append(found, "letters of the key")
		}
	}
	for _, word := range words {
		if has(word) {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// printOn prints a document as the terminal does, on a printer that draws codes itself or on one that does not.
func printOn(t *testing.T, d document.Document, o escpos.Opts) []part {
	t.Helper()
	emulated := must[*escposemu.Printer](t)(escposemu.New(escposemu.Opts{}))
	here, there := port.Pipe()
	served := make(chan error, 1)
	go func() { served <- emulated.Serve(t.Context(), there) }()
	p := hardware.NewPrinter(func(context.Context) (port.Port, error) { return here, nil }, o)
	if done, err := p.Print(t.Context(), d); err != nil || done != len(d.Parts()) {
		t.Fatalf("%d parts were printed: %v", done, err)
	}
	ok(t, here.Close())
	ok(t, <-served)
	if n := emulated.Unknown(); n > 0 {
		t.Fatalf("the printer did not know %d orders", n)
	}
	slips := emulated.Slips()
	if len(slips) != 1 {
		t.Fatalf("%d slips came out", len(slips))
	}
	return parts(t, slips[0])
}

// searchFindsOnPaper makes sure that the search finds everything on a slip that says on both parts what only the first one may.
func searchFindsOnPaper(t *testing.T, receipt visit.Receipt, words []string) {
	t.Helper()
	loose := receipt.Slip
	loose.Blocks = nil
	for range 2 {
		loose.Blocks = append(loose.Blocks, document.Block{Kind: document.QR, Data: receipt.Secret}, document.Block{Kind: document.Paragraph, Text: receipt.Secret})
		for _, word := range words {
			loose.Blocks = append(loose.Blocks, document.Block{Kind: document.Row, Label: "Wer", Text: word})
		}
		loose.Blocks = append(loose.Blocks, document.Block{Kind: document.Cut})
	}
	loose.Blocks = loose.Blocks[:len(loose.Blocks)-1]
	all := slices.Compact(slices.Sorted(slices.Values(append([]string{"a code or picture", "a code that can be read", "letters of the key"}, words...))))
	for how, opts := range map[string]escpos.Opts{"draws codes": {}, "prints pictures": {NoQR: true}} {
		for n, p := range printOn(t, loose, opts) {
			if found := p.tells(receipt.Secret, words); !slices.Equal(found, all) {
				t.Fatalf("the search finds only %q in part %d of a printer that %s", found, n, how)
			}
		}
	}
}

// The second part lies behind a windscreen: whoever walks by must find neither the key to the answers nor whose car it is, as they come out of the printer.
func TestWhatLiesBehindTheWindscreenHasNoKeyAndNoName(t *testing.T) {
	o := options(t)
	zone := must[*time.Location](t)(time.LoadLocation("Europe/Berlin"))
	o.Now = func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, zone) } // the day of all examples
	ctx, r := t.Context(), open(t, o)
	m := newMarks(r)
	shown := 0
	for _, file := range must[[]string](t)(fs.Glob(assets.FS, "services/*/documents/slip.yaml")) {
		id := strings.Split(file, "/")[1]
		if text := must[[]byte](t)(fs.ReadFile(assets.FS, file)); !bytes.Contains(text, []byte("kind: cut")) || r.Visit(id) == nil { // nothing to display, or another tenant's
			continue
		}
		t.Run(id, func(t *testing.T) {
			folder := must[fs.FS](t)(fs.Sub(assets.FS, "services/"+id))
			examples := must[[]service.Example](t)(service.Examples(folder, id))
			good := slices.IndexFunc(examples, func(e service.Example) bool { return len(e.Expect.Problems) == 0 && e.Day == "2026-11-23" })
			if good < 0 {
				t.Fatal("no example is a good application")
			}
			v := r.Visit(id)
			var words []string
			for path, value := range examples[good].Answers {
				if mark, private := map[string]string{"name": m.name, "firm": m.name, "contact": m.name, "birthdate": m.born}[path]; private {
					value = mark
				}
				if text, is := value.(string); is && slices.Contains([]string{"name", "firm", "contact", "birthdate", "street", "email", "phone"}, path) {
					words = append(append(words, text), slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -'", r) }), func(word string) bool { return len(word) < 4 })...)
				}
				v.Answer("/"+path, value)
			}
			if !slices.Contains(words, m.name) {
				t.Fatal("the service does not know who somebody is")
			}
			if view := v.View(); !view.Complete {
				t.Fatalf("the form is not complete: %+v", view)
			}
			came := len(r.Counter.Paper.Slips())
			receipt, err := r.submit(ctx, t, v, pay.Card)
			ok(t, err)
			ok(t, v.Print(ctx))
			v.Wipe()
			slips := r.Counter.Paper.Slips()[came:]
			if len(slips) != 1 || r.Counter.Paper.Unknown() > 0 {
				t.Fatalf("%d slips came out, with %d orders that the printer did not know", len(slips), r.Counter.Paper.Unknown())
			}

			if shown == 0 {
				searchFindsOnPaper(t, receipt, words)
				if _, err := qrread.Read(parts(t, slips[0])[1].paper); err == nil {
					t.Error("there is a code on the part to display")
				}
			}
			for how, both := range map[string][]part{"draws codes": parts(t, slips[0]), "prints pictures": printOn(t, receipt.Slip, escpos.Opts{NoQR: true})} {
				if code, err := qrread.Read(both[0].paper); err != nil || code != receipt.Secret {
					t.Errorf("a printer that %s: the private part's code does not hold the key: %v", how, err)
				}
				if said := fmt.Sprint(both[1].lines); !strings.Contains(said, receipt.Case) {
					t.Errorf("a printer that %s: a warden finds no number on the part to display: %s", how, said)
				}
				if found := both[1].tells(receipt.Secret, words); len(found) > 0 {
					t.Errorf("a printer that %s: the part to display tells everybody %q", how, found)
				}
			}
			shown++
		})
	}
	if shown < 5 {
		t.Errorf("only %d services have a part to display", shown)
	}
}
