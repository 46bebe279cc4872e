package main

import (
	"context"
	"errors"
	"io/fs"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// sentence is something said to a technician.
type sentence struct{ de, en string }

func (s sentence) in(lang string) string {
	if lang == "en" {
		return s.en
	}
	return s.de
}

// advice is how a device is, and what to do about it.
type advice struct{ status, do sentence }

// advise puts into words what a test ended with. present tells whether the device answered.
func advise(part visit.Part, err error, present bool) advice {
	if err == nil {
		a := advice{status: sentence{"bereit", "ready"}}
		switch part {
		case visit.PartRFID:
			a = advice{sentence{"Leitung steht", "line stands"}, sentence{"Halten Sie eine Karte davor: Es muss piepsen oder blinken.", "Hold a tag to it: it has to beep or blink."}}
		case visit.PartScanner:
			a = advice{sentence{"Leitung steht", "line stands"}, sentence{"Halten Sie einen Code davor: Es muss piepsen.", "Hold a code before it: it has to beep."}}
		}
		return a
	}
	for _, k := range []struct {
		err error
		advice
	}{
		{port.ErrBusy, advice{sentence{"belegt", "in use"}, sentence{"Beenden Sie das Terminalprogramm (kiosk) und testen Sie noch einmal.", "Stop the terminal's program (kiosk) and test again."}}},
		{fs.ErrPermission, advice{sentence{"kein Zugriff", "no access"}, sentence{"Nehmen Sie den Benutzer in die Gruppen dialout und lp auf.", "Add the user to the groups dialout and lp."}}},
		{fs.ErrNotExist, advice{sentence{"nicht angeschlossen", "not plugged in"}, sentence{"Prüfen Sie das USB-Kabel und den Gerätenamen in der Konfiguration.", "Check the USB cable and the device's name in the configuration."}}},
		{errPaperLow, advice{sentence{"Papier geht zu Ende", "paper is low"}, sentence{"Legen Sie bald eine neue Rolle ein.", "Put a new roll in soon."}}},
		{escpos.ErrNoPaper, advice{sentence{"kein Papier", "no paper"}, sentence{"Legen Sie eine neue Rolle ein.", "Put a new roll in."}}},
		{escpos.ErrCoverOpen, advice{sentence{"Deckel offen", "cover open"}, sentence{"Schließen Sie den Deckel.", "Close the cover."}}},
		{escpos.ErrCutter, advice{sentence{"Messer klemmt", "cutter is stuck"}, sentence{"Ziehen Sie gestautes Papier heraus; schalten Sie den Drucker aus und ein.", "Pull jammed paper out; switch the printer off and on."}}},
		{escpos.ErrGarbled, advice{sentence{"antwortet unverständlich", "answers nonsense"}, sentence{"Prüfen Sie Geschwindigkeit und Flusskontrolle der Leitung (baud, flow), und ob es ein Bondrucker ist.", "Check speed and flow control of the line (baud, flow), and whether it is a receipt printer."}}},
		{escpos.ErrSilent, advice{sentence{"antwortet nicht", "does not answer"}, sentence{"Ist der Drucker eingeschaltet und online? Prüfen Sie Kabel und Geschwindigkeit (baud).", "Is the printer on and online? Check cable and speed (baud)."}}},
		{ipp.ErrNoPaper, advice{sentence{"kein Papier", "no paper"}, sentence{"Füllen Sie die A4-Kassette.", "Fill the A4 tray."}}},
		{ipp.ErrCoverOpen, advice{sentence{"Klappe offen", "cover open"}, sentence{"Schließen Sie die Klappe.", "Close the cover."}}},
		{ipp.ErrStopped, advice{sentence{"angehalten", "stopped"}, sentence{"Geben Sie die Warteschlange frei (cupsenable) oder sehen Sie auf das Display.", "Release the queue (cupsenable), or look at its display."}}},
		{ipp.ErrRefused, advice{sentence{"nimmt keine Seiten an", "takes no pages"}, sentence{"Prüfen Sie A4 und PDF oder PWG-Raster in seinen Einstellungen.", "Check A4 and PDF or PWG raster in its settings."}}},
		{errNeeds, advice{sentence{"will erst etwas anderes", "wants something else first"}, sentence{"Sehen Sie auf sein Display; dann: technician terminal diagnosis oder endofday.", "Look at its display; then: technician terminal diagnosis or endofday."}}},
		{card.ErrNoService, advice{sentence{"PC/SC-Dienst läuft nicht", "PC/SC service does not run"}, sentence{"Starten Sie den Dienst: systemctl start pcscd.", "Start the service: systemctl start pcscd."}}},
		{card.ErrNoReader, advice{sentence{"kein Kartenleser", "no card reader"}, sentence{"Stecken Sie den Kartenleser ein, oder prüfen Sie, ob pcscd ihn kennt (pcsc_scan).", "Plug the card reader in, or check whether pcscd knows it (pcsc_scan)."}}},
		{errReader, advice{sentence{"AusweisApp sieht keinen Kartenleser", "AusweisApp sees no card reader"}, sentence{"Stecken Sie den Kartenleser ein, und prüfen Sie, ob pcscd läuft.", "Plug the card reader in, and check whether pcscd runs."}}},
		{eid.ErrBusy, advice{sentence{"belegt", "in use"}, sentence{"Beenden Sie das Terminalprogramm (kiosk) oder das Fenster von AusweisApp und testen Sie noch einmal.", "Stop the terminal's program (kiosk) or AusweisApp's window, and test again."}}},
		{eid.ErrLine, advice{sentence{"AusweisApp läuft nicht", "AusweisApp does not run"}, sentence{"Starten Sie AusweisApp ohne Fenster: AusweisApp2 --ui websocket.", "Start AusweisApp without a window: AusweisApp2 --ui websocket."}}},
		{eid.ErrPeer, advice{sentence{"das ist nicht AusweisApp", "this is not AusweisApp"}, sentence{"Prüfen Sie die Adresse: eid+ws://127.0.0.1:24727/eID-Kernel.", "Check the address: eid+ws://127.0.0.1:24727/eID-Kernel."}}},
		{rfid.ErrSilent, advice{sentence{"antwortet nicht", "does not answer"}, sentence{"Ist es ein TWN4 mit Simple Protocol? Sonst: model=id12. Prüfen Sie die Geschwindigkeit (baud).", "Is it a TWN4 with the Simple Protocol? Otherwise: model=id12. Check the speed (baud)."}}},
		{errBlind, advice{sentence{"erkennt gerade nichts", "cannot tell just now"}, sentence{"Warten Sie eine halbe Minute; nehmen Sie weg, was davor steht.", "Wait half a minute; take away what stands before it."}}},
		{presence.ErrNoise, advice{sentence{"antwortet unverständlich", "answers nonsense"}, sentence{"Prüfen Sie die Geschwindigkeit (baud, 9600), und ob es ein solcher Sensor ist.", "Check the speed (baud, 9600), and whether it is such a sensor."}}},
		{zvt.ErrPeer, advice{sentence{"spricht kein ZVT", "does not speak ZVT"}, sentence{"Stellen Sie am Kartenterminal ZVT ein (Kasse: TCP oder seriell), und prüfen Sie Port oder Geschwindigkeit.", "Set the card terminal to ZVT (till: TCP or serial), and check port or speed."}}},
	} {
		if errors.Is(err, k.err) {
			return k.advice
		}
	}
	var no *zvt.Refusal
	switch {
	case errors.As(err, &no):
		return advice{sentence{no.Code.Text("de"), no.Code.Text("en")},
			sentence{"Prüfen Sie das Kassenpasswort (password) und die Einstellungen am Kartenterminal.", "Check the till's password (password) and the card terminal's settings."}}
	case present:
		return advice{sentence{"gestört", "faulty"}, sentence{"Schalten Sie das Gerät aus und ein, und testen Sie noch einmal.", "Switch the device off and on, and test again."}}
	case errors.Is(err, context.DeadlineExceeded):
		return advice{sentence{"antwortet nicht", "does not answer"}, sentence{"Prüfen Sie Strom und Netzkabel, und die Adresse am Gerät.", "Check power and network cable, and the address on the device."}}
	}
	return advice{sentence{"nicht erreichbar", "cannot be reached"}, sentence{"Prüfen Sie Strom und Kabel, und ob die Adresse die des Geräts ist.", "Check power and cable, and whether the address is the device's."}}
}
