// Package girocode writes and reads the text inside a payment's QR code (EPC069-12, in Germany called GiroCode): a bank transfer that a
// banking app fills in by itself.
//
// The rules are those of EPC069-12 "Quick Response Code: Guidelines to enable data capture for the initiation of a SEPA credit transfer",
// version 2.1 of 9 February 2012, sections 2 and 3, with ISO 13616 for the IBAN, ISO 9362 for the BIC and ISO 11649 for the creditor
// reference. Reading is as strict as writing: a code that breaks a rule is refused with the rule, never guessed at, because what it says is
// where somebody's money goes.
//
// The code itself is drawn elsewhere, at error correction level M; MaxBytes is what fits the largest code that is allowed at that level.
package girocode

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

const (
	// MaxBytes is the longest payload in bytes, whatever its character set: what a QR code of MaxVersion holds at level M.
	MaxBytes = 331
	// MaxVersion is the largest QR code version (ISO/IEC 18004) that may carry a payload: 69 modules wide.
	MaxVersion = 13
	// MinAmount and MaxAmount are the smallest and the largest amount of a transfer.
	MinAmount money.Cents = 1
	MaxAmount money.Cents = 99_999_999_999
)

// Transfer is what a code asks for. Texts are UTF-8 here, whatever the code's character set is.
type Transfer struct {
	// Version is 1 or 2. With 2, which 0 stands for, the BIC may be left out, as it can within the European Economic Area.
	Version int
	// Charset is how the code's letters are written; 0 stands for UTF8.
	Charset Charset
	// BIC names the bank of who is paid: 8 or 11 characters (ISO 9362).
	BIC string
	// Name is who is paid: 1 to 70 characters.
	Name string
	// IBAN is the account that is paid, without spaces.
	IBAN string
	// Amount is what is asked for; 0 leaves it to who pays, as a donation does.
	Amount money.Cents
	// Purpose is a code of ISO 20022's list, such as GDDS for goods or CHAR for a donation: at most 4 capital letters and digits.
	Purpose string
	// Reference is read by machines when the money arrives: at most 35 characters. What begins with RF is a creditor reference by ISO 11649,
	// whose check digits have to be right. It stands alone or not at all: with a Text there is none.
	Reference string
	// Text is what the payment is for, read by people: at most 140 characters.
	Text string
	// Note is for who pays and does not travel with the money: at most 70 characters.
	Note string
}

// filled gives the transfer with what 0 stands for.
func (t Transfer) filled() Transfer {
	if t.Version == 0 {
		t.Version = 2
	}
	if t.Charset == 0 {
		t.Charset = UTF8
	}
	return t
}

// check looks at everything that does not depend on how the transfer is written.
func (t Transfer) check() error {
	if t.Version != 1 && t.Version != 2 {
		return refuse(lineVersion, RuleVersion)
	}
	if t.Charset.name() == "" {
		return refuse(lineCharset, RuleCharset)
	}
	for _, e := range []struct {
		line, most int
		text       string
		long       Rule
	}{
		{lineBIC, 11, t.BIC, RuleBIC},
		{lineName, 70, t.Name, RuleName},
		{lineIBAN, 34, t.IBAN, RuleIBAN},
		{linePurpose, 4, t.Purpose, RulePurpose},
		{lineReference, 35, t.Reference, RuleReferenceLength},
		{lineText, 140, t.Text, RuleText},
		{lineNote, 70, t.Note, RuleNote},
	} {
		if err := checkText(e.line, e.most, e.text, e.long); err != nil {
			return err
		}
	}
	switch {
	case t.BIC == "" && t.Version == 1:
		return refuse(lineBIC, RuleBICMissing)
	case t.BIC != "" && !isBIC(t.BIC):
		return refuse(lineBIC, RuleBIC)
	case t.Name == "":
		return refuse(lineName, RuleName)
	case t.Amount < 0 || t.Amount > MaxAmount:
		return refuse(lineAmount, RuleAmount)
	case !isCode(t.Purpose):
		return refuse(linePurpose, RulePurpose)
	case t.Reference != "" && t.Text != "":
		return refuse(lineText, RuleEither)
	}
	if err := CheckIBAN(t.IBAN); err != nil {
		return err
	}
	if t.Reference != "" {
		return CheckReference(t.Reference)
	}
	return nil
}

// checkText refuses what no element may hold, and more than most characters.
func checkText(line, most int, text string, long Rule) error {
	if !utf8.ValidString(text) {
		return refuse(line, RuleLetters)
	}
	blank := text != ""
	for _, r := range text {
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return refuse(line, RuleLetters)
		}
		blank = blank && unicode.IsSpace(r)
	}
	switch {
	case blank:
		return refuse(line, RuleBlank)
	case utf8.RuneCountInString(text) > most:
		return refuse(line, long)
	}
	return nil
}

// The lines of a payload, counted from 1.
const (
	lineTag = iota + 1
	lineVersion
	lineCharset
	lineKind
	lineBIC
	lineName
	lineIBAN
	lineAmount
	linePurpose
	lineReference
	lineText
	lineNote
)

// Rule is a rule of EPC069-12 that a payload or a transfer breaks. It is an error; errors.Is(err, RuleIBAN) asks for one.
type Rule string

// The rules. Their texts say what holds, so that they can stand in a log or a technician's window.
const (
	RuleTag             Rule = "line 1 is the service tag BCD"
	RuleVersion         Rule = "the version is 001 or 002"
	RuleCharset         Rule = "the character set is a digit from 1 to 8"
	RuleKind            Rule = "the identification is SCT"
	RuleBICMissing      Rule = "version 001 wants a BIC"
	RuleBIC             Rule = "a BIC has 8 or 11 capital letters and digits (ISO 9362)"
	RuleName            Rule = "the name of who is paid has 1 to 70 characters"
	RuleIBAN            Rule = "an IBAN has 15 to 34 capital letters and digits without spaces and begins with country and check digits (ISO 13616)"
	RuleIBANLength      Rule = "the IBAN is as long as its country's are (ISO 13616)"
	RuleIBANCheck       Rule = "the IBAN's check digits are right (ISO 7064 MOD 97-10)"
	RuleAmount          Rule = "the amount is EUR0.01 to EUR999999999.99, with at most two decimals after a point"
	RulePurpose         Rule = "the purpose has at most 4 capital letters and digits"
	RuleReferenceLength Rule = "the structured reference has at most 35 characters"
	RuleReference       Rule = "a creditor reference is RF, two check digits and 1 to 21 capital letters and digits without spaces (ISO 11649)"
	RuleReferenceCheck  Rule = "the creditor reference's check digits are right (ISO 11649)"
	RuleEither          Rule = "there is a structured reference or a text, never both"
	RuleText            Rule = "the text has at most 140 characters"
	RuleNote            Rule = "the note has at most 70 characters"
	RuleShort           Rule = "a payload has at least the seven lines up to the IBAN"
	RuleLong            Rule = "a payload has at most twelve lines"
	RuleEnd             Rule = "nothing follows the last element that is used, no line end either"
	RuleBlank           Rule = "an element that is not empty has more than spaces"
	RuleLineEnd         Rule = "every line ends with LF, or every line ends with CR LF"
	RuleLetters         Rule = "there are only letters of the character set, and no control characters"
	RuleBytes           Rule = "the payload has at most 331 bytes"
)

// Error gives the rule.
func (r Rule) Error() string { return string(r) }

// Refusal says which rule is broken and where. It never repeats what stands there.
type Refusal struct {
	Line int // of the payload, from 1; 0 for the payload as a whole and where there is no payload
	Rule Rule
}

// Error names line and rule.
func (r *Refusal) Error() string {
	if r.Line == 0 {
		return fmt.Sprintf("girocode: refused: %s", r.Rule)
	}
	return fmt.Sprintf("girocode: line %d: refused: %s", r.Line, r.Rule)
}

// Unwrap gives the rule.
func (r *Refusal) Unwrap() error { return r.Rule }

func refuse(line int, rule Rule) error { return &Refusal{line, rule} }
