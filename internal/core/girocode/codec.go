package girocode

import (
	"fmt"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// Encode gives the payload of a transfer's code, with LF after each line but the last: bytes in the transfer's character set, to be drawn as
// they are, at level M. It fails with a *Refusal.
func Encode(t Transfer) ([]byte, error) {
	t = t.filled()
	if err := t.check(); err != nil {
		return nil, err
	}
	amount := ""
	if t.Amount > 0 {
		amount = fmt.Sprintf("EUR%d.%02d", int64(t.Amount)/100, int64(t.Amount)%100)
	}
	text := strings.Join([]string{"BCD", fmt.Sprintf("%03d", t.Version), strconv.Itoa(int(t.Charset)), "SCT",
		t.BIC, t.Name, t.IBAN, amount, t.Purpose, t.Reference, t.Text, t.Note}, "\n")
	b, bad := t.Charset.write(strings.TrimRight(text, "\n"))
	switch {
	case bad > 0:
		return nil, refuse(bad, RuleLetters)
	case len(b) > MaxBytes:
		return nil, refuse(0, RuleBytes)
	}
	return b, nil
}

// Decode reads a payload as it stands in a code: bytes in the character set that it names. It fails with a *Refusal. What it gives can be
// encoded again, with the same meaning; amounts and line ends may be written in another way.
func Decode(payload []byte) (Transfer, error) {
	if len(payload) > MaxBytes {
		return Transfer{}, refuse(0, RuleBytes)
	}
	// The lines up to the character set are ASCII in each of them.
	set, err := charset(string(payload))
	if err != nil {
		return Transfer{}, err
	}
	text, bad := set.read(payload)
	if bad > 0 {
		return Transfer{}, refuse(bad, RuleLetters)
	}
	return parse(text)
}

// DecodeText reads a payload whose letters somebody has made Unicode already, such as a camera's library or a scanner that is told to send
// UTF-8. The payload still names the character set of the code, and is held to it.
func DecodeText(text string) (Transfer, error) {
	set, err := charset(text)
	if err != nil {
		return Transfer{}, err
	}
	b, bad := set.write(text)
	switch {
	case bad > 0:
		return Transfer{}, refuse(bad, RuleLetters)
	case len(b) > MaxBytes:
		return Transfer{}, refuse(0, RuleBytes)
	}
	return parse(text)
}

// charset reads the lines that say how the others are written.
func charset(s string) (Charset, error) {
	head := strings.SplitN(s, "\n", 4)
	for i := range head {
		head[i] = strings.TrimSuffix(head[i], "\r")
	}
	switch {
	case head[0] != "BCD":
		return 0, refuse(lineTag, RuleTag)
	case len(head) < 4:
		return 0, refuse(0, RuleShort)
	case head[1] != "001" && head[1] != "002":
		return 0, refuse(lineVersion, RuleVersion)
	case len(head[2]) != 1 || head[2][0] < '1' || head[2][0] > '8':
		return 0, refuse(lineCharset, RuleCharset)
	}
	return Charset(head[2][0] - '0'), nil
}

// parse reads a payload whose character set is known to be a right one.
func parse(text string) (Transfer, error) {
	lines, err := split(text)
	if err != nil {
		return Transfer{}, err
	}
	switch {
	case lines[3] != "SCT":
		return Transfer{}, refuse(lineKind, RuleKind)
	case len(lines) < lineIBAN:
		return Transfer{}, refuse(0, RuleShort)
	case len(lines) > lineNote:
		return Transfer{}, refuse(0, RuleLong)
	case lines[len(lines)-1] == "":
		return Transfer{}, refuse(len(lines), RuleEnd)
	}
	lines = append(lines, make([]string, lineNote-len(lines))...)
	t := Transfer{Version: int(lines[1][2] - '0'), Charset: Charset(lines[2][0] - '0'), BIC: lines[4], Name: lines[5], IBAN: lines[6],
		Purpose: lines[8], Reference: lines[9], Text: lines[10], Note: lines[11]}
	if t.Amount, err = amount(lines[7]); err != nil {
		return Transfer{}, err
	}
	if err := t.check(); err != nil {
		return Transfer{}, err
	}
	return t, nil
}

// split cuts a payload into its lines, which all end in the same way. There are at least four.
func split(text string) ([]string, error) {
	lines := strings.Split(text, "\n")
	crlf := strings.HasSuffix(lines[0], "\r")
	for i, l := range lines {
		line, had := strings.CutSuffix(l, "\r")
		if i < len(lines)-1 && had != crlf || i == len(lines)-1 && had || strings.Contains(line, "\r") {
			return nil, refuse(i+1, RuleLineEnd)
		}
		lines[i] = line
	}
	return lines, nil
}

// amount reads an amount; an empty one is 0.
func amount(s string) (money.Cents, error) {
	if s == "" {
		return 0, nil
	}
	number, euro := strings.CutPrefix(s, "EUR")
	whole, frac, point := strings.Cut(number, ".")
	if !euro || !digits(whole) || len(whole) > 9 || len(whole) > 1 && whole[0] == '0' || point && (!digits(frac) || len(frac) > 2) {
		return 0, refuse(lineAmount, RuleAmount)
	}
	cents, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil || money.Cents(cents) < MinAmount {
		return 0, refuse(lineAmount, RuleAmount)
	}
	return money.Cents(cents), nil
}
