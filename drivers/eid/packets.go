package eid

import (
	"encoding/json"
	"fmt"
	"io"
)

// Command is something said to AusweisApp (docs/sdk/commands.rst). Printing one shows its name only.
type Command struct {
	name      string
	token     *Address // a pointer, so that no way of printing a Command leads to it
	developer bool
	level     int
	reader    string
	chat      []Right
	card      *Simulator
	secret    *Secret
}

// Simulator is a virtual card's content for SET_CARD (docs/sdk/simulator.rst). AusweisApp 1.26.2 takes no files at all, which means its
// own card, or the full set; with some files missing no card appears.
type Simulator struct {
	Files []SimulatorFile `json:"files,omitempty"`
	Keys  []SimulatorKey  `json:"keys,omitempty"` // since 1.26.4
}

// SimulatorFile is a file of a virtual card; all in hexadecimal digits.
type SimulatorFile struct {
	FileID      string `json:"fileId"`
	ShortFileID string `json:"shortFileId"`
	Content     string `json:"content"` // ASN.1, DER
}

// SimulatorKey is a key of a virtual card; its content in hexadecimal digits.
type SimulatorKey struct {
	ID      int    `json:"id"`
	Content string `json:"content"`
}

func plain(name string) Command { return Command{name: name} }

// Name is the command's name in the document, such as "SET_PIN".
func (c Command) Name() string { return c.name }

// Secret tells whether the command carries a PIN, CAN or PUK.
func (c Command) Secret() bool { return c.secret != nil }

// String is the name.
func (c Command) String() string { return c.name }

// Format shows the name, whatever the verb.
func (c Command) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.name) }

// Append writes the command as JSON behind b. With a secret in it the caller wipes the result after use; b needs room for Size bytes then,
// so that no copy is left behind.
func (c Command) Append(b []byte) []byte {
	b = append(b, `{"cmd":`...)
	b = appendJSON(b, c.name)
	switch c.name {
	case "RUN_AUTH":
		b = append(b, `,"tcTokenURL":`...)
		var to Address
		if c.token != nil {
			to = *c.token
		}
		b = appendJSON(b, string(to))
		b = append(b, `,"developerMode":`...)
		b = appendJSON(b, c.developer)
	case "SET_API_LEVEL":
		b = append(b, `,"level":`...)
		b = appendJSON(b, c.level)
	case "GET_READER":
		b = append(b, `,"name":`...)
		b = appendJSON(b, c.reader)
	case "SET_ACCESS_RIGHTS":
		b = append(b, `,"chat":`...)
		b = appendJSON(b, append([]Right{}, c.chat...))
	case "SET_CARD":
		b = append(b, `,"name":`...)
		b = appendJSON(b, c.reader)
		if c.card != nil {
			b = append(b, `,"simulator":`...)
			b = appendJSON(b, c.card)
		}
	}
	if c.secret != nil {
		b = append(b, `,"value":"`...)
		b = c.secret.appendTo(b) // digits only, checked by the answers
		b = append(b, '"')
	}
	return append(b, '}')
}

// Size is an upper bound of what Append writes, for commands with a secret.
func (c Command) Size() int {
	n := len(`{"cmd":"","value":""}`) + len(c.name)
	if c.secret != nil {
		n += c.secret.Digits()
	}
	return n
}

func (c Command) wipe() {
	if c.secret != nil {
		c.secret.Wipe()
	}
}

// appendJSON writes a value of one of the types above, none of which encoding/json can refuse.
func appendJSON(b []byte, v any) []byte {
	j, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, j...)
}
