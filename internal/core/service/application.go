package service

import (
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

// Application is what a citizen finally says. It is marshalled to JSON, sealed to the authority, and opened there only.
type Application struct {
	Kind      Kind         `json:"kind"`
	ID        string       `json:"id"`                // the envelope's id, chosen by the device
	Case      string       `json:"case"`              // readable case number with check digit, made by the device; no credential
	Service   string       `json:"service,omitempty"` // folder name of the service
	Version   string       `json:"version,omitempty"` // of the service
	Digest    string       `json:"digest,omitempty"`  // of the tenant's tables used, hex SHA-256
	Tenant    string       `json:"tenant"`
	Lang      string       `json:"lang"`
	Day       string       `json:"day"` // the day of application by the device's clock, "2026-11-23"
	Answers   form.Answers `json:"answers,omitempty"`
	Fee       money.Cents  `json:"fee"`
	Way       pay.Way      `json:"way"`
	Recipient string       `json:"recipient"`         // age X25519 recipient of the slip (or phone): answers are sealed to it
	Channel   string       `json:"channel"`           // "terminal", "phone", "web", "counter", "telephone", "paper"
	Follows   string       `json:"follows,omitempty"` // for replies: the address (hash of the recipient) of the case replied to; for a KindSupport the published report's id
	Reply     *Reply       `json:"reply,omitempty"`   // for Kind KindReply
	Stray     *pay.Outcome `json:"stray,omitempty"`   // for Kind KindStray: the payment whose money has to be given back
	// Attachments are the files that travel with the application, each sealed for itself. Every photo and file in the answers is one of them.
	Attachments []Attachment `json:"attachments,omitempty"`
	At          time.Time    `json:"at"`
}

// Attachment connects a file that the answers name with the sealed bytes that travel beside the envelope. It stands inside the sealed
// application: nobody on the way can pass off another file.
type Attachment struct {
	Field  string `json:"field"`           // JSON pointer of the answer that names it: "/photos"
	Digest string `json:"digest"`          // hex SHA-256 of the file
	Blob   string `json:"blob"`            // hex SHA-256 of its sealed bytes
	Type   string `json:"type"`            // media type: "image/jpeg", "application/pdf"
	Size   int    `json:"size"`            // of the file, in bytes
	Width  int    `json:"width"`           // of a picture, in pixels
	Height int    `json:"height"`          // of a picture, in pixels
	Pages  int    `json:"pages,omitempty"` // of a document; 0: not known
	Name   string `json:"name,omitempty"`  // what the citizen calls the file: for clerks, never for a log
}

// Kind says what an envelope contains.
type Kind string

const (
	KindApplication Kind = "application"
	KindReply       Kind = "reply"
	// KindStray reports money that a card terminal took without an application, and cannot give back itself. No citizen writes it.
	KindStray Kind = "stray"
	// KindSupport says "that is mine too" of a report that the town hall has published: Follows is the report's id there, Recipient the one
	// who wants to hear of it. The town hall counts one per Recipient, and tells it what it tells the reporter.
	KindSupport Kind = "support"
)

// Reply is what the holder of a slip sends afterwards. It is accepted only with a proof that he holds the slip's secret: the token that
// the town hall put into its last sealed answer.
type Reply struct {
	Token    string `json:"token"`
	Question string `json:"question,omitempty"` // id of the question answered
	Text     string `json:"text,omitempty"`
	Withdraw bool   `json:"withdraw,omitempty"`
}

// Answer is the town hall's word about a case, sealed to the slip's key. The newest one counts.
type Answer struct {
	Case      string     `json:"case"`
	Service   string     `json:"service"`
	Title     string     `json:"title"`
	State     State      `json:"state"`
	Text      string     `json:"text"` // a sentence of the town hall to the citizen
	Questions []Question `json:"questions,omitempty"`
	Papers    []Paper    `json:"papers,omitempty"`
	Token     string     `json:"token"` // proves, given back in a Reply, that the replier could read this answer
	Steps     []Entry    `json:"steps"` // what happened so far, oldest first
	At        time.Time  `json:"at"`
}

// State is where a case stands, as a citizen is told.
type State string

const (
	StateReceived  State = "received"
	StateInWork    State = "in_work"
	StateAsked     State = "asked" // the town hall waits for the citizen
	StateApproved  State = "approved"
	StateRejected  State = "rejected"
	StateWithdrawn State = "withdrawn"
)

// Question is something the clerk asks back.
type Question struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Answered bool   `json:"answered"`
}

// Paper is a finished document for the citizen.
type Paper struct {
	Name  string `json:"name"`  // "parkausweis.pdf"
	Title string `json:"title"` // "Bewohnerparkausweis"
	Type  string `json:"type"`  // media type
	Data  []byte `json:"data"`
}

// Entry is one line of a case's history, as a citizen is told.
type Entry struct {
	State State     `json:"state"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}
