package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gorilla/websocket"
	"golang.org/x/term"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
)

// eidCmd speaks to AusweisApp. What is said there is never recorded: PINs are among it.
type eidCmd struct {
	URL  string `name:"url" default:"eid+ws://127.0.0.1:24727/eID-Kernel" placeholder:"ADDRESS" help:"AusweisApp's address as in kiosk.yaml."`
	Test bool   `help:"Test cards: AusweisApp refuses genuine ones then."`

	Info struct{} `cmd:"" help:"What is installed, which readers there are, and which card is in them."`
	PIN  struct{} `cmd:"" name:"pin" help:"Set a new PIN of an identity card. PINs are asked for and never shown; where they do not come from a keyboard, each is a line of the standard input."`
}

// eidReport is what eid info prints.
type eidReport struct {
	OK      bool        `json:"ok"`
	Version string      `json:"version,omitempty"`
	Level   int         `json:"level,omitempty"`   // of the interface
	Levels  []int       `json:"levels,omitempty"`  // that AusweisApp offers
	Working string      `json:"working,omitempty"` // a workflow that is running
	Readers []eidReader `json:"readers"`
}

type eidReader struct {
	Name   string `json:"name"`
	Keypad bool   `json:"keypad"`
	Card   string `json:"card"`            // none, unknown, deactivated, inoperative, identity card
	Tries  *int   `json:"tries,omitempty"` // for the PIN; 1 needs the CAN first, 0 the PUK
}

// eidState is what eid pin prints whenever something changes.
type eidState struct {
	Screen  eid.Screen  `json:"screen"`
	Problem eid.Problem `json:"problem,omitempty"`
	Tries   *int        `json:"tries,omitempty"`
	Cause   eid.Cause   `json:"cause,omitempty"` // at the end: success, or why not
	Note    string      `json:"note,omitempty"`  // AusweisApp's English words
}

var errPIN = errors.New("eid: the PIN was not changed")

// Run carries out eid info and eid pin.
func (c *eidCmd) Run(h *hands, command subcommand) error {
	if _, err := eid.ParseAddress(c.URL); err != nil {
		return err
	}
	dev := eid.New(&websocket.Dialer{}, c.URL, eid.Opts{Developer: c.Test})
	if command == "pin" {
		return changePIN(h, dev)
	}
	r, err := dev.Info(h.ctx)
	if err != nil {
		return err
	}
	return h.print(eidReported(r))
}

func eidReported(r eid.Report) eidReport {
	out := eidReport{OK: true, Version: r.Info.Version, Level: r.Level.Current, Levels: r.Level.Available, Working: r.Status.Workflow, Readers: []eidReader{}}
	for _, reader := range r.Readers {
		if !reader.Attached {
			continue
		}
		e := eidReader{Name: reader.Name, Keypad: reader.Keypad, Card: "none"}
		if card := reader.Card; card != nil {
			switch {
			case card.Unknown:
				e.Card = "unknown"
			case card.Inoperative:
				e.Card = "inoperative"
			case card.Deactivated:
				e.Card = "deactivated"
			default:
				e.Card = "identity card"
			}
			if !card.Unknown && card.Retries >= 0 {
				e.Tries = &card.Retries
			}
		}
		out.Readers = append(out.Readers, e)
	}
	return out
}

func changePIN(h *hands, dev *eid.Dev) (err error) {
	s, err := dev.ChangePIN(h.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		st, err := s.Next(h.ctx)
		if err != nil {
			return err
		}
		out := eidState{Screen: st.Screen, Problem: st.Problem, Note: st.Note}
		if st.Retries >= 0 {
			out.Tries = &st.Retries
		}
		if st.Outcome != nil {
			out.Cause, out.Note = st.Outcome.Cause, st.Outcome.Note
		}
		if err := h.print(out); err != nil {
			return err
		}
		if st.Over() {
			if out.Cause != eid.Success {
				return fmt.Errorf("%w: %s", errPIN, out.Cause)
			}
			return nil
		}
		if err := answerPIN(h, s, st); err != nil {
			return err
		}
	}
}

// answerPIN does what a screen of the terminal would.
func answerPIN(h *hands, s *eid.Session, st eid.State) error {
	answer, asked := map[eid.Screen]func(eid.Secret) error{eid.EnterPIN: s.PIN, eid.EnterNewPIN: s.NewPIN, eid.EnterCAN: s.CAN, eid.EnterPUK: s.PUK}[st.Screen]
	switch {
	case st.Screen == eid.Paused:
		return s.Continue()
	case st.Screen == eid.Inoperative:
		return s.Cancel() // nothing else is left
	case !asked:
		return nil
	case st.Keypad:
		return s.TypeAtReader()
	}
	fmt.Fprintf(h.err, "%s: ", map[eid.Screen]string{eid.EnterPIN: "PIN", eid.EnterNewPIN: "new PIN", eid.EnterCAN: "CAN", eid.EnterPUK: "PUK"}[st.Screen])
	typed, err := readSecret(h)
	if err != nil {
		return errors.Join(s.Cancel(), err)
	}
	if st.Screen == eid.EnterNewPIN {
		fmt.Fprint(h.err, "new PIN again: ")
		again, err := readSecret(h)
		if err != nil {
			return errors.Join(s.Cancel(), err)
		}
		same := typed.Equal(again)
		again.Wipe()
		if !same {
			typed.Wipe()
			return errors.Join(s.Cancel(), errors.New("eid: the two are not alike"))
		}
	}
	return answer(typed)
}

// readSecret reads digits without showing them, and leaves no copy behind.
func readSecret(h *hands) (eid.Secret, error) {
	if f, ok := h.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		typed, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(h.err)
		if err != nil {
			return eid.Secret{}, errors.New("eid: nothing was typed")
		}
		return eid.NewSecret(typed), nil
	}
	line := make([]byte, 0, 64)
	for one := make([]byte, 1); len(line) < cap(line); {
		n, err := h.in.Read(one)
		if n == 1 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if n == 1 && one[0] == '\n' || err == io.EOF && len(line) > 0 {
			break
		}
		if err != nil {
			clear(line)
			return eid.Secret{}, errors.New("eid: nothing was typed")
		}
	}
	return eid.NewSecret(line), nil
}
