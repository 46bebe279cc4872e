package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// badge is a state as a word, then a shape, then a colour.
type badge struct {
	Text, Icon, Tone string
	Plain            bool // only the word
}

// choice is one line of a list to choose from.
type choice struct {
	Value, Label, Hint string
	Selected           bool
}

// names gives the function that writes who a login is: "Sie" for who asks, a colleague's name, or the login of an account that is gone.
func (s *site) names(r *http.Request) func(login string) string {
	known := map[string]string{"": "", user(r).Login: "Sie", "citizen": "Bürgerin oder Bürger", "system": "automatisch"}
	return func(login string) string {
		name, ok := known[login]
		if !ok {
			name = login
			if u, found, err := s.Users.Find(r.Context(), login); err == nil && found {
				name = u.Name
			}
			known[login] = name
		}
		return name
	}
}

// count writes a number with its noun: "1 Tag", "3 Tage".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// states lists every state in the order of a case's way.
func states() []service.State {
	return []service.State{service.StateReceived, service.StateInWork, service.StateAsked, service.StateApproved, service.StateRejected, service.StateWithdrawn}
}

func stateBadge(s service.State) badge {
	switch s {
	case service.StateReceived:
		return badge{"Neu", "inbox", "info", false}
	case service.StateInWork:
		return badge{"In Prüfung", "progress", "", false}
	case service.StateAsked:
		return badge{"Wartet auf Antwort", "message-question", "", false}
	case service.StateApproved:
		return badge{"Bewilligt", "circle-check", "good", false}
	case service.StateRejected:
		return badge{"Abgelehnt", "ban", "bad", false}
	case service.StateWithdrawn:
		return badge{"Zurückgezogen", "x", "", false}
	}
	return badge{string(s), "question-mark", "", false}
}

// channels lists the ways by which applications come.
func channels() []string {
	return []string{"terminal", "phone", "web", "counter", "telephone", "paper"}
}

// channelWord says how an application came, as an answer to "wie?".
func channelWord(c string) string {
	switch c {
	case "terminal":
		return "am Terminal"
	case "phone":
		return "mit der App"
	case "web":
		return "im Internet"
	case "counter":
		return "am Schalter"
	case "telephone":
		return "am Telefon"
	case "paper":
		return "auf Papier"
	}
	return c
}

func channelIcon(c string) string {
	switch c {
	case "telephone":
		return "phone"
	case "paper":
		return "file-text"
	case "counter":
		return "users-group"
	}
	return "device-desktop"
}

func langWord(lang string) string {
	switch lang {
	case "de":
		return "Deutsch"
	case "de-simple":
		return "Leichte Sprache"
	case "en":
		return "Englisch"
	}
	return lang
}

func wayWord(w pay.Way) string {
	switch w {
	case pay.Free:
		return "kostenlos"
	case pay.Card:
		return "Karte am Terminal"
	case pay.Invoice:
		return "Rechnung"
	case pay.Counter:
		return "Schalter"
	}
	return string(w)
}

// dueBadge says how long there is still time. Decided cases have no hurry.
func dueBadge(c cases.Case, now time.Time, zone *time.Location) badge {
	switch {
	case !c.Open():
		return badge{}
	case c.Due.IsZero():
		return badge{Text: "ohne Frist", Plain: true}
	}
	days := daysBetween(now, c.Due, zone)
	switch {
	case days < 0:
		return badge{"Überfällig seit " + count(-days, "Tag", "Tagen"), "alert-octagon", "bad", false}
	case days == 0:
		return badge{"Heute fällig", "alert-triangle", "warn", false}
	case days == 1:
		return badge{"Morgen fällig", "alert-triangle", "warn", false}
	}
	return badge{Text: "Noch " + count(days, "Tag", "Tage"), Plain: true}
}

// daysBetween counts midnights from one day to another.
func daysBetween(from, to time.Time, zone *time.Location) int {
	return int(noon(to, zone).Sub(noon(from, zone)).Round(24*time.Hour) / (24 * time.Hour))
}

func noon(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

func shortDay(t time.Time, zone *time.Location) string { return t.In(zone).Format("02.01.2006") }

// moment writes when something happened: "Heute, 8:12 Uhr" or "20.11.2026, 17:40 Uhr".
func moment(t, now time.Time, zone *time.Location) string {
	day := shortDay(t, zone)
	switch daysBetween(t, now, zone) {
	case 0:
		day = "Heute"
	case 1:
		day = "Gestern"
	}
	return day + ", " + t.In(zone).Format("15:04") + "\u00a0Uhr"
}

func greeting(u User, now time.Time, zone *time.Location) string {
	word := "Guten Tag"
	switch h := now.In(zone).Hour(); {
	case h < 11:
		word = "Guten Morgen"
	case h >= 18:
		word = "Guten Abend"
	}
	return word + ", " + u.Name
}

func today(now time.Time, zone *time.Location) string {
	days := [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	now = now.In(zone)
	return fmt.Sprintf("%s, %s", days[now.Weekday()], text.Date("de", now))
}

// eventWords say what a line of the log means, and how it looks.
func eventWords(k cases.EventKind) (title, icon, tone string) {
	switch k {
	case cases.EventReceived:
		return "Eingegangen", "inbox", ""
	case cases.EventWarning:
		return "Prüfung beim Eingang", "alert-triangle", ""
	case cases.EventPaid:
		return "Gebühr bezahlt", "coin-euro", "good"
	case cases.EventTaken:
		return "Übernommen", "hand-grab", ""
	case cases.EventAsked:
		return "Rückfrage gesendet", "message-question", ""
	case cases.EventAnswered:
		return "Antwort eingegangen", "message-2", "now"
	case cases.EventMessage:
		return "Nachricht eingegangen", "message-2", "now"
	case cases.EventApproved:
		return "Bewilligt", "check", "good"
	case cases.EventRejected:
		return "Abgelehnt", "ban", "bad"
	case cases.EventWithdrawn:
		return "Zurückgezogen", "x", ""
	case cases.EventNote:
		return "Notiz", "notes", ""
	case cases.EventReplaced:
		return "Beleg ersetzt", "receipt", ""
	case cases.EventEnclosed:
		return "Nachgereicht", "file", "good"
	case cases.EventRefund:
		return "Erstattung angelegt", "coin-euro", ""
	case cases.EventErased:
		return "Angaben gelöscht", "trash", ""
	case cases.EventRefunded:
		return "Erstattet", "coin-euro", "good"
	case cases.EventProgress:
		return "Stand mitgeteilt", "send", ""
	case cases.EventPublished:
		return "Veröffentlicht", "eye-share", ""
	case cases.EventUnpublished:
		return "Nicht mehr öffentlich", "lock", ""
	case cases.EventMerged:
		return "Ist dasselbe wie", "arrows-join", ""
	case cases.EventJoined:
		return "Dasselbe meldet auch", "arrows-join", ""
	case cases.EventSplit:
		return "Doch nicht dasselbe", "git-merge", ""
	case cases.EventSupport:
		return "Jemand meldet dasselbe", "users-group", ""
	}
	return string(k), "info-circle", ""
}

// flash is what a clerk reads after an action, with its sign.
type flash struct{ Icon, Text string }

// unready are the actions after which something is left to do.
var unready = []string{"entwurf-unfertig", "datei-angelegt"}

// flashOf is the flash of an action, nil for a name that is none.
func flashOf(name string) *flash {
	text := said(name)
	switch {
	case text == "":
		return nil
	case slices.Contains(unready, name):
		return &flash{"pencil", text}
	}
	return &flash{"circle-check", text}
}

// said is what a clerk reads after an action, by the short name that the session carried over.
func said(name string) string {
	switch name {
	case "nachgereicht":
		return "Die Unterlage ist jetzt beim Vorgang."
	case "uebernommen":
		return "Der Vorgang gehört jetzt Ihnen."
	case "gefragt":
		return "Die Rückfrage ist gesendet."
	case "bewilligt":
		return "Bewilligt. Der Bescheid liegt zum Abholen bereit."
	case "abgelehnt":
		return "Abgelehnt. Die Begründung ist gesendet."
	case "abgelehnt-geld":
		return "Abgelehnt. Die Begründung ist gesendet, die Erstattung steht auf der Liste."
	case "bezahlt":
		return "Die Zahlung ist eingetragen."
	case "geloescht":
		return "Die Angaben sind gelöscht."
	case "notiert":
		return "Die Notiz ist gespeichert."
	case "wartende":
		return "Die Zahl wird jetzt gezeigt."
	case "wartende-aus":
		return "Die Zahl wird nicht mehr gezeigt."
	case "erstattet":
		return "Als erstattet eingetragen."
	case "mitgeteilt":
		return "Mitgeteilt. Alle, die es gemeldet haben, können es lesen."
	case "veroeffentlicht":
		return "Veröffentlicht. Alle können es jetzt sehen."
	case "zurueckgenommen":
		return "Nicht mehr öffentlich. Beim nächsten Abgleich verschwindet es aus den Apps."
	case "zusammengelegt":
		return "Zusammengelegt. Ab jetzt geht es gemeinsam weiter."
	case "getrennt":
		return "Getrennt. Jede Meldung steht wieder für sich."
	case "ausgeschrieben":
		return "Die Stelle ist ausgeschrieben. Terminals und Handys erfahren es mit dem nächsten Kontakt."
	case "geschlossen":
		return "Die Stelle ist geschlossen."
	case "angeboten":
		return "Veröffentlicht. Terminals und Apps bekommen die Fassung mit dem nächsten Abgleich."
	case "zurueckgezogen":
		return "Zurückgezogen. Terminals und Apps erfahren es mit dem nächsten Abgleich."
	case "entwurf-gespeichert":
		return "Gespeichert und geprüft."
	case "entwurf-unfertig":
		return "Gespeichert. Was noch nicht passt, steht beim Entwurf."
	case "entwurf-verworfen":
		return "Der Entwurf ist verworfen. Was angeboten wird, hat sich nicht geändert."
	case "datei-angelegt":
		return "Die Datei ist angelegt. Jetzt können Sie hineinschreiben."
	case "datei-umbenannt":
		return "Die Datei heißt jetzt anders."
	case "datei-geloescht":
		return "Die Datei ist gelöscht. Unter „Frühere Stände“ holen Sie sie zurück."
	case "stand-zurueck":
		return "Der frühere Stand gilt wieder. Auch der von eben liegt noch bei den früheren Ständen."
	case "nummer-erhoeht":
		return "Die Fassung hat jetzt eine neue Nummer."
	case "gezaehlt":
		return "Gezählt. Vielen Dank."
	case "gestrichen":
		return "Der Text ist gestrichen."
	case "geleert":
		return "Die Umfrage ist leer und beginnt von vorn."
	case "verworfen":
		return "Der angefangene Antrag ist verworfen."
	}
	return ""
}
