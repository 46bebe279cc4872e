package eid_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
)

// A citizen proves who she is: each state is a screen, each answer what she does there.
func Example() {
	app := httptest.NewServer(eidemu.New(eidemu.Opts{})) // stands for AusweisApp
	defer app.Close()
	dev := eid.New(&websocket.Dialer{}, "eid+ws"+strings.TrimPrefix(app.URL, "http"), eid.Opts{})

	ctx := context.Background()
	session, err := dev.Authenticate(ctx, "https://eid.example/token?session=1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	for {
		s, err := session.Next(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		switch s.Screen {
		case eid.Consent:
			if !s.Pending && len(s.Rights.Effective) == 4 { // she takes one wish away
				fmt.Printf("%s asks for %v\n", s.Certificate.Subject, s.Rights.Effective)
				err = session.Allow()
			} else if !s.Pending {
				fmt.Printf("%s gets %v\n", s.Certificate.Subject, s.Rights.Effective)
				err = session.Consent()
			}
		case eid.EnterPIN:
			fmt.Printf("%d digits, %d tries\n", s.Max, s.Retries)
			err = session.PIN(eid.NewSecret([]byte("123456")))
		case eid.Done:
			fmt.Println(s.Outcome.Cause, "and on to", s.Outcome.URL)
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// Stadt Musterhausen asks for [FamilyName GivenNames Address DoctoralDegree]
	// Stadt Musterhausen gets [FamilyName GivenNames Address]
	// 6 digits, 3 tries
	// success and on to https://eid.example/…
}
