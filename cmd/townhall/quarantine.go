package main

import (
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
)

type quarantineCmd struct {
	List  quarantineListCmd  `cmd:"" help:"List the envelopes that could not be opened or believed, oldest first."`
	Retry quarantineRetryCmd `cmd:"" help:"Try envelopes again, after their cause was mended."`
}

// why says what a reason means and what helps.
func why(reason string) string {
	switch reason {
	case intake.ReasonKey:
		return "no key here opens it: bring the keys back with 'keys restore'; it is then tried again by itself"
	case intake.ReasonSealed:
		return "it was changed on its way, or is no envelope"
	case intake.ReasonContent:
		return "it is of a newer version: update the server, then retry"
	case intake.ReasonIdentity:
		return "it names another id inside: somebody copied it"
	case intake.ReasonProof:
		return "a reply without proof of the slip: its case may still come, or the slip was replaced; it is tried again every hour for a fortnight"
	case intake.ReasonUnsigned:
		return "a report of money that its terminal did not sign: look into the card terminal's journal"
	case intake.ReasonReport:
		return "it supports a report that is not published here; it is tried again every hour for a fortnight"
	case intake.ReasonVersion:
		return "it answers a version of a survey that is not here: publish it, or update the server; it is tried again every hour"
	case intake.ReasonRefused:
		return "its case or report never came: the slip was replaced, or nothing proves that it comes from its holder; it is not tried again"
	case intake.ReasonFault:
		return "the program failed on it: report this, update the server, then retry"
	}
	return ""
}

type quarantineListCmd struct{}

func (quarantineListCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		const page = 500
		n, after := 0, int64(0)
		for {
			list, err := st.In(s.ctx, intake.Quarantine, after, page)
			if err != nil {
				return err
			}
			for _, e := range list {
				n, after = n+1, e.Seq
				if err := s.printf("%s  %s  %-8s  %s\n    %s\n", e.Item.ID, e.At.Format("02.01.2006 15:04"), e.Reason, e.Device, why(e.Reason)); err != nil {
					return err
				}
			}
			if len(list) < page {
				break
			}
		}
		if n == 0 {
			return s.printf("Nothing is in quarantine.\n")
		}
		return nil
	})
}

type quarantineRetryCmd struct {
	ID []string `arg:"" help:"Ids as 'quarantine list' shows them."`
}

func (c quarantineRetryCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		var errs []error
		for _, id := range c.ID {
			err := st.AgainOne(s.ctx, id)
			switch {
			case errors.Is(err, intake.ErrUnknown):
				errs = append(errs, fmt.Errorf("%s is not in quarantine", id))
			case err != nil:
				return errors.Join(append(errs, err)...)
			default:
				if err := s.printf("%s is tried again: by a running server within a minute, else at its next start.\n", id); err != nil {
					return err
				}
			}
		}
		return errors.Join(errs...)
	})
}
