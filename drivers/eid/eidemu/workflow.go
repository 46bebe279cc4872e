package eidemu

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

const (
	major = "http://www.bsi.bund.de/ecard/api/1.1/resultmajor#"
	minor = "http://www.bsi.bund.de/ecard/api/1.1/resultminor/"
)

// ending is how a workflow ends; errGone if there is nobody to tell.
type ending struct {
	ok                    bool
	minor, reason, detail string
	url                   bool
}

func (e ending) Error() string { return "eidemu: " + e.reason }

// auth plays RUN_AUTH from begin to end.
func (c *client) auth(cmd command) error {
	if cmd.URL == nil || !strings.HasPrefix(*cmd.URL, "https://") {
		c.send(msg{"msg": "AUTH", "error": "Validation of tcTokenURL failed"})
		return nil
	}
	c.flow, c.bad, c.effect = "AUTH", map[string]bool{}, slices.Clone(c.a.o.Rights.Optional)
	c.send(msg{"msg": "AUTH"})
	c.status(0)
	end, gone := c.finished(c.authenticate())
	if gone {
		return errGone
	}
	m := msg{"msg": "AUTH", "result": msg{"major": major + "ok"}}
	if !end.ok {
		m["result"] = msg{
			"major": major + "error", "minor": minor + end.minor, "language": "en", "description": end.detail, "message": end.detail, "reason": end.reason,
		}
	}
	if end.url {
		m["url"] = c.a.o.Refresh
		if !end.ok {
			m["url"] = c.a.o.Refresh + "&ResultMajor=error"
		}
	}
	c.send(m)
	return nil
}

// changePIN plays RUN_CHANGE_PIN from begin to end.
func (c *client) changePIN() error {
	c.flow, c.bad = "CHANGE_PIN", map[string]bool{}
	c.send(msg{"msg": "CHANGE_PIN"})
	c.status(0)
	end, gone := c.finished(c.change())
	if gone {
		return errGone
	}
	m := msg{"msg": "CHANGE_PIN", "success": end.ok}
	if !end.ok {
		m["reason"] = end.reason
	}
	c.send(m)
	return nil
}

func (c *client) finished(err error) (end ending, gone bool) {
	switch {
	case errors.As(err, &end):
		return end, false
	case errors.Is(err, errCancel):
		return ending{minor: "sal#cancellationByUser", reason: "User_Cancelled", detail: "The process has been cancelled.", url: true}, false
	case err != nil:
		return ending{}, true
	}
	return ending{ok: true, url: true}, false
}

func (c *client) authenticate() error {
	if c.a.fault(NetworkError) {
		c.status(80)
		return ending{
			minor: "dp#trustedChannelEstablishmentFailed", reason: "Get_TcToken_Network_Error",
			detail: "An unknown network error occurred. Check your network connection and try to restart the app.",
		}
	}
	if err := c.mischief(); err != nil {
		return err
	}
	if err := c.consent(); err != nil {
		return err
	}
	c.status(25)
	if c.a.fault(ProviderError) {
		return ending{
			minor: "al/common#internalError", reason: "Did_Authenticate_Eac2_Invalid_Cvc_Chain", detail: "An internal error has occurred during processing.", url: true,
		}
	}
	if err := c.unlock(6); err != nil {
		return err
	}
	c.status(75)
	c.pace()
	c.status(100)
	return nil
}

func (c *client) change() error {
	if err := c.mischief(); err != nil {
		return err
	}
	if err := c.unlock(5); err != nil {
		return err
	}
	cmd, err := c.await("ENTER_NEW_PIN", "SET_NEW_PIN", c.question)
	if err != nil {
		return err
	}
	c.pace()
	if cmd.Value != nil {
		c.a.mu.Lock()
		c.a.card.pin = *cmd.Value
		c.a.mu.Unlock()
	}
	c.status(100)
	if !c.a.o.ByHand && !c.a.o.Inserted {
		c.put(false)
	}
	return nil
}

// mischief is what goes wrong between the begin and the first question.
func (c *client) mischief() error {
	switch {
	case c.a.fault(Strange):
		c.send(msg{"msg": "FIRMWARE_UPDATE", "reader": c.a.o.Reader, "percent": 12})
		c.send(msg{"msg": "SOMETHING", "pin": "0000000"})
	case c.a.fault(Internal):
		c.send(msg{"msg": "INTERNAL_ERROR", "error": "Unexpected condition"})
		for {
			if _, err := c.command(); err != nil {
				return err
			}
		}
	case c.a.fault(Garbage):
		_ = c.ws.WriteMessage(websocket.TextMessage, []byte(`{"msg":"ENTER_PIN","reader":{"attached":tr`))
	case c.a.fault(Binary):
		_ = c.ws.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2, 0xFF})
	case c.a.fault(Endless):
		for n := 0; c.ctx.Err() == nil; n++ {
			_ = c.ws.WriteJSON(msg{"msg": "READER", "name": fmt.Sprintf("Reader %d", n), "attached": true, "card": nil})
		}
		return errGone
	case c.a.fault(EndlessText):
		w, err := c.ws.NextWriter(websocket.TextMessage)
		if err != nil {
			return errGone
		}
		_, err = w.Write([]byte(`{"msg":"`))
		for some := []byte(strings.Repeat("A", 4096)); err == nil; {
			_, err = w.Write(some)
		}
		return errGone
	}
	return nil
}

// consent shows who wants what, until the citizen accepts.
func (c *client) consent() error {
	rights := func(problem string) {
		m := msg{"msg": "ACCESS_RIGHTS", "chat": msg{
			"effective": append(slices.Clone(c.a.o.Rights.Required), c.effect...), "optional": c.a.o.Rights.Optional, "required": c.a.o.Rights.Required,
		}}
		if problem != "" {
			m["error"] = problem
		}
		c.send(m)
	}
	c.state = "ACCESS_RIGHTS"
	rights("")
	for {
		cmd, err := c.command()
		switch {
		case err != nil:
			return err
		case cmd.Cmd == "(card)":
		case cmd.Cmd == "ACCEPT" && c.badly(cmd.Cmd):
			rights("")
		case cmd.Cmd == "ACCEPT":
			c.state = ""
			return nil
		case cmd.Cmd == "GET_ACCESS_RIGHTS":
			rights("")
		case cmd.Cmd == "SET_ACCESS_RIGHTS" && slices.ContainsFunc(cmd.Chat, func(r string) bool { return !slices.Contains(c.a.o.Rights.Optional, r) }):
			rights("Entry in optional and required access rights is invalid")
		case cmd.Cmd == "SET_ACCESS_RIGHTS":
			c.effect = cmd.Chat
			rights("")
		case cmd.Cmd == "GET_CERTIFICATE":
			c.certificate()
		default:
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		}
	}
}

func (c *client) certificate() {
	terms := "Anschrift:\r\n" + c.a.o.Provider + "\r\nRathausplatz 1\r\n\r\nZweck des Auslesevorgangs:\r\n" + c.a.o.Purpose
	if c.a.fault(Long) {
		terms += strings.Repeat("\r\nund noch eine Zeile Text", 64<<10/26)
	}
	c.send(msg{"msg": "CERTIFICATE", "description": msg{
		"issuerName": "Emulated DVCA", "issuerUrl": "https://dvca.example", "subjectName": c.a.o.Provider, "subjectUrl": "https://eid.example",
		"termsOfUsage": terms, "purpose": c.a.o.Purpose,
	}, "validity": msg{"effectiveDate": "2026-01-01", "expirationDate": "2026-12-31"}})
}

// badly tells whether this kind of answer is refused once.
func (c *client) badly(cmd string) bool {
	if !c.a.fault(BadState) || c.bad[cmd] {
		return false
	}
	c.bad[cmd] = true
	c.send(msg{"msg": "BAD_STATE", "error": cmd})
	return true
}

// insert waits for a card. AusweisApp says nothing as long as there is an identity card, even one of no use.
func (c *client) insert() error {
	c.state = "INSERT_CARD"
	defer func() { c.state = "" }()
	asked := false
	for {
		if !asked && !c.identityCard() {
			asked = true
			c.send(msg{"msg": "INSERT_CARD"})
			if !c.a.o.ByHand && !c.a.fault(NoReader) {
				c.pace()
				c.put(true)
			}
		}
		if c.usable() {
			return nil
		}
		cmd, err := c.command()
		switch {
		case err != nil:
			return err
		case cmd.Cmd == "SET_CARD":
			c.send(msg{"msg": "INSERT_CARD", "error": "Card is not insertable"})
		case cmd.Cmd != "(card)":
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		}
	}
}

// question is an ENTER_… message.
func (c *client) question(kind, problem string) {
	m := msg{"msg": kind, "reader": c.reader()}
	if problem != "" {
		m["error"] = problem
	}
	c.send(m)
}

// await asks until the answer has the right form, and a card lies there.
func (c *client) await(kind, answer string, ask func(kind, problem string)) (command, error) {
	least, most := 6, 6
	switch {
	case kind == "ENTER_PUK":
		least, most = 10, 10
	case kind == "ENTER_PIN" && c.flow == "CHANGE_PIN":
		least = 5
	}
	for problem := ""; ; {
		if err := c.insert(); err != nil {
			return command{}, err
		}
		c.state = kind
		ask(kind, problem)
		if c.a.fault(Snatched) && !c.bad["(snatched)"] {
			c.bad["(snatched)"] = true
			c.put(false)
			c.pace()
			c.put(true)
		}
		cmd, err := c.command()
		problem = ""
		switch {
		case err != nil:
			return command{}, err
		case cmd.Cmd == "(card)":
		case cmd.Cmd != answer:
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		case c.badly(cmd.Cmd):
		case c.a.fault(Keypad) && cmd.Value != nil:
			problem = c.refused("Value cannot be defined", cmd.Value)
		case c.a.fault(Keypad):
			c.pace()
			c.state = ""
			typed := c.typed(kind)
			if typed == "" {
				return command{}, ending{
					minor: "sal#cancellationByUser", reason: "Establish_Pace_Channel_User_Cancelled", detail: "The process has been cancelled.", url: true,
				}
			}
			cmd.Value = &typed
			return cmd, nil
		case cmd.Value == nil:
			problem = "Value cannot be undefined"
		case !digits(*cmd.Value, least, most):
			problem = c.refused(fmt.Sprintf("You must provide %d digits", most), cmd.Value)
		case c.a.fault(Echo) && !c.bad["(echo)"]:
			c.bad["(echo)"] = true
			problem = c.refused("Invalid value", cmd.Value)
		default:
			c.state = ""
			return cmd, nil
		}
	}
}

// typed is what the citizen types at the reader.
func (c *client) typed(kind string) string {
	if c.a.o.Typed != nil {
		return c.a.o.Typed(kind)
	}
	return map[string]string{"ENTER_PIN": c.a.o.PIN, "ENTER_NEW_PIN": "222222", "ENTER_CAN": c.a.o.CAN, "ENTER_PUK": c.a.o.PUK}[kind]
}

// unlock asks for PIN, CAN and PUK until the card opens. Least is the shortest PIN.
func (c *client) unlock(least int) error {
	c.a.mu.Lock()
	switch k := &c.a.card; {
	case c.a.fault(CANNeeded):
		k.retries = min(k.retries, 1)
	case c.a.fault(PUKNeeded, Inoperative, PUKSpent):
		k.retries = 0
	}
	c.a.mu.Unlock()
	if err := c.insert(); err != nil {
		return err
	}
	if c.a.fault(Pause) && c.level >= 3 {
		c.state = "PAUSE"
		c.send(msg{"msg": "PAUSE", "cause": "BadCardPosition"})
		for {
			cmd, err := c.command()
			if err != nil {
				return err
			}
			if cmd.Cmd == "CONTINUE" {
				break
			}
			c.send(msg{"msg": "BAD_STATE", "error": cmd.Cmd})
		}
	}
	for {
		opened, err := c.try(least)
		if err != nil || opened {
			return err
		}
	}
}

// try asks for whatever the card needs next.
func (c *client) try(least int) (opened bool, err error) {
	kind, answer := "ENTER_PIN", "SET_PIN"
	switch n := c.a.Tries(); {
	case c.onTheSpot():
		kind, answer = "ENTER_CAN", "SET_CAN"
	case n == 0:
		kind, answer = "ENTER_PUK", "SET_PUK"
	case n == 1 && !c.can:
		kind, answer = "ENTER_CAN", "SET_CAN"
	}
	cmd, err := c.await(kind, answer, c.question)
	if err != nil {
		return false, err
	}
	c.pace()
	if c.a.fault(Closes) {
		_ = c.ws.Close()
		return false, errGone
	}
	if c.a.fault(Removed) {
		c.put(false)
		return false, ending{
			minor: "al/common#internalError", reason: "Card_Removed", detail: "The connection to the ID card has been lost. The process was aborted.", url: true,
		}
	}
	c.a.mu.Lock()
	k := &c.a.card
	right := map[string]string{"ENTER_PIN": k.pin, "ENTER_CAN": k.can, "ENTER_PUK": k.puk}[kind]
	good := *cmd.Value == right && !(kind == "ENTER_PIN" && (c.a.fault(WrongPIN) || len(k.pin) < least))
	switch {
	case kind == "ENTER_PIN" && good:
		k.retries = 3
	case kind == "ENTER_PIN":
		k.retries--
		c.can = false
	case kind == "ENTER_CAN":
		c.can = good
	case good && k.pukUses > 0 && !c.a.fault(Inoperative, PUKSpent):
		k.retries, k.pukUses = 3, k.pukUses-1
	case good:
		k.inoperative = true
	}
	c.a.mu.Unlock()
	c.readers()
	return good && (kind == "ENTER_PIN" || c.onTheSpot()), nil
}
