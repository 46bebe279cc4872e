// Package fim reads the data field schemas of FIM, the German administration's catalogue of what an application asks (XÖV standard
// XDatenfelder, by FITKO), and makes a service's folder of one. What a folder cannot say stands in a report, line by line.
//
// It reads the message stammdatenschema.0102 in two editions of the standard, told apart by the namespace:
//
//	urn:xoev-de:fim:standard:xdatenfelder_2      (2.0) praezisierung is JSON inside the element, a code list is always an external one
//	urn:xoev-de:fim:standard:xdatenfelder_3.0.0  (3.0) praezisierung has attributes, values may stand inside, hidden and locked fields, choice groups
//
// Elements lie inside each other: a schema has strukturen, each with how often (anzahl, "0:1" to "1:*") and what (enthaelt): a
// datenfeldgruppe, which has strukturen itself, or a datenfeld. Codes (feldart, datentyp, status) stand in a child <code> that has no
// namespace.
//
// Sources, read in 2026:
//   - the catalogue's schemas S00000121 1.0 (github.com/LilithWittmann/ozg, tests/fixtures/BlaueKarte.xml), S00000186 1.0 and S00000246 1.1
//     (github.com/fusion-jena/GerPS-Datafield, Ontologie/Data), all in 2.0: order and nesting of elements, what praezisierung and anzahl
//     really hold, how long names and how deep groups are;
//   - the parser xdatenfelder-xml 0.1.4 (github.com/flxbe/xdatenfelder-xml) with its documents tests/v2-data (simple, select, label, rule) and
//     tests/v3-data (simple, input), and github.com/flxbe/xmlstruct, tests/xdf3.xml: the elements of 3.0, the code lists feldart, datentyp,
//     regeltyp, vorbefuellung, and the attributes of praezisierung;
//   - Volker Schmitz's style sheets of 2023 that turn 2.0 into 3.0 and back, and schemas into XSD and JSON Schema: werte, codelisteReferenz,
//     art (X: a choice group), bezeichnung, freigabestatus;
//   - docs.fitko.de, FIM, "Grundsätzliches über Datenfelder": which feldart goes with which datentyp.
//
// The documents in testdata are our own, built like those; nothing of the catalogue itself is in here.
package fim
