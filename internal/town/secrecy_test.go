package town_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
)

// draw gives n random ones of the letters.
func draw(letters string, n int) string {
	var b strings.Builder
	for range n {
		i, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err)
		}
		b.WriteByte(letters[i.Int64()])
	}
	return b.String()
}

const (
	small  = "abcdefghijklmnopqrstuvwxyz"
	large  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "123456789"
)

// street writes a zone's street in a way that nobody else does, and that still is the street.
func street() string {
	var b strings.Builder
	for _, letter := range "herforderstrasse" {
		s := string(letter)
		if draw("01", 1) == "1" {
			s = strings.ToUpper(s)
		}
		b.WriteString(s + draw("-. ", 1))
	}
	return strings.TrimSpace(b.String())
}

// marks are what a citizen types: a mark that nobody else has, in every field that takes a text.
type marks struct{ name, street, house, plate, born, from, reply string }

func newMarks(r *rig) marks {
	return marks{
		name:   "Ann-Kathrin " + draw(large, 1) + draw(small, 14) + "-Öz'" + draw(small, 9),
		street: street(),
		house:  draw(digits, 4) + draw(small, 1) + "/" + draw(digits, 4) + draw(small, 1),
		plate:  "MI-" + draw(large, 2) + " " + draw(digits, 4),
		born:   "19" + draw("3456789", 1) + draw(digits, 1) + "-0" + draw(digits, 1) + "-1" + draw(digits, 1),
		from:   r.VisitOptions().Now().AddDate(0, 0, 12).Format("02.01.2006"),
		reply:  "Ich heiße jetzt " + draw(large, 1) + draw(small, 16) + ".",
	}
}

// words are the marks and what becomes of them on the way.
func (m marks) words() []string {
	day := func(s string) string { return s[8:10] + "." + s[5:7] + "." + s[:4] }
	wish := m.from[6:] + "-" + m.from[3:5] + "-" + m.from[:2]
	family := strings.Fields(m.name)[1]
	return []string{m.name, family, strings.Split(family, "-")[0], m.street, m.house, m.plate, strings.NewReplacer(" ", "", "-", "").Replace(m.plate), m.born, day(m.born), m.from, wish, m.reply,
		strings.Fields(m.reply)[3]}
}

// shapes are the bytes in which a word could lie on a disk.
func shapes(word string) map[string][]byte {
	all := map[string][]byte{"upper case": []byte(strings.ToUpper(word)), "lower case": []byte(strings.ToLower(word))}
	for name, text := range map[string]string{"": word, "quoted ": strings.Trim(fmt.Sprintf("%+q", word), `"`)} {
		all[name+"plain"] = []byte(text)
		var little, big []byte
		for _, u := range utf16.Encode([]rune(text)) {
			little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
		}
		all[name+"UTF-16LE"], all[name+"UTF-16BE"] = little, big
		for code, b := range coded([]byte(text)) {
			all[name+code] = b
		}
	}
	return all
}

// coded are bytes written in letters.
func coded(b []byte) map[string][]byte {
	all := map[string][]byte{"hex": []byte(hex.EncodeToString(b))}
	for before := range 3 { // base64 looks different by where in the text the bytes begin
		for name, code := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := code.EncodeToString(append(make([]byte, before), b...))
			all[fmt.Sprint(name, before)] = []byte(text[(before*8+5)/6 : len(text)-1])
		}
	}
	return all
}

// allShapes are those of all words, by names that do not repeat them.
func allShapes(words []string) map[string][]byte {
	all := map[string][]byte{}
	for n, word := range words {
		for shape, b := range shapes(word) {
			all[fmt.Sprintf("word %d as %s", n, shape)] = b
		}
	}
	return all
}

// search looks for the words in every file of the terminal, and says where which one was found.
func search(t *testing.T, dir string, words []string) (found map[string]bool, files int) {
	t.Helper()
	return look(t, dir, allShapes(words))
}

// look looks for bytes in every file of a folder but what a town's terminal has no part in.
func look(t *testing.T, dir string, shapes map[string][]byte) (found map[string]bool, files int) {
	t.Helper()
	found = map[string]bool{}
	away := map[string]bool{
		town.HallDir:  true,                       // the town hall may read it
		town.PaperDir: true, town.SheetsDir: true, // what came out of the printers: no real ones keep it
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			if away[inside] {
				return fs.SkipDir
			}
			return nil
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for shape, b := range shapes {
			if bytes.Contains(data, b) || strings.Contains(inside, string(b)) {
				found[shape+" in "+inside] = true
			}
		}
		return nil
	})
	ok(t, err)
	return found, files
}

// inEveryShape is a text in which every word stands in every shape, in the middle of something else.
func inEveryShape(words []string) []byte {
	var all bytes.Buffer
	for _, word := range words {
		for _, text := range []string{word, strings.Trim(fmt.Sprintf("%+q", word), `"`)} {
			for before := range 3 {
				text := []byte("{,:"[:before] + text + ",}")
				all.WriteString(base64.StdEncoding.EncodeToString(text) + " " + base64.RawURLEncoding.EncodeToString(text) + " ")
			}
			all.WriteString(text + " " + strings.ToLower(text) + " " + strings.ToUpper(text) + " " + hex.EncodeToString([]byte("x"+text+"y")))
			for _, u := range utf16.Encode([]rune(text)) {
				all.Write([]byte{byte(u), byte(u >> 8)})
			}
			for _, u := range utf16.Encode([]rune(text)) {
				all.Write([]byte{byte(u >> 8), byte(u)})
			}
		}
	}
	return all.Bytes()
}

// searchFinds makes sure that the search finds every word in every shape.
func searchFinds(t *testing.T, dir string, words []string) {
	t.Helper()
	control := filepath.Join(dir, town.TerminalDir, "control")
	ok(t, os.WriteFile(control, inEveryShape(words), 0o600))
	found, _ := search(t, dir, words)
	for shape := range allShapes(words) {
		if !found[shape+" in "+town.TerminalDir+"/control"] {
			t.Fatalf("the search does not find %s", shape)
		}
	}
	ok(t, os.Remove(control))
}

func (r *rig) clean(t *testing.T, when string, words []string) {
	t.Helper()
	found, files := search(t, r.dir, words)
	if files < 6 { // identity (4), memory, log
		t.Fatalf("%s: only %d files were searched", when, files)
	}
	for where := range found {
		t.Errorf("%s: %s", when, where)
	}
	for n, word := range words {
		if strings.Contains(strings.Join(r.told, "\n"), word) {
			t.Errorf("%s: word %d is in an error", when, n)
		}
	}
}

// say types the marks. What does not fit is typed first and corrected, as people do.
func (m marks) say(t *testing.T, r *rig) *visit.Visit {
	t.Helper()
	v := r.Visit(parking)
	for path, value := range map[string]any{"/registered": true, "/owner": "me", "/permit": false, "/zone": "A", "/months": 12, "/start": "later"} {
		v.Answer(path, value)
	}
	v.Type("/street", m.name)
	v.Type("/from", m.reply)
	if v.View().Complete {
		t.Fatal("nonsense is taken for an application")
	}
	for path, typed := range map[string]string{
		"/name": m.name, "/birthdate": m.born, "/street": m.street, "/house": m.house, "/plate": m.plate, "/from": m.from,
	} {
		v.Type(path, typed)
	}
	if view := v.View(); !view.Complete {
		t.Fatalf("the form is not complete: %+v", view)
	}
	return v
}

func TestNothingTheCitizenSaysIsOnTheTerminal(t *testing.T) {
	o := options(t)
	o.Store.Reserve = 1 << 20 // the reserve is searched, too
	ctx, r := t.Context(), open(t, o)
	m := newMarks(r)
	words := m.words()
	searchFinds(t, r.dir, words)
	r.clean(t, "before anybody came", words)

	held := m.say(t, r)
	r.KillAt(func(at town.Moment) bool { return at == town.Moment{What: "hold", After: true} })
	if _, err := r.submit(ctx, t, held, pay.Card); err == nil {
		t.Fatal("the terminal was not stopped")
	}
	if wal, err := os.Stat(filepath.Join(r.dir, town.TerminalDir, "memory.db-wal")); err != nil || wal.Size() == 0 {
		t.Fatal("the terminal was not stopped in the middle: there is no write-ahead log")
	}
	r.clean(t, "stopped while the application is held", words)
	r.KillAt(nil)
	ok(t, r.RestartTerminal())
	if unclear, err := r.Recover(ctx); unclear > 0 || err != nil {
		t.Fatal(unclear, err)
	}
	r.clean(t, "after what was held is dropped", words)

	r.Cut()
	v := m.say(t, r)
	receipt, err := r.submit(ctx, t, v, pay.Card)
	ok(t, err)
	words = append(words, receipt.Secret, strings.TrimPrefix(receipt.Secret, "AGE-SECRET-KEY-1"))
	r.clean(t, "paid and released, not printed", words)
	ok(t, v.Print(ctx))
	v.Wipe()
	if slips := r.Counter.Paper.Slips(); len(slips) != 1 || !bytes.Contains(slips[0].Raw, []byte(receipt.Secret)) {
		t.Fatal("the slip does not hold its key")
	}
	r.clean(t, "printed", words)
	ok(t, r.Join())
	r.sync(t)
	r.clean(t, "delivered", words)

	c := r.find(t, receipt.Case)
	if got := fmt.Sprint(c.Application.Answers); !strings.Contains(got, m.name) || !strings.Contains(got, m.street) {
		t.Fatal("the town hall does not read what was said")
	}
	ok(t, r.Hall.Book.Ask(ctx, receipt.Case, "kowalski", "Wie heißen Sie jetzt, "+m.name+"?", c.Version))
	back := r.comeBack(t, receipt.Secret)
	if !strings.Contains(back.Answer().Questions[0].Text, m.name) {
		t.Fatal("the question is not shown")
	}
	ok(t, back.Reply(ctx, "1", m.reply))
	token := back.Answer().Token
	back.Wipe()
	r.clean(t, "replied", append(words, token))
	r.sync(t)
	ok(t, r.Hall.Book.Approve(ctx, receipt.Case, "kowalski", "Alles Gute, "+m.name+".", r.find(t, receipt.Case).Version))
	back = r.comeBack(t, receipt.Secret)
	ok(t, back.PrintPaper(ctx, 0))
	back.Wipe()
	r.clean(t, "the permit is printed", append(words, token))
	for _, f := range []zvtemu.Fault{zvtemu.Decline, zvtemu.CancelKey, zvtemu.Busy, zvtemu.BreakAfterStatus, zvtemu.NoStatus, zvtemu.BadStatus} {
		r.breakCard(f)
		if _, err := r.submit(ctx, t, m.say(t, r), pay.Card); err == nil {
			t.Fatalf("card terminal %s: nothing went wrong", f)
		}
	}
	r.breakCard(zvtemu.None)
	if _, err := r.unclear(t, m.say(t, r)); !errors.Is(err, visit.ErrUnclear) {
		t.Fatal(err)
	}
	if _, err := r.submit(ctx, t, m.say(t, r), pay.Card); !errors.Is(err, visit.ErrBusy) {
		t.Fatal(err)
	}
	r.clean(t, "all that can go wrong went wrong", append(words, token))
	r.drain(t)
	ok(t, r.KillTerminal())
	r.clean(t, "switched off", append(words, token))
	ok(t, r.RestartTerminal())
}
