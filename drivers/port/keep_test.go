package port_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

var address = &url.URL{Scheme: "tcp", Host: "10.0.0.7:20007"}

// A card terminal that is switched off over night is spoken to in the morning, and nobody knocked at its door a thousand times.
func TestAKeptLineComesBackAfterANight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		began, tries := time.Now(), 0
		var states []port.State
		k := port.NewKeeper(address, port.KeeperOpts{
			Tell: func(s port.State) { states = append(states, s) },
			Open: func(context.Context, *url.URL) (port.Port, error) {
				if tries++; time.Since(began) < 8*time.Hour {
					return nil, io.ErrUnexpectedEOF
				}
				ours, theirs := port.Pipe()
				go func() { _, _ = theirs.Write([]byte("morning")) }()
				return ours, nil
			},
		})
		var heard string
		err := k.Keep(ctx, func(ctx context.Context, p port.Port) error {
			buf := make([]byte, 7)
			_, err := io.ReadFull(p, buf)
			heard = string(buf)
			if s := k.State(); !s.Up || !errors.Is(s.Err, io.ErrUnexpectedEOF) || s.Tries < 100 {
				t.Errorf("while it stands: %+v", s)
			}
			stop()
			return err
		})
		if !errors.Is(err, context.Canceled) || heard != "morning" {
			t.Errorf("%v, heard %q", err, heard)
		}
		if tries > 8*60*60/5 { // 15 s less jitter
			t.Errorf("%d tries in a night", tries)
		}
		if s := k.State(); s.Up || s.Since.IsZero() || len(states) < tries {
			t.Errorf("at the end %+v after %d states", s, len(states))
		}
	})
}

// A device that takes every connection and hangs up at once is not a good one: the waits grow all the same. One that stood for long is reopened soon.
func TestAKeptLineThatHangsUpAtOnceIsNotReopenedInALoop(t *testing.T) {
	for stands, most := range map[time.Duration]time.Duration{0: 0, time.Minute: 500 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var ended time.Time
			opened, longest := 0, time.Duration(0)
			k := port.NewKeeper(address, port.KeeperOpts{Open: func(context.Context, *url.URL) (port.Port, error) {
				if opened > 0 {
					longest = max(longest, time.Since(ended))
				}
				if opened++; opened == 20 {
					stop()
				}
				ours, theirs := port.Pipe()
				go func() { time.Sleep(stands); ended = time.Now(); theirs.Close() }()
				return ours, nil
			}})
			_ = k.Keep(ctx, func(ctx context.Context, p port.Port) error {
				<-ctx.Done() // neither reads nor writes
				if cause := context.Cause(ctx); !errors.Is(cause, port.ErrGone) && !errors.Is(cause, context.Canceled) {
					t.Errorf("the use ended because %v", cause)
				}
				return nil
			})
			time.Sleep(stands) // the last one hangs up, too
			if most == 0 && longest < 5*time.Second || most > 0 && longest > most {
				t.Errorf("a line that stands %v was waited for %v at most", stands, longest)
			}
		})
	}
}

func TestTheEndOfAKeepersContextEndsAReadThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := port.NewKeeper(address, port.KeeperOpts{Open: func(context.Context, *url.URL) (port.Port, error) {
			ours, _ := port.Pipe()
			return ours, nil
		}})
		time.AfterFunc(time.Hour, stop)
		if err := k.Keep(ctx, func(_ context.Context, p port.Port) error { _, err := p.Read(make([]byte, 1)); return err }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestAnAddressThatMakesNoSenseIsNotTriedAgain(t *testing.T) {
	k := port.NewKeeper(&url.URL{Scheme: "usb"}, port.KeeperOpts{})
	if err := k.Keep(t.Context(), nil); !errors.Is(err, port.ErrAddress) {
		t.Error(err)
	}
	if s := k.State(); s.Up || !errors.Is(s.Err, port.ErrAddress) {
		t.Errorf("%+v", s)
	}
}
