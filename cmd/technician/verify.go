package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
)

type verifyCmd struct {
	Keys  string `required:"" help:"The town's public keys, from 'townhall keys verify-export'." type:"existingfile"`
	Token string `arg:"" help:"What the permit's QR code says; - reads it from standard input."`
}

// errPermit says that a code proves nothing.
var errPermit = errors.New("NOT VALID: this code was not signed by the town hall")

// Run checks a permit as a warden does at the windscreen: signature first, then the days.
func (c verifyCmd) Run(h *hands) error {
	now, err := clock.Town()
	if err != nil {
		return err
	}
	return c.check(h, now())
}

func (c verifyCmd) check(h *hands, now time.Time) error {
	keys, err := readKeys(c.Keys)
	if err != nil {
		return err
	}
	token := c.Token
	if token == "-" {
		text, err := io.ReadAll(io.LimitReader(h.in, 64<<10))
		if err != nil {
			return fmt.Errorf("read the code: %w", err)
		}
		token = string(text)
	}
	var claims map[string]any
	kid, err := proof.Verify(keys, proof.Permit, strings.TrimSpace(token), &claims)
	if err != nil {
		return errPermit
	}
	says := func(keys ...string) string {
		for _, key := range keys {
			switch v := claims[key].(type) {
			case nil:
			case []any: // a craftsmen's permit is for several vehicles
				var all []string
				for _, one := range v {
					all = append(all, fmt.Sprint(one))
				}
				return strings.Join(all, ", ")
			default:
				return fmt.Sprint(v)
			}
		}
		return "-"
	}
	fmt.Fprintf(h.out, "Permit   %s\nPlate    %s\nZone     %s\nFrom     %s\nUntil    %s\nKey      %s\n",
		says("number"), says("plate", "plates"), says("zone"), says("from"), says("until"), kid)
	today := now.Format(time.DateOnly)
	switch from, until := says("from"), says("until"); {
	case until == "-":
		return errors.New("NOT VALID: the permit does not say until when")
	case until < today: // days are written 2026-11-23: letters and time agree
		return fmt.Errorf("NOT VALID: it ended on %s", until)
	case from != "-" && from > today:
		return fmt.Errorf("NOT VALID YET: it begins on %s", from)
	}
	_, err = fmt.Fprintln(h.out, "VALID today")
	return err
}

func readKeys(file string) ([]proof.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	var set struct {
		Keys []proof.PublicKey `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("%s holds no keys: %w", file, err)
	}
	if len(set.Keys) == 0 {
		return nil, fmt.Errorf("%s holds no keys", file)
	}
	return set.Keys, nil
}
