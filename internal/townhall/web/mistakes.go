package web

import "regexp"

// mistakeWords say in German what the check says about a folder, for what goes wrong most often. What is not among them is told as it is.
var mistakeWords = []struct {
	says   *regexp.Regexp
	german string
}{
	// What is written so that it cannot be read at all.
	{regexp.MustCompile(`',' or '\]' must be specified|sequence end token '\]' not found`), "Hier fehlt eine eckige Klammer ] oder ein Komma, vielleicht schon in einer Zeile darüber."},
	{regexp.MustCompile(`',' or '\}' must be specified|flow mapping end token '\}'`), "Hier fehlt eine geschweifte Klammer } oder ein Komma, vielleicht schon in einer Zeile darüber."},
	{regexp.MustCompile(`found character '.' that cannot start any token`), "Am Anfang der Zeile steht ein Zeichen, das dort nicht stehen darf. Ist es ein Tabulator? Bitte rücken Sie mit Leerzeichen ein."},
	{regexp.MustCompile(`could not find end character of (?:single|double)-quoted text`), "Hier fehlt ein Anführungszeichen, vielleicht schon in einer Zeile darüber."},
	{regexp.MustCompile(`map key-value is pre-defined|^(?:\[\d+:\d+\] )?value is not allowed in this context`), "Diese Zeile passt nicht zu der davor. Ist sie anders eingerückt, oder fehlt darüber ein Anführungszeichen?"},
	{regexp.MustCompile(`mapping value is not allowed in this context`), "Hier steht ein Doppelpunkt, wo keiner erwartet wird. Gehört er zu einem Satz? Dann setzen Sie den ganzen Satz in Anführungszeichen."},
	{regexp.MustCompile(`non-map value is specified|unexpected key name|expected map key-value delimiter`), "Hier fehlt ein Doppelpunkt nach dem Namen, oder die Zeile ist falsch eingerückt."},
	{regexp.MustCompile(`mapping key "([^"]*)" already defined|duplicate key "([^"]*)"`), "„$1$2“ steht zweimal da."},
	{regexp.MustCompile(`unknown field "([^"]*)"`), "„$1“ gibt es hier nicht. Ist es richtig geschrieben und an der richtigen Stelle?"},
	{regexp.MustCompile(`cannot unmarshal .+ into Go`), "Hier steht etwas von anderer Art, als erwartet wird: zum Beispiel ein Satz statt einer Zahl oder einer Liste."},
	{regexp.MustCompile(`unexpected end of JSON input|unexpected EOF`), "Die Datei hört mittendrin auf: Es fehlt eine Klammer am Ende."},
	{regexp.MustCompile(`invalid character .+ after (?:object|array|top-level)`), "Vor dieser Stelle fehlt ein Komma oder eine Klammer."},
	{regexp.MustCompile(`invalid character .+ looking for beginning`), "Hier ist ein Komma zu viel, oder es fehlt ein Anführungszeichen."},
	// What can be read and does not fit together.
	{regexp.MustCompile(`^does not say (\S+), which (\S+) needs`), "Der Text „$1“ fehlt. $2 braucht ihn."},
	{regexp.MustCompile(`^(\S+) is missing`), "Der Text „$1“ fehlt in dieser Sprache."},
	{regexp.MustCompile(`reads (?:answers|item)\.?(\S*), which nobody asks (?:before|for)`), "Eine Regel liest „$1“. Davor fragt danach niemand."},
	{regexp.MustCompile(`undeclared reference to '([^']+)'`), "Eine Regel nennt „$1“. Das gibt es nicht."},
	{regexp.MustCompile(`Syntax error:`), "Eine Regel ist nicht zu Ende geschrieben, oder eine Klammer oder ein Anführungszeichen fehlt."},
	{regexp.MustCompile(`schema\.json has /?(\S+), but nobody asks for it`), "In schema.json steht „$1“, aber keine Seite fragt danach."},
	{regexp.MustCompile(`^/?(\S+): schema\.json does not have it`), "„$1“ wird gefragt, steht aber nicht in schema.json."},
	{regexp.MustCompile(`^/?(\S+): no such kind "([^"]*)"`), "Bei „$1“ gibt es die Art „$2“ nicht."},
	{regexp.MustCompile(`^path /?(\S+) stands there twice`), "„$1“ wird zweimal gefragt."},
	{regexp.MustCompile(`^/?(\S+): required by schema\.json, but`), "„$1“ muss laut schema.json immer beantwortet sein, darf hier aber fehlen. Nehmen Sie es dort aus „required“."},
	{regexp.MustCompile(`the town hall says \[([^\]]+)\], not \[\]`), "Dieses Beispiel gilt nicht mehr als richtig ausgefüllt: Es hakt bei $1. Ergänzen Sie die Antwort im Beispiel, oder machen Sie die Frage freiwillig (optional: true)."},
	{regexp.MustCompile(`the town hall says \[\], not \[([^\]]+)\]`), "Dieses Beispiel soll bei $1 auffallen, tut es aber nicht mehr."},
	{regexp.MustCompile(`the town hall says \[([^\]]+)\], not \[([^\]]+)\]`), "Dieses Beispiel fällt bei $1 auf und nicht, wie dort steht, bei $2."},
	{regexp.MustCompile(`^still says what a new service begins with`), "Hier steht noch der Satz, mit dem jede neue Leistung beginnt. Bitte schreiben Sie Ihren."},
}

// inGerman says a message of the check in German; "" where only the message itself will do.
func inGerman(wrong string) string {
	for _, w := range mistakeWords {
		if at := w.says.FindStringSubmatchIndex(wrong); at != nil {
			return string(w.says.ExpandString(nil, w.german, wrong, at))
		}
	}
	return ""
}
