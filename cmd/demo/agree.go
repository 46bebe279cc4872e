package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
)

func readPNG(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", file, err)
	}
	return img, nil
}

// newest waits for files of this pattern and gives the last by name.
func newest(ctx context.Context, pattern string) (string, error) {
	for end := time.Now().Add(patience); ; {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		if len(files) > 0 {
			sort.Strings(files)
			return files[len(files)-1], nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return "", fmt.Errorf("demo: nothing came as %s", filepath.Base(pattern))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// secret reads the key off the slip's private part.
func (t *town) secret(ctx context.Context) (string, error) {
	file, err := newest(ctx, filepath.Join(t.receipts, "slip-*-part-1.png"))
	if err != nil {
		return "", err
	}
	img, err := readPNG(file)
	if err != nil {
		return "", err
	}
	return qrread.Read(img)
}

// scanSlip waits for a slip and holds the slip's private part under the terminal's scanner.
func (t *town) scanSlip(ctx context.Context, _ string) error {
	code, err := t.secret(ctx)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(t.scan, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("demo: scan: %w", err)
	}
	defer f.Close()
	_, err = f.WriteString(code + "\n")
	return err
}

// keep copies the slip as it left the printer into the journey's folder.
func (j *journey) keep(ctx context.Context, _ string) error {
	for from, to := range map[string]string{"slip-*[0-9].bin": "slip.bin", "slip-*[0-9].png": "slip.png"} {
		var file string
		var err error
		for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
			if file, err = newest(ctx, filepath.Join(j.town.receipts, from)); err != nil {
				return err
			}
			if !strings.Contains(filepath.Base(file), "part") || time.Now().After(end) {
				break
			}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("demo: keep the slip: %w", err)
		}
		if err := os.WriteFile(filepath.Join(j.out, to), data, 0o600); err != nil {
			return fmt.Errorf("demo: keep the slip: %w", err)
		}
	}
	return nil
}

// paper copies the permit as it left the A4 printer, and lets a warden check its code without a line.
func (j *journey) paper(ctx context.Context, _ string) error {
	file, err := newest(ctx, filepath.Join(j.town.sheets, "*.pdf"))
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("demo: keep the permit: %w", err)
	}
	pdf := filepath.Join(j.out, "permit.pdf")
	if err := os.WriteFile(pdf, data, 0o600); err != nil {
		return fmt.Errorf("demo: keep the permit: %w", err)
	}
	picture := filepath.Join(j.out, "permit")
	if out, err := exec.CommandContext(ctx, "pdftoppm", "-png", "-r", "150", "-singlefile", pdf, picture).CombinedOutput(); err != nil {
		return fmt.Errorf("demo: draw the permit: %w: %s", err, out)
	}
	img, err := readPNG(picture + ".png")
	if err != nil {
		return err
	}
	code, err := qrread.Read(img)
	if err != nil {
		return err
	}
	keys := filepath.Join(j.out, "permit-keys.json")
	var exported json.RawMessage
	if err := j.town.call(ctx, nil, &exported, "townhall", "keys", "verify-export", "--config", filepath.Join(j.town.home, "townhall.yaml")); err != nil {
		return err
	}
	if err := os.WriteFile(keys, exported, 0o644); err != nil {
		return err
	}
	if err := j.town.call(ctx, strings.NewReader(code), nil, "technician", "verify", "--keys", keys, "-"); err != nil {
		return fmt.Errorf("demo: the warden refuses the permit: %w", err)
	}
	forged := strings.Replace(code, ".", ".A", 1)
	if err := j.town.call(ctx, strings.NewReader(forged), nil, "technician", "verify", "--keys", keys, "-"); err == nil {
		return errors.New("demo: the warden accepts a forged permit")
	}
	return nil
}

// taken is a line of the card terminal's own journal.
type taken struct {
	Kind     string `json:"kind"`
	Amount   int64  `json:"amount"`
	Receipt  int    `json:"receipt"`
	Trace    int    `json:"trace"`
	Terminal string `json:"terminal"`
	Of       int    `json:"of"` // of a reversal: trace of the payment that was given back
}

// statements is what everybody says about the one application.
type statements struct {
	number  string // of the clerk's case
	page    string // the clerk's case, as words
	slip    string // the bytes that went to the receipt printer
	journal string // the card terminal's own, a line of JSON for each thing that it did
	unclear bool   // the slip was printed before anybody knew how the payment had ended
}

// agree tells who contradicts whom; nil if nobody does. There has to be one payment that was kept, and clerk and slip have to name it as the card
// terminal does: amount, terminal, receipt and trace. A slip that was printed before that was known says so, and names no payment.
func (s statements) agree() error {
	for where, text := range map[string]string{"slip": s.slip, "clerk's page": s.page} {
		if s.number == "" || !strings.Contains(text, s.number) {
			return fmt.Errorf("demo: the %s does not name the case %q", where, s.number)
		}
	}
	payments, err := payments(s.journal)
	if err != nil {
		return err
	}
	if len(payments) != 1 {
		return fmt.Errorf("demo: the card terminal took %d payments, want 1", len(payments))
	}
	p := payments[0]
	amount := fmt.Sprintf("%d,%02d", p.Amount/100, p.Amount%100)
	type claim struct{ where, text, want string }
	claims := []claim{
		{"clerk's page", s.page, "Bezahlt"},
		{"clerk's page", s.page, amount + " €"},
		{"clerk's page", s.page, "Terminal " + p.Terminal},
		{"clerk's page", s.page, fmt.Sprintf("Beleg %04d", p.Receipt)},
		{"clerk's page", s.page, fmt.Sprintf("Spur %06d", p.Trace)},
		{"slip", s.slip, amount},
	}
	if s.unclear {
		claims = append(claims, claim{"slip", s.slip, "Ob die Zahlung geklappt hat, wissen wir noch"})
		if strings.Contains(s.slip, "BNr.") || strings.Contains(s.slip, "Mit Karte bezahlt") {
			return errors.New("demo: the slip says that the card was paid with, before anybody knew")
		}
	} else {
		claims = append(claims, claim{"slip", s.slip, p.Terminal}, claim{"slip", s.slip, fmt.Sprintf("BNr. %04d", p.Receipt)},
			claim{"slip", s.slip, fmt.Sprintf("TA-Nr. %06d", p.Trace)})
	}
	for _, c := range claims {
		if !strings.Contains(c.text, c.want) {
			return fmt.Errorf("demo: the %s does not say %q, as the card terminal's journal does", c.where, c.want)
		}
	}
	return nil
}

// payments are the payments that the card terminal took and kept, by its own journal.
func payments(journal string) ([]taken, error) {
	var kept []taken
	for l := range strings.Lines(journal) {
		var t taken
		if err := json.Unmarshal([]byte(l), &t); err != nil {
			return nil, fmt.Errorf("demo: the card terminal's journal: %w", err)
		}
		switch t.Kind {
		case "payment":
			kept = append(kept, t)
		case "reversal":
			kept = slices.DeleteFunc(kept, func(p taken) bool { return p.Trace == t.Of })
		}
	}
	return kept, nil
}

// agree compares what everybody says about the one application: the clerk's case, the slip, the card terminal's own journal, and the
// terminal, which has to have forgotten it. "unclear" says that the slip was printed before the payment's end was known.
func (j *journey) agree(ctx context.Context, how string) error {
	c, number, err := j.town.only(ctx)
	if err != nil {
		return err
	}
	page, err := c.open(ctx, "/vorgang/"+number)
	if err != nil {
		return err
	}
	slip, err := os.ReadFile(filepath.Join(j.out, "slip.bin"))
	if err != nil {
		return fmt.Errorf("demo: there is no slip: %w", err)
	}
	journal, err := os.ReadFile(j.town.journal)
	if err != nil {
		return fmt.Errorf("demo: the card terminal's journal: %w", err)
	}
	if err := (statements{number, words(page), string(slip), string(journal), how == "unclear"}).agree(); err != nil {
		return err
	}
	if err := j.see(ctx, "Bitte berühren"); err != nil {
		return fmt.Errorf("demo: the terminal is not back at its start: %w", err)
	}
	return j.forgotten(ctx)
}

// traces are the words by which what was typed would be known again: as it was typed, as it would be kept, and what was typed in two goes as one. What
// is in every clock and every key by chance is none: less than four letters, a few digits.
func traces(typed []string) (words []string) {
	for i, w := range typed {
		if day, err := time.Parse("2.1.2006", w); err == nil {
			words = append(words, day.Format(time.DateOnly))
		}
		if len(w) >= 4 && (len(w) >= 8 || strings.Trim(w, "0123456789") != "") {
			words = append(words, w)
		}
		if i > 0 {
			words = append(words, typed[i-1]+w, typed[i-1]+" "+w)
		}
	}
	return words
}

// forgotten makes sure that nothing that the citizen typed, and not the slip's key, is anywhere in the terminal's memory, its log or its
// event log; and keeps the event log.
func (j *journey) forgotten(ctx context.Context) error {
	code, err := j.town.secret(ctx)
	if err != nil {
		return err
	}
	secrets := append(traces(j.typed), code)
	if j.phone != "" && j.phone != code {
		return errors.New("demo: the code on the screen is not the one on the slip")
	}
	log, err := os.ReadFile(filepath.Join(j.town.home, "events.jsonl"))
	if err != nil {
		return fmt.Errorf("demo: the event log: %w", err)
	}
	if !bytes.Contains(log, []byte(`"wipe"`)) {
		return errors.New("demo: the event log knows of no wipe")
	}
	if err := os.WriteFile(filepath.Join(j.out, "events.jsonl"), log, 0o600); err != nil {
		return err
	}
	// The search has to be able to find something: a control that was never sealed is found first.
	control := filepath.Join(j.town.home, "kiosk", "control")
	for _, one := range secrets {
		if err := os.WriteFile(control, []byte("unsealed: "+one), 0o600); err != nil {
			return err
		}
		if found, err := j.town.remembered([]string{one}); err != nil {
			return err
		} else if found == "" {
			return errors.New("demo: the search does not even find what was never sealed")
		}
	}
	if err := os.Remove(control); err != nil {
		return err
	}
	found, err := j.town.remembered(secrets)
	if err == nil && found != "" {
		err = fmt.Errorf("demo: the terminal's file %s still knows something the citizen said", found)
	}
	return err
}

// remembered looks for any of the words in everything that the terminal keeps: its memory, its event log and what it said to its log. It
// gives the first file that holds one.
func (t *town) remembered(words []string) (found string, err error) {
	return holds(words, nil, filepath.Join(t.home, "kiosk"), filepath.Join(t.home, "events.jsonl"), filepath.Join(t.logs, "kiosk.log"))
}
