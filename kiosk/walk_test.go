package kiosk

import "testing"

func TestAParkingPermitFromTheFirstTouchToTheWipe(t *testing.T) {
	r := newRig(t, portrait)
	r.Shot("01-attract")
	r.Tap("start")
	r.Shot("02-home")
	r.Tap("Auto und Parken")
	r.Shot("02b-situation")
	r.Tap("Bewohnerparkausweis")
	r.Wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.Shot("04-service")
	r.Tap("begin")
	r.types("Renate Vogt")
	r.Shot("05-form-who")
	r.Tap("key.done", "key.done", "Ja")
	r.Shot("05b-form-who")
	r.Tap("next")
	r.types("MI-RA1848")
	r.Shot("05c-form-plate")
	r.Tap("key.done", "Mir", "next", "Innenstadt Nord", "1 Jahr")
	r.Shot("07-form-zone")
	r.Tap("next")
	r.Shot("08-summary")
	r.Tap("Ja, meine Angaben stimmen.", "send")
	r.WaitFor("Mit Karte")
	r.Shot("09-ways")
	r.Tap("Mit Karte")
	r.Wait("the end", func() bool { return r.k.Screen() == "done" })
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	r.Shot("11-done")
	if len(r.memory.Sent()) != 1 {
		t.Error("the application did not go out")
	}
	r.Tap("end")
	if r.k.Screen() != "attract" {
		t.Error("the terminal is not free for the next one")
	}
}
