package eidemu

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// command is what a program says.
type command struct {
	Cmd   string   `json:"cmd"`
	URL   *string  `json:"tcTokenURL"`
	Level int      `json:"level"`
	Name  *string  `json:"name"`
	Chat  []string `json:"chat"`
	Value *string  `json:"value"`
}

// msg is what AusweisApp says.
type msg map[string]any

// client is the program that is connected, and the workflow it runs. One goroutine reads, one does everything else.
type client struct {
	a      *App
	ws     *websocket.Conn
	ctx    context.Context
	events chan event
	level  int
	flow   string // "AUTH", "CHANGE_PIN"
	state  string // what is waited behind
	told   bool   // whether a card lies there, as the program was told last
	can    bool   // the right CAN was given
	bad    map[string]bool
	effect []string // the optional rights that are allowed
}

var (
	errGone   = errors.New("eidemu: the program is gone")
	errCancel = errors.New("eidemu: cancelled")
)

// listen reads commands until the line ends.
func (c *client) listen(gone func()) {
	defer gone()
	for {
		kind, b, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		e := event{cmd: new(command)}
		if kind != websocket.TextMessage {
			continue
		}
		if err := json.Unmarshal(b, e.cmd); err != nil {
			e = event{err: err}
		}
		clear(b)
		select {
		case c.events <- e:
		case <-c.ctx.Done():
			return
		}
	}
}

// run serves until the program is gone.
func (c *client) run() {
	c.readers()
	for {
		cmd, err := c.command()
		if err != nil {
			return
		}
		switch cmd.Cmd {
		case "(card)":
		case "RUN_AUTH":
			err = c.auth(cmd)
		case "RUN_CHANGE_PIN":
			err = c.changePIN()
		default:
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		}
		if err != nil {
			return
		}
		c.flow, c.state, c.can = "", "", false
	}
}

// send says something; a line that is gone is noticed by who listens.
func (c *client) send(m msg) {
	if c.a.fault(Silence) {
		return
	}
	if c.a.fault(Strange) {
		m["somethingNew"] = []any{1, "two", nil}
	}
	_ = c.ws.WriteJSON(m)
}

// pace is how long a step takes.
func (c *client) pace() {
	if c.a.o.Step <= 0 {
		return
	}
	t := time.NewTimer(c.a.o.Step)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ctx.Done():
	}
}

// command waits for one that the general rules do not answer. Cards that move are told.
func (c *client) command() (command, error) {
	for {
		var e event
		select {
		case e = <-c.events:
		case <-c.a.moved:
			if c.lies() == c.told { // a question has told of it already
				continue
			}
			c.readers()
			return command{Cmd: "(card)"}, nil
		case <-c.ctx.Done():
			return command{}, errGone
		}
		if e.err != nil {
			c.send(msg{"msg": "INVALID", "error": "illegal value (offset: 1)"})
			continue
		}
		c.a.o.Overheard(e.cmd.Cmd)
		if done := c.general(*e.cmd); !done {
			return *e.cmd, nil
		}
		if e.cmd.Cmd == "CANCEL" && c.flow != "" && !c.a.fault(Deaf) {
			return command{}, errCancel
		}
	}
}

// levels are those of the interface that are spoken.
func (c *client) levels() []int {
	switch {
	case c.a.fault(Older):
		return []int{1}
	case c.a.fault(Newer):
		return []int{7, 8}
	case c.a.fault(Newest):
		return []int{1, 2, 3, 4}
	}
	return []int{1, 2, 3}
}

// general answers what is allowed at any time.
func (c *client) general(cmd command) bool {
	levels := c.levels()
	switch cmd.Cmd {
	case "GET_INFO":
		c.send(msg{"msg": "INFO", "VersionInfo": msg{
			"Name": "AusweisApp2", "Implementation-Title": "AusweisApp2", "Implementation-Vendor": "Governikus GmbH & Co. KG",
			"Implementation-Version": "2.5.0", "Specification-Title": "TR-03124-1",
			"Specification-Vendor": "Federal Office for Information Security", "Specification-Version": "1.4",
		}})
	case "GET_API_LEVEL":
		c.send(msg{"msg": "API_LEVEL", "available": levels, "current": c.level})
	case "SET_API_LEVEL":
		m := msg{"msg": "API_LEVEL", "available": levels}
		if slices.Contains(levels, cmd.Level) {
			c.level = cmd.Level
		} else {
			m["error"] = "Unknown level"
		}
		m["current"] = c.level
		c.send(m)
	case "GET_READER_LIST":
		list := []msg{}
		if r := c.reader(); r != nil {
			list = append(list, r)
		}
		c.send(msg{"msg": "READER_LIST", map[bool]string{true: "reader", false: "readers"}[c.level < 2]: list})
	case "GET_READER":
		switch {
		case cmd.Name == nil:
			c.send(msg{"msg": "READER", "error": "Name cannot be undefined"})
		case *cmd.Name != c.a.o.Reader:
			c.send(msg{"msg": "READER", "name": *cmd.Name, "attached": false})
		default:
			c.send(c.named("READER", c.reader()))
		}
	case "GET_STATUS":
		if c.level < 2 {
			c.send(msg{"msg": "UNKNOWN_COMMAND", "error": cmd.Cmd})
			break
		}
		c.status(50)
	case "CANCEL":
		if c.flow == "" {
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		}
	case "RUN_AUTH", "RUN_CHANGE_PIN":
		if c.flow == "" && !c.a.fault(Occupied) {
			return false
		}
		c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
	case "ACCEPT", "CONTINUE", "GET_ACCESS_RIGHTS", "SET_ACCESS_RIGHTS", "GET_CERTIFICATE", "SET_CARD", "SET_PIN", "SET_NEW_PIN", "SET_CAN", "SET_PUK":
		return false
	default:
		c.send(msg{"msg": "UNKNOWN_COMMAND", "error": cmd.Cmd})
	}
	return true
}

func (c *client) status(progress int) {
	if c.level < 2 {
		return
	}
	m := msg{"msg": "STATUS", "workflow": nil, "progress": nil, "state": nil}
	if c.flow != "" {
		m["workflow"], m["progress"] = c.flow, progress
	}
	if c.state != "" {
		m["state"] = c.state
	}
	c.send(m)
}

// reader describes the reader as READER does; nil if there is none.
func (c *client) reader() msg {
	if c.a.fault(NoReader) {
		return nil
	}
	c.a.mu.Lock()
	k := c.a.card
	c.a.mu.Unlock()
	c.told = k.in
	r := msg{"name": c.a.o.Reader, "attached": true, "insertable": false, "keypad": c.a.fault(Keypad), "card": nil}
	switch {
	case !k.in:
	case c.a.fault(UnknownCard) && c.level < 3: // as if there was none
	case c.a.fault(UnknownCard):
		r["card"] = msg{}
	default:
		r["card"] = msg{"inoperative": c.a.fault(Inoperative) || k.inoperative, "deactivated": c.a.fault(Deactivated), "retryCounter": k.retries}
	}
	return r
}

// lies tells whether a card lies on the reader.
func (c *client) lies() bool {
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	return c.a.card.in
}

// readers tells how the reader stands.
func (c *client) readers() {
	if r := c.reader(); r != nil {
		c.send(c.named("READER", r))
	}
}

func (c *client) named(kind string, r msg) msg {
	if r == nil {
		r = msg{"name": c.a.o.Reader, "attached": false}
	}
	r["msg"] = kind
	return r
}

// onTheSpot tells whether the provider reads with the CAN alone.
func (c *client) onTheSpot() bool {
	return c.flow == "AUTH" && slices.Contains(append(slices.Clone(c.a.o.Rights.Required), c.effect...), "CanAllowed")
}

// identityCard tells whether there is one, of use or not.
func (c *client) identityCard() bool {
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	return c.a.card.in && !c.a.fault(NoReader, UnknownCard)
}

// usable tells whether there is a card that can be worked with.
func (c *client) usable() bool {
	return c.identityCard() && (c.onTheSpot() || !c.a.fault(Deactivated))
}

func (c *client) put(in bool) {
	c.a.mu.Lock()
	c.a.card.in = in
	c.a.mu.Unlock()
	c.readers()
}

// refused repeats what was typed where Echo is on, as no AusweisApp should.
func (c *client) refused(why string, typed *string) string {
	if c.a.fault(Echo) && typed != nil {
		c.send(msg{"msg": "LOG_OF_" + *typed, "value": *typed})
		return why + ": " + *typed
	}
	if c.a.fault(Long) {
		return strings.Repeat(why+" ", 64<<10/(len(why)+1))
	}
	return why
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
}
