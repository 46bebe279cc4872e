package eid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// Kind is a message's name in docs/sdk/messages.rst.
type Kind string

// The messages of the document. Others may come: newer versions know more.
const (
	KindAccessRights   Kind = "ACCESS_RIGHTS"
	KindAPILevel       Kind = "API_LEVEL"
	KindAuth           Kind = "AUTH"
	KindBadState       Kind = "BAD_STATE"
	KindCertificate    Kind = "CERTIFICATE"
	KindChangePIN      Kind = "CHANGE_PIN"
	KindEnterCAN       Kind = "ENTER_CAN"
	KindEnterPIN       Kind = "ENTER_PIN"
	KindEnterNewPIN    Kind = "ENTER_NEW_PIN"
	KindEnterPUK       Kind = "ENTER_PUK"
	KindInfo           Kind = "INFO"
	KindInsertCard     Kind = "INSERT_CARD"
	KindInternalError  Kind = "INTERNAL_ERROR"
	KindInvalid        Kind = "INVALID"
	KindPause          Kind = "PAUSE"
	KindReader         Kind = "READER"
	KindReaderList     Kind = "READER_LIST"
	KindStatus         Kind = "STATUS"
	KindUnknownCommand Kind = "UNKNOWN_COMMAND"
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{
		KindAccessRights, KindAPILevel, KindAuth, KindBadState, KindCertificate, KindChangePIN, KindEnterCAN, KindEnterPIN, KindEnterNewPIN,
		KindEnterPUK, KindInfo, KindInsertCard, KindInternalError, KindInvalid, KindPause, KindReader, KindReaderList, KindStatus, KindUnknownCommand,
	}
}

// Known tells whether the document names this kind.
func (k Kind) Known() bool {
	return slices.Contains(Kinds(), k)
}

// Message is something AusweisApp said. Which fields are set depends on the Kind; a field that the message did not have is nil or empty.
type Message struct {
	Kind        Kind
	Error       string       // AusweisApp's English words, digits of PINs hidden; of BAD_STATE and UNKNOWN_COMMAND the command's name
	Info        *Info        // INFO
	Level       *Level       // API_LEVEL
	Reader      *Reader      // READER, and ENTER_… where one is in use
	Readers     []Reader     // READER_LIST
	Rights      *Rights      // ACCESS_RIGHTS
	Certificate *Certificate // CERTIFICATE
	Status      *Status      // STATUS
	Result      *Result      // AUTH at its end
	URL         Address      // AUTH at its end, perhaps: has to be opened, also after an error
	Success     *bool        // CHANGE_PIN at its end
	Reason      string       // CHANGE_PIN at its end, since 1.26.4: a code of docs/failurecodes
	Cause       string       // PAUSE: "BadCardPosition"
	Fields      []string     // of an unknown kind: what its fields are called, digits hidden; what is in them is nobody's business
}

// String is the kind.
func (m Message) String() string { return string(m.Kind) }

// Format is String, whatever the verb: a Message may tell the address of one citizen's session.
func (m Message) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

// Info says what is installed.
type Info struct {
	Name                 string `json:"Name"`
	Title                string `json:"Implementation-Title"`
	Vendor               string `json:"Implementation-Vendor"`
	Version              string `json:"Implementation-Version"` // such as "1.26.2"
	Specification        string `json:"Specification-Title"`    // "TR-03124"
	SpecificationVendor  string `json:"Specification-Vendor"`
	SpecificationVersion string `json:"Specification-Version"`
	Connection           string `json:"-"` // Android only: CONNECTED, DISCONNECTED …
}

// Level says which levels of the interface AusweisApp offers, and which it speaks now.
type Level struct {
	Available []int
	Current   int
}

// Reader is a card reader.
type Reader struct {
	Name       string
	Attached   bool
	Insertable bool  // takes a virtual card by SET_CARD
	Keypad     bool  // PINs are typed at the reader; it refuses any that comes from here
	Card       *Card // nil: none
}

// Card is a card in a reader.
type Card struct {
	Unknown     bool // not an identity card, or not readable; nothing else is known then
	Inoperative bool // the PUK was used ten times; known only after the right PUK was given
	Deactivated bool // the online function is switched off
	Retries     int  // tries that are left for the PIN: 3, 2; 1 needs the CAN first, 0 the PUK; -1 if unknown
}

// Rights is what a provider wants to read or do.
type Rights struct {
	Effective []Right // as it stands
	Optional  []Right // what the citizen may switch off
	Required  []Right
	// Transaction is what this is for, in the provider's words; may be empty.
	Transaction string
	// What a card is asked without telling more than yes or no; each may be empty.
	BornBefore  Date   // ageVerificationDate
	RequiredAge string // in years
	ValidOn     Date   // validityDate
	CommunityID string // communityId
}

// Certificate is who wants to read. Texts are the provider's.
type Certificate struct {
	Issuer, IssuerURL   string
	Subject, SubjectURL string
	Terms               string // raw, many lines
	Purpose             string // taken out of Terms by AusweisApp
	From, Until         Date   // UTC
}

// Date is a day as ISO 8601 writes it, as it came.
type Date string

// Time gives the day, in UTC.
func (d Date) Time() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// Status is how far a workflow is.
type Status struct {
	Workflow string // "AUTH", "CHANGE_PIN", or empty
	Progress int    // percent
	State    string // the message that AusweisApp waits behind, or empty
}

// Result is the end of an authentication, in the words of the eCard framework.
type Result struct {
	Major, Minor string
	Language     string // of the next two: always "en" so far
	Description  string
	Message      string
	Reason       string // since 1.26.3: a code of docs/failurecodes
}

// OK tells whether it went well.
func (r Result) OK() bool { return r.Major == "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok" }

// What a message may hold at most; more is somebody else's protocol.
const (
	maxList   = 128 // readers, rights, levels
	maxName   = 64  // bytes of the name of an unknown kind, or of a field of it
	maxFields = 32  // names of fields that are kept of an unknown kind
)

// Decode reads a message. Of kinds that the document does not name only the names are kept. The error wraps ErrPeer, names the place, and
// repeats nothing of what came.
func Decode(b []byte) (Message, error) {
	var w envelope
	if err := json.Unmarshal(b, &w); err != nil {
		return Message{}, place(err, len(b))
	}
	m := Message{Kind: w.Kind, Error: veil(string(w.Error))}
	if m.Kind == "" {
		return Message{}, fmt.Errorf("%w: offset 0: no msg", ErrPeer)
	}
	if !m.Kind.Known() {
		return Message{Kind: Kind(name(string(m.Kind))), Error: m.Error, Fields: fields(b)}, nil
	}
	into := func(v any) error { return json.Unmarshal(b, v) }
	var err error
	switch m.Kind {
	case KindInfo:
		var v struct {
			VersionInfo Info
			AusweisApp  text
		}
		err = into(&v)
		v.VersionInfo.Connection = string(v.AusweisApp)
		m.Info = &v.VersionInfo
	case KindAPILevel:
		m.Level = new(Level)
		err = into(m.Level)
		if len(m.Level.Available) > maxList {
			err = errMany
		}
	case KindReader:
		var v reader
		err = into(&v)
		m.Reader = v.decoded() // nil in an answer to GET_READER with an error
	case KindEnterPIN, KindEnterNewPIN, KindEnterCAN, KindEnterPUK:
		var v struct{ Reader *reader }
		err = into(&v)
		m.Reader = v.Reader.decoded()
	case KindReaderList:
		var v struct{ Readers, Reader []reader } // level 1 has the other name
		err = into(&v)
		if len(v.Readers)+len(v.Reader) > maxList {
			err = errMany
		}
		for _, r := range append(v.Readers, v.Reader...) {
			if d := r.decoded(); d != nil {
				m.Readers = append(m.Readers, *d)
			}
		}
	case KindAccessRights:
		m.Rights, err = decodeRights(into)
	case KindCertificate:
		m.Certificate, err = decodeCertificate(into)
	case KindStatus:
		m.Status = new(Status)
		err = into(m.Status)
		m.Status.Progress = min(max(m.Status.Progress, 0), 100)
	case KindAuth:
		var v struct {
			Result *Result
			URL    Address
		}
		err = into(&v)
		if r := v.Result; r != nil {
			r.Description, r.Message = veil(r.Description), veil(r.Message)
		}
		m.Result, m.URL = v.Result, v.URL
	case KindChangePIN:
		var v struct {
			Success *bool
			Reason  string
		}
		err = into(&v)
		m.Success, m.Reason = v.Success, v.Reason
	case KindPause:
		var v struct{ Cause string }
		err = into(&v)
		m.Cause = v.Cause
	}
	if err != nil {
		return Message{}, place(err, len(b))
	}
	return m, nil
}

type envelope struct {
	Kind  Kind `json:"msg"`
	Error text `json:"error"`
}

func decodeRights(into func(any) error) (*Rights, error) {
	var v struct {
		Chat            struct{ Effective, Optional, Required []Right }
		TransactionInfo text
		Aux             struct {
			AgeVerificationDate Date
			RequiredAge         text
			ValidityDate        Date
			CommunityID         text
		}
	}
	if err := into(&v); err != nil {
		return nil, err
	}
	c := v.Chat
	if max(len(c.Effective), len(c.Optional), len(c.Required)) > maxList {
		return nil, errMany
	}
	return &Rights{
		Effective: c.Effective, Optional: c.Optional, Required: c.Required,
		Transaction: string(v.TransactionInfo),
		BornBefore:  v.Aux.AgeVerificationDate, RequiredAge: string(v.Aux.RequiredAge),
		ValidOn: v.Aux.ValidityDate, CommunityID: string(v.Aux.CommunityID),
	}, nil
}

func decodeCertificate(into func(any) error) (*Certificate, error) {
	var v struct {
		Description struct {
			IssuerName, IssuerURL, SubjectName, SubjectURL, TermsOfUsage, Purpose text
		}
		Validity struct{ EffectiveDate, ExpirationDate Date }
	}
	if err := into(&v); err != nil {
		return nil, err
	}
	d := v.Description
	return &Certificate{
		Issuer: string(d.IssuerName), IssuerURL: string(d.IssuerURL), Subject: string(d.SubjectName), SubjectURL: string(d.SubjectURL),
		Terms: string(d.TermsOfUsage), Purpose: string(d.Purpose), From: v.Validity.EffectiveDate, Until: v.Validity.ExpirationDate,
	}, nil
}

// reader is a Reader as it comes.
type reader struct {
	Name                         string
	Attached, Insertable, Keypad bool
	Card                         *struct {
		Inoperative, Deactivated *bool
		RetryCounter             *int
	}
}

// decoded gives nil for nothing; an empty card is one that AusweisApp does not know (level 3).
func (r *reader) decoded() *Reader {
	if r == nil || r.Name == "" {
		return nil
	}
	out := &Reader{Name: r.Name, Attached: r.Attached, Insertable: r.Insertable, Keypad: r.Keypad}
	if c := r.Card; c != nil {
		out.Card = &Card{Retries: -1, Unknown: c.Inoperative == nil && c.Deactivated == nil && c.RetryCounter == nil}
		out.Card.Inoperative = c.Inoperative != nil && *c.Inoperative
		out.Card.Deactivated = c.Deactivated != nil && *c.Deactivated
		if c.RetryCounter != nil && *c.RetryCounter >= 0 {
			out.Card.Retries = *c.RetryCounter
		}
	}
	return out
}

// text is a string where other versions might say a number or nothing. What is more than a word counts as nothing.
type text string

// UnmarshalJSON takes any value.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil: // null too
		*t = text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = text(n)
	default:
		*t = ""
	}
	return nil
}

// fields lists the names in an object, in the order of the alphabet.
func fields(b []byte) []string {
	var all map[string]json.RawMessage
	if json.Unmarshal(b, &all) != nil {
		return nil
	}
	delete(all, "msg")
	out := slices.Sorted(maps.Keys(all))
	if len(out) > maxFields {
		out = out[:maxFields]
	}
	for i := range out {
		out[i] = name(out[i])
	}
	return out
}

// name is a name that may be shown.
func name(s string) string { return veil(cut(s, maxName)) }

var errMany = errors.New("more than fits")

// place says where a message stops being one. encoding/json's own words repeat what they did not expect, and that may be a PIN.
func place(err error, length int) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: offset %d of %d: not JSON", ErrPeer, syntax.Offset, length)
	case errors.As(err, &kind):
		return fmt.Errorf("%w: offset %d of %d: %q is of another type", ErrPeer, kind.Offset, length, kind.Field)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: offset %d of %d: ends early", ErrPeer, length, length)
	case errors.Is(err, errMany):
		return fmt.Errorf("%w: a list has more than %d entries", ErrPeer, maxList)
	}
	return fmt.Errorf("%w: not a message", ErrPeer)
}

// cut shortens s to n bytes without cutting a letter in two.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
