package kiosk

import "testing"

func TestAParkingPermitFromTheFirstTouchToTheWipe(t *testing.T) {
	r := newRig(t, portrait)
	r.shot("01-attract")
	r.tap("start")
	r.shot("02-home")
	r.tap("Auto und Parken")
	r.shot("02b-situation")
	r.tap("Bewohnerparkausweis")
	r.wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.shot("04-service")
	r.tap("begin")
	r.types("Renate Vogt")
	r.shot("05-form-who")
	r.tap("key.done")
	r.tap("key.done")
	r.tap("Ja")
	r.shot("05b-form-who")
	r.tap("next")
	r.types("MI-RA1848")
	r.shot("05c-form-plate")
	r.tap("key.done")
	r.tap("Mir")
	r.tap("next")
	r.tap("Innenstadt Nord")
	r.tap("1 Jahr")
	r.shot("07-form-zone")
	r.tap("next")
	r.shot("08-summary")
	r.tap("Ja, meine Angaben stimmen.")
	r.tap("send")
	r.waitFor("Mit Karte")
	r.shot("09-ways")
	r.tap("Mit Karte")
	r.wait("the end", func() bool { return r.k.Screen() == "done" })
	r.waitFor("Bitte nehmen Sie Ihren Beleg mit.")
	r.shot("11-done")
	if len(r.memory.Sent()) != 1 {
		t.Error("the application did not go out")
	}
	r.tap("end")
	if r.k.Screen() != "attract" {
		t.Error("the terminal is not free for the next one")
	}
}
