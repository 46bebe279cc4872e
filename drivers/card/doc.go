// Package card tells when a chip card is put on a reader or taken away, and what kind of card it is, by PC/SC. It is handed the way to the PC/SC
// service as an interface; drivers/card/pcsc is the real one.
//
// # What is heard
//
// Dev.Next gives one event after the other: the service and the readers that are there at the beginning, cards that come and go, readers that are
// unplugged and plugged in again, the service that stops and comes back. Nobody asks a reader again and again: the service wakes us (PC/SC part 5,
// SCardGetStatusChange; readers by the name \\?PnP?\Notification, as pcsc-lite has it). pcsc-lite counts readers and does not hear of one that
// came between two calls; therefore the list is compared every Opts.Every all the same.
//
// # What is sent to a card
//
// SELECT by name, nothing else: no record and no file is read, no PIN asked for. A card answers whether it has the application; what else it says
// is thrown away. Only a contactless card that has none of these applications is asked for its UID.
//
//	identity card        E80704007F00070302, "eID" (BSI TR-03110 part 4, 2.2.1); E828BD080FA000000167455349474E, its CIA
//	health card          D27600000102, DF.HCA; D2760001448000, the root of the eGK (gematik's specification of the eGK's objects; the names from
//	                     published lists of application identifiers, the document is not to be had here)
//	girocard             A0000003591010028001, A00000005945430100 (the same)
//	other payment cards  1PAY.SYS.DDF01, 2PAY.SYS.DDF01 (EMV book 1, 12.2.2; EMV contactless book B, 3.3.1), and the applications of Visa and
//	                     Mastercard for cards without these directories (published lists)
//
// SELECT is sent without Le, so that no answer is asked for, and with P2 = 0C for ISO cards; who refuses that with 6700 is asked once more with
// Le = 00 (ISO 7816-4, 5.1 and 11.1.1). Found is what answers 9000, 61xx, 62xx, 6Cxx, or 6982 (it is there and wants PACE first).
//
// # ATR and UID
//
// ParseATR reads an answer to reset by ISO 7816-3:2006, section 8.2. A contactless card has none; the reader makes one (PC/SC part 3, 3.1.3.2.3):
// 3B 8n 80 01 with the historical bytes of the card, or, for memory cards, with A0 00 00 03 06, the standard, and the card's name. FF CA 00 00 00
// gives the UID (PC/SC part 3, 3.2.2.1.3). It is sent only to cards whose ATR is such a one: for a contact card the class FF is not allowed.
//
// UID and ATR are personal: the type Private does not print them. A UID proves nothing, everybody can copy it.
//
// # Whose card it is to read
//
// This package reads no identity card: that is AusweisApp's (drivers/eid), which uses the same reader at the same time. Cards are connected to in
// shared mode, for the time of a few SELECTs, and left as they are. A card that another program has for itself is InUse.
// It stays that until it is taken away.
//
// # What is not known
//
// No real card was on a real reader yet. An identity card is recognised by its answer to SELECT before PACE, which TR-03110 does not promise in so
// many words; one that refuses is a Tag with a fleeting UID. Phones that hold an identity card (Smart-eID) say so only to AusweisApp.
package card
