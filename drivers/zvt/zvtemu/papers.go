package zvtemu

import (
	"fmt"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

func euro(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("EUR %s%d,%02d", sign, cents/100, cents%100)
}

// pair writes two words at both ends of a line.
func (t *Terminal) pair(a, b string) string {
	return a + strings.Repeat(" ", max(1, t.width-len([]rune(a))-len([]rune(b)))) + b
}

// lines are the words of a transaction's receipt.
func (t *Terminal) lines(e Entry, kind byte) []string {
	head := "* * Händlerbeleg * *"
	if kind == zvt.CustomerReceipt {
		head = "* * Kundenbeleg * *"
	}
	what := map[string]string{Payment: "Zahlung", Reversed: "Storno", Refunded: "Gutschrift", Booked: "Buchung", Released: "Aufhebung", Reserved: "Reservierung"}[e.Kind]
	return []string{
		head, "",
		what + " " + e.Card,
		t.pair("Betrag", euro(e.Amount)), "",
		t.pair("Terminal-ID", e.Terminal),
		t.pair("TA-Nr. "+fmt.Sprintf("%06d", e.Trace), fmt.Sprintf("BNr. %04d", e.Receipt)),
		t.pair("Datum "+e.Date[2:]+"."+e.Date[:2]+".", e.Time[:2]+":"+e.Time[2:4]+" Uhr"), "",
		what + " erfolgt",
	}
}

// summary are the words of an end of day.
func (t *Terminal) summary(all zvt.Totals) []string {
	lines := []string{t.pair("Terminal-ID", t.o.TerminalID), t.pair("Belege", fmt.Sprintf("%04d-%04d", all.First, all.Last))}
	for _, k := range []struct {
		name string
		sum  zvt.Total
	}{
		{"girocard", all.Girocard}, {"JCB", all.JCB}, {"Mastercard", all.Mastercard}, {"American Express", all.Amex}, {"Visa", all.Visa}, {"Diners", all.Diners},
		{"andere", all.Other},
	} {
		if k.sum.Count > 0 {
			lines = append(lines, t.pair(fmt.Sprintf("%s %d", k.name, k.sum.Count), euro(k.sum.Cents)))
		}
	}
	return append(lines, t.pair("Summe", euro(all.Sum())))
}

// receipts has the merchant's and the customer's receipt printed by the till.
func (s *sequence) receipts(e Entry) error {
	for _, kind := range []byte{zvt.MerchantReceipt, zvt.CustomerReceipt} {
		if err := s.print(kind, s.t.lines(e, kind)); err != nil {
			return err
		}
	}
	return nil
}

// ends is the attribute of a receipt's last line: P015 table 16, page 124.
const ends = 0x81

// print has the till print a receipt: as a block if that was agreed, or else line by line.
func (s *sequence) print(kind byte, lines []string) error {
	if s.fault == BadPrint {
		return s.send(zvt.APDU{Command: zvt.PrintBlock, Data: []byte{0x06, 0x02, byte(zvt.TagPrintTexts), 0x7F}}) // texts of 127 bytes that do not come
	}
	if s.t.blocks && s.fault != Lines {
		var parts []zvt.TLV
		for _, line := range lines {
			parts = append(parts, zvt.TLV{Tag: zvt.TagText, Value: s.t.encode(line)})
		}
		parts = append(parts, zvt.TLV{Tag: zvt.TagAttribute, Value: []byte{ends}})
		return s.send(zvt.APDU{Command: zvt.PrintBlock, Data: zvt.AppendContainer(nil,
			zvt.TLV{Tag: zvt.TagReceiptType, Value: []byte{kind}}, zvt.Container(zvt.TagPrintTexts, parts...))})
	}
	for i, line := range lines {
		attribute := byte(0)
		if i == len(lines)-1 {
			attribute = ends
		}
		if err := s.send(zvt.APDU{Command: zvt.PrintLine, Data: append([]byte{attribute}, s.t.encode(line)...)}); err != nil {
			return err
		}
	}
	return nil
}
