package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

type epcCmd struct {
	Name      string `required:"" help:"Who is paid, at most 70 characters."`
	IBAN      string `required:"" name:"iban" help:"The account; blanks are taken out."`
	Cents     int64  `required:"" help:"Amount in cents; 0 leaves it to who pays."`
	BIC       string `name:"bic" help:"The bank; may be left out within the European Economic Area."`
	Reference string `help:"Structured reference, such as RF18539007547034. Not together with --text."`
	Text      string `help:"What it is for, at most 140 characters."`
	Purpose   string `help:"Code of ISO 20022, such as GDDS."`
	Note      string `help:"For who pays; does not travel with the money."`
	Scale     int    `default:"8" help:"Pixels a module."`
	Out       string `required:"" placeholder:"FILE.png" type:"path" help:"The picture."`
}

// transfer is a payment's code as JSON, as epc prints and decode epc reads it.
type transfer struct {
	OK        bool   `json:"ok"`
	Rule      string `json:"rule,omitempty"` // the rule of EPC069-12 that is broken; nothing else is there then but line
	Line      int    `json:"line,omitempty"` // of the payload, from 1; 0: the payload as a whole
	Version   int    `json:"version,omitempty"`
	Charset   string `json:"charset,omitempty"`
	Name      string `json:"name,omitempty"`
	IBAN      string `json:"iban,omitempty"`
	BIC       string `json:"bic,omitempty"`
	Cents     int64  `json:"cents"` // 0: left to who pays
	Purpose   string `json:"purpose,omitempty"`
	Reference string `json:"reference,omitempty"`
	Text      string `json:"text,omitempty"`
	Note      string `json:"note,omitempty"`
	Bytes     int    `json:"bytes,omitempty"`   // of the payload
	Modules   int    `json:"modules,omitempty"` // of the QR code, on each side
	File      string `json:"file,omitempty"`
}

func told(t girocode.Transfer, payload []byte) transfer {
	return transfer{OK: true, Version: t.Version, Charset: t.Charset.String(), Name: t.Name, IBAN: t.IBAN, BIC: t.BIC, Cents: int64(t.Amount),
		Purpose: t.Purpose, Reference: t.Reference, Text: t.Text, Note: t.Note, Bytes: len(payload)}
}

// refused prints the rule that is broken.
func refused(h *hands, err error) error {
	var no *girocode.Refusal
	if errors.As(err, &no) {
		return errors.Join(h.print(transfer{Rule: no.Rule.Error(), Line: no.Line}), err)
	}
	return err
}

// Run makes the picture and prints what is in it.
func (c epcCmd) Run(h *hands) error {
	payload, err := girocode.Encode(girocode.Transfer{Name: c.Name, IBAN: strings.Join(strings.Fields(c.IBAN), ""), BIC: c.BIC, Amount: money.Cents(c.Cents),
		Reference: c.Reference, Text: c.Text, Purpose: c.Purpose, Note: c.Note})
	if err != nil {
		return refused(h, err)
	}
	if c.Scale < 1 || c.Scale > 100 {
		return errors.New("epc: --scale is 1 to 100")
	}
	modules, err := qr.Matrix(string(payload), qr.Medium)
	if err != nil {
		return err
	}
	picture, err := qr.PNG(string(payload), qr.Medium, c.Scale)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, picture, 0o644); err != nil {
		return fmt.Errorf("epc: %w", err)
	}
	read, err := girocode.Decode(payload) // what is printed is what somebody's phone will read
	if err != nil {
		return refused(h, err)
	}
	out := told(read, payload)
	out.Modules, out.File = len(modules), c.Out
	return h.print(out)
}
