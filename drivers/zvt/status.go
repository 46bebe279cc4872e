package zvt

import "strings"

// Status is a status information: what the terminal says about a transaction (P015 3.1, pages 115 to 122). It has as many fields as the
// document. Card numbers, tracks and expiry dates (Field.Secret) are read over and never kept.
type Status struct {
	HasResult     bool   // field 27 was sent
	Result        Code   // field 27; 00 is good
	Amount        int64  // field 04, cents; after an end of day its total
	Trace         int    // field 0B, or TLV 1F2B
	OriginalTrace int    // field 37: the trace of the payment that was reversed; 0 if this is no reversal
	Receipt       int    // field 87
	Turnover      int    // field 88
	TerminalID    string // field 29, eight digits
	Date          string // field 0D, MMDD; or field AA, YYMMDD
	Time          string // field 0C, HHMMSS
	CardType      int    // field 8A or TLV 41, P015 chapter 12
	CardName      string // field 8B
	CardSequence  int    // field 17
	OperatorCard  int    // field 8C
	PaymentType   byte   // field 19: 40 offline, 50 card checked only, 60 online, 70 with PIN; 40 and 60 want a signature
	Currency      string // field 49, "0978" is EUR
	Contract      string // field 2A, the contract number for credit cards
	Authorisation string // field 3B
	Parameter     string // field BA, in hex
	HostResult    byte   // field A0
	Text          string // field 3C, to be shown or printed
	Totals        *Totals
	FullDate      string // TLV 2E with 1F0E, YYYYMMDD
	Tip           int64  // TLV 1F36, cents within Amount
	Cashback      int64  // TLV 1F25, cents within Amount
	ExtraResult   string // TLV 13
	ErrorCode     string // TLV 1F16, in hex
	ErrorText     string // TLV 1F17

	TLV        []TLV   // field 06: all its objects, also those that stand above; Secret ones left out, inside others too
	Unread     error   // a *SyntaxError where field 06 stops making sense: TLV has what stands before it; nil if all was read
	Other      []Field // known fields that have no place above
	Rest       []byte  // what begins with a field of unknown length and could not be told apart, see veil; nil if all was read
	RestOffset int     // where Rest begins in the data block
}

// Good tells whether the terminal says that the money was taken (or, after a reversal, given back).
func (s Status) Good() bool { return s.HasResult && s.Result == CodeOK }

// Same tells whether two status informations are about the same transaction of the same terminal: after a break, whether the terminal's last
// transaction is the one that was seen. The amount says nothing: a terminal that reversed by itself repeats its payment before, which may have had
// the same amount (P015 2.2.8).
func (s Status) Same(o Status) bool {
	return s.TerminalID == o.TerminalID && s.Trace == o.Trace && s.Receipt == o.Receipt && s.Date == o.Date && s.Time == o.Time
}

// Secret tells whether an object may hold a card's number, tracks or account, a key or a PIN, or what somebody typed.
func (t TLV) Secret() bool {
	switch t.Tag {
	case 0x01, 0x4D, 0x80, 0x1F08, 0x1F09, 0x1F0A, 0x1F0C, 0x1F1A, 0x1F2A, 0x1F31, 0x1F3C, 0x1F3D, 0x1F3E, 0x1F5C, 0x1F5D, 0x1F5E, 0x1F66, 0x1F68, 0x1F74, 0x1F75:
		return true
	}
	return false
}

// open gives the object without the secret ones inside it. It is the same one if it holds none.
func (t TLV) open() TLV {
	if !t.Constructed() {
		return t
	}
	parts, err := t.Parts()
	if err != nil && len(parts) == 0 {
		return t
	}
	kept, changed := parts[:0:0], false
	for _, p := range parts {
		if p.Secret() {
			changed = true
			continue
		}
		o := p.open()
		changed = changed || len(o.Value) != len(p.Value)
		kept = append(kept, o)
	}
	if !changed {
		return t
	}
	return Container(t.Tag, kept...)
}

// sink collects a message's strings in one piece of memory.
type sink struct{ strings.Builder }

func (s *sink) digits(b []byte) string {
	at := s.Len()
	digits(&s.Builder, b)
	return s.String()[at:]
}

func (s *sink) text(b []byte) string {
	at := s.Len()
	CP437.write(&s.Builder, b)
	return s.String()[at:]
}

// ParseStatus reads the data block of a status information, or of a completion or an authorisation, which have fields of the same form.
// A field of unknown length is no error; see Status.Rest.
func ParseStatus(b []byte) (Status, error) {
	var s Status
	var all sink
	all.Grow(2 * len(b))
	for at := 0; at < len(b); {
		f, after, known, err := next(b, at)
		if err != nil {
			return Status{}, err
		}
		if !known {
			s.Rest, s.RestOffset = veil(b[at:]), at
			break
		}
		if err := s.take(f, &all, after); err != nil {
			return Status{}, err
		}
		at = after
	}
	return s, nil
}

// take keeps one field. after is where it ends.
func (s *Status) take(f Field, all *sink, after int) (err error) {
	v := f.Value
	var n int64
	switch f.ID {
	case 0x04, 0x0B, 0x37, 0x87, 0x88, 0x0C, 0x0D, 0x17, 0x29, 0x49, 0xAA:
		if n, err = BCD(v); err != nil && (f.ID != 0x87 || v[0] != 0xFF) { // FFFF: no receipt, P015 2.10.1
			return broken(f.Offset, "field %02X is no number", f.ID)
		}
	}
	switch f.ID {
	case 0x27:
		s.Result, s.HasResult = Code(v[0]), true
	case 0x04:
		s.Amount = n
	case 0x0B:
		s.Trace = int(n)
	case 0x37:
		s.OriginalTrace = int(n)
	case 0x87:
		s.Receipt = int(n)
	case 0x88:
		s.Turnover = int(n)
	case 0x17:
		s.CardSequence = int(n)
	case 0x29:
		s.TerminalID = all.digits(v)
	case 0x0D, 0xAA:
		s.Date = all.digits(v)
	case 0x0C:
		s.Time = all.digits(v)
	case 0x49:
		s.Currency = all.digits(v)
	case 0x19:
		s.PaymentType = v[0]
	case 0x8A:
		if s.CardType == 0 {
			s.CardType = int(v[0])
		}
	case 0x8B:
		s.CardName = all.text(v)
	case 0x8C:
		s.OperatorCard = int(v[0])
	case 0x2A:
		s.Contract = all.text(v)
	case 0x3B:
		s.Authorisation = all.text(v)
	case 0xBA:
		s.Parameter = all.digits(v)
	case 0xA0:
		s.HostResult = v[0]
	case 0x3C:
		s.Text = all.text(v)
	case 0x60:
		if s.Totals, err = parseTotals(v, f.Offset+4); err != nil {
			return err
		}
	case 0x06:
		return s.objects(v, all, after-len(v))
	default:
		if !f.Secret() {
			if s.Other == nil {
				s.Other = make([]Field, 0, 4)
			}
			s.Other = append(s.Other, f)
		}
	}
	return nil
}

// objects keeps the TLV container b, which begins at base.
func (s *Status) objects(b []byte, all *sink, base int) error {
	// The container says how long it is, so one that cannot be read takes nothing else along. A terminal that writes one object wrong would
	// otherwise have all its payments refused.
	list, err := parseTLV(b, base)
	if err != nil {
		s.Unread = err
	}
	s.TLV = list[:0]
	for _, t := range list {
		if t.Secret() {
			continue
		}
		t = t.open()
		s.TLV = append(s.TLV, t)
		n, bad := BCD(t.Value)
		switch t.Tag {
		case TagLongTrace:
			if bad != nil {
				return broken(base, "tag 1F2B is no number")
			}
			if s.Trace == 0 {
				s.Trace = int(n)
			}
		case TagTip:
			s.Tip = n
		case TagCashback:
			s.Cashback = n
		case TagCardType:
			if len(t.Value) <= 3 && (s.CardType == 0 || s.CardType == 0xFF) {
				s.CardType = 0
				for _, c := range t.Value {
					s.CardType = s.CardType<<8 | int(c)
				}
			}
		case TagTimestamp:
			if date, ok := find(t.Value, TagDate); ok && len(date) == 4 {
				s.FullDate = all.digits(date)
			}
		case TagExtraResult:
			s.ExtraResult = all.text(t.Value)
		case TagErrorCode:
			s.ErrorCode = all.digits(t.Value)
		case TagErrorText:
			s.ErrorText = all.text(t.Value)
		}
	}
	if len(s.TLV) == 0 {
		s.TLV = nil
	}
	return nil
}

// Append writes the status information's data block, leaving out what is empty. What comes from data objects is written with TLV only.
func (s Status) Append(dst []byte) []byte {
	if s.HasResult {
		dst = append(dst, 0x27, byte(s.Result))
	}
	number := func(id byte, n int64, size int) {
		if n != 0 {
			dst = AppendBCD(append(dst, id), n, size)
		}
	}
	digits := func(id byte, s string, size int) {
		if n, ok := decimal(s); ok && s != "" {
			dst = AppendBCD(append(dst, id), n, size)
		}
	}
	one := func(id byte, n int) {
		if n > 0 && n <= 0xFF {
			dst = append(dst, id, byte(n))
		}
	}
	number(0x04, s.Amount, 6)
	if s.Trace <= 999999 {
		number(0x0B, int64(s.Trace), 3)
	}
	number(0x37, int64(s.OriginalTrace), 3)
	digits(0x0C, s.Time, 3)
	if len(s.Date) == 6 {
		digits(0xAA, s.Date, 3)
	} else {
		digits(0x0D, s.Date, 2)
	}
	number(0x17, int64(s.CardSequence), 2)
	one(0x19, int(s.PaymentType))
	digits(0x29, s.TerminalID, 4)
	if s.Authorisation != "" {
		dst = append(append(dst, 0x3B), padded(s.Authorisation, 8)...)
	}
	digits(0x49, s.Currency, 2)
	number(0x87, int64(s.Receipt), 2)
	number(0x88, int64(s.Turnover), 3)
	one(0x8A, s.CardType)
	one(0x8C, s.OperatorCard)
	if len(s.Parameter) == 10 {
		digits(0xBA, s.Parameter, 5)
	}
	if s.Contract != "" {
		dst = append(append(dst, 0x2A), padded(s.Contract, 15)...)
	}
	if s.Text != "" {
		dst = appendVar(dst, 0x3C, Encode(s.Text))
	}
	one(0xA0, int(s.HostResult))
	if s.CardName != "" {
		dst = appendVar(dst, 0x8B, append(Encode(s.CardName), 0))
	}
	if s.Totals != nil {
		dst = appendVar(dst, 0x60, s.Totals.append(nil))
	}
	if len(s.TLV) > 0 {
		dst = AppendContainer(dst, s.TLV...)
	}
	return dst
}

func padded(s string, size int) []byte { return append(Encode(s), make([]byte, size)...)[:size] }

// Totals are the sums of an end of day or of Dev.Totals by kind of card: field 60, P015 page 121.
type Totals struct {
	First, Last                                          int // receipt numbers
	Girocard, JCB, Mastercard, Amex, Visa, Diners, Other Total
}

// Total is how many transactions there were, and their sum in cents.
type Total struct {
	Count int
	Cents int64
}

func (t *Totals) kinds() [7]*Total {
	return [7]*Total{&t.Girocard, &t.JCB, &t.Mastercard, &t.Amex, &t.Visa, &t.Diners, &t.Other}
}

// Sum is the sum of all kinds, in cents.
func (t Totals) Sum() (cents int64) {
	for _, k := range t.kinds() {
		cents += k.Cents
	}
	return cents
}

// parseTotals reads a field 60 that begins at offset at. Terminals that tell fewer kinds leave the others empty.
func parseTotals(b []byte, at int) (*Totals, error) {
	number := func(from, n int) (v int64, err error) {
		if from+n > len(b) {
			return 0, broken(at+from, "totals are cut off")
		}
		if v, err = BCD(b[from : from+n]); err != nil {
			return 0, broken(at+from, "totals: not a decimal digit")
		}
		return v, nil
	}
	var t Totals
	first, err := number(0, 2)
	if err != nil {
		return nil, err
	}
	last, err := number(2, 2)
	if err != nil {
		return nil, err
	}
	t.First, t.Last = int(first), int(last)
	for i, k := range t.kinds() {
		if 4+7*i == len(b) {
			break
		}
		if k.Cents, err = number(5+7*i, 6); err != nil {
			return nil, err
		}
		k.Count = int(b[4+7*i])
	}
	return &t, nil
}

func (t *Totals) append(dst []byte) []byte {
	dst = AppendBCD(AppendBCD(dst, int64(t.First), 2), int64(t.Last), 2)
	for _, k := range t.kinds() {
		dst = AppendBCD(append(dst, byte(min(k.Count, 0xFF))), k.Cents, 6)
	}
	return dst
}
