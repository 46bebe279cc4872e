package form

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// Kind says which widget a field wants.
type Kind string

const (
	Text     Kind = "text"
	LongText Kind = "longtext"
	Number   Kind = "number"
	Money    Kind = "money" // value: whole cents
	Date     Kind = "date"  // value: "2026-11-23"
	Bool     Kind = "bool"  // yes or no, two choices
	Choice   Kind = "choice"
	Choices  Kind = "choices" // several of many
	Plate    Kind = "plate"   // German vehicle registration number
	IBAN     Kind = "iban"    // value: "DE89370400440532013000"
	Email    Kind = "email"
	Phone    Kind = "phone"   // value: with the country's code, "+495731140"
	Time     Kind = "time"    // value: "09:30"
	Consent  Kind = "consent" // one box to tick
	Photos   Kind = "photos"  // value: hex SHA-256 digests of the files, in the order in which they were added
	Files    Kind = "files"   // value: like Photos, also of documents; or ["later"], see Later
	// Signature is drawn by a finger, typed as a full name, or on paper at the town hall; value: see internal/core/signature.
	Signature    Kind = "signature"
	Place        Kind = "place"   // value: an object, see Spot
	Address      Kind = "address" // value: an object, see Address
	Person       Kind = "person"  // value: an object: given, family, birth, ...
	Organisation Kind = "organisation"
	Repeat       Kind = "repeat" // entries of the same questions, as many as there are children: the end of the list, where one more is begun
	Entry        Kind = "entry"  // the head of one entry
	Info         Kind = "info"   // a block of text, no value
	Computed     Kind = "computed"
)

// Typed tells whether an answer of this kind is typed letter by letter.
func (k Kind) Typed() bool {
	switch k {
	case Text, LongText, Number, Money, Date, Plate, IBAN, Email, Phone, Time, Place, Address, Person, Organisation:
		return true
	}
	return false
}

// Told tells whether a field of this kind only tells something: nobody answers it.
func (k Kind) Told() bool { return k == Info || k == Computed || k == Entry || k == Repeat }

// Short tells whether what is typed is short by its nature.
func (k Kind) Short() bool {
	switch k {
	case Number, Money, Date, Plate, Time:
		return true
	}
	return false
}

// known gives how a kind is read that has a form of its own everywhere; nil for the others.
func (k Kind) known() func(typed string) (value, keyword string) {
	switch k {
	case IBAN:
		return ParseIBAN
	case Email:
		return ParseEmail
	case Phone:
		return ParsePhone
	case Time:
		return ParseTime
	}
	return nil
}

// Keys says which on-screen keyboard (and which inputmode in a browser) a field wants.
type Keys string

const (
	KeysText   Keys = "text"  // names and single words: each begins with a capital
	KeysProse  Keys = "prose" // whole sentences: only their first word begins with a capital
	KeysDigits Keys = "digits"
	KeysPlate  Keys = "plate"
	KeysEmail  Keys = "email"
	KeysDate   Keys = "date"
	KeysNone   Keys = "" // touched, not typed
)

// View is how a form looks for given answers: the result of a pure function, drawn by the terminal, the phone and the web page alike. Views of a
// Session share what did not change: nobody writes into one.
type View struct {
	Pages    []Page   // visible pages in order; a page whose rule hides it is not there
	Complete bool     // every visible page is done and every rule holds
	Fee      *Fee     // nil as long as it cannot be said
	Eligible *Verdict // nil as long as it cannot be said
	Needs    []Need   // papers to bring along, as far as that can be said

	// Broken are the places of rules that could not be evaluated although everything that they read was answered: mistakes in the service, for
	// whoever keeps it. Nothing that was answered is in them.
	Broken []expr.Place
}

// Page is one page: as a rule one question.
type Page struct {
	ID     string
	Title  string
	Lead   string
	Fields []*Field // what did not change is the same Field as in the view before
	Done   bool     // nothing missing and nothing wrong on it
}

// Field is one thing asked or told.
type Field struct {
	Path     string // JSON pointer into the answers: "/vehicle/plate"
	Kind     Kind
	Label    string
	Hint     string // one sentence under the label
	Example  string // "MI-AB 123"
	Text     string // the answer as people write it, in the view's language; for text kinds exactly what was typed
	Value    any    // the answer as JSON value; nil when unanswered
	Options  []Option
	Columns  int // 0 = one option a row; 3 = three beside each other, as far as the text fits
	Required bool
	Missing  bool   // required, visible and unanswered
	Problem  string // a sentence for the citizen when the answer does not fit; empty when it does or when there is none
	Note     string // something helpful computed from other answers: "Zone A passt zu Ihrer Adresse."
	Keys     Keys
	Max      int      // longest answer in characters, for Photos and Files the most files; 0 = no limit of its own
	Takes    []string // of Files: AcceptPDF, AcceptJPEG, AcceptPNG
	Size     int      // of Files: bytes that a document may have
	Later    bool     // of Files: it may be handed in later
	Parts    []Field  // of an answer made of several: each typed as a field of its own, whose path lies inside this one (of a Place for where there is no map)
	Offers   []Offer  // what can be taken over by one touch instead of typing it: streets, legal forms. See spelling.Search and Accept
	Search   bool     // of a Choice or Choices: too many options to look through, they are searched
	Pick     Pick     // of a Date: how it can be pointed at instead of typed
	ReadOnly bool
	Add      string   // of a Repeat: the path of the entry that can be begun (give it an empty object); "" when no more fit
	Remove   bool     // of an Entry: it can be taken out (give its path nil)
	Secret   bool     // masked on screen and in the screen tree
	Prefill  []string // what it may be filled from, see Facts
	Source   string   // a sentence that says where the answer comes from when nobody typed it; the form itself does not know
}

// Offer is something that need not be typed to its end.
type Offer struct {
	Text string            // what is filled in
	Hint string            // what tells it from another one; may be empty
	With map[string]string // what is filled into other parts of the same answer along with it, by the part's name
}

// Pick says how a day is pointed at.
type Pick string

const (
	PickNear  Pick = "near"  // today, tomorrow, a month: days to come
	PickPast  Pick = "past"  // today, yesterday, a month: days just gone
	PickBirth Pick = "birth" // day, month, year one after another: a day long ago
)

// Option is one choice of a field.
type Option struct {
	Value    any // a JSON scalar; compare with form.Same
	Label    string
	Hint     string
	Mark     string // one or two letters for the niche ("A"), or "icon:car"
	Selected bool
}

// Fee is what the service costs for these answers, and why.
type Fee struct {
	Amount money.Cents
	Steps  []Step // explained step by step
}

// Step is one line of an explanation: "1 Jahr, Zone A" "30,70 €".
type Step struct{ Label, Value string }

// Verdict says whether the citizen is entitled, as far as the answers tell.
type Verdict struct {
	OK      bool
	Reasons []Reason // every rule that does not hold, calm sentences
}

// Reason is one rule of eligibility that does not hold.
type Reason struct {
	Rule string // its name in the service
	Text string // a calm sentence that says what would help
	Page string // the page where an answer could be changed, or ""
}

// Problem is an answer that a check does not accept. It names place and rule, never the answer.
type Problem struct {
	Path string
	Rule string // "schema", or the rule's name
	Text string
}
